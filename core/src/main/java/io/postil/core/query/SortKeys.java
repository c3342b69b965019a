package io.postil.core.query;

import io.postil.core.value.Values;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What rows sort by. Where a path comes to an array there is one set of keys for each element, and
 * the row counts with the set that sorts first. Keys that lead through one array share its
 * elements; keys that lead through two are an error, as in MongoDB. Stateless.
 */
final class SortKeys {
  /** The key of an empty array, which sorts before everything. */
  private static final Object EMPTY = new Object();

  /** An array that is an element of an array: it is not taken apart. */
  private record Whole(List<?> list) {}

  private SortKeys() {}

  /** The order of keys; missing and null are equal. */
  static int compare(@Nullable Object a, @Nullable Object b) {
    if (a == EMPTY || b == EMPTY) {
      return Boolean.compare(b == EMPTY, a == EMPTY);
    }
    boolean nothingA = Operators.isNothing(a);
    boolean nothingB = Operators.isNothing(b);
    if (nothingA || nothingB) {
      return Boolean.compare(nothingB, nothingA);
    }
    return BsonOrder.compare(whole(a), whole(b));
  }

  private static @Nullable Object whole(@Nullable Object key) {
    return key instanceof Whole w ? w.list : key;
  }

  /** The key of one value. */
  static @Nullable Object of(@Nullable Object value, int sign) {
    return of(new @Nullable Object[] {value}, new String[][] {{}}, new int[] {sign})[0];
  }

  /**
   * The keys of one row.
   *
   * @param starts for each key where its path begins
   * @param paths for each key the names from there; none for the value itself
   * @param signs for each key 1 or -1
   */
  static @Nullable Object[] of(@Nullable Object[] starts, String[][] paths, int[] signs) {
    return follow(starts, new int[starts.length], paths, signs);
  }

  private static @Nullable Object[] follow(
      @Nullable Object[] values, int[] at, String[][] paths, int[] signs) {
    int array = -1;
    for (int i = 0; i < values.length; i++) {
      while (at[i] < paths[i].length && !(values[i] instanceof List<?>)) {
        values[i] = Fields.get(values[i], paths[i][at[i]++]);
      }
      if (values[i] instanceof List<?>) {
        if (array >= 0 && !isSame(array, i, at, paths)) {
          throw EvaluationError.of(2, "cannot sort with keys that are parallel arrays");
        }
        array = array < 0 ? i : array;
      }
    }
    return array < 0 ? values : best(array, values, at, paths, signs);
  }

  /** Whether two keys have come to the same array. */
  private static boolean isSame(int a, int b, int[] at, String[][] paths) {
    return at[a] > 0 && Arrays.equals(paths[a], 0, at[a], paths[b], 0, at[b]);
  }

  private static @Nullable Object[] best(
      int array, @Nullable Object[] values, int[] at, String[][] paths, int[] signs) {
    List<?> elements = (List<?>) java.util.Objects.requireNonNull(values[array]);
    @Nullable Object[] best = null;
    for (Object element : elements.isEmpty() ? Values.listOf(EMPTY) : elements) {
      @Nullable Object[] inner = values.clone();
      int[] innerAt = at.clone();
      for (int i = 0; i < values.length; i++) {
        if (values[i] instanceof List<?>) {
          boolean ends = at[i] == paths[i].length;
          inner[i] =
              !(element instanceof List<?> nested) ? element : ends ? new Whole(nested) : null;
          innerAt[i] = element instanceof List<?> ? paths[i].length : at[i];
        }
      }
      @Nullable Object[] keys = follow(inner, innerAt, paths, signs);
      if (best == null || isBefore(keys, best, signs)) {
        best = keys;
      }
    }
    return java.util.Objects.requireNonNull(best);
  }

  private static boolean isBefore(@Nullable Object[] a, @Nullable Object[] b, int[] signs) {
    for (int i = 0; i < signs.length; i++) {
      int order = compare(a[i], b[i]) * signs[i];
      if (order != 0) {
        return order < 0;
      }
    }
    return false;
  }
}
