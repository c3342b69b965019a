package io.postil.zoo;

import io.postil.core.value.ObjectId;
import java.util.Random;

/** Ids that are the same at each drawing of the same seed. */
final class Ids {
  private Ids() {}

  static ObjectId next(Random random) {
    return ObjectId.of(random.nextInt(), random.nextLong());
  }
}
