package io.postil.core.view;

import io.postil.core.value.Document;
import io.postil.core.value.Values;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A formula over the values of a sample, label or frame, in the meaning of MongoDB's aggregation
 * expressions. Start with {@link #F(String)}: {@code
 * F("confidence").gt(0.8).and(F("eval").eq("fp"))}. Operators that Postil does not know survive
 * reading and writing and fail when they are evaluated. Immutable.
 *
 * @see <a href="https://www.mongodb.com/docs/manual/reference/operator/aggregation/">Operators</a>
 */
public sealed interface Expression
    extends ComparisonOperators, NumberOperators, ListOperators, TextOperators, ValueOperators {
  /** The accumulated value inside {@link #reduce}. */
  Expression VALUE = new Path("$$value");

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
    if (value instanceof String text && text.startsWith("$")) {
      return new Operation("$literal", new Literal(text));
    }
    return switch (value) {
      case Instant date -> new Operation("$toDate", new Literal((double) date.toEpochMilli()));
      case Duration span -> new Literal((double) span.toMillis());
      case null -> new Literal(null);
      default -> new Literal(value);
    };
  }

  /**
   * The value itself if it is an expression, else a constant. Lists and documents may hold
   * expressions; a document with one name that starts with {@code $} is an operator.
   */
  static Expression of(@Nullable Object value) {
    return switch (value) {
      case Expression expression -> expression;
      case List<?> list -> new Array(list.stream().map(Expression::of).toList());
      case Document document -> ofEntries(document.toMap());
      case Map<?, ?> map -> ofEntries(map);
      case null -> literal(null);
      default -> literal(value);
    };
  }

  private static Expression ofEntries(Map<?, ?> map) {
    List<Entry> entries = new ArrayList<>();
    map.forEach((name, value) -> entries.add(new Entry(String.valueOf(name), of(value))));
    return entries.size() == 1 && entries.get(0).name().startsWith("$")
        ? new Operation(entries.get(0).name(), entries.get(0).value())
        : new Entries(entries);
  }

  /** Whether at least one is true; false for none. */
  static Expression any(List<? extends Expression> conditions) {
    return joined("$or", conditions, false);
  }

  /** Whether all are true; true for none. */
  static Expression all(List<? extends Expression> conditions) {
    return joined("$and", conditions, true);
  }

  private static Expression joined(
      String operator, List<? extends Expression> conditions, boolean empty) {
    return switch (conditions.size()) {
      case 0 -> new Literal(empty);
      case 1 -> conditions.get(0);
      default -> new Operation(operator, new Array(List.copyOf(conditions)));
    };
  }

  /** A random number from 0 to less than 1, another one for each sample. */
  static Expression rand() {
    return new Operation("$rand", new Entries(List.of()));
  }

  /** A random whole number from one to less than another. */
  static Expression randint(long low, long high) {
    return rand().times(high - low).plus(low).floor();
  }

  /** The whole numbers from 0 to less than another. */
  static Expression range(Object stop) {
    return range(0, stop);
  }

  /** The whole numbers from one to less than another. */
  static Expression range(Object start, Object stop) {
    return operation("$range", of(start), of(stop));
  }

  /** Pairs of position and element of a list, the positions counted from a start. */
  static Expression enumerate(Expression list, long start) {
    return Operators.local(
        list, x -> zip(List.of(range(start, literal(start).plus(x.length())), x)));
  }

  /** Lists of the elements of several lists at each position; as long as the shortest of them. */
  static Expression zip(List<? extends Expression> lists) {
    return new Operation(
        "$zip", new Entries(List.of(new Entry("inputs", new Array(List.copyOf(lists))))));
  }

  /**
   * As the other, as long as the longest of them.
   *
   * @param defaults for each list what stands for elements it has not
   */
  static Expression zip(List<? extends Expression> lists, List<?> defaults) {
    return new Operation(
        "$zip",
        new Entries(
            List.of(
                new Entry("inputs", new Array(List.copyOf(lists))),
                new Entry("useLongestLength", new Literal(true)),
                new Entry("defaults", of(defaults)))));
  }

  /** As the other, as long as the longest of them; elements a list has not are null. */
  static Expression zipLongest(List<? extends Expression> lists) {
    return new Operation(
        "$zip",
        new Entries(
            List.of(
                new Entry("inputs", new Array(List.copyOf(lists))),
                new Entry("useLongestLength", new Literal(true)))));
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

  /** An operator on a list of arguments. */
  static Expression operation(String operator, Expression... arguments) {
    return new Operation(operator, new Array(List.of(arguments)));
  }
}
