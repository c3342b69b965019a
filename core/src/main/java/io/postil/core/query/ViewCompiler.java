package io.postil.core.query;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.view.Stage;
import io.postil.core.view.ViewDefinition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Turns the stages of a view into steps, checking each against what the view shows so far. Nothing
 * is read. One compiler serves one view; not thread-safe.
 */
final class ViewCompiler {
  final RowSource source;
  final List<Step> steps = new ArrayList<>();
  ViewSchema schema;

  /** Whether samples of inactive slices have been dropped yet. */
  private boolean sliceChosen;

  /** The slice that stands for its group; null if none of those that are left can. */
  private @Nullable String activeSlice;

  /** Whether the stage that is being added is the first one. */
  private boolean first;

  private ViewCompiler(RowSource source) {
    this.source = source;
    schema = ViewSchema.of(source.info());
    sliceChosen = source.info().group() == null;
  }

  static Pipeline compile(RowSource source, ViewDefinition view) {
    return new ViewCompiler(source).compile(view);
  }

  /** The steps of stages on rows that show what a schema says. */
  static Pipeline compile(RowSource source, ViewSchema shown, ViewDefinition stages) {
    ViewCompiler compiler = new ViewCompiler(source);
    compiler.schema = shown;
    compiler.sliceChosen = true;
    return compiler.compile(stages);
  }

  private Pipeline compile(ViewDefinition view) {
    List<Stage> stages = view.stages();
    DatasetInfo.GroupInfo group = source.info().group();
    if (group != null && schema.slices != null) {
      activeSlice = GroupSlices.active(schema.slices, group.defaultSlice(), stages);
    }
    for (int i = 0; i < stages.size(); i++) {
      first = i == 0;
      add(stages.get(i), wanted(stages, i + 1));
    }
    chooseSlice();
    return new Pipeline(source, schema, steps);
  }

  /** How many rows of a stage's output the next stages can ask for. */
  private static long wanted(List<Stage> stages, int next) {
    long skipped = 0;
    for (int i = next; i < stages.size(); i++) {
      switch (stages.get(i)) {
        case Stage.Skip s -> skipped += Math.max(s.skip(), 0);
        case Stage.Limit l -> {
          return skipped + Math.max(l.limit(), 0);
        }
        default -> {
          return Long.MAX_VALUE;
        }
      }
    }
    return Long.MAX_VALUE;
  }

  boolean isFirst() {
    return first;
  }

  void sliceChosen() {
    sliceChosen = true;
  }

  /** The slice that stands for its group; null if none can. */
  @Nullable String activeSlice() {
    return activeSlice;
  }

  /** Drops the samples of all slices but the active one. */
  void chooseSlice() {
    DatasetInfo.GroupInfo group = source.info().group();
    if (sliceChosen || group == null) {
      return;
    }
    sliceChosen = true;
    String active = activeSlice;
    steps.add(
        Step.filter(
            Set.of(group.field()),
            row ->
                active != null && active.equals(Fields.get(row.property(group.field()), "name"))));
  }

