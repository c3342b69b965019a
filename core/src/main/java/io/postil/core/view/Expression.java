package io.postil.core.view;

import io.postil.core.value.Document;
import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A formula over the values of a sample, label or frame, in the meaning of MongoDB's aggregation
 * expressions. Start with {@link #F(String)}: {@code
 * F("confidence").gt(0.8).and(F("eval").eq("fp"))}. Operators that Postil does not know survive
 * reading and writing and fail when they are evaluated. Immutable.
 *
 * @see <a href="https://www.mongodb.com/docs/manual/reference/operator/aggregation/">Operators</a>
 */
public sealed interface Expression {
  /** A constant. */
  record Literal(@Nullable Object value) implements Expression {}

  /**
   * A field relative to the scope it is used in: the sample in a match, the label in a filter of
   * labels, the element in a filter of a list. The name may have dots; empty means the scope
   * itself; a name that starts with {@code $} always means the sample.
   */
  record Field(String name) implements Expression {
    private String render(@Nullable String prefix) {
      if (name.startsWith("$")) {
        return name.equals("$") ? "$$ROOT" : name;
      }
      if (name.isEmpty()) {
        return prefix == null ? "$$CURRENT" : prefix;
      }
      return prefix == null ? "$" + name : prefix + "." + name;
    }
  }

  /** A path as MongoDB writes it: {@code $a.b}, {@code $$this.c}, {@code $$ROOT}. */
  record Path(String text) implements Expression {}

  /** An operator, such as {@code $gt}, on its arguments: an array, a document or one expression. */
  record Operation(String operator, Expression argument) implements Expression {}

  /** A list of expressions. */
  record Array(List<Expression> elements) implements Expression {
    /** Copies the list. */
    public Array {
      elements = List.copyOf(elements);
    }
  }

  /** Named expressions: a document to be made, or the named arguments of an operator. */
  record Entries(List<Entry> entries) implements Expression {
    /** Copies the list. */
    public Entries {
      entries = List.copyOf(entries);
    }

    /** The expression of a name, or null. */
    public @Nullable Expression get(String name) {
      for (Entry entry : entries) {
        if (entry.name().equals(name)) {
          return entry.value();
        }
      }
      return null;
    }
  }

  /** One named expression. */
  record Entry(String name, Expression value) {}

  /** A field of the scope the expression is used in; see {@link Field}. */
  @SuppressWarnings("checkstyle:MethodName")
  static Expression F(String name) {
    return new Field(name);
  }

  /** The scope itself. */
  @SuppressWarnings("checkstyle:MethodName")
  static Expression F() {
    return new Field("");
  }

  /** A constant; text is taken literally, even if it starts with {@code $}. */
  static Expression literal(@Nullable Object value) {
    return value instanceof String s && s.startsWith("$")
        ? new Operation("$literal", new Literal(value))
        : new Literal(value);
  }

  /** The value itself if it is an expression, else a constant. */
  static Expression of(@Nullable Object value) {
    if (value instanceof Expression expression) {
      return expression;
    }
    if (value instanceof List<?> list) {
      return new Array(list.stream().map(Expression::of).toList());
    }
    return literal(value);
  }

  /** Reads MongoDB's form. */
  static Expression parse(@Nullable Object value) {
    if (value instanceof String s && s.startsWith("$")) {
      return new Path(s);
    }
    if (value instanceof List<?> list) {
      List<Expression> elements = new ArrayList<>();
      for (Object element : list) {
        elements.add(parse(element));
      }
      return new Array(elements);
    }
    if (value instanceof Document document) {
      if (document.size() == 1 && document.nameAt(0).startsWith("$")) {
        String operator = document.nameAt(0);
        Object argument = document.valueAt(0);
        return new Operation(
            operator, operator.equals("$literal") ? new Literal(argument) : parse(argument));
      }
      List<Entry> entries = new ArrayList<>();
      document.forEach((name, v) -> entries.add(new Entry(name, parse(v))));
      return new Entries(entries);
    }
    return new Literal(value);
  }

  /** MongoDB's form; fields are rendered as fields of the sample. */
  default @Nullable Object toValue() {
    return toValue(null);
  }

  /**
   * MongoDB's form.
   *
   * @param prefix what relative fields are relative to, such as {@code $$this}; null for the sample
   */
  default @Nullable Object toValue(@Nullable String prefix) {
    return switch (this) {
      case Literal literal -> literal.value();
      case Path path -> path.text();
      case Field field -> field.render(prefix);
      case Operation op -> Document.of(op.operator(), op.argument().toValue(prefix));
      case Array array ->
          Values.list(array.elements().stream().map(e -> e.toValue(prefix)).toList());
      case Entries entries -> {
        Document.Builder out = Document.builder();
        entries.entries().forEach(e -> out.put(e.name(), e.value().toValue(prefix)));
        yield out.build();
      }
    };
  }

  /** This expression with its relative fields bound to a prefix; null binds them to the sample. */
  default Expression in(@Nullable String prefix) {
    return switch (this) {
      case Literal literal -> literal;
      case Path path -> path;
      case Field field -> new Path(field.render(prefix));
      case Operation op -> new Operation(op.operator(), op.argument().in(prefix));
      case Array array -> new Array(array.elements().stream().map(e -> e.in(prefix)).toList());
      case Entries entries ->
          new Entries(
              entries.entries().stream()
                  .map(e -> new Entry(e.name(), e.value().in(prefix)))
                  .toList());
    };
  }

