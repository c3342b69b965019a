package io.postil.core.view;

import org.jspecify.annotations.Nullable;

/**
 * The numbers that Python's {@code random.Random(seed)} gives, so that a seed puts samples in the
 * same order here and in FiftyOne: the Mersenne Twister. Not thread-safe.
 *
 * @see <a href="http://www.math.sci.hiroshima-u.ac.jp/m-mat/MT/emt.html">Mersenne Twister</a>
 */
final class PythonRandom {
  private static final int SIZE = 624;
  private static final int MIDDLE = 397;

  private final int[] state = new int[SIZE];
  private int at = SIZE;

  private PythonRandom(long seed) {
    long magnitude = Math.abs(seed);
    int high = (int) (magnitude >>> 32);
    seed(high == 0 ? new int[] {(int) magnitude} : new int[] {(int) magnitude, high});
  }

  /** The number that FiftyOne keeps with a random stage; without a seed another one each time. */
  static long randint(@Nullable Long seed) {
    long least = 10_000_000L;
    long count = 10_000_000_000L - least + 1;
    PythonRandom random = new PythonRandom(seed == null ? System.nanoTime() : seed);
    while (true) {
      // 34 bits hold the count.
      long bits = random.next() & 0xFFFFFFFFL;
      bits |= (random.next() >>> 30 & 3L) << 32;
      if (bits < count) {
        return least + bits;
      }
    }
  }

  private void seed(int[] key) {
    state[0] = 19_650_218;
    for (int i = 1; i < SIZE; i++) {
      state[i] = 1_812_433_253 * (state[i - 1] ^ state[i - 1] >>> 30) + i;
    }
    int i = 1;
    int j = 0;
    for (int k = 0; k < SIZE; k++) {
      state[i] = (state[i] ^ (state[i - 1] ^ state[i - 1] >>> 30) * 1_664_525) + key[j] + j;
      j = (j + 1) % key.length;
      i = advance(i);
    }
    for (int k = 1; k < SIZE; k++) {
      state[i] = (state[i] ^ (state[i - 1] ^ state[i - 1] >>> 30) * 1_566_083_941) - i;
      i = advance(i);
    }
    state[0] = 0x80000000;
  }

  private int advance(int i) {
    if (i + 1 < SIZE) {
      return i + 1;
    }
    state[0] = state[SIZE - 1];
    return 1;
  }

  private int next() {
    if (at == SIZE) {
      twist();
    }
    int y = state[at++];
    y ^= y >>> 11;
    y ^= y << 7 & 0x9D2C5680;
    y ^= y << 15 & 0xEFC60000;
    return y ^ y >>> 18;
  }

  private void twist() {
    for (int i = 0; i < SIZE; i++) {
      int y = state[i] & 0x80000000 | state[(i + 1) % SIZE] & 0x7FFFFFFF;
      int odd = (y & 1) == 0 ? 0 : 0x9908B0DF;
      state[i] = state[(i + MIDDLE) % SIZE] ^ y >>> 1 ^ odd;
    }
    at = 0;
  }
}
