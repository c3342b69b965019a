package io.postil.zoo.scene;

import java.awt.Color;
import java.util.Random;

/**
 * The light of a scene.
 *
 * @param skyTop colour of the sky above
 * @param skyLow colour of the sky at the horizon
 * @param haze what far things fade into
 * @param road colour of the road
 * @param pavement colour of the pavement
 * @param light how bright things are, 1 for noon
 */
record Palette(Color skyTop, Color skyLow, Color haze, Color road, Color pavement, double light) {
  private static final Palette[] ALL = {
    new Palette(
        new Color(0x4F8FD0),
        new Color(0xD6E8F5),
        new Color(0xC9DAE8),
        new Color(0x5B5F66),
        new Color(0xB9B4AA),
        1.0),
    new Palette(
        new Color(0x38527D),
        new Color(0xF4B183),
        new Color(0xD9A48C),
        new Color(0x4A4850),
        new Color(0x99877E),
        0.86),
    new Palette(
        new Color(0x9AA7B4),
        new Color(0xDDE2E6),
        new Color(0xCDD3D8),
        new Color(0x63666A),
        new Color(0xAEB0AE),
        0.92),
    new Palette(
        new Color(0x16203A),
        new Color(0x47527A),
        new Color(0x3A4468),
        new Color(0x2E3038),
        new Color(0x555866),
        0.6),
    new Palette(
        new Color(0x77B6D8),
        new Color(0xFBF0D3),
        new Color(0xE9E1CB),
        new Color(0x6A675F),
        new Color(0xC9BDA4),
        1.04),
  };

  static Palette of(Random random) {
    return ALL[random.nextInt(ALL.length)];
  }

  boolean isNight() {
    return light < 0.7;
  }

  /** A colour in this light. */
  Color lit(Color c) {
    return new Color(channel(c.getRed()), channel(c.getGreen()), channel(c.getBlue()));
  }

  private int channel(int value) {
    return (int) Math.max(0, Math.min(255, value * light));
  }

  /** A colour of something far away: 0 is near, 1 the horizon. */
  Color far(Color c, double distance) {
    return mix(lit(c), haze, Math.min(0.85, distance));
  }

  static Color mix(Color a, Color b, double share) {
    return new Color(
        (int) (a.getRed() + (b.getRed() - a.getRed()) * share),
        (int) (a.getGreen() + (b.getGreen() - a.getGreen()) * share),
        (int) (a.getBlue() + (b.getBlue() - a.getBlue()) * share));
  }

  static Color darker(Color c, double share) {
    return mix(c, Color.BLACK, share);
  }

  static Color lighter(Color c, double share) {
    return mix(c, Color.WHITE, share);
  }
}
