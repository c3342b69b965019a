package io.postil.backends.cvat;

import io.postil.core.annotation.AttributeSchema;
import io.postil.core.annotation.FieldSchema;
import io.postil.core.annotation.LabelType;
import io.postil.core.label.Classification;
import io.postil.core.label.Detection;
import io.postil.core.label.Keypoint;
import io.postil.core.label.Points;
import io.postil.core.label.Polyline;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns shapes and tags into labels. Of a label that was there before only what differs from what
 * the server was sent is taken over.
 */
final class LabelDecoder {
  private final LabelIndex index;
  private final LabelEncoder encoder;
  private final CvatOptions options;

  LabelDecoder(LabelIndex index, LabelEncoder encoder, CvatOptions options) {
    this.index = index;
    this.encoder = encoder;
    this.options = options;
  }

  /** A label drawn anew. */
  SingleLabel fresh(FieldSchema field, CvatShape shape, ObjectId id, PixelSize size) {
    String className = index.className(field, shape.labelId());
    return withAttributes(field, null, outline(field, shape, id, className, size), shape);
  }

  private SingleLabel outline(
      FieldSchema field, CvatShape shape, ObjectId id, @Nullable String className, PixelSize size) {
    boolean instance = field.type() == LabelType.INSTANCE || field.type() == LabelType.INSTANCES;
    switch (shape.type()) {
      case CvatShape.TAG:
        return new Classification(id, List.of(), className, null, null, Document.empty());
      case Masks.TYPE:
        return mask(id, className, Masks.decode(shape), size);
      case Cuboids.TYPE:
        return detection(id, className)
            .withBoundingBox(Cuboids.box(shape, size))
            .withAttributes(Document.of(Cuboids.ATTRIBUTE, Cuboids.corners(shape, size)));
      case KeypointShapes.POINTS, KeypointShapes.SKELETON:
        return new Keypoint(
            id,
            List.of(),
            className,
            KeypointShapes.decode(shape, size, null, elements(shape.labelId())),
            null,
            null,
            Document.empty());
      case Paths.POLYGON, Ellipses.TYPE, Paths.POLYLINE:
        double[] line =
            shape.type().equals(Ellipses.TYPE) ? Ellipses.outline(shape) : shape.points();
        boolean filled = !shape.type().equals(Paths.POLYLINE);
        if (instance && filled) {
          return mask(id, className, Masks.fill(line, size), size);
        }
        return new Polyline(
            id,
            List.of(),
            className,
            List.of(Paths.relative(line, size)),
            filled,
            filled,
            null,
            null,
            Document.empty());
      default:
        return detection(id, className).withBoundingBox(Boxes.decode(shape, size));
    }
  }

  private List<Integer> elements(int labelId) {
    LabelIndex.ServerLabel label = index.label(labelId);
    return label == null ? List.of() : label.elements();
  }

  private static Detection detection(ObjectId id, @Nullable String className) {
    return new Detection(id, List.of(), className, null, null, null, null, null, Document.empty());
  }

  private static Detection mask(
      ObjectId id, @Nullable String className, Masks.@Nullable Pixels pixels, PixelSize size) {
    Detection detection = detection(id, className);
    return pixels == null
        ? detection.withBoundingBox(new io.postil.core.label.BoundingBox(0, 0, 0, 0))
        : detection.withBoundingBox(Masks.box(pixels, size)).withMask(Masks.array(pixels));
  }

  /**
   * A label that was there before, with what its shapes say now.
   *
   * @param before the label as the server is known to hold it
   * @param returned its shapes by part; those missing were deleted, at least one is there
   */
  SingleLabel edited(
      FieldSchema field, SingleLabel before, Map<Integer, CvatShape> returned, PixelSize size) {
    Map<Integer, CvatShape> sent = new HashMap<>();
    encoder.geometry(field, before, size).forEach(p -> sent.put(p.part(), p.shape()));
    CvatShape first = returned.values().iterator().next();
    String className = index.className(field, first.labelId());
    SingleLabel moved =
        before instanceof Polyline line
            ? lines(line, sent, returned, size)
            : moved(field, before, sent.get(0), first, size);
    return withAttributes(field, before, labelled(moved, className), first);
  }

  private static SingleLabel labelled(SingleLabel label, @Nullable String className) {
    if (label instanceof Detection d) {
      return d.withLabel(className);
    }
    return switch (label) {
      case Classification c -> c.withLabel(className);
      case Polyline p -> p.withLabel(className);
      case Keypoint k -> k.withLabel(className);
      default -> label;
    };
  }

