package io.postil.store.mongo;

import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.MediaType;
import io.postil.core.query.GroupSlices;
import io.postil.core.query.ViewSchema;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import io.postil.core.view.Stage;
import io.postil.core.view.ViewDefinition;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bson.BsonDocument;
import org.jspecify.annotations.Nullable;

/**
 * Turns the stages of a view into the steps of an aggregation pipeline. A stage's filters are
 * MongoDB's expressions already, so most are put in place as they are. What stages make of the
 * frames of videos is apart, in {@link FrameSteps}. Stages that look at all frames of a video, or
 * at other slices, from within an expression are left to the evaluator of the core, see {@link
 * Views}.
 */
final class ViewPipeline {
  /**
   * Where the samples are.
   *
   * @param info the dataset
   * @param samples the collection; null if its documents may not be joined, as some of them are not
   *     to be seen
   * @param frames the collection of frames
   */
  record Source(DatasetInfo info, @Nullable String samples, String frames) {}

  /** What becomes of the samples. */
  enum Use {
    /** They are counted, so that what they show in the end is never computed. */
    COUNT,
    /** They are summed up. Key points are left to the evaluator, which takes less for them. */
    SUMMARY,
    /**
     * They are read. Changes of what is in frames, and whole groups side by side, are left to the
     * evaluator as well: see decision 044.
     */
    READING
  }

  private final Source source;
  private final Use use;
  private final DatasetInfo info;

  private final List<Document> steps = new ArrayList<>();

  /** What becomes of frames. */
  private final FrameSteps frames;

  /** The stages so far, to know what they show. */
  private final List<Stage> done = new ArrayList<>();

  private final LabelSteps labels = new LabelSteps(this);
  private final FieldSteps fields = new FieldSteps(this, labels);

  private final Set<String> assigned = new HashSet<>();

  /** Whether samples come out as they are stored. */
  private boolean whole = true;

  /** Whether a sample may come twice. */
  private boolean repeats;

  /** The slice that stands for its group; null if there are no groups, or none of their slices. */
  private @Nullable String activeSlice;

  /** How many steps there were before groups were made of samples. */
  private int beforeGroups;

  private ViewPipeline(Source source, Use use) {
    this.source = source;
    this.use = use;
    this.info = source.info();
    this.frames = new FrameSteps(source.frames());
  }

  /**
   * What could be compiled.
   *
   * @param steps the pipeline
   * @param frameSteps what becomes of each frame; empty if frames are as they are stored
   * @param stages how many stages of the view it stands for
   * @param whole whether its samples are as they are stored: it only chooses and sorts
   * @param repeats whether a sample may come twice
   * @param assigned the fields that show other values, or values of which a part is another
   */
  record Compiled(
      List<BsonDocument> steps,
      List<Document> frameSteps,
      int stages,
      boolean whole,
      boolean repeats,
      Set<String> assigned) {}

  /**
   * Compiles as many stages as can be, from the first on.
   *
   * @param view valid for the dataset
   */
  static Compiled compile(Source source, ViewDefinition view, Use use) {
    ViewPipeline pipeline = new ViewPipeline(source, use);
    int count = pipeline.addAll(view);
    return new Compiled(
        pipeline.steps.stream().map(BsonValues::toBson).toList(),
        pipeline.frames.steps(),
        count,
        pipeline.whole,
        pipeline.repeats,
        Set.copyOf(pipeline.assigned));
  }

  /** Adds stages up to the first that cannot be compiled, and gives how many it added. */
  private int addAll(ViewDefinition view) {
    chooseSlice(view);
    int count = 0;
    for (Stage stage : view.stages()) {
      if (StageScope.looksElsewhere(schema(), stage) || !isAdded(stage)) {
        break;
      }
      done.add(stage);
      count++;
    }
    return count;
  }