  private void add(Stage stage, long wanted) {
    if (!(stage instanceof Stage.SelectGroupSlices)
        && !(stage instanceof Stage.ExcludeGroupSlices)) {
      chooseSlice();
    }
    switch (stage) {
      case Stage.Select s -> select(s);
      case Stage.Exclude s -> {
        Set<ObjectId> ids = new HashSet<>(s.sampleIds());
        steps.add(Step.filter(Set.of(), row -> !ids.contains(row.id())));
      }
      case Stage.SelectBy s -> selectBy(s);
      case Stage.ExcludeBy s -> {
        Compiled in =
            Compiled.match(
                Document.of(
                    storedPath(s.field()), Document.of("$nin", ids(s.field(), s.values()))));
        steps.add(Step.filter(in));
      }
      case Stage.Limit s ->
          steps.add(Step.stream(Set.of(), (rows, run, at) -> limit(rows, s.limit())));
      case Stage.Skip s ->
          steps.add(Step.stream(Set.of(), (rows, run, at) -> skip(rows, s.skip())));
      case Stage.Take s -> {
        shuffle(s.randint(), Math.min(wanted, Math.max(s.size(), 0)));
        steps.add(Step.stream(Set.of(), (rows, run, at) -> limit(rows, s.size())));
      }
      case Stage.Shuffle s -> shuffle(s.randint(), wanted);
      case Stage.SortBy s -> sortBy(s, wanted);
      case Stage.Match s -> match(s.filter());
      case Stage.MatchTags s -> matchTags(s);
      case Stage.Exists s -> exists(s);
      case Stage.MatchLabels s -> LabelStages.add(this, s);
      case Stage.FilterLabels s -> LabelStages.add(this, s);
      case Stage.FilterKeypoints s -> KeypointStages.add(this, s);
      case Stage.SelectLabels s -> LabelStages.add(this, s);
      case Stage.ExcludeLabels s -> LabelStages.add(this, s);
      case Stage.LimitLabels s -> LabelStages.add(this, s);
      case Stage.FilterField s -> FieldStages.add(this, s);
      case Stage.SelectFields s -> FieldStages.add(this, s);
      case Stage.ExcludeFields s -> FieldStages.add(this, s);
      case Stage.MapLabels s -> FieldStages.add(this, s);
      case Stage.MapValues s -> FieldStages.add(this, s);
      case Stage.SetField s -> FieldStages.add(this, s);
      case Stage.MatchFrames s -> FrameStages.add(this, s);
      case Stage.SelectFrames s -> FrameStages.add(this, s);
      case Stage.ExcludeFrames s -> FrameStages.add(this, s);
      case Stage.SelectGroupSlices s -> GroupStages.add(this, s);
      case Stage.ExcludeGroupSlices s -> GroupStages.add(this, s);
      case Stage.GroupBy s -> GroupStages.add(this, s);
      case Stage.Flatten s -> GroupStages.add(this, s);
      case Stage.Concat s -> GroupStages.add(this, s);
      case Stage.Mongo s -> MongoStages.add(this, s);
      case Stage.ToPatches s -> DerivedStages.add(this, s);
      case Stage.ToFrames s -> DerivedStages.add(this, s);
      case Stage.ToClips s -> DerivedStages.add(this, s);
      case Stage.Unknown s ->
          throw new PostilException(
              ErrorCode.INVALID_VIEW,
              "the stage " + s.name() + " cannot be evaluated here",
              "Remove the stage, or write it with the stages of docs/guide/views.md.");
    }
  }

  static PostilException invalid(String message) {
    return new PostilException(ErrorCode.INVALID_VIEW, message);
  }

  /**
   * Whether a value is an expression in MongoDB's form: an operator, a path or a constant truth.
   */
  static boolean isExpression(@Nullable Object value) {
    return value instanceof Document
        || value instanceof Boolean
        || value instanceof String path && path.startsWith("$");
  }

  // --- ids and paths --------------------------------------------------------------------------

  /** The path a name is stored under: {@code id} is stored as {@code _id}. */
  static String storedPath(String path) {
    String[] names = path.split("\\.", -1);
    int last = names.length - 1;
    switch (names[last]) {
      case "id" -> names[last] = "_id";
      case "sample_id", "frame_id", "dataset_id" -> {
        if (last == 0 || last == 1 && names[0].equals("frames")) {
          names[last] = "_" + names[last];
        }
      }
      default -> {}
    }
    return String.join(".", names);
  }

  /** Values of an id path as ids. */
  static List<?> ids(String path, List<?> values) {
    String last = path.substring(path.lastIndexOf('.') + 1);
    if (!last.equals("id") && !last.equals("_id") && !last.endsWith("_id")) {
      return values;
    }
    if (path.equals("id") || path.equals("_id") || path.equals("sample_id")) {
      idSet(values.stream().filter(Objects::nonNull).toList());
    }
    return io.postil.core.value.Values.list(
        values.stream()
            .map(v -> v instanceof String s && ObjectId.isValid(s) ? ObjectId.of(s) : v)
            .toList());
  }

