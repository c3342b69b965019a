package io.postil.core.view;

import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which labels a stage is about, such as {@code
 * LabelCriteria.tagged("mistake").in("ground_truth")}. A label must meet all criteria that are
 * given. Immutable.
 *
 * @param labels places of labels: documents with {@code sample_id}, {@code field}, {@code
 *     label_id}; null for any
 * @param ids ids of labels; null for any
 * @param instanceIds ids of instances; null for any
 * @param tags tags, of which a label must have one; null for any
 * @param filter a condition on the label; null for none
 * @param fields label fields, those of frames with {@code frames.}; null for all
 */
public record LabelCriteria(
    @Nullable List<?> labels,
    @Nullable List<?> ids,
    @Nullable List<?> instanceIds,
    @Nullable List<?> tags,
    @Nullable Expression filter,
    @Nullable List<?> fields) {
  /** Any label. */
  public static final LabelCriteria ANY = new LabelCriteria(null, null, null, null, null, null);

  /** Labels with one of these ids. */
  public static LabelCriteria ids(ObjectId... ids) {
    return ANY.withIds(Arrays.asList(ids));
  }

  /** Labels with one of these tags. */
  public static LabelCriteria tagged(String... tags) {
    return ANY.withTags(Arrays.asList(tags));
  }

  /** Labels of one of these instances. */
  public static LabelCriteria instances(ObjectId... ids) {
    return ANY.withInstanceIds(Arrays.asList(ids));
  }

  /** Labels for which a condition is true. */
  public static LabelCriteria where(Expression condition) {
    return ANY.withFilter(condition);
  }

  /** Labels at these places: documents with {@code sample_id}, {@code field}, {@code label_id}. */
  public static LabelCriteria at(Document... places) {
    return ANY.withLabels(Arrays.asList(places));
  }

  /** These criteria, and only labels of some fields. */
  public LabelCriteria in(String... fields) {
    return withFields(Arrays.asList(fields));
  }

  /** These criteria with other places. */
  public LabelCriteria withLabels(@Nullable List<?> labels) {
    return new LabelCriteria(copy(labels), ids, instanceIds, tags, filter, fields);
  }

  /** These criteria with other ids. */
  public LabelCriteria withIds(@Nullable List<?> ids) {
    return new LabelCriteria(labels, copy(ids), instanceIds, tags, filter, fields);
  }

  /** These criteria with other ids of instances. */
  public LabelCriteria withInstanceIds(@Nullable List<?> instanceIds) {
    return new LabelCriteria(labels, ids, copy(instanceIds), tags, filter, fields);
  }

  /** These criteria with other tags. */
  public LabelCriteria withTags(@Nullable List<?> tags) {
    return new LabelCriteria(labels, ids, instanceIds, copy(tags), filter, fields);
  }

  /** These criteria with another condition. */
  public LabelCriteria withFilter(@Nullable Expression filter) {
    return new LabelCriteria(labels, ids, instanceIds, tags, filter, fields);
  }

  /** These criteria with other fields. */
  public LabelCriteria withFields(@Nullable List<?> fields) {
    return new LabelCriteria(labels, ids, instanceIds, tags, filter, copy(fields));
  }

  private static @Nullable List<?> copy(@Nullable List<?> values) {
    return values == null ? null : Values.list(values);
  }
}
