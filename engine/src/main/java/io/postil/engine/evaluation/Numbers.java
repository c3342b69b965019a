package io.postil.engine.evaluation;

import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Arrays of numbers as they are stored, and back. Stateless. */
final class Numbers {
  private Numbers() {}

  static List<?> list(double[] values) {
    List<Object> list = new ArrayList<>(values.length);
    for (double value : values) {
      list.add(value);
    }
    return Values.list(list);
  }

  static double[] array(@Nullable Object list) {
    return list instanceof List<?> l
        ? l.stream()
            .mapToDouble(v -> v instanceof Number n ? n.doubleValue() : Double.NaN)
            .toArray()
        : new double[0];
  }
}
