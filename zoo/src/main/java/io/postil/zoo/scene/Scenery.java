package io.postil.zoo.scene;

import java.awt.Color;
import java.awt.GradientPaint;
import java.util.Random;

/** Draws what stands around: sky, houses, trees, traffic lights, dogs. */
final class Scenery {
  private static final Color[] FACADES = {
    new Color(0xC97B5A), new Color(0xD9C3A0), new Color(0xA8B5A2), new Color(0x8D99AE),
    new Color(0xE2B980), new Color(0xB08EA2), new Color(0xC9CCD1), new Color(0x9C6B4F)
  };
  private static final Color[] COATS = {
    new Color(0x7A4B2A), new Color(0xC79A5B), new Color(0x2C2622), new Color(0xEDE3D2)
  };

  private Scenery() {}

  static void sky(Canvas canvas, Palette palette, Random random, int width, double horizon) {
    if (palette.isNight()) {
      for (int i = 0; i < 60; i++) {
        canvas.tint(
            Canvas.disc(
                random.nextDouble() * width,
                random.nextDouble() * horizon * 0.7,
                0.6 + random.nextDouble()),
            new Color(255, 255, 240, 120 + random.nextInt(120)));
      }
      return;
    }
    for (int i = 0, n = random.nextInt(4); i < n; i++) {
      double x = random.nextDouble() * width;
      double y = horizon * (0.12 + 0.4 * random.nextDouble());
      double s = width * (0.03 + 0.03 * random.nextDouble());
      java.awt.geom.Area cloud = new java.awt.geom.Area();
      for (int k = 0; k < 5; k++) {
        cloud.add(
            new java.awt.geom.Area(
                Canvas.oval(
                    x + (k - 2) * s * 0.8 - s,
                    y - s * 0.3 * random.nextDouble() - s * 0.4,
                    2 * s,
                    s * 0.9)));
      }
      canvas.tint(cloud, new Color(255, 255, 255, 120));
    }
  }

  static void houses(
      Canvas canvas, Palette palette, Random random, int width, double horizon, double ground) {
    row(canvas, palette, random, width, horizon * 0.55, ground, 0.55);
    row(canvas, palette, random, width, horizon * 0.75, ground, 0.12);
  }

  private static void row(
      Canvas canvas,
      Palette palette,
      Random random,
      int width,
      double middle,
      double ground,
      double distance) {
    double unit = (ground - middle) / 4;
    double x = -unit * random.nextDouble();
    while (x < width) {
      double w = unit * (1.6 + 1.6 * random.nextDouble());
      double topY = middle - unit * (random.nextDouble() * 1.8 - 0.5);
      Color wall = palette.far(FACADES[random.nextInt(FACADES.length)], distance);
      canvas.fill(
          Canvas.box(x, topY, w, ground - topY),
          new GradientPaint(
              (float) x,
              0,
              Palette.lighter(wall, 0.06),
              (float) (x + w),
              0,
              Palette.darker(wall, 0.1)));
      if (random.nextInt(3) == 0) {
        canvas.fill(
            Canvas.polygon(x - 3, topY, x + w / 2, topY - unit * 0.6, x + w + 3, topY),
            Palette.darker(wall, 0.35));
      } else {
        canvas.fill(Canvas.box(x - 2, topY - 4, w + 4, 6), Palette.darker(wall, 0.25));
      }
      windows(canvas, palette, random, x, topY, w, ground, unit, wall, distance);
      x += w + (random.nextInt(4) == 0 ? unit * 0.5 : 1);
    }
  }

  private static void windows(
      Canvas canvas,
      Palette palette,
      Random random,
      double x,
      double topY,
      double w,
      double ground,
      double unit,
      Color wall,
      double distance) {
    double side = unit * 0.26;
    int columns = Math.max(1, (int) (w / (side * 2.1)));
    double gap = w / columns;
    for (double y = topY + side; y < ground - side * 2.6; y += side * 2.2) {
      for (int c = 0; c < columns; c++) {
        boolean lit = palette.isNight() ? random.nextInt(3) > 0 : random.nextInt(9) == 0;
        Color glass =
            lit
                ? palette.far(new Color(0xFFD98A), palette.isNight() ? 0 : distance)
                : palette.far(new Color(0x60788C), distance);
        if (palette.isNight() && lit) {
          glass = Palette.mix(new Color(0xFFD98A), palette.haze(), distance);
        }
        canvas.fill(Canvas.box(x + gap * c + (gap - side) / 2, y, side, side * 1.35), glass);
        canvas.fill(
            Canvas.box(x + gap * c + (gap - side) / 2 - 1, y + side * 1.35, side + 2, 2),
            Palette.lighter(wall, 0.25));
      }
    }
    double door = side * 1.3;
    canvas.fill(
        Canvas.box(x + w * 0.45, ground - door * 1.7, door, door * 1.7), Palette.darker(wall, 0.5));
  }

