package io.postil.backends.cvat;

import io.postil.core.label.Points;
import io.postil.core.label.Polyline;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Lines and outlines: each line of a label is a {@code polyline} or {@code polygon} of its own. */
final class Paths {
  static final String POLYGON = "polygon";
  static final String POLYLINE = "polyline";

  private Paths() {}

  /**
   * The shapes of a label, one for each line in order; null in place of one that CVAT cannot show,
   * because it has too few points or a missing one.
   */
  static List<@Nullable CvatShape> encode(Polyline label, PixelSize size) {
    List<@Nullable CvatShape> shapes = new ArrayList<>();
    int least = label.filled() ? 3 : 2;
    for (Points line : label.points()) {
      double[] pixels = pixels(line, size);
      boolean shown = line.size() >= least;
      for (double pixel : pixels) {
        shown &= Double.isFinite(pixel);
      }
      shapes.add(shown ? CvatShape.of(label.filled() ? POLYGON : POLYLINE, pixels) : null);
    }
    return shapes;
  }

  static double[] pixels(Points points, PixelSize size) {
    double[] pixels = new double[2 * points.size()];
    for (int i = 0; i < points.size(); i++) {
      pixels[2 * i] = points.x(i) * size.width();
      pixels[2 * i + 1] = points.y(i) * size.height();
    }
    return pixels;
  }

  static Points relative(double[] pixels, PixelSize size) {
    double[] points = new double[pixels.length / 2 * 2];
    for (int i = 0; i < points.length; i += 2) {
      points[i] = pixels[i] / size.width();
      points[i + 1] = pixels[i + 1] / size.height();
    }
    return Points.wrap(points);
  }
}
