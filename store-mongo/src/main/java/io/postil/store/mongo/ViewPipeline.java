package io.postil.store.mongo;

import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.FieldType;
import io.postil.core.query.ViewSchema;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import io.postil.core.view.Stage;
import io.postil.core.view.ViewDefinition;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.bson.BsonDocument;
import org.jspecify.annotations.Nullable;

/**
 * Turns the stages of a view into the steps of an aggregation pipeline. A stage's filters are
 * MongoDB's expressions already, so most are put in place as they are. Stages that change frames
 * but leave them in their videos, that need all members of a group, or that look into other slices
 * are left to the evaluator of the core, see {@link Views}.
 */
final class ViewPipeline {
  private final DatasetInfo info;

  /** The collection of frames. */
  private final String frames;

  private final List<Document> steps = new ArrayList<>();

  /** The stages so far, to know what they show. */
  private final List<Stage> done = new ArrayList<>();

  /** Whether samples come out as they are stored. */
  private boolean whole = true;

  private ViewPipeline(DatasetInfo info, String frames) {
    this.info = info;
    this.frames = frames;
  }

  /**
   * What could be compiled.
   *
   * @param steps the pipeline
   * @param stages how many stages of the view it stands for
   * @param whole whether its samples are as they are stored: it only chooses and sorts
   */
  record Compiled(List<BsonDocument> steps, int stages, boolean whole) {}

  /**
   * Compiles as many stages as can be, from the first on.
   *
   * @param frames the collection of frames
   * @param view valid for the dataset
   */
  static Compiled compile(DatasetInfo info, String frames, ViewDefinition view) {
    ViewPipeline pipeline = new ViewPipeline(info, frames);
    pipeline.chooseSlice(view);
    int count = 0;
    for (Stage stage : view.stages()) {
      if (pipeline.looksElsewhere(stage) || !pipeline.add(stage)) {
        break;
      }
      pipeline.done.add(stage);
      count++;
    }
    return new Compiled(
        pipeline.steps.stream().map(BsonValues::toBson).toList(), count, pipeline.whole);
  }

  private void chooseSlice(ViewDefinition view) {
    DatasetInfo.GroupInfo group = info.group();
    boolean first =
        !view.stages().isEmpty()
            && (view.stages().get(0) instanceof Stage.SelectGroupSlices
                || view.stages().get(0) instanceof Stage.ExcludeGroupSlices);
    if (group != null && !first) {
      match(Document.of(group.field() + ".name", group.defaultSlice()));
    }
  }

  /** Whether a stage may speak of frames or of other slices. */
  private boolean looksElsewhere(Stage stage) {
    if (info.group() == null && !schema().hasFrames()) {
      return false;
    }
    String text = Json.write(stage.toDocument());
    return text.contains("frames") || text.contains("groups") || touchesFrames(stage);
  }

  /** Stages that, where no field is named, go through the fields of frames as well. */
  private static boolean touchesFrames(Stage stage) {
    return stage instanceof Stage.MatchLabels
        || stage instanceof Stage.SelectLabels
        || stage instanceof Stage.ExcludeLabels
        || stage instanceof Stage.SelectFields
        || stage instanceof Stage.ExcludeFields;
  }

  // --- steps ------------------------------------------------------------------------------------

  private boolean step(String name, @Nullable Object argument) {
    steps.add(Document.of(name, argument));
    return true;
  }

  private boolean match(Document filter) {
    return step("$match", filter);
  }

  private boolean matchExpression(Object expression) {
    return match(Document.of("$expr", expression));
  }

  private boolean change(Document fields) {
    whole = false;
    return step("$addFields", fields);
  }

