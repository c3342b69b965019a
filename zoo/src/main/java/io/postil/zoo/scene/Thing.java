package io.postil.zoo.scene;

import java.util.Random;

/**
 * Something that stands on the ground of a scene.
 *
 * @param kind what it is
 * @param x where it stands, in pixels
 * @param y where it touches the ground, in pixels; nearer is lower
 * @param scale pixels a metre
 * @param mirrored whether it faces left
 * @param seed decides its looks and pose
 */
record Thing(Kind kind, double x, double y, double scale, boolean mirrored, long seed) {
  /** What stands in streets. */
  enum Kind {
    CAR("car"),
    BUS("bus"),
    PERSON("person"),
    DOG("dog"),
    BICYCLE("bicycle"),
    TRAFFIC_LIGHT("traffic light"),
    TREE("");

    private final String label;

    Kind(String label) {
      this.label = label;
    }

    /** The class of its label; empty if it is only scenery. */
    String label() {
      return label;
    }
  }

  Random random() {
    return new Random(seed);
  }

  /** The same thing somewhere else. */
  Thing movedTo(double newX, long newSeed) {
    return new Thing(kind, newX, y, scale, mirrored, newSeed);
  }
}
