package io.postil.core.query;

import io.postil.core.value.Document;
import io.postil.core.view.Expression;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A condition on one property of a label, tested on a column: once for each different value, or, if
 * it compares with a number, without making objects. Not thread-safe.
 */
final class ColumnTest {
  /** What evaluates expressions with variables of their own, or differs from label to label. */
  private static final Set<String> NOT_BY_VALUE =
      Set.of("$filter", "$map", "$reduce", "$let", "$rand", "$function");

  private static final String LABEL = "$$this.";

  private final String property;
  private final Compiled condition;
  private final Expression expression;

  private ColumnTest(String property, Expression expression) {
    this.property = property;
    this.expression = expression;
    this.condition = Compiled.of(expression, "this");
  }

  String property() {
    return property;
  }

  /**
   * The conditions that a filter of labels joins by and; null if one of them looks at more than one
   * property of the label, or at one that no column has.
   *
   * @param filter in MongoDB's form, the label being {@code $$this}
   */
  static @Nullable List<ColumnTest> of(@Nullable Object filter, String listClass) {
    List<ColumnTest> tests = new ArrayList<>();
    return collect(Expression.parse(filter), listClass, tests) ? tests : null;
  }

  private static boolean collect(Expression e, String listClass, List<ColumnTest> tests) {
    if (e instanceof Expression.Operation and
        && and.operator().equals("$and")
        && and.argument() instanceof Expression.Array parts) {
      for (Expression part : parts.elements()) {
        if (!collect(part, listClass, tests)) {
          return false;
        }
      }
      return true;
    }
    Set<String> properties = new HashSet<>();
    if (!reads(e, properties) || properties.size() != 1) {
      return false;
    }
    String property = properties.iterator().next();
    if (!LabelColumns.mayHold(listClass, property)) {
      return false;
    }
    tests.add(new ColumnTest(property, e));
    return true;
  }

  /** Collects the properties of the label; false if anything else is looked at. */
  private static boolean reads(Expression e, Set<String> properties) {
    if (e instanceof Expression.Literal) {
      return true;
    }
    if (e instanceof Expression.Path path) {
      return path.text().startsWith(LABEL)
          && properties.add(path.text().substring(LABEL.length())) | true;
    }
    if (e instanceof Expression.Operation o) {
      return !NOT_BY_VALUE.contains(o.operator()) && reads(o.argument(), properties);
    }
    if (e instanceof Expression.Array array) {
      for (Expression element : array.elements()) {
        if (!reads(element, properties)) {
          return false;
        }
      }
      return true;
    }
    return false;
  }

  /** Drops the labels that do not pass. */
  void narrow(LabelColumn column, boolean[] kept) {
    if (column instanceof LabelColumn.Coded coded) {
      narrow(coded, kept);
    } else if (column instanceof LabelColumn.Reals reals) {
      narrow(reals, kept);
    }
  }

  private void narrow(LabelColumn.Coded column, boolean[] kept) {
    char[] codes = column.codes();
    // 1 for a value that passes, -1 for one that does not, 0 as long as nobody asked.
    byte[] verdicts = new byte[column.values().size() + 1];
    for (int i = 0; i < codes.length; i++) {
      if (kept[i]) {
        int code = codes[i];
        byte verdict = verdicts[code];
        if (verdict == 0) {
          verdict = (byte) (passes(column.value(code)) ? 1 : -1);
          verdicts[code] = verdict;
        }
        kept[i] = verdict > 0;
      }
    }
  }

  private void narrow(LabelColumn.Reals column, boolean[] kept) {
    double[] values = column.values();
    Comparison comparison = Comparison.of(expression);
    boolean withoutValue = column.missing() != null && passes(Missing.MISSING);
    for (int i = 0; i < values.length; i++) {
      if (kept[i]) {
        kept[i] =
            column.isMissing(i)
                ? withoutValue
                : comparison != null ? comparison.holds(values[i]) : passes(values[i]);
      }
    }
  }

  private boolean passes(@Nullable Object value) {
    return condition.test(Document.empty(), new OneProperty(property, value));
  }

  /** A label of which one property is known. */
  private record OneProperty(String name, @Nullable Object value) implements Fields.Container {
    @Override
    public @Nullable Object property(String wanted) {
      return wanted.equals(name) ? value : Missing.MISSING;
    }

    @Override
    public Document toDocument() {
      return value == Missing.MISSING ? Document.empty() : Document.of(name, value);
    }
  }

  /**
   * A comparison of a property with a number.
   *
   * @param below whether it holds for less, and so on
   */
  private record Comparison(double number, boolean below, boolean equal, boolean above) {
    static @Nullable Comparison of(Expression e) {
      if (!(e instanceof Expression.Operation o
          && o.argument() instanceof Expression.Array a
          && a.elements().size() == 2
          && a.elements().get(0) instanceof Expression.Path
          && a.elements().get(1) instanceof Expression.Literal literal
          && (literal.value() instanceof Double || literal.value() instanceof Integer))) {
        return null;
      }
      double number = ((Number) literal.value()).doubleValue();
      return switch (o.operator()) {
        case "$lt" -> new Comparison(number, true, false, false);
        case "$lte" -> new Comparison(number, true, true, false);
        case "$gt" -> new Comparison(number, false, false, true);
        case "$gte" -> new Comparison(number, false, true, true);
        case "$eq" -> new Comparison(number, false, true, false);
        case "$ne" -> new Comparison(number, true, false, true);
        default -> null;
      };
    }

    boolean holds(double value) {
      int order = BsonOrder.compareDoubles(value, number);
      return order < 0 ? below : order == 0 ? equal : above;
    }
  }
}
