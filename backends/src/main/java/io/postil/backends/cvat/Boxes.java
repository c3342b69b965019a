package io.postil.backends.cvat;

import io.postil.core.label.BoundingBox;
import io.postil.core.label.Detection;
import org.jspecify.annotations.Nullable;

/**
 * Boxes as rectangles: {@code [x1, y1, x2, y2]} in fractions of pixels, turned clockwise about the
 * centre. A rotation is the attribute {@code rotation} of the label, in degrees of any sign.
 */
final class Boxes {
  static final String TYPE = "rectangle";
  static final String ROTATION = "rotation";

  private Boxes() {}

  static @Nullable CvatShape encode(Detection detection, PixelSize size) {
    BoundingBox box = detection.boundingBox();
    if (box == null || !box.isFinite()) {
      return null;
    }
    return CvatShape.of(
            TYPE,
            box.x() * size.width(),
            box.y() * size.height(),
            (box.x() + box.width()) * size.width(),
            (box.y() + box.height()) * size.height())
        .rotated(degrees(detection.attributes().get(ROTATION)));
  }

  /** A rotation as CVAT takes it: from 0 to less than 360. */
  static double degrees(@Nullable Object rotation) {
    if (!(rotation instanceof Number n) || !Double.isFinite(n.doubleValue())) {
      return 0;
    }
    double turned = n.doubleValue() % 360;
    return turned < 0 ? turned + 360 : turned + 0.0;
  }

  static BoundingBox decode(CvatShape shape, PixelSize size) {
    double[] p = shape.points();
    if (p.length < 4) {
      return new BoundingBox(0, 0, 0, 0);
    }
    double x = Math.min(p[0], p[2]) / size.width();
    double y = Math.min(p[1], p[3]) / size.height();
    return new BoundingBox(
        x, y, Math.abs(p[2] - p[0]) / size.width(), Math.abs(p[3] - p[1]) / size.height());
  }
}