  private SingleLabel moved(
      FieldSchema field,
      SingleLabel before,
      @Nullable CvatShape sent,
      CvatShape returned,
      PixelSize size) {
    // A rotation is an attribute, so turning alone is no change of the outline.
    CvatShape unturned = returned.withPoints(returned.points(), 0);
    if (before instanceof Classification
        || sent != null && sent.withPoints(sent.points(), 0).sameGeometry(unturned)) {
      return before;
    }
    SingleLabel drawn = outline(field, returned, before.id(), before.label(), size);
    if (before instanceof Detection b && drawn instanceof Detection d) {
      Detection changed = b.withBoundingBox(d.boundingBox()).withMask(d.mask()).withMaskPath(null);
      return returned.type().equals(Cuboids.TYPE)
          ? changed.withAttributes(
              b.attributes().with(Cuboids.ATTRIBUTE, d.attributes().get(Cuboids.ATTRIBUTE)))
          : changed.withAttributes(b.attributes().without(Cuboids.ATTRIBUTE));
    }
    if (before instanceof Keypoint b) {
      return b.withPoints(
          KeypointShapes.decode(returned, size, b.points(), elements(returned.labelId())));
    }
    return before;
  }

  private static Polyline lines(
      Polyline before,
      Map<Integer, CvatShape> sent,
      Map<Integer, CvatShape> returned,
      PixelSize size) {
    List<Points> lines = new ArrayList<>();
    boolean changed = false;
    for (int i = 0; i < before.points().size(); i++) {
      CvatShape was = sent.get(i);
      CvatShape now = returned.get(i);
      if (was == null || now != null && was.sameGeometry(now)) {
        lines.add(before.points().get(i));
      } else {
        changed = true;
        if (now != null) {
          lines.add(Paths.relative(now.points(), size));
        }
      }
    }
    return changed ? before.withPoints(lines) : before;
  }

  // --- attributes -----------------------------------------------------------------------------

  private SingleLabel withAttributes(
      FieldSchema field, @Nullable SingleLabel before, SingleLabel label, CvatShape shape) {
    Document attributes = label.attributes();
    Set<String> asked = new HashSet<>();
    LabelIndex.ServerLabel server = index.label(shape.labelId());
    Map<String, LabelIndex.ServerAttribute> there = server == null ? Map.of() : server.attributes();
    for (AttributeSchema attribute : field.attributesOf(label.label())) {
      String name = attribute.name();
      asked.add(name);
      Object value = before == null ? null : LabelEncoder.value(before, name);
      LabelIndex.ServerAttribute on = there.get(name);
      switch (Catalogue.flagOf(attribute, field, options)) {
        case OCCLUDED, GROUP, ROTATION -> {}
        case NONE -> {
          String text = on == null ? null : shape.attributes().get(on.id());
          if (on != null && text != null) {
            attributes =
                set(
                    attributes,
                    name,
                    value,
                    AttributeValues.decode(
                        attribute,
                        text,
                        value,
                        before == null,
                        on.defaultValue(),
                        options.coerceTextAttributes()));
          }
        }
      }
    }
    attributes = flags(field, before, label, shape, attributes);
    if (before == null) {
      for (LabelIndex.ServerAttribute on : there.values()) {
        String text = shape.attributes().get(on.id());
        if (!asked.contains(on.name()) && !on.name().equals(Catalogue.LABEL_ID) && text != null) {
          Object value =
              AttributeValues.decode(null, text, null, true, "", options.coerceTextAttributes());
          attributes = set(attributes, on.name(), null, value);
        }
      }
    }
    return attributes.equals(label.attributes()) ? label : label.withAttributes(attributes);
  }

  private static Document set(
      Document attributes, String name, @Nullable Object before, @Nullable Object value) {
    if (value == null) {
      return attributes.contains(name) && before != null ? attributes.with(name, null) : attributes;
    }
    return value.equals(before) ? attributes : attributes.with(name, value);
  }

  /** What CVAT keeps beside the attributes: occluded, group, rotation. */
  private Document flags(
      FieldSchema field,
      @Nullable SingleLabel before,
      SingleLabel label,
      CvatShape shape,
      Document attributes) {
    Document all = attributes;
    String occluded = encoder.flagName(field, label.label(), Catalogue.Flag.OCCLUDED);
    if (occluded != null && !shape.type().equals(CvatShape.TAG)) {
      Object value = before == null ? null : LabelEncoder.value(before, occluded);
      if (before == null || Boolean.TRUE.equals(value) != shape.occluded()) {
        all = all.with(occluded, shape.occluded());
      }
    }
    String group = encoder.flagName(field, label.label(), Catalogue.Flag.GROUP);
    if (group != null) {
      Object value = before == null ? null : LabelEncoder.value(before, group);
      int was = value instanceof Number n ? Math.max(0, n.intValue()) : 0;
      if (was != shape.group()) {
        all = shape.group() == 0 ? all.with(group, null) : all.with(group, shape.group());
      }
    }
    if (label instanceof Detection
        && (shape.type().equals(Boxes.TYPE) || before == null && shape.rotation() != 0)) {
      String rotation = encoder.flagName(field, label.label(), Catalogue.Flag.ROTATION);
      Object value =
          before == null || rotation == null ? null : LabelEncoder.value(before, rotation);
      double was = Boxes.degrees(value);
      if (rotation != null && Math.abs(was - shape.rotation() % 360) > 1e-7) {
        all = all.with(rotation, shape.rotation() % 360);
      }
    }
    return all;
  }
}
