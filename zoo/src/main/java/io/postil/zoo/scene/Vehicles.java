package io.postil.zoo.scene;

import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.geom.Path2D;
import java.util.Random;

/** Draws cars, buses and bicycles in metres, the ground at y = 0, the middle at x = 0. */
final class Vehicles {
  private static final Color[] PAINTS = {
    new Color(0xC0392B), new Color(0x2C6FBB), new Color(0xECF0F1), new Color(0x34495E),
    new Color(0xF0B429), new Color(0x2E8B6A), new Color(0x8E8E93), new Color(0x7A4FA3),
  };
  private static final Color TYRE = new Color(0x1C1D20);
  private static final Color RIM = new Color(0xB8BDC4);

  private Vehicles() {}

  static void car(Canvas canvas, Palette palette, Random random) {
    Color paint = palette.lit(PAINTS[random.nextInt(PAINTS.length)]);
    Color glass = palette.lit(new Color(0x9FC3D9));
    int body = random.nextInt(3);
    canvas.tint(Canvas.oval(-2.25, -0.16, 4.5, 0.32), new Color(0, 0, 0, 80));
    Path2D shell = new Path2D.Double();
    shell.moveTo(-2.1, -0.35);
    shell.curveTo(-2.2, -0.8, -2.05, -0.95, -1.6, -1.0);
    if (body == 0) {
      shell.curveTo(-1.2, -1.5, -0.8, -1.52, 0.1, -1.5);
      shell.curveTo(0.7, -1.48, 1.0, -1.1, 1.3, -0.98);
    } else if (body == 1) {
      shell.curveTo(-1.75, -1.6, -1.6, -1.68, -0.6, -1.68);
      shell.curveTo(0.5, -1.68, 0.8, -1.2, 1.15, -1.02);
    } else {
      shell.curveTo(-1.0, -1.02, -0.9, -1.45, 0.0, -1.45);
      shell.curveTo(0.6, -1.45, 0.8, -1.1, 1.0, -1.0);
    }
    shell.curveTo(1.9, -0.92, 2.1, -0.8, 2.12, -0.35);
    shell.closePath();
    canvas.fill(
        shell,
        new GradientPaint(
            0, -1.5f, Palette.lighter(paint, 0.22), 0, -0.3f, Palette.darker(paint, 0.28)));
    double roof = body == 1 ? -1.55 : -1.38;
    canvas.fill(Canvas.polygon(-0.25, -1.0, -0.22, roof, 0.25, roof, 0.78, -1.0), glass);
    double back = body == 2 ? -0.75 : body == 1 ? -1.45 : -1.15;
    canvas.fill(Canvas.polygon(back, -1.0, back + 0.22, roof, -0.36, roof, -0.36, -1.0), glass);
    canvas.fill(Canvas.box(-2.12, -0.5, 4.22, 0.16), Palette.darker(paint, 0.55));
    canvas.fill(
        Canvas.oval(1.82, -0.86, 0.26, 0.16),
        palette.isNight() ? new Color(0xFFF6C9) : new Color(0xF4F1DE));
    canvas.fill(Canvas.round(-2.12, -0.88, 0.16, 0.2, 0.08), new Color(0xA3261C));
    canvas.fill(Canvas.round(-0.6, -0.86, 0.24, 0.06, 0.05), Palette.darker(paint, 0.4));
    wheel(canvas, -1.28, 0.34);
    wheel(canvas, 1.32, 0.34);
  }

  static void bus(Canvas canvas, Palette palette, Random random) {
    Color paint =
        palette.lit(
            new Color[] {
                  new Color(0xC8372D), new Color(0x1E7A54), new Color(0xE8A317), new Color(0x2B5C9E)
                }
                [random.nextInt(4)]);
    Color glass = palette.isNight() ? new Color(0xF2D68A) : palette.lit(new Color(0xA9CBDD));
    canvas.tint(Canvas.oval(-5.2, -0.2, 10.4, 0.4), new Color(0, 0, 0, 80));
    canvas.fill(
        Canvas.round(-5, -3.1, 10, 2.75, 0.5),
        new GradientPaint(
            0, -3.1f, Palette.lighter(paint, 0.18), 0, -0.4f, Palette.darker(paint, 0.2)));
    canvas.fill(Canvas.box(-5, -1.35, 10, 0.22), palette.lit(new Color(0xF4F1EA)));
    for (double x = -4.6; x < 3.2; x += 1.3) {
      canvas.fill(Canvas.round(x, -2.7, 1.1, 1.05, 0.16), glass);
    }
    canvas.fill(Canvas.round(3.6, -2.75, 1.25, 1.4, 0.2), glass);
    canvas.fill(Canvas.round(2.0, -2.7, 1.0, 2.2, 0.12), Palette.darker(glass, 0.22));
    canvas.fill(Canvas.box(-5, -0.5, 10, 0.15), Palette.darker(paint, 0.6));
    canvas.fill(Canvas.oval(4.72, -1.0, 0.24, 0.3), new Color(0xFFF3C4));
    wheel(canvas, -3.2, 0.5);
    wheel(canvas, 3.3, 0.5);
  }

  private static void wheel(Canvas canvas, double x, double r) {
    canvas.fill(Canvas.disc(x, -r, r), TYRE);
    canvas.fill(Canvas.disc(x, -r, r * 0.6), RIM);
    canvas.fill(Canvas.disc(x, -r, r * 0.22), TYRE);
  }

  static void bicycle(Canvas canvas, Palette palette, Random random) {
    Color paint = palette.lit(PAINTS[random.nextInt(PAINTS.length)]);
    canvas.tint(Canvas.oval(-0.95, -0.06, 1.9, 0.12), new Color(0, 0, 0, 70));
    ring(canvas, -0.55);
    ring(canvas, 0.55);
    canvas.stroke(Canvas.line(-0.55, -0.34, -0.12, -0.36), 0.06, paint);
    canvas.stroke(Canvas.line(-0.55, -0.34, -0.25, -0.8), 0.06, paint);
    canvas.stroke(Canvas.line(-0.12, -0.36, -0.28, -0.92), 0.06, paint);
    canvas.stroke(Canvas.line(-0.12, -0.36, 0.4, -0.8), 0.06, paint);
    canvas.stroke(Canvas.line(-0.25, -0.8, 0.4, -0.8), 0.06, paint);
    canvas.stroke(Canvas.line(0.55, -0.34, 0.36, -1.0), 0.06, paint);
    canvas.stroke(Canvas.line(0.36, -1.0, 0.54, -1.05), 0.05, TYRE);
    canvas.fill(Canvas.round(-0.42, -1.0, 0.3, 0.09, 0.08), TYRE);
  }

  private static void ring(Canvas canvas, double x) {
    java.awt.geom.Area ring = new java.awt.geom.Area(Canvas.disc(x, -0.34, 0.34));
    ring.subtract(new java.awt.geom.Area(Canvas.disc(x, -0.34, 0.28)));
    canvas.fill(ring, TYRE);
    canvas.stroke(Canvas.line(x - 0.28, -0.34, x + 0.28, -0.34), 0.015, RIM);
    canvas.stroke(Canvas.line(x, -0.62, x, -0.06), 0.015, RIM);
  }
}
