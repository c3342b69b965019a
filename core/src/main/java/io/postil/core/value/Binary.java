package io.postil.core.value;

import java.util.Arrays;

/** Bytes with a BSON subtype, 0 for plain data. Immutable; compares by content. */
public final class Binary {
  private final byte subtype;
  private final byte[] bytes;

  private Binary(byte subtype, byte[] bytes) {
    this.subtype = subtype;
    this.bytes = bytes;
  }

  /** Plain data; the array is taken over and must not be changed afterwards. */
  public static Binary wrap(byte[] bytes) {
    return new Binary((byte) 0, bytes);
  }

  /** Data of a BSON subtype; the array is taken over and must not be changed afterwards. */
  public static Binary wrap(byte subtype, byte[] bytes) {
    return new Binary(subtype, bytes);
  }

  /** The BSON subtype. */
  public byte subtype() {
    return subtype;
  }

  /** The bytes themselves, not a copy: don't change them. */
  public byte[] bytes() {
    return bytes;
  }

  /** Number of bytes. */
  public int length() {
    return bytes.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Binary b && subtype == b.subtype && Arrays.equals(bytes, b.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return "Binary[" + bytes.length + " bytes]";
  }
}
