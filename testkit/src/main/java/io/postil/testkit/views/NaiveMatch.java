package io.postil.testkit.views;

import static io.postil.testkit.views.PlainValues.MISSING;
import static io.postil.testkit.views.PlainValues.compare;
import static io.postil.testkit.views.PlainValues.isNothing;
import static io.postil.testkit.views.PlainValues.isTrue;

import io.postil.core.value.Document;
import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Match documents such as {@code {"n": {"$gt": 1}}}: they look into arrays, compare within one type
 * only, and know no difference between missing and null. Stateless.
 */
final class NaiveMatch {
  private NaiveMatch() {}

  static boolean matches(Document filter, Document root) {
    for (int i = 0; i < filter.size(); i++) {
      if (!clause(filter.nameAt(i), filter.valueAt(i), root)) {
        return false;
      }
    }
    return true;
  }

  private static boolean clause(String name, @Nullable Object argument, Document root) {
    return switch (name) {
      case "$expr" -> isTrue(NaiveExpressions.evaluate(argument, root));
      case "$and" -> parts(argument).stream().allMatch(p -> matches(p, root));
      case "$or" -> parts(argument).stream().anyMatch(p -> matches(p, root));
      case "$nor" -> parts(argument).stream().noneMatch(p -> matches(p, root));
      default -> {
        if (name.startsWith("$")) {
          throw new NotCovered(name);
        }
        yield condition(candidates(root, PlainValues.names(name)), argument);
      }
    };
  }

  private static List<Document> parts(@Nullable Object argument) {
    List<Document> parts = new ArrayList<>();
    for (Object part : argument instanceof List<?> list ? list : List.of()) {
      if (!(part instanceof Document d)) {
        throw new NaiveError("a part of a match is no object");
      }
      parts.add(d);
    }
    return parts;
  }

  /**
   * The values that a path leads to: through each object in an array on the way, and through
   * positions. An array on the way whose elements lead nowhere gives no value at all, not even a
   * missing one.
   */
  private static List<@Nullable Object> candidates(@Nullable Object value, List<String> names) {
    if (names.isEmpty()) {
      return Values.listOf(value);
    }
    List<String> rest = names.subList(1, names.size());
    if (!(value instanceof List<?> list)) {
      return candidates(PlainValues.property(value, names.get(0)), rest);
    }
    List<@Nullable Object> found = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      if (list.get(i) instanceof Document d) {
        found.addAll(candidates(d, names));
      }
      if (names.get(0).equals(String.valueOf(i))) {
        found.addAll(candidates(list.get(i), rest));
      }
    }
    return found;
  }

  private static boolean condition(List<@Nullable Object> candidates, @Nullable Object wanted) {
    if (!(wanted instanceof Document d) || d.isEmpty() || !d.nameAt(0).startsWith("$")) {
      return any(candidates, equalTo(wanted));
    }
    for (int i = 0; i < d.size(); i++) {
      if (!operator(d.nameAt(i), d.valueAt(i), d, candidates)) {
        return false;
      }
    }
    return true;
  }

  private static boolean operator(
      String name, @Nullable Object argument, Document all, List<@Nullable Object> candidates) {
    return switch (name) {
      case "$eq" -> any(candidates, equalTo(argument));
      case "$ne" -> !any(candidates, equalTo(argument));
      case "$gt", "$gte", "$lt", "$lte" -> any(candidates, ordered(name, argument));
      case "$in" -> list(argument).stream().anyMatch(a -> any(candidates, equalTo(a)));
      case "$nin" -> list(argument).stream().noneMatch(a -> any(candidates, equalTo(a)));
      case "$all" ->
          !list(argument).isEmpty()
              && list(argument).stream().allMatch(a -> any(candidates, equalTo(a)));
      case "$exists" -> candidates.stream().anyMatch(c -> c != MISSING) == isTrue(argument);
      case "$size" ->
          candidates.stream()
              .anyMatch(c -> c instanceof List<?> l && PlainValues.equal(l.size(), argument));
      case "$not" -> !condition(candidates, argument);
      case "$type" -> any(candidates, c -> isOfType(c, argument));
      case "$regex" ->
          any(
              candidates,
              c ->
                  c instanceof String s
                      && NaiveTexts.find(
                          s, String.valueOf(argument), all.getString("$options", "")));
      case "$options" -> true;
      default -> throw new NotCovered(name);
    };
  }

  private static boolean isOfType(@Nullable Object value, @Nullable Object type) {
    String own = PlainValues.typeOf(value);
    return own.equals(type)
        || "number".equals(type) && Set.of("int", "long", "double").contains(own);
  }

  private static List<?> list(@Nullable Object argument) {
    if (argument instanceof List<?> list) {
      return list;
    }
    throw new NaiveError("a match needs an array");
  }

  /** Whether a condition holds for a value or, if it is an array, for one of its elements. */
  private static boolean any(
      List<@Nullable Object> candidates, Predicate<@Nullable Object> condition) {
    for (Object candidate : candidates) {
      if (condition.test(candidate)
          || candidate instanceof List<?> list && list.stream().anyMatch(condition)) {
        return true;
      }
    }
    return false;
  }

  private static Predicate<@Nullable Object> equalTo(@Nullable Object wanted) {
    return wanted == null
        ? PlainValues::isNothing
        : value -> !isNothing(value) && compare(value, wanted) == 0;
  }

  private static Predicate<@Nullable Object> ordered(String name, @Nullable Object wanted) {
    boolean orEqual = name.endsWith("e");
    if (wanted == null) {
      return value -> orEqual && isNothing(value);
    }
    return value -> {
      if (PlainValues.place(value) != PlainValues.place(wanted)) {
        return false;
      }
      if (isNaN(value) || isNaN(wanted)) {
        return orEqual && isNaN(value) && isNaN(wanted);
      }
      int order = compare(value, wanted);
      return orEqual && order == 0 || (name.startsWith("$g") ? order > 0 : order < 0);
    };
  }

  private static boolean isNaN(@Nullable Object value) {
    return value instanceof Double d && d.isNaN();
  }
}
