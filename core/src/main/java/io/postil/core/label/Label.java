package io.postil.core.label;

import org.jspecify.annotations.Nullable;

/**
 * What a label field of a sample or frame holds. Switch over its types without a default branch, so
 * that a new type shows every place that must know it.
 */
public sealed interface Label permits SingleLabel, LabelList, UnknownLabel {
  /** FiftyOne's class name, the {@code _cls} of its document, such as {@code Detections}. */
  String className();

  /**
   * The value of a property by the name FiftyOne stores it under ({@code _id}, {@code label},
   * {@code bounding_box}, an attribute's name and so on), as a value of {@code
   * io.postil.core.value}; null if the label has none.
   */
  @Nullable Object property(String name);

  /**
   * Whether {@link #property} is stored at all: an attribute may be stored as null, everything else
   * is absent when it has no value.
   */
  default boolean hasProperty(String name) {
    return property(name) != null;
  }
}
