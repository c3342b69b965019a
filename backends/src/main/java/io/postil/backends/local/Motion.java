package io.postil.backends.local;

import io.postil.core.label.BoundingBox;
import io.postil.core.label.Detection;
import io.postil.core.label.Keypoint;
import io.postil.core.label.Points;
import io.postil.core.label.Polyline;
import io.postil.core.label.SingleLabel;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a label is between two key frames: all points move straight and evenly. Where two shapes
 * have different numbers of points, the first stays until the second. The editor does the same, see
 * {@code server/ui/src/editor/motion.ts}. Stateless.
 */
final class Motion {
  private Motion() {}

  /** A label on its way to another: at 0 the first, at 1 the second; all but the place is kept. */
  static SingleLabel between(SingleLabel from, SingleLabel to, double share) {
    if (from instanceof Detection a && to instanceof Detection b) {
      BoundingBox p = a.boundingBox();
      BoundingBox q = b.boundingBox();
      return p == null || q == null ? from : a.withBoundingBox(between(p, q, share));
    }
    if (from instanceof Polyline a && to instanceof Polyline b) {
      return sameSizes(a.points(), b.points())
          ? a.withPoints(between(a.points(), b.points(), share))
          : from;
    }
    if (from instanceof Keypoint a && to instanceof Keypoint b) {
      return a.points().size() == b.points().size()
          ? a.withPoints(between(a.points(), b.points(), share))
          : from;
    }
    return from;
  }

  private static BoundingBox between(BoundingBox p, BoundingBox q, double share) {
    return new BoundingBox(
        between(p.x(), q.x(), share),
        between(p.y(), q.y(), share),
        between(p.width(), q.width(), share),
        between(p.height(), q.height(), share));
  }

  private static double between(double a, double b, double share) {
    return a + (b - a) * share;
  }

  private static boolean sameSizes(List<Points> a, List<Points> b) {
    if (a.size() != b.size()) {
      return false;
    }
    for (int i = 0; i < a.size(); i++) {
      if (a.get(i).size() != b.get(i).size()) {
        return false;
      }
    }
    return true;
  }

  private static List<Points> between(List<Points> a, List<Points> b, double share) {
    List<Points> rings = new ArrayList<>();
    for (int i = 0; i < a.size(); i++) {
      rings.add(between(a.get(i), b.get(i), share));
    }
    return rings;
  }

  /** A point that is missing in one of them is as in the first. */
  private static Points between(Points a, Points b, double share) {
    double[] moved = new double[2 * a.size()];
    for (int i = 0; i < a.size(); i++) {
      boolean fixed = a.isMissing(i) || b.isMissing(i);
      moved[2 * i] = fixed ? a.x(i) : between(a.x(i), b.x(i), share);
      moved[2 * i + 1] = fixed ? a.y(i) : between(a.y(i), b.y(i), share);
    }
    return Points.wrap(moved);
  }
}
