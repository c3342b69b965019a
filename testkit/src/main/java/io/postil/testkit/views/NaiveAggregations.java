package io.postil.testkit.views;

import static io.postil.testkit.views.PlainValues.isNothing;
import static io.postil.testkit.views.PlainValues.nullIfMissing;

import io.postil.core.value.Document;
import io.postil.core.value.Values;
import io.postil.core.view.Aggregation;
import io.postil.core.view.Expression;
import io.postil.testkit.views.NaiveRows.Row;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The aggregations: which values they see, and what they make of them. Stateless. */
final class NaiveAggregations {
  private NaiveAggregations() {}

  static @Nullable Object aggregate(NaiveRows view, Aggregation aggregation) {
    Question question = Question.of(aggregation);
    if (question.field() != null) {
      view.schema().requireKnown(question.field());
    }
    List<@Nullable Object> values = new ArrayList<>();
    for (Row row : view.rows()) {
      values.addAll(question.values(view.schema(), row.document()));
    }
    Document arguments = aggregation.arguments();
    List<? extends @Nullable Object> something =
        values.stream().filter(v -> !isNothing(v)).toList();
    return switch (aggregation.op()) {
      case "Count" ->
          question.field() == null && question.expression() == null
              ? (Object) (long) values.size()
              : (Object) (long) something.size();
      case "CountValues" -> counts(values);
      case "Distinct" -> NaiveSort.sorted(NaiveLists.distinct(something));
      case "Bounds" ->
          Values.listOf(
              NaiveNumbers.summary("$min", something), NaiveNumbers.summary("$max", something));
      case "Min" -> NaiveNumbers.summary("$min", something);
      case "Max" -> NaiveNumbers.summary("$max", something);
      case "Sum" -> NaiveNumbers.summary("$sum", values);
      case "Mean" -> values.isEmpty() ? 0 : NaiveNumbers.summary("$avg", values);
      case "Std" ->
          values.isEmpty()
              ? 0
              : NaiveNumbers.summary(
                  arguments.getBoolean("sample", false) ? "$stdDevSamp" : "$stdDevPop", values);
      case "Quantiles" -> quantiles(values, arguments.get("quantiles"));
      case "Values" -> Values.list(values);
      case "HistogramValues" -> histogram(values, arguments);
      default -> throw new NotCovered(aggregation.op());
    };
  }

  // --- values ------------------------------------------------------------------------------------

