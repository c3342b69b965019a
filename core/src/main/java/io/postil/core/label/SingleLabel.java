package io.postil.core.label;

import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One label with an id of its own. */
public sealed interface SingleLabel extends Label
    permits Classification,
        Detection,
        Polyline,
        Keypoint,
        Segmentation,
        Regression,
        TemporalDetection,
        Heatmap,
        GeoLocation {
  /** Attribute that marks an observation of a track as set by a person. */
  String KEYFRAME = "keyframe";

  /** Attribute that links labels of one object across frames and slices. */
  String INSTANCE = "instance";

  /** The id, unique in the dataset. */
  ObjectId id();

  /** The tags, in the order they were added. */
  List<String> tags();

  /**
   * Everything beyond the type's own properties, by name: custom attributes of any value type,
   * {@link #KEYFRAME}, {@link #INSTANCE}, and under {@code attributes} the legacy attribute dict of
   * old FiftyOne datasets unless it is empty.
   */
  Document attributes();

  /** This label with another id. */
  SingleLabel withId(ObjectId id);

  /** This label with other tags. */
  SingleLabel withTags(List<String> tags);

  /** This label with other attributes. */
  SingleLabel withAttributes(Document attributes);

  /** The class name, or null for a type that has none or a label without one. */
  default @Nullable String label() {
    return null;
  }

  /** The track number or other index, or null. */
  default @Nullable Integer index() {
    return null;
  }

  /** Whether the attribute {@link #KEYFRAME} is true. */
  default boolean isKeyframe() {
    return Boolean.TRUE.equals(attributes().get(KEYFRAME));
  }

  @Override
  default boolean hasProperty(String name) {
    return property(name) != null || attributes().contains(name);
  }
}
