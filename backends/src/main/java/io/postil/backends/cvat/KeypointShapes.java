package io.postil.backends.cvat;

import io.postil.core.label.Keypoint;
import io.postil.core.label.Points;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keypoints: a {@code points} shape with those that are not missing, or a {@code skeleton} where
 * the project has one, whose missing points are outside.
 */
final class KeypointShapes {
  static final String POINTS = "points";
  static final String SKELETON = "skeleton";

  private KeypointShapes() {}

  /**
   * The shape of a label; null if no point is there to be shown.
   *
   * @param elements the labels of the points of a skeleton in order; empty for a points shape
   */
  static @Nullable CvatShape encode(Keypoint label, PixelSize size, List<Integer> elements) {
    Points points = label.points();
    double[] pixels = Paths.pixels(points, size);
    int visible = 0;
    for (int i = 0; i < points.size(); i++) {
      visible += shown(points, i) ? 1 : 0;
    }
    if (visible == 0) {
      return null;
    }
    if (elements.size() == points.size() && !elements.isEmpty()) {
      List<CvatShape> parts = new ArrayList<>();
      for (int i = 0; i < points.size(); i++) {
        boolean outside = !shown(points, i);
        CvatShape part =
            CvatShape.of(POINTS, outside ? 0 : pixels[2 * i], outside ? 0 : pixels[2 * i + 1]);
        parts.add(part.placed(0, elements.get(i), false, 0, part.attributes()).at(0, outside));
      }
      parts.sort((a, b) -> Integer.compare(a.labelId(), b.labelId()));
      return CvatShape.of(SKELETON).withElements(parts);
    }
    double[] kept = new double[2 * visible];
    int at = 0;
    for (int i = 0; i < points.size(); i++) {
      if (shown(points, i)) {
        kept[at++] = pixels[2 * i];
        kept[at++] = pixels[2 * i + 1];
      }
    }
    return CvatShape.of(POINTS, kept);
  }

  private static boolean shown(Points points, int index) {
    return Double.isFinite(points.x(index)) && Double.isFinite(points.y(index));
  }

  /**
   * The points of a shape. As long as a points shape has as many as were shown before, the missing
   * ones stay where they were.
   *
   * @param before the points of the label so far, or null
   * @param elements the labels of the points of a skeleton in order
   */
  static Points decode(
      CvatShape shape, PixelSize size, @Nullable Points before, List<Integer> elements) {
    if (shape.type().equals(SKELETON)) {
      return skeleton(shape, size, elements);
    }
    Points drawn = Paths.relative(shape.points(), size);
    int visible = 0;
    for (int i = 0; before != null && i < before.size(); i++) {
      visible += shown(before, i) ? 1 : 0;
    }
    if (before == null || visible == before.size() || visible != drawn.size()) {
      return drawn;
    }
    double[] all = new double[2 * before.size()];
    int at = 0;
    for (int i = 0; i < before.size(); i++) {
      boolean shown = shown(before, i);
      all[2 * i] = shown ? drawn.x(at) : before.x(i);
      all[2 * i + 1] = shown ? drawn.y(at) : before.y(i);
      at += shown ? 1 : 0;
    }
    return Points.wrap(all);
  }

  private static Points skeleton(CvatShape shape, PixelSize size, List<Integer> elements) {
    int count = Math.max(elements.size(), elements.isEmpty() ? shape.elements().size() : 0);
    double[] all = new double[2 * count];
    java.util.Arrays.fill(all, Double.NaN);
    for (int i = 0; i < shape.elements().size(); i++) {
      CvatShape element = shape.elements().get(i);
      int index = elements.isEmpty() ? i : elements.indexOf(element.labelId());
      if (index >= 0 && !element.outside() && element.points().length >= 2) {
        all[2 * index] = element.points()[0] / size.width();
        all[2 * index + 1] = element.points()[1] / size.height();
      }
    }
    return Points.wrap(all);
  }
}
