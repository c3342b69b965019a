package io.postil.core.annotation;

import io.postil.core.dataset.FieldType;
import io.postil.core.dataset.MediaType;
import java.util.Set;

/**
 * What a backend can do. The engine checks every request against it, before anything is sent.
 *
 * @param mediaTypes the media it shows
 * @param labelTypes the label types it edits
 * @param scalarTypes the types of scalar fields it edits
 * @param attributeTypes the kinds of attributes it has; empty for none
 * @param attributeTypesWithValues those whose values must be given
 * @param clipsViews whether parts of videos can be sent
 * @param keyframes whether it interpolates between key frames
 * @param videoSampleFields whether it edits fields of a whole video
 * @param requiresSchema whether a request must name fields
 * @param batchSamples most samples it takes at once, at least 1; it gets fewer where they have very
 *     many labels
 */
public record Capabilities(
    Set<MediaType> mediaTypes,
    Set<LabelType> labelTypes,
    Set<FieldType> scalarTypes,
    Set<String> attributeTypes,
    Set<String> attributeTypesWithValues,
    boolean clipsViews,
    boolean keyframes,
    boolean videoSampleFields,
    boolean requiresSchema,
    int batchSamples) {
  /** Copies the sets. */
  public Capabilities {
    mediaTypes = Set.copyOf(mediaTypes);
    labelTypes = Set.copyOf(labelTypes);
    scalarTypes = Set.copyOf(scalarTypes);
    attributeTypes = Set.copyOf(attributeTypes);
    attributeTypesWithValues = Set.copyOf(attributeTypesWithValues);
    if (batchSamples < 1) {
      throw new IllegalArgumentException("batchSamples must be at least 1: " + batchSamples);
    }
  }
}
