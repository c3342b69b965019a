package io.postil.backends.cvat;

import io.postil.core.annotation.AttributeSchema;
import io.postil.core.annotation.FieldSchema;
import io.postil.core.annotation.LabelType;
import io.postil.core.label.Classification;
import io.postil.core.label.Detection;
import io.postil.core.label.Keypoint;
import io.postil.core.label.Polyline;
import io.postil.core.label.Segmentation;
import io.postil.core.label.SingleLabel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns labels into shapes and tags. Stateless beyond what it is made with. */
final class LabelEncoder {
  /**
   * A shape of a label.
   *
   * @param part which of its lines or masks it is, from 0
   * @param shape the shape
   */
  record Part(int part, CvatShape shape) {}

  private final LabelIndex index;
  private final CvatOptions options;

  LabelEncoder(LabelIndex index, CvatOptions options) {
    this.index = index;
    this.options = options;
  }

  /**
   * The shapes of a label with their CVAT labels and attributes; empty if CVAT cannot show it.
   *
   * @param frame the number of the frame on the server
   */
  List<Part> encode(FieldSchema field, SingleLabel label, PixelSize size, int frame) {
    List<Part> placed = new ArrayList<>();
    for (Part part : geometry(field, label, size)) {
      String className =
          label instanceof Segmentation
              ? SegmentationMasks.names(field).get(part.part())
              : label.label();
      LabelIndex.ServerLabel server = index.label(field, className);
      if (server != null) {
        placed.add(
            new Part(
                part.part(),
                part.shape()
                    .placed(
                        frame,
                        server.id(),
                        occluded(field, label),
                        group(field, label),
                        attributes(field, label, server))));
      }
    }
    return placed;
  }

  /** The outlines of a label, without what else is known of it. */
  List<Part> geometry(FieldSchema field, SingleLabel label, PixelSize size) {
    List<Part> parts = new ArrayList<>();
    if (label instanceof Detection d) {
      add(parts, detection(field, d, size));
      return parts;
    }
    switch (label) {
      case Classification c -> parts.add(new Part(0, CvatShape.of(CvatShape.TAG)));
      case Polyline p -> {
        List<@Nullable CvatShape> shapes = Paths.encode(p, size);
        for (int i = 0; i < shapes.size(); i++) {
          CvatShape shape = shapes.get(i);
          if (shape != null) {
            parts.add(new Part(i, shape));
          }
        }
      }
      case Keypoint k -> {
        LabelIndex.ServerLabel server = index.label(field, k.label());
        add(parts, KeypointShapes.encode(k, size, server == null ? List.of() : server.elements()));
      }
      case Segmentation s -> {
        List<String> names = SegmentationMasks.names(field);
        SegmentationMasks.encode(s, field, size)
            .forEach((name, shape) -> parts.add(new Part(names.indexOf(name), shape)));
      }
      default -> {}
    }
    return parts;
  }

  private static void add(List<Part> parts, @Nullable CvatShape shape) {
    if (shape != null) {
      parts.add(new Part(0, shape));
    }
  }

  private static @Nullable CvatShape detection(
      FieldSchema field, Detection detection, PixelSize size) {
    if (field.type() == LabelType.INSTANCE || field.type() == LabelType.INSTANCES) {
      return detection.mask() == null && detection.maskPath() == null
          ? Boxes.encode(detection, size)
          : Masks.encode(detection, size);
    }
    CvatShape cuboid = Cuboids.encode(detection, size);
    return cuboid == null ? Boxes.encode(detection, size) : cuboid;
  }

  /** The name of the attribute that CVAT's own flag stands for, or null. */
  @Nullable String flagName(FieldSchema field, @Nullable String className, Catalogue.Flag flag) {
    for (AttributeSchema attribute : field.attributesOf(className)) {
      if (Catalogue.flagOf(attribute, field, options) == flag) {
        return attribute.name();
      }
    }
    return switch (flag) {
      case OCCLUDED -> options.text("occluded_attr");
      case GROUP -> options.text("group_id_attr");
      case ROTATION -> Boxes.ROTATION;
      case NONE -> null;
    };
  }

  private boolean occluded(FieldSchema field, SingleLabel label) {
    String name = flagName(field, label.label(), Catalogue.Flag.OCCLUDED);
    return name != null && Boolean.TRUE.equals(label.attributes().get(name));
  }

  private int group(FieldSchema field, SingleLabel label) {
    String name = flagName(field, label.label(), Catalogue.Flag.GROUP);
    return name != null && label.attributes().get(name) instanceof Number n
        ? Math.max(0, n.intValue())
        : 0;
  }

  private static Map<Integer, String> attributes(
      FieldSchema field, SingleLabel label, LabelIndex.ServerLabel server) {
    Map<Integer, String> values = new LinkedHashMap<>();
    for (AttributeSchema attribute : field.attributesOf(label.label())) {
      LabelIndex.ServerAttribute on = server.attributes().get(attribute.name());
      Object value = value(label, attribute.name());
      if (on != null && value != null) {
        values.put(on.id(), AttributeValues.encode(value));
      }
    }
    LabelIndex.ServerAttribute id = server.attributes().get(Catalogue.LABEL_ID);
    if (id != null) {
      values.put(id.id(), label.id().toString());
    }
    return values;
  }

  /** The value of an attribute, also from the attributes dict of old datasets. */
  static @Nullable Object value(SingleLabel label, String name) {
    Object value = label.attributes().get(name);
    if (value == null) {
      Object legacy = label.attributes().getDocument("attributes").get(name);
      return legacy instanceof io.postil.core.value.Document d ? d.get("value") : legacy;
    }
    return value;
  }
}
