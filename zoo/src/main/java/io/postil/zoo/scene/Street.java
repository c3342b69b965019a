package io.postil.zoo.scene;

import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A street: sky, houses, pavement, road, and things that stand on them, near ones in front of far
 * ones. The same seed gives the same picture. Immutable; each drawing is on its own.
 */
public final class Street {
  private final int width;
  private final int height;
  private final long seed;
  private final Palette palette;
  private final List<Thing> things;

  private Street(int width, int height, long seed, Palette palette, List<Thing> things) {
    this.width = width;
    this.height = height;
    this.seed = seed;
    this.palette = palette;
    this.things = things;
  }

  /** A street for a picture of the given size. */
  public static Street of(int width, int height, long seed) {
    Random random = new Random(seed);
    Palette palette = Palette.of(random);
    return new Street(width, height, seed, palette, layOut(width, height, random));
  }

  /**
   * What one object shows in a picture.
   *
   * @param number its number in the scene
   * @param label its class
   * @param x left edge of what is visible, in pixels
   * @param y top edge
   * @param width width of what is visible
   * @param height height of what is visible
   * @param mask the visible pixels of the box, row by row: 1 or 0
   * @param visible the share of the object that is neither hidden nor outside
   * @param joints of a person the joints as x, y in pixels, NaN where hidden; else null
   */
  public record Visible(
      int number,
      String label,
      int x,
      int y,
      int width,
      int height,
      byte[] mask,
      double visible,
      double @Nullable [] joints) {}

  /** A drawn picture with its truth. */
  public record Picture(BufferedImage image, List<Visible> objects) {}

  /** The names of a person's joints. */
  public static List<String> joints() {
    return Person.JOINTS;
  }

  /** The limbs as lists of joints. */
  public static List<List<Integer>> limbs() {
    return Person.LIMBS;
  }

  // --- layout ---------------------------------------------------------------------------------

  private static double horizon(int height) {
    return height * 0.4;
  }

  private static double scaleAt(int height, double y) {
    return (y - horizon(height)) * 0.3;
  }

  private static List<Thing> layOut(int width, int height, Random random) {
    List<Thing> things = new ArrayList<>();
    double kerb = height * 0.62;
    for (int i = 0, n = 1 + random.nextInt(3); i < n; i++) {
      put(
          things,
          Thing.Kind.TREE,
          random.nextDouble() * width,
          height * (0.54 + 0.06 * random.nextDouble()),
          height,
          random);
    }
    if (random.nextInt(3) > 0) {
      put(
          things,
          Thing.Kind.TRAFFIC_LIGHT,
          width * (0.1 + 0.8 * random.nextDouble()),
          kerb,
          height,
          random);
    }
    for (int i = 0, n = 2 + random.nextInt(4); i < n; i++) {
      put(
          things,
          Thing.Kind.PERSON,
          width * random.nextDouble(),
          height * (0.55 + 0.07 * random.nextDouble()),
          height,
          random);
    }
    if (random.nextInt(3) == 0) {
      put(
          things,
          Thing.Kind.DOG,
          width * random.nextDouble(),
          height * (0.57 + 0.05 * random.nextDouble()),
          height,
          random);
    }
    if (random.nextInt(2) == 0) {
      put(
          things,
          Thing.Kind.BICYCLE,
          width * random.nextDouble(),
          height * (0.58 + 0.04 * random.nextDouble()),
          height,
          random);
    }
    double[] lanes = {0.69, 0.79, 0.9};
    for (double lane : lanes) {
      double x = -width * 0.1 + random.nextDouble() * width * 0.4;
      while (x < width * 1.05) {
        double y = height * (lane + 0.02 * (random.nextDouble() - 0.5));
        int dice = random.nextInt(12);
        double room = scaleAt(height, y) * 4.6;
        if (dice == 0 && lane < 0.75) {
          room = scaleAt(height, y) * 10.6;
          put(things, Thing.Kind.BUS, x + room / 2, y, height, random);
        } else if (dice < 8 || lane < 0.7) {
          put(things, Thing.Kind.CAR, x + room / 2, y, height, random);
        }
        x += room * (1.15 + random.nextDouble() * 1.1);
      }
    }
    for (int i = 0, n = random.nextInt(3); i < n; i++) {
      put(
          things,
          Thing.Kind.PERSON,
          width * random.nextDouble(),
          height * (0.93 + 0.06 * random.nextDouble()),
          height,
          random);
    }
    if (random.nextInt(4) == 0) {
      put(things, Thing.Kind.DOG, width * random.nextDouble(), height * 0.96, height, random);
    }
    things.sort(Comparator.comparingDouble(Thing::y));
    return List.copyOf(things);
  }

