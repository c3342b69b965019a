package io.postil.core.view;

import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes stages from expressions, with FiftyOne's defaults. What an expression's fields are relative
 * to can depend on the type of a field; where it does, the factory takes it as a prefix. Stateless.
 */
public final class Stages {
  private Stages() {}

  // --- samples --------------------------------------------------------------------------------

  /** Keeps samples by id, in the order of the dataset. */
  public static Stage select(List<ObjectId> ids) {
    return select(ids, false);
  }

  /** Keeps samples by id, if wanted in the order of the ids. */
  public static Stage select(List<ObjectId> ids, boolean ordered) {
    return new Stage.Select(List.copyOf(ids), ordered);
  }

  /** Drops samples by id. */
  public static Stage exclude(List<ObjectId> ids) {
    return new Stage.Exclude(List.copyOf(ids));
  }

  /** Keeps samples whose field has one of the values, if wanted in the order of the values. */
  public static Stage selectBy(String field, List<?> values, boolean ordered) {
    return new Stage.SelectBy(field, Values.list(values), ordered);
  }

  /** Drops samples whose field has one of the values. */
  public static Stage excludeBy(String field, List<?> values) {
    return new Stage.ExcludeBy(field, Values.list(values));
  }

  /** Keeps the first samples. */
  public static Stage limit(long limit) {
    return new Stage.Limit(limit);
  }

  /** Drops the first samples. */
  public static Stage skip(long skip) {
    return new Stage.Skip(skip);
  }

  /** Keeps a random choice of samples; of one seed the same as FiftyOne. */
  public static Stage take(long size, @Nullable Long seed) {
    return new Stage.Take(size, number(seed), PythonRandom.randint(seed));
  }

  /** Puts the samples in a random order; of one seed the same as FiftyOne. */
  public static Stage shuffle(@Nullable Long seed) {
    return new Stage.Shuffle(number(seed), PythonRandom.randint(seed));
  }

  private static @Nullable Object number(@Nullable Long seed) {
    return seed != null && seed == seed.intValue() ? (Object) seed.intValue() : seed;
  }

  /** Sorts by a field. */
  public static Stage sortBy(String field, boolean reverse) {
    return new Stage.SortBy(field, reverse, true);
  }

  /** Sorts by an expression. */
  public static Stage sortBy(Expression expression, boolean reverse) {
    return new Stage.SortBy(value(expression, null), reverse, true);
  }

  /**
   * Sorts by several keys.
   *
   * @param keys fields or expressions, each with whether the greatest comes first
   */
  public static Stage sortBy(Map<?, Boolean> keys) {
    List<Object> pairs = new ArrayList<>();
    keys.forEach(
        (key, reverse) ->
            pairs.add(
                Values.listOf(
                    key instanceof Expression e ? value(e, null) : key, reverse ? -1 : 1)));
    return new Stage.SortBy(Values.list(pairs), false, true);
  }

  /** Keeps samples for which an expression is true. */
  public static Stage match(Expression filter) {
    return new Stage.Match(Document.of("$expr", filter.toValue()));
  }

  /** Keeps samples that fit a query document of MongoDB. */
  public static Stage match(Document query) {
    return new Stage.Match(query);
  }

  /** Keeps samples that have one of the tags, or all of them, or, without {@code bool}, do not. */
  public static Stage matchTags(List<String> tags, boolean bool, boolean all) {
    return new Stage.MatchTags(List.copyOf(tags), bool, all);
  }

  /**
   * Keeps samples with a label that meets all criteria, or, without {@code bool}, those without.
   */
  public static Stage matchLabels(LabelCriteria labels, boolean bool) {
    Expression filter = labels.filter();
    return new Stage.MatchLabels(
        labels.labels(),
        texts(labels.ids()),
        texts(labels.instanceIds()),
        labels.tags(),
        filter == null ? null : filter.toValue("$$FIELD"),
        labels.fields(),
        bool);
  }

  /** Keeps samples with a value in a field, or, without {@code bool}, those without. */
  public static Stage exists(String field, boolean bool) {
    return new Stage.Exists(field, bool);
  }

  // --- labels ---------------------------------------------------------------------------------

  /** Keeps the labels for which an expression is true, and only samples with such labels. */
  public static Stage filterLabels(String field, Expression filter) {
    return filterLabels(field, filter, true);
  }

  /** Keeps the labels of a list for which an expression on the label is true. */
  public static Stage filterLabels(String field, Expression filter, boolean onlyMatches) {
    return filterLabels(field, filter, "$$this", onlyMatches, false);
  }

