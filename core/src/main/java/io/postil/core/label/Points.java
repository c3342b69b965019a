package io.postil.core.label;

import io.postil.core.value.Values;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A list of points relative to the image, x to the right and y down from the top left corner, 1
 * being the image's width or height. A missing point (of a keypoint label) has NaN for x and y.
 * Immutable; compares by values, NaN equals NaN.
 */
public final class Points {
  private static final Points EMPTY = new Points(new double[0]);

  private final double[] coordinates;

  private Points(double[] coordinates) {
    this.coordinates = coordinates;
  }

  /** No points. */
  public static Points empty() {
    return EMPTY;
  }

  /**
   * Points from x and y in turn; the array is taken over and must not be changed afterwards.
   *
   * @throws IllegalArgumentException if the number of coordinates is odd
   */
  public static Points wrap(double... coordinates) {
    if (coordinates.length % 2 != 0) {
      throw new IllegalArgumentException("an odd number of coordinates: " + coordinates.length);
    }
    return new Points(coordinates);
  }

  /** Number of points. */
  public int size() {
    return coordinates.length / 2;
  }

  /** The x coordinate of a point, NaN if it is missing. */
  public double x(int index) {
    return coordinates[2 * index];
  }

  /** The y coordinate of a point, NaN if it is missing. */
  public double y(int index) {
    return coordinates[2 * index + 1];
  }

  /** Whether a point is missing. */
  public boolean isMissing(int index) {
    return Double.isNaN(x(index)) || Double.isNaN(y(index));
  }

  /** The points as a list of {@code [x, y]} lists, FiftyOne's form. */
  public List<@Nullable Object> toList() {
    @Nullable Object[] points = new @Nullable Object[size()];
    for (int i = 0; i < points.length; i++) {
      points[i] = Values.listOf(x(i), y(i));
    }
    return Values.listOf(points);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Points p && Arrays.equals(coordinates, p.coordinates);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(coordinates);
  }

  @Override
  public String toString() {
    return toList().toString();
  }
}
