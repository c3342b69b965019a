package io.postil.backends.cvat;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException.Problem;
import io.postil.core.annotation.AnswerKind;
import io.postil.core.annotation.FieldSchema;
import io.postil.core.annotation.LabelSchema;
import io.postil.core.annotation.LabelType;
import io.postil.core.value.Document;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which label of a server stands for which class of which field, with its attributes. */
final class LabelIndex {
  private static final Pattern NODE = Pattern.compile("<[^>]*data-node-id=\"(\\d+)\"[^>]*>");
  private static final Pattern LABEL = Pattern.compile("data-label-id=\"(\\d+)\"");

  /** An attribute on the server. */
  record ServerAttribute(
      int id, String name, String inputType, boolean mutable, String defaultValue) {}

  /**
   * A label on the server.
   *
   * @param elements of a skeleton the labels of its points, in their order
   */
  record ServerLabel(
      int id,
      String name,
      String type,
      Map<String, ServerAttribute> attributes,
      List<Integer> elements) {}

  /** A class of a field; the class is null for a scalar field without classes. */
  record Meaning(FieldSchema field, @Nullable String className) {}

  private final LabelSchema schema;
  private final Map<Integer, ServerLabel> byId = new LinkedHashMap<>();
  private final Map<String, ServerLabel> byMeaning = new HashMap<>();
  private final Map<Integer, List<Meaning>> meanings = new HashMap<>();
  private final List<Problem> problems = new ArrayList<>();

  private LabelIndex(LabelSchema schema) {
    this.schema = schema;
  }

  /**
   * Finds the labels of a catalogue among those of a server.
   *
   * @param project the project they are of, if it was there before the run; its labels may have
   *     plain names where two fields share a class
   */
  static LabelIndex of(
      LabelSchema schema,
      Catalogue catalogue,
      List<Document> serverLabels,
      @Nullable String project) {
    LabelIndex index = new LabelIndex(schema);
    Map<String, ServerLabel> byName = new HashMap<>();
    for (Document json : serverLabels) {
      ServerLabel label = read(json);
      index.byId.put(label.id(), label);
      byName.put(label.name(), label);
    }
    List<String> missing = new ArrayList<>();
    for (Catalogue.Wanted wanted : catalogue.labels()) {
      ServerLabel label = byName.get(wanted.name());
      if (label == null && project != null && wanted.className() != null) {
        label = byName.get(wanted.className());
      }
      if (label == null) {
        missing.add(wanted.name());
        continue;
      }
      index.add(wanted, label, project);
    }
    if (!missing.isEmpty()) {
      index.problems.add(
          new Problem(
              ErrorCode.INVALID_SCHEMA,
              (project == null ? "CVAT" : "the CVAT project '" + project + "'")
                  + " has no labels "
                  + String.join(", ", missing),
              "Add them to the project, or annotate only classes that it has: "
                  + String.join(", ", new TreeSet<>(byName.keySet()))
                  + "."));
    }
    return index;
  }

  private void add(Catalogue.Wanted wanted, ServerLabel label, @Nullable String project) {
    for (Catalogue.WantedAttribute attribute : wanted.attributes()) {
      boolean needed = !attribute.name().equals(Catalogue.LABEL_ID);
      if (needed && !label.attributes().containsKey(attribute.name())) {
        problems.add(
            new Problem(
                ErrorCode.INVALID_SCHEMA,
                "the label '"
                    + label.name()
                    + "' of the CVAT project '"
                    + project
                    + "' has no attribute '"
                    + attribute.name()
                    + "'",
                "Add it in CVAT, or leave it out of the attributes."));
      }
    }
    Meaning meaning = new Meaning(wanted.field(), wanted.className());
    byMeaning.put(key(meaning.field(), meaning.className()), label);
    meanings.computeIfAbsent(label.id(), i -> new ArrayList<>()).add(meaning);
  }

  private static String key(FieldSchema field, @Nullable String className) {
    return field.field() + "\0" + className;
  }

