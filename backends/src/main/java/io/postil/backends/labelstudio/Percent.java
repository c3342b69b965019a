package io.postil.backends.labelstudio;

import io.postil.core.value.Document;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Coordinates in percent of the image, as Label Studio has them, and relative ones, as labels have
 * them. Stateless.
 */
final class Percent {
  /** A tenth of a thousandth of a pixel in an image of ten thousand: nobody draws that. */
  private static final double SAME = 1e-6;

  private Percent() {}

  static double of(double relative) {
    return relative * 100;
  }

  static double toRelative(double percent) {
    return percent / 100;
  }

  /** A relative coordinate in percent, moved to the edge if it is outside the image. */
  static double clamped(double relative) {
    return Math.clamp(of(relative), 0.0, 100.0);
  }

  static boolean same(double a, double b) {
    return Math.abs(a - b) <= SAME;
  }

  /** Whether two values mean the same place: numbers within what nobody can draw. */
  static boolean same(@Nullable Object a, @Nullable Object b) {
    if (a instanceof Number x && b instanceof Number y) {
      return same(x.doubleValue(), y.doubleValue());
    }
    if (a instanceof List<?> x && b instanceof List<?> y) {
      if (x.size() != y.size()) {
        return false;
      }
      for (int i = 0; i < x.size(); i++) {
        if (!same(x.get(i), y.get(i))) {
          return false;
        }
      }
      return true;
    }
    return a == null ? b == null : a.equals(b);
  }

  /** Whether all the named entries of two values mean the same. */
  static boolean same(Document a, Document b, List<String> names) {
    return names.stream().allMatch(name -> same(a.get(name), b.get(name)));
  }

  /** A number of a value, 0 if it is missing. */
  static double number(Document value, String name) {
    Double number = value.getDouble(name);
    return number == null ? 0 : number;
  }
}
