package io.postil.testkit.cvat;

import io.postil.core.value.Document;
import io.postil.testkit.cvat.State.Attribute;
import io.postil.testkit.cvat.State.Label;
import io.postil.testkit.cvat.State.Task;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the server refuses in annotations, in the order it looks: the form first, then whether
 * labels and attributes exist, then what breaks its code. What it does not check, such as boxes
 * outside the image, is taken as it is.
 */
final class AnnotationRules {
  private static final Set<String> TYPES =
      Set.of("rectangle", "polygon", "polyline", "points", "ellipse", "cuboid", "mask", "skeleton");
  private static final int MAX_VALUE = 4096;
  private static final int MAX_SOURCE = 16;

  private final Map<Integer, Label> labels = new HashMap<>();

  AnnotationRules(Task task) {
    for (Label label : task.effectiveLabels()) {
      labels.put(label.id, label);
      label.sublabels.forEach(s -> labels.put(s.id, s));
    }
  }

  /** The label of an id that was checked. */
  Label label(Entity annotation) {
    Label label = labels.get(number(annotation.get("label_id")));
    if (label == null) {
      throw ApiError.invalid("label_id `" + annotation.get("label_id") + "` is invalid");
    }
    return label;
  }

  static int number(@Nullable Object value) {
    return value instanceof Number n ? n.intValue() : 0;
  }

  /** Brings the annotations of one kind into the server's form, or refuses them. */
  List<Entity> read(Document body, String kind) {
    List<Entity> found = new ArrayList<>();
    List<Entity> faults = new ArrayList<>();
    boolean wrong = false;
    for (Object given : body.getList(kind)) {
      if (!(given instanceof Document document)) {
        throw ApiError.serverError();
      }
      Entity fault = new Entity();
      found.add(
          switch (kind) {
            case "tags" -> tag(document, fault);
            case "shapes" -> shape(document, fault, true);
            default -> track(document, fault, true);
          });
      faults.add(fault);
      wrong |= !fault.isEmpty();
    }
    if (wrong) {
      throw ApiError.of(400, Entity.of(kind, faults));
    }
    return found;
  }

  // --- form -----------------------------------------------------------------------------------

  private static Entity common(Document given, Entity fault) {
    Entity entity = new Entity();
    if (given.get("id") instanceof Number id) {
      entity.put("id", id.intValue());
    }
    required(given, "frame", fault);
    required(given, "label_id", fault);
    if (given.getLong("frame", 0) < 0) {
      fault.put("frame", List.of("Ensure this value is greater than or equal to 0."));
    }
    entity.put("frame", (int) given.getLong("frame", 0));
    entity.put("label_id", (int) given.getLong("label_id", 0));
    entity.put("group", given.contains("group") ? given.get("group") : 0);
    entity.put("source", given.getString("source", "manual"));
    entity.put("attributes", attributes(given, fault));
    return entity;
  }

  private static void required(Document given, String name, Entity fault) {
    if (!(given.get(name) instanceof Number)) {
      fault.put(name, List.of("This field is required."));
    }
  }

  private static List<Entity> attributes(Document given, Entity fault) {
    List<Entity> attributes = new ArrayList<>();
    for (Object attribute : given.getList("attributes")) {
      Document document = (Document) attribute;
      Object value = document.get("value");
      String text = value instanceof Boolean b ? (b ? "True" : "False") : String.valueOf(value);
      if (text.length() > MAX_VALUE) {
        fault.put(
            "attributes",
            List.of(
                Entity.of(
                    "value", List.of("Ensure this field has no more than 4096 characters."))));
      }
      attributes.add(Entity.of("spec_id", (int) document.getLong("spec_id", 0), "value", text));
    }
    return attributes;
  }

  private static Entity tag(Document given, Entity fault) {
    return common(given, fault);
  }

