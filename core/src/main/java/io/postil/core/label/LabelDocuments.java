package io.postil.core.label;

import io.postil.core.value.Binary;
import io.postil.core.value.Document;
import io.postil.core.value.Doubles;
import io.postil.core.value.NdArray;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Labels as the documents FiftyOne stores, and back. Reading never fails: a document that does not
 * fit its class becomes an {@link UnknownLabel}, which is written back as it was. Stateless.
 */
public final class LabelDocuments {
  private static final Set<String> CLASS_NAMES =
      Set.of(
          "Classification",
          "Classifications",
          "Detection",
          "Detections",
          "Polyline",
          "Polylines",
          "Keypoint",
          "Keypoints",
          "Segmentation",
          "Regression",
          "TemporalDetection",
          "TemporalDetections",
          "Heatmap",
          "GeoLocation",
          "GeoLocations");

  /** What has a place of its own in labels of some class; everything else is an attribute. */
  private enum Property {
    ID("_id"),
    CLASS("_cls"),
    TAGS("tags"),
    LABEL("label"),
    CONFIDENCE("confidence"),
    LOGITS("logits"),
    LEGACY("attributes"),
    BOX("bounding_box"),
    MASK("mask"),
    MASK_PATH("mask_path"),
    INDEX("index"),
    POINTS("points"),
    CLOSED("closed"),
    FILLED("filled"),
    VALUE("value"),
    SUPPORT("support"),
    MAP("map"),
    MAP_PATH("map_path"),
    RANGE("range"),
    CLASSIFICATIONS("classifications"),
    DETECTIONS("detections"),
    POLYLINES("polylines"),
    KEYPOINTS("keypoints");

    private static final Map<String, Property> BY_NAME = new HashMap<>();

    static {
      for (Property property : values()) {
        BY_NAME.put(property.text, property);
      }
    }

    private final String text;

    Property(String text) {
      this.text = text;
    }

    static @Nullable Property of(String name) {
      return BY_NAME.get(name);
    }

    /** A set of them, one bit each. */
    static int bits(Property... properties) {
      int bits = 0;
      for (Property property : properties) {
        bits |= 1 << property.ordinal();
      }
      return bits;
    }

    boolean isIn(int bits) {
      return (bits >>> ordinal() & 1) != 0;
    }
  }

