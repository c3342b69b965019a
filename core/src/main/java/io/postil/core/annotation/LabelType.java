package io.postil.core.annotation;

import io.postil.core.label.Detection;
import io.postil.core.label.Polyline;
import io.postil.core.label.SingleLabel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What can be asked of a field, by FiftyOne's names. */
public enum LabelType {
  CLASSIFICATION("classification", AnswerKind.CLASSIFICATIONS, "Classification"),
  CLASSIFICATIONS("classifications", AnswerKind.CLASSIFICATIONS, "Classifications"),
  DETECTION("detection", AnswerKind.DETECTIONS, "Detection"),
  INSTANCE("instance", AnswerKind.DETECTIONS, "Detection"),
  DETECTIONS("detections", AnswerKind.DETECTIONS, "Detections"),
  INSTANCES("instances", AnswerKind.DETECTIONS, "Detections"),
  POLYGON("polygon", AnswerKind.POLYLINES, "Polyline"),
  POLYLINE("polyline", AnswerKind.POLYLINES, "Polyline"),
  POLYGONS("polygons", AnswerKind.POLYLINES, "Polylines"),
  POLYLINES("polylines", AnswerKind.POLYLINES, "Polylines"),
  KEYPOINT("keypoint", AnswerKind.KEYPOINTS, "Keypoint"),
  KEYPOINTS("keypoints", AnswerKind.KEYPOINTS, "Keypoints"),
  SEGMENTATION("segmentation", AnswerKind.SEGMENTATION, "Segmentation"),
  SCALAR("scalar", AnswerKind.SCALAR, null);

  private final String id;
  private final AnswerKind kind;
  private final @Nullable String fieldClass;

  LabelType(String id, AnswerKind kind, @Nullable String fieldClass) {
    this.id = id;
    this.kind = kind;
    this.fieldClass = fieldClass;
  }

  /** The name, such as {@code detections}. */
  public String id() {
    return id;
  }

  /** What a backend returns for it. */
  public AnswerKind kind() {
    return kind;
  }

  /** The class of its field, such as {@code Detections}; null for scalars. */
  public @Nullable String fieldClass() {
    return fieldClass;
  }

  /** Whether a field holds a list of such labels. */
  public boolean isList() {
    return fieldClass != null && fieldClass.endsWith("s");
  }

  /** Whether it asks for boxes, without masks. */
  public boolean isBoxes() {
    return this == DETECTION || this == DETECTIONS;
  }

  /**
   * Whether a label belongs to this type where a field's class admits two: with or without a mask,
   * filled or not. A mask in a file counts as a mask.
   */
  public boolean covers(SingleLabel label) {
    return switch (this) {
      case INSTANCE, INSTANCES ->
          label instanceof Detection d && (d.mask() != null || d.maskPath() != null);
      case POLYGON, POLYGONS -> label instanceof Polyline p && p.filled();
      case POLYLINE, POLYLINES -> label instanceof Polyline p && !p.filled();
      case DETECTION, DETECTIONS -> label instanceof Detection d && d.mask() == null;
      case CLASSIFICATION, CLASSIFICATIONS, KEYPOINT, KEYPOINTS, SEGMENTATION, SCALAR -> true;
    };
  }

  /** The type of a name, or null. */
  public static @Nullable LabelType ofId(String id) {
    for (LabelType type : values()) {
      if (type.id.equals(id)) {
        return type;
      }
    }
    return null;
  }

  /**
   * The types a field of a label class can be annotated as, the usual one first; empty if it
   * cannot.
   */
  public static List<LabelType> ofFieldClass(String fieldClass) {
    List<LabelType> types = new ArrayList<>();
    for (LabelType type : values()) {
      if (fieldClass.equals(type.fieldClass)) {
        types.add(type);
      }
    }
    // A detection without a mask is the usual one, and so is a polyline that is filled.
    if (types.contains(DETECTION)) {
      return List.of(DETECTION, INSTANCE);
    }
    return types.contains(DETECTIONS) ? List.of(DETECTIONS, INSTANCES) : types;
  }
}
