package io.postil.core.query;

import io.postil.core.PostilException;
import io.postil.core.value.Values;
import io.postil.core.view.Expression;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The sorts of lists that FiftyOne writes as JavaScript. No script is run: the few bodies it emits
 * are recognised, and any other is refused. Stateless.
 */
final class JavaScriptSort {
  private static final Pattern BODY =
      Pattern.compile(
          "function\\(array\\) \\{ array\\.sort\\((?:\\(a, b\\) => (.*?))?\\)(\\.reverse\\(\\))?; return array; \\}");
  private static final Pattern NUMERIC = Pattern.compile("a((?:\\.[\\w$]+)*) - b\\1");
  private static final Pattern TEXT =
      Pattern.compile("\\('' \\+ a((?:\\.[\\w$]+)+)\\)\\.localeCompare\\(b\\1\\)");
  private static final int FAILURE = 139;

  private JavaScriptSort() {}

  static Evaluator compile(ExpressionCompiler compiler, Expression.Entries entries) {
    String body =
        entries.get("body") instanceof Expression.Literal l && l.value() instanceof String s
            ? s
            : "";
    Matcher matcher = BODY.matcher(body.strip());
    Comparator<@Nullable Object> order = matcher.matches() ? order(matcher.group(1)) : null;
    Expression arguments = entries.get("args");
    if (order == null || arguments == null) {
      throw EvaluationError.of(
          FAILURE, "only sorts of arrays can be evaluated as $function, not: " + body);
    }
    boolean reverse = matcher.group(2) != null;
    Evaluator argument = compiler.compileAll(arguments).get(0);
    return scope -> sort(argument.eval(scope), order, reverse);
  }

  private static @Nullable Comparator<@Nullable Object> order(@Nullable String comparison) {
    if (comparison == null) {
      return (a, b) -> text(a).compareTo(text(b));
    }
    Matcher numeric = NUMERIC.matcher(comparison);
    if (numeric.matches()) {
      String[] path = path(numeric.group(1));
      return (a, b) -> {
        double difference = number(property(a, path)) - number(property(b, path));
        return difference > 0 ? 1 : difference < 0 ? -1 : 0;
      };
    }
    Matcher text = TEXT.matcher(comparison);
    if (text.matches()) {
      String[] path = path(text.group(1));
      return (a, b) -> text(property(a, path)).compareTo(text(property(b, path)));
    }
    return null;
  }

  private static String[] path(String dotted) {
    return dotted.isEmpty() ? new String[0] : dotted.substring(1).split("\\.");
  }

  private static Object sort(
      @Nullable Object value, Comparator<@Nullable Object> order, boolean reverse) {
    if (!(value instanceof List<?> list)) {
      throw EvaluationError.of(FAILURE, "TypeError: cannot sort " + BsonOrder.typeName(value));
    }
    @Nullable Object[] elements = list.toArray();
    int defined = elements.length;
    mergeSort(elements, elements.clone(), 0, defined, order);
    List<@Nullable Object> sorted = new ArrayList<>(Arrays.asList(elements));
    if (reverse) {
      Collections.reverse(sorted);
    }
    sorted.replaceAll(e -> e instanceof Number n ? (Object) n.doubleValue() : e);
    return Values.list(sorted);
  }

  /** A stable sort that, unlike the library's, accepts an order that contradicts itself. */
  private static void mergeSort(
      @Nullable Object[] into,
      @Nullable Object[] from,
      int start,
      int end,
      Comparator<@Nullable Object> order) {
    if (end - start < 2) {
      return;
    }
    int middle = (start + end) >>> 1;
    mergeSort(from, into, start, middle, order);
    mergeSort(from, into, middle, end, order);
    int left = start;
    int right = middle;
    for (int i = start; i < end; i++) {
      boolean takeLeft =
          right >= end || left < middle && order.compare(from[left], from[right]) <= 0;
      into[i] = takeLeft ? from[left++] : from[right++];
    }
  }

  private static @Nullable Object property(@Nullable Object value, String[] path) {
    Object current = value;
    for (String name : path) {
      if (current == null || current == Missing.MISSING) {
        throw error("cannot read property '" + name + "' of null");
      }
      current = Fields.get(current, name);
    }
    return current;
  }

  private static PostilException error(String message) {
    return EvaluationError.of(FAILURE, "TypeError: " + message);
  }

  private static double number(@Nullable Object value) {
    return switch (value) {
      case null -> 0;
      case Number n -> n.doubleValue();
      case Boolean b -> b ? 1 : 0;
      case java.time.Instant i -> i.toEpochMilli();
      case String s -> {
        try {
          yield s.isBlank() ? 0 : Double.parseDouble(s.strip());
        } catch (NumberFormatException e) {
          yield Double.NaN;
        }
      }
      default -> Double.NaN;
    };
  }

  private static String text(@Nullable Object value) {
    return switch (value) {
      case null -> "null";
      case Missing m -> "undefined";
      case String s -> s;
      case Number n -> ConversionOperators.numberText(n);
      case Boolean b -> b.toString();
      case List<?> list ->
          String.join(",", list.stream().map(e -> e == null ? "" : text(e)).toList());
      default -> "[object Object]";
    };
  }
}