  private static void geometry(Document given, Entity entity, Entity fault) {
    String type = given.getString("type", "");
    if (!TYPES.contains(type)) {
      fault.put("type", List.of("\"" + type + "\" is not a valid choice."));
    }
    entity.put("type", type);
    entity.put("occluded", given.getBoolean("occluded", false));
    entity.put("outside", given.getBoolean("outside", false));
    entity.put("z_order", given.getLong("z_order", 0));
    Double rotation = given.getDouble("rotation");
    double degrees = rotation == null ? 0 : rotation;
    if (degrees < 0) {
      fault.put("rotation", List.of("Ensure this value is greater than or equal to 0."));
    } else if (degrees > 360) {
      fault.put("rotation", List.of("Ensure this value is less than or equal to 360."));
    }
    entity.put("rotation", degrees);
    List<@Nullable Object> points = given.getList("points");
    Entity wrong = new Entity();
    for (int i = 0; i < points.size(); i++) {
      if (!(points.get(i) instanceof Number)) {
        wrong.put(
            String.valueOf(i),
            "[ErrorDetail(string='Value must be a float or an integer', code='invalid')]");
      }
    }
    if (!wrong.isEmpty()) {
      fault.put("points", wrong);
    }
    entity.put("points", points);
  }

  private static Entity shape(Document given, Entity fault, boolean outer) {
    Entity entity = common(given, fault);
    geometry(given, entity, fault);
    if (given.get("score") instanceof Number score) {
      entity.put("score", score);
    }
    if (outer) {
      List<Entity> elements = new ArrayList<>();
      for (Object element : given.getList("elements")) {
        elements.add(shape((Document) element, fault, false));
      }
      entity.put("elements", elements);
    }
    return entity;
  }

  private static Entity track(Document given, Entity fault, boolean outer) {
    Entity entity = common(given, fault);
    List<Entity> shapes = new ArrayList<>();
    for (Object observation : given.getList("shapes")) {
      Document document = (Document) observation;
      Entity shape = new Entity();
      geometry(document, shape, fault);
      required(document, "frame", fault);
      shape.put("frame", (int) document.getLong("frame", 0));
      shape.put("attributes", attributes(document, fault));
      shapes.add(shape);
    }
    entity.put("shapes", shapes);
    if (outer) {
      List<Entity> elements = new ArrayList<>();
      for (Object element : given.getList("elements")) {
        elements.add(track((Document) element, fault, false));
      }
      entity.put("elements", elements);
    }
    return entity;
  }

  // --- meaning --------------------------------------------------------------------------------

  /** Refuses labels and attributes that are not there, and what the server's code fails on. */
  void check(Entity annotation, boolean track) {
    Label label = label(annotation);
    checkAttributes(annotation, label, track ? false : null);
    if (String.valueOf(annotation.get("source")).length() > MAX_SOURCE) {
      throw ApiError.serverError();
    }
    if (track) {
      checkTrack(annotation, label);
    }
    for (Entity element : entities(annotation, "elements")) {
      check(element, track);
    }
  }

  private void checkTrack(Entity track, Label label) {
    List<Entity> shapes = entities(track, "shapes");
    Set<Integer> frames = new HashSet<>();
    Set<Object> types = new HashSet<>();
    for (Entity shape : shapes) {
      checkAttributes(shape, label, true);
      types.add(String.valueOf(shape.get("type")));
      if (!frames.add(number(shape.get("frame"))) && !Boolean.TRUE.equals(shape.get("outside"))) {
        throw ApiError.serverError();
      }
    }
    if (types.size() != 1) {
      throw ApiError.serverError();
    }
  }

  /** Whether the attributes are of the label, and mutable or not if that matters. */
  private static void checkAttributes(Entity entity, Label label, @Nullable Boolean mutable) {
    for (Entity value : entities(entity, "attributes")) {
      int id = number(value.get("spec_id"));
      boolean known = false;
      for (Attribute attribute : label.attributes) {
        known |= attribute.id() == id && (mutable == null || attribute.mutable() == mutable);
      }
      if (!known) {
        throw ApiError.invalid("spec_id `" + id + "` is invalid");
      }
    }
  }

  /** The objects in a list that this package made. */
  @SuppressWarnings("unchecked")
  static List<Entity> entities(Entity entity, String name) {
    return entity.get(name) instanceof List<?> list ? (List<Entity>) list : List.of();
  }
}