  static void tree(Canvas canvas, Palette palette, Random random) {
    Color leaf =
        palette.lit(
            new Color[] {
                  new Color(0x3F7D46), new Color(0x5B8F3A), new Color(0x2F6B4F), new Color(0xB9772E)
                }
                [random.nextInt(4)]);
    canvas.tint(Canvas.oval(-1.3, -0.15, 2.6, 0.3), new Color(0, 0, 0, 60));
    canvas.fill(
        Canvas.polygon(-0.16, 0, -0.1, -2.2, 0.1, -2.2, 0.18, 0), palette.lit(new Color(0x5B4433)));
    for (int i = 0; i < 16; i++) {
      double angle = random.nextDouble() * 2 * Math.PI;
      double far = Math.sqrt(random.nextDouble()) * 1.15;
      double r = 0.5 + 0.25 * random.nextDouble();
      double y = -3.1 + Math.sin(angle) * far;
      canvas.fill(
          Canvas.disc(Math.cos(angle) * far, y, r),
          Palette.mix(Palette.lighter(leaf, 0.2), Palette.darker(leaf, 0.3), (y + 4.3) / 2.6));
    }
  }

  static void trafficLight(Canvas canvas, Palette palette, Random random) {
    Color pole = palette.lit(new Color(0x3C4248));
    canvas.fill(Canvas.box(-0.06, -3.2, 0.12, 3.2), pole);
    canvas.fill(Canvas.round(-0.22, -4.15, 0.44, 1.12, 0.16), palette.lit(new Color(0x1D2126)));
    int on = random.nextInt(3);
    Color[] lamps = {new Color(0xF04438), new Color(0xF7B733), new Color(0x35C46A)};
    for (int i = 0; i < 3; i++) {
      canvas.fill(
          Canvas.disc(0, -3.94 + i * 0.34, 0.13),
          i == on ? lamps[i] : Palette.darker(lamps[i], 0.72));
    }
  }

  static void dog(Canvas canvas, Palette palette, Random random) {
    Color coat = palette.lit(COATS[random.nextInt(COATS.length)]);
    Color dark = Palette.darker(coat, 0.25);
    double step = random.nextDouble() * 0.14;
    canvas.tint(Canvas.oval(-0.5, -0.05, 1.0, 0.1), new Color(0, 0, 0, 70));
    canvas.stroke(Canvas.line(-0.28, -0.36, -0.34 - step, -0.04), 0.08, dark);
    canvas.stroke(Canvas.line(0.24, -0.36, 0.2 + step, -0.04), 0.08, dark);
    canvas.stroke(Canvas.line(-0.22, -0.36, -0.18 + step, -0.04), 0.09, coat);
    canvas.stroke(Canvas.line(0.3, -0.36, 0.36 - step, -0.04), 0.09, coat);
    canvas.fill(Canvas.round(-0.4, -0.58, 0.82, 0.3, 0.26), coat);
    canvas.stroke(Canvas.line(-0.38, -0.52, -0.58, -0.74), 0.07, coat);
    canvas.fill(Canvas.polygon(0.25, -0.5, 0.4, -0.8, 0.56, -0.72, 0.48, -0.4), coat);
    canvas.fill(Canvas.oval(0.34, -0.88, 0.28, 0.24), coat);
    canvas.fill(Canvas.round(0.52, -0.8, 0.22, 0.12, 0.08), coat);
    canvas.fill(Canvas.disc(0.73, -0.76, 0.035), new Color(0x1A1A1A));
    canvas.fill(Canvas.polygon(0.36, -0.84, 0.34, -0.6, 0.46, -0.72), dark);
    canvas.fill(Canvas.disc(0.52, -0.78, 0.022), new Color(0x1A1A1A));
  }
}
