package io.postil.core.query;

import io.postil.core.label.Label;
import io.postil.core.label.LabelDocuments;
import io.postil.core.value.Binary;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.OtherValue;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * MongoDB's order of values of all types. Stateless.
 *
 * @see <a href="https://www.mongodb.com/docs/manual/reference/bson-type-comparison-order/">the
 *     comparison order</a>
 */
final class BsonOrder {
  /** The order in expressions: missing comes before null. */
  static final Comparator<@Nullable Object> COMPARATOR = BsonOrder::compare;

  private BsonOrder() {}

  static int compare(@Nullable Object a, @Nullable Object b) {
    if (a == b) {
      return 0;
    }
    if (a instanceof Double x && b instanceof Double y) {
      return compareDoubles(x, y);
    }
    if (a instanceof String x && b instanceof String y) {
      return compareText(x, y);
    }
    int rankA = rank(a);
    int rankB = rank(b);
    if (rankA != rankB) {
      return Integer.compare(rankA, rankB);
    }
    if (a instanceof Number x && b instanceof Number y) {
      return compareNumbers(x, y);
    }
    if (a instanceof Boolean x && b instanceof Boolean y) {
      return Boolean.compare(x, y);
    }
    if (a instanceof Instant x && b instanceof Instant y) {
      return x.compareTo(y);
    }
    if (a instanceof ObjectId x && b instanceof ObjectId y) {
      return x.compareTo(y);
    }
    if (a instanceof List<?> x && b instanceof List<?> y) {
      for (int i = 0; i < x.size() && i < y.size(); i++) {
        int order = compare(x.get(i), y.get(i));
        if (order != 0) {
          return order;
        }
      }
      return Integer.compare(x.size(), y.size());
    }
    if (a instanceof Binary x && b instanceof Binary y) {
      int order = Integer.compare(x.length(), y.length());
      if (order == 0) {
        order = Integer.compare(x.subtype() & 0xFF, y.subtype() & 0xFF);
      }
      return order != 0 ? order : Arrays.compareUnsigned(x.bytes(), y.bytes());
    }
    Document x = asDocument(a);
    Document y = asDocument(b);
    if (x != null && y != null) {
      for (int i = 0; i < x.size() && i < y.size(); i++) {
        int order = Integer.compare(rank(x.valueAt(i)), rank(y.valueAt(i)));
        if (order == 0) {
          order = compareText(x.nameAt(i), y.nameAt(i));
        }
        if (order == 0) {
          order = compare(x.valueAt(i), y.valueAt(i));
        }
        if (order != 0) {
          return order;
        }
      }
      return Integer.compare(x.size(), y.size());
    }
    return String.valueOf(a).compareTo(String.valueOf(b));
  }

  static boolean equal(@Nullable Object a, @Nullable Object b) {
    return a instanceof String x && b instanceof String y ? x.equals(y) : compare(a, b) == 0;
  }

  /** Position of a value's type in the order. */
  static int rank(@Nullable Object value) {
    return switch (value) {
      case Missing m -> 1;
      case null -> 2;
      case Number n -> 3;
      case String s -> 4;
      case Document d -> 5;
      case Label l -> 5;
      case List<?> l -> 6;
      case Binary b -> 7;
      case ObjectId o -> 8;
      case Boolean b -> 9;
      case Instant i -> 10;
      case OtherValue o -> 11;
      default -> 5;
    };
  }

  /** The document behind a value, or null if it is none. */
  static @Nullable Document asDocument(@Nullable Object value) {
    return switch (value) {
      case Document d -> d;
      case Label l -> LabelDocuments.toDocument(l);
      case OtherValue o -> o.extendedJson();
      case Fields.Container c -> c.toDocument();
      case null -> null;
      default -> null;
    };
  }

  static int compareNumbers(Number a, Number b) {
    if (a instanceof Double || b instanceof Double) {
      if (a instanceof Long x && Math.abs(x) > 1L << 53 && Double.isFinite(b.doubleValue())) {
        return new java.math.BigDecimal(x).compareTo(new java.math.BigDecimal(b.doubleValue()));
      }
      if (b instanceof Long && Math.abs(b.longValue()) > 1L << 53) {
        return -compareNumbers(b, a);
      }
      return compareDoubles(a.doubleValue(), b.doubleValue());
    }
    return Long.compare(a.longValue(), b.longValue());
  }

  /** NaN is less than every number and equals itself; 0 equals -0. */
  static int compareDoubles(double x, double y) {
    if (x < y) {
      return -1;
    }
    if (x > y) {
      return 1;
    }
    if (x == y) {
      return 0;
    }
    return Boolean.compare(Double.isNaN(y), Double.isNaN(x));
  }

  /** By UTF-8 bytes, which is the order of code points. */
  static int compareText(String a, String b) {
    int length = Math.min(a.length(), b.length());
    for (int i = 0; i < length; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        if (Character.isSurrogate(x) != Character.isSurrogate(y)) {
          return Character.isSurrogate(x) ? 1 : -1;
        }
        return x - y;
      }
    }
    return a.length() - b.length();
  }

  /** Whether a value counts as true: everything but false, null, missing and the number 0. */
  static boolean isTrue(@Nullable Object value) {
    if (value instanceof Boolean b) {
      return b;
    }
    return value instanceof Number n ? n.doubleValue() != 0 : !Operators.isNothing(value);
  }

  /** MongoDB's name of a value's type, as {@code $type} gives it. */
  static String typeName(@Nullable Object value) {
    return switch (value) {
      case Missing m -> "missing";
      case null -> "null";
      case Double d -> "double";
      case Integer i -> "int";
      case Long l -> "long";
      case String s -> "string";
      case List<?> l -> "array";
      case Binary b -> "binData";
      case ObjectId o -> "objectId";
      case Boolean b -> "bool";
      case Instant i -> "date";
      case OtherValue o ->
          switch (o.extendedJson().nameAt(0)) {
            case "$numberDecimal" -> "decimal";
            case "$regularExpression" -> "regex";
            case "$timestamp" -> "timestamp";
            case "$minKey" -> "minKey";
            case "$maxKey" -> "maxKey";
            default -> "undefined";
          };
      default -> "object";
    };
  }
}
