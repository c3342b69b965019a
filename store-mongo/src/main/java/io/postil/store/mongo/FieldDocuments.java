package io.postil.store.mongo;

import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.FieldType;
import io.postil.core.label.LabelDocuments;
import io.postil.core.value.Document;
import io.postil.core.value.Values;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The declarations of fields as FiftyOne stores them ({@code sample_fields} and {@code
 * frame_fields}) and back. What a label class declares by itself is written out and left away when
 * reading; the rest of a declaration (description, info, the class of a type Postil does not know)
 * is among the extras. Stateless.
 */
final class FieldDocuments {
  private static final String FIELDS = "fiftyone.core.fields.";
  private static final String LABELS = "fiftyone.core.labels.";
  private static final String METADATA = "fiftyone.core.metadata.";
  private static final String GROUP = "fiftyone.core.groups.Group";
  private static final String DYNAMIC =
      "fiftyone.core.odm.embedded_document.DynamicEmbeddedDocument";

  /** Fields that every sample or frame has; Postil does not list them. */
  private static final Set<String> OF_SAMPLES =
      Set.of(
          "id",
          "filepath",
          "tags",
          "metadata",
          "created_at",
          "last_modified_at",
          "_media_type",
          "_rand",
          "_dataset_id");

  private static final Set<String> OF_FRAMES =
      Set.of("id", "frame_number", "created_at", "last_modified_at", "_sample_id", "_dataset_id");

  /** A property that a class declares: its name, its type, and the type of its elements. */
  private record Part(String name, String type, @Nullable String element) {}

  private static final Map<String, List<Part>> PARTS = new LinkedHashMap<>();
  private static final Map<String, String> LISTS =
      Map.of(
          "Classifications", "classifications",
          "Detections", "detections",
          "Polylines", "polylines",
          "Keypoints", "keypoints",
          "TemporalDetections", "detections");

  static {
    parts("Classification", "label:String", "confidence:Float", "logits:Vector");
    parts(
        "Detection",
        "attributes",
        "label:String",
        "bounding_box:List/Float",
        "mask:Array",
        "mask_path:String",
        "confidence:Float",
        "index:Int");
    parts(
        "Polyline",
        "attributes",
        "label:String",
        "points:PolylinePoints",
        "confidence:Float",
        "index:Int",
        "closed:Boolean",
        "filled:Boolean");
    parts(
        "Keypoint",
        "attributes",
        "label:String",
        "points:Keypoints",
        "confidence:List/Float",
        "index:Int");
    parts("Segmentation", "mask:Array", "mask_path:String");
    parts("Heatmap", "map:Array", "map_path:String", "range:HeatmapRange/Float");
    parts("Regression", "value:Float", "confidence:Float");
    parts("TemporalDetection", "label:String", "support:FrameSupport/Int", "confidence:Float");
    parts("GeoLocation", "point:GeoPoint", "line:GeoLineString", "polygon:GeoPolygon");
    parts(
        "GeoLocations",
        "points:GeoMultiPoint",
        "lines:GeoMultiLineString",
        "polygons:GeoMultiPolygon");
  }

  private FieldDocuments() {}

  private static void parts(String className, String... declared) {
    List<Part> parts = new ArrayList<>();
    parts.add(new Part("id", "ObjectIdField", null));
    parts.add(new Part("tags", "ListField", "StringField"));
    for (String text : declared) {
      String[] halves = text.split("[:/]", -1);
      parts.add(
          halves.length == 1
              ? new Part(halves[0], "DictField", null)
              : new Part(
                  halves[0], halves[1] + "Field", halves.length == 3 ? halves[2] + "Field" : null));
    }
    PARTS.put(className, parts);
  }

  // --- writing ----------------------------------------------------------------------------------

  /** The declaration of a field that a user declared. */
  static Document toDocument(FieldSpec spec, Instant created) {
    return toDocument(spec.name(), spec, created);
  }

  private static Document toDocument(String name, FieldSpec spec, @Nullable Instant created) {
    FieldSpec element = spec.element();
    FieldSpec holder = spec.type() == FieldType.LIST && element != null ? element : spec;
    String listName = LISTS.get(String.valueOf(spec.documentClass()));
    List<Document> inner = new ArrayList<>();
    if (spec.type() == FieldType.EMBEDDED && listName != null) {
      inner.add(labelList(spec, listName, created));
      if ("Classifications".equals(spec.documentClass())) {
        inner.add(part(new Part("logits", "VectorField", null), created));
      }
    } else {
      builtin(holder.documentClass()).forEach(p -> inner.add(part(p, created)));
    }
    for (FieldSpec declared : holder.fields()) {
      if (inner.stream().noneMatch(d -> declared.name().equals(d.getString("name")))) {
        inner.add(toDocument(declared.name(), declared, created));
      }
    }
    String subfield = element != null ? fieldClass(element) : subfield(spec);
    Document document =
        document(
            name,
            fieldClass(spec),
            holder.type() == FieldType.EMBEDDED ? documentClass(holder) : null,
            subfield,
            inner,
            created);
    Document.Builder out = document.toBuilder();
    spec.extras()
        .forEach(
            (key, value) -> {
              if (!key.equals("ftype") && !key.equals("embedded_doc_type")) {
                out.put(key, value);
              }
            });
    return out.build();
  }

