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
    Object result = expression == null ? value : expression.eval(row, value);
    if (safe && result instanceof Double d && !Double.isFinite(d)) {
      result = null;
    }
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
