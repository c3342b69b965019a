package io.postil.store.mongo;

import io.postil.core.value.ObjectId;

/**
 * Which samples a stream has given, so that it can go on after its cursor was lost. The order in
 * which a server keeps documents is not the same on every member of a replica set, nor after a
 * crash, so a position would not do. Keeps a number of 64 bits for each id, 16 bytes in all. Not
 * thread-safe.
 */
final class SeenIds {
  private static final int MOST = 1 << 22;

  private long[] slots = new long[1 << 10];
  private int size;

  /** Whether there were too many to remember. */
  boolean isFull() {
    return size > MOST;
  }

  boolean isEmpty() {
    return size == 0;
  }

  private static long number(ObjectId id) {
    long mixed = (id.low() ^ (long) id.high() << 29) * 0x9E3779B97F4A7C15L;
    return mixed == 0 ? 1 : mixed;
  }

  void add(ObjectId id) {
    if (size > MOST) {
      return;
    }
    if (2 * size >= slots.length) {
      long[] old = slots;
      slots = new long[old.length * 2];
      for (long number : old) {
        if (number != 0) {
          slots[slot(number)] = number;
        }
      }
    }
    long number = number(id);
    int slot = slot(number);
    if (slots[slot] == 0) {
      slots[slot] = number;
      size++;
    }
  }

  boolean contains(ObjectId id) {
    long number = number(id);
    return slots[slot(number)] == number;
  }

  /** The place of a number, or the empty one where it would be. */
  private int slot(long number) {
    int slot = (int) (number >>> 40) & slots.length - 1;
    while (slots[slot] != 0 && slots[slot] != number) {
      slot = slot + 1 & slots.length - 1;
    }
    return slot;
  }
}
