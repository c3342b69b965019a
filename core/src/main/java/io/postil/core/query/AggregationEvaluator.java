package io.postil.core.query;

import io.postil.core.value.Document;
import io.postil.core.value.Values;
import io.postil.core.view.Aggregation;
import io.postil.core.view.Expression;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Computes aggregations over the rows of a pipeline, several in one pass. Stateless. */
final class AggregationEvaluator {
  private AggregationEvaluator() {}

  static List<@Nullable Object> evaluate(Pipeline pipeline, List<Aggregation> aggregations) {
    List<Task> tasks = new ArrayList<>();
    Set<String> reads = new HashSet<>();
    boolean twice = false;
    for (Aggregation aggregation : aggregations) {
      Task task = task(pipeline.schema(), aggregation);
      tasks.add(task);
      reads.addAll(task.values.reads());
      twice |= task.result.needsBounds();
    }
    if (twice) {
      pass(pipeline, reads, tasks, true);
    }
    pass(pipeline, reads, tasks, false);
    List<@Nullable Object> results = new ArrayList<>();
    tasks.forEach(task -> results.add(task.result.result()));
    return results;
  }

  private static void pass(Pipeline pipeline, Set<String> reads, List<Task> tasks, boolean bounds) {
    try (Pipeline.Run run = pipeline.run(reads)) {
      for (Iterator<Row> rows = run.rows(); rows.hasNext(); ) {
        Row row = rows.next();
        for (Task task : tasks) {
          if (!bounds) {
            task.values.each(row, task.result::add);
          } else if (task.result.needsBounds()) {
            task.values.each(row, task.result::addBound);
          }
        }
      }
    }
  }

  private record Task(PathValues values, AggregationResult result) {}

  private static Task task(ViewSchema schema, Aggregation aggregation) {
    String field = aggregation.field();
    Expression expression = aggregation.expression();
    if (field == null && expression != null) {
      Prefix prefix = Prefix.of(expression);
      field = prefix.field;
      expression = prefix.rest;
    }
    if (field != null && !schema.isKnown(field)) {
      throw schema.unknownField(field);
    }
    Document arguments = aggregation.arguments();
    boolean nested = aggregation.op().equals("Values");
    boolean keepTerminal = expression != null;
    boolean unwind = !nested || arguments.getBoolean("unwind", false);
    PathValues values =
        new PathValues(
            schema,
            field,
            expression,
            unwind,
            keepTerminal,
            arguments.getBoolean("safe", false),
            arguments.get("missing_value"));
    return new Task(values, AggregationResult.of(aggregation, schema, field));
  }

  /** An expression whose longest common path has been taken out. */
  private record Prefix(@Nullable String field, Expression rest) {
    static Prefix of(Expression expression) {
      Expression bound = expression.in(null);
      List<String[]> paths = new ArrayList<>();
      if (!collect(bound, paths) || paths.isEmpty()) {
        return new Prefix(null, bound);
      }
      String[] first = paths.get(0);
      int length = first.length;
      for (String[] path : paths) {
        int same = 0;
        while (same < length && same < path.length && path[same].equals(first[same])) {
          same++;
        }
        length = same;
      }
      if (length == 0) {
        return new Prefix(null, bound);
      }
      String prefix = String.join(".", java.util.Arrays.copyOf(first, length));
      return new Prefix(prefix, replace(bound, "$" + prefix));
    }

    /** Collects paths from the root; false if the root itself is used. */
    private static boolean collect(Expression expression, List<String[]> paths) {
      return switch (expression) {
        case Expression.Literal l -> true;
        case Expression.Field f -> true;
        case Expression.Path p -> {
          if (p.text().startsWith("$$")) {
            yield !p.text().startsWith("$$ROOT") && !p.text().startsWith("$$CURRENT");
          }
          paths.add(p.text().substring(1).split("\\.", -1));
          yield true;
        }
        case Expression.Operation o -> collect(o.argument(), paths);
        case Expression.Array a -> {
          boolean all = true;
          for (Expression element : a.elements()) {
            all &= collect(element, paths);
          }
          yield all;
        }
        case Expression.Entries e -> {
          boolean all = true;
          for (Expression.Entry entry : e.entries()) {
            all &= collect(entry.value(), paths);
          }
          yield all;
        }
      };
    }

    private static Expression replace(Expression expression, String prefix) {
      return switch (expression) {
        case Expression.Literal l -> l;
        case Expression.Field f -> f;
        case Expression.Path p ->
            p.text().equals(prefix) || p.text().startsWith(prefix + ".")
                ? new Expression.Path("$$expr" + p.text().substring(prefix.length()))
                : p;
        case Expression.Operation o ->
            new Expression.Operation(o.operator(), replace(o.argument(), prefix));
        case Expression.Array a ->
            new Expression.Array(a.elements().stream().map(e -> replace(e, prefix)).toList());
        case Expression.Entries e ->
            new Expression.Entries(
                e.entries().stream()
                    .map(x -> new Expression.Entry(x.name(), replace(x.value(), prefix)))
                    .toList());
      };
    }
  }

  static List<@Nullable Object> pair(@Nullable Object a, @Nullable Object b) {
    return Values.listOf(a, b);
  }
}
