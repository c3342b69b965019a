package io.postil.backends.cvat;

import io.postil.core.label.BoundingBox;
import io.postil.core.label.Detection;
import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cuboids drawn on a picture: eight corners. A label keeps them relative to the picture as the
 * attribute {@code cuboid}, x and y in turn; its box is the one around them.
 */
final class Cuboids {
  static final String TYPE = "cuboid";
  static final String ATTRIBUTE = "cuboid";
  private static final int NUMBERS = 16;

  private Cuboids() {}

  /** The cuboid of a label that has one, else null. */
  static @Nullable CvatShape encode(Detection detection, PixelSize size) {
    List<@Nullable Object> corners = detection.attributes().getList(ATTRIBUTE);
    if (corners.size() != NUMBERS) {
      return null;
    }
    double[] points = new double[NUMBERS];
    for (int i = 0; i < NUMBERS; i++) {
      if (!(corners.get(i) instanceof Number n) || !Double.isFinite(n.doubleValue())) {
        return null;
      }
      points[i] = n.doubleValue() * (i % 2 == 0 ? size.width() : size.height());
    }
    return CvatShape.of(TYPE, points);
  }

  static List<@Nullable Object> corners(CvatShape shape, PixelSize size) {
    List<@Nullable Object> corners = new ArrayList<>();
    for (int i = 0; i < shape.points().length; i++) {
      corners.add(shape.points()[i] / (i % 2 == 0 ? size.width() : size.height()));
    }
    return Values.list(corners);
  }

  static BoundingBox box(CvatShape shape, PixelSize size) {
    double left = Double.MAX_VALUE;
    double top = Double.MAX_VALUE;
    double right = -Double.MAX_VALUE;
    double bottom = -Double.MAX_VALUE;
    double[] p = shape.points();
    for (int i = 0; i + 1 < p.length; i += 2) {
      left = Math.min(left, p[i]);
      right = Math.max(right, p[i]);
      top = Math.min(top, p[i + 1]);
      bottom = Math.max(bottom, p[i + 1]);
    }
    if (p.length < 2) {
      return new BoundingBox(0, 0, 0, 0);
    }
    return new BoundingBox(
        left / size.width(),
        top / size.height(),
        (right - left) / size.width(),
        (bottom - top) / size.height());
  }
}
