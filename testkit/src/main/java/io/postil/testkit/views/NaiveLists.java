package io.postil.testkit.views;

import static io.postil.testkit.views.NaiveOperators.wrongType;
import static io.postil.testkit.views.PlainValues.MISSING;
import static io.postil.testkit.views.PlainValues.equal;
import static io.postil.testkit.views.PlainValues.isNothing;

import io.postil.core.value.Document;
import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The operators on arrays, as lists and as sets, and on objects. Stateless. */
final class NaiveLists {
  static final Set<String> NAMES =
      Set.of(
          "$in",
          "$size",
          "$arrayElemAt",
          "$slice",
          "$concatArrays",
          "$reverseArray",
          "$range",
          "$indexOfArray",
          "$setUnion",
          "$setIntersection",
          "$setDifference",
          "$setEquals",
          "$setIsSubset",
          "$mergeObjects");

  private NaiveLists() {}

  static @Nullable Object apply(String operator, List<@Nullable Object> arguments) {
    return switch (operator) {
      case "$in" -> contains(list(operator, arguments.get(1)), arguments.get(0));
      case "$size" -> list(operator, arguments.get(0)).size();
      case "$setIsSubset" ->
          isSubset(list(operator, arguments.get(0)), list(operator, arguments.get(1)));
      case "$setEquals" -> {
        List<?> a = list(operator, arguments.get(0));
        List<?> b = list(operator, arguments.get(1));
        yield isSubset(a, b) && isSubset(b, a);
      }
      case "$mergeObjects" -> merge(arguments);
      case "$indexOfArray" ->
          isNothing(arguments.get(0))
              ? null
              : (Object) indexOf(list(operator, arguments.get(0)), arguments.get(1));
      default -> endsWithNothing(operator, arguments) ? null : ofValues(operator, arguments);
    };
  }

  /** Some operators look at one argument after the other: an earlier one may be an error. */
  private static boolean endsWithNothing(String operator, List<@Nullable Object> arguments) {
    boolean inOrder = Set.of("$concatArrays", "$setUnion", "$setIntersection").contains(operator);
    for (Object argument : arguments) {
      if (isNothing(argument)) {
        return true;
      }
      if (inOrder) {
        list(operator, argument);
      }
    }
    return false;
  }

  private static List<?> list(String operator, @Nullable Object value) {
    if (value instanceof List<?> list) {
      return list;
    }
    throw wrongType(operator, value);
  }

  private static int integer(String operator, @Nullable Object value) {
    if (value instanceof Number n && n.doubleValue() == n.intValue()) {
      return n.intValue();
    }
    throw wrongType(operator, value);
  }

  static boolean contains(List<?> list, @Nullable Object value) {
    return indexOf(list, value) >= 0;
  }

  private static int indexOf(List<?> list, @Nullable Object value) {
    for (int i = 0; i < list.size(); i++) {
      if (equal(list.get(i), value)) {
        return i;
      }
    }
    return -1;
  }

  private static boolean isSubset(List<?> a, List<?> b) {
    return a.stream().allMatch(e -> contains(b, e));
  }

  private static Object merge(List<@Nullable Object> arguments) {
    Document merged = Document.empty();
    for (Object argument : arguments) {
      if (argument instanceof Document d) {
        merged = merged.withAll(d);
      } else if (!isNothing(argument)) {
        throw wrongType("$mergeObjects", argument);
      }
    }
    return merged;
  }

  private static @Nullable Object ofValues(String operator, List<@Nullable Object> arguments) {
    Object first = arguments.get(0);
    return switch (operator) {
      case "$range" -> range(arguments);
      case "$arrayElemAt" -> at(list(operator, first), integer(operator, arguments.get(1)));
      case "$slice" -> slice(list(operator, first), arguments);
      case "$reverseArray" -> {
        List<@Nullable Object> reversed = new ArrayList<>(list(operator, first));
        Collections.reverse(reversed);
        yield Values.list(reversed);
      }
      case "$concatArrays" -> {
        List<@Nullable Object> all = new ArrayList<>();
        arguments.forEach(a -> all.addAll(list(operator, a)));
        yield Values.list(all);
      }
      case "$setUnion" -> {
        List<@Nullable Object> all = new ArrayList<>();
        arguments.forEach(a -> all.addAll(list(operator, a)));
        yield sorted(distinct(all));
      }
      case "$setIntersection" -> {
        List<@Nullable Object> common = new ArrayList<>(list(operator, first));
        arguments.forEach(a -> common.removeIf(e -> !contains(list(operator, a), e)));
        yield sorted(distinct(common));
      }
      case "$setDifference" -> {
        List<@Nullable Object> left = new ArrayList<>(list(operator, first));
        left.removeIf(e -> contains(list(operator, arguments.get(1)), e));
        yield distinct(left);
      }
      default -> throw new NotCovered(operator);
    };
  }

  private static @Nullable Object at(List<?> list, int index) {
    int i = index < 0 ? list.size() + index : index;
    return i >= 0 && i < list.size() ? list.get(i) : MISSING;
  }

  /** {@code [list, count]} from the start, or from the end; {@code [list, position, count]}. */
  private static Object slice(List<?> list, List<@Nullable Object> arguments) {
    int size = list.size();
    int from = integer("$slice", arguments.get(1));
    if (arguments.size() == 2) {
      return Values.list(
          from < 0
              ? list.subList(Math.max(size + from, 0), size)
              : list.subList(0, Math.min(from, size)));
    }
    int count = integer("$slice", arguments.get(2));
    if (count <= 0) {
      throw new NaiveError("$slice needs a positive count");
    }
    int start = Math.min(from < 0 ? Math.max(size + from, 0) : from, size);
    return Values.list(list.subList(start, (int) Math.min((long) start + count, size)));
  }

  private static Object range(List<@Nullable Object> arguments) {
    int end = integer("$range", arguments.get(1));
    int step = arguments.size() > 2 ? integer("$range", arguments.get(2)) : 1;
    if (step == 0) {
      throw new NaiveError("$range needs a step");
    }
    List<@Nullable Object> numbers = new ArrayList<>();
    for (int i = integer("$range", arguments.get(0)); step > 0 ? i < end : i > end; i += step) {
      numbers.add(i);
    }
    return Values.list(numbers);
  }

  static List<@Nullable Object> distinct(List<? extends @Nullable Object> values) {
    List<@Nullable Object> distinct = new ArrayList<>();
    for (Object value : values) {
      if (!contains(distinct, value)) {
        distinct.add(value);
      }
    }
    return Values.list(distinct);
  }

  static List<@Nullable Object> sorted(List<? extends @Nullable Object> values) {
    List<@Nullable Object> sorted = new ArrayList<>(values);
    sorted.sort(PlainValues.ORDER);
    return Values.list(sorted);
  }
}