  private static Document labelList(FieldSpec spec, String listName, @Nullable Instant created) {
    String className = String.valueOf(spec.documentClass());
    String single = className.substring(0, className.length() - 1);
    List<Document> inner = new ArrayList<>();
    builtin(single).forEach(p -> inner.add(part(p, null)));
    for (FieldSpec declared : spec.fields()) {
      if (declared.name().equals(listName)) {
        List<FieldSpec> dynamic = new ArrayList<>(declared.fields());
        if (declared.element() != null) {
          dynamic.addAll(declared.element().fields());
        }
        for (FieldSpec attribute : dynamic) {
          if (inner.stream().noneMatch(d -> attribute.name().equals(d.getString("name")))) {
            inner.add(toDocument(attribute.name(), attribute, created));
          }
        }
      }
    }
    return document(
        listName, "ListField", LABELS + single, "EmbeddedDocumentField", inner, created);
  }

  private static List<Part> builtin(@Nullable String className) {
    if (className == null) {
      return List.of();
    }
    return switch (className) {
      case "Group" ->
          List.of(new Part("id", "ObjectIdField", null), new Part("name", "StringField", null));
      case "Instance" -> List.of(new Part("id", "ObjectIdField", null));
      case "ImageMetadata", "Metadata" -> metadata("width", "height", "num_channels");
      case "VideoMetadata" ->
          metadata(
              "frame_width",
              "frame_height",
              "frame_rate",
              "total_frame_count",
              "duration",
              "encoding_str");
      default -> PARTS.getOrDefault(className, List.of());
    };
  }

  private static List<Part> metadata(String... names) {
    List<Part> parts = new ArrayList<>();
    parts.add(new Part("size_bytes", "IntField", null));
    parts.add(new Part("mime_type", "StringField", null));
    for (String name : names) {
      String type =
          switch (name) {
            case "frame_rate", "duration" -> "FloatField";
            case "encoding_str" -> "StringField";
            default -> "IntField";
          };
      parts.add(new Part(name, type, null));
    }
    return parts;
  }

  private static Document part(Part part, @Nullable Instant created) {
    boolean attributes = part.name().equals("attributes");
    return document(
        part.name(),
        part.type(),
        attributes ? LABELS + "Attribute" : null,
        attributes ? "EmbeddedDocumentField" : part.element(),
        List.of(),
        created);
  }

  private static Document document(
      String name,
      String type,
      @Nullable String documentClass,
      @Nullable String subfield,
      List<Document> fields,
      @Nullable Instant created) {
    return Document.builder()
        .put("name", name)
        .put("ftype", qualified(type))
        .put("embedded_doc_type", documentClass)
        .put("subfield", subfield == null ? null : qualified(subfield))
        .put("fields", Values.list(fields))
        .put("db_field", name.equals("id") ? "_id" : name)
        .put("description", null)
        .put("info", null)
        .put("read_only", false)
        .put("created_at", created)
        .build();
  }

  private static String qualified(String type) {
    return type.indexOf('.') >= 0 ? type : FIELDS + type;
  }

  private static String fieldClass(FieldSpec spec) {
    return spec.extras().getString("ftype", spec.type().fiftyOneClass());
  }

  private static @Nullable String subfield(FieldSpec spec) {
    return spec.type() == FieldType.FRAME_SUPPORT ? "IntField" : null;
  }

  private static String documentClass(FieldSpec spec) {
    String given = spec.extras().getString("embedded_doc_type");
    if (given != null) {
      return given;
    }
    String name = String.valueOf(spec.documentClass());
    return switch (name) {
      case "Group" -> GROUP;
      case "Metadata", "ImageMetadata", "VideoMetadata" -> METADATA + name;
      case "DynamicEmbeddedDocument" -> DYNAMIC;
      default -> LABELS + name;
    };
  }

  /** The declarations that every sample has, in FiftyOne's words. */
  static List<Document> defaultSampleFields(String metadataClass, Instant created) {
    List<Document> fields = new ArrayList<>();
    fields.add(part(new Part("id", "ObjectIdField", null), created));
    fields.add(part(new Part("filepath", "StringField", null), created));
    fields.add(part(new Part("tags", "ListField", "StringField"), created));
    fields.add(toDocument("metadata", FieldSpec.embedded("metadata", metadataClass), created));
    fields.add(
        part(new Part("created_at", "DateTimeField", null), created).with("read_only", true));
    fields.add(
        part(new Part("last_modified_at", "DateTimeField", null), created).with("read_only", true));
    fields.add(part(new Part("_media_type", "StringField", null), created));
    fields.add(part(new Part("_rand", "FloatField", null), created));
    fields.add(part(new Part("_dataset_id", "ObjectIdField", null), created));
    return fields;
  }

