package io.postil.core.view;

import io.postil.core.view.Expression.Array;
import io.postil.core.view.Expression.Literal;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Operators on lists and on sets, which are lists without duplicates in no particular order. */
sealed interface ListOperators permits Expression {
  private Expression self() {
    return (Expression) this;
  }

  /** Number of elements of this list; 0 if it has no value. */
  default Expression length() {
    return new Expression.Operation("$size", self().ifNull(List.of()));
  }

  /** The element at a position; negative positions count from the end. */
  default Expression at(int index) {
    return Operators.on(self(), "$arrayElemAt", index);
  }

  /**
   * The elements from one position to before another, as FiftyOne computes {@code x[start:stop]};
   * negative positions count from the end. Without a stop it fails for an empty list.
   *
   * @param start null for the beginning
   * @param stop null for the end
   */
  default Expression slice(@Nullable Integer start, @Nullable Integer stop) {
    if (start == null && stop == null) {
      return self();
    }
    return Operators.local(
        self(),
        x ->
            start == null
                ? head(x, Objects.requireNonNull(stop))
                : stop == null
                    ? Operators.on(x, "$slice", start, x.length())
                    : middle(x, start, stop));
  }

  private static Expression head(Expression x, int stop) {
    return Operators.choice(
        stop >= 0,
        Operators.on(x, "$slice", stop),
        Operators.on(x, "$slice", x.length().plus(stop)));
  }

  private static Expression middle(Expression x, int start, int stop) {
    Expression fromStart = Operators.on(x, "$slice", start, stop - start);
    Expression fromEnd =
        Operators.on(x, "$slice", new Literal(start).plus(x.length()), stop - start);
    return Operators.choice(
        stop >= start,
        Operators.choice(start >= 0, fromStart, fromEnd),
        new Expression.Operation("$literal", new Literal(List.of())));
  }

  /** The elements for which a condition on the element holds. */
  default Expression filter(Expression condition) {
    return Operators.named(
        "$filter", "input", self(), "as", "this", "cond", condition.in("$$this"));
  }

  /** The elements, each replaced by an expression of it. */
  default Expression map(Expression value) {
    return Operators.named("$map", "input", self(), "as", "this", "in", value.in("$$this"));
  }

  /** The elements put together, beginning with 0; see {@link #reduce(Expression, Object)}. */
  default Expression reduce(Expression step) {
    return reduce(step, 0);
  }

  /**
   * The elements put together one by one: {@code reduce(VALUE.plus(F("area")), 0)}.
   *
   * @param step of an element and of {@link Expression#VALUE}, what was made of those before
   * @param initial what it begins with
   */
  default Expression reduce(Expression step, Object initial) {
    return Operators.named(
        "$reduce", "input", self(), "initialValue", initial, "in", step.in("$$this"));
  }

  /** This list with a value at its end. */
  default Expression append(Object value) {
    return Operators.on(self(), "$concatArrays", one(value));
  }

  /** This list with a value at its beginning. */
  default Expression prepend(Object value) {
    return Expression.operation("$concatArrays", one(value), self());
  }

  /** This list and others, one after the other. */
  default Expression extend(Object... lists) {
    return Operators.on(self(), "$concatArrays", lists);
  }

  /** This list with a value put in before a position. */
  default Expression insert(int index, Object value) {
    if (index == 0) {
      return prepend(value);
    }
    return Operators.local(
        self(), x -> x.slice(null, index).extend(one(value), x.slice(index, null)));
  }

  private static Expression one(Object value) {
    return new Array(List.of(Expression.of(value)));
  }

  /** The elements from the last to the first. */
  default Expression reverse() {
    return new Expression.Operation("$reverseArray", self());
  }

  /** The elements sorted by their text; numbers, too. */
  default Expression sort() {
    return sort(null, false, false);
  }

  /**
   * The elements sorted, as FiftyOne does it by JavaScript.
   *
   * @param key the property to sort by; null for the elements themselves
   * @param numeric whether to sort by number rather than by text
   * @param reverse whether the greatest comes first
   */
  default Expression sort(@Nullable String key, boolean numeric, boolean reverse) {
    String order =
        key == null
            ? numeric ? "(a, b) => a - b" : ""
            : numeric
                ? "(a, b) => a." + key + " - b." + key
                : "(a, b) => ('' + a." + key + ").localeCompare(b." + key + ")";
    String body =
        "function(array) { array.sort("
            + order
            + ")"
            + (reverse ? ".reverse()" : "")
            + "; return array; }";
    return Operators.named("$function", "body", body, "args", one(self()), "lang", "js");
  }

  /** Sum of the numbers of this list. */
  default Expression sum() {
    return new Expression.Operation("$sum", self());
  }

  /** Mean of the numbers of this list. */
  default Expression mean() {
    return new Expression.Operation("$avg", self());
  }

  /** Standard deviation of the numbers of this list, which are the whole population. */
  default Expression std() {
    return std(false);
  }

  /** Standard deviation of the numbers of this list, which may be a sample of more. */
  default Expression std(boolean sample) {
    return new Expression.Operation(sample ? "$stdDevSamp" : "$stdDevPop", self());
  }

  /** Least element of this list. */
  default Expression min() {
    return new Expression.Operation("$min", self());
  }

  /** The lesser of this and another value; null does not count. */
  default Expression min(@Nullable Object other) {
    return other == null ? min() : Operators.on(self(), "$min", other);
  }

  /** Greatest element of this list. */
  default Expression max() {
    return new Expression.Operation("$max", self());
  }

  /** The greater of this and another value; null does not count. */
  default Expression max(@Nullable Object other) {
    return other == null ? max() : Operators.on(self(), "$max", other);
  }

  // --- sets -----------------------------------------------------------------------------------

  /** The elements without duplicates. */
  default Expression unique() {
    return Operators.on(self(), "$setUnion");
  }

  /** The elements of this and of other lists. */
  default Expression union(Object... lists) {
    return Operators.on(self(), "$setUnion", lists);
  }

  /** The elements of this that all other lists have. */
  default Expression intersection(Object... lists) {
    return Operators.on(self(), "$setIntersection", lists);
  }

  /** The elements of this that another list has not. */
  default Expression difference(Object list) {
    return Operators.on(self(), "$setDifference", list);
  }

  /** Whether this and other lists have the same elements. */
  default Expression setEquals(Object... lists) {
    return Operators.on(self(), "$setEquals", lists);
  }

  /** Whether another list has all elements of this. */
  default Expression isSubset(Object list) {
    return Operators.on(self(), "$setIsSubset", list);
  }

  /** The texts of this list with a text between each two. */
  default Expression join(String delimiter) {
    Expression joined = self().reduce(Expression.VALUE.concat(delimiter, Expression.F()), "");
    return Operators.let(
        joined,
        Operators.on(new Expression.Path("$$expr"), "$substrBytes", delimiter.length(), -1));
  }
}
