package io.postil.core.value;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A 12-byte identifier of a sample, label or run, written as 24 hexadecimal digits: four bytes of
 * seconds, five random bytes of the process and a counter of three bytes, as MongoDB makes them.
 * Ids made by one process grow. Immutable.
 */
public final class ObjectId implements Comparable<ObjectId> {
  private static final int LENGTH = 24;
  private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.ISO_8859_1);

  /** What new ids are made of. Set up when the first one is made: most commands only read ids. */
  private static final class Source {
    private static final ByteBuffer CHANCE = ByteBuffer.wrap(SystemRandom.bytes(12));
    private static final long PROCESS = CHANCE.getLong(0) & 0xFF_FFFF_FFFFL;
    private static final AtomicInteger COUNTER = new AtomicInteger(CHANCE.getInt(8));
  }

  private final int seconds;
  private final long rest;

  private ObjectId(int seconds, long rest) {
    this.seconds = seconds;
    this.rest = rest;
  }

  /** A new id, larger than every id this process made in an earlier second. */
  public static ObjectId create() {
    int count = Source.COUNTER.getAndIncrement() & 0xFF_FFFF;
    return new ObjectId((int) (System.currentTimeMillis() / 1000), Source.PROCESS << 24 | count);
  }

  /** The id of the given parts; inverse of {@link #high()} and {@link #low()}. */
  public static ObjectId of(int high, long low) {
    return new ObjectId(high, low);
  }

  /**
   * Reads 24 hexadecimal digits.
   *
   * @throws IllegalArgumentException if the text is anything else
   */
  public static ObjectId of(String hex) {
    if (!isValid(hex)) {
      throw new IllegalArgumentException("not an id of 24 hexadecimal digits: " + hex);
    }
    return new ObjectId(
        HexFormat.fromHexDigits(hex, 0, 8), HexFormat.fromHexDigitsToLong(hex, 8, 24));
  }

  /** Whether the text is an id: 24 hexadecimal digits. */
  public static boolean isValid(String text) {
    if (text.length() != LENGTH) {
      return false;
    }
    for (int i = 0; i < LENGTH; i++) {
      if (!HexFormat.isHexDigit(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  /** The first four bytes: seconds since 1970. */
  public int high() {
    return seconds;
  }

  /** The last eight bytes. */
  public long low() {
    return rest;
  }

  @Override
  public int compareTo(ObjectId other) {
    int bySeconds = Integer.compareUnsigned(seconds, other.seconds);
    return bySeconds != 0 ? bySeconds : Long.compareUnsigned(rest, other.rest);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ObjectId id && seconds == id.seconds && rest == id.rest;
  }

  @Override
  public int hashCode() {
    return seconds * 31 + Long.hashCode(rest);
  }

  /** The 24 hexadecimal digits, in lower case. */
  @Override
  public String toString() {
    // Ids are written by the million.
    byte[] digits = new byte[LENGTH];
    for (int i = 0; i < 4; i++) {
      put(digits, 2 * i, seconds >>> 24 - 8 * i);
    }
    for (int i = 0; i < 8; i++) {
      put(digits, 8 + 2 * i, (int) (rest >>> 56 - 8 * i));
    }
    return new String(digits, StandardCharsets.ISO_8859_1);
  }

  private static void put(byte[] digits, int at, int octet) {
    digits[at] = DIGITS[octet >>> 4 & 0xF];
    digits[at + 1] = DIGITS[octet & 0xF];
  }
}
