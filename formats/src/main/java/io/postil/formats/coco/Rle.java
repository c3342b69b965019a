package io.postil.formats.coco;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * COCO's run-length masks: runs of background and foreground in turn, down each column from the
 * left, as numbers or packed into text. Stateless.
 */
final class Rle {
  private Rle() {}

  /**
   * Unpacks a text: numbers of five bits a character, low bits first, each from the third on as the
   * difference to the one two before.
   *
   * @throws IllegalArgumentException if it is damaged; the message completes "RLE ..."
   */
  static long[] unpack(String text) {
    long[] counts = new long[text.length()];
    int count = 0;
    int at = 0;
    while (at < text.length()) {
      long value = 0;
      int shift = 0;
      int bits;
      do {
        if (at == text.length() || shift > 55) {
          throw new IllegalArgumentException("ends inside a number");
        }
        bits = text.charAt(at++) - 48;
        if (bits < 0 || bits > 63) {
          throw new IllegalArgumentException("has a character that is not allowed");
        }
        value |= (long) (bits & 0x1F) << shift;
        shift += 5;
      } while ((bits & 0x20) != 0);
      if ((bits & 0x10) != 0) {
        value |= -1L << shift;
      }
      counts[count] = count > 2 ? value + counts[count - 2] : value;
      count++;
    }
    return java.util.Arrays.copyOf(counts, count);
  }

  /** Packs runs into text; the inverse of {@link #unpack}. */
  static String pack(long[] counts, int count) {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    for (int i = 0; i < count; i++) {
      long value = i > 2 ? counts[i] - counts[i - 2] : counts[i];
      boolean more = true;
      while (more) {
        int bits = (int) (value & 0x1F);
        value >>= 5;
        more = (bits & 0x10) == 0 ? value != 0 : value != -1;
        text.write((more ? bits | 0x20 : bits) + 48);
      }
    }
    return text.toString(StandardCharsets.US_ASCII);
  }

  /**
   * Checks that runs cover an image.
   *
   * @throws IllegalArgumentException if they don't
   */
  static void check(long[] counts, long pixels) {
    long total = 0;
    for (long n : counts) {
      if (n < 0 || n > pixels) {
        throw new IllegalArgumentException("has a run of " + n + " pixels");
      }
      total += n;
    }
    if (total != pixels) {
      throw new IllegalArgumentException("covers " + total + " of " + pixels + " pixels");
    }
  }

  /** The foreground's pixel bounds as {@code x0, y0, x1, y1}, the last two excluded. */
  static int[] bounds(long[] counts, int height) {
    int[] bounds = {Integer.MAX_VALUE, Integer.MAX_VALUE, 0, 0};
    long at = 0;
    for (int i = 0; i < counts.length; i++) {
      if (i % 2 == 1 && counts[i] > 0) {
        long last = at + counts[i] - 1;
        bounds[0] = Math.min(bounds[0], (int) (at / height));
        bounds[2] = Math.max(bounds[2], (int) (last / height) + 1);
        boolean turns = at / height != last / height;
        bounds[1] = turns ? 0 : Math.min(bounds[1], (int) (at % height));
        bounds[3] = turns ? height : Math.max(bounds[3], (int) (last % height) + 1);
      }
      at += counts[i];
    }
    return bounds;
  }

  /** Sets the foreground pixels that lie in the mask's part of the image. */
  static void fill(long[] counts, int height, MaskCrop mask) {
    long at = 0;
    for (int i = 0; i < counts.length; i++) {
      if (i % 2 == 1) {
        long end = at + counts[i];
        while (at < end) {
          int x = (int) (at / height);
          int y = (int) (at % height);
          int length = (int) Math.min(end - at, height - y);
          mask.setColumn(x, y, y + length);
          at += length;
        }
      } else {
        at += counts[i];
      }
    }
  }

  /** The runs of a mask that is background outside its part of the image, as text. */
  static String encode(MaskCrop mask, int width, int height) {
    long[] counts = new long[16];
    int count = 0;
    boolean current = false;
    long run = 0;
    for (int x = 0; x < width; x++) {
      if (x < mask.x0() || x >= mask.x1()) {
        if (current) {
          counts = put(counts, count++, run);
          current = false;
          run = 0;
        }
        run += height;
        continue;
      }
      for (int y = 0; y < height; y++) {
        boolean set = mask.isSet(x, y);
        if (set != current) {
          counts = put(counts, count++, run);
          current = set;
          run = 0;
        }
        run++;
      }
    }
    counts = put(counts, count++, run);
    return pack(counts, count);
  }

  private static long[] put(long[] counts, int index, long value) {
    long[] room = index < counts.length ? counts : java.util.Arrays.copyOf(counts, index * 2);
    room[index] = value;
    return room;
  }
}
