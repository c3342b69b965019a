package io.postil.core.query;

import io.postil.core.value.Document;
import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Lists, sets and documents. Stateless. */
final class ArrayOperators {
  private ArrayOperators() {}

  static void register() {
    Operators.unary("$isArray", v -> v instanceof List<?>);
    Operators.unary("$size", ArrayOperators::size);
    Operators.binary("$arrayElemAt", ArrayOperators::elementAt);
    Operators.unary("$first", v -> elementAt(v, 0));
    Operators.unary("$last", v -> elementAt(v, -1));
    Operators.register("$slice", 2, 3, ArrayOperators::slice);
    Operators.binary("$in", ArrayOperators::in);
    Operators.register("$indexOfArray", 2, 4, ArrayOperators::indexOf);
    Operators.variadic("$concatArrays", ArrayOperators::concat);
    Operators.unary("$reverseArray", ArrayOperators::reverse);
    Operators.register("$range", 2, 3, ArrayOperators::range);
    sets();
    Operators.variadic("$mergeObjects", ArrayOperators::merge);
    Operators.unary("$objectToArray", ArrayOperators::toPairs);
    Operators.unary("$arrayToObject", ArrayOperators::fromPairs);
    Operators.named(
        "$zip", a -> zip(a.get("inputs"), a.get("useLongestLength"), a.get("defaults")));
    Operators.unary(
        "$allElementsTrue",
        v -> list("$allElementsTrue", v, 17040).stream().allMatch(BsonOrder::isTrue));
    Operators.unary(
        "$anyElementTrue",
        v -> list("$anyElementTrue", v, 17041).stream().anyMatch(BsonOrder::isTrue));
  }

  private static void sets() {
    Operators.variadic("$setUnion", ArrayOperators::union);
    Operators.variadic("$setIntersection", ArrayOperators::intersection);
    Operators.binary("$setDifference", ArrayOperators::difference);
    Operators.register("$setEquals", 2, Integer.MAX_VALUE, ArrayOperators::setEquals);
    Operators.binary(
        "$setIsSubset",
        (a, b) -> set(list("$setIsSubset", b, 17042)).containsAll(list("$setIsSubset", a, 17046)));
  }

  private static List<?> list(String op, @Nullable Object value, int code) {
    if (value instanceof List<?> list) {
      return list;
    }
    throw EvaluationError.of(code, op + " needs an array, not " + BsonOrder.typeName(value));
  }

  private static TreeSet<@Nullable Object> set(List<?> values) {
    TreeSet<@Nullable Object> set = new TreeSet<>(BsonOrder.COMPARATOR);
    set.addAll(values);
    return set;
  }

  private static Object size(@Nullable Object value) {
    return list("$size", value, 17124).size();
  }

  private static int integer(String op, @Nullable Object value, int code) {
    if (value instanceof Number n && n.doubleValue() == n.intValue()) {
      return n.intValue();
    }
    throw EvaluationError.of(code, op + " needs a whole number of 32 bits, not " + value);
  }

  private static @Nullable Object elementAt(@Nullable Object array, @Nullable Object index) {
    if (Operators.isNothing(array) || Operators.isNothing(index)) {
      return null;
    }
    List<?> list = list("$arrayElemAt", array, 28689);
    if (!(index instanceof Number)) {
      throw EvaluationError.of(
          28690, "$arrayElemAt's index must be numeric, not " + BsonOrder.typeName(index));
    }
    int i = integer("$arrayElemAt", index, 28691);
    int at = i < 0 ? list.size() + i : i;
    return at >= 0 && at < list.size() ? list.get(at) : Missing.MISSING;
  }

  private static @Nullable Object slice(@Nullable Object[] a) {
    for (Object value : a) {
      if (Operators.isNothing(value)) {
        return null;
      }
    }
    List<?> list = list("$slice", a[0], 28724);
    int second = integer("$slice", a[1], 28725);
    int from;
    int to;
    if (a.length == 2) {
      from = second >= 0 ? 0 : Math.max(list.size() + second, 0);
      to = second >= 0 ? Math.min(second, list.size()) : list.size();
    } else {
      int count = integer("$slice", a[2], 28727);
      if (count <= 0) {
        throw EvaluationError.of(
            28729, "the third argument of $slice must be positive, not " + count);
      }
      from = second >= 0 ? Math.min(second, list.size()) : Math.max(list.size() + second, 0);
      to = (int) Math.min((long) from + count, list.size());
    }
    return Values.list(list.subList(from, to));
  }

  private static Object in(@Nullable Object value, @Nullable Object array) {
    for (Object element : list("$in", array, 40081)) {
      if (BsonOrder.equal(element, value)) {
        return true;
      }
    }
    return false;
  }

  private static @Nullable Object indexOf(@Nullable Object[] a) {
    if (Operators.isNothing(a[0])) {
      return null;
    }
    List<?> list = list("$indexOfArray", a[0], 40090);
    int from = a.length > 2 ? integer("$indexOfArray", a[2], 40096) : 0;
    int to =
        a.length > 3 ? Math.min(integer("$indexOfArray", a[3], 40096), list.size()) : list.size();
    for (int i = from; i < to; i++) {
      if (BsonOrder.equal(list.get(i), a[1])) {
        return i;
      }
    }
    return -1;
  }

  private static @Nullable Object concat(@Nullable Object[] arrays) {
    List<@Nullable Object> all = new ArrayList<>();
    for (Object array : arrays) {
      if (Operators.isNothing(array)) {
        return null;
      }
      all.addAll(list("$concatArrays", array, 28664));
    }
    return Values.list(all);
  }