  /** The declarations that every frame has. */
  static List<Document> defaultFrameFields(Instant created) {
    List<Document> fields = new ArrayList<>();
    fields.add(part(new Part("id", "ObjectIdField", null), created));
    fields.add(part(new Part("frame_number", "FrameNumberField", null), created));
    fields.add(
        part(new Part("created_at", "DateTimeField", null), created).with("read_only", true));
    fields.add(
        part(new Part("last_modified_at", "DateTimeField", null), created).with("read_only", true));
    fields.add(part(new Part("_sample_id", "ObjectIdField", null), created));
    fields.add(part(new Part("_dataset_id", "ObjectIdField", null), created));
    return fields;
  }

  // --- reading ----------------------------------------------------------------------------------

  /** The declared fields of samples that users see. */
  static List<FieldSpec> sampleSpecs(Document dataset) {
    return specs(dataset.getList("sample_fields"), OF_SAMPLES);
  }

  /** The declared fields of frames that users see. */
  static List<FieldSpec> frameSpecs(Document dataset) {
    return specs(dataset.getList("frame_fields"), OF_FRAMES);
  }

  private static List<FieldSpec> specs(List<@Nullable Object> documents, Set<String> hidden) {
    List<FieldSpec> specs = new ArrayList<>();
    for (Object element : documents) {
      if (element instanceof Document d && !hidden.contains(d.getString("name", ""))) {
        specs.add(spec(d));
      }
    }
    return specs;
  }

  private static FieldSpec spec(Document document) {
    String ftype = document.getString("ftype", "");
    FieldType type = FieldType.ofFiftyOneClass(ftype);
    String documentClass = simple(document.getString("embedded_doc_type"));
    List<FieldSpec> inner = dynamic(document, documentClass);
    Document.Builder extras = Document.builder();
    if (type == FieldType.OTHER && !simple(ftype).equals("Field")) {
      extras.put("ftype", ftype);
    }
    for (String name : List.of("description", "info")) {
      extras.putIfPresent(name, document.get(name));
    }
    if (document.getBoolean("read_only", false)) {
      extras.put("read_only", true);
    }
    String name = document.getString("name", "");
    if (type == FieldType.EMBEDDED) {
      keepClass(extras, document);
      return new FieldSpec(name, type, documentClass, null, inner, extras.build());
    }
    FieldSpec element = null;
    String subfield = document.getString("subfield");
    if (type == FieldType.LIST && subfield != null) {
      FieldType elementType = FieldType.ofFiftyOneClass(subfield);
      Document elementExtras =
          elementType == FieldType.OTHER ? Document.of("ftype", subfield) : Document.empty();
      element =
          new FieldSpec(
              "",
              elementType,
              elementType == FieldType.EMBEDDED ? documentClass : null,
              null,
              elementType == FieldType.EMBEDDED ? inner : List.of(),
              elementExtras);
      inner = elementType == FieldType.EMBEDDED ? List.of() : inner;
    }
    return new FieldSpec(name, type, null, element, inner, extras.build());
  }

  /** Keeps the full name of a class from a package we would not guess. */
  private static void keepClass(Document.Builder extras, Document document) {
    String full = document.getString("embedded_doc_type");
    if (full != null && !full.equals(documentClass(FieldSpec.embedded("", simple(full))))) {
      extras.put("embedded_doc_type", full);
    }
  }

  /** Declared properties beyond those the class has by itself. */
  private static List<FieldSpec> dynamic(Document document, @Nullable String documentClass) {
    List<FieldSpec> specs = new ArrayList<>();
    String listName = documentClass == null ? null : LISTS.get(documentClass);
    List<Part> builtin = builtin(documentClass);
    for (Object element : document.getList("fields")) {
      if (!(element instanceof Document inner)) {
        continue;
      }
      String name = inner.getString("name", "");
      if (name.equals(listName)) {
        FieldSpec list = spec(inner);
        if (list.element() != null && !list.element().fields().isEmpty()) {
          specs.add(list);
        }
      } else if (builtin.stream().noneMatch(p -> p.name().equals(name))
          && !(listName != null && name.equals("logits"))) {
        specs.add(spec(inner));
      }
    }
    return specs;
  }

  private static String simple(@Nullable String name) {
    return name == null ? "" : name.substring(name.lastIndexOf('.') + 1);
  }

  /** Whether the values of a field are labels of ours when read. */
  static boolean holdsLabels(FieldSpec spec) {
    return spec.type() == FieldType.EMBEDDED
        && (LabelDocuments.isLabelClass(spec.documentClass())
            || !isPlainDocument(String.valueOf(spec.documentClass())));
  }

  private static boolean isPlainDocument(String documentClass) {
    return documentClass.equals("Group")
        || documentClass.endsWith("Metadata")
        || documentClass.equals("DynamicEmbeddedDocument");
  }
}
