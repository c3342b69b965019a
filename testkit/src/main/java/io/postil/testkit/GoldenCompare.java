package io.postil.testkit;

import io.postil.core.value.Document;
import io.postil.core.value.Values;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compares what a recording expects with what came out, by the recordings' normal form. Stateless.
 */
public final class GoldenCompare {
  private static final double TOLERANCE = 1e-9;

  /** Of large numbers the last digits depend on the order in which they were summed. */
  private static final double LARGE_TOLERANCE = 1e-13;

  private static final Set<String> FALSE_BY_DEFAULT = Set.of("closed", "filled");

  private GoldenCompare() {}

  /**
   * Where two values differ, one line a difference; empty if they are the same. Null equals absent
   * and so does an empty list of tags; numbers are the same within 1e-9; an id {@code NEW1} is the
   * same as any id that was not recorded.
   */
  public static List<String> differences(@Nullable Object expected, @Nullable Object actual) {
    List<String> differences = new ArrayList<>();
    compare("", normal(expected), normal(actual), differences);
    return differences;
  }

  private static @Nullable Object normal(@Nullable Object value) {
    switch (value) {
      case Document d -> {
        if (d.size() == 1 && d.contains("_date")) {
          return LocalDate.parse(d.getString("_date", "")).atStartOfDay(ZoneOffset.UTC).toInstant();
        }
        if (d.size() == 1 && d.contains("_datetime")) {
          return Instant.parse(d.getString("_datetime", ""));
        }
        Document.Builder out = Document.builder();
        d.forEach(
            (name, v) -> {
              boolean empty =
                  v == null
                      || name.equals("tags") && v instanceof List<?> l && l.isEmpty()
                      || name.equals("frames") && v instanceof Document f && f.isEmpty()
                      || FALSE_BY_DEFAULT.contains(name) && Boolean.FALSE.equals(v);
              if (!empty) {
                out.put(name, normal(v));
              }
            });
        return out.build();
      }
      case List<?> list -> {
        return Values.list(list.stream().map(GoldenCompare::normal).toList());
      }
      case String s -> {
        return switch (s) {
          case "NaN" -> Double.NaN;
          case "Infinity" -> Double.POSITIVE_INFINITY;
          case "-Infinity" -> Double.NEGATIVE_INFINITY;
          default -> s;
        };
      }
      case null -> {
        return null;
      }
      default -> {
        return value;
      }
    }
  }

  private static void compare(
      String place, @Nullable Object expected, @Nullable Object actual, List<String> differences) {
    if (expected instanceof Document e && actual instanceof Document a) {
      Set<String> names = new LinkedHashSet<>(e.names());
      names.addAll(a.names());
      for (String name : names) {
        compare(place + "/" + name, e.get(name), a.get(name), differences);
      }
      return;
    }
    if (expected instanceof List<?> e && actual instanceof List<?> a && e.size() == a.size()) {
      for (int i = 0; i < e.size(); i++) {
        compare(place + "/" + i, e.get(i), a.get(i), differences);
      }
      return;
    }
    if (!same(expected, actual)) {
      differences.add(place + ": expected " + expected + " but got " + actual);
    }
  }

  private static boolean same(@Nullable Object expected, @Nullable Object actual) {
    if (expected instanceof Number e && actual instanceof Number a) {
      double x = e.doubleValue();
      double y = a.doubleValue();
      double tolerance = Math.max(TOLERANCE, LARGE_TOLERANCE * Math.abs(x));
      return x == y || Double.isNaN(x) && Double.isNaN(y) || Math.abs(x - y) <= tolerance;
    }
    if (expected instanceof String e && e.matches("NEW\\d+") && "NEW".equals(actual)) {
      return true;
    }
    return java.util.Objects.equals(expected, actual);
  }
}
