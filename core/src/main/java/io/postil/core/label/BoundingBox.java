package io.postil.core.label;

import io.postil.core.value.Values;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A rectangle relative to the image: its top left corner, width and height, 1 being the image's
 * width or height. It may reach beyond the image.
 */
public record BoundingBox(double x, double y, double width, double height) {
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