  /** Ids given as texts or ids. */
  static Set<ObjectId> idSet(@Nullable List<?> values) {
    Set<ObjectId> ids = new HashSet<>();
    for (Object value : values == null ? List.of() : values) {
      if (value instanceof ObjectId id) {
        ids.add(id);
      } else if (value instanceof String s && ObjectId.isValid(s)) {
        ids.add(ObjectId.of(s));
      } else {
        throw invalid("'" + value + "' is not an id of 24 hexadecimal digits");
      }
    }
    return ids;
  }

  // --- stages on whole samples ----------------------------------------------------------------

  private void select(Stage.Select s) {
    Map<ObjectId, Integer> positions = new HashMap<>();
    s.sampleIds().forEach(id -> positions.putIfAbsent(id, positions.size()));
    steps.add(Step.filter(Set.of(), row -> positions.containsKey(row.id())));
    if (s.ordered()) {
      steps.add(
          Sorter.step(
              Set.of(),
              row -> new @Nullable Object[] {positions.get(row.id())},
              new int[] {1},
              Long.MAX_VALUE));
    }
  }

  private void selectBy(Stage.SelectBy s) {
    String path = storedPath(s.field());
    List<?> values = ids(s.field(), s.values());
    Compiled in = Compiled.match(Document.of(path, Document.of("$in", values)));
    steps.add(Step.filter(in));
    if (s.ordered()) {
      Compiled value = Compiled.expression("$" + path, null);
      steps.add(
          Sorter.step(
              value.reads(),
              row -> new @Nullable Object[] {position(values, value.eval(row))},
              new int[] {1},
              Long.MAX_VALUE));
    }
  }

  /** The place of a value among others; what is not among them comes first, as lists do. */
  private static int position(List<?> values, @Nullable Object value) {
    for (int i = 0; i < values.size(); i++) {
      if (value != Missing.MISSING && BsonOrder.equal(values.get(i), value)) {
        return i;
      }
    }
    return -1;
  }

  static Iterator<Row> limit(Iterator<Row> rows, long limit) {
    return new Iterator<>() {
      private long left = limit;

      @Override
      public boolean hasNext() {
        return left > 0 && rows.hasNext();
      }

      @Override
      public Row next() {
        left--;
        return rows.next();
      }
    };
  }

  static Iterator<Row> skip(Iterator<Row> rows, long skip) {
    return new Sorter.Lazy(
        () -> {
          for (long i = 0; i < skip && rows.hasNext(); i++) {
            rows.next();
          }
          return rows;
        });
  }

  private void shuffle(long randint, long wanted) {
    steps.add(
        Sorter.step(
            Set.of("_rand"),
            row -> new @Nullable Object[] {(double) randint % random(row)},
            new int[] {1},
            wanted));
  }

  /** The random number of a sample; samples stored without one get one from their id. */
  private static double random(Row row) {
    if (row.property("_rand") instanceof Double d && d > 0) {
      return d;
    }
    long mixed = (row.id().low() ^ row.id().high()) * 0x9E3779B97F4A7C15L;
    return 0.999 + 0.001 * ((mixed >>> 11) * 0x1.0p-53);
  }

