package io.postil.core.view;

import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One step of a view, with FiftyOne's names and parameters. Filters are held in MongoDB's form, as
 * they are serialised. A stage Postil does not know is kept as {@link Unknown} and fails when it is
 * evaluated. {@link StageDocuments} reads and writes the serialised form; {@link Stages} makes them
 * from expressions. Immutable.
 */
public sealed interface Stage {
  /** FiftyOne's serialised form, {@code {"_cls": .., "kwargs": [[name, value], ..]}}. */
  default Document toDocument() {
    return StageDocuments.toDocument(this);
  }

  /** Keeps samples by id; unknown ids are ignored. */
  record Select(List<ObjectId> sampleIds, boolean ordered) implements Stage {}

  /** Drops samples by id. */
  record Exclude(List<ObjectId> sampleIds) implements Stage {}

  /** Keeps samples whose field has one of the values. */
  record SelectBy(String field, List<?> values, boolean ordered) implements Stage {}

  /** Drops samples whose field has one of the values. */
  record ExcludeBy(String field, List<?> values) implements Stage {}

  /** Keeps the first samples. */
  record Limit(long limit) implements Stage {}

  /** Drops the first samples. */
  record Skip(long skip) implements Stage {}

  /** Keeps a random choice of samples. */
  record Take(long size, @Nullable Object seed, long randint) implements Stage {}

  /** Puts the samples in a random order. */
  record Shuffle(@Nullable Object seed, long randint) implements Stage {}

  /** Sorts by a path, an expression, or a list of {@code [path or expression, 1 or -1]}. */
  record SortBy(Object fieldOrExpr, boolean reverse, @Nullable Object createIndex)
      implements Stage {}

  /** Keeps samples for which a filter holds: {@code {"$expr": ..}} or a match document. */
  record Match(@Nullable Object filter) implements Stage {}

  /** Keeps samples by their tags. */
  record MatchTags(List<?> tags, @Nullable Boolean bool, boolean all) implements Stage {}

  /** Keeps samples that have a label meeting all criteria. */
  record MatchLabels(
      @Nullable List<?> labels,
      @Nullable List<?> ids,
      @Nullable List<?> instanceIds,
      @Nullable List<?> tags,
      @Nullable Object filter,
      @Nullable List<?> fields,
      @Nullable Boolean bool)
      implements Stage {}

  /** Keeps samples by whether a field has a value. */
  record Exists(String field, @Nullable Boolean bool) implements Stage {}

  /** Keeps the labels of a field for which a filter holds. */
  record FilterLabels(
      String field, @Nullable Object filter, boolean onlyMatches, boolean trajectories)
      implements Stage {}

  /** Hides values of a field for which a filter does not hold. */
  record FilterField(String field, @Nullable Object filter, boolean onlyMatches) implements Stage {}

  /** Hides points of keypoint labels. */
  record FilterKeypoints(
      String field, @Nullable Object filter, @Nullable Object labels, boolean onlyMatches)
      implements Stage {}

  /** Keeps only labels that meet all criteria. */
  record SelectLabels(
      @Nullable List<?> labels,
      @Nullable List<?> ids,
      @Nullable List<?> instanceIds,
      @Nullable List<?> tags,
      @Nullable List<?> fields,
      boolean omitEmpty)
      implements Stage {}

  /** Drops labels that meet any criterion. */
  record ExcludeLabels(
      @Nullable List<?> labels,
      @Nullable List<?> ids,
      @Nullable List<?> instanceIds,
      @Nullable List<?> tags,
      @Nullable List<?> fields,
      boolean omitEmpty)
      implements Stage {}

  /** Shows only some fields. */
  record SelectFields(
      @Nullable List<?> fieldNames, @Nullable Object metaFilter, boolean allowMissing)
      implements Stage {}

  /** Hides some fields. */
  record ExcludeFields(
      @Nullable List<?> fieldNames, @Nullable Object metaFilter, boolean allowMissing)
      implements Stage {}

  /** Keeps the first labels of a list. */
  record LimitLabels(String field, long limit) implements Stage {}

  /** Shows other class names. */
  record MapLabels(String field, Object map) implements Stage {}

  /** Shows other values. */
  record MapValues(String field, Object map) implements Stage {}

  /** Shows the value of an expression in a field. */
  record SetField(String field, @Nullable Object expr, boolean allowMissing) implements Stage {}

  /** Keeps frames for which a filter holds. */
  record MatchFrames(@Nullable Object filter, boolean omitEmpty) implements Stage {}

  /** Keeps frames by id. */
  record SelectFrames(List<?> frameIds, boolean omitEmpty) implements Stage {}

  /** Drops frames by id. */
  record ExcludeFrames(List<?> frameIds, boolean omitEmpty) implements Stage {}

  /** Shows slices of a grouped dataset as plain samples. */
  record SelectGroupSlices(
      @Nullable Object slices,
      @Nullable Object mediaType,
      boolean flat,
      boolean allowMixed,
      boolean forceMixed)
      implements Stage {}

  /** Hides slices of a grouped dataset. */
  record ExcludeGroupSlices(@Nullable Object slices, @Nullable Object mediaType) implements Stage {}

  /** Groups samples by a value. */
  record GroupBy(
      @Nullable Object fieldOrExpr,
      @Nullable Object orderBy,
      boolean reverse,
      boolean flat,
      @Nullable Object matchExpr,
      @Nullable Object sortExpr,
      @Nullable Object createIndex,
      @Nullable Object orderByKey)
      implements Stage {}

  /** Turns groups back into samples. */
  record Flatten(@Nullable Object stages) implements Stage {}

  /** Adds the samples of another view. */
  record Concat(Object samples) implements Stage {}

  /** Applies MongoDB aggregation steps as they are. */
  record Mongo(List<?> pipeline, @Nullable Object needsFrames, @Nullable Object groupSlices)
      implements Stage {}

  /** Shows each label as a sample of its own. */
  record ToPatches(String field, @Nullable Object config, @Nullable Object state)
      implements Stage {}

  /** Shows each frame as a sample of its own. */
  record ToFrames(@Nullable Object config, @Nullable Object state) implements Stage {}

  /** Shows ranges of frames as samples of their own. */
  record ToClips(Object fieldOrExpr, @Nullable Object config, @Nullable Object state)
      implements Stage {}

  /** A stage of a class or with parameters Postil does not know, as it was serialised. */
  record Unknown(Document document) implements Stage {
    /** Its class name without the package. */
    public String name() {
      String cls = document.getString("_cls", "");
      return cls.substring(cls.lastIndexOf('.') + 1);
    }
  }
}
