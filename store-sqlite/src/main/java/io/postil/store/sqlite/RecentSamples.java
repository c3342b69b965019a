package io.postil.store.sqlite;

import io.postil.core.value.ObjectId;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The samples that a change read last: their rows, and the values that stand within them. Within a
 * write transaction only the change itself writes, so they need not be looked up again. Not
 * thread-safe.
 */
final class RecentSamples {
  private static final int SLOTS = 2048;

  /** Longer values are not held. */
  private static final int MOST_BYTES = 1024;

  private final @Nullable ObjectId[] ids = new @Nullable ObjectId[SLOTS];
  private final long[] rows = new long[SLOTS];
  private final byte[] @Nullable [] inline = new byte[SLOTS] @Nullable [];

  private static int slot(ObjectId id) {
    return (id.hashCode() * 0x9E3779B9) >>> 21;
  }

  /**
   * A sample was read.
   *
   * @param values the packed values within its row, empty if there are none; null if they were not
   *     read
   */
  void put(ObjectId id, long row, byte @Nullable [] values) {
    int slot = slot(id);
    ids[slot] = id;
    rows[slot] = row;
    inline[slot] = values == null || values.length > MOST_BYTES ? null : values;
  }

  /** The row of a sample, or -1 if it is not known. */
  long row(ObjectId id) {
    int slot = slot(id);
    ObjectId known = ids[slot];
    return known != null && known.equals(id) ? rows[slot] : -1;
  }

  /**
   * The packed values within a sample's row, empty if there are none; null if they are not known.
   */
  byte @Nullable [] inline(ObjectId id) {
    return row(id) < 0 ? null : inline[slot(id)];
  }

  /** The values within a sample's row may have changed. */
  void forgetInline(ObjectId id) {
    if (row(id) >= 0) {
      inline[slot(id)] = null;
    }
  }

  /** Any sample may be gone. */
  void forgetAll() {
    Arrays.fill(ids, null);
  }
}
