package io.postil.server;

import io.postil.core.annotation.AttributeSchema;
import io.postil.core.annotation.ClassSchema;
import io.postil.core.annotation.LabelSchema;
import io.postil.core.annotation.LabelType;
import io.postil.core.annotation.Restriction;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldType;
import io.postil.core.value.Document;
import io.postil.core.value.Values;
import io.postil.engine.annotation.AnnotationRequest;
import io.postil.server.AnnotationService.Attribute;
import io.postil.server.AnnotationService.ClassSpec;
import io.postil.server.AnnotationService.FieldRequest;
import io.postil.server.AnnotationService.FieldSchema;
import io.postil.server.AnnotationService.Request;
import io.postil.server.AnnotationService.Restrictions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/** The App's requests and schemas as the engine's, and back. Stateless. */
final class SchemaMapping {
  private SchemaMapping() {}

  static AnnotationRequest request(Request request) {
    AnnotationRequest asked = new AnnotationRequest(request.parameters());
    if (request.backend() != null) {
      asked = asked.backend(request.backend());
    }
    if (request.fields().isEmpty()) {
      return asked;
    }
    Document.Builder schema = Document.builder();
    request.fields().forEach(field -> schema.put(field.field(), spec(field)));
    return asked.with("label_schema", schema.build());
  }

  private static Document spec(FieldRequest field) {
    Document.Builder spec = Document.builder();
    spec.putIfPresent("type", field.type());
    List<String> classes = field.classes();
    if (classes != null) {
      spec.put("classes", Values.list(classes));
    }
    Map<String, String> targets = field.maskTargets();
    if (targets != null) {
      spec.put("mask_targets", Document.of(targets));
    }
    List<Attribute> attributes = field.attributes();
    if (attributes != null) {
      spec.put("attributes", attributes.isEmpty() ? false : attributes(attributes));
    }
    flags(
        field.restrictions(),
        (restriction, allowed) -> {
          if (!allowed) {
            spec.put(restriction.id(), false);
          }
        });
    return spec.build();
  }

  private static Document attributes(List<Attribute> attributes) {
    Document.Builder out = Document.builder();
    for (Attribute attribute : attributes) {
      Document.Builder spec = Document.builder().put("type", attribute.type());
      if (!attribute.values().isEmpty()) {
        spec.put("values", Values.list(attribute.values()));
      }
      spec.putIfPresent("default", attribute.defaultValue());
      if (attribute.readOnly()) {
        spec.put("read_only", true);
      }
      if (!attribute.mutable()) {
        spec.put("mutable", false);
      }
      out.put(attribute.name(), spec.build());
    }
    return out.build();
  }

  private static void flags(Restrictions restrictions, BiConsumer<Restriction, Boolean> action) {
    action.accept(Restriction.ADDITIONS, restrictions.additions());
    action.accept(Restriction.DELETIONS, restrictions.deletions());
    action.accept(Restriction.LABEL_EDITS, restrictions.labelEdits());
    action.accept(Restriction.INDEX_EDITS, restrictions.indexEdits());
    action.accept(Restriction.SPATIAL_EDITS, restrictions.spatialEdits());
  }

  /**
   * How the fields of a run are annotated.
   *
   * @param types the types of the scalar fields that the dataset has
   */
  static List<FieldSchema> fields(LabelSchema schema, Map<String, FieldType> types) {
    List<FieldSchema> fields = new ArrayList<>();
    for (io.postil.core.annotation.FieldSchema field : schema.fields()) {
      LabelType type = field.type();
      if (type != null) {
        fields.add(
            new FieldSchema(
                field.field(),
                type.id(),
                field.existing(),
                types.containsKey(field.field()) ? types.get(field.field()).id() : null,
                classes(field),
                field.attributes().stream().map(SchemaMapping::attribute).toList(),
                targets(field),
                new Restrictions(
                    field.allows(Restriction.ADDITIONS),
                    field.allows(Restriction.DELETIONS),
                    field.allows(Restriction.LABEL_EDITS),
                    field.allows(Restriction.INDEX_EDITS),
                    field.allows(Restriction.SPATIAL_EDITS))));
      }
    }
    return fields;
  }

  private static Map<String, String> targets(io.postil.core.annotation.FieldSchema field) {
    Map<String, String> targets = field.maskTargets();
    return targets == null ? Map.of() : targets;
  }

  /** The types of the scalar fields of a run that the dataset has. */
  static Map<String, FieldType> scalarTypes(LabelSchema schema, DatasetInfo info) {
    Map<String, FieldType> types = new LinkedHashMap<>();
    for (io.postil.core.annotation.FieldSchema field : schema.fields()) {
      if (field.type() == LabelType.SCALAR) {
        info.field(field.field()).ifPresent(spec -> types.put(field.field(), spec.type()));
      }
    }
    return types;
  }

  /** Each class once, with the attributes of all groups it is in. */
  private static List<ClassSpec> classes(io.postil.core.annotation.FieldSchema field) {
    Map<String, List<Attribute>> byName = new LinkedHashMap<>();
    for (ClassSchema group : field.classes()) {
      for (String name : group.classes()) {
        List<Attribute> attributes = byName.computeIfAbsent(name, n -> new ArrayList<>());
        group.attributes().forEach(a -> attributes.add(attribute(a)));
      }
    }
    List<ClassSpec> classes = new ArrayList<>();
    byName.forEach((name, attributes) -> classes.add(new ClassSpec(name, attributes)));
    return classes;
  }

  private static Attribute attribute(AttributeSchema attribute) {
    return new Attribute(
        attribute.name(),
        attribute.type(),
        attribute.values(),
        attribute.defaultValue(),
        attribute.isReadOnly(),
        attribute.isMutable());
  }
}