  // --- comparison and logic -------------------------------------------------------------------

  /** Whether this equals a value; null means: has no value. */
  default Expression eq(@Nullable Object value) {
    return value == null ? isNull() : operation("$eq", this, of(value));
  }

  /** Whether this differs from a value; null means: has a value. */
  default Expression ne(@Nullable Object value) {
    return value == null ? exists() : operation("$ne", this, of(value));
  }

  /** Whether this is less than a value; no value is less than every number. */
  default Expression lt(Object value) {
    return operation("$lt", this, of(value));
  }

  /** Whether this is at most a value; no value is less than every number. */
  default Expression le(Object value) {
    return operation("$lte", this, of(value));
  }

  /** Whether this is greater than a value. */
  default Expression gt(Object value) {
    return operation("$gt", this, of(value));
  }

  /** Whether this is at least a value. */
  default Expression ge(Object value) {
    return operation("$gte", this, of(value));
  }

  /** Whether this has a value. */
  default Expression exists() {
    return operation("$gt", this, new Literal(null));
  }

  /** Whether this has no value. */
  default Expression isNull() {
    return new Operation("$not", exists());
  }

  /** Whether this is not even stored as null. */
  default Expression isMissing() {
    return operation("$eq", new Operation("$type", this), new Literal("missing"));
  }

  /** Logical and. */
  default Expression and(Expression other) {
    return operation("$and", this, other);
  }

  /** Logical or. */
  default Expression or(Expression other) {
    return operation("$or", this, other);
  }

  /** Logical not. */
  default Expression not() {
    return new Operation("$not", this);
  }

  /** Whether this is one of the values. */
  default Expression isIn(List<?> values) {
    return operation("$in", this, of(values));
  }

  /** Whether this list contains a value. */
  default Expression contains(Object value) {
    return operation("$in", of(value), orEmptyList());
  }

  // --- numbers --------------------------------------------------------------------------------

  /** Sum. */
  default Expression plus(Object value) {
    return operation("$add", this, of(value));
  }

  /** Difference. */
  default Expression minus(Object value) {
    return operation("$subtract", this, of(value));
  }

  /** Product. */
  default Expression times(Object value) {
    return operation("$multiply", this, of(value));
  }

  /** Quotient, always a real division; by 0 it fails. */
  default Expression dividedBy(Object value) {
    return operation("$divide", this, of(value));
  }

  /** Absolute value. */
  default Expression abs() {
    return new Operation("$abs", this);
  }

  // --- lists and text -------------------------------------------------------------------------

  /** Number of elements of this list; 0 if it has no value. */
  default Expression length() {
    return new Operation("$size", orEmptyList());
  }

  /** The element at a position; negative positions count from the end. */
  default Expression at(int index) {
    return operation("$arrayElemAt", this, new Literal(index));
  }

  /** The elements for which a condition on the element holds. */
  default Expression filter(Expression condition) {
    return new Operation(
        "$filter",
        new Entries(
            List.of(
                new Entry("input", this),
                new Entry("as", new Literal("this")),
                new Entry("cond", condition.in("$$this")))));
  }

  /** The elements, each replaced by an expression of it. */
  default Expression map(Expression value) {
    return new Operation(
        "$map",
        new Entries(
            List.of(
                new Entry("input", this),
                new Entry("as", new Literal("this")),
                new Entry("in", value.in("$$this")))));
  }

  /** Sum of the numbers of this list. */
  default Expression sum() {
    return new Operation("$sum", this);
  }

  /** Mean of the numbers of this list. */
  default Expression mean() {
    return new Operation("$avg", this);
  }

  /** Least element of this list. */
  default Expression min() {
    return new Operation("$min", this);
  }

  /** Greatest element of this list. */
  default Expression max() {
    return new Operation("$max", this);
  }

  /** Lower case of ASCII letters. */
  default Expression lower() {
    return new Operation("$toLower", this);
  }

  /** Upper case of ASCII letters. */
  default Expression upper() {
    return new Operation("$toUpper", this);
  }

  /** Whether a regular expression matches somewhere in this text. */
  default Expression reMatch(String regex) {
    return regexMatch(regex);
  }

  /** Whether this text starts with another. */
  default Expression startsWith(String text) {
    return regexMatch("^" + Pattern.compile("[^A-Za-z0-9_]").matcher(text).replaceAll("\\\\$0"));
  }

  /** Whether this text ends with another. */
  default Expression endsWith(String text) {
    return regexMatch(Pattern.compile("[^A-Za-z0-9_]").matcher(text).replaceAll("\\\\$0") + "$");
  }

  /** Whether this text contains another. */
  default Expression containsText(String text) {
    return regexMatch(Pattern.compile("[^A-Za-z0-9_]").matcher(text).replaceAll("\\\\$0"));
  }

  private Expression regexMatch(String regex) {
    return new Operation(
        "$regexMatch",
        new Entries(
            List.of(
                new Entry("input", this),
                new Entry("regex", literal(regex)),
                new Entry("options", new Literal(null)))));
  }

  private Expression orEmptyList() {
    return operation("$ifNull", this, new Array(List.of()));
  }

  /** An operator on a list of arguments. */
  static Expression operation(String operator, Expression... arguments) {
    return new Operation(operator, new Array(List.of(arguments)));
  }
}