  /**
   * What an aggregation asks.
   *
   * @param flat whether all lists on the path are taken apart
   */
  private record Question(
      @Nullable String field,
      @Nullable Object expression,
      boolean hasExpression,
      boolean flat,
      boolean safe,
      @Nullable Object missingValue) {
    static Question of(Aggregation aggregation) {
      String field = aggregation.field();
      Expression given = aggregation.expression();
      boolean has = given != null;
      Object expression = given == null ? null : given.toValue(field == null ? null : "$$expr");
      if (field == null && has) {
        List<String> prefix = commonPrefix(expression);
        if (!prefix.isEmpty()) {
          field = String.join(".", prefix);
          expression = relative(expression, "$" + field);
        }
      }
      Document arguments = aggregation.arguments();
      boolean flat = !aggregation.op().equals("Values") || arguments.getBoolean("unwind", false);
      return new Question(
          field,
          expression,
          has,
          flat,
          arguments.getBoolean("safe", false),
          arguments.get("missing_value"));
    }

    List<@Nullable Object> values(NaiveSchema schema, Document sample) {
      if (field == null) {
        return Values.listOf(hasExpression ? leaf(sample, sample) : sample);
      }
      List<String> shown = PlainValues.names(field);
      return values(schema, sample, sample, shown, 0);
    }

    /** The values below the name at a position of the path. */
    private List<@Nullable Object> values(
        NaiveSchema schema, Document sample, @Nullable Object holder, List<String> shown, int at) {
      if (at == shown.size()) {
        Object leaf = leaf(sample, holder);
        boolean takenApart = flat && hasExpression && schema.isList(String.join(".", shown));
        if (!takenApart) {
          return Values.listOf(leaf);
        }
        return leaf instanceof List<?> l
            ? Values.list(l.stream().map(PlainValues::nullIfMissing).toList())
            : leaf == null ? List.of() : Values.listOf(leaf);
      }
      String name = shown.get(at).replace("[]", "");
      boolean last = at == shown.size() - 1;
      String path = String.join(".", shown.subList(0, at + 1)).replace("[]", "");
      String stored = NaiveStages.stored(at == 0 ? name : "x." + name);
      Object value =
          PlainValues.path(holder, List.of(stored.substring(stored.lastIndexOf('.') + 1)));
      boolean list = schema.isList(path) || shown.get(at).endsWith("[]");
      if (!list || last && hasExpression && !shown.get(at).endsWith("[]")) {
        return values(schema, sample, value, shown, at + 1);
      }
      boolean takenApart = flat || shown.get(at).endsWith("[]");
      if (!takenApart && last) {
        return values(schema, sample, value, shown, at + 1);
      }
      List<@Nullable Object> inner = new ArrayList<>();
      List<?> elements =
          value instanceof List<?> l ? l : isNothing(value) ? List.of() : Values.listOf(value);
      elements.forEach(e -> inner.addAll(values(schema, sample, e, shown, at + 1)));
      if (takenApart) {
        return inner;
      }
      return Values.listOf(value instanceof List<?> ? Values.list(inner) : null);
    }

    private @Nullable Object leaf(Document sample, @Nullable Object value) {
      Object result =
          hasExpression ? NaiveExpressions.evaluate(expression, sample, "expr", value) : value;
      boolean finite = !(result instanceof Double d) || Double.isFinite(d);
      result = safe && !finite ? null : nullIfMissing(result);
      return result == null ? missingValue : result;
    }
  }

  /** The longest path that all paths of an expression begin with; empty if there is none. */
  private static List<String> commonPrefix(@Nullable Object expression) {
    List<List<String>> paths = new ArrayList<>();
    collect(expression, paths);
    if (paths.isEmpty()) {
      return List.of();
    }
    List<String> prefix = paths.get(0);
    for (List<String> path : paths) {
      int same = 0;
      while (same < Math.min(prefix.size(), path.size())
          && prefix.get(same).equals(path.get(same))) {
        same++;
      }
      prefix = prefix.subList(0, same);
    }
    return prefix;
  }

  private static void collect(@Nullable Object expression, List<List<String>> paths) {
    switch (expression) {
      case String s -> {
        if (s.equals("$$ROOT") || s.equals("$$CURRENT")) {
          paths.add(List.of());
        } else if (s.startsWith("$") && !s.startsWith("$$")) {
          paths.add(PlainValues.names(s.substring(1)));
        }
      }
      case List<?> list -> list.forEach(e -> collect(e, paths));
      case Document d ->
          d.forEach(
              (name, e) -> {
                if (!name.equals("$literal")) {
                  collect(e, paths);
                }
              });
      case null -> {}
      default -> {}
    }
  }

  private static @Nullable Object relative(@Nullable Object expression, String prefix) {
    return switch (expression) {
      case String s ->
          s.equals(prefix) || s.startsWith(prefix + ".")
              ? "$$expr" + s.substring(prefix.length())
              : s;
      case List<?> list -> Values.list(list.stream().map(e -> relative(e, prefix)).toList());
      case Document d -> {
        Document.Builder out = Document.builder();
        d.forEach((name, e) -> out.put(name, name.equals("$literal") ? e : relative(e, prefix)));
        yield out.build();
      }
      case null -> null;
      default -> expression;
    };
  }

  // --- results -----------------------------------------------------------------------------------

