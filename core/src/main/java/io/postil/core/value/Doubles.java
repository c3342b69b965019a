package io.postil.core.value;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A list of doubles without a box for each. Immutable; compares by values, NaN equals NaN. */
public final class Doubles {
  private final double[] values;

  private Doubles(double[] values) {
    this.values = values;
  }

  /** The values; the array is taken over and must not be changed afterwards. */
  public static Doubles wrap(double... values) {
    return new Doubles(values);
  }

  /** Number of values. */
  public int size() {
    return values.length;
  }

  /** The value at a position from 0. */
  public double get(int index) {
    return values[index];
  }

  /** The values as a new array. */
  public double[] toArray() {
    return values.clone();
  }

  /** The values as a list of {@link Double}. */
  public List<@Nullable Object> toList() {
    @Nullable Object[] boxes = new @Nullable Object[values.length];
    for (int i = 0; i < boxes.length; i++) {
      boxes[i] = values[i];
    }
    return Values.listOf(boxes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Doubles d && Arrays.equals(values, d.values);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return Arrays.toString(values);
  }
}