  private static @Nullable Object reverse(@Nullable Object array) {
    if (Operators.isNothing(array)) {
      return null;
    }
    List<@Nullable Object> reversed = new ArrayList<>(list("$reverseArray", array, 34435));
    Collections.reverse(reversed);
    return Values.list(reversed);
  }

  private static Object range(@Nullable Object[] a) {
    int from = integer("$range", a[0], 34443);
    int to = integer("$range", a[1], 34445);
    int step = a.length > 2 ? integer("$range", a[2], 34447) : 1;
    if (step == 0) {
      throw EvaluationError.of(34449, "$range requires a non-zero step value");
    }
    if (Math.abs(((long) to - from) / step) > 10_000_000) {
      throw EvaluationError.of(34449, "$range would make more than 10,000,000 elements");
    }
    List<@Nullable Object> values = new ArrayList<>();
    for (long i = from; step > 0 ? i < to : i > to; i += step) {
      values.add((int) i);
    }
    return Values.list(values);
  }

  private static @Nullable Object union(@Nullable Object[] arrays) {
    TreeSet<@Nullable Object> all = new TreeSet<>(BsonOrder.COMPARATOR);
    for (Object array : arrays) {
      if (Operators.isNothing(array)) {
        return null;
      }
      all.addAll(list("$setUnion", array, 17043));
    }
    return Values.list(new ArrayList<>(all));
  }

  private static @Nullable Object intersection(@Nullable Object[] arrays) {
    TreeSet<@Nullable Object> common = null;
    for (Object array : arrays) {
      if (Operators.isNothing(array)) {
        return null;
      }
      TreeSet<@Nullable Object> set = set(list("$setIntersection", array, 17047));
      if (common == null) {
        common = set;
      } else {
        common.retainAll(set);
      }
    }
    return common == null ? List.of() : Values.list(new ArrayList<>(common));
  }

  private static @Nullable Object difference(@Nullable Object a, @Nullable Object b) {
    if (Operators.isNothing(a) || Operators.isNothing(b)) {
      return null;
    }
    TreeSet<@Nullable Object> seen = set(list("$setDifference", b, 17049));
    List<@Nullable Object> rest = new ArrayList<>();
    for (Object value : list("$setDifference", a, 17048)) {
      if (seen.add(value)) {
        rest.add(value);
      }
    }
    return Values.list(rest);
  }

  private static Object setEquals(@Nullable Object[] arrays) {
    TreeSet<@Nullable Object> first = set(list("$setEquals", arrays[0], 17044));
    for (Object array : arrays) {
      TreeSet<@Nullable Object> set = set(list("$setEquals", array, 17044));
      if (set.size() != first.size() || !first.containsAll(set)) {
        return false;
      }
    }
    return true;
  }

  private static Object merge(@Nullable Object[] arguments) {
    List<? extends @Nullable Object> parts =
        arguments.length == 1 && arguments[0] instanceof List<?> list
            ? list
            : java.util.Arrays.asList(arguments);
    Document.Builder out = Document.builder();
    for (Object part : parts) {
      if (Operators.isNothing(part)) {
        continue;
      }
      Document document = BsonOrder.asDocument(part);
      if (document == null) {
        throw EvaluationError.of(
            40400, "$mergeObjects requires object inputs, not " + BsonOrder.typeName(part));
      }
      document.forEach(out::put);
    }
    return out.build();
  }

  private static @Nullable Object toPairs(@Nullable Object value) {
    if (Operators.isNothing(value)) {
      return null;
    }
    Document document = BsonOrder.asDocument(value);
    if (document == null) {
      throw EvaluationError.of(40390, "$objectToArray requires a document input");
    }
    List<@Nullable Object> pairs = new ArrayList<>();
    document.forEach((k, v) -> pairs.add(Document.of("k", k, "v", v)));
    return Values.list(pairs);
  }

  private static @Nullable Object fromPairs(@Nullable Object value) {
    if (Operators.isNothing(value)) {
      return null;
    }
    Document.Builder out = Document.builder();
    for (Object pair : list("$arrayToObject", value, 40386)) {
      if (pair instanceof Document d && d.get("k") instanceof String name) {
        out.put(name, d.get("v"));
      } else if (pair instanceof List<?> l && l.size() == 2 && l.get(0) instanceof String name) {
        out.put(name, l.get(1));
      } else {
        throw EvaluationError.of(40398, "$arrayToObject needs pairs of a name and a value");
      }
    }
    return out.build();
  }

  private static @Nullable Object zip(
      @Nullable Object inputs, @Nullable Object longest, @Nullable Object defaults) {
    if (Operators.isNothing(inputs)) {
      return null;
    }
    List<?> arrays = list("$zip", inputs, 34461);
    int length = -1;
    for (Object array : arrays) {
      if (Operators.isNothing(array)) {
        return null;
      }
      int size = list("$zip", array, 34468).size();
      length =
          length < 0
              ? size
              : BsonOrder.isTrue(longest) ? Math.max(length, size) : Math.min(length, size);
    }
    List<@Nullable Object> rows = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      @Nullable Object[] row = new @Nullable Object[arrays.size()];
      for (int j = 0; j < row.length; j++) {
        List<?> array = (List<?>) arrays.get(j);
        row[j] =
            i < array.size()
                ? array.get(i)
                : defaults instanceof List<?> d && j < d.size() ? d.get(j) : null;
      }
      rows.add(Values.listOf(row));
    }
    return Values.list(rows);
  }
}
