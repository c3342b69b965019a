package io.postil.backends.labelstudio;

import io.postil.core.annotation.AnswerSink;
import io.postil.core.annotation.FieldSchema;
import io.postil.core.annotation.UploadItem.Content;
import io.postil.core.label.Detection;
import io.postil.core.label.Keypoint;
import io.postil.core.label.Polyline;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A control that draws shapes on an image. A label has one region, or several where its geometry
 * has parts: the rings of a polygon, the points of a keypoint label. Immutable.
 */
abstract class ShapeControl extends FieldControl {
  private static final Comparator<Region> BY_INDEX =
      (a, b) -> Integer.compare(a.index(), b.index());

  final Attributes attributes;

  ShapeControl(FieldSchema field, Names names, Set<String> otherAttributes) {
    super(field, names);
    this.attributes = new Attributes(field, names, otherAttributes);
  }

  /** The type of the rows, which is also the entry with the class. */
  abstract String type();

  /** Whether the parts are numbered even if there is only one. */
  boolean alwaysNumbers() {
    return false;
  }

  /**
   * The parts of a label's geometry, without the class; null for one that cannot be shown, such as
   * a missing point.
   */
  abstract List<@Nullable Document> parts(SingleLabel label, ItemMedia media);

  /** The parts of a label's geometry as they were sent. */
  List<@Nullable Document> sent(SingleLabel label, Answer answer, ItemMedia media) {
    return parts(label, media);
  }

  /** Whether two parts mean the same. */
  abstract boolean same(Document sent, Document row);

  /**
   * What is known of a label that somebody changed or drew.
   *
   * @param id its id
   * @param className its class now
   * @param before the label as it was, or null for a new one
   * @param sent its parts as they were
   * @param rows at least one, by number
   * @param media the image
   */
  record Drawn(
      ObjectId id,
      @Nullable String className,
      @Nullable SingleLabel before,
      List<@Nullable Document> sent,
      List<Region> rows,
      ItemMedia media) {}

  /**
   * The label with the geometry of its rows; a class that was changed need not be set.
   *
   * @return null if nothing is left of it, such as a mask that was rubbed out
   */
  abstract @Nullable SingleLabel shape(Drawn drawn);

  /** Attributes of the tag besides name and object. */
  Map<String, String> tagAttributes() {
    return Map.of();
  }

  @Override
  void writeAbove(ConfigXml xml) {
    Map<String, String> tag = new LinkedHashMap<>();
    tag.put("name", name());
    tag.put("toName", names.object());
    tag.putAll(tagAttributes());
    xml.open(tag(), tag);
    field.classNames().forEach(c -> xml.tag("Label", "value", c));
    xml.close();
  }

  @Override
  void writeBelow(ConfigXml xml) {
    attributes.write(xml, name());
  }

  @Override
  void encode(ItemMedia media, List<Content> content, Consumer<Region> out) {
    for (SingleLabel label : labels(content)) {
      List<@Nullable Document> parts = parts(label, media);
      boolean numbered = parts.size() > 1 || alwaysNumbers();
      for (int i = 0; i < parts.size(); i++) {
        Document part = parts.get(i);
        if (part == null) {
          continue;
        }
        Region region =
            new Region(
                label.id() + (numbered ? "-" + i : ""),
                name(),
                names.object(),
                type(),
                Region.with(part, type(), label.label()),
                media.width(),
                media.height(),
                isFixed());
        out.accept(region);
        attributes.encode(label, region, part, out);
      }
    }
  }

  @Override
  void decode(Answer answer, AnswerSink sink) {
    Map<ObjectId, List<Region>> byLabel = new LinkedHashMap<>();
    for (Region row : answer.rowsOf(name())) {
      byLabel.computeIfAbsent(row.label(answer.item()), l -> new ArrayList<>()).add(row);
    }
    ItemMedia media = answer.media().orSizeOf(answer.rows());
    Map<ObjectId, SingleLabel> base = new LinkedHashMap<>();
    labels(answer.base()).forEach(l -> base.put(l.id(), l));
    List<SingleLabel> labels = new ArrayList<>();
    List<Region> others = new ArrayList<>();
    for (SingleLabel before : base.values()) {
      List<@Nullable Document> sent = sent(before, answer, media);
      List<Region> rows = byLabel.remove(before.id());
      if (sent.stream().allMatch(Objects::isNull)) {
        labels.add(before);
      } else if (rows != null) {
        rows.sort(BY_INDEX);
        String className = classOf(rows, before.label());
        List<Region> own = new ArrayList<>();
        for (Region row : rows) {
          (isClass(row, className) ? own : others).add(row);
        }
        Drawn drawn = new Drawn(before.id(), className, before, sent, own, media);
        add(labels, drawn, ids(own), answer);
      }
    }
    for (Region row : others) {
      ObjectId id = Region.derived(answer.item(), row.id());
      SingleLabel before = base.get(id);
      List<@Nullable Document> sent = before == null ? List.of() : sent(before, answer, media);
      List<Region> own = List.of(row.withId(id.toString()));
      Drawn drawn = new Drawn(id, classOf(row), before, sent, own, media);
      add(labels, drawn, List.of(row.id()), answer);
    }
    byLabel.forEach(
        (id, rows) -> {
          rows.sort(BY_INDEX);
          add(
              labels,
              new Drawn(id, classOf(rows.get(0)), null, List.of(), rows, media),
              ids(rows),
              answer);
        });
    if (!labels.isEmpty()) {
      sink.labels(answer.item(), 0, field.field(), field.kind(), labels);
    }
  }

  private static List<String> ids(List<Region> rows) {
    return rows.stream().map(Region::id).toList();
  }

  private void add(List<SingleLabel> labels, Drawn drawn, List<String> ids, Answer answer) {
    SingleLabel before = drawn.before();
    String className = drawn.className();
    boolean unchanged = before != null && isUnchanged(drawn.sent(), drawn.rows());
    SingleLabel label = unchanged ? before : shape(drawn);
    if (label == null) {
      return;
    }
    if (before != null && !Objects.equals(before.label(), className)) {
      label = withClass(label, className);
    }
    Document decoded = attributes.decode(label.attributes(), before, className, answer.rows(), ids);
    labels.add(decoded.equals(label.attributes()) ? label : label.withAttributes(decoded));
  }

  private static SingleLabel withClass(SingleLabel label, @Nullable String className) {
    if (label instanceof Detection d) {
      return d.withLabel(className);
    }
    if (label instanceof Polyline p) {
      return p.withLabel(className);
    }
    return label instanceof Keypoint k ? k.withLabel(className) : label;
  }

  private boolean isUnchanged(List<@Nullable Document> sent, List<Region> rows) {
    int row = 0;
    for (Document part : sent) {
      if (part != null && (row == rows.size() || !same(part, rows.get(row++).value()))) {
        return false;
      }
    }
    return row == rows.size();
  }

  private @Nullable String classOf(Region row) {
    return className(Region.first(row.value(), type()));
  }

  private boolean isClass(Region row, @Nullable String className) {
    String of = classOf(row);
    return of == null || of.equals(className);
  }

  /** The class of a label: its own while a part has it, else that of its first part. */
  private @Nullable String classOf(List<Region> rows, @Nullable String before) {
    String first = null;
    for (Region row : rows) {
      String of = classOf(row);
      if (of == null || of.equals(before)) {
        return before;
      }
      first = first == null ? of : first;
    }
    return first;
  }

  /** A point as a list in percent. */
  static List<@Nullable Object> point(double x, double y) {
    return Values.listOf(Percent.clamped(x), Percent.clamped(y));
  }
}
