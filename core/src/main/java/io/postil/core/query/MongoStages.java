package io.postil.core.query;

import io.postil.core.value.Document;
import io.postil.core.value.Values;
import io.postil.core.view.Stage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
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
        view.steps.add(Step.filter(condition));
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
      case "$sample" -> sample(view, argument);
      case "$count" -> count(view, argument);
      case "$unset" -> {
        List<String> paths = new ArrayList<>();
        for (Object path : argument instanceof List<?> l ? l : List.of(String.valueOf(argument))) {
          paths.add(String.valueOf(path));
        }
        unset(view, paths);
      }
      case "$set", "$addFields" -> set(view, argument);
      case "$project" -> project(view, argument);
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

  /** Some rows by chance, others each time. */
  private static void sample(ViewCompiler view, @Nullable Object argument) {
    if (!(argument instanceof Document options)) {
      throw EvaluationError.of(28745, "the $sample stage specification must be an object");
    }
    if (!options.contains("size")) {
      throw EvaluationError.of(28749, "$sample stage must specify a size");
    }
    if (options.size() > 1) {
      throw EvaluationError.of(28748, "unrecognized option to $sample");
    }
    if (!(options.get("size") instanceof Number size)) {
      throw EvaluationError.of(28746, "size argument to $sample must be a number");
    }
    long wanted = size.longValue();
    if (wanted < 0) {
      throw EvaluationError.of(28747, "size argument to $sample must not be negative");
    }
    view.steps.add(
        Sorter.step(
            Set.of(),
            row -> new @Nullable Object[] {ThreadLocalRandom.current().nextDouble()},
            new int[] {1},
            wanted));
    view.steps.add(Step.stream(Set.of(), (rows, run, at) -> ViewCompiler.limit(rows, wanted)));
  }

  // --- $count ------------------------------------------------------------------------------------

  private static void count(ViewCompiler view, @Nullable Object argument) {
    if (!(argument instanceof String name) || name.isEmpty()) {
      throw EvaluationError.of(40156, "the count field must be a non-empty string");
    }
    if (name.startsWith("$") || name.contains(".")) {
      throw EvaluationError.of(
          40160, "the count field cannot be a path or begin with '$': " + name);
    }
    view.steps.add(new Count(name, new AtomicLong()));
  }

  /**
   * One row in place of all: nothing is left of the first but the number of all.
   *
   * @param total of the last run
   */
  private record Count(String name, AtomicLong total) implements Step.StreamStep {
    @Override
    public Set<String> reads() {
      return Set.of("*");
    }

    @Override
    public Iterator<Row> apply(Iterator<Row> rows, Pipeline.Run run, int position) {
      return new Sorter.Lazy(
          () -> {
            if (!rows.hasNext()) {
              return List.<Row>of().iterator();
            }
            Row first = rows.next();
            long count = 1;
            for (; rows.hasNext(); rows.next()) {
              count++;
            }
            total.set(count);
            return List.of(again(first)).iterator();
          });
    }

    @Override
    public Row again(Row row) {
      row.set(name, total.get() == (int) total.get() ? (Object) (int) total.get() : total.get());
      row.set("frames", Missing.MISSING);
      row.frames(List.of());
      return only(row, "", Set.of(name));
    }
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

  private static void unset(ViewCompiler view, List<String> paths) {
    List<String[]> names = paths.stream().map(path -> path.split("\\.", -1)).toList();
    view.steps.add(
        Step.of(
            Set.of(),
            row -> {
              names.stream()
                  .filter(p -> Fields.path(row, p, 0) != Missing.MISSING)
                  .forEach(p -> row.set(p, Missing.MISSING));
              return row;
            }));
  }

  // --- $project ---------------------------------------------------------------------------------

  /** Hides the paths that are 0 or false, or else all but those that are something else. */
  private static void project(ViewCompiler view, @Nullable Object argument) {
    if (!(argument instanceof Document specification)) {
      throw EvaluationError.of(15969, "$project specification must be an object");
    }
    if (specification.isEmpty()) {
      throw EvaluationError.of(51272, "projection specification must have at least one field");
    }
    Map<String, @Nullable Object> paths = new LinkedHashMap<>();
    flatten("", specification, paths);
    Object id = paths.remove("_id");
    if (id != null && !BsonOrder.isTrue(id) && paths.isEmpty()) {
      return;
    }
    boolean excludes = !paths.isEmpty() && paths.values().stream().noneMatch(MongoStages::isShown);
    if (excludes) {
      unset(view, List.copyOf(paths.keySet()));
      return;
    }
    Document.Builder computed = Document.builder();
    Set<String> shown = new HashSet<>(Set.of("_id"));
    paths.forEach(
        (path, value) -> {
          if (!isShown(value)) {
            throw EvaluationError.of(
                31254, "Cannot do exclusion on field " + path + " in inclusion projection");
          }
          if (!isConstant(value)) {
            computed.put(path, value);
          }
          shown.add(path);
        });
    if (!computed.build().isEmpty()) {
      set(view, computed.build());
    }
    view.steps.add(Step.of(Set.of("*"), row -> only(row, "", shown)));
  }

  /** Paths and what is said of them; objects that are no expressions are parents of paths. */
  private static void flatten(
      String prefix, Document specification, Map<String, @Nullable Object> paths) {
    specification.forEach(
        (name, value) -> {
          if (value instanceof Document d && !d.isEmpty() && !d.nameAt(0).startsWith("$")) {
            flatten(prefix + name + ".", d, paths);
          } else {
            paths.put(prefix + name, value);
          }
        });
  }

  private static boolean isConstant(@Nullable Object value) {
    return value instanceof Number || value instanceof Boolean;
  }

  private static boolean isShown(@Nullable Object value) {
    return !isConstant(value) || BsonOrder.isTrue(value);
  }

  /** Hides all properties of a row but those on the way to or below some paths. */
  private static Row only(Row row, String prefix, Set<String> shown) {
    for (String name : row.toDocument().names()) {
      Object value = row.property(name);
      Object kept = only(value, prefix + name, shown);
      if (kept != value) {
        row.set(name, kept);
      }
    }
    return row;
  }

  private static @Nullable Object only(@Nullable Object value, String path, Set<String> shown) {
    if (shown.contains(path)) {
      return value;
    }
    if (shown.stream().noneMatch(p -> p.startsWith(path + "."))) {
      return Missing.MISSING;
    }
    if (value instanceof List<?> list) {
      List<@Nullable Object> kept = new ArrayList<>(list.size());
      for (Object element : list) {
        Object some = only(element, path, shown);
        if (some != Missing.MISSING) {
          kept.add(some);
        }
      }
      return Values.list(kept);
    }
    Document document = BsonOrder.asDocument(value);
    if (document == null) {
      return Missing.MISSING;
    }
    Document.Builder out = Document.builder();
    document.forEach(
        (name, v) -> {
          Object some = only(v, path + "." + name, shown);
          if (some != Missing.MISSING) {
            out.append(name, some);
          }
        });
    return out.build();
  }
}
