package io.postil.core.label;

import io.postil.core.value.Binary;
import io.postil.core.value.Document;
import io.postil.core.value.Doubles;
import io.postil.core.value.NdArray;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.List;
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

  /** Names that stand for something else than an attribute in documents of some class. */
  private static final Set<String> OWN_PROPERTIES =
      Set.of(
          "_id",
          "_cls",
          "tags",
          "label",
          "confidence",
          "logits",
          "attributes",
          "bounding_box",
          "mask",
          "mask_path",
          "index",
          "points",
          "closed",
          "filled",
          "value",
          "support",
          "map",
          "map_path",
          "range");

  /** Thrown inside when a document does not fit its class. */
  private static final class Misfit extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Misfit() {
      super(null, null, false, false);
    }
  }

  private LabelDocuments() {}

  /** Whether documents of the class are labels. */
  public static boolean isLabelClass(@Nullable String className) {
    return className != null && CLASS_NAMES.contains(className);
  }

  /** Whether a name is one of the properties that labels have beside their attributes. */
  public static boolean isOwnProperty(String name) {
    return OWN_PROPERTIES.contains(name);
  }

  /** The label of a document with a {@code _cls}. */
  public static Label fromDocument(Document document) {
    return fromDocument(document, document.getString("_cls", ""));
  }

  /** The label of a document whose class is known from its field, whatever its {@code _cls}. */
  public static Label fromDocument(Document document, String className) {
    try {
      Reader in = new Reader(document);
      return switch (className) {
        case "Classifications" ->
            new Classifications(
                in.list("classifications", Classification.class, "Classification"),
                in.rest("classifications"));
        case "Detections" ->
            new Detections(
                in.list("detections", Detection.class, "Detection"), in.rest("detections"));
        case "Polylines" ->
            new Polylines(in.list("polylines", Polyline.class, "Polyline"), in.rest("polylines"));
        case "Keypoints" ->
            new Keypoints(in.list("keypoints", Keypoint.class, "Keypoint"), in.rest("keypoints"));
        case "TemporalDetections" ->
            new TemporalDetections(
                in.list("detections", TemporalDetection.class, "TemporalDetection"),
                in.rest("detections"));
        case "Classification" ->
            new Classification(
                in.id(),
                in.tags(),
                in.text("label"),
                in.number("confidence"),
                in.array("logits"),
                in.rest("_id", "tags", "label", "confidence", "logits"));
        case "Detection" ->
            new Detection(
                in.id(),
                in.tags(),
                in.text("label"),
                in.box(),
                in.array("mask"),
                in.text("mask_path"),
                in.number("confidence"),
                in.integer("index"),
                in.rest(
                    "_id",
                    "tags",
                    "label",
                    "bounding_box",
                    "mask",
                    "mask_path",
                    "confidence",
                    "index"));
        case "Polyline" ->
            new Polyline(
                in.id(),
                in.tags(),
                in.text("label"),
                in.lines(),
                in.flag("closed"),
                in.flag("filled"),
                in.number("confidence"),
                in.integer("index"),
                in.rest(
                    "_id", "tags", "label", "points", "closed", "filled", "confidence", "index"));
        case "Keypoint" ->
            new Keypoint(
                in.id(),
                in.tags(),
                in.text("label"),
                in.points(document.getList("points")),
                in.numbers("confidence"),
                in.integer("index"),
                in.rest("_id", "tags", "label", "points", "confidence", "index"));
        case "Segmentation" ->
            new Segmentation(
                in.id(),
                in.tags(),
                in.array("mask"),
                in.text("mask_path"),
                in.rest("_id", "tags", "mask", "mask_path"));
        case "Regression" ->
            new Regression(
                in.id(),
                in.tags(),
                in.number("value"),
                in.number("confidence"),
                in.rest("_id", "tags", "value", "confidence"));
        case "TemporalDetection" ->
            new TemporalDetection(
                in.id(),
                in.tags(),
                in.text("label"),
                in.support(),
                in.number("confidence"),
                in.rest("_id", "tags", "label", "support", "confidence"));
        case "Heatmap" ->
            new Heatmap(
                in.id(),
                in.tags(),
                in.array("map"),
                in.text("map_path"),
                in.numbers("range"),
                in.rest("_id", "tags", "map", "map_path", "range"));
        case "GeoLocation", "GeoLocations" ->
            new GeoLocation(in.id(), in.tags(), className, in.rest("_id", "tags"));
        default -> new UnknownLabel(document);
      };
    } catch (Misfit e) {
      return new UnknownLabel(document);
    }
  }

  /** The document of a label. */
  public static Document toDocument(Label label) {
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
    switch (single) {
      case Classification c ->
          out.putIfPresent("label", c.label())
              .putIfPresent("confidence", c.confidence())
              .putIfPresent("logits", c.property("logits"));
      case Detection d -> {
        legacy(out, d);
        out.putIfPresent("label", d.label())
            .append("bounding_box", d.boundingBox() == null ? List.of() : d.boundingBox().toList())
            .putIfPresent("mask", d.property("mask"))
            .putIfPresent("mask_path", d.maskPath())
            .putIfPresent("confidence", d.confidence())
            .putIfPresent("index", d.index());
      }
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
      case GeoLocation g -> {}
    }
    single.attributes().forEach(out::put);
    return out.build();
  }

  /** Geometric labels always store the legacy attribute dict, mostly empty. */
  private static void legacy(Document.Builder out, SingleLabel label) {
    out.append("attributes", label.attributes().getDocument("attributes"));
  }

  /** Reads the properties of one document. */
  private record Reader(Document document) {
    ObjectId id() {
      // A label without an id gets one of its own: everything downstream relies on it.
      Object id = document.get("_id");
      return id instanceof ObjectId o ? o : id == null ? ObjectId.create() : misfit();
    }

    List<String> tags() {
      if (document.getList("tags").isEmpty()) {
        return List.of();
      }
      List<String> tags = new ArrayList<>();
      for (Object tag : document.getList("tags")) {
        tags.add(tag instanceof String s ? s : misfit());
      }
      return tags;
    }

    @Nullable String text(String name) {
      Object value = document.get(name);
      return value == null ? null : value instanceof String s ? s : misfit();
    }

    @Nullable Double number(String name) {
      Object value = document.get(name);
      return value == null ? null : value instanceof Number n ? (Double) n.doubleValue() : misfit();
    }

    @Nullable Integer integer(String name) {
      Object value = document.get(name);
      if (value == null) {
        return null;
      }
      return value instanceof Number n && n.doubleValue() == n.intValue()
          ? (Integer) n.intValue()
          : misfit();
    }

    boolean flag(String name) {
      Object value = document.get(name);
      return value == null ? false : value instanceof Boolean b ? b : Reader.<Boolean>misfit();
    }

    @Nullable NdArray array(String name) {
      Object value = document.get(name);
      return value == null
          ? null
          : value instanceof Binary b ? NdArray.ofPacked(b.bytes()) : misfit();
    }

    @Nullable BoundingBox box() {
      List<@Nullable Object> box = document.getList("bounding_box");
      return box.isEmpty()
          ? null
          : box.size() == 4
              ? new BoundingBox(
                  real(box.get(0)), real(box.get(1)), real(box.get(2)), real(box.get(3)))
              : misfit();
    }

    List<Points> lines() {
      List<Points> lines = new ArrayList<>();
      for (Object line : document.getList("points")) {
        lines.add(line instanceof List<?> points ? points(points) : misfit());
      }
      return lines;
    }

    Points points(List<?> points) {
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

    @Nullable Doubles numbers(String name) {
      if (document.get(name) == null) {
        return null;
      }
      List<@Nullable Object> values = document.getList(name);
      if (values.isEmpty() && !(document.get(name) instanceof List<?>)) {
        return misfit();
      }
      double[] numbers = new double[values.size()];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = real(values.get(i));
      }
      return Doubles.wrap(numbers);
    }

    @Nullable FrameRange support() {
      if (document.get("support") == null) {
        return null;
      }
      return document.get("support") instanceof List<?> s
              && s.size() == 2
              && s.get(0) instanceof Number first
              && s.get(1) instanceof Number last
          ? new FrameRange(first.intValue(), last.intValue())
          : misfit();
    }

    <T extends SingleLabel> List<T> list(String name, Class<T> type, String elementClass) {
      List<@Nullable Object> elements = document.getList(name);
      List<T> labels = new ArrayList<>(elements.size());
      for (Object element : elements) {
        if (!(element instanceof Document d)
            || !d.getString("_cls", elementClass).equals(elementClass)
            || !(fromDocument(d, elementClass) instanceof SingleLabel label)
            || !type.isInstance(label)) {
          return misfit();
        }
        labels.add(type.cast(label));
      }
      return labels;
    }

    /** All entries but the class and the named ones; an empty legacy dict is left out. */
    Document rest(String... names) {
      Document.Builder rest = null;
      for (int i = 0; i < document.size(); i++) {
        String name = document.nameAt(i);
        Object value = document.valueAt(i);
        boolean emptyLegacy =
            name.equals("attributes") && value instanceof Document d && d.isEmpty();
        if (!emptyLegacy && !name.equals("_cls") && !isOneOf(name, names)) {
          rest = rest == null ? Document.builder() : rest;
          rest.append(name, value);
        }
      }
      return rest == null ? Document.empty() : rest.build();
    }

    private static boolean isOneOf(String name, String[] names) {
      for (String own : names) {
        if (name.equals(own)) {
          return true;
        }
      }
      return false;
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