  private static void put(
      List<Thing> things, Thing.Kind kind, double x, double y, int height, Random random) {
    things.add(new Thing(kind, x, y, scaleAt(height, y), random.nextBoolean(), random.nextLong()));
  }

  // --- drawing --------------------------------------------------------------------------------

  /** Draws the scene at a moment. */
  public Picture draw(double seconds) {
    Canvas canvas = new Canvas(width, height);
    backdrop(canvas);
    List<double @Nullable []> joints = new ArrayList<>();
    long[] areas = new long[things.size() + 1];
    for (int i = 0; i < things.size(); i++) {
      Thing thing = moved(things.get(i), seconds);
      canvas.object(thing.kind().label().isEmpty() ? 0 : i + 1);
      joints.add(draw(canvas, thing, seconds));
      areas[i + 1] = wholeArea(thing, seconds);
    }
    grain(canvas.picture);
    canvas.dispose();
    return new Picture(canvas.picture, truth(canvas, joints, areas));
  }

  private Thing moved(Thing thing, double seconds) {
    if (seconds == 0) {
      return thing;
    }
    Random own = new Random(thing.seed() ^ 0x5DEECE66DL);
    double speed =
        switch (thing.kind()) {
          case CAR -> 2.5 + 2 * own.nextDouble();
          case BUS -> 2.0;
          case PERSON -> 0.9 + 0.5 * own.nextDouble();
          case DOG -> 1.2;
          case BICYCLE, TRAFFIC_LIGHT, TREE -> 0;
        };
    double direction = thing.mirrored() ? -1 : 1;
    return thing.movedTo(thing.x() + direction * speed * seconds * thing.scale(), thing.seed());
  }

  private double @Nullable [] draw(Canvas canvas, Thing thing, double seconds) {
    double[][] pose = new double[1][];
    canvas.at(
        thing.x(),
        thing.y(),
        thing.scale(),
        thing.mirrored(),
        () -> {
          switch (thing.kind()) {
            case CAR -> Vehicles.car(canvas, palette, thing.random());
            case BUS -> Vehicles.bus(canvas, palette, thing.random());
            case BICYCLE -> Vehicles.bicycle(canvas, palette, thing.random());
            case DOG -> Scenery.dog(canvas, palette, thing.random());
            case TREE -> Scenery.tree(canvas, palette, thing.random());
            case TRAFFIC_LIGHT -> Scenery.trafficLight(canvas, palette, thing.random());
            case PERSON -> {
              Person person =
                  new Person(palette, new Random(thing.seed() + Math.round(seconds * 3)));
              person.draw(canvas);
              pose[0] = pixels(person.joints(), thing);
            }
          }
        });
    return pose[0];
  }

  private static double[] pixels(double[][] joints, Thing thing) {
    double[] points = new double[joints.length * 2];
    for (int i = 0; i < joints.length; i++) {
      points[2 * i] = thing.x() + (thing.mirrored() ? -1 : 1) * joints[i][0] * thing.scale();
      points[2 * i + 1] = thing.y() + joints[i][1] * thing.scale();
    }
    return points;
  }

  /** How many pixels a thing has when nothing hides it, beyond the picture included. */
  private long wholeArea(Thing thing, double seconds) {
    if (thing.kind().label().isEmpty()) {
      return 0;
    }
    int side = (int) Math.ceil(thing.scale() * 11);
    // A quarter of the size is exact enough for a share.
    Thing small =
        new Thing(
            thing.kind(),
            side / 8.0,
            side / 5.0,
            thing.scale() / 4,
            thing.mirrored(),
            thing.seed());
    Canvas alone = new Canvas(Math.max(8, side / 4), Math.max(8, side / 4));
    alone.object(1);
    draw(alone, small, seconds);
    long count = 0;
    for (int id : alone.idPixels()) {
      count += id;
    }
    alone.dispose();
    return count * 16;
  }

