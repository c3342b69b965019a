package io.postil.engine;

import io.postil.core.query.ViewSchema;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.view.Expression;
import io.postil.core.view.LabelCriteria;
import io.postil.core.view.Stage;
import io.postil.core.view.Stages;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The stages of a view, one method each, with FiftyOne's names and defaults. Where a method leaves
 * out a parameter of the stage, {@link #then(Stage)} takes the stage itself.
 */
abstract sealed class ViewStages permits ViewQuestions {
  /** This view with one more stage of any kind. */
  public abstract View then(Stage stage);

  /** The fields and the media type that this view shows. */
  public abstract ViewSchema schema();

  /** The id of the dataset. */
  abstract ObjectId datasetId();

  // --- samples --------------------------------------------------------------------------------

  /** The samples for which a condition is true. */
  public View match(Expression condition) {
    return then(Stages.match(condition));
  }

  /** The samples that fit a query document of MongoDB. */
  public View match(Document query) {
    return then(Stages.match(query));
  }

  /** The samples that have one of the tags. */
  public View matchTags(String... tags) {
    return matchTags(List.of(tags), true, false);
  }

  /**
   * The samples by their tags.
   *
   * @param bool false for those that do not match
   * @param all whether all tags are needed, rather than one
   */
  public View matchTags(List<String> tags, boolean bool, boolean all) {
    return then(Stages.matchTags(tags, bool, all));
  }

  /** The samples with a label that meets all criteria; their other labels are shown, too. */
  public View matchLabels(LabelCriteria labels) {
    return matchLabels(labels, true);
  }

  /** The samples with, or if not {@code bool} without, a label that meets all criteria. */
  public View matchLabels(LabelCriteria labels, boolean bool) {
    return then(Stages.matchLabels(labels, bool));
  }

  /** The samples with a value in a field. */
  public View exists(String field) {
    return exists(field, true);
  }

  /** The samples with, or if not {@code bool} without, a value in a field. */
  public View exists(String field, boolean bool) {
    return then(Stages.exists(field, bool));
  }

  /** Samples by id, in the order of this view. */
  public View select(ObjectId... ids) {
    return select(Arrays.asList(ids), false);
  }

  /** Samples by id, if wanted in the order of the ids; unknown ids are ignored. */
  public View select(List<ObjectId> ids, boolean ordered) {
    return then(Stages.select(ids, ordered));
  }

  /** All but some samples. */
  public View exclude(ObjectId... ids) {
    return then(Stages.exclude(Arrays.asList(ids)));
  }

  /** The samples whose field has one of the values; of a list, an element. */
  public View selectBy(String field, Object... values) {
    return selectBy(field, Arrays.asList(values), false);
  }

  /** The samples whose field has one of the values, if wanted in the order of the values. */
  public View selectBy(String field, List<?> values, boolean ordered) {
    return then(Stages.selectBy(field, values, ordered));
  }

  /** The samples whose field has none of the values. */
  public View excludeBy(String field, Object... values) {
    return then(Stages.excludeBy(field, Arrays.asList(values)));
  }

  /** The first samples. */
  public View limit(long samples) {
    return then(Stages.limit(samples));
  }

  /** All but the first samples. */
  public View skip(long samples) {
    return then(Stages.skip(samples));
  }

  /** So many samples chosen at random, once for this view. */
  public View take(long samples) {
    return then(Stages.take(samples, null));
  }

  /** So many samples chosen by a seed; the same samples as with FiftyOne. */
  public View take(long samples, long seed) {
    return then(Stages.take(samples, seed));
  }

  /** The samples in a random order, fixed for this view. */
  public View shuffle() {
    return then(Stages.shuffle(null));
  }

  /** The samples in an order by a seed; the same order as with FiftyOne. */
  public View shuffle(long seed) {
    return then(Stages.shuffle(seed));
  }

  /** Ascending by a field or a path. */
  public View sortBy(String field) {
    return then(Stages.sortBy(field, false));
  }

  /** By a field or a path. */
  public View sortBy(String field, View.Order order) {
    return then(Stages.sortBy(field, order == View.Order.DESCENDING));
  }

  /** By an expression: {@code sortBy(F("predictions.detections").length(), Order.DESCENDING)}. */
  public View sortBy(Expression expression, View.Order order) {
    return then(Stages.sortBy(expression, order == View.Order.DESCENDING));
  }

  /**
   * By several keys.
   *
   * @param keys fields or expressions with their orders, the most important first
   */
  public View sortBy(Map<?, View.Order> keys) {
    Map<Object, Boolean> reverse = new java.util.LinkedHashMap<>();
    keys.forEach((key, order) -> reverse.put(key, order == View.Order.DESCENDING));
    return then(Stages.sortBy(reverse));
  }

  // --- labels ---------------------------------------------------------------------------------

  /**
   * The labels for which a condition is true, and only samples with such labels.
   *
   * @param field a field with labels
   * @param condition about one label: {@code F("confidence").gt(0.8)}
   */
  public View filterLabels(String field, Expression condition) {
    return filterLabels(field, condition, true);
  }

  /** The labels for which a condition is true; samples without any stay unless onlyMatches. */
  public View filterLabels(String field, Expression condition, boolean onlyMatches) {
    return filterLabels(field, condition, onlyMatches, false);
  }

  /**
   * The labels for which a condition is true.
   *
   * @param onlyMatches whether samples without such labels go
   * @param trajectories whether the other labels of a video with the index of one stay, too
   */
  public View filterLabels(
      String field, Expression condition, boolean onlyMatches, boolean trajectories) {
    String prefix = schema().labelPrefix(field);
    return then(Stages.filterLabels(field, condition, prefix, onlyMatches, trajectories));
  }

  /** The values of a field for which a condition on the value, {@code F()}, is true. */
  public View filterField(String field, Expression condition) {
    return filterField(field, condition, true);
  }

  /** The values for which a condition is true; samples without one stay unless onlyMatches. */
  public View filterField(String field, Expression condition, boolean onlyMatches) {
    return then(Stages.filterField(field, condition, onlyMatches));
  }

  /** The points of keypoint labels for which a condition on a value of each point is true. */
  public View filterKeypoints(String field, Expression condition) {
    return filterKeypoints(field, condition, null, true);
  }

  /**
   * Some points of keypoint labels.
   *
   * @param condition about a value of each point; null for none
   * @param names the points of the skeleton; null for all
   * @param onlyMatches whether labels and samples without a point go
   */
  public View filterKeypoints(
      String field,
      @Nullable Expression condition,
      @Nullable List<String> names,
      boolean onlyMatches) {
    return then(Stages.filterKeypoints(field, condition, names, onlyMatches));
  }

  /** Only the labels that meet all criteria, and only samples with such labels. */
  public View selectLabels(LabelCriteria labels) {
    return selectLabels(labels, true);
  }

  /** Only the labels that meet all criteria; samples without any stay unless omitEmpty. */
  public View selectLabels(LabelCriteria labels, boolean omitEmpty) {
    return then(Stages.selectLabels(labels, omitEmpty));
  }

  /** All labels but those that meet a criterion, and only samples with labels. */
  public View excludeLabels(LabelCriteria labels) {
    return excludeLabels(labels, true);
  }

  /** All labels but those that meet a criterion; samples without any stay unless omitEmpty. */
  public View excludeLabels(LabelCriteria labels, boolean omitEmpty) {
    return then(Stages.excludeLabels(labels, omitEmpty));
  }

  /** The first labels of a list. */
  public View limitLabels(String field, long labels) {
    return then(Stages.limitLabels(field, labels));
  }

  /** Other class names for some; {@link View#save} keeps them. */
  public View mapLabels(String field, Map<String, ?> map) {
    return then(Stages.mapLabels(field, map));
  }

  /** Other values for some; {@link View#save} keeps them. The key null stands for no value. */
  public View mapValues(String field, Map<?, ?> map) {
    return then(Stages.mapValues(field, map));
  }

  // --- fields and frames ----------------------------------------------------------------------

  /** Only some fields, beside those every sample has. */
  public View selectFields(String... fields) {
    return then(Stages.selectFields(List.of(fields)));
  }

  /** All but some fields. */
  public View excludeFields(String... fields) {
    return then(Stages.excludeFields(List.of(fields)));
  }

  /**
   * Another value in a field; {@link View#save} keeps it.
   *
   * @param field a field or a path, through lists of labels, too
   * @param value a constant, or an expression of what holds the property: for {@code
   *     predictions.detections.label} of each label
   */
  public View setField(String field, @Nullable Object value) {
    int dot = field.lastIndexOf('.');
    String prefix = schema().parentPrefix(dot < 0 ? "" : field.substring(0, dot));
    return then(Stages.setField(field, value, prefix));
  }

  /** The frames for which a condition is true, and only samples with such frames. */
  public View matchFrames(Expression condition) {
    return matchFrames(condition, true);
  }

  /** The frames for which a condition is true; samples without any stay unless omitEmpty. */
  public View matchFrames(Expression condition, boolean omitEmpty) {
    return then(Stages.matchFrames(condition, omitEmpty));
  }

  /** Frames by id, and only samples with such frames. */
  public View selectFrames(ObjectId... ids) {
    return selectFrames(List.of(ids), true);
  }

  /** Frames by id; samples without any stay unless omitEmpty. */
  public View selectFrames(List<ObjectId> ids, boolean omitEmpty) {
    return then(Stages.selectFrames(ids, omitEmpty));
  }

  /** All but some frames, and only samples with frames. */
  public View excludeFrames(ObjectId... ids) {
    return excludeFrames(List.of(ids), true);
  }

  /** All but some frames; samples without any stay unless omitEmpty. */
  public View excludeFrames(List<ObjectId> ids, boolean omitEmpty) {
    return then(Stages.excludeFrames(ids, omitEmpty));
  }

  // --- groups ---------------------------------------------------------------------------------

  /** The samples of slices of a grouped dataset, one by one; without names of all slices. */
  public View selectGroupSlices(String... slices) {
    return selectGroupSlices(List.of(slices), true);
  }

  /** The samples of slices, if not flat still as groups. */
  public View selectGroupSlices(List<String> slices, boolean flat) {
    return then(Stages.selectGroupSlices(slices, flat));
  }

  /** The groups without some slices. */
  public View excludeGroupSlices(String... slices) {
    return then(Stages.excludeGroupSlices(List.of(slices)));
  }

  /** The first sample of each group of samples with an equal value. */
  public View groupBy(String... fields) {
    return groupBy(fields.length == 1 ? fields[0] : List.of(fields), null, false);
  }

  /** The first sample of each group of samples with an equal value of an expression. */
  public View groupBy(Expression expression) {
    return groupBy(expression, null, false);
  }

  /**
   * The first sample of each group of samples with an equal value.
   *
   * @param by a field, an expression, or a list of fields
   * @param orderBy the field that orders the members of a group; null for the order of this view
   * @param reverse whether the greatest comes first
   */
  public View groupBy(Object by, @Nullable String orderBy, boolean reverse) {
    return then(Stages.groupBy(by, orderBy, reverse));
  }

  /**
   * The samples with those of an equal value one after the other.
   *
   * @param by a field, an expression, or a list of fields
   * @param match which groups: a condition on the list of members; null for all
   * @param sort what orders the groups: an expression of the list of members; null for the order of
   *     this view
   * @param reverse whether the greatest comes first
   */
  public View groupByFlat(
      Object by, @Nullable Expression match, @Nullable Expression sort, boolean reverse) {
    return then(Stages.groupByFlat(by, match, sort, reverse));
  }

  /** All members of the groups, if wanted each group after further stages. */
  public View flatten(Stage... stages) {
    return then(Stages.flatten(stages));
  }

  /** The samples of this view and then those of another of the same dataset. */
  public View concat(View other) {
    return then(Stages.concat(datasetId(), other.definition()));
  }

  /** What MongoDB's aggregation steps give. */
  public View mongo(List<Document> pipeline) {
    return then(Stages.mongo(pipeline));
  }

  // --- other kinds of samples -----------------------------------------------------------------

  /** Each label of a field as a sample of its own. */
  public View toPatches(String field) {
    return toPatches(field, List.of(), false);
  }

  /**
   * Each label of a field as a sample of its own.
   *
   * @param otherFields further fields to show
   * @param keepLabelLists whether each label stays in a list of one
   */
  public View toPatches(String field, List<String> otherFields, boolean keepLabelLists) {
    return then(Stages.toPatches(field, otherFields, keepLabelLists));
  }

  /** Each frame as a sample of its own; frames need pictures. */
  public View toFrames() {
    return then(Stages.toFrames());
  }

  /** The ranges of frames of temporal detections, or of labels in frames, as samples. */
  public View toClips(String field) {
    return toClips(field, List.of(), 0, 0);
  }

  /** The ranges of frames for which a condition is true as samples. */
  public View toClips(Expression condition) {
    return toClips(condition, List.of(), 0, 0);
  }

  /**
   * Ranges of frames as samples.
   *
   * @param by a field, or a condition on frames
   * @param otherFields further fields to show
   * @param tolerance gaps of so many frames do not end a range
   * @param minLength only ranges of at least so many frames
   */
  public View toClips(Object by, List<String> otherFields, long tolerance, long minLength) {
    return then(Stages.toClips(by, otherFields, tolerance, minLength));
  }
}
