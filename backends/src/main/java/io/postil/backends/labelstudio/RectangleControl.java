package io.postil.backends.labelstudio;

import io.postil.core.annotation.AttributeSchema;
import io.postil.core.annotation.FieldSchema;
import io.postil.core.label.BoundingBox;
import io.postil.core.label.Detection;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.Document;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Boxes. A rotation is the attribute {@code rotation} of a detection, in degrees clockwise about
 * the middle of its box; the editor rotates about the corner that was top left. Immutable.
 */
final class RectangleControl extends ShapeControl {
  static final String ROTATION = "rotation";
  private static final List<String> ENTRIES = List.of("x", "y", "width", "height", ROTATION);

  private final boolean rotates;

  RectangleControl(FieldSchema field, Names names) {
    super(field, names, Set.of(ROTATION));
    this.rotates = rotates(field);
  }

  /** Whether a field has rotations. */
  static boolean rotates(FieldSchema field) {
    return field.attributes().stream().map(AttributeSchema::name).anyMatch(ROTATION::equals)
        || field.classes().stream()
            .flatMap(c -> c.attributes().stream())
            .anyMatch(a -> a.name().equals(ROTATION));
  }

  @Override
  String tag() {
    return "RectangleLabels";
  }

  @Override
  Map<String, String> tagAttributes() {
    return Map.of("canRotate", String.valueOf(rotates));
  }

  @Override
  String type() {
    return "rectanglelabels";
  }

  @Override
  List<@Nullable Document> parts(SingleLabel label, ItemMedia media) {
    return Collections.singletonList(label instanceof Detection d ? part(d, rotates, media) : null);
  }

  /** A box in percent, cut off at the edges; null if it has no area in the image. */
  static @Nullable Document part(Detection label, boolean rotates, ItemMedia media) {
    BoundingBox box = label.boundingBox();
    if (box == null || !box.isFinite()) {
      return null;
    }
    double rotation =
        rotates && Attributes.value(label, ROTATION) instanceof Number n ? n.doubleValue() : 0;
    double left = Percent.clamped(box.x());
    double top = Percent.clamped(box.y());
    double width = Percent.clamped(box.x() + box.width()) - left;
    double height = Percent.clamped(box.y() + box.height()) - top;
    if (left == Percent.of(box.x()) && Percent.of(box.x() + box.width()) <= 100) {
      width = Percent.of(box.width());
    }
    if (top == Percent.of(box.y()) && Percent.of(box.y() + box.height()) <= 100) {
      height = Percent.of(box.height());
    }
    if (width <= 0 || height <= 0) {
      return null;
    }
    double[] corner = {left, top};
    if (rotation != 0) {
      corner = turned(left, top, width, height, Math.toRadians(rotation), media, 1);
    }
    return Document.builder()
        .append("x", corner[0])
        .append("y", corner[1])
        .append("width", width)
        .append("height", height)
        .append(ROTATION, ((rotation % 360) + 360) % 360)
        .build();
  }

  /**
   * The corner of a box when the box turns about its middle ({@code direction} 1), or the corner it
   * had before ({@code direction} -1). Turning happens in pixels, the rest in percent.
   */
  private static double[] turned(
      double x,
      double y,
      double width,
      double height,
      double angle,
      ItemMedia media,
      int direction) {
    double pixelsX = media.hasSize() ? media.width() / 100.0 : 1;
    double pixelsY = media.hasSize() ? media.height() / 100.0 : 1;
    double halfX = width * pixelsX / 2;
    double halfY = height * pixelsY / 2;
    double shiftX = halfX - (halfX * Math.cos(angle) - halfY * Math.sin(angle));
    double shiftY = halfY - (halfX * Math.sin(angle) + halfY * Math.cos(angle));
    return new double[] {x + direction * shiftX / pixelsX, y + direction * shiftY / pixelsY};
  }

  @Override
  boolean same(Document sent, Document row) {
    return Percent.same(sent, row.contains(ROTATION) ? row : row.with(ROTATION, 0), ENTRIES);
  }

  /** The box of a row, and its rotation in degrees. */
  static BoundingBox box(Document row, ItemMedia media) {
    double x = Percent.number(row, "x");
    double y = Percent.number(row, "y");
    double width = Percent.number(row, "width");
    double height = Percent.number(row, "height");
    double rotation = Percent.number(row, ROTATION);
    if (rotation != 0) {
      double[] corner = turned(x, y, width, height, Math.toRadians(rotation), media, -1);
      x = corner[0];
      y = corner[1];
    }
    return new BoundingBox(
        Percent.toRelative(x),
        Percent.toRelative(y),
        Percent.toRelative(width),
        Percent.toRelative(height));
  }

  @Override
  SingleLabel shape(Drawn drawn) {
    Document row = drawn.rows().get(drawn.rows().size() - 1).value();
    Detection label =
        drawn.before() instanceof Detection d
            ? d.withBoundingBox(box(row, drawn.media()))
            : new Detection(
                drawn.id(),
                List.of(),
                drawn.className(),
                box(row, drawn.media()),
                null,
                null,
                null,
                null,
                Document.empty());
    double rotation = Percent.number(row, ROTATION);
    boolean had = Attributes.value(label, ROTATION) != null;
    return rotates && (rotation != 0 || had)
        ? label.withAttributes(label.attributes().with(ROTATION, rotation))
        : label;
  }
}