  private boolean add(Stage stage) {
    return switch (stage) {
      case Stage.Select s -> select(s);
      case Stage.Exclude s -> match(Document.of("_id", Document.of("$nin", s.sampleIds())));
      case Stage.SelectBy s ->
          !s.ordered()
              && match(
                  Document.of(
                      storedPath(s.field()), Document.of("$in", ids(s.field(), s.values()))));
      case Stage.ExcludeBy s ->
          match(
              Document.of(storedPath(s.field()), Document.of("$nin", ids(s.field(), s.values()))));
      case Stage.Limit s -> s.limit() > 0 ? step("$limit", s.limit()) : matchExpression(false);
      case Stage.Skip s -> s.skip() <= 0 || step("$skip", s.skip());
      case Stage.Take s ->
          s.size() <= 0 ? matchExpression(false) : shuffle(s.randint()) && step("$limit", s.size());
      case Stage.Shuffle s -> shuffle(s.randint());
      case Stage.SortBy s -> sortBy(s);
      case Stage.Match s -> s.filter() instanceof Document d && match(d);
      case Stage.MatchTags s -> matchTags(s);
      case Stage.Exists s ->
          matchExpression(negated(exists("$" + storedPath(s.field())), s.bool()));
      case Stage.MatchLabels s -> matchLabels(s);
      case Stage.FilterLabels s -> filterLabels(s);
      case Stage.FilterField s -> filterField(s);
      case Stage.SelectLabels s -> selectLabels(s);
      case Stage.ExcludeLabels s -> excludeLabels(s);
      case Stage.LimitLabels s -> limitLabels(s);
      case Stage.SelectFields s -> fields(stage, s.fieldNames());
      case Stage.ExcludeFields s -> fields(stage, s.fieldNames());
      case Stage.FilterKeypoints s -> false;
      case Stage.MapLabels s -> mapLabels(s);
      case Stage.MapValues s -> assigned(s.field(), value -> ValueMap.mapped(value, s.map()));
      case Stage.SetField s -> setField(s);
      case Stage.MatchFrames s -> false;
      case Stage.SelectFrames s -> false;
      case Stage.ExcludeFrames s -> false;
      case Stage.SelectGroupSlices s -> false;
      case Stage.ExcludeGroupSlices s -> false;
      case Stage.GroupBy s -> derived(DerivedSteps.groups(s));
      case Stage.Flatten s -> false;
      case Stage.Concat s -> false;
      case Stage.Mongo s -> mongo(s);
      case Stage.ToPatches s -> patches(s);
      case Stage.ToFrames s -> derived(DerivedSteps.frames(schema(), frames));
      case Stage.ToClips s -> false;
      case Stage.Unknown s -> false;
    };
  }

  // --- choosing and sorting samples -------------------------------------------------------------

  /** The path a name is stored under. */
  static String storedPath(String path) {
    if (path.equals("id") || path.equals("sample_id") || path.equals("frame_id")) {
      return "_" + path;
    }
    return path.endsWith(".id") ? path.substring(0, path.length() - 2) + "_id" : path;
  }

  private static List<?> ids(String path, List<?> values) {
    String last = path.substring(path.lastIndexOf('.') + 1);
    if (!last.equals("id") && !last.endsWith("_id")) {
      return values;
    }
    return Values.list(
        values.stream()
            .map(v -> v instanceof String s && ObjectId.isValid(s) ? ObjectId.of(s) : v)
            .toList());
  }

  private static Document exists(Object value) {
    return Document.of("$gt", Values.listOf(value, null));
  }

  private static Object negated(Object condition, @Nullable Boolean wanted) {
    return Boolean.FALSE.equals(wanted) ? Document.of("$not", Values.listOf(condition)) : condition;
  }

  private boolean select(Stage.Select s) {
    match(Document.of("_id", Document.of("$in", s.sampleIds())));
    return !s.ordered()
        || sort(
            List.of(Document.of("$indexOfArray", Values.listOf(s.sampleIds(), "$_id"))),
            List.of(1));
  }

  private boolean shuffle(long randint) {
    return sort(List.of(Document.of("$mod", Values.listOf(randint, "$_rand"))), List.of(1));
  }

  /** Sorts by expressions (documents) and paths (texts). */
  private boolean sort(List<?> keys, List<Integer> signs) {
    Document.Builder computed = Document.builder();
    Document.Builder order = Document.builder();
    for (int i = 0; i < keys.size(); i++) {
      if (keys.get(i) instanceof String path && !path.startsWith("$")) {
        order.put(storedPath(path), signs.get(i));
      } else {
        computed.put("_sort_key" + i, keys.get(i));
        order.put("_sort_key" + i, signs.get(i));
      }
    }
    List<String> names = computed.build().names();
    if (!names.isEmpty()) {
      step("$addFields", computed.build());
    }
    step("$sort", order.build());
    return names.isEmpty() || step("$unset", names);
  }

