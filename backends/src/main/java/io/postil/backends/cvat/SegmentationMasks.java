package io.postil.backends.cvat;

import io.postil.core.annotation.FieldSchema;
import io.postil.core.label.Segmentation;
import io.postil.core.value.NdArray;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Segmentations: a mask for each value that has a name. Coming back the masks are painted as they
 * are; pixels with values that have no name stay.
 */
final class SegmentationMasks {
  private SegmentationMasks() {}

  /** The names of pixel values, without the background. */
  static Map<Integer, String> targets(FieldSchema field) {
    Map<Integer, String> targets = new LinkedHashMap<>();
    Map<String, String> named = field.maskTargets();
    if (named != null) {
      named.forEach(
          (key, name) -> {
            if (key.matches("\\d{1,9}") && !key.equals("0")) {
              targets.put(Integer.valueOf(key), name);
            }
          });
    }
    return targets;
  }

  /** The masks of a segmentation by name; empty if its mask is not here or not of numbers. */
  static Map<String, CvatShape> encode(Segmentation label, FieldSchema field, PixelSize size) {
    NdArray mask = label.mask();
    Map<String, CvatShape> shapes = new LinkedHashMap<>();
    if (mask == null || mask.shape().length != 2 || mask.size() == 0) {
      return shapes;
    }
    int[] values = values(mask, size);
    targets(field)
        .forEach(
            (value, name) -> {
              CvatShape shape = encode(values, value, size);
              if (shape != null) {
                shapes.put(name, shape);
              }
            });
    return shapes;
  }

  /** The value of each pixel of the picture. */
  private static int[] values(NdArray mask, PixelSize size) {
    int[] values = new int[size.width() * size.height()];
    for (int y = 0; y < size.height(); y++) {
      int row = Masks.nearest(y, size.height(), mask.height());
      for (int x = 0; x < size.width(); x++) {
        int column = Masks.nearest(x, size.width(), mask.width());
        values[y * size.width() + x] = (int) mask.get(row * mask.width() + column);
      }
    }
    return values;
  }

  private static @Nullable CvatShape encode(int[] values, int wanted, PixelSize size) {
    int left = Integer.MAX_VALUE;
    int right = -1;
    int top = Integer.MAX_VALUE;
    int bottom = -1;
    for (int i = 0; i < values.length; i++) {
      if (values[i] == wanted) {
        left = Math.min(left, i % size.width());
        right = Math.max(right, i % size.width());
        top = Math.min(top, i / size.width());
        bottom = i / size.width();
      }
    }
    if (right < 0) {
      return null;
    }
    int width = right - left + 1;
    int height = bottom - top + 1;
    byte[] set = new byte[width * height];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        set[y * width + x] = (byte) (values[(top + y) * size.width() + left + x] == wanted ? 1 : 0);
      }
    }
    return Masks.encode(new Masks.Pixels(left, top, width, height, set));
  }

  /**
   * The mask painted with shapes, in their order.
   *
   * @param before the mask so far, or null
   * @param shapes masks and outlines with the value to paint
   */
  static NdArray paint(
      @Nullable NdArray before,
      FieldSchema field,
      List<Map.Entry<CvatShape, Integer>> shapes,
      PixelSize size) {
    boolean usable = before != null && before.shape().length == 2 && before.size() > 0;
    int[] values =
        usable && before != null ? values(before, size) : new int[size.width() * size.height()];
    Map<Integer, String> targets = targets(field);
    for (int i = 0; i < values.length; i++) {
      if (targets.containsKey(values[i])) {
        values[i] = 0;
      }
    }
    for (Map.Entry<CvatShape, Integer> entry : shapes) {
      Masks.Pixels pixels = pixels(entry.getKey(), size);
      if (pixels != null) {
        paint(values, pixels, entry.getValue(), size);
      }
    }
    return pack(values, size, before);
  }

  private static Masks.@Nullable Pixels pixels(CvatShape shape, PixelSize size) {
    return switch (shape.type()) {
      case Masks.TYPE -> Masks.decode(shape);
      case Ellipses.TYPE -> Masks.fill(Ellipses.outline(shape), size);
      case Boxes.TYPE -> {
        double[] p = shape.points();
        yield p.length < 4
            ? null
            : Masks.fill(new double[] {p[0], p[1], p[2], p[1], p[2], p[3], p[0], p[3]}, size);
      }
      default -> Masks.fill(shape.points(), size);
    };
  }

  private static void paint(int[] values, Masks.Pixels pixels, int value, PixelSize size) {
    for (int y = 0; y < pixels.height(); y++) {
      int row = pixels.y() + y;
      for (int x = 0; x < pixels.width(); x++) {
        int column = pixels.x() + x;
        boolean inside = row >= 0 && row < size.height() && column >= 0 && column < size.width();
        if (inside && pixels.get(x, y)) {
          values[row * size.width() + column] = value;
        }
      }
    }
  }

  private static NdArray pack(int[] values, PixelSize size, @Nullable NdArray before) {
    int most = 0;
    for (int value : values) {
      most = Math.max(most, value);
    }
    boolean bytes = before == null ? most < 256 : before.type().endsWith("u1");
    if (!bytes || most > 255) {
      return NdArray.ofInts(new int[] {size.height(), size.width()}, values);
    }
    byte[] packed = new byte[values.length];
    for (int i = 0; i < packed.length; i++) {
      packed[i] = (byte) values[i];
    }
    return NdArray.ofBytes(size.height(), size.width(), packed);
  }

  /** Names in the order of their values, for shapes that lie on each other. */
  static List<String> names(FieldSchema field) {
    return new ArrayList<>(targets(field).values());
  }
}
