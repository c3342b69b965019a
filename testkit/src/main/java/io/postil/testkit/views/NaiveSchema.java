package io.postil.testkit.views;

import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.FieldType;
import io.postil.core.dataset.MediaType;
import io.postil.core.value.Document;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The fields that a view shows so far. Immutable. */
record NaiveSchema(
    Map<String, FieldSpec> fields, Map<String, FieldSpec> frameFields, boolean video) {
  private static final Set<String> SCALARS =
      Set.of(
          "id",
          "_id",
          "filepath",
          "created_at",
          "last_modified_at",
          "_rand",
          "frame_number",
          "sample_id",
          "_sample_id");

  private static final Map<String, String> LABELS_OF =
      Map.of(
          "Detections", "detections",
          "TemporalDetections", "detections",
          "Classifications", "classifications",
          "Polylines", "polylines",
          "Keypoints", "keypoints");

  /** What labels and metadata declare themselves; lists are marked. */
  private static final Map<String, Set<String>> DECLARED =
      Map.ofEntries(
          Map.entry("Classification", Set.of("label", "confidence", "logits")),
          Map.entry(
              "Detection",
              Set.of(
                  "label",
                  "confidence",
                  "attributes",
                  "index",
                  "bounding_box[]",
                  "mask",
                  "mask_path")),
          Map.entry(
              "Polyline",
              Set.of("label", "confidence", "attributes", "index", "points[]", "closed", "filled")),
          Map.entry("Keypoint", Set.of("label", "confidence[]", "attributes", "index", "points[]")),
          Map.entry("TemporalDetection", Set.of("label", "confidence", "support[]")),
          Map.entry("Segmentation", Set.of("mask", "mask_path")),
          Map.entry("Heatmap", Set.of("map", "map_path", "range[]")),
          Map.entry("Regression", Set.of("value", "confidence")),
          Map.entry(
              "ImageMetadata",
              Set.of("width", "height", "size_bytes", "mime_type", "num_channels")));

  static NaiveSchema of(DatasetInfo info) {
    Map<String, FieldSpec> fields = new LinkedHashMap<>();
    Map<String, FieldSpec> frameFields = new LinkedHashMap<>();
    info.sampleFields().forEach(f -> fields.put(f.name(), f));
    if (info.group() != null) {
      // It belongs to the sample as its id does.
      fields.remove(info.group().field());
    }
    info.frameFields().forEach(f -> frameFields.put(f.name(), f));
    return new NaiveSchema(fields, frameFields, info.mediaType() == MediaType.VIDEO);
  }

  static boolean isFrame(String path) {
    return path.startsWith(DatasetInfo.FRAMES);
  }

  /** A path without what leads to the frame. */
  static String inFrame(String path) {
    return isFrame(path) ? path.substring(DatasetInfo.FRAMES.length()) : path;
  }

  /** The list of labels that a class holds; null for the class of a single label. */
  static @Nullable String listOf(@Nullable String className) {
    return className == null ? null : LABELS_OF.get(className);
  }

  static boolean isDeclaredBy(@Nullable String className, String property) {
    if (className == null) {
      return false;
    }
    if (property.equals(LABELS_OF.get(className))
        || Set.of("id", "_id", "tags").contains(property)) {
      return true;
    }
    Set<String> declared = DECLARED.getOrDefault(className, Set.of());
    return declared.contains(property) || declared.contains(property + "[]");
  }

  /** The declaration of a path; null if there is none. */
  @Nullable FieldSpec find(String path) {
    if (isFrame(path) && !video) {
      return null;
    }
    List<String> names = PlainValues.names(inFrame(path));
    FieldSpec field = top(names.get(0), isFrame(path));
    for (String name : names.subList(1, names.size())) {
      field = field == null ? null : property(field, name);
    }
    return field;
  }

  private @Nullable FieldSpec top(String name, boolean frame) {
    FieldSpec field = (frame ? frameFields : fields).get(name);
    if (field != null) {
      return field;
    }
    if (name.equals("tags") && !frame) {
      return FieldSpec.listOf(name, FieldType.STRING);
    }
    if (name.equals("metadata") && !frame) {
      return FieldSpec.embedded(name, "ImageMetadata");
    }
    if (name.equals("frames") && video && !frame) {
      return FieldSpec.listOf(name, FieldType.EMBEDDED);
    }
    return SCALARS.contains(name) ? FieldSpec.of(name, FieldType.OTHER) : null;
  }

  private static @Nullable FieldSpec property(FieldSpec holder, String name) {
    FieldSpec one = holder.element() == null ? holder : holder.element();
    String className = one.documentClass();
    String labels = listOf(className);
    if (className != null && name.equals(labels)) {
      FieldSpec element = FieldSpec.embedded("", className.substring(0, className.length() - 1));
      return new FieldSpec(name, FieldType.LIST, null, element, List.of(), Document.empty());
    }
    if (className != null && isDeclaredBy(className, name)) {
      boolean list =
          name.equals("tags") || DECLARED.getOrDefault(className, Set.of()).contains(name + "[]");
      return list ? FieldSpec.listOf(name, FieldType.FLOAT) : FieldSpec.of(name, FieldType.OTHER);
    }
    for (FieldSpec declared : one.fields()) {
      if (declared.name().equals(name)) {
        return declared;
      }
    }
    return null;
  }

  /** Whether the first name of a path is known. */
  boolean isKnown(String path) {
    String plain = path.replace("[]", "");
    String first = PlainValues.names(inFrame(plain)).get(0);
    return find(isFrame(plain) ? DatasetInfo.FRAMES + first : first) != null;
  }

  boolean isList(String path) {
    FieldSpec field = find(path);
    return field != null && field.type() == FieldType.LIST;
  }

  boolean isDefault(String path) {
    return isFrame(path)
        ? Set.of("id", "frame_number", "created_at", "last_modified_at").contains(inFrame(path))
        : Set.of("id", "filepath", "tags", "metadata", "created_at", "last_modified_at")
            .contains(path);
  }

  NaiveSchema requireKnown(String path) {
    if (!isKnown(path)) {
      throw new NaiveError("unknown field " + path);
    }
    return this;
  }

  /** The label field of a name. */
  NaiveLabels labels(String name) {
    FieldSpec field = find(name);
    if (field == null || !field.isLabel()) {
      throw new NaiveError("no label field " + name);
    }
    return new NaiveLabels(name, String.valueOf(field.documentClass()));
  }

  /** All label fields. */
  List<NaiveLabels> labels() {
    List<NaiveLabels> all = new java.util.ArrayList<>();
    fields.values().stream().filter(FieldSpec::isLabel).forEach(f -> all.add(labels(f.name())));
    if (video) {
      frameFields.values().stream()
          .filter(FieldSpec::isLabel)
          .forEach(f -> all.add(labels(DatasetInfo.FRAMES + f.name())));
    }
    return all;
  }

  /** With other fields, and without frames. */
  NaiveSchema ofImages(List<FieldSpec> shown) {
    Map<String, FieldSpec> only = new LinkedHashMap<>();
    shown.forEach(f -> only.put(f.name(), f));
    return new NaiveSchema(only, Map.of(), false);
  }

  /** Without some fields; those of frames by their names with {@code frames.}. */
  NaiveSchema without(Set<String> names) {
    Map<String, FieldSpec> left = new LinkedHashMap<>(fields);
    Map<String, FieldSpec> leftInFrames = new LinkedHashMap<>(frameFields);
    left.keySet().removeAll(names);
    leftInFrames.keySet().removeIf(f -> names.contains(DatasetInfo.FRAMES + f));
    return new NaiveSchema(left, leftInFrames, video);
  }
}
