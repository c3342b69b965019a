package io.postil.store.mongo;

import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.FieldType;
import io.postil.core.query.GroupSlices;
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
 * from within a view are left to the evaluator of the core, see {@link Views}.
 */
final class ViewPipeline {
  private final DatasetInfo info;

  /** The collection of frames. */
  private final String frames;

  private final List<Document> steps = new ArrayList<>();

  /** The stages so far, to know what they show. */
  private final List<Stage> done = new ArrayList<>();

  private final LabelSteps labels = new LabelSteps(this);

  /** Whether samples come out as they are stored. */
  private final Set<String> assigned = new HashSet<>();

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
   * @param assigned the fields that show other values, or values of which a part is another
   */
  record Compiled(List<BsonDocument> steps, int stages, boolean whole, Set<String> assigned) {}

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
        pipeline.steps.stream().map(BsonValues::toBson).toList(),
        count,
        pipeline.whole,
        Set.copyOf(pipeline.assigned));
  }

  private void chooseSlice(ViewDefinition view) {
    DatasetInfo.GroupInfo group = info.group();
    List<Stage> stages = view.stages();
    boolean sideBySide =
        !stages.isEmpty() && stages.get(0) instanceof Stage.SelectGroupSlices s && s.flat();
    if (group != null && !sideBySide) {
      String active = GroupSlices.active(group.slices(), group.defaultSlice(), stages);
      if (active == null) {
        matchExpression(false);
      } else {
        match(Document.of(group.field() + ".name", active));
      }
    }
  }

  /** Only the first stage can show slices side by side: later ones look for members of groups. */
  private boolean slices(Stage.SelectGroupSlices s) {
    DatasetInfo.GroupInfo group = info.group();
    if (!s.flat() || group == null) {
      return group != null;
    }
    // An expression, as the index on names would give the samples slice by slice.
    List<String> chosen = List.copyOf(GroupSlices.chosen(group.slices(), s));
    return done.isEmpty()
        && matchExpression(
            Document.of("$in", Values.listOf("$" + group.field() + ".name", chosen)));
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

  ViewSchema schema() {
    return ViewSchema.of(info, new ViewDefinition(done));
  }

  // --- steps ------------------------------------------------------------------------------------

  private boolean step(String name, @Nullable Object argument) {
    steps.add(Document.of(name, argument));
    return true;
  }

  private boolean match(Document filter) {
    return step("$match", filter);
  }

  boolean matchExpression(Object expression) {
    return match(Document.of("$expr", expression));
  }

  boolean change(Document fields) {
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
      case Stage.MatchLabels s -> labels.matchLabels(s);
      case Stage.FilterLabels s -> labels.filterLabels(s);
      case Stage.FilterField s -> filterField(s);
      case Stage.SelectLabels s -> labels.selectLabels(s);
      case Stage.ExcludeLabels s -> labels.excludeLabels(s);
      case Stage.LimitLabels s -> labels.limitLabels(s);
      case Stage.SelectFields s -> fields(stage, s.fieldNames());
      case Stage.ExcludeFields s -> fields(stage, s.fieldNames());
      case Stage.FilterKeypoints s -> false;
      case Stage.MapLabels s -> mapLabels(s);
      case Stage.MapValues s ->
          assigned(s.field(), value -> ValueMap.mapped(value, isList(s.field()), s.map()));
      case Stage.SetField s -> setField(s);
      case Stage.MatchFrames s -> false;
      case Stage.SelectFrames s -> false;
      case Stage.ExcludeFrames s -> false;
      case Stage.SelectGroupSlices s -> slices(s);
      case Stage.ExcludeGroupSlices s -> info.group() != null;
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

  static List<?> ids(String path, List<?> values) {
    String last = path.substring(path.lastIndexOf('.') + 1);
    if (!last.equals("id") && !last.endsWith("_id")) {
      return values;
    }
    return Values.list(
        values.stream()
            .map(v -> v instanceof String s && ObjectId.isValid(s) ? ObjectId.of(s) : v)
            .toList());
  }

  static Document exists(Object value) {
    return Document.of("$gt", Values.listOf(value, null));
  }

  static Object negated(Object condition, @Nullable Boolean wanted) {
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

  // --- fields -----------------------------------------------------------------------------------

  private boolean filterField(Stage.FilterField s) {
    if (s.filter() == null || s.field().contains(".")) {
      return false;
    }
    String path = "$" + s.field();
    change(Document.of(s.field(), Document.of("$cond", Values.listOf(s.filter(), path, null))));
    return !s.onlyMatches() || matchExpression(exists(path));
  }

  /** Hides whole fields; what hides properties of labels is left to the evaluator. */
  private boolean fields(Stage stage, @Nullable List<?> names) {
    if (names == null || LabelSteps.isNested(names)) {
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
    hide(hidden);
    return true;
  }

  /** Takes fields away. */
  void hide(List<String> fields) {
    if (!fields.isEmpty()) {
      whole = false;
      step("$unset", fields);
    }
  }

  // --- other values ------------------------------------------------------------------------------

  private boolean mapLabels(Stage.MapLabels s) {
    LabelSteps.Labels field = labels.find(s.field());
    return field != null
        && assigned(
            (field.isList() ? field.list() : field.path()) + ".label",
            value -> ValueMap.mapped(value, false, s.map()));
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
    assigned.add(dot < 0 ? path : path.substring(0, dot));
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
    LabelSteps.Labels field = labels.find(s.field());
    if (field == null || field.listName() == null || s.field().contains(".")) {
      return false;
    }
    List<Stage> after = new ArrayList<>(done);
    after.add(s);
    ViewSchema shown = ViewSchema.of(info, new ViewDefinition(after));
    return derived(DerivedSteps.patches(schema(), shown, s, field.listName()));
  }
}
