package io.postil.core.query;

import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.FieldType;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The properties that samples, frames, metadata and labels of each class have by themselves. */
final class BuiltinFields {
  private static final Map<String, Map<String, FieldSpec>> CLASSES = new LinkedHashMap<>();

  static {
    declare(
        "Classification",
        label().with("confidence", FieldType.FLOAT).with("logits", FieldType.VECTOR));
    declare(
        "Detection",
        label()
            .with("attributes", FieldType.DICT)
            .with("index", FieldType.INT)
            .with("confidence", FieldType.FLOAT)
            .list("bounding_box", FieldType.FLOAT)
            .with("mask", FieldType.ARRAY)
            .with("mask_path", FieldType.STRING));
    declare(
        "Polyline",
        label()
            .with("attributes", FieldType.DICT)
            .with("index", FieldType.INT)
            .with("confidence", FieldType.FLOAT)
            .list("points", FieldType.LIST)
            .with("closed", FieldType.BOOLEAN)
            .with("filled", FieldType.BOOLEAN));
    declare(
        "Keypoint",
        label()
            .with("attributes", FieldType.DICT)
            .with("index", FieldType.INT)
            .list("confidence", FieldType.FLOAT)
            .list("points", FieldType.LIST));
    declare(
        "TemporalDetection",
        label().list("support", FieldType.INT).with("confidence", FieldType.FLOAT));
    declare("Segmentation", id().with("mask", FieldType.ARRAY).with("mask_path", FieldType.STRING));
    declare(
        "Heatmap",
        id().with("map", FieldType.ARRAY)
            .with("map_path", FieldType.STRING)
            .list("range", FieldType.FLOAT));
    declare("Regression", id().with("value", FieldType.FLOAT).with("confidence", FieldType.FLOAT));
    declare("GeoLocation", id());
    declare("GeoLocations", id());
    declare(
        "Classifications",
        new Fields().labels("classifications", "Classification").with("logits", FieldType.VECTOR));
    declare("Detections", new Fields().labels("detections", "Detection"));
    declare("Polylines", new Fields().labels("polylines", "Polyline"));
    declare("Keypoints", new Fields().labels("keypoints", "Keypoint"));
    declare("TemporalDetections", new Fields().labels("detections", "TemporalDetection"));
    declare(
        "Instance", new Fields().with("id", FieldType.OBJECT_ID).with("_id", FieldType.OBJECT_ID));
    declare(
        "Group",
        new Fields()
            .with("id", FieldType.OBJECT_ID)
            .with("_id", FieldType.OBJECT_ID)
            .with("name", FieldType.STRING));
    declare(
        "Metadata",
        new Fields()
            .with("size_bytes", FieldType.INT)
            .with("mime_type", FieldType.STRING)
            .with("width", FieldType.INT)
            .with("height", FieldType.INT)
            .with("num_channels", FieldType.INT)
            .with("frame_width", FieldType.INT)
            .with("frame_height", FieldType.INT)
            .with("frame_rate", FieldType.FLOAT)
            .with("total_frame_count", FieldType.INT)
            .with("duration", FieldType.FLOAT)
            .with("encoding_str", FieldType.STRING));
  }

  private BuiltinFields() {}

  private static final class Fields {
    private final Map<String, FieldSpec> fields = new LinkedHashMap<>();

    Fields with(String name, FieldType type) {
      fields.put(name, FieldSpec.of(name, type));
      return this;
    }

    Fields list(String name, FieldType element) {
      fields.put(name, FieldSpec.listOf(name, element));
      return this;
    }

    Fields labels(String name, String className) {
      FieldSpec list =
          new FieldSpec(
              name,
              FieldType.LIST,
              null,
              FieldSpec.embedded("", className),
              java.util.List.of(),
              io.postil.core.value.Document.empty());
      fields.put(name, list);
      return this;
    }

    Fields embedded(String name, String className) {
      fields.put(name, FieldSpec.embedded(name, className));
      return this;
    }
  }

  private static Fields id() {
    return new Fields()
        .with("id", FieldType.OBJECT_ID)
        .with("_id", FieldType.OBJECT_ID)
        .list("tags", FieldType.STRING)
        .embedded("instance", "Instance");
  }

  private static Fields label() {
    return id().with("label", FieldType.STRING);
  }

  private static void declare(String className, Fields fields) {
    CLASSES.put(className, fields.fields);
  }

  /** The property of a field of documents, or of lists of documents; null if none is known. */
  static @Nullable FieldSpec property(FieldSpec field, String name) {
    FieldSpec holder = field.held();
    String className = holder.documentClass() == null ? "" : holder.documentClass();
    Map<String, FieldSpec> known =
        CLASSES.getOrDefault(className.endsWith("Metadata") ? "Metadata" : className, Map.of());
    FieldSpec builtin = known.get(name);
    if (builtin != null) {
      for (FieldSpec declared : holder.fields()) {
        if (declared.name().equals(name) && !declared.fields().isEmpty()) {
          return declared;
        }
      }
      return withDeclared(builtin, holder);
    }
    for (FieldSpec declared : field.fields()) {
      if (declared.name().equals(name)) {
        return declared;
      }
    }
    for (FieldSpec declared : holder.fields()) {
      if (declared.name().equals(name)) {
        return declared;
      }
    }
    return null;
  }

  private static FieldSpec withDeclared(FieldSpec builtin, FieldSpec holder) {
    for (FieldSpec declared : holder.fields()) {
      if (declared.name().equals(builtin.name()) && declared.element() != null) {
        return declared;
      }
    }
    return builtin;
  }

  /** Whether a class declares a property itself. */
  static boolean isDeclared(@Nullable String className, String name) {
    return className != null && CLASSES.getOrDefault(className, Map.of()).containsKey(name);
  }

  /** The properties a class declares itself. */
  static java.util.Collection<FieldSpec> of(@Nullable String className) {
    return className == null
        ? java.util.List.of()
        : CLASSES.getOrDefault(className, Map.of()).values();
  }

  /** A field that samples or frames have by themselves; null if there is none of that name. */
  static @Nullable FieldSpec ofSample(String name, boolean frame, ViewSchema.Kind kind) {
    return switch (name) {
      case "id", "_id", "_sample_id", "sample_id", "_dataset_id", "dataset_id", "_frame_id" ->
          FieldSpec.of(name, FieldType.OBJECT_ID);
      case "filepath", "_media_type" -> FieldSpec.of(name, FieldType.STRING);
      case "tags" -> FieldSpec.listOf(name, FieldType.STRING);
      case "metadata" -> FieldSpec.embedded(name, "Metadata");
      case "created_at", "last_modified_at" -> FieldSpec.of(name, FieldType.DATETIME);
      case "frame_number" ->
          frame || kind != ViewSchema.Kind.SAMPLES
              ? FieldSpec.of(name, FieldType.FRAME_NUMBER)
              : null;
      case "_rand" -> FieldSpec.of(name, FieldType.FLOAT);
      default -> null;
    };
  }
}
