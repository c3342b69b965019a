package io.postil.formats.coco;

import io.postil.core.value.NdArray;
import java.util.Arrays;
import java.util.List;

/**
 * The part of an image's mask that a box covers, a byte a pixel. Not thread-safe.
 *
 * @param x0 left edge in pixels of the image
 * @param y0 top edge
 * @param x1 right edge, excluded
 * @param y1 bottom edge, excluded
 * @param pixels 0 or 1, row by row
 */
record MaskCrop(int x0, int y0, int x1, int y1, byte[] pixels) {
  /** An empty mask of a part of the image. */
  static MaskCrop of(int x0, int y0, int x1, int y1) {
    return new MaskCrop(x0, y0, x1, y1, new byte[(x1 - x0) * (y1 - y0)]);
  }

  /** The whole pixels that a box in pixels covers inside an image; at least one. */
  static int[] bounds(
      double x, double y, double width, double height, int imageWidth, int imageHeight) {
    int x0 = (int) Math.clamp(Math.round(x), 0, imageWidth - 1);
    int y0 = (int) Math.clamp(Math.round(y), 0, imageHeight - 1);
    int x1 = (int) Math.clamp(Math.round(x + width), x0 + 1, imageWidth);
    int y1 = (int) Math.clamp(Math.round(y + height), y0 + 1, imageHeight);
    return new int[] {x0, y0, x1, y1};
  }

  int width() {
    return x1 - x0;
  }

  int height() {
    return y1 - y0;
  }

  boolean isSet(int x, int y) {
    return x >= x0 && x < x1 && y >= y0 && y < y1 && pixels[(y - y0) * width() + x - x0] != 0;
  }

  /** Sets the pixels of a column from one row to another, the last excluded. */
  void setColumn(int x, int from, int to) {
    if (x < x0 || x >= x1) {
      return;
    }
    for (int y = Math.max(from, y0); y < Math.min(to, y1); y++) {
      pixels[(y - y0) * width() + x - x0] = 1;
    }
  }

  /** Adds the area of rings, each {@code x, y} in turn: the pixels whose centres lie inside one. */
  void fill(List<double[]> rings) {
    byte[] turns = new byte[(width() + 1) * height()];
    for (double[] ring : rings) {
      Arrays.fill(turns, (byte) 0);
      int n = ring.length;
      for (int i = 0; i < n; i += 2) {
        int j = (i + 2) % n;
        edge(turns, ring[i], ring[i + 1], ring[j], ring[j + 1]);
      }
      for (int row = 0; row < height(); row++) {
        int inside = 0;
        for (int column = 0; column < width(); column++) {
          inside ^= turns[row * (width() + 1) + column];
          pixels[row * width() + column] |= (byte) inside;
        }
      }
    }
  }

  /** Marks, on each row whose centre line an edge crosses, the first pixel right of it. */
  private void edge(byte[] turns, double ax, double ay, double bx, double by) {
    double top = Math.min(ay, by);
    double bottom = Math.max(ay, by);
    int first = (int) Math.max(0, Math.ceil(top - y0 - 0.5));
    int last = (int) Math.min(height(), Math.ceil(bottom - y0 - 0.5));
    for (int row = first; row < last; row++) {
      double y = row + y0 + 0.5;
      double x = ax + (y - ay) * (bx - ax) / (by - ay);
      int column = (int) Math.clamp(Math.ceil(x - x0 - 0.5), 0.0, width());
      turns[row * (width() + 1) + column] ^= 1;
    }
  }

  /** The mask as a label holds it. */
  NdArray toArray() {
    return NdArray.ofBooleans(height(), width(), pixels);
  }
}