  private static ServerLabel read(Document json) {
    Map<String, ServerAttribute> attributes = new LinkedHashMap<>();
    for (Object entry : json.getList("attributes")) {
      if (entry instanceof Document a) {
        String name = a.getString("name", "");
        attributes.put(
            name,
            new ServerAttribute(
                (int) a.getLong("id", 0),
                name,
                a.getString("input_type", "text"),
                a.getBoolean("mutable", false),
                a.getString("default_value", "")));
      }
    }
    List<Integer> elements = new ArrayList<>();
    for (Object entry : json.getList("sublabels")) {
      if (entry instanceof Document sublabel) {
        elements.add((int) sublabel.getLong("id", 0));
      }
    }
    return new ServerLabel(
        (int) json.getLong("id", 0),
        json.getString("name", ""),
        json.getString("type", "any"),
        attributes,
        ordered(elements, json.getString("svg", "")));
  }

  /** The points of a skeleton in the order of their nodes in its drawing. */
  private static List<Integer> ordered(List<Integer> elements, String svg) {
    Map<Integer, Integer> byNode = new java.util.TreeMap<>();
    Matcher node = NODE.matcher(svg);
    while (node.find()) {
      Matcher label = LABEL.matcher(node.group());
      if (label.find()) {
        byNode.put(Integer.valueOf(node.group(1)), Integer.valueOf(label.group(1)));
      }
    }
    List<Integer> inOrder = new ArrayList<>(byNode.values());
    return inOrder.size() == elements.size() && inOrder.containsAll(elements) ? inOrder : elements;
  }

  /** What does not fit. */
  List<Problem> problems() {
    return problems;
  }

  /** Labels that should have an attribute with our id and do not. */
  List<ServerLabel> withoutLabelId(Catalogue catalogue) {
    List<ServerLabel> found = new ArrayList<>();
    for (Catalogue.Wanted wanted : catalogue.labels()) {
      ServerLabel label = byMeaning.get(key(wanted.field(), wanted.className()));
      boolean wants =
          wanted.attributes().stream().anyMatch(a -> a.name().equals(Catalogue.LABEL_ID));
      if (label != null
          && wants
          && !label.attributes().containsKey(Catalogue.LABEL_ID)
          && !found.contains(label)) {
        found.add(label);
      }
    }
    return found;
  }

  /** The label of a class of a field, or null. */
  @Nullable ServerLabel label(FieldSchema field, @Nullable String className) {
    return byMeaning.get(key(field, className));
  }

  /** A label by its id, or null. */
  @Nullable ServerLabel label(int id) {
    return byId.get(id);
  }

  /** The class that a label means in a field; its name if it means nothing there. */
  @Nullable String className(FieldSchema field, int labelId) {
    for (Meaning meaning : meanings.getOrDefault(labelId, List.of())) {
      if (meaning.field().field().equals(field.field())) {
        return meaning.className();
      }
    }
    ServerLabel label = byId.get(labelId);
    return label == null ? null : label.name();
  }

  /**
   * The field that something drawn anew belongs to: one that has its label and its kind, else one
   * that has its label, else one of its kind; null if the schema is empty.
   */
  @Nullable FieldSchema fieldOf(int labelId, String shapeType) {
    List<FieldSchema> named = new ArrayList<>();
    meanings.getOrDefault(labelId, List.of()).forEach(m -> named.add(m.field()));
    for (FieldSchema field : named) {
      if (takes(field, shapeType)) {
        return field;
      }
    }
    if (!named.isEmpty()) {
      return named.get(0);
    }
    for (FieldSchema field : schema.fields()) {
      if (takes(field, shapeType)) {
        return field;
      }
    }
    return schema.fields().isEmpty() ? null : schema.fields().get(0);
  }

  private static boolean takes(FieldSchema field, String shapeType) {
    LabelType type = field.type();
    if (type == null) {
      return false;
    }
    boolean instance = type == LabelType.INSTANCE || type == LabelType.INSTANCES;
    return switch (shapeType) {
      case CvatShape.TAG ->
          field.kind() == AnswerKind.CLASSIFICATIONS || field.kind() == AnswerKind.SCALAR;
      case Boxes.TYPE, Cuboids.TYPE -> field.kind() == AnswerKind.DETECTIONS;
      case Masks.TYPE -> instance || field.kind() == AnswerKind.SEGMENTATION;
      case Paths.POLYGON, Ellipses.TYPE ->
          field.kind() == AnswerKind.POLYLINES
              || instance
              || field.kind() == AnswerKind.SEGMENTATION;
      case Paths.POLYLINE -> field.kind() == AnswerKind.POLYLINES;
      default -> field.kind() == AnswerKind.KEYPOINTS;
    };
  }
}
