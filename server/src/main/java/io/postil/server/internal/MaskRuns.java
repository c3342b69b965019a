package io.postil.server.internal;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.value.Document;
import io.postil.core.value.NdArray;
import io.postil.core.value.Values;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Base64;

/**
 * Exact masks for the editor: the pixels row by row as runs, each a value and how often it comes,
 * in groups of seven bits, lowest first, with a high bit where more follow; in base64. Colours are
 * {@code 0xRRGGBB}. Equal pixels have equal texts. Stateless.
 */
final class MaskRuns {
  /** Most pixels that are taken. */
  private static final long MAX_PIXELS = 1L << 28;

  private MaskRuns() {}

  /**
   * The wire form of pixels.
   *
   * @param mask of two dimensions, or three for colours
   * @param binary whether all that counts is which are not 0
   */
  static Document pack(NdArray mask, boolean binary) {
    int height = mask.height();
    int width = mask.width();
    int pixels = height * width;
    int channels = pixels == 0 ? 1 : mask.size() / pixels;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int at = 0; at < pixels; ) {
      long value = value(mask, at, channels, binary);
      int from = at;
      do {
        at++;
      } while (at < pixels && value(mask, at, channels, binary) == value);
      put(out, value);
      put(out, at - from);
    }
    return Document.builder()
        .append("width", width)
        .append("height", height)
        .append("runs", Base64.getEncoder().encodeToString(out.toByteArray()))
        .build();
  }

  /** Whether two masks show the same pixels. */
  static boolean isSame(Document a, Document b) {
    return Values.same(a.get("runs"), b.get("runs"))
        && Values.same(a.get("width"), b.get("width"))
        && Values.same(a.get("height"), b.get("height"));
  }

  private static long value(NdArray mask, int pixel, int channels, boolean binary) {
    int at = pixel * channels;
    if (binary) {
      return mask.get(at) == 0 ? 0 : 1;
    }
    if (channels < 3) {
      return (long) mask.get(at) & 0xFFFF_FFFFL;
    }
    return (long) mask.get(at) << 16 | (long) mask.get(at + 1) << 8 | (long) mask.get(at + 2);
  }

  private static void put(ByteArrayOutputStream out, long number) {
    long left = number;
    while (left >= 0x80) {
      out.write((int) (left & 0x7F | 0x80));
      left >>>= 7;
    }
    out.write((int) left);
  }

  /** A mask of pixels that are in or out. */
  static NdArray booleans(Document mask) {
    int[] values = read(mask);
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) (values[i] == 0 ? 0 : 1);
    }
    return NdArray.ofBooleans(size(mask, "height"), size(mask, "width"), bytes);
  }

  /**
   * A mask of values.
   *
   * @param colours whether each is a red, a green and a blue
   */
  static NdArray values(Document mask, boolean colours) {
    int[] values = read(mask);
    int height = size(mask, "height");
    int width = size(mask, "width");
    int channels = colours ? 3 : 1;
    byte[] bytes = new byte[values.length * channels];
    for (int i = 0; i < values.length; i++) {
      if (colours) {
        bytes[i * 3] = (byte) (values[i] >> 16);
        bytes[i * 3 + 1] = (byte) (values[i] >> 8);
        bytes[i * 3 + 2] = (byte) values[i];
      } else if (values[i] < 0 || values[i] > 255) {
        return NdArray.ofInts(new int[] {height, width}, values);
      } else {
        bytes[i] = (byte) values[i];
      }
    }
    return colours
        ? NdArray.ofBytes(new int[] {height, width, 3}, bytes)
        : NdArray.ofBytes(height, width, bytes);
  }

  private static int[] read(Document mask) {
    long pixels = (long) size(mask, "width") * size(mask, "height");
    if (pixels > MAX_PIXELS) {
      throw damaged("it has more than " + MAX_PIXELS + " pixels");
    }
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(mask.getString("runs", ""));
    } catch (IllegalArgumentException e) {
      throw damaged("its runs are no base64");
    }
    int[] values = new int[(int) pixels];
    int[] at = {0};
    int filled = 0;
    while (at[0] < bytes.length) {
      long value = next(bytes, at);
      long length = next(bytes, at);
      if (length > pixels - filled || value > 0xFFFF_FFFFL) {
        throw damaged("its runs are longer than the mask");
      }
      Arrays.fill(values, filled, filled + (int) length, (int) value);
      filled += (int) length;
    }
    if (filled < pixels) {
      throw damaged("its runs are shorter than the mask");
    }
    return values;
  }

  private static long next(byte[] bytes, int[] at) {
    long number = 0;
    for (int shift = 0; shift < 35 && at[0] < bytes.length; shift += 7) {
      byte b = bytes[at[0]++];
      number |= (long) (b & 0x7F) << shift;
      if (b >= 0) {
        return number;
      }
    }
    throw damaged("a number in its runs does not end");
  }

  private static int size(Document mask, String name) {
    if (mask.get(name) instanceof Integer side && side > 0) {
      return side;
    }
    throw damaged("its " + name + " is no whole number above 0");
  }

  private static PostilException damaged(String what) {
    return new PostilException(
        ErrorCode.INVALID_REQUEST,
        "a mask cannot be read: " + what,
        "Send width, height and runs as the task has them.");
  }
}
