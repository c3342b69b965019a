package io.postil.backends.cvat;

/**
 * Ellipses, which labels do not have: they come as polygons. CVAT gives {@code [cx, cy, x, y]}: the
 * centre, the x of the right end and the y of the top end, before turning clockwise.
 */
final class Ellipses {
  static final String TYPE = "ellipse";
  private static final int CORNERS = 64;

  private Ellipses() {}

  /** The outline in pixels. */
  static double[] outline(CvatShape shape) {
    double[] p = shape.points();
    if (p.length < 4) {
      return new double[0];
    }
    double rx = Math.abs(p[2] - p[0]);
    double ry = Math.abs(p[1] - p[3]);
    double turn = Math.toRadians(shape.rotation());
    double[] outline = new double[2 * CORNERS];
    for (int i = 0; i < CORNERS; i++) {
      double angle = 2 * Math.PI * i / CORNERS;
      double x = rx * Math.cos(angle);
      double y = ry * Math.sin(angle);
      outline[2 * i] = p[0] + x * Math.cos(turn) - y * Math.sin(turn);
      outline[2 * i + 1] = p[1] + x * Math.sin(turn) + y * Math.cos(turn);
    }
    return outline;
  }
}
