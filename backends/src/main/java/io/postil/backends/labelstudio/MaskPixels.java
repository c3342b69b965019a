package io.postil.backends.labelstudio;

import io.postil.core.label.BoundingBox;
import io.postil.core.label.Detection;
import io.postil.core.value.Document;
import io.postil.core.value.NdArray;
import io.postil.core.value.Values;
import java.util.AbstractList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Masks as pixels of the whole image, and as the values of brush regions. Stateless. */
final class MaskPixels {
  /** Painted edges are smooth; from here on a pixel belongs to the mask. */
  private static final int HALF = 128;

  private static final String DIGEST = "digest";

  static final byte ON = (byte) 255;

  private MaskPixels() {}

  /** The value of a brush region, without the class. */
  static Document value(byte[] alpha) {
    byte[] code = BrushRle.encode(alpha);
    List<@Nullable Object> list =
        new AbstractList<>() {
          @Override
          public Object get(int index) {
            return code[index] & 0xFF;
          }

          @Override
          public int size() {
            return code.length;
          }
        };
    return Document.of("format", "rle", "rle", list);
  }

  /** The pixels of a brush region: 255 where the mask is, else 0; null if it has no code. */
  static byte @Nullable [] pixels(Document value) {
    List<?> list = value.getList("rle");
    if (list.isEmpty()) {
      return null;
    }
    byte[] code = new byte[list.size()];
    int i = 0;
    for (Object b : list) {
      code[i++] = b instanceof Number n ? n.byteValue() : 0;
    }
    byte[] pixels = BrushRle.decode(code);
    for (int p = 0; p < pixels.length; p++) {
      pixels[p] = (pixels[p] & 0xFF) >= HALF ? ON : 0;
    }
    return pixels;
  }

  /** A short digest of the pixels of a brush region, however it is packed. */
  static String digest(Document value) {
    byte[] pixels = pixels(value);
    return pixels == null ? "" : Region.derived(pixels).toString();
  }

  /** What stands for the value of a region of which only the digest is known; null for none. */
  static @Nullable Document digestOnly(@Nullable String digest) {
    return digest == null ? null : Document.of(DIGEST, digest);
  }

  /**
   * Whether a brush value that was sent, or its digest, shows the same mask as another: the editor
   * may pack it in another way.
   */
  static boolean same(Document a, Document b) {
    String digest = a.getString(DIGEST);
    if (digest != null) {
      return digest.equals(digest(b));
    }
    return Values.same(a.getList("rle"), b.getList("rle"))
        || java.util.Arrays.equals(pixels(a), pixels(b));
  }

  /** The mask of a detection drawn into an image of a size; null if there is nothing in it. */
  static byte @Nullable [] ofDetection(Detection label, int width, int height) {
    BoundingBox box = label.boundingBox();
    NdArray mask = label.mask();
    if (box == null || !box.isFinite() || mask == null || mask.shape().length < 2) {
      return null;
    }
    int left = (int) Math.round(box.x() * width);
    int top = (int) Math.round(box.y() * height);
    int columns = Math.max(1, (int) Math.round(box.width() * width));
    int rows = Math.max(1, (int) Math.round(box.height() * height));
    byte[] pixels = new byte[width * height];
    boolean any = false;
    for (int y = Math.max(0, -top); y < rows && top + y < height; y++) {
      int from = (int) ((y + 0.5) * mask.height() / rows) * mask.width();
      for (int x = Math.max(0, -left); x < columns && left + x < width; x++) {
        if (mask.get(from + (int) ((x + 0.5) * mask.width() / columns)) != 0) {
          pixels[(top + y) * width + left + x] = ON;
          any = true;
        }
      }
    }
    return any ? pixels : null;
  }

  /** The smallest box around what is on: left, top, right and bottom, the last two exclusive. */
  static int @Nullable [] extent(byte[] pixels, int width) {
    int left = Integer.MAX_VALUE;
    int right = -1;
    int top = -1;
    int bottom = -1;
    for (int i = 0; i < pixels.length; i++) {
      if (pixels[i] != 0) {
        int x = i % width;
        left = Math.min(left, x);
        right = Math.max(right, x);
        bottom = i / width;
        top = top < 0 ? bottom : top;
      }
    }
    return top < 0 ? null : new int[] {left, top, right + 1, bottom + 1};
  }

  /** A part of the pixels as a mask of booleans. */
  static NdArray cut(byte[] pixels, int width, int[] extent) {
    int columns = extent[2] - extent[0];
    int rows = extent[3] - extent[1];
    byte[] cut = new byte[columns * rows];
    for (int y = 0; y < rows; y++) {
      for (int x = 0; x < columns; x++) {
        cut[y * columns + x] =
            (byte) (pixels[(extent[1] + y) * width + extent[0] + x] == 0 ? 0 : 1);
      }
    }
    return NdArray.ofBooleans(rows, columns, cut);
  }
}
