package io.postil.backends.labelstudio;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import java.io.ByteArrayOutputStream;

/**
 * The run-length code of Label Studio's brush: a bit stream, most significant bit first, of all
 * four channels of an RGBA image of which only the last counts. 32 bits: number of values; 5 bits:
 * bits of a value less one; four times 4 bits: bits of a length less one, by size class. Then
 * blocks: 1 bit (1 for a run of one value, 0 for single values), 2 bits size class, the length less
 * one, the value or values. Stateless.
 *
 * @see <a href="https://github.com/thi-ng/umbrella/tree/develop/packages/rle-pack">rle-pack</a>
 */
final class BrushRle {
  private static final int CHANNELS = 4;
  private static final int[] SIZES = {3, 4, 8, 16};
  private static final int LONGEST = 1 << 16;

  /** No picture has more pixels; a code that claims to is refused before memory is taken. */
  private static final long MAX_PIXELS = 1L << 28;

  private BrushRle() {}

  /**
   * Encodes the last channel; the others are the same.
   *
   * @param alpha a value from 0 to 255 for each pixel, row by row
   */
  static byte[] encode(byte[] alpha) {
    BitWriter out = new BitWriter();
    out.write((long) alpha.length * CHANNELS, 32);
    out.write(7, 5);
    for (int size : SIZES) {
      out.write(size - 1, 4);
    }
    for (int start = 0; start < alpha.length; ) {
      int end = start + 1;
      while (end < alpha.length && alpha[end] == alpha[start]) {
        end++;
      }
      long length = (long) (end - start) * CHANNELS;
      int sizeClass = length <= 8 ? 0 : length <= 16 ? 1 : length <= 256 ? 2 : 3;
      for (long left = length; left > 0; left -= LONGEST) {
        out.write(1, 1);
        out.write(sizeClass, 2);
        out.write(Math.min(left, LONGEST) - 1, SIZES[sizeClass]);
        out.write(alpha[start] & 0xFF, 8);
      }
      start = end;
    }
    return out.finish();
  }

  /**
   * Decodes the last channel.
   *
   * @return a value from 0 to 255 for each pixel, row by row
   * @throws PostilException with {@code BACKEND_DOWNLOAD_FAILED} if the code is damaged
   */
  static byte[] decode(byte[] code) {
    BitReader in = new BitReader(code);
    long values = in.read(32);
    if (values % CHANNELS != 0 || values / CHANNELS > MAX_PIXELS) {
      throw damaged("it claims " + values + " values");
    }
    int bits = (int) in.read(5) + 1;
    int[] sizes = new int[4];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = (int) in.read(4) + 1;
    }
    byte[] alpha = new byte[(int) (values / CHANNELS)];
    long at = 0;
    while (at < values) {
      boolean run = in.read(1) == 1;
      long length = in.read(sizes[(int) in.read(2)]) + 1;
      if (at + length > values) {
        throw damaged("a block reaches beyond the end");
      }
      long value = run ? in.read(bits) : 0;
      for (long end = at + length; at < end; at++) {
        if (!run) {
          value = in.read(bits);
        }
        if (at % CHANNELS == CHANNELS - 1) {
          alpha[(int) (at / CHANNELS)] = (byte) value;
        }
      }
    }
    return alpha;
  }

  private static PostilException damaged(String what) {
    return new PostilException(
        ErrorCode.BACKEND_DOWNLOAD_FAILED, "a brush mask cannot be read: " + what, null);
  }

  private static final class BitWriter {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private int current;
    private int filled;

    void write(long value, int bits) {
      for (int i = bits - 1; i >= 0; i--) {
        current = current << 1 | (int) (value >>> i & 1);
        if (++filled == 8) {
          bytes.write(current);
          current = 0;
          filled = 0;
        }
      }
    }

    /** Fills the last byte with zeros; a whole one is added where none is open, as others do. */
    byte[] finish() {
      bytes.write(current << (8 - filled));
      return bytes.toByteArray();
    }
  }

  private static final class BitReader {
    private final byte[] code;
    private long position;

    BitReader(byte[] code) {
      this.code = code;
    }

    long read(int bits) {
      if (position + bits > code.length * 8L) {
        throw damaged("it is cut off");
      }
      long value = 0;
      for (int i = 0; i < bits; i++, position++) {
        value = value << 1 | code[(int) (position >> 3)] >> (7 - (position & 7)) & 1;
      }
      return value;
    }
  }
}
