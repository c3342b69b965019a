package io.postil.backends.cvat;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException.Problem;
import io.postil.core.annotation.AnswerKind;
import io.postil.core.annotation.AttributeSchema;
import io.postil.core.annotation.FieldSchema;
import io.postil.core.annotation.LabelSchema;
import io.postil.core.value.Document;
import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The CVAT labels that a schema needs. A class that two fields have is a label for each, named
 * {@code class_field}. Immutable.
 */
final class Catalogue {
  /** The attribute with our id of a label. */
  static final String LABEL_ID = "label_id";

  /** The attribute with the value of a scalar field that has no classes. */
  static final String VALUE = "value";

  static final String OCCLUDED = "occluded";
  static final String GROUP_ID = "group_id";
  private static final int MAX_NAME = 64;
  private static final int MAX_VALUES = 4096;

  /** An attribute to be made. */
  record WantedAttribute(
      String name, String inputType, boolean mutable, List<String> values, String defaultValue) {
    Document toJson() {
      return Document.builder()
          .put("name", name)
          .put("input_type", inputType)
          .put("mutable", mutable)
          .put("values", Values.list(values))
          .put("default_value", defaultValue)
          .build();
    }
  }

  /**
   * A label to be made.
   *
   * @param name its name in CVAT
   * @param field the field
   * @param className the class; null for a scalar field without classes
   * @param attributes its attributes
   */
  record Wanted(
      String name,
      FieldSchema field,
      @Nullable String className,
      List<WantedAttribute> attributes) {
    Document toJson() {
      boolean tag = field.kind() == AnswerKind.CLASSIFICATIONS || field.kind() == AnswerKind.SCALAR;
      return Document.builder()
          .put("name", name)
          .put("type", tag ? "tag" : "any")
          .put("attributes", Values.list(attributes.stream().map(WantedAttribute::toJson).toList()))
          .build();
    }
  }

  private final List<Wanted> labels;

  private Catalogue(List<Wanted> labels) {
    this.labels = List.copyOf(labels);
  }

  static Catalogue of(LabelSchema schema, CvatOptions options) {
    Map<String, Set<String>> users = new HashMap<>();
    for (FieldSchema field : schema.fields()) {
      names(field).forEach(n -> users.computeIfAbsent(n, x -> new HashSet<>()).add(field.field()));
    }
    List<Wanted> labels = new ArrayList<>();
    for (FieldSchema field : schema.fields()) {
      if (field.type() == null) {
        continue;
      }
      for (String name : new ArrayList<>(new LinkedHashSet<>(names(field)))) {
        boolean shared = users.getOrDefault(name, Set.of()).size() > 1;
        boolean valueOnly = field.kind() == AnswerKind.SCALAR && field.classNames().isEmpty();
        labels.add(
            new Wanted(
                shared ? name + "_" + field.plainName() : name,
                field,
                valueOnly ? null : name,
                attributes(field, name, options)));
      }
    }
    return new Catalogue(labels);
  }

  private static List<String> names(FieldSchema field) {
    if (field.kind() == AnswerKind.SEGMENTATION) {
      return SegmentationMasks.names(field);
    }
    return field.kind() == AnswerKind.SCALAR && field.classNames().isEmpty()
        ? List.of(field.plainName())
        : field.classNames();
  }

  private static List<WantedAttribute> attributes(
      FieldSchema field, String className, CvatOptions options) {
    List<WantedAttribute> wanted = new ArrayList<>();
    if (field.kind() == AnswerKind.SCALAR) {
      if (field.classNames().isEmpty()) {
        wanted.add(new WantedAttribute(VALUE, "text", true, List.of(), ""));
      }
      return wanted;
    }
    for (AttributeSchema attribute : field.attributesOf(className)) {
      if (flagOf(attribute, field, options) == Flag.NONE) {
        wanted.add(wanted(attribute));
      }
    }
    if (field.existing()) {
      wanted.add(new WantedAttribute(LABEL_ID, "text", false, List.of(), ""));
    }
    return wanted;
  }

  /** What CVAT has for an attribute besides attributes. */
  enum Flag {
    NONE,
    OCCLUDED,
    GROUP,
    ROTATION
  }

  static Flag flagOf(AttributeSchema attribute, FieldSchema field, CvatOptions options) {
    String type = attribute.type();
    String name = attribute.name();
    if (type.equals(OCCLUDED) || name.equals(options.text("occluded_attr"))) {
      return Flag.OCCLUDED;
    }
    if (type.equals(GROUP_ID) || name.equals(options.text("group_id_attr"))) {
      return Flag.GROUP;
    }
    boolean turns = field.kind() == AnswerKind.DETECTIONS && name.equals(Boxes.ROTATION);
    return turns || type.equals(Boxes.ROTATION) ? Flag.ROTATION : Flag.NONE;
  }

  private static WantedAttribute wanted(AttributeSchema attribute) {
    List<String> values = new ArrayList<>();
    attribute.values().forEach(v -> values.add(AttributeValues.encode(v)));
    String type = attribute.type();
    switch (type) {
      case "checkbox" -> {
        values.clear();
        values.addAll(List.of("true", "false"));
      }
      case "number" -> {
        if (values.size() < 2) {
          type = "text";
          values.clear();
        } else if (values.size() == 2) {
          values.add("1");
        }
      }
      case "text" -> values.clear();
      default -> {}
    }
    Object start = attribute.defaultValue();
    String defaultValue =
        start != null ? AttributeValues.encode(start) : type.equals("checkbox") ? "false" : "";
    return new WantedAttribute(attribute.name(), type, attribute.isMutable(), values, defaultValue);
  }

  List<Wanted> labels() {
    return labels;
  }

  List<Document> toJson() {
    return labels.stream().map(Wanted::toJson).toList();
  }

  /** What the server would refuse. */
  List<Problem> problems() {
    Set<Problem> problems = new LinkedHashSet<>();
    Set<String> names = new HashSet<>();
    for (Wanted label : labels) {
      String field = "the field '" + label.field().field() + "'";
      if (label.name().isBlank()) {
        problems.add(invalid(field + " has a class without a name", "Give it a name."));
      } else if (label.name().length() > MAX_NAME) {
        problems.add(
            invalid(
                field
                    + " has the class '"
                    + label.name()
                    + "' of "
                    + label.name().length()
                    + " characters; CVAT takes "
                    + MAX_NAME,
                "Map it to a shorter name, or leave it out of the classes."));
      } else if (!names.add(label.name())) {
        problems.add(
            invalid(
                "two classes would both be the CVAT label '" + label.name() + "'",
                "Rename one of them."));
      }
      for (WantedAttribute attribute : label.attributes()) {
        int length = attribute.values().stream().mapToInt(v -> v.length() + 1).sum();
        if (attribute.name().length() > MAX_NAME) {
          problems.add(
              invalid(
                  field
                      + " has the attribute '"
                      + attribute.name()
                      + "', which is longer than the "
                      + MAX_NAME
                      + " characters CVAT takes",
                  "Shorten it."));
        } else if (length > MAX_VALUES) {
          problems.add(
              invalid(
                  field
                      + " has the attribute '"
                      + attribute.name()
                      + "' with more values than CVAT"
                      + " takes ("
                      + MAX_VALUES
                      + " characters)",
                  "Make it a text attribute, or give fewer values."));
        }
      }
    }
    return List.copyOf(problems);
  }

  private static Problem invalid(String message, String remedy) {
    return new Problem(ErrorCode.INVALID_SCHEMA, message, remedy);
  }
}
