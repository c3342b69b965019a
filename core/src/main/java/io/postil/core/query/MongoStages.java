package io.postil.core.query;

import io.postil.core.value.Document;
import io.postil.core.view.Stage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The common steps of MongoDB's aggregation pipelines that a view may hold as they are. Stateless.
 */
final class MongoStages {
  private MongoStages() {}

  static void add(ViewCompiler view, Stage.Mongo stage) {
    for (Object element : stage.pipeline()) {
      if (!(element instanceof Document step) || step.size() != 1) {
        throw EvaluationError.of(
            40323, "A pipeline stage specification object must contain exactly one field.");
      }
      add(view, step.nameAt(0), step.valueAt(0));
    }
  }

  private static void add(ViewCompiler view, String name, @Nullable Object argument) {
    switch (name) {
      case "$match" -> {
        if (!(argument instanceof Document filter)) {
          throw EvaluationError.of(15959, "the match filter must be an expression in an object");
        }
        Compiled condition = Compiled.match(filter);
        view.steps.add(Step.filter(condition.reads(), condition::test));
      }
      case "$limit" -> {
        long limit = number(name, argument, 15957);
        view.steps.add(Step.stream(Set.of(), (rows, run, at) -> ViewCompiler.limit(rows, limit)));
      }
      case "$skip" -> {
        long skip = number(name, argument, 15956);
        view.steps.add(Step.stream(Set.of(), (rows, run, at) -> ViewCompiler.skip(rows, skip)));
      }
      case "$sort" -> sort(view, argument);
      case "$unset" -> {
        List<String[]> paths = new ArrayList<>();
        for (Object path : argument instanceof List<?> l ? l : List.of(String.valueOf(argument))) {
          paths.add(String.valueOf(path).split("\\.", -1));
        }
        view.steps.add(
            Step.of(
                Set.of(),
                row -> {
                  paths.stream()
                      .filter(p -> Fields.path(row, p, 0) != Missing.MISSING)
                      .forEach(p -> row.set(p, Missing.MISSING));
                  return row;
                }));
      }
      case "$set", "$addFields" -> set(view, argument);
      default ->
          throw EvaluationError.of(40324, "Unrecognized pipeline stage name: '" + name + "'");
    }
  }

  private static long number(String name, @Nullable Object argument, int code) {
    if (argument instanceof Number n && n.longValue() >= 0) {
      return n.longValue();
    }
    throw EvaluationError.of(code, name + " needs a number that is not negative, not " + argument);
  }

  private static void sort(ViewCompiler view, @Nullable Object argument) {
    if (!(argument instanceof Document keys) || keys.isEmpty()) {
      throw EvaluationError.of(15976, "$sort needs at least one key");
    }
    String[][] paths = new String[keys.size()][];
    int[] signs = new int[keys.size()];
    Set<String> reads = new HashSet<>();
    for (int i = 0; i < signs.length; i++) {
      reads.addAll(Compiled.expression("$" + keys.nameAt(i), null).reads());
      paths[i] = keys.nameAt(i).split("\\.", -1);
      signs[i] = keys.valueAt(i) instanceof Number n && n.intValue() < 0 ? -1 : 1;
    }
    view.steps.add(
        Sorter.step(
            reads,
            row -> {
              @Nullable Object[] starts = new @Nullable Object[signs.length];
              java.util.Arrays.fill(starts, row);
              return SortKeys.of(starts, paths, signs);
            },
            signs,
            Long.MAX_VALUE));
  }

  private static void set(ViewCompiler view, @Nullable Object argument) {
    if (!(argument instanceof Document fields)) {
      throw EvaluationError.of(40272, "$set needs an object");
    }
    List<String[]> paths = new ArrayList<>();
    List<Compiled> values = new ArrayList<>();
    Set<String> reads = new HashSet<>();
    fields.forEach(
        (path, expression) -> {
          Compiled value = Compiled.expression(expression, null);
          paths.add(path.split("\\.", -1));
          values.add(value);
          reads.addAll(value.reads());
          reads.add(path.split("\\.", -1)[0]);
        });
    view.steps.add(
        Step.of(
            reads,
            row -> {
              List<@Nullable Object> computed = new ArrayList<>();
              values.forEach(v -> computed.add(v.eval(row)));
              for (int i = 0; i < paths.size(); i++) {
                row.set(paths.get(i), computed.get(i));
              }
              return row;
            }));
  }
}
