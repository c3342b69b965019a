package io.postil.store.mongo;

import io.postil.core.value.ObjectId;

/**
 * Numbers and ids in the bytes of BSON, by the position of their first byte. Byte by byte: with the
 * first compiler only, each use of a {@code VarHandle} is several calls. Stateless.
 */
final class BsonBytes {
  private BsonBytes() {}

  static int int32(byte[] bytes, int at) {
    return bytes[at] & 0xFF
        | (bytes[at + 1] & 0xFF) << 8
        | (bytes[at + 2] & 0xFF) << 16
        | bytes[at + 3] << 24;
  }

  static long int64(byte[] bytes, int at) {
    return int32(bytes, at) & 0xFFFF_FFFFL | (long) int32(bytes, at + 4) << 32;
  }

  static double real(byte[] bytes, int at) {
    return Double.longBitsToDouble(int64(bytes, at));
  }

  static void putInt32(byte[] bytes, int at, int value) {
    bytes[at] = (byte) value;
    bytes[at + 1] = (byte) (value >> 8);
    bytes[at + 2] = (byte) (value >> 16);
    bytes[at + 3] = (byte) (value >> 24);
  }

  static void putInt64(byte[] bytes, int at, long value) {
    putInt32(bytes, at, (int) value);
    putInt32(bytes, at + 4, (int) (value >> 32));
  }

  static void putReal(byte[] bytes, int at, double value) {
    putInt64(bytes, at, Double.doubleToRawLongBits(value));
  }

  /** An id of twelve bytes, of which the highest comes first, unlike in numbers. */
  static ObjectId id(byte[] bytes, int at) {
    int high = Integer.reverseBytes(int32(bytes, at));
    long low = Long.reverseBytes(int64(bytes, at + 4));
    return ObjectId.of(high, low);
  }

  static void putId(byte[] bytes, int at, ObjectId id) {
    putInt32(bytes, at, Integer.reverseBytes(id.high()));
    putInt64(bytes, at + 4, Long.reverseBytes(id.low()));
  }
}
