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
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Computes aggregations over the rows of a pipeline, several in one pass. Stateless. */
final class AggregationEvaluator {
  private AggregationEvaluator() {}

  static List<@Nullable Object> evaluate(Pipeline pipeline, List<Aggregation> aggregations) {
    List<Task> tasks = tasks(pipeline, aggregations);
    ColumnPass columns = columns(pipeline, tasks);
    if (columns == null) {
      fromRows(pipeline, tasks);
    } else if (!fromColumns(columns, tasks)) {
      // Some values may have come already.
      tasks = tasks(pipeline, aggregations);
      fromRows(pipeline, tasks);
    }
    List<@Nullable Object> results = new ArrayList<>();
    tasks.forEach(task -> results.add(task.result.result()));
    return results;
  }

  private static List<Task> tasks(Pipeline pipeline, List<Aggregation> aggregations) {
    List<Task> tasks = new ArrayList<>();
    aggregations.forEach(aggregation -> tasks.add(task(pipeline.schema(), aggregation)));
    return tasks;
  }

  /** What may answer from columns; null if anything but labels of one field is asked for. */
  private static @Nullable ColumnPass columns(Pipeline pipeline, List<Task> tasks) {
    String field = null;
    for (Task task : tasks) {
      String own = task.values.field();
      field = own == null ? field : own;
    }
    ColumnPass columns = field == null ? null : ColumnPass.of(pipeline, field);
    if (columns == null || !columns.isWhole(pipeline)) {
      return null;
    }
    for (Task task : tasks) {
      if (!isOfColumns(task, columns)) {
        return null;
      }
    }
    return columns;
  }

  private static boolean fromColumns(ColumnPass columns, List<Task> tasks) {
    return (!needBounds(tasks) || columns.aggregate(tasks, true))
        && columns.aggregate(tasks, false);
  }

  private static boolean needBounds(List<Task> tasks) {
    for (Task task : tasks) {
      if (task.result.needsBounds()) {
        return true;
      }
    }
    return false;
  }

  private static boolean isOfColumns(Task task, ColumnPass pass) {
    if (task.values.isSample()) {
      return task.counts() && pass.filters();
    }
    String property = task.values.property();
    return task.values.isOf(pass.field())
        && (property == null
            ? task.counts()
            : LabelColumns.mayHold(pass.field().className(), property))
        && !task.op.equals("Values");
  }

  private static void fromRows(Pipeline pipeline, List<Task> tasks) {
    Set<String> reads = new HashSet<>();
    tasks.forEach(task -> reads.addAll(task.values.reads()));
    if (needBounds(tasks)) {
      pass(pipeline, reads, tasks, true);
    }
    pass(pipeline, reads, tasks, false);
  }

  private static void pass(Pipeline pipeline, Set<String> reads, List<Task> tasks, boolean bounds) {
    try (Pipeline.Run run = pipeline.runForFields(reads)) {
      for (Iterator<Row> rows = run.rows(); rows.hasNext(); ) {
        Row row = rows.next();
        for (Task task : tasks) {
          if (!bounds) {
            task.values.each(row, task.add);
          } else if (task.result.needsBounds()) {
            task.values.each(row, task.addBound);
          }
        }
      }
    }
  }

  /** An aggregation with where its values go, made once as there are many rows. */
  record Task(
      String op,
      PathValues values,
      AggregationResult result,
      Consumer<@Nullable Object> add,
      Consumer<@Nullable Object> addBound) {
    boolean counts() {
      return op.equals("Count");
    }
  }

  private static Task task(ViewSchema schema, Aggregation aggregation) {
    AggregatedValues aggregated = AggregatedValues.of(aggregation);
    String field = aggregated.field();
    Expression expression = aggregated.expression();
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
    AggregationResult result = AggregationResult.of(aggregation, schema, field);
    return new Task(aggregation.op(), values, result, result::add, result::addBound);
  }

  static List<@Nullable Object> pair(@Nullable Object a, @Nullable Object b) {
    return Values.listOf(a, b);
  }
}
