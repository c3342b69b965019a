package io.postil.zoo.scene;

import java.awt.Color;
import java.util.List;
import java.util.Random;

/**
 * Draws a person in metres, the ground at y = 0, and knows where its joints are: nose, then left
 * and right shoulder, elbow, wrist, hip, knee and ankle.
 */
final class Person {
  /** The names of the joints, in order. */
  static final List<String> JOINTS =
      List.of(
          "nose",
          "left shoulder",
          "right shoulder",
          "left elbow",
          "right elbow",
          "left wrist",
          "right wrist",
          "left hip",
          "right hip",
          "left knee",
          "right knee",
          "left ankle",
          "right ankle");

  /** Which joints are joined by a limb. */
  static final List<List<Integer>> LIMBS =
      List.of(
          List.of(5, 3, 1, 2, 4, 6),
          List.of(1, 7, 9, 11),
          List.of(2, 8, 10, 12),
          List.of(7, 8),
          List.of(0, 1),
          List.of(0, 2));

  private static final Color[] SKIN = {
    new Color(0xF2C9A5),
    new Color(0xE0A878),
    new Color(0xB97A4E),
    new Color(0x8A5A3B),
    new Color(0x5E3B26)
  };
  private static final Color[] CLOTH = {
    new Color(0xD1495B), new Color(0x2E86AB), new Color(0xF2B134), new Color(0x3B7A57),
    new Color(0x5C4D7D), new Color(0xEDEDED), new Color(0x2B2D42), new Color(0xE07A5F)
  };
  private static final Color[] TROUSERS = {
    new Color(0x2B3A55), new Color(0x3D3D3D), new Color(0x6B5B4B), new Color(0x4A5D6E)
  };
  private static final Color[] HAIR = {
    new Color(0x2A1B12),
    new Color(0x5A3A22),
    new Color(0xC69C5D),
    new Color(0x8C8C8C),
    new Color(0x1A1A1A)
  };

  private final double[][] joints = new double[13][];
  private final Color skin;
  private final Color cloth;
  private final Color trousers;
  private final Color hair;

  Person(Palette palette, Random random) {
    skin = palette.lit(SKIN[random.nextInt(SKIN.length)]);
    cloth = palette.lit(CLOTH[random.nextInt(CLOTH.length)]);
    trousers = palette.lit(TROUSERS[random.nextInt(TROUSERS.length)]);
    hair = palette.lit(HAIR[random.nextInt(HAIR.length)]);
    double step = random.nextDouble() * 2 * Math.PI;
    pose(Math.sin(step), Math.cos(step));
  }

  private void pose(double swing, double lift) {
    joints[0] = new double[] {0.07, -1.62};
    joints[1] = new double[] {-0.12, -1.42};
    joints[2] = new double[] {0.12, -1.42};
    limb(1, 3, 5, 0.27, swing * 0.55, 0.35);
    limb(2, 4, 6, 0.27, -swing * 0.55, 0.35);
    joints[7] = new double[] {-0.08, -0.9};
    joints[8] = new double[] {0.08, -0.9};
    leg(7, 9, 11, -swing * 0.5, Math.max(0, lift) * 0.5);
    leg(8, 10, 12, swing * 0.5, Math.max(0, -lift) * 0.5);
  }

  private void limb(int from, int middle, int end, double length, double angle, double bend) {
    joints[middle] =
        new double[] {
          joints[from][0] + Math.sin(angle) * length, joints[from][1] + Math.cos(angle) * length
        };
    double further = angle + bend;
    joints[end] =
        new double[] {
          joints[middle][0] + Math.sin(further) * length,
          joints[middle][1] + Math.cos(further) * length
        };
  }

  private void leg(int hip, int knee, int ankle, double angle, double bend) {
    joints[knee] =
        new double[] {
          joints[hip][0] + Math.sin(angle) * 0.43, joints[hip][1] + Math.cos(angle) * 0.43
        };
    double lower = angle - bend;
    joints[ankle] =
        new double[] {
          joints[knee][0] + Math.sin(lower) * 0.42, joints[knee][1] + Math.cos(lower) * 0.42
        };
  }

  /** The joints as x, y in metres. */
  double[][] joints() {
    return joints;
  }

  void draw(Canvas canvas) {
    canvas.tint(Canvas.oval(-0.4, -0.07, 0.8, 0.14), new Color(0, 0, 0, 80));
    Color far = Palette.darker(cloth, 0.25);
    bone(canvas, 2, 4, 0.11, far);
    bone(canvas, 4, 6, 0.08, Palette.darker(skin, 0.15));
    bone(canvas, 8, 10, 0.16, Palette.darker(trousers, 0.25));
    bone(canvas, 10, 12, 0.13, Palette.darker(trousers, 0.25));
    shoe(canvas, 12);
    bone(canvas, 7, 9, 0.16, trousers);
    bone(canvas, 9, 11, 0.13, trousers);
    shoe(canvas, 11);
    canvas.fill(Canvas.round(-0.2, -1.47, 0.4, 0.64, 0.2), cloth);
    canvas.fill(Canvas.box(-0.05, -1.54, 0.1, 0.12), skin);
    canvas.fill(Canvas.oval(-0.11, -1.78, 0.23, 0.29), skin);
    canvas.fill(Canvas.oval(-0.14, -1.82, 0.24, 0.17), hair);
    canvas.fill(Canvas.oval(-0.14, -1.76, 0.1, 0.2), hair);
    bone(canvas, 1, 3, 0.11, Palette.lighter(cloth, 0.08));
    bone(canvas, 3, 5, 0.08, skin);
  }

  private void bone(Canvas canvas, int a, int b, double width, Color paint) {
    canvas.stroke(
        Canvas.line(joints[a][0], joints[a][1], joints[b][0], joints[b][1]), width, paint);
  }

  private void shoe(Canvas canvas, int ankle) {
    canvas.fill(
        Canvas.round(joints[ankle][0] - 0.08, joints[ankle][1] - 0.02, 0.26, 0.1, 0.08),
        new Color(0x26262B));
  }
}