  private boolean sortBy(Stage.SortBy s) {
    List<Object> keys = new ArrayList<>();
    List<Integer> signs = new ArrayList<>();
    int sign = s.reverse() ? -1 : 1;
    if (s.fieldOrExpr() instanceof List<?> list) {
      for (Object element : list) {
        if (element instanceof List<?> pair && pair.size() == 2 && pair.get(0) != null) {
          boolean down =
              pair.get(1) instanceof Number n
                  ? n.intValue() < 0
                  : String.valueOf(pair.get(1)).startsWith("d")
                      || String.valueOf(pair.get(1)).startsWith("D");
          keys.add(pair.get(0));
          signs.add(down ? -sign : sign);
        } else if (element != null) {
          keys.add(element);
          signs.add(sign);
        }
      }
    } else {
      keys.add(s.fieldOrExpr());
      signs.add(sign);
    }
    return new HashSet<>(keys).size() == keys.size() && sort(keys, signs);
  }

  private boolean matchTags(Stage.MatchTags s) {
    Document tags = Document.of("tags", Document.of(s.all() ? "$all" : "$in", s.tags()));
    return match(Boolean.FALSE.equals(s.bool()) ? Document.of("$nor", Values.listOf(tags)) : tags);
  }

  /** Steps that only choose and sort; what else a pipeline may do is left to the evaluator. */
  private boolean mongo(Stage.Mongo s) {
    for (Object step : s.pipeline()) {
      if (!(step instanceof Document d)
          || d.size() != 1
          || !Set.of("$match", "$sort", "$limit", "$skip").contains(d.nameAt(0))) {
        return false;
      }
    }
    s.pipeline().forEach(step -> steps.add((Document) step));
    return true;
  }

  // --- labels -----------------------------------------------------------------------------------

  /** A label field of samples. */
  private record Labels(String path, @Nullable String listName) {
    boolean isList() {
      return listName != null;
    }

    /** The labels of a list, as a path. */
    String list() {
      return path + "." + listName;
    }

    String prefix() {
      return isList() ? "$$this" : "$" + path;
    }
  }

  private ViewSchema schema() {
    return ViewSchema.of(info, new ViewDefinition(done));
  }

  private @Nullable Labels labels(String path) {
    FieldSpec field = schema().find(path).orElse(null);
    if (field == null || !field.isLabel()) {
      return null;
    }
    String className = String.valueOf(field.documentClass());
    String listName =
        switch (className) {
          case "Detections", "TemporalDetections" -> "detections";
          case "Classifications" -> "classifications";
          case "Polylines" -> "polylines";
          case "Keypoints" -> "keypoints";
          default -> null;
        };
    return new Labels(path, listName);
  }

  private @Nullable List<Labels> labels(@Nullable List<?> names) {
    List<Labels> fields = new ArrayList<>();
    if (names == null) {
      for (FieldSpec field : schema().sampleFields()) {
        if (field.isLabel()) {
          fields.add(java.util.Objects.requireNonNull(labels(field.name())));
        }
      }
      return fields;
    }
    for (Object name : names) {
      Labels field = labels(String.valueOf(name));
      if (field == null) {
        return null;
      }
      fields.add(field);
    }
    return fields;
  }

  private static Document filter(Object input, Object condition) {
    return Document.of(
        "$filter",
        Document.builder().put("input", input).put("as", "this").put("cond", condition).build());
  }

  private static Document orEmpty(String path) {
    return Document.of("$ifNull", Values.listOf("$" + path, Values.listOf()));
  }

  private static Document isNotEmpty(Labels field, Object condition) {
    if (!field.isList()) {
      return Document.of("$and", Values.listOf(exists("$" + field.path()), condition));
    }
    return Document.of(
        "$gt", Values.listOf(Document.of("$size", filter(orEmpty(field.list()), condition)), 0));
  }

  /**
   * Keeps the labels for which a condition holds, as FiftyOne does: a missing list becomes null.
   */
  private void keep(Labels field, Object condition) {
    if (field.isList()) {
      change(Document.of(field.list(), filter("$" + field.list(), condition)));
    } else {
      String path = "$" + field.path();
      Object kept = Document.of("$cond", Values.listOf(condition, path, null));
      change(
          Document.of(field.path(), Document.of("$cond", Values.listOf(exists(path), kept, path))));
    }
  }

  private boolean filterLabels(Stage.FilterLabels s) {
    Labels field = labels(s.field());
    if (field == null || s.trajectories() || s.filter() == null || s.field().contains(".")) {
      return false;
    }
    keep(field, s.filter());
    return !s.onlyMatches() || matchExpression(isNotEmpty(field, true));
  }

