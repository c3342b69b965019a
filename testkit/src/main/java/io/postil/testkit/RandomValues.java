package io.postil.testkit;

import io.postil.core.label.Label;
import io.postil.core.value.Binary;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.OtherValue;
import io.postil.core.value.Values;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Random values of every BSON type and labels with them, the same for the same seed. Not
 * thread-safe.
 */
public final class RandomValues {
  private static final int[] EDGES = {0, 1, -1, 63, 64, 127, 128, Integer.MIN_VALUE};

  private final Random random;

  /** Values from a seed, which a failing test should print. */
  public RandomValues(long seed) {
    this.random = new Random(seed);
  }

  /** Any value, nested at most so deep. */
  public @Nullable Object value(int depth) {
    return switch (random.nextInt(depth > 0 ? 13 : 10)) {
      case 0 -> null;
      case 1 -> random.nextBoolean();
      case 2 -> random.nextBoolean() ? random.nextInt() : EDGES[random.nextInt(EDGES.length)];
      case 3 -> random.nextLong() >> random.nextInt(64);
      case 4 -> random.nextInt(4) == 0 ? Double.NaN : random.nextGaussian();
      case 5, 6 -> text();
      case 7 -> Binary.wrap((byte) random.nextInt(256), bytes());
      case 8 -> ObjectId.of(random.nextInt(), random.nextLong());
      case 9 -> Instant.ofEpochMilli(random.nextLong() >> 20);
      case 10 -> list(depth - 1);
      case 11 -> document(depth - 1);
      default -> new OtherValue(document(depth - 1));
    };
  }

  /** A document of a few entries. */
  public Document document(int depth) {
    Document.Builder builder = Document.builder();
    for (int i = random.nextInt(6); i > 0; i--) {
      builder.put(text(), value(depth));
    }
    return builder.build();
  }

  private List<@Nullable Object> list(int depth) {
    List<@Nullable Object> list = new ArrayList<>();
    for (int i = random.nextInt(6); i > 0; i--) {
      list.add(value(depth));
    }
    return Values.list(list);
  }

  /** A label of any type, with random attributes where it has them. */
  public Label label() {
    List<Label> labels = List.copyOf(TestSamples.everyLabel().values());
    Label label = labels.get(random.nextInt(labels.size()));
    return label instanceof io.postil.core.label.SingleLabel single
        ? single.withAttributes(document(3)).withId(ObjectId.of(random.nextInt(), 7))
        : label;
  }

  private byte[] bytes() {
    byte[] bytes = new byte[random.nextInt(8) == 0 ? 5_000 : random.nextInt(20)];
    random.nextBytes(bytes);
    return bytes;
  }

  private String text() {
    return switch (random.nextInt(5)) {
      case 0 -> "";
      case 1 -> ObjectId.of(random.nextInt(), random.nextLong()).toString();
      case 2 -> "name" + random.nextInt(10);
      case 3 -> "x".repeat(random.nextInt(400));
      default ->
          random
              .ints(random.nextInt(12), 0x20, 0x1_F600)
              .filter(c -> c < 0xD800 || c > 0xDFFF)
              .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
              .toString();
    };
  }
}