  /** Thrown inside when a document does not fit its class. */
  private static final class Misfit extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Misfit() {
      super(null, null, false, false);
    }
  }

  private static final int LISTS =
      Property.bits(
          Property.CLASSIFICATIONS, Property.DETECTIONS, Property.POLYLINES, Property.KEYPOINTS);
  private static final int DETECTION =
      Property.bits(
          Property.ID,
          Property.TAGS,
          Property.LABEL,
          Property.BOX,
          Property.MASK,
          Property.MASK_PATH,
          Property.CONFIDENCE,
          Property.INDEX);
  private static final int CLASSIFICATION =
      Property.bits(
          Property.ID, Property.TAGS, Property.LABEL, Property.CONFIDENCE, Property.LOGITS);
  private static final int POLYLINE =
      Property.bits(
          Property.ID,
          Property.TAGS,
          Property.LABEL,
          Property.POINTS,
          Property.CLOSED,
          Property.FILLED,
          Property.CONFIDENCE,
          Property.INDEX);
  private static final int KEYPOINT =
      Property.bits(
          Property.ID,
          Property.TAGS,
          Property.LABEL,
          Property.POINTS,
          Property.CONFIDENCE,
          Property.INDEX);
  private static final int SEGMENTATION =
      Property.bits(Property.ID, Property.TAGS, Property.MASK, Property.MASK_PATH);
  private static final int REGRESSION =
      Property.bits(Property.ID, Property.TAGS, Property.VALUE, Property.CONFIDENCE);
  private static final int TEMPORAL_DETECTION =
      Property.bits(
          Property.ID, Property.TAGS, Property.LABEL, Property.SUPPORT, Property.CONFIDENCE);
  private static final int HEATMAP =
      Property.bits(Property.ID, Property.TAGS, Property.MAP, Property.MAP_PATH, Property.RANGE);
  private static final int GEO_LOCATION = Property.bits(Property.ID, Property.TAGS);

  private LabelDocuments() {}

  /** Whether documents of the class are labels. */
  public static boolean isLabelClass(@Nullable String className) {
    return className != null && CLASS_NAMES.contains(className);
  }

  /** Whether a name is one of the properties that labels have beside their attributes. */
  public static boolean isOwnProperty(String name) {
    Property property = Property.of(name);
    return property != null && !property.isIn(LISTS);
  }

  /** The label of a document with a {@code _cls}. */
  public static Label fromDocument(Document document) {
    return fromDocument(document, document.getString("_cls", ""));
  }

  /** The label of a document whose class is known from its field, whatever its {@code _cls}. */
  public static Label fromDocument(Document document, String className) {
    try {
      return new Reader().label(document, className);
    } catch (Misfit e) {
      return new UnknownLabel(document);
    }
  }

  /** The document of a label. */
  public static Document toDocument(Label label) {
    if (label instanceof SingleLabel single) {
      return singleToDocument(single);
    }
    return switch (label) {
      case UnknownLabel unknown -> unknown.document();
      case LabelList<?> list -> {
        List<Document> documents = new ArrayList<>(list.labels().size());
        for (SingleLabel element : list.labels()) {
          documents.add(toDocument(element));
        }
        yield Document.of("_cls", list.className(), list.listName(), Values.list(documents))
            .withAll(list.extras());
      }
      case SingleLabel single -> singleToDocument(single);
    };
  }

  private static Document singleToDocument(SingleLabel single) {
    Document.Builder out =
        Document.builder()
            .append("_id", single.id())
            .append("_cls", single.className())
            .append("tags", Values.list(single.tags()));
    // Detections first: with one compiler only, a pattern switch takes several times as long.
    if (single instanceof Detection d) {
      detection(out, d);
    } else {
      properties(out, single);
    }
    Document attributes = single.attributes();
    for (int i = 0; i < attributes.size(); i++) {
      String name = attributes.nameAt(i);
      if (Property.of(name) == null) {
        out.append(name, attributes.valueAt(i));
      } else {
        out.put(name, attributes.valueAt(i));
      }
    }
    return out.build();
  }

  private static void detection(Document.Builder out, Detection d) {
    legacy(out, d);
    out.putIfPresent("label", d.label())
        .append("bounding_box", d.boundingBox() == null ? List.of() : d.boundingBox().toList())
        .putIfPresent("mask", d.property("mask"))
        .putIfPresent("mask_path", d.maskPath())
        .putIfPresent("confidence", d.confidence())
        .putIfPresent("index", d.index());
  }

  private static void properties(Document.Builder out, SingleLabel single) {
    switch (single) {
      case Classification c ->
          out.putIfPresent("label", c.label())
              .putIfPresent("confidence", c.confidence())
              .putIfPresent("logits", c.property("logits"));
      case Polyline p -> {
        legacy(out, p);
        out.putIfPresent("label", p.label())
            .append("points", p.property("points"))
            .putIfPresent("confidence", p.confidence())
            .putIfPresent("index", p.index())
            .append("closed", p.closed())
            .append("filled", p.filled());
      }
      case Keypoint k -> {
        legacy(out, k);
        out.putIfPresent("label", k.label())
            .append("points", k.points().toList())
            .append("confidence", k.property("confidence"))
            .putIfPresent("index", k.index());
      }
      case Segmentation s ->
          out.putIfPresent("mask", s.property("mask")).putIfPresent("mask_path", s.maskPath());
      case Regression r ->
          out.putIfPresent("value", r.value()).putIfPresent("confidence", r.confidence());
      case TemporalDetection t ->
          out.putIfPresent("label", t.label())
              .putIfPresent("support", t.property("support"))
              .putIfPresent("confidence", t.confidence());
      case Heatmap h ->
          out.putIfPresent("map", h.property("map"))
              .putIfPresent("map_path", h.mapPath())
              .append("range", h.property("range"));
      case Detection d -> detection(out, d);
      case GeoLocation g -> {}
    }
  }

  /** Geometric labels always store the legacy attribute dict, mostly empty. */
  private static void legacy(Document.Builder out, SingleLabel label) {
    out.append("attributes", label.attributes().getDocument("attributes"));
  }

  /** Reads one document after the other. */
  private static final class Reader {
    private static final int PROPERTIES = Property.values().length;

    /** The properties of the document that belong to its class. */
    private final @Nullable Object[] own = new @Nullable Object[PROPERTIES];

    /** Its other entries. */
    private Document rest = Document.empty();

    Label label(Document document, String className) {
      return switch (className) {
        case "Classifications" -> {
          take(document, Property.bits(Property.CLASSIFICATIONS));
          yield new Classifications(
              list(Property.CLASSIFICATIONS, Classification.class, "Classification"), rest);
        }
        case "Detections" -> {
          take(document, Property.bits(Property.DETECTIONS));
          yield new Detections(list(Property.DETECTIONS, Detection.class, "Detection"), rest);
        }
        case "Polylines" -> {
          take(document, Property.bits(Property.POLYLINES));
          yield new Polylines(list(Property.POLYLINES, Polyline.class, "Polyline"), rest);
        }
        case "Keypoints" -> {
          take(document, Property.bits(Property.KEYPOINTS));
          yield new Keypoints(list(Property.KEYPOINTS, Keypoint.class, "Keypoint"), rest);
        }
        case "TemporalDetections" -> {
          take(document, Property.bits(Property.DETECTIONS));
          yield new TemporalDetections(
              list(Property.DETECTIONS, TemporalDetection.class, "TemporalDetection"), rest);
        }
        default -> single(document, className);
      };
    }

    private Label single(Document document, String className) {
      switch (className) {
        case "Classification" -> {
          take(document, CLASSIFICATION);
          return new Classification(
              id(),
              tags(),
              text(Property.LABEL),
              number(Property.CONFIDENCE),
              array(Property.LOGITS),
              rest);
        }
        case "Detection" -> {
          take(document, DETECTION);
          return new Detection(
              id(),
              tags(),
              text(Property.LABEL),
              box(),
              array(Property.MASK),
              text(Property.MASK_PATH),
              number(Property.CONFIDENCE),
              integer(Property.INDEX),
              rest);
        }
        case "Polyline" -> {
          take(document, POLYLINE);
          return new Polyline(
              id(),
              tags(),
              text(Property.LABEL),
              lines(),
              flag(Property.CLOSED),
              flag(Property.FILLED),
              number(Property.CONFIDENCE),
              integer(Property.INDEX),
              rest);
        }
        case "Keypoint" -> {
          take(document, KEYPOINT);
          return new Keypoint(
              id(),
              tags(),
              text(Property.LABEL),
              points(elements(Property.POINTS)),
              numbers(Property.CONFIDENCE),
              integer(Property.INDEX),
              rest);
        }
        case "Segmentation" -> {
          take(document, SEGMENTATION);
          return new Segmentation(
              id(), tags(), array(Property.MASK), text(Property.MASK_PATH), rest);
        }
        case "Regression" -> {
          take(document, REGRESSION);
          return new Regression(
              id(), tags(), number(Property.VALUE), number(Property.CONFIDENCE), rest);
        }
        case "TemporalDetection" -> {
          take(document, TEMPORAL_DETECTION);
          return new TemporalDetection(
              id(), tags(), text(Property.LABEL), support(), number(Property.CONFIDENCE), rest);
        }
        case "Heatmap" -> {
          take(document, HEATMAP);
          return new Heatmap(
              id(),
              tags(),
              array(Property.MAP),
              text(Property.MAP_PATH),
              numbers(Property.RANGE),
              rest);
        }
        case "GeoLocation", "GeoLocations" -> {
          take(document, GEO_LOCATION);
          return new GeoLocation(id(), tags(), className, rest);
        }
        default -> {
          return new UnknownLabel(document);
        }
      }
    }

    /**
     * Sorts the entries of a document in one pass.
     *
     * @param bits the properties of its class; its class and an empty legacy dict are left out
     */
    private void take(Document document, int bits) {
      Arrays.fill(own, null);
      Document.Builder others = null;
      for (int i = 0; i < document.size(); i++) {
        String name = document.nameAt(i);
        Object value = document.valueAt(i);
        Property property = Property.of(name);
        if (property != null && property.isIn(bits)) {
          own[property.ordinal()] = value;
        } else if (property != Property.CLASS
            && !(property == Property.LEGACY && value instanceof Document d && d.isEmpty())) {
          others = others == null ? Document.builder() : others;
          others.append(name, value);
        }
      }
      rest = others == null ? Document.empty() : others.build();
    }

    private @Nullable Object value(Property property) {
      return own[property.ordinal()];
    }

    /** The elements of a list; none of anything else. */
    private List<?> elements(Property property) {
      return value(property) instanceof List<?> list ? list : List.of();
    }

    private ObjectId id() {
      // A label without an id gets one of its own: everything downstream relies on it.
      Object id = value(Property.ID);
      return id instanceof ObjectId o ? o : id == null ? ObjectId.create() : misfit();
    }

    private List<String> tags() {
      List<?> elements = elements(Property.TAGS);
      if (elements.isEmpty()) {
        return List.of();
      }
      List<String> tags = new ArrayList<>(elements.size());
      for (Object tag : elements) {
        tags.add(tag instanceof String s ? s : misfit());
      }
      return tags;
    }

    private @Nullable String text(Property property) {
      Object value = value(property);
      return value == null ? null : value instanceof String s ? s : misfit();
    }

    private @Nullable Double number(Property property) {
      Object value = value(property);
      if (value == null || value instanceof Double) {
        return (Double) value;
      }
      return value instanceof Number n ? (Double) n.doubleValue() : misfit();
    }

    private @Nullable Integer integer(Property property) {
      Object value = value(property);
      if (value == null) {
        return null;
      }
      return value instanceof Number n && n.doubleValue() == n.intValue()
          ? (Integer) n.intValue()
          : misfit();
    }

    private boolean flag(Property property) {
      Object value = value(property);
      return value == null ? false : value instanceof Boolean b ? b : Reader.<Boolean>misfit();
    }

    private @Nullable NdArray array(Property property) {
      Object value = value(property);
      return value == null
          ? null
          : value instanceof Binary b ? NdArray.ofPacked(b.bytes()) : misfit();
    }

    private @Nullable BoundingBox box() {
      List<?> box = elements(Property.BOX);
      return box.isEmpty()
          ? null
          : box.size() == 4
              ? new BoundingBox(
                  real(box.get(0)), real(box.get(1)), real(box.get(2)), real(box.get(3)))
              : misfit();
    }

    private List<Points> lines() {
      List<Points> lines = new ArrayList<>();
      for (Object line : elements(Property.POINTS)) {
        lines.add(line instanceof List<?> points ? points(points) : misfit());
      }
      return lines;
    }

    private Points points(List<?> points) {
      double[] coordinates = new double[points.size() * 2];
      for (int i = 0; i < points.size(); i++) {
        if (!(points.get(i) instanceof List<?> xy) || xy.size() != 2) {
          return misfit();
        }
        coordinates[2 * i] = real(xy.get(0));
        coordinates[2 * i + 1] = real(xy.get(1));
      }
      return Points.wrap(coordinates);
    }

    private @Nullable Doubles numbers(Property property) {
      Object value = value(property);
      if (value == null) {
        return null;
      }
      if (!(value instanceof List<?> values)) {
        return misfit();
      }
      double[] numbers = new double[values.size()];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = real(values.get(i));
      }
      return Doubles.wrap(numbers);
    }

    private @Nullable FrameRange support() {
      Object value = value(Property.SUPPORT);
      if (value == null) {
        return null;
      }
      return value instanceof List<?> s
              && s.size() == 2
              && s.get(0) instanceof Number first
              && s.get(1) instanceof Number last
          ? new FrameRange(first.intValue(), last.intValue())
          : misfit();
    }

    private <T extends SingleLabel> List<T> list(
        Property property, Class<T> type, String elementClass) {
      List<?> elements = elements(property);
      List<T> labels = new ArrayList<>(elements.size());
      Document extras = rest;
      for (Object element : elements) {
        if (!(element instanceof Document d)
            || !d.getString("_cls", elementClass).equals(elementClass)
            || !(single(d, elementClass) instanceof SingleLabel label)
            || !type.isInstance(label)) {
          return misfit();
        }
        labels.add(type.cast(label));
      }
      rest = extras;
      return labels;
    }

    private static double real(@Nullable Object value) {
      // A missing keypoint is stored as NaN; null is read the same.
      return value == null
          ? Double.NaN
          : value instanceof Number n ? n.doubleValue() : Reader.<Double>misfit();
    }

    private static <T> T misfit() {
      throw new Misfit();
    }
  }
}