  /**
   * Keeps the labels for which an expression on the label is true.
   *
   * @param prefix what the label is called: {@code $$this} in lists, else its path
   * @param onlyMatches whether samples without such labels go
   * @param trajectories whether the other labels of a video with the index of one stay, too
   */
  public static Stage filterLabels(
      String field, Expression filter, String prefix, boolean onlyMatches, boolean trajectories) {
    return new Stage.FilterLabels(field, filter.toValue(prefix), onlyMatches, trajectories);
  }

  /** Hides values of a field for which an expression on the value is not true. */
  public static Stage filterField(String field, Expression filter, boolean onlyMatches) {
    String prefix = field.startsWith("frames.") ? "$$frame." + field.substring(7) : "$" + field;
    return new Stage.FilterField(field, filter.toValue(prefix), onlyMatches);
  }

  /**
   * Hides points of keypoint labels.
   *
   * @param filter a condition on an attribute with a value for each point; null for none
   * @param labels names of the skeleton whose points stay; null for all
   */
  public static Stage filterKeypoints(
      String field,
      @Nullable Expression filter,
      @Nullable List<String> labels,
      boolean onlyMatches) {
    Object names = labels != null && labels.size() == 1 ? labels.get(0) : labels;
    return new Stage.FilterKeypoints(
        field, filter == null ? null : filter.toValue("$$expr"), names, onlyMatches);
  }

  /** Keeps only labels that meet all criteria; a condition is no criterion here. */
  public static Stage selectLabels(LabelCriteria labels, boolean omitEmpty) {
    return new Stage.SelectLabels(
        labels.labels(),
        texts(labels.ids()),
        texts(labels.instanceIds()),
        labels.tags(),
        labels.fields(),
        omitEmpty);
  }

  /** Drops labels that meet any criterion; a condition is no criterion here. */
  public static Stage excludeLabels(LabelCriteria labels, boolean omitEmpty) {
    return new Stage.ExcludeLabels(
        labels.labels(),
        texts(labels.ids()),
        texts(labels.instanceIds()),
        labels.tags(),
        labels.fields(),
        omitEmpty);
  }

  private static @Nullable List<?> texts(@Nullable List<?> ids) {
    return ids == null ? null : ids.stream().map(String::valueOf).toList();
  }

  /** Keeps the first labels of a list. */
  public static Stage limitLabels(String field, long limit) {
    return new Stage.LimitLabels(field, limit);
  }

  /** Shows other class names. */
  public static Stage mapLabels(String field, Map<String, ?> map) {
    return new Stage.MapLabels(field, map(map));
  }

  /** Shows other values; the key null stands for no value. */
  public static Stage mapValues(String field, Map<?, ?> map) {
    return new Stage.MapValues(field, map(map));
  }

  /** A document where all keys are texts, else a list of pairs. */
  private static Object map(Map<?, ?> map) {
    if (map.keySet().stream().allMatch(String.class::isInstance)) {
      Document.Builder out = Document.builder();
      map.forEach((key, value) -> out.put((String) key, value));
      return out.build();
    }
    List<Object> pairs = new ArrayList<>();
    map.forEach((key, value) -> pairs.add(Values.listOf(key, value)));
    return Values.list(pairs);
  }

  // --- fields and frames ----------------------------------------------------------------------

  /** Shows only some fields, beside those every sample has. */
  public static Stage selectFields(List<String> fields) {
    return new Stage.SelectFields(fields.isEmpty() ? null : List.copyOf(fields), null, false);
  }

  /** Hides some fields. */
  public static Stage excludeFields(List<String> fields) {
    return new Stage.ExcludeFields(List.copyOf(fields), null, false);
  }

  /**
   * Shows a value in a field.
   *
   * @param value a constant, or an expression of what holds the property that is set
   * @param prefix what that is called; null for the sample
   */
  public static Stage setField(String field, @Nullable Object value, @Nullable String prefix) {
    return new Stage.SetField(
        field, value instanceof Expression e ? e.toValue(prefix) : value, false);
  }

  /** Keeps frames for which an expression is true. */
  public static Stage matchFrames(Expression filter, boolean omitEmpty) {
    return new Stage.MatchFrames(filter.toValue("$$this"), omitEmpty);
  }

  /** Keeps frames by id. */
  public static Stage selectFrames(List<ObjectId> ids, boolean omitEmpty) {
    return new Stage.SelectFrames(ids.stream().map(ObjectId::toString).toList(), omitEmpty);
  }

