package io.postil.core.annotation;

import io.postil.core.label.Classification;
import io.postil.core.label.Detection;
import io.postil.core.label.Keypoint;
import io.postil.core.label.Polyline;
import io.postil.core.label.Segmentation;
import io.postil.core.label.SingleLabel;
import org.jspecify.annotations.Nullable;

/** The kinds of things a backend returns for a field. */
public enum AnswerKind {
  CLASSIFICATIONS("classifications", "Classifications", Classification.class),
  DETECTIONS("detections", "Detections", Detection.class),
  POLYLINES("polylines", "Polylines", Polyline.class),
  KEYPOINTS("keypoints", "Keypoints", Keypoint.class),
  SEGMENTATION("segmentation", "Segmentation", Segmentation.class),
  SCALAR("scalar", null, null);

  private final String id;
  private final @Nullable String fieldClass;
  private final @Nullable Class<? extends SingleLabel> labelClass;

  AnswerKind(
      String id, @Nullable String fieldClass, @Nullable Class<? extends SingleLabel> labelClass) {
    this.id = id;
    this.fieldClass = fieldClass;
    this.labelClass = labelClass;
  }

  /** The name, such as {@code detections}. */
  public String id() {
    return id;
  }

  /** The class of a new field for labels of this kind; null for scalars. */
  public @Nullable String fieldClass() {
    return fieldClass;
  }

  /** Whether its labels have a class name. */
  public boolean hasClassName() {
    return this != SEGMENTATION && this != SCALAR;
  }

  /** Whether its labels have a place in the image. */
  public boolean isSpatial() {
    return this != CLASSIFICATIONS && this != SCALAR;
  }

  /** Whether its labels form tracks in the frames of videos. */
  public boolean isTrackable() {
    return this == DETECTIONS || this == POLYLINES || this == KEYPOINTS;
  }

  /** The kind of a name, or null. */
  public static @Nullable AnswerKind ofId(String id) {
    for (AnswerKind kind : values()) {
      if (kind.id.equals(id)) {
        return kind;
      }
    }
    return null;
  }

  /** The kind a label belongs to, or null for labels that are not annotated. */
  public static @Nullable AnswerKind of(SingleLabel label) {
    for (AnswerKind kind : values()) {
      if (kind.labelClass != null && kind.labelClass.isInstance(label)) {
        return kind;
      }
    }
    return null;
  }
}
