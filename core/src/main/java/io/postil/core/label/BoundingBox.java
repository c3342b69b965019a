package io.postil.core.label;

import io.postil.core.value.Values;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A rectangle relative to the image: its top left corner, width and height, 1 being the image's
 * width or height. It may reach beyond the image.
 */
public record BoundingBox(double x, double y, double width, double height) {
  // Written out, as the one of a record is linked at each start and slow without the second
  // compiler, and a load compares every box.
  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof BoundingBox b
        && Double.compare(x, b.x) == 0
        && Double.compare(y, b.y) == 0
        && Double.compare(width, b.width) == 0
        && Double.compare(height, b.height) == 0;
  }

  @Override
  public int hashCode() {
    return ((Double.hashCode(x) * 31 + Double.hashCode(y)) * 31 + Double.hashCode(width)) * 31
        + Double.hashCode(height);
  }

  /** The four numbers {@code [x, y, width, height]}, FiftyOne's form. */
  public List<@Nullable Object> toList() {
    return Values.listOf(x, y, width, height);
  }

  /** Width times height; 0 if either is not positive. */
  public double area() {
    return width > 0 && height > 0 ? width * height : 0;
  }

  /** Whether all four numbers are finite. */
  public boolean isFinite() {
    return Double.isFinite(x)
        && Double.isFinite(y)
        && Double.isFinite(width)
        && Double.isFinite(height);
  }
}
