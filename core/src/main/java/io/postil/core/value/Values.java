package io.postil.core.value;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Small helpers for values. Stateless. */
public final class Values {
  private Values() {}

  /** An immutable list of values, nulls allowed; the given list is copied. */
  public static List<@Nullable Object> list(List<? extends @Nullable Object> values) {
    return Collections.unmodifiableList(Arrays.asList(values.toArray()));
  }

  /** An immutable list of values, nulls allowed. */
  public static List<@Nullable Object> listOf(@Nullable Object... values) {
    return Collections.unmodifiableList(Arrays.asList(values.clone()));
  }

  /**
   * Whether two values mean the same: numbers compare as numbers whatever their types (NaN equals
   * NaN), lists and documents by their elements, everything else by equality.
   */
  public static boolean same(@Nullable Object a, @Nullable Object b) {
    if (a == b) {
      return true;
    }
    if (a instanceof Number x && b instanceof Number y) {
      if (a instanceof Double || b instanceof Double) {
        double p = x.doubleValue();
        double q = y.doubleValue();
        return p == q || Double.isNaN(p) && Double.isNaN(q);
      }
      return x.longValue() == y.longValue();
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
    if (a instanceof Document x && b instanceof Document y) {
      if (x.isReadFromEqual(y)) {
        return true;
      }
      if (x.size() != y.size()) {
        return false;
      }
      for (int i = 0; i < x.size(); i++) {
        String name = x.nameAt(i);
        if (!y.contains(name) || !same(x.valueAt(i), y.get(name))) {
          return false;
        }
      }
      return true;
    }
    return Objects.equals(a, b);
  }

  /** Truth as Python has it: 0, what is empty and nothing are false. */
  public static boolean isTruthy(@Nullable Object value) {
    // No pattern switch: it would be linked at each start of an evaluation.
    if (value == null || value instanceof Boolean) {
      return Boolean.TRUE.equals(value);
    }
    if (value instanceof Number n) {
      return n.doubleValue() != 0;
    }
    if (value instanceof String s) {
      return !s.isEmpty();
    }
    if (value instanceof List<?> l) {
      return !l.isEmpty();
    }
    return !(value instanceof Document d) || !d.isEmpty();
  }
}
