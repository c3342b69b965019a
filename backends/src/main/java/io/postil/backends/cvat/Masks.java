package io.postil.backends.cvat;

import io.postil.core.label.BoundingBox;
import io.postil.core.label.Detection;
import io.postil.core.value.NdArray;
import org.jspecify.annotations.Nullable;

/**
 * Masks as run lengths: row by row within a box of whole pixels, starting with background, then
 * {@code x1, y1, x2, y2} of the box, its last column and row included.
 */
final class Masks {
  static final String TYPE = "mask";

  /** Most pixels of a mask that is read. */
  private static final long MAX_PIXELS = 1L << 28;

  private Masks() {}

  /** The pixels of a box of whole pixels. */
  record Pixels(int x, int y, int width, int height, byte[] set) {
    boolean get(int column, int row) {
      return set[row * width + column] != 0;
    }

    boolean isEmpty() {
      for (byte b : set) {
        if (b != 0) {
          return false;
        }
      }
      return true;
    }
  }

  /** The mask of a detection; null if it has none, or no pixel of it is set. */
  static @Nullable CvatShape encode(Detection detection, PixelSize size) {
    BoundingBox box = detection.boundingBox();
    NdArray mask = detection.mask();
    if (box == null || !box.isFinite() || mask == null || mask.shape().length != 2) {
      return null;
    }
    int x1 = (int) Math.round(box.x() * size.width());
    int y1 = (int) Math.round(box.y() * size.height());
    int x2 = Math.max(x1 + 1, (int) Math.round((box.x() + box.width()) * size.width()));
    int y2 = Math.max(y1 + 1, (int) Math.round((box.y() + box.height()) * size.height()));
    int width = x2 - x1;
    int height = y2 - y1;
    if ((long) width * height > MAX_PIXELS || mask.size() == 0) {
      return null;
    }
    byte[] set = new byte[width * height];
    for (int row = 0; row < height; row++) {
      int fromRow = nearest(row, height, mask.height());
      for (int column = 0; column < width; column++) {
        int fromColumn = nearest(column, width, mask.width());
        set[row * width + column] =
            (byte) (mask.get(fromRow * mask.width() + fromColumn) != 0 ? 1 : 0);
      }
    }
    Pixels pixels = new Pixels(x1, y1, width, height, set);
    return pixels.isEmpty() ? null : encode(pixels);
  }

  /** Where a pixel lies in a grid of another size. */
  static int nearest(int index, int size, int otherSize) {
    return size == otherSize
        ? index
        : Math.min(otherSize - 1, (int) ((index + 0.5) * otherSize / size));
  }

  static CvatShape encode(Pixels pixels) {
    double[] runs = new double[16];
    int count = 0;
    byte current = 0;
    int length = 0;
    for (byte pixel : pixels.set()) {
      if (pixel != current) {
        if (count + 6 > runs.length) {
          runs = java.util.Arrays.copyOf(runs, runs.length * 2);
        }
        runs[count++] = length;
        current = pixel;
        length = 0;
      }
      length++;
    }
    runs = java.util.Arrays.copyOf(runs, count + 5);
    runs[count] = length;
    runs[count + 1] = pixels.x();
    runs[count + 2] = pixels.y();
    runs[count + 3] = pixels.x() + pixels.width() - 1;
    runs[count + 4] = pixels.y() + pixels.height() - 1;
    return CvatShape.of(TYPE, runs);
  }

  /** The pixels of a shape; null if its numbers make no box. Runs too many or few are forgiven. */
  static @Nullable Pixels decode(CvatShape shape) {
    double[] p = shape.points();
    int runs = p.length - 4;
    if (runs < 0) {
      return null;
    }
    int x1 = (int) Math.round(p[runs]);
    int y1 = (int) Math.round(p[runs + 1]);
    int width = (int) Math.round(p[runs + 2]) - x1 + 1;
    int height = (int) Math.round(p[runs + 3]) - y1 + 1;
    if (width < 1 || height < 1 || (long) width * height > MAX_PIXELS) {
      return null;
    }
    byte[] set = new byte[width * height];
    int at = 0;
    for (int i = 0; i < runs && at < set.length; i++) {
      int end = (int) Math.min(set.length, at + Math.max(0, Math.round(p[i])));
      if (i % 2 == 1) {
        java.util.Arrays.fill(set, at, end, (byte) 1);
      }
      at = end;
    }
    return new Pixels(x1, y1, width, height, set);
  }

  static BoundingBox box(Pixels pixels, PixelSize size) {
    return new BoundingBox(
        (double) pixels.x() / size.width(),
        (double) pixels.y() / size.height(),
        (double) pixels.width() / size.width(),
        (double) pixels.height() / size.height());
  }

  static NdArray array(Pixels pixels) {
    return NdArray.ofBooleans(pixels.height(), pixels.width(), pixels.set());
  }

  /** The pixels whose centre lies within an outline; null if there are none. */
  static @Nullable Pixels fill(double[] outline, PixelSize size) {
    double left = Double.MAX_VALUE;
    double top = Double.MAX_VALUE;
    double right = -Double.MAX_VALUE;
    double bottom = -Double.MAX_VALUE;
    for (int i = 0; i + 1 < outline.length; i += 2) {
      left = Math.min(left, outline[i]);
      right = Math.max(right, outline[i]);
      top = Math.min(top, outline[i + 1]);
      bottom = Math.max(bottom, outline[i + 1]);
    }
    int x1 = (int) Math.max(0, Math.floor(left));
    int y1 = (int) Math.max(0, Math.floor(top));
    int x2 = (int) Math.min(size.width(), Math.ceil(right));
    int y2 = (int) Math.min(size.height(), Math.ceil(bottom));
    if (outline.length < 6 || x2 <= x1 || y2 <= y1) {
      return null;
    }
    int width = x2 - x1;
    byte[] set = new byte[width * (y2 - y1)];
    boolean any = false;
    for (int y = y1; y < y2; y++) {
      for (int x = x1; x < x2; x++) {
        if (contains(outline, x + 0.5, y + 0.5)) {
          set[(y - y1) * width + x - x1] = 1;
          any = true;
        }
      }
    }
    return any ? new Pixels(x1, y1, width, y2 - y1, set) : null;
  }

  private static boolean contains(double[] outline, double x, double y) {
    boolean inside = false;
    int n = outline.length / 2;
    for (int i = 0, j = n - 1; i < n; j = i++) {
      double yi = outline[2 * i + 1];
      double yj = outline[2 * j + 1];
      if (yi > y != yj > y) {
        double cross = (outline[2 * j] - outline[2 * i]) * (y - yi) / (yj - yi) + outline[2 * i];
        inside ^= x < cross;
      }
    }
    return inside;
  }
}
