package io.postil.testkit.views;

import io.postil.core.value.Binary;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.OtherValue;
import io.postil.core.value.Values;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rules about values: no value at all is other than null, values of all types have an order,
 * and a path goes through arrays. Stateless.
 */
final class PlainValues {
  /** What a path gives that leads nowhere. */
  static final Object MISSING =
      new Object() {
        @Override
        public String toString() {
          return "missing";
        }
      };

  /** In expressions missing comes before null. */
  static final Comparator<@Nullable Object> ORDER = PlainValues::compare;

  private PlainValues() {}

  static boolean isNothing(@Nullable Object value) {
    return value == null || value == MISSING;
  }

  /** False, null, missing and zero are false; everything else is true. */
  static boolean isTrue(@Nullable Object value) {
    if (isNothing(value) || Boolean.FALSE.equals(value)) {
      return false;
    }
    return !(value instanceof Number n) || n.doubleValue() != 0;
  }

  static @Nullable Object nullIfMissing(@Nullable Object value) {
    return value == MISSING ? null : value;
  }

  /** Name of a value's type, as the operator {@code $type} gives it. */
  static String typeOf(@Nullable Object value) {
    return switch (value) {
      case null -> "null";
      case Double d -> "double";
      case Integer i -> "int";
      case Long l -> "long";
      case String s -> "string";
      case Document d -> "object";
      case List<?> l -> "array";
      case Binary b -> "binData";
      case ObjectId o -> "objectId";
      case Boolean b -> "bool";
      case Instant i -> "date";
      case OtherValue o -> "other";
      default -> "missing";
    };
  }

  private static final List<String> TYPES =
      List.of(
          "missing",
          "null",
          "number",
          "string",
          "object",
          "array",
          "binData",
          "objectId",
          "bool",
          "date",
          "other");

  /** Place of a value's type in the order of all values. */
  static int place(@Nullable Object value) {
    return TYPES.indexOf(value instanceof Number ? "number" : typeOf(value));
  }

  static boolean equal(@Nullable Object a, @Nullable Object b) {
    return compare(a, b) == 0;
  }

  /** The order of values of all types. */
  static int compare(@Nullable Object a, @Nullable Object b) {
    int byType = Integer.compare(place(a), place(b));
    if (byType != 0) {
      return byType;
    }
    return switch (a) {
      case Number x -> compareNumbers(x, (Number) nonNull(b));
      case String x -> Arrays.compareUnsigned(utf8(x), utf8((String) nonNull(b)));
      case Document x -> compareDocuments(x, (Document) nonNull(b));
      case List<?> x -> compareLists(x, (List<?>) nonNull(b));
      case Binary x -> compareBinary(x, (Binary) nonNull(b));
      case ObjectId x -> x.compareTo((ObjectId) nonNull(b));
      case Boolean x -> x.compareTo((Boolean) nonNull(b));
      case Instant x -> x.compareTo((Instant) nonNull(b));
      case null -> 0;
      default -> String.valueOf(a).compareTo(String.valueOf(b));
    };
  }

  private static Object nonNull(@Nullable Object value) {
    return java.util.Objects.requireNonNull(value);
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** NaN is the least number and equals itself. */
  private static int compareNumbers(Number a, Number b) {
    double x = a.doubleValue();
    double y = b.doubleValue();
    if (Double.isNaN(x) || Double.isNaN(y)) {
      return Boolean.compare(Double.isNaN(y), Double.isNaN(x));
    }
    if (Double.isInfinite(x) || Double.isInfinite(y)) {
      return Double.compare(x, y);
    }
    return exact(a).compareTo(exact(b));
  }

  static BigDecimal exact(Number number) {
    return number instanceof Double d ? new BigDecimal(d) : BigDecimal.valueOf(number.longValue());
  }

  private static int compareLists(List<?> a, List<?> b) {
    for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
      int order = compare(a.get(i), b.get(i));
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(a.size(), b.size());
  }

  /** Entry by entry: first by the types of the values, then by name, then by value. */
  private static int compareDocuments(Document a, Document b) {
    for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
      int order = Integer.compare(place(a.valueAt(i)), place(b.valueAt(i)));
      if (order == 0) {
        order = Arrays.compareUnsigned(utf8(a.nameAt(i)), utf8(b.nameAt(i)));
      }
      if (order == 0) {
        order = compare(a.valueAt(i), b.valueAt(i));
      }
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(a.size(), b.size());
  }

  private static int compareBinary(Binary a, Binary b) {
    int order = Integer.compare(a.length(), b.length());
    if (order == 0) {
      order = Integer.compare(a.subtype() & 0xFF, b.subtype() & 0xFF);
    }
    return order != 0 ? order : Arrays.compareUnsigned(a.bytes(), b.bytes());
  }

  // --- paths ------------------------------------------------------------------------------------

  static List<String> names(String path) {
    return List.of(path.split("\\.", -1));
  }

  static @Nullable Object property(@Nullable Object value, String name) {
    return value instanceof Document d && d.contains(name) ? d.get(name) : MISSING;
  }

  /** The value of a path; over an array the array of the values that its elements have. */
  static @Nullable Object path(@Nullable Object value, List<String> names) {
    if (names.isEmpty()) {
      return value;
    }
    if (value instanceof List<?> list) {
      List<@Nullable Object> values = new ArrayList<>();
      for (Object element : list) {
        Object inner = path(element, names);
        if (inner != MISSING) {
          values.add(inner);
        }
      }
      return Values.list(values);
    }
    return path(property(value, names.get(0)), names.subList(1, names.size()));
  }

  /** A document in which a path has a value; what is missing on the way is made. */
  static @Nullable Object with(
      @Nullable Object holder, List<String> names, @Nullable Object value) {
    if (names.isEmpty()) {
      return value;
    }
    if (holder instanceof List<?> list) {
      return Values.list(list.stream().map(e -> with(e, names, value)).toList());
    }
    Document document = holder instanceof Document d ? d : Document.empty();
    String name = names.get(0);
    Object changed = with(property(document, name), names.subList(1, names.size()), value);
    return changed == MISSING ? document.without(name) : document.with(name, changed);
  }
}
