package io.postil.testkit.views;

import static io.postil.testkit.views.PlainValues.MISSING;
import static io.postil.testkit.views.PlainValues.compare;
import static io.postil.testkit.views.PlainValues.isNothing;
import static io.postil.testkit.views.PlainValues.isTrue;

import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The operators on evaluated arguments: comparison, types and conversions here, the rest by kind in
 * {@link NaiveNumbers}, {@link NaiveLists}, {@link NaiveTexts} and {@link NaiveDates}. Stateless.
 */
final class NaiveOperators {
  private static final Set<String> NAMED =
      Set.of("$trim", "$ltrim", "$rtrim", "$replaceAll", "$replaceOne", "$regexMatch");

  private NaiveOperators() {}

  /** Whether an operator takes an object of named arguments. */
  static boolean takesNames(String operator) {
    return NAMED.contains(operator);
  }

  static @Nullable Object apply(String operator, Document named) {
    return NaiveTexts.apply(operator, named);
  }

  static @Nullable Object apply(String operator, List<@Nullable Object> arguments) {
    Object a = arguments.isEmpty() ? MISSING : arguments.get(0);
    Object b = arguments.size() < 2 ? MISSING : arguments.get(1);
    return switch (operator) {
      case "$eq" -> compare(a, b) == 0;
      case "$ne" -> compare(a, b) != 0;
      case "$lt" -> compare(a, b) < 0;
      case "$lte" -> compare(a, b) <= 0;
      case "$gt" -> compare(a, b) > 0;
      case "$gte" -> compare(a, b) >= 0;
      case "$cmp" -> Integer.signum(compare(a, b));
      case "$not" -> !isTrue(a);
      case "$type" -> PlainValues.typeOf(a);
      case "$isNumber" -> a instanceof Number;
      case "$isArray" -> a instanceof List<?>;
      case "$toBool" -> isNothing(a) ? null : convert("bool", a);
      case "$toInt" -> isNothing(a) ? null : convert("int", a);
      case "$toDouble" -> isNothing(a) ? null : convert("double", a);
      case "$toString" -> isNothing(a) ? null : convert("string", a);
      case "$toDate" -> isNothing(a) ? null : convert("date", a);
      case "$toObjectId" -> isNothing(a) ? null : convert("objectId", a);
      default -> {
        for (Kind kind : KINDS) {
          if (kind.names().contains(operator)) {
            yield kind.function().apply(operator, arguments);
          }
        }
        throw new NotCovered(operator);
      }
    };
  }

  private record Kind(Set<String> names, Function function) {}

  private interface Function {
    @Nullable Object apply(String operator, List<@Nullable Object> arguments);
  }

  private static final List<Kind> KINDS =
      List.of(
          new Kind(NaiveNumbers.NAMES, NaiveNumbers::apply),
          new Kind(NaiveLists.NAMES, NaiveLists::apply),
          new Kind(NaiveTexts.NAMES, NaiveTexts::apply),
          new Kind(NaiveDates.NAMES, NaiveDates::apply));

  static NaiveError wrongType(String operator, @Nullable Object value) {
    return new NaiveError(operator + " cannot take " + PlainValues.typeOf(value) + ": " + value);
  }

  // --- conversions -------------------------------------------------------------------------------

  /** A value, which is not null, in another type. */
  static Object convert(String type, Object value) {
    return switch (type) {
      case "bool" -> toBool(value);
      case "int" -> toInt(value);
      case "double" -> toDouble(value);
      case "string" -> toText(value);
      case "date" -> toDate(value);
      case "objectId" -> toId(value);
      default -> throw new NotCovered("a conversion to " + type);
    };
  }

  private static Object toBool(Object value) {
    return switch (value) {
      case Boolean b -> b;
      case Number n -> n.doubleValue() != 0;
      default -> true;
    };
  }

  private static Object toInt(Object value) {
    return switch (value) {
      case Boolean b -> b ? 1 : 0;
      case Number n -> {
        double truncated =
            n.doubleValue() < 0 ? Math.ceil(n.doubleValue()) : Math.floor(n.doubleValue());
        if (truncated != (int) truncated) {
          throw new NaiveError("no int: " + n);
        }
        yield (int) truncated;
      }
      case String s -> {
        try {
          yield Integer.valueOf(s);
        } catch (NumberFormatException e) {
          throw new NaiveError("no int: " + s);
        }
      }
      default -> throw wrongType("$toInt", value);
    };
  }

  private static Object toDouble(Object value) {
    return switch (value) {
      case Boolean b -> b ? 1.0 : 0.0;
      case Number n -> n.doubleValue();
      case Instant i -> (double) i.toEpochMilli();
      case String s -> {
        if (!s.matches("[+-]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][+-]?\\d+)?")) {
          throw new NaiveError("no double: " + s);
        }
        yield Double.valueOf(s);
      }
      default -> throw wrongType("$toDouble", value);
    };
  }

  static String toText(Object value) {
    return switch (value) {
      case String s -> s;
      case Boolean b -> String.valueOf(b);
      case Double d -> doubleText(d);
      case Number n -> String.valueOf(n);
      case ObjectId id -> id.toString();
      case Instant i -> NaiveDates.text(i);
      default -> throw wrongType("$toString", value);
    };
  }

  /** Doubles are written as short as can be, whole ones without a point. */
  private static String doubleText(double value) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "Infinity" : "-Infinity";
    }
    if (value == 0) {
      return 1 / value < 0 ? "-0" : "0";
    }
    java.math.BigDecimal digits =
        new java.math.BigDecimal(Double.toString(value)).stripTrailingZeros();
    if (Math.abs(value) >= 1e6 || Math.abs(value) < 1e-4 || digits.precision() > 6) {
      throw new NotCovered("the text of doubles with many digits");
    }
    return digits.toPlainString();
  }

  private static Object toDate(Object value) {
    return switch (value) {
      case Instant i -> i;
      case Integer i -> throw wrongType("$toDate", value);
      case Number n -> Instant.ofEpochMilli(n.longValue());
      case String s -> throw new NotCovered("a date of text");
      default -> throw wrongType("$toDate", value);
    };
  }

  private static Object toId(Object value) {
    if (value instanceof String s && ObjectId.isValid(s)) {
      return ObjectId.of(s);
    }
    if (value instanceof ObjectId id) {
      return id;
    }
    throw wrongType("$toObjectId", value);
  }
}
