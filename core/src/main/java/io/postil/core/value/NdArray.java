package io.postil.core.value;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * A dense array: a mask (rows x columns), a heatmap, a vector. Stored as FiftyOne stores it, a
 * zlib-compressed NumPy {@code .npy} file, and unpacked on first use; the packed bytes are kept, so
 * that data nobody looks at rides along unchanged. Element types: booleans and unsigned or signed
 * integers of 1 to 8 bytes and floats of 4 or 8, in row-major order. Immutable; compares by shape
 * and values. Thread-safe.
 *
 * @see <a href="https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html">the .npy
 *     format</a>
 */
public final class NdArray {
  /** Most bytes an array may unpack to: 1 GiB, against hostile data. */
  private static final int MAX_BYTES = 1 << 30;

  private static final Pattern HEADER =
      Pattern.compile(
          "'descr':\\s*'([<>|=]?[a-zA-Z]\\d+)'.*'fortran_order':\\s*(True|False).*'shape':\\s*\\(([^)]*)\\)",
          Pattern.DOTALL);

  private final byte[] packed;
  private volatile @org.jspecify.annotations.Nullable Unpacked unpacked;

  private record Unpacked(String type, int[] shape, byte[] npy, int offset, int width) {}

  private NdArray(byte[] packed) {
    this.packed = packed;
  }

  /**
   * An array from a zlib-compressed {@code .npy} file; it is not looked at before its first use.
   */
  public static NdArray ofPacked(byte[] zlibNpy) {
    return new NdArray(zlibNpy);
  }

  /** A mask of booleans: {@code values} has a byte 0 or 1 for each pixel, row by row. */
  public static NdArray ofBooleans(int height, int width, byte[] values) {
    return pack("|b1", new int[] {height, width}, values);
  }

  /** A mask of bytes 0..255: {@code values} has a byte for each pixel, row by row. */
  public static NdArray ofBytes(int height, int width, byte[] values) {
    return pack("|u1", new int[] {height, width}, values);
  }

  /** An array of bytes 0..255 of any shape, such as the pixels of a picture in colours. */
  public static NdArray ofBytes(int[] shape, byte[] values) {
    return pack("|u1", shape.clone(), values);
  }

  /** An array of 8-byte floats. */
  public static NdArray ofDoubles(int[] shape, double[] values) {
    ByteBuffer buffer = ByteBuffer.allocate(values.length * 8).order(ByteOrder.LITTLE_ENDIAN);
    for (double value : values) {
      buffer.putDouble(value);
    }
    return pack("<f8", shape, buffer.array());
  }

  /** An array of 4-byte unsigned integers, for masks with values above 255. */
  public static NdArray ofInts(int[] shape, int[] values) {
    ByteBuffer buffer = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    for (int value : values) {
      buffer.putInt(value);
    }
    return pack("<u4", shape, buffer.array());
  }

  private static NdArray pack(String type, int[] shape, byte[] data) {
    long expected = type.charAt(2) - '0';
    for (int n : shape) {
      expected *= n;
    }
    if (expected != data.length) {
      throw new IllegalArgumentException(
          "shape "
              + Arrays.toString(shape)
              + " of "
              + type
              + " does not fit "
              + data.length
              + " bytes");
    }
    StringBuilder dimensions = new StringBuilder();
    for (int n : shape) {
      dimensions.append(n).append(", ");
    }
    if (shape.length > 1) {
      dimensions.setLength(dimensions.length() - 2);
    } else if (shape.length == 1) {
      dimensions.setLength(dimensions.length() - 1);
    }
    String dict =
        "{'descr': '" + type + "', 'fortran_order': False, 'shape': (" + dimensions + "), }";
    int unpadded = 10 + dict.length() + 1;
    String header = dict + " ".repeat((64 - unpadded % 64) % 64) + "\n";
    ByteBuffer npy =
        ByteBuffer.allocate(10 + header.length() + data.length).order(ByteOrder.LITTLE_ENDIAN);
    npy.put((byte) 0x93)
        .put("NUMPY".getBytes(StandardCharsets.US_ASCII))
        .put((byte) 1)
        .put((byte) 0);
    npy.putShort((short) header.length()).put(header.getBytes(StandardCharsets.US_ASCII));
    npy.put(data);
    NdArray array = new NdArray(deflate(npy.array()));
    array.unpacked = parse(npy.array());
    return array;
  }

  private static byte[] deflate(byte[] data) {
    Deflater deflater = new Deflater(6);
    try {
      deflater.setInput(data);
      deflater.finish();
      ByteArrayOutputStream out = new ByteArrayOutputStream(data.length / 8 + 64);
      byte[] buffer = new byte[8192];
      while (!deflater.finished()) {
        out.write(buffer, 0, deflater.deflate(buffer));
      }
      return out.toByteArray();
    } finally {
      deflater.end();
    }
  }

