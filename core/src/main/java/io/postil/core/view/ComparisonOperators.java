package io.postil.core.view;

import io.postil.core.view.Expression.Literal;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Comparison, logic and membership. */
sealed interface ComparisonOperators permits Expression {
  private Expression self() {
    return (Expression) this;
  }

  /** Whether this equals a value; null means: has no value. */
  default Expression eq(@Nullable Object value) {
    return value == null ? isNull() : Operators.on(self(), "$eq", value);
  }

  /** Whether this differs from a value; null means: has a value. */
  default Expression ne(@Nullable Object value) {
    return value == null ? exists() : Operators.on(self(), "$ne", value);
  }

  /** Whether this is less than a value; no value is less than every number. */
  default Expression lt(Object value) {
    return Operators.on(self(), "$lt", value);
  }

  /** Whether this is at most a value; no value is less than every number. */
  default Expression le(Object value) {
    return Operators.on(self(), "$lte", value);
  }

  /** Whether this is greater than a value. */
  default Expression gt(Object value) {
    return Operators.on(self(), "$gt", value);
  }

  /** Whether this is at least a value. */
  default Expression ge(Object value) {
    return Operators.on(self(), "$gte", value);
  }

  /** Whether this has a value. */
  default Expression exists() {
    return Expression.operation("$gt", self(), new Literal(null));
  }

  /** Whether this has a value, or with {@code false} whether it has none. */
  default Expression exists(boolean wanted) {
    return wanted ? exists() : isNull();
  }

  /** Whether this has no value. */
  default Expression isNull() {
    return exists().not();
  }

  /** Whether this is not even stored as null. */
  default Expression isMissing() {
    return type().eq("missing");
  }

  /** The name of the type of this value, such as {@code int}, {@code string}, {@code missing}. */
  default Expression type() {
    return new Expression.Operation("$type", self());
  }

  /** Whether this is a number. */
  default Expression isNumber() {
    return new Expression.Operation("$isNumber", self());
  }

  /** Whether this is a text. */
  default Expression isString() {
    return type().eq("string");
  }

  /** Whether this is a list. */
  default Expression isArray() {
    return new Expression.Operation("$isArray", self());
  }

  /** Logical and. */
  default Expression and(Expression other) {
    return Operators.on(self(), "$and", other);
  }

  /** Logical or. */
  default Expression or(Expression other) {
    return Operators.on(self(), "$or", other);
  }

  /** Logical not. */
  default Expression not() {
    return new Expression.Operation("$not", self());
  }

  /** Whether this is one of the values. */
  default Expression isIn(List<?> values) {
    return Operators.on(self(), "$in", values);
  }

  /** Whether this is one of the values. */
  default Expression isIn(Object... values) {
    return isIn(Arrays.asList(values));
  }

  /** Whether this list contains a value, or one of several. */
  default Expression contains(Object value) {
    return contains(value, false);
  }

  /**
   * Whether this list contains a value.
   *
   * @param value a value or a list of them
   * @param all whether it must contain all of the list, rather than one
   */
  default Expression contains(Object value, boolean all) {
    if (value instanceof List<?> several && several.size() != 1) {
      return all
          ? Expression.operation("$setIsSubset", Expression.of(several), self())
          : self().intersection(several).length().gt(0);
    }
    Object one = value instanceof List<?> list ? list.get(0) : value;
    return Expression.operation("$in", Expression.of(one), self().ifNull(List.of()));
  }
}