  private void sortBy(Stage.SortBy s, long wanted) {
    List<Object> keys = new ArrayList<>();
    List<Integer> signs = new ArrayList<>();
    if (s.fieldOrExpr() instanceof List<?> list) {
      for (Object element : list) {
        if (element instanceof List<?> pair && pair.size() == 2 && pair.get(0) != null) {
          keys.add(pair.get(0));
          signs.add(sign(pair.get(1)));
        } else if (element != null && !(element instanceof List<?>)) {
          keys.add(element);
          signs.add(1);
        } else {
          throw invalid("sort_by needs a field, an expression or a list of [field, order]");
        }
      }
    } else {
      keys.add(s.fieldOrExpr());
      signs.add(1);
    }
    if (keys.isEmpty()) {
      throw EvaluationError.of(15976, "$sort stage must have at least one sort key");
    }
    int[] directions = signs.stream().mapToInt(i -> s.reverse() ? -i : i).toArray();
    // Each key starts at the row or at what an expression gives, and follows a path from there.
    List<Function<Row, @Nullable Object>> starts = new ArrayList<>();
    String[][] paths = new String[keys.size()][];
    Set<String> reads = new HashSet<>();
    for (int i = 0; i < keys.size(); i++) {
      boolean isPath = keys.get(i) instanceof String path && !path.startsWith("$");
      String path = isPath ? storedPath(String.valueOf(keys.get(i))) : "";
      Compiled value = Compiled.expression(isPath ? "$" + path : keys.get(i), null);
      reads.addAll(value.reads());
      starts.add(isPath ? row -> row : value::eval);
      paths[i] = isPath ? path.split("\\.", -1) : new String[0];
    }
    steps.add(
        Sorter.step(
            reads,
            keys,
            row -> {
              @Nullable Object[] values = new @Nullable Object[starts.size()];
              for (int i = 0; i < values.length; i++) {
                values[i] = starts.get(i).apply(row);
              }
              return SortKeys.of(values, paths, directions);
            },
            directions,
            wanted));
  }

  private static int sign(@Nullable Object order) {
    if (order instanceof Number n && (n.intValue() == 1 || n.intValue() == -1)) {
      return n.intValue();
    }
    if (order instanceof String s && !s.isEmpty()) {
      char first = s.toLowerCase(Locale.ROOT).charAt(0);
      if (first == 'a' || first == 'd') {
        return first == 'a' ? 1 : -1;
      }
    }
    throw invalid("'" + order + "' is no order; use 1, -1, \"asc\" or \"desc\"");
  }

  void match(@Nullable Object filter) {
    if (filter instanceof Boolean) {
      throw EvaluationError.of(15959, "the match filter must be an expression in an object");
    }
    if (!(filter instanceof Document document)) {
      throw invalid("match needs an expression or an object with conditions, not " + filter);
    }
    Compiled condition =
        document.size() == 1 && document.nameAt(0).equals("$expr")
            ? Compiled.expression(document.valueAt(0), null)
            : Compiled.match(document);
    steps.add(Step.filter(condition));
  }

  private void matchTags(Stage.MatchTags s) {
    for (Object tag : s.tags()) {
      if (!(tag instanceof String)) {
        throw invalid("tags are texts, not " + tag);
      }
    }
    boolean wanted = !Boolean.FALSE.equals(s.bool());
    steps.add(
        Step.filter(
            Set.of(),
            row -> {
              List<?> tags = row.property("tags") instanceof List<?> l ? l : List.of();
              // As in MongoDB, no sample has all of no tags.
              boolean matches =
                  s.all() && !s.tags().isEmpty()
                      ? tags.containsAll(s.tags())
                      : s.tags().stream().anyMatch(tags::contains);
              return matches == wanted;
            }));
  }

  private void exists(Stage.Exists s) {
    boolean wanted = !Boolean.FALSE.equals(s.bool());
    String path = storedPath(s.field());
    if (schema.hasFrames() && ViewSchema.isFrame(path)) {
      String[] names = path.split("\\.", -1);
      steps.add(
          Step.filter(
              Set.of(names.length > 1 ? "frames." + names[1] : "frames"),
              row ->
                  row.frames().stream().anyMatch(f -> isSomething(Fields.path(f, names, 1)))
                      == wanted));
      return;
    }
    Compiled value = Compiled.expression("$" + path, null);
    steps.add(Step.filter(value.reads(), row -> isSomething(value.eval(row)) == wanted));
  }

  static boolean isSomething(@Nullable Object value) {
    return !Operators.isNothing(value);
  }
}
