package io.postil.server.internal;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.label.BoundingBox;
import io.postil.core.label.Detection;
import io.postil.core.label.Keypoint;
import io.postil.core.label.Label;
import io.postil.core.label.LabelDocuments;
import io.postil.core.label.LabelList;
import io.postil.core.label.Points;
import io.postil.core.label.Polyline;
import io.postil.core.label.SingleLabel;
import io.postil.core.label.UnknownLabel;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Labels as the App sees them, and what it sends back laid over the labels it was given, so that
 * whatever the App does not know (logits, types of numbers) stays as it is. Stateless.
 */
final class LabelWire {
  /** Longest side of a mask in a grid, where it is drawn small. */
  static final int GRID_MASK = 40;

  /** Longest side of a mask on the page of one sample. */
  static final int FULL_MASK = 1024;

  private static final Map<String, String> STORED_NAMES =
      Map.of(
          "label", "label",
          "box", "bounding_box",
          "index", "index",
          "tags", "tags",
          "points", "points",
          "closed", "closed",
          "filled", "filled",
          "confidence", "confidence");

  private LabelWire() {}

  /** A field's value; null for a label of a class that Postil does not know. */
  static @Nullable Document group(Label label, MaskForm masks) {
    List<? extends SingleLabel> labels =
        switch (label) {
          case SingleLabel single -> List.of(single);
          case LabelList<?> list -> list.labels();
          case UnknownLabel unknown -> List.of();
        };
    return label instanceof UnknownLabel
        ? null
        : Document.of(
            "cls",
            label.className(),
            "labels",
            Values.list(labels.stream().map(l -> single(l, masks)).toList()));
  }

  /** One label. */
  static Document single(SingleLabel label, MaskForm masks) {
    Document.Builder out =
        Document.builder().append("id", label.id().toString()).append("cls", label.className());
    out.putIfPresent("label", label.label());
    out.putIfPresent("index", label.index());
    if (label.property("confidence") instanceof Number n && Double.isFinite(n.doubleValue())) {
      out.append("confidence", n);
    }
    if (!label.tags().isEmpty()) {
      out.append("tags", Values.list(label.tags()));
    }
    if (!label.attributes().isEmpty()) {
      out.append("attributes", label.attributes());
    }
    if (label instanceof Detection d) {
      BoundingBox box = d.boundingBox();
      if (box != null && box.isFinite()) {
        out.append("box", box.toList());
      }
    } else if (label instanceof Polyline p) {
      out.append("points", Values.list(p.points().stream().map(LabelWire::points).toList()));
      out.append("closed", p.closed()).append("filled", p.filled());
    } else if (label instanceof Keypoint k) {
      out.append("points", Values.listOf(points(k.points())));
    }
    return out.putIfPresent("mask", masks.show(label)).build();
  }

  private static List<@Nullable Object> points(Points points) {
    List<@Nullable Object> list = new ArrayList<>(points.size());
    for (int i = 0; i < points.size(); i++) {
      list.add(points.isMissing(i) ? null : Values.listOf(points.x(i), points.y(i)));
    }
    return list;
  }

  /**
   * Labels of a field as the App sent them.
   *
   * @param field the field, for messages
   * @param sent {@code {"cls", "labels"}}
   * @param known the value the App was given, or null
   * @param masks how it was given masks; one that it does not send stays
   */
  static Label read(String field, Document sent, @Nullable Label known, MaskForm masks) {
    Map<ObjectId, SingleLabel> byId = new HashMap<>();
    if (known instanceof LabelList<?> list) {
      list.labels().forEach(l -> byId.put(l.id(), l));
    } else if (known instanceof SingleLabel single) {
      byId.put(single.id(), single);
    }
    String className = sent.getString("cls", "");
    if (!LabelDocuments.isLabelClass(className)) {
      throw invalid(field, "there is no label class '" + className + "'");
    }
    List<Document> labels = new ArrayList<>();
    for (Object element : sent.getList("labels")) {
      if (!(element instanceof Document label)) {
        throw invalid(field, "a label is an object");
      }
      labels.add(stored(field, label, byId, masks));
    }
    Document extras = known instanceof LabelList<?> list ? list.extras() : Document.empty();
    return assemble(field, className, labels, extras);
  }