  private boolean filterField(Stage.FilterField s) {
    if (s.filter() == null || s.field().contains(".")) {
      return false;
    }
    String path = "$" + s.field();
    change(Document.of(s.field(), Document.of("$cond", Values.listOf(s.filter(), path, null))));
    return !s.onlyMatches() || matchExpression(exists(path));
  }

  /** The conditions on a label that ids, instances and tags make; null if there are none. */
  private static @Nullable List<Object> criteria(
      Labels field, @Nullable List<?> ids, @Nullable List<?> instances, @Nullable List<?> tags) {
    List<Object> conditions = new ArrayList<>();
    String label = field.prefix();
    if (ids != null) {
      conditions.add(Document.of("$in", Values.listOf(label + "._id", ids("id", ids))));
    }
    if (instances != null) {
      conditions.add(
          Document.of("$in", Values.listOf(label + ".instance._id", ids("id", instances))));
    }
    if (tags != null) {
      Object own = Document.of("$ifNull", Values.listOf(label + ".tags", Values.listOf()));
      Object literal = Document.of("$literal", tags);
      Object common = Document.of("$setIntersection", Values.listOf(own, literal));
      conditions.add(Document.of("$gt", Values.listOf(Document.of("$size", common), 0)));
    }
    return conditions.isEmpty() ? null : conditions;
  }

  private static Object all(List<Object> conditions) {
    return conditions.size() == 1 ? conditions.get(0) : Document.of("$and", conditions);
  }

  private boolean matchLabels(Stage.MatchLabels s) {
    List<Labels> fields = labels(s.fields());
    if (s.labels() != null || fields == null || fields.isEmpty()) {
      return false;
    }
    List<Object> any = new ArrayList<>();
    for (Labels field : fields) {
      List<Object> conditions = criteria(field, s.ids(), s.instanceIds(), s.tags());
      List<Object> wanted = conditions == null ? new ArrayList<>() : conditions;
      if (s.filter() != null) {
        wanted.add(replacePlaceholder(s.filter(), field.prefix()));
      }
      if (wanted.isEmpty()) {
        return false;
      }
      any.add(isNotEmpty(field, all(wanted)));
    }
    return matchExpression(negated(Document.of("$or", any), s.bool()));
  }

  private static Object replacePlaceholder(Object value, String prefix) {
    return switch (value) {
      case String s -> s.startsWith("$$FIELD") ? prefix + s.substring("$$FIELD".length()) : s;
      case List<?> list ->
          Values.list(
              list.stream().map(e -> e == null ? null : replacePlaceholder(e, prefix)).toList());
      case Document d -> {
        Document.Builder out = Document.builder();
        d.forEach(
            (name, v) ->
                out.put(
                    name,
                    v == null || name.equals("$literal") ? v : replacePlaceholder(v, prefix)));
        yield out.build();
      }
      default -> value;
    };
  }

  private boolean selectLabels(Stage.SelectLabels s) {
    List<Labels> fields = labels(s.fields());
    if (s.labels() != null || fields == null || fields.isEmpty() || isNested(s.fields())) {
      return false;
    }
    if (s.fields() != null) {
      List<String> hidden = new ArrayList<>();
      for (Labels field : java.util.Objects.requireNonNull(labels((List<?>) null))) {
        if (fields.stream().noneMatch(f -> f.path().equals(field.path()))) {
          hidden.add(field.path());
        }
      }
      if (!hidden.isEmpty()) {
        whole = false;
        step("$unset", hidden);
      }
    }
    for (Labels field : fields) {
      List<Object> conditions = criteria(field, s.ids(), s.instanceIds(), s.tags());
      if (conditions != null) {
        keep(field, all(conditions));
      }
    }
    return !s.omitEmpty() || omitEmpty(fields);
  }

  private static boolean isNested(@Nullable List<?> names) {
    return names != null && names.stream().anyMatch(n -> String.valueOf(n).contains("."));
  }

  private boolean omitEmpty(List<Labels> fields) {
    return matchExpression(
        Document.of("$or", fields.stream().map(f -> (Object) isNotEmpty(f, true)).toList()));
  }