  private void backdrop(Canvas canvas) {
    double horizon = horizon(height);
    canvas.fill(
        Canvas.box(0, 0, width, height),
        new GradientPaint(0, 0, palette.skyTop(), 0, (float) (horizon * 1.1), palette.skyLow()));
    Random random = new Random(seed * 31 + 7);
    Scenery.sky(canvas, palette, random, width, horizon);
    Scenery.houses(canvas, palette, random, width, horizon, height * 0.535);
    canvas.fill(
        Canvas.box(0, height * 0.53, width, height * 0.11),
        new GradientPaint(
            0,
            (float) (height * 0.53),
            Palette.lighter(palette.pavement(), 0.1),
            0,
            (float) (height * 0.64),
            palette.pavement()));
    canvas.fill(
        Canvas.box(0, height * 0.63, width, height * 0.014),
        Palette.darker(palette.pavement(), 0.3));
    canvas.fill(
        Canvas.box(0, height * 0.644, width, height * 0.36),
        new GradientPaint(
            0,
            (float) (height * 0.64),
            Palette.lighter(palette.road(), 0.08),
            0,
            height,
            Palette.darker(palette.road(), 0.18)));
    for (double lane : new double[] {0.725, 0.83}) {
      double y = height * lane;
      double length = scaleAt(height, y) * 2.2;
      for (double x = -random.nextDouble() * length; x < width; x += length * 2) {
        canvas.fill(
            Canvas.box(x, y, length, Math.max(2, scaleAt(height, y) * 0.1)),
            palette.lit(new Color(0xE9E6DA)));
      }
    }
    canvas.fill(
        Canvas.box(0, height * 0.975, width, height * 0.03),
        Palette.darker(palette.pavement(), 0.12));
  }

  /** The grain of a sensor, the same for the same seed. */
  private void grain(BufferedImage image) {
    int[] pixels = ((DataBufferInt) image.getRaster().getDataBuffer()).getData();
    int state = (int) (seed * 0x9E3779B1L) | 1;
    for (int i = 0; i < pixels.length; i++) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      int noise = (state & 7) - 3 + (state >>> 8 & 3) - 1;
      int p = pixels[i];
      pixels[i] =
          clamp((p >> 16 & 255) + noise) << 16
              | clamp((p >> 8 & 255) + noise) << 8
              | clamp((p & 255) + noise);
    }
  }

  private static int clamp(int value) {
    return Math.max(0, Math.min(255, value));
  }

  // --- truth ----------------------------------------------------------------------------------

  private List<Visible> truth(Canvas canvas, List<double @Nullable []> joints, long[] areas) {
    int[] ids = canvas.idPixels();
    int n = things.size() + 1;
    int[] left = new int[n];
    int[] top = new int[n];
    int[] right = new int[n];
    int[] bottom = new int[n];
    int[] count = new int[n];
    java.util.Arrays.fill(left, Integer.MAX_VALUE);
    java.util.Arrays.fill(top, Integer.MAX_VALUE);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int id = ids[y * width + x];
        if (id > 0 && id < n) {
          left[id] = Math.min(left[id], x);
          top[id] = Math.min(top[id], y);
          right[id] = Math.max(right[id], x);
          bottom[id] = Math.max(bottom[id], y);
          count[id]++;
        }
      }
    }
    List<Visible> objects = new ArrayList<>();
    for (int id = 1; id < n; id++) {
      double share = areas[id] == 0 ? 0 : Math.min(1.0, count[id] / (double) areas[id]);
      if (count[id] < 60 || share < 0.12) {
        continue;
      }
      int w = right[id] - left[id] + 1;
      int h = bottom[id] - top[id] + 1;
      byte[] mask = new byte[w * h];
      for (int y = 0; y < h; y++) {
        for (int x = 0; x < w; x++) {
          mask[y * w + x] = (byte) (ids[(top[id] + y) * width + left[id] + x] == id ? 1 : 0);
        }
      }
      objects.add(
          new Visible(
              id,
              things.get(id - 1).kind().label(),
              left[id],
              top[id],
              w,
              h,
              mask,
              share,
              seen(joints.get(id - 1), ids, id)));
    }
    return objects;
  }

  private double @Nullable [] seen(double @Nullable [] joints, int[] ids, int id) {
    if (joints == null) {
      return null;
    }
    double[] seen = joints.clone();
    for (int i = 0; i < seen.length; i += 2) {
      int x = (int) seen[i];
      int y = (int) seen[i + 1];
      boolean visible = x >= 0 && y >= 0 && x < width && y < height && ids[y * width + x] == id;
      if (!visible) {
        seen[i] = Double.NaN;
        seen[i + 1] = Double.NaN;
      }
    }
    return seen;
  }
}
