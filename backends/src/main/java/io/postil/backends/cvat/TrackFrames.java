package io.postil.backends.cvat;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a track is between its key frames, as CVAT shows it: boxes, cuboids, single points and
 * outlines move straight; outlines whose number of points changes are walked along; masks and
 * groups of points stay until the next key frame. Turning takes the shorter way.
 */
final class TrackFrames {
  private TrackFrames() {}

  /** The observation on a frame: a key frame, or made of those around it; null before the first. */
  static @Nullable CvatShape at(List<CvatShape> keys, int frame) {
    CvatShape before = null;
    for (CvatShape key : keys) {
      if (key.frame() == frame) {
        return key;
      }
      if (key.frame() > frame) {
        return before == null ? null : between(before, key, frame);
      }
      before = key;
    }
    return before == null ? null : before.at(frame, before.outside());
  }

  static CvatShape between(CvatShape a, CvatShape b, int frame) {
    if (a.outside() || !a.type().equals(b.type())) {
      return a.at(frame, a.outside());
    }
    double share = (double) (frame - a.frame()) / (b.frame() - a.frame());
    double turn = ((b.rotation() - a.rotation() + 180) % 360 + 360) % 360 - 180;
    double rotation = (a.rotation() + turn * share + 360) % 360;
    double[] points =
        switch (a.type()) {
          case Masks.TYPE -> a.points();
          case KeypointShapes.POINTS ->
              a.points().length == 2 && b.points().length == 2
                  ? mix(a.points(), b.points(), share)
                  : a.points();
          case Paths.POLYGON, Paths.POLYLINE -> walk(a, b, share);
          default ->
              a.points().length == b.points().length
                  ? mix(a.points(), b.points(), share)
                  : a.points();
        };
    CvatShape moved = a.at(frame, false).withPoints(points, rotation);
    if (a.elements().isEmpty()) {
      return moved;
    }
    List<CvatShape> elements = new ArrayList<>();
    for (int i = 0; i < a.elements().size(); i++) {
      CvatShape x = a.elements().get(i).at(a.frame(), a.elements().get(i).outside());
      CvatShape y = i < b.elements().size() ? b.elements().get(i) : x;
      elements.add(between(x, y.at(b.frame(), y.outside()), frame));
    }
    return moved.withElements(elements);
  }

  private static double[] mix(double[] a, double[] b, double share) {
    double[] mixed = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      mixed[i] = a[i] + (b[i] - a[i]) * share;
    }
    return mixed;
  }

  private static double[] walk(CvatShape a, CvatShape b, double share) {
    if (a.points().length == b.points().length) {
      return mix(a.points(), b.points(), share);
    }
    boolean closed = a.type().equals(Paths.POLYGON);
    int count = Math.max(a.points().length, b.points().length) / 2;
    return mix(spread(a.points(), count, closed), spread(b.points(), count, closed), share);
  }

  /** So many points along a line, at equal parts of its length. */
  private static double[] spread(double[] line, int count, boolean closed) {
    int n = line.length / 2;
    if (n == count || n < 2) {
      return n == count ? line : new double[2 * count];
    }
    int edges = closed ? n : n - 1;
    double total = 0;
    for (int i = 0; i < edges; i++) {
      total += length(line, i, n);
    }
    double[] spread = new double[2 * count];
    int edge = 0;
    double passed = 0;
    for (int i = 0; i < count; i++) {
      double wanted = total * i / (closed ? count : count - 1);
      while (edge < edges - 1 && passed + length(line, edge, n) < wanted) {
        passed += length(line, edge++, n);
      }
      double length = length(line, edge, n);
      double part = length == 0 ? 0 : Math.min(1, (wanted - passed) / length);
      int next = (edge + 1) % n;
      spread[2 * i] = line[2 * edge] + (line[2 * next] - line[2 * edge]) * part;
      spread[2 * i + 1] = line[2 * edge + 1] + (line[2 * next + 1] - line[2 * edge + 1]) * part;
    }
    return spread;
  }

  private static double length(double[] line, int edge, int n) {
    int next = (edge + 1) % n;
    return Math.hypot(line[2 * next] - line[2 * edge], line[2 * next + 1] - line[2 * edge + 1]);
  }
}