  private boolean excludeLabels(Stage.ExcludeLabels s) {
    List<Labels> fields = labels(s.fields());
    List<Labels> everywhere = labels((List<?>) null);
    if (s.labels() != null
        || fields == null
        || fields.isEmpty()
        || everywhere == null
        || isNested(s.fields())) {
      return false;
    }
    for (Labels field : fields) {
      List<Object> conditions = criteria(field, s.ids(), s.instanceIds(), s.tags());
      if (conditions != null) {
        if (s.tags() != null) {
          // A label without a list of tags, such as map_labels makes, goes as well.
          Document list = Document.of("$isArray", Values.listOf(field.prefix() + ".tags"));
          conditions.add(Document.of("$not", Values.listOf(list)));
        }
        keep(field, Document.of("$not", Values.listOf(Document.of("$or", conditions))));
      }
    }
    return !s.omitEmpty() || omitEmpty(everywhere);
  }

  private boolean limitLabels(Stage.LimitLabels s) {
    Labels field = labels(s.field());
    if (field == null || !field.isList() || s.limit() <= 0 || s.field().contains(".")) {
      return false;
    }
    Object first = Document.of("$slice", Values.listOf("$" + field.list(), s.limit()));
    Object changed =
        Document.of(
            "$mergeObjects",
            Values.listOf(
                "$" + field.path(),
                Document.of(java.util.Objects.requireNonNull(field.listName()), first)));
    Object path = "$" + field.path();
    return change(
        Document.of(
            field.path(),
            Document.of("$cond", Values.listOf(exists("$" + field.list()), changed, path))));
  }

  // --- fields -----------------------------------------------------------------------------------

  /** Hides whole fields; what hides properties of labels is left to the evaluator. */
  private boolean fields(Stage stage, @Nullable List<?> names) {
    if (names == null || isNested(names)) {
      return false;
    }
    Set<String> shown = new HashSet<>();
    List<Stage> after = new ArrayList<>(done);
    after.add(stage);
    ViewSchema.of(info, new ViewDefinition(after)).sampleFields().forEach(f -> shown.add(f.name()));
    List<String> hidden = new ArrayList<>();
    for (FieldSpec field : schema().sampleFields()) {
      if (!shown.contains(field.name())) {
        hidden.add(field.name());
      }
    }
    if (!hidden.isEmpty()) {
      whole = false;
      step("$unset", hidden);
    }
    return true;
  }

  // --- other values ------------------------------------------------------------------------------

  private boolean mapLabels(Stage.MapLabels s) {
    Labels field = labels(s.field());
    return field != null
        && assigned(
            (field.isList() ? field.list() : field.path()) + ".label",
            value -> ValueMap.mapped(value, s.map()));
  }

  private boolean setField(Stage.SetField s) {
    // An object that is no expression would be merged into the value that is there.
    boolean merged =
        s.expr() instanceof Document d && !(d.size() == 1 && d.nameAt(0).startsWith("$"));
    return !merged && assigned(s.field(), value -> s.expr());
  }

  private boolean isList(String path) {
    return schema().find(path).map(f -> f.type() == FieldType.LIST).orElse(false);
  }

  /**
   * Shows another value in a path: of the sample, or of each element of one list, in which an
   * element stays as it is if the value is missing.
   *
   * @param change makes an expression of the path of the present value
   */
  private boolean assigned(String path, Function<String, @Nullable Object> change) {
    int dot = path.indexOf('.');
    while (dot >= 0 && !isList(path.substring(0, dot))) {
      dot = path.indexOf('.', dot + 1);
    }
    String stored = storedPath(path);
    if (dot < 0) {
      return change(Document.of(stored, change.apply("$" + stored)));
    }
    String list = path.substring(0, dot);
    String property = stored.substring(dot + 1);
    if (property.contains(".")) {
      return false;
    }
    Document changed = Document.of(property, change.apply("$$this." + property));
    Document map =
        Document.builder()
            .put("input", "$" + list)
            .put("as", "this")
            .put("in", Document.of("$mergeObjects", Values.listOf("$$this", changed)))
            .build();
    return change(Document.of(list, Document.of("$map", map)));
  }

  // --- labels and groups as samples --------------------------------------------------------------

  private boolean derived(@Nullable List<Document> made) {
    if (made == null) {
      return false;
    }
    whole = false;
    return steps.addAll(made);
  }

  private boolean patches(Stage.ToPatches s) {
    Labels field = labels(s.field());
    if (field == null || field.listName() == null || s.field().contains(".")) {
      return false;
    }
    List<Stage> after = new ArrayList<>(done);
    after.add(s);
    ViewSchema shown = ViewSchema.of(info, new ViewDefinition(after));
    return derived(DerivedSteps.patches(schema(), shown, s, field.listName()));
  }
}