  /** One label that the App sent, of which nothing is known. */
  static SingleLabel read(String field, Document sent) {
    String className = sent.getString("cls", "");
    if (!LabelDocuments.isLabelClass(className)) {
      throw invalid(field, "there is no label class '" + className + "'");
    }
    Document stored = stored(field, sent, Map.of(), MaskForm.NONE);
    if (LabelDocuments.fromDocument(stored, className) instanceof SingleLabel label) {
      return label;
    }
    throw invalid(field, "a label does not have the form of a " + className);
  }

  private static Label assemble(
      String field, String className, List<Document> labels, Document extras) {
    Label empty = LabelDocuments.fromDocument(Document.of("_cls", className), className);
    Document document;
    if (empty instanceof LabelList<?> list) {
      document =
          Document.of("_cls", className, list.listName(), Values.list(labels)).withAll(extras);
    } else if (labels.size() == 1) {
      document = labels.get(0);
    } else {
      throw invalid(field, "it holds one label, not " + labels.size());
    }
    Label label = LabelDocuments.fromDocument(document, className);
    if (label instanceof UnknownLabel) {
      throw invalid(field, "a label does not have the form of a " + className);
    }
    return label;
  }

  private static Document stored(
      String field, Document sent, Map<ObjectId, SingleLabel> known, MaskForm masks) {
    String id = sent.getString("id", "");
    if (!ObjectId.isValid(id)) {
      throw invalid(field, "'" + id + "' is no label id");
    }
    SingleLabel before = known.get(ObjectId.of(id));
    Document was = before == null ? Document.empty() : single(before, MaskForm.NONE);
    Document.Builder out =
        before == null
            ? Document.builder()
                .append("_id", ObjectId.of(id))
                .append("_cls", sent.getString("cls", ""))
            : LabelDocuments.toDocument(before).toBuilder();
    for (Map.Entry<String, String> name : STORED_NAMES.entrySet()) {
      Object value = sent.get(name.getKey());
      if (!Values.same(value, was.get(name.getKey()))) {
        put(out, name.getValue(), name.getKey().equals("points") ? storedPoints(sent) : value);
      }
    }
    attributes(out, sent.getDocument("attributes"), was.getDocument("attributes"));
    masks.read(sent, before, out);
    return out.build();
  }

  private static void attributes(Document.Builder out, Document now, Document was) {
    now.forEach(
        (name, value) -> {
          if (!Values.same(value, was.get(name))) {
            out.put(name, value);
          }
        });
    for (String name : was.names()) {
      if (!now.contains(name)) {
        out.remove(name);
      }
    }
  }

  private static void put(Document.Builder out, String name, @Nullable Object value) {
    if (value == null) {
      out.remove(name);
    } else {
      out.put(name, value);
    }
  }

  private static @Nullable Object storedPoints(Document sent) {
    List<@Nullable Object> rings = new ArrayList<>();
    for (Object ring : sent.getList("points")) {
      if (ring instanceof List<?> points) {
        List<@Nullable Object> list = new ArrayList<>();
        points.forEach(p -> list.add(p == null ? Values.listOf(Double.NaN, Double.NaN) : p));
        rings.add(list);
      }
    }
    boolean keypoint = sent.getString("cls", "").equals("Keypoint");
    return keypoint ? rings.isEmpty() ? null : rings.get(0) : rings;
  }

  private static PostilException invalid(String field, String what) {
    return new PostilException(ErrorCode.INVALID_REQUEST, "labels of '" + field + "': " + what);
  }
}