  /** Adds a stage; of one that is left to the evaluator nothing stays. */
  private boolean isAdded(Stage stage) {
    int before = steps.size();
    int framesBefore = frames.size();
    boolean wholeBefore = whole;
    if (add(stage) && !(use == Use.READING && frames.isChanged())) {
      return true;
    }
    steps.subList(before, steps.size()).clear();
    frames.truncate(framesBefore);
    whole = wholeBefore;
    return false;
  }

  private void chooseSlice(ViewDefinition view) {
    DatasetInfo.GroupInfo group = info.group();
    List<Stage> stages = view.stages();
    boolean sideBySide =
        !stages.isEmpty() && stages.get(0) instanceof Stage.SelectGroupSlices s && s.flat();
    if (group != null && !sideBySide) {
      activeSlice = GroupSlices.active(group.slices(), group.defaultSlice(), stages);
      if (activeSlice == null) {
        matchExpression(false);
      } else {
        match(Document.of(group.field() + ".name", activeSlice));
      }
    }
  }

  private boolean slices(Stage.SelectGroupSlices s) {
    DatasetInfo.GroupInfo group = info.group();
    Map<String, MediaType> left = schema().slices();
    if (!s.flat() || group == null || left == null) {
      return group != null;
    }
    Set<String> chosen = GroupSlices.chosen(left, s);
    if (done.isEmpty()) {
      // An expression, as the index on names would give the samples slice by slice.
      return matchExpression(
          Document.of("$in", Values.listOf("$" + group.field() + ".name", List.copyOf(chosen))));
    }
    if (activeSlice != null && chosen.equals(Set.of(activeSlice))) {
      // The samples are there already, with what stages made of them.
      return true;
    }
    if (source.samples() == null) {
      return false;
    }
    assigned.clear();
    return derived(GroupSteps.members(group, source.samples(), chosen, schemaAfter(s)));
  }

  ViewSchema schema() {
    return ViewSchema.of(info, new ViewDefinition(done));
  }

  /** What the view shows after another stage. */
  ViewSchema schemaAfter(Stage stage) {
    List<Stage> after = new ArrayList<>(done);
    after.add(stage);
    return ViewSchema.of(info, new ViewDefinition(after));
  }

