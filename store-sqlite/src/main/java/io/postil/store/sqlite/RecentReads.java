package io.postil.store.sqlite;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The field values that a change read last. Within a write transaction only the change itself
 * writes, so a value that it read and did not write since is what is stored: {@link
 * SqliteWriter#set} need not read it again to compare. Holds {@link #SLOTS} values, each in the one
 * slot of its key, and of large ones fewer; values with parts beside them are not held. Not
 * thread-safe.
 */
final class RecentReads {
  private static final int SLOTS = 2048;

  /**
   * Most bytes that the values take where they are stored; in memory they take several times that.
   */
  private static final int MOST_BYTES = 4 << 20;

  /** Stands for no value. */
  private static final Object NOTHING = new Object();

  private final RecentSamples samples = new RecentSamples();
  private final long[] keys = new long[SLOTS];
  private final long[] fields = new long[SLOTS];
  private final @Nullable Object[] values = new @Nullable Object[SLOTS];

  private static int slot(StoredField field, long key) {
    long hash = (key * 31 + field.number()) * 0x9E3779B97F4A7C15L;
    return (int) (hash >>> 53);
  }

  private int bytes;

  /** The samples themselves. */
  RecentSamples samples() {
    return samples;
  }

  /**
   * A value was read or written.
   *
   * @param size how many bytes it takes where it is stored
   */
  void put(StoredField field, long key, @Nullable Object value, int size) {
    if (size > MOST_BYTES) {
      forget(field, key);
      return;
    }
    if (bytes + size > MOST_BYTES) {
      forgetAll();
    }
    bytes += size;
    int slot = slot(field, key);
    keys[slot] = key;
    fields[slot] = field.number();
    values[slot] = value == null ? NOTHING : value;
  }

  /** A value may have changed. */
  void forget(StoredField field, long key) {
    int slot = slot(field, key);
    if (keys[slot] == key && fields[slot] == field.number()) {
      values[slot] = null;
    }
  }

  /** Anything may have changed. */
  void forgetAll() {
    Arrays.fill(values, null);
    bytes = 0;
  }

  /** Whether this very object is known to be what is stored. */
  boolean holds(StoredField field, long key, @Nullable Object value) {
    int slot = slot(field, key);
    return keys[slot] == key
        && fields[slot] == field.number()
        && values[slot] == (value == null ? NOTHING : value);
  }
}
