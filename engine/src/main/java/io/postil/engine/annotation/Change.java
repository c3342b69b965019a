package io.postil.engine.annotation;

import io.postil.core.value.ObjectId;
import org.jspecify.annotations.Nullable;

/**
 * What became of one label or value at a load.
 *
 * @param kind what became of it
 * @param sampleId the sample
 * @param frameNumber the frame, or 0
 * @param field the field it is written to
 * @param labelId the label, or null for a scalar
 * @param before what the dataset held, or null
 * @param after what it holds now, or null
 * @param note why, for a refusal or conflict, or which properties changed; or null
 */
public record Change(
    Kind kind,
    ObjectId sampleId,
    int frameNumber,
    String field,
    @Nullable ObjectId labelId,
    @Nullable Object before,
    @Nullable Object after,
    @Nullable String note) {
  /** What became of a label; each label of an answer has exactly one kind. */
  public enum Kind {
    ADDED,
    EDITED,
    DELETED,
    UNCHANGED,
    /** A restriction forbids the only thing that was changed. */
    REFUSED,
    /** Somebody changed it in the dataset meanwhile. */
    CONFLICTING,
    /** Not of the kind that was asked for and not kept. */
    UNEXPECTED;

    /** The name in lower case. */
    public String id() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }
}