  private static byte[] inflate(byte[] data) {
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(data);
      ByteArrayOutputStream out = new ByteArrayOutputStream(Math.max(256, data.length * 4));
      byte[] buffer = new byte[16384];
      while (!inflater.finished()) {
        int n = inflater.inflate(buffer);
        if (n == 0 && (inflater.needsInput() || inflater.needsDictionary())) {
          throw corrupt("cut off");
        }
        out.write(buffer, 0, n);
        if (out.size() > MAX_BYTES) {
          throw corrupt("more than " + MAX_BYTES + " bytes");
        }
      }
      return out.toByteArray();
    } catch (DataFormatException e) {
      throw corrupt("not zlib data");
    } finally {
      inflater.end();
    }
  }

  private static PostilException corrupt(String what) {
    return new PostilException(ErrorCode.INVALID_FILE, "a stored array cannot be read: " + what);
  }

  private static Unpacked parse(byte[] npy) {
    if (npy.length < 10 || npy[0] != (byte) 0x93 || npy[1] != 'N' || npy[5] != 'Y') {
      throw corrupt("no .npy header");
    }
    ByteBuffer buffer = ByteBuffer.wrap(npy).order(ByteOrder.LITTLE_ENDIAN);
    int start = npy[6] == 1 ? 10 : 12;
    int headerLength = npy[6] == 1 ? buffer.getShort(8) & 0xFFFF : buffer.getInt(8);
    if (headerLength < 0 || start + headerLength > npy.length) {
      throw corrupt("its header is cut off");
    }
    String header = new String(npy, start, headerLength, StandardCharsets.ISO_8859_1);
    Matcher matcher = HEADER.matcher(header);
    if (!matcher.find()) {
      throw corrupt("unknown header " + header.strip());
    }
    String type = matcher.group(1);
    String[] parts = matcher.group(3).split(",");
    int[] shape = new int[(int) Arrays.stream(parts).filter(p -> !p.isBlank()).count()];
    int dimension = 0;
    int width = Integer.parseInt(type.replaceAll("\\D", ""));
    long size = width;
    for (String part : parts) {
      if (!part.isBlank()) {
        shape[dimension] = Integer.parseInt(part.strip());
        size *= shape[dimension++];
        if (size > MAX_BYTES) {
          throw corrupt("shape too large");
        }
      }
    }
    if (matcher.group(2).equals("True") && shape.length > 1) {
      throw corrupt("column-major order is not supported");
    }
    if (type.charAt(0) == '>' && width > 1) {
      throw corrupt("big-endian data is not supported");
    }
    if (start + headerLength + size > npy.length) {
      throw corrupt("fewer values than its shape says");
    }
    return new Unpacked(type, shape, npy, start + headerLength, width);
  }

  private Unpacked unpacked() {
    Unpacked result = unpacked;
    if (result == null) {
      result = parse(inflate(packed));
      unpacked = result;
    }
    return result;
  }

  /** The zlib-compressed {@code .npy} file, not a copy: don't change it. */
  public byte[] packed() {
    return packed;
  }

  /** NumPy's name of the element type, such as {@code |b1}, {@code |u1} or {@code <f4}. */
  public String type() {
    return unpacked().type();
  }

  /** The length of each dimension, outermost first; a copy. */
  public int[] shape() {
    return unpacked().shape().clone();
  }

  /** Number of rows, for an array of at least one dimension. */
  public int height() {
    return unpacked().shape()[0];
  }

  /** Number of columns, for an array of at least two dimensions. */
  public int width() {
    return unpacked().shape()[1];
  }

  /** Number of values. */
  public int size() {
    int size = 1;
    for (int n : unpacked().shape()) {
      size *= n;
    }
    return size;
  }

  /** The value at a position of the flattened array; booleans are 0 or 1. */
  public double get(int index) {
    Unpacked u = unpacked();
    ByteBuffer buffer = ByteBuffer.wrap(u.npy()).order(ByteOrder.LITTLE_ENDIAN);
    int at = u.offset() + index * u.width();
    char kind = u.type().charAt(u.type().length() - 2);
    return switch (kind) {
      case 'b' -> u.npy()[at] != 0 ? 1 : 0;
      case 'f' -> u.width() == 4 ? buffer.getFloat(at) : buffer.getDouble(at);
      case 'u' ->
          switch (u.width()) {
            case 1 -> u.npy()[at] & 0xFF;
            case 2 -> buffer.getShort(at) & 0xFFFF;
            case 4 -> buffer.getInt(at) & 0xFFFF_FFFFL;
            default -> buffer.getLong(at);
          };
      default ->
          switch (u.width()) {
            case 1 -> u.npy()[at];
            case 2 -> buffer.getShort(at);
            case 4 -> buffer.getInt(at);
            default -> buffer.getLong(at);
          };
    };
  }

  @Override
  public boolean equals(Object other) {
    if (!(other instanceof NdArray array)) {
      return false;
    }
    if (this == other || Arrays.equals(packed, array.packed)) {
      return true;
    }
    Unpacked a = unpacked();
    Unpacked b = array.unpacked();
    if (!Arrays.equals(a.shape(), b.shape())) {
      return false;
    }
    for (int i = 0, n = size(); i < n; i++) {
      if (Double.compare(get(i), array.get(i)) != 0) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(unpacked().shape());
  }

  @Override
  public String toString() {
    return "NdArray[" + type() + " " + Arrays.toString(shape()) + "]";
  }
}
