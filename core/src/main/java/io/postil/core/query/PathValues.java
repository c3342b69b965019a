package io.postil.core.query;

import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldType;
import io.postil.core.value.Values;
import io.postil.core.view.Expression;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The values that an aggregation sees of a row: those of a path, its lists taken apart or kept, or
 * of an expression.
 */
final class PathValues {
  private final String[] names;

  /** Whether the value of the name is a list by its declaration. */
  private final boolean[] lists;

  /** Whether a list there is taken apart, so that each element counts by itself. */
  private final boolean[] unwound;

  private final @Nullable Compiled expression;

  /** Whether a list that the expression makes of one is taken apart as the list would be. */
  private final boolean unwindsResult;

  private final boolean safe;
  private final @Nullable Object missingValue;
  private final Set<String> reads = new HashSet<>();

  PathValues(
      ViewSchema schema,
      @Nullable String field,
      @Nullable Expression expression,
      boolean unwind,
      boolean keepTerminal,
      boolean safe,
      @Nullable Object missingValue) {
    this.safe = safe;
    this.missingValue = missingValue;
    this.expression =
        expression == null ? null : Compiled.expression(expression.toValue("$$expr"), "expr");
    String[] raw = field == null ? new String[0] : field.split("\\.", -1);
    names = field == null ? raw : ViewCompiler.storedPath(field.replace("[]", "")).split("\\.", -1);
    lists = new boolean[names.length];
    unwound = new boolean[names.length];
    StringBuilder prefix = new StringBuilder();
    for (int i = 0; i < names.length; i++) {
      boolean forced = raw[i].endsWith("[]");
      String name = raw[i].replace("[]", "");
      prefix.append(i == 0 ? "" : ".").append(name);
      boolean isList =
          schema.find(prefix.toString()).map(f -> f.type() == FieldType.LIST).orElse(false);
      lists[i] = isList || forced;
      boolean terminal = i == names.length - 1;
      unwound[i] = forced || unwind && isList && !(terminal && keepTerminal);
    }
    unwindsResult = expression != null && unwind && names.length > 0 && lists[names.length - 1];
    if (this.expression != null) {
      reads.addAll(this.expression.reads());
    }
    if (names.length > 0) {
      boolean frame = names[0].equals("frames") && names.length > 1;
      reads.add(frame ? DatasetInfo.FRAMES + names[1] : names[0]);
    }
  }

  Set<String> reads() {
    return reads;
  }

  /** Whether they are the samples themselves. */
  boolean isSample() {
    return names.length == 0 && expression == null;
  }

  /** Whether they are the labels of a list field, or a property of them, taken one by one. */
  boolean isOf(LabelField field) {
    return expression == null
        && (names.length == 2 || names.length == 3 && !lists[2])
        && names[0].equals(field.name())
        && names[1].equals(field.listName())
        && unwound[1];
  }

  /** The property of labels that they are; null for samples and labels themselves. */
  @Nullable String property() {
    return names.length == 3 ? names[2] : null;
  }

  /** The name of the field that they are of; null if they are of none. */
  @Nullable String field() {
    return names.length == 0 ? null : names[0];
  }

  /**
   * Hands over the values of a column.
   *
   * @param kept the labels that count; null for all
   */
  void each(LabelColumn column, boolean @Nullable [] kept, Consumer<@Nullable Object> action) {
    for (int i = 0; i < column.size(); i++) {
      if (kept == null || kept[i]) {
        action.accept(leaf(column, i));
      }
    }
  }

  /** The same for an aggregation: equal values at once and numbers as they are, if that does. */
  void each(LabelColumn column, boolean @Nullable [] kept, AggregationResult to) {
    if (column instanceof LabelColumn.Coded coded && to.takesAnyOrder()) {
      char[] codes = coded.codes();
      long[] counts = new long[coded.values().size() + 1];
      // Of equal numbers of different types the first one is shown.
      int[] inOrder = new int[counts.length];
      int seen = 0;
      for (int i = 0; i < codes.length; i++) {
        if ((kept == null || kept[i]) && counts[codes[i]]++ == 0) {
          inOrder[seen++] = codes[i];
        }
      }
      for (int i = 0; i < seen; i++) {
        to.add(leaf(coded.value(inOrder[i])), counts[inOrder[i]]);
      }
    } else if (column instanceof LabelColumn.Reals reals && reals.missing() == null && !safe) {
      double[] values = reals.values();
      for (int i = 0; i < values.length; i++) {
        if (kept == null || kept[i]) {
          to.add(values[i]);
        }
      }
    } else {
      Consumer<@Nullable Object> add = to::add;
      each(column, kept, add);
    }
  }

  private @Nullable Object leaf(LabelColumn column, int label) {
    return leaf(
        column instanceof LabelColumn.Coded coded
            ? coded.value(coded.codes()[label])
            : column instanceof LabelColumn.Reals reals && !reals.isMissing(label)
                ? (Object) reals.values()[label]
                : Missing.MISSING);
  }

  private @Nullable Object leaf(@Nullable Object value) {
    return shown(finite(value));
  }

  private @Nullable Object finite(@Nullable Object value) {
    return safe && value instanceof Double d && !Double.isFinite(d) ? null : value;
  }

  /** Calls the action with each value; a missing one is null. */
  void each(Row row, Consumer<@Nullable Object> action) {
    below(row, row, 0, action);
  }

  /** The values below {@code names[at]} of a container. */
  private void below(
      Row row, @Nullable Object container, int at, Consumer<@Nullable Object> action) {
    if (at == names.length) {
      leaves(row, container, action);
      return;
    }
    if (container instanceof List<?>) {
      // An undeclared list on the way: the path goes through it as in any expression.
      leaves(row, Fields.path(container, names, at), action);
      return;
    }
    Object child = Fields.get(container, names[at]);
    if (unwound[at]) {
      for (Object element : elements(child)) {
        below(row, element, at + 1, action);
      }
    } else if (!lists[at] || at == names.length - 1) {
      below(row, child, at + 1, action);
    } else if (child instanceof List<?> list) {
      List<@Nullable Object> all = new ArrayList<>();
      Consumer<@Nullable Object> add = all::add;
      for (Object element : list) {
        below(row, element, at + 1, add);
      }
      action.accept(Values.list(all));
    } else {
      action.accept(null);
    }
  }

  private static List<?> elements(@Nullable Object value) {
    if (value instanceof List<?> list) {
      return list;
    }
    return Operators.isNothing(value) ? List.of() : List.of(value);
  }

  /** What is made of the value at the end of the path. */
  private void leaves(Row row, @Nullable Object value, Consumer<@Nullable Object> action) {
    Object result = finite(expression == null ? value : expression.eval(row, value));
    if (unwindsResult) {
      for (Object element : elements(result)) {
        action.accept(shown(element));
      }
    } else {
      action.accept(shown(result));
    }
  }

  private @Nullable Object shown(@Nullable Object value) {
    return Operators.isNothing(value) ? missingValue : value;
  }
}