  /** Whether a path leads to a field of frames. */
  boolean isOfFrames(String path) {
    return FrameSteps.isOfFrames(path) && schema().hasFrames();
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

  /** Shows other values in the samples, or in their frames. */
  boolean change(boolean ofFrames, Document fields) {
    whole = false;
    if (ofFrames) {
      frames.add("$addFields", fields);
      return true;
    }
    return step("$addFields", fields);
  }

  /** Shows other values in what holds a field. */
  boolean change(LabelSteps.Labels field, Document fields) {
    return change(field.ofFrames(), fields);
  }

  /** Shows something else in place of each frame. */
  boolean replaceFrame(Document frame) {
    whole = false;
    frames.add("$replaceWith", frame);
    return true;
  }

  /** Notes that a field, or a part of it, shows other values. */
  void assigned(String field) {
    assigned.add(field);
  }

  /** Keeps samples that fulfil a condition, or of which a frame does. */
  boolean matchAny(boolean ofFrames, Object condition) {
    return ofFrames ? matchAny(List.of(), List.of(condition), true) : matchExpression(condition);
  }

  /** The same for a condition on what holds a field. */
  boolean matchAny(LabelSteps.Labels field, Object condition) {
    return matchAny(field.ofFrames(), condition);
  }

  /** Keeps samples that fulfil one of some conditions, or of which a frame fulfils another. */
  boolean matchAny(List<Object> ofSamples, List<Object> ofFrames, @Nullable Boolean wanted) {
    List<Object> any = new ArrayList<>(ofSamples);
    if (!ofFrames.isEmpty()) {
      steps.add(frames.find(any(ofFrames)));
      any.add(FrameSteps.found());
    }
    matchExpression(negated(any(any), wanted));
    return ofFrames.isEmpty() || steps.add(FrameSteps.forget());
  }

  private static Object any(List<Object> conditions) {
    return conditions.size() == 1 ? conditions.get(0) : Document.of("$or", conditions);
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
      case Stage.Exists s -> exists(s);
      case Stage.MatchLabels s -> labels.matchLabels(s);
      case Stage.FilterLabels s -> labels.filterLabels(s);
      case Stage.FilterField s -> fields.filterField(s);
      case Stage.SelectLabels s -> labels.selectLabels(s);
      case Stage.ExcludeLabels s -> labels.excludeLabels(s);
      case Stage.LimitLabels s -> labels.limitLabels(s);
      case Stage.SelectFields s -> fields.fields(stage, s.fieldNames());
      case Stage.ExcludeFields s -> fields.fields(stage, s.fieldNames());
      case Stage.FilterKeypoints s -> keypoints(s);
      case Stage.MapLabels s -> fields.mapLabels(s);
      case Stage.MapValues s -> fields.mapValues(s);
      case Stage.SetField s -> fields.setField(s);
      case Stage.MatchFrames s -> matchFrames(s);
      case Stage.SelectFrames s -> chooseFrames("$in", s.frameIds(), s.omitEmpty());
      case Stage.ExcludeFrames s -> chooseFrames("$nin", s.frameIds(), s.omitEmpty());
      case Stage.SelectGroupSlices s -> slices(s);
      case Stage.ExcludeGroupSlices s -> info.group() != null;
      case Stage.GroupBy s -> groupBy(s);
      case Stage.Flatten s -> flatten(s);
      case Stage.Concat s -> concat(s);
      case Stage.Mongo s -> mongo(s);
      case Stage.ToPatches s -> patches(s);
      case Stage.ToFrames s -> toFrames();
      case Stage.ToClips s -> toClips(s);
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
    return !s.ordered() || steps.addAll(SortSteps.byIds(s.sampleIds()));
  }

  private boolean shuffle(long randint) {
    return steps.addAll(SortSteps.shuffled(randint));
  }

  private boolean sortBy(Stage.SortBy s) {
    List<Document> sort = SortSteps.of(s);
    return sort != null && steps.addAll(sort);
  }

  private boolean matchTags(Stage.MatchTags s) {
    Document tags = Document.of("tags", Document.of(s.all() ? "$all" : "$in", s.tags()));
    return match(Boolean.FALSE.equals(s.bool()) ? Document.of("$nor", Values.listOf(tags)) : tags);
  }

  private boolean mongo(Stage.Mongo s) {
    if (!RawSteps.areKnown(s.pipeline())) {
      return false;
    }
    for (Object step : s.pipeline()) {
      Document d = (Document) java.util.Objects.requireNonNull(step);
      steps.add(d);
      assigned.addAll(RawSteps.assigned(d));
      whole &= RawSteps.chooses(d);
    }
    return true;
  }

  /** Takes fields of samples, or of frames, away. */
  void hide(List<String> fields, boolean ofFrames) {
    if (fields.isEmpty()) {
      return;
    }
    whole = false;
    if (ofFrames) {
      frames.add("$unset", fields);
    } else {
      step("$unset", fields);
    }
  }

  private boolean keypoints(Stage.FilterKeypoints s) {
    LabelSteps.Labels field = labels.find(s.field());
    return use == Use.COUNT && field != null && KeypointSteps.add(this, field, s);
  }

  // --- frames ------------------------------------------------------------------------------------

  private boolean exists(Stage.Exists s) {
    String path = storedPath(s.field());
    if (!schema().hasFrames() || !path.equals("frames") && !FrameSteps.isOfFrames(path)) {
      return matchExpression(negated(exists("$" + path), s.bool()));
    }
    Object there = path.equals("frames") ? true : exists("$" + FrameSteps.inHolder(path));
    return matchAny(List.of(), List.of(there), s.bool());
  }

  private boolean matchFrames(Stage.MatchFrames s) {
    if (s.filter() == null || FrameSteps.readsSample(s.filter())) {
      return false;
    }
    return keepFrames(
        Document.of("$expr", FrameSteps.withFrame("this", s.filter())), s.omitEmpty());
  }

  private boolean chooseFrames(String operator, List<?> ids, boolean omitEmpty) {
    return keepFrames(Document.of("_id", Document.of(operator, ids("id", ids))), omitEmpty);
  }

  private boolean keepFrames(Document filter, boolean omitEmpty) {
    whole = false;
    frames.add("$match", filter);
    return !omitEmpty || matchAny(true, true);
  }

  private boolean toClips(Stage.ToClips s) {
    ViewSchema before = schema();
    Object by = s.fieldOrExpr();
    if (before.kind() != ViewSchema.Kind.SAMPLES || by instanceof List<?>) {
      return false;
    }
    ViewSchema after = schemaAfter(s);
    boolean isField = by instanceof String path && !path.startsWith("$");
    LabelSteps.Labels field = isField ? labels.find(String.valueOf(by)) : null;
    if (isField && (field == null || field.isNested())) {
      return false;
    }
    List<Document> made;
    if (field != null && !field.ofFrames()) {
      made = ClipSteps.ofLabels(field, after);
    } else {
      Document config = s.config() instanceof Document d ? d : Document.empty();
      Object condition = field == null ? by : LabelSteps.isNotEmpty(field, true);
      long tolerance = config.getLong("tol", 0);
      made = ClipSteps.ofFrames(frames, condition, tolerance, config.getLong("min_len", 0), after);
    }
    // A clip has the frames as they are stored, whatever earlier stages made of them.
    frames.clear();
    return derived(made);
  }

  private boolean toFrames() {
    List<Document> made = DerivedSteps.frames(schema(), frames.joined());
    frames.clear();
    assigned.clear();
    return derived(made);
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
    if (field == null || field.listName() == null || field.isNested() || field.ofFrames()) {
      return false;
    }
    frames.clear();
    return derived(DerivedSteps.patches(schema(), schemaAfter(s), s, field.listName()));
  }

  private boolean groupBy(Stage.GroupBy s) {
    beforeGroups = steps.size();
    return derived(GroupSteps.firsts(s));
  }

  /** In place of the first sample of each group come all members. */
  private boolean flatten(Stage.Flatten s) {
    Stage last = done.isEmpty() ? null : done.get(done.size() - 1);
    List<Stage> stages = GroupSteps.stages(s);
    List<Stage> further = stages.subList(GroupSteps.ranges(stages), stages.size());
    if (!(last instanceof Stage.GroupBy groups)
        || use == Use.READING && GroupSteps.ranges(stages) == 0
        || !further.stream().allMatch(GroupSteps::chooses)
        || further.stream().anyMatch(f -> StageScope.looksElsewhere(schema(), f))) {
      return false;
    }
    List<Stage> before = done.subList(0, done.size() - 1);
    List<Document> members = GroupSteps.members(before, groups, stages);
    if (members == null) {
      return false;
    }
    List<Document> firsts = new ArrayList<>(steps.subList(beforeGroups, steps.size()));
    steps.subList(beforeGroups, steps.size()).clear();
    steps.addAll(members);
    if (further.stream().allMatch(this::add)) {
      return true;
    }
    steps.subList(beforeGroups, steps.size()).clear();
    steps.addAll(firsts);
    return false;
  }

  private boolean concat(Stage.Concat s) {
    ViewDefinition view = GroupSteps.added(info, s);
    String samples = source.samples();
    if (view == null || samples == null || schema().kind() != ViewSchema.Kind.SAMPLES) {
      return false;
    }
    ViewPipeline added = new ViewPipeline(source, use);
    if (added.addAll(view) < view.stages().size()
        || added.schema().kind() != ViewSchema.Kind.SAMPLES
        || !frames.steps().isEmpty()
        || !added.frames.steps().isEmpty()) {
      return false;
    }
    whole = false;
    repeats = true;
    assigned.addAll(added.assigned);
    return steps.add(GroupSteps.union(info, samples, added.steps, schema()));
  }
}