  /** Drops frames by id. */
  public static Stage excludeFrames(List<ObjectId> ids, boolean omitEmpty) {
    return new Stage.ExcludeFrames(ids.stream().map(ObjectId::toString).toList(), omitEmpty);
  }

  // --- groups ---------------------------------------------------------------------------------

  /**
   * Shows slices of a grouped dataset as plain samples.
   *
   * @param slices their names; none means all
   * @param flat whether the samples are shown one by one, rather than as groups
   */
  public static Stage selectGroupSlices(List<String> slices, boolean flat) {
    return new Stage.SelectGroupSlices(oneOrMore(slices), null, flat, false, false);
  }

  /** Hides slices of a grouped dataset. */
  public static Stage excludeGroupSlices(List<String> slices) {
    return new Stage.ExcludeGroupSlices(oneOrMore(slices), null);
  }

  private static @Nullable Object oneOrMore(List<String> names) {
    return names.isEmpty() ? null : names.size() == 1 ? names.get(0) : List.copyOf(names);
  }

  /**
   * Groups samples by a value.
   *
   * @param by a field, an expression, or a list of fields
   * @param orderBy the field that orders the members of a group; null for the dataset's order
   */
  public static Stage groupBy(Object by, @Nullable String orderBy, boolean reverse) {
    return new Stage.GroupBy(key(by), orderBy, reverse, false, null, null, true, null);
  }

  /**
   * Groups samples by a value and shows the groups' members one after the other.
   *
   * @param by a field, an expression, or a list of fields
   * @param match which groups stay: a condition on the list of members; null for all
   * @param sort what orders the groups: an expression of the list of members; null for the order of
   *     the dataset
   */
  public static Stage groupByFlat(
      Object by, @Nullable Expression match, @Nullable Expression sort, boolean reverse) {
    return new Stage.GroupBy(
        key(by),
        null,
        reverse,
        true,
        match == null ? null : match.toValue("$docs"),
        sort == null ? null : sort.toValue("$docs"),
        true,
        null);
  }

  private static Object key(Object by) {
    return by instanceof Expression e ? value(e, null) : by;
  }

  /** Turns groups back into samples, if wanted by further stages on the members of each. */
  public static Stage flatten(Stage... stages) {
    List<Document> documents = List.of(stages).stream().map(Stage::toDocument).toList();
    return new Stage.Flatten(
        documents.isEmpty() ? null : documents.size() == 1 ? documents.get(0) : documents);
  }

  /**
   * Adds the samples of another view of the same dataset.
   *
   * @param dataset the dataset's id
   */
  public static Stage concat(ObjectId dataset, ViewDefinition view) {
    return new Stage.Concat(
        Document.of("dataset_id", dataset.toString(), "stages", StageDocuments.toList(view)));
  }

  /** Applies MongoDB aggregation steps as they are. */
  public static Stage mongo(List<Document> pipeline) {
    return new Stage.Mongo(List.copyOf(pipeline), null, null);
  }

  // --- other kinds of samples -----------------------------------------------------------------

  /**
   * Shows each label of a field as a sample of its own.
   *
   * @param otherFields further fields to show
   * @param keepLabelLists whether each label stays in a list of one
   */
  public static Stage toPatches(String field, List<String> otherFields, boolean keepLabelLists) {
    Document config =
        keepLabelLists ? others(otherFields).with("keep_label_lists", true) : others(otherFields);
    return new Stage.ToPatches(field, config.isEmpty() ? null : config, null);
  }

  /** Shows each frame of a video as a sample of its own; frames need pictures. */
  public static Stage toFrames() {
    return new Stage.ToFrames(Document.of("sample_frames", false), null);
  }

  /**
   * Shows ranges of frames as samples of their own.
   *
   * @param by a field of temporal detections or of labels in frames, a condition on frames, or for
   *     each sample in order the list of its ranges, each a list of the first and the last frame
   * @param tolerance gaps of so many frames do not end a range
   * @param minLength only ranges of at least so many frames
   */
  public static Stage toClips(Object by, List<String> otherFields, long tolerance, long minLength) {
    Document config = others(otherFields);
    config = tolerance == 0 ? config : config.with("tol", tolerance);
    config = minLength == 0 ? config : config.with("min_len", minLength);
    return new Stage.ToClips(key(by), config.isEmpty() ? null : config, null);
  }

  private static Document others(List<String> fields) {
    return fields.isEmpty()
        ? Document.empty()
        : Document.of("other_fields", Values.list(List.copyOf(fields)));
  }

  private static Object value(Expression expression, @Nullable String prefix) {
    Object value = expression.toValue(prefix);
    return value == null ? Document.of("$literal", null) : value;
  }
}