  /** Pairs of a value and how often it occurs. */
  private static Object counts(List<@Nullable Object> values) {
    List<@Nullable Object> pairs = new ArrayList<>();
    for (Object distinct : NaiveLists.sorted(NaiveLists.distinct(values))) {
      pairs.add(
          Values.listOf(
              distinct, values.stream().filter(v -> PlainValues.equal(v, distinct)).count()));
    }
    return Values.list(pairs);
  }

  private static @Nullable Object quantiles(
      List<@Nullable Object> values, @Nullable Object wanted) {
    if (wanted instanceof List<?> several) {
      return Values.list(several.stream().map(q -> quantiles(values, q)).toList());
    }
    if (!(wanted instanceof Number q) || q.doubleValue() < 0 || q.doubleValue() > 1) {
      throw new NaiveError("no quantile: " + wanted);
    }
    List<Double> sorted =
        values.stream()
            .filter(Number.class::isInstance)
            .map(v -> ((Number) v).doubleValue())
            .sorted()
            .toList();
    return sorted.isEmpty()
        ? null
        : (Object) sorted.get((int) Math.max(Math.ceil(q.doubleValue() * sorted.size()) - 1, 0));
  }

  private static double number(@Nullable Object value) {
    return value instanceof Instant i
        ? i.toEpochMilli()
        : value instanceof Number n ? n.doubleValue() : Double.NaN;
  }

  private static Object histogram(List<@Nullable Object> values, Document arguments) {
    if (arguments.getBoolean("auto", false) || arguments.get("bins") instanceof List<?>) {
      throw new NotCovered("bins of other kinds");
    }
    int bins = (int) arguments.getLong("bins", 10);
    if (values.isEmpty()) {
      return Values.listOf(List.of(), List.of(), 0);
    }
    List<?> range = arguments.getList("range");
    List<? extends @Nullable Object> bounds = range.isEmpty() ? bounds(values) : range;
    boolean dates = bounds.get(0) instanceof Instant;
    double low = bound(bounds.get(0));
    double high = bound(bounds.get(1));
    if (range.isEmpty()) {
      high += !dates ? 1e-6 : high - low < bins ? bins : 1;
    }
    double[] numbers =
        values.stream()
            .filter(v -> dates == v instanceof Instant)
            .mapToDouble(NaiveAggregations::number)
            .toArray();
    List<@Nullable Object> edges = new ArrayList<>();
    List<@Nullable Object> counts = new ArrayList<>();
    long others = values.size();
    for (int i = 0; i < bins; i++) {
      double from = low + i * ((high - low) / bins);
      double to = i == bins - 1 ? high : low + (i + 1) * ((high - low) / bins);
      long count = java.util.Arrays.stream(numbers).filter(x -> x >= from && x < to).count();
      counts.add(count);
      edges.add(edge(from, dates));
      others -= count;
    }
    edges.add(edge(high, dates));
    return Values.listOf(Values.list(counts), Values.list(edges), others);
  }

  /** The least and the most of the values that are neither null nor infinite. */
  private static List<@Nullable Object> bounds(List<@Nullable Object> values) {
    List<? extends @Nullable Object> finite =
        values.stream()
            .filter(v -> !isNothing(v) && !(v instanceof Double d && !Double.isFinite(d)))
            .toList();
    return finite.isEmpty()
        ? Values.listOf(-1, -1)
        : Values.listOf(NaiveNumbers.summary("$min", finite), NaiveNumbers.summary("$max", finite));
  }

  private static double bound(@Nullable Object value) {
    if (value instanceof Boolean b) {
      return b ? 1 : 0;
    }
    double number = number(value);
    if (Double.isNaN(number)) {
      throw new NaiveError("no histogram of " + value);
    }
    return number;
  }

  private static Object edge(double value, boolean dates) {
    return dates ? (Object) Instant.ofEpochMilli((long) Math.floor(value)) : (Object) value;
  }
}
