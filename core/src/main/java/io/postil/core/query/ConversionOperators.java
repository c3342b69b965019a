package io.postil.core.query;

import io.postil.core.value.ObjectId;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Conversions between types. Stateless. */
final class ConversionOperators {
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private ConversionOperators() {}

  static void register() {
    Operators.unary("$type", BsonOrder::typeName);
    Map.of(
            "$toBool", "bool",
            "$toInt", "int",
            "$toLong", "long",
            "$toDouble", "double",
            "$toString", "string",
            "$toDate", "date",
            "$toObjectId", "objectId")
        .forEach(
            (op, type) -> {
              Operators.Unary conversion = java.util.Objects.requireNonNull(to(type));
              Operators.unary(op, v -> Operators.isNothing(v) ? null : conversion.apply(v));
            });
  }

  /** The conversion of a value to a type by its name in BSON; null if there is none. */
  static Operators.@Nullable Unary to(String type) {
    return switch (type) {
      case "bool" -> ConversionOperators::toBool;
      case "int" -> v -> toWhole("int", v, Integer.MIN_VALUE, Integer.MAX_VALUE);
      case "long" -> v -> toWhole("long", v, Long.MIN_VALUE, Long.MAX_VALUE);
      case "double" -> ConversionOperators::toDouble;
      case "string" -> ConversionOperators::toText;
      case "date" -> ConversionOperators::toDate;
      case "objectId" -> ConversionOperators::toObjectId;
      default -> null;
    };
  }

  private static io.postil.core.PostilException unsupported(@Nullable Object value, String type) {
    return EvaluationError.of(
        241,
        "Unsupported conversion from "
            + BsonOrder.typeName(value)
            + " to "
            + type
            + " in $convert");
  }

  private static Object toBool(@Nullable Object value) {
    return switch (value) {
      case Boolean b -> b;
      case Number n -> n.doubleValue() != 0;
      case null -> true;
      default -> true;
    };
  }

  private static Object toWhole(String type, @Nullable Object value, long least, long most) {
    switch (value) {
      case Boolean b -> {
        return whole(type, b ? 1 : 0);
      }
      case Double d -> {
        if (!Double.isFinite(d)) {
          throw EvaluationError.of(
              241, "Attempt to convert " + d + " value to integer type in $convert");
        }
        double truncated = d < 0 ? Math.ceil(d) : Math.floor(d);
        if (truncated < least || truncated > most) {
          throw EvaluationError.of(241, "Conversion would overflow target type in $convert: " + d);
        }
        return whole(type, (long) truncated);
      }
      case Number n -> {
        if (n.longValue() < least || n.longValue() > most) {
          throw EvaluationError.of(241, "Conversion would overflow target type in $convert: " + n);
        }
        return whole(type, n.longValue());
      }
      case String s -> {
        try {
          long parsed = Long.parseLong(s);
          if (parsed >= least && parsed <= most) {
            return whole(type, parsed);
          }
        } catch (NumberFormatException e) {
          throw EvaluationError.of(241, "Failed to parse number '" + s + "' in $convert");
        }
        throw EvaluationError.of(241, "Failed to parse number '" + s + "' in $convert: Overflow");
      }
      case Instant i -> {
        if (type.equals("long")) {
          return i.toEpochMilli();
        }
        throw unsupported(value, type);
      }
      case null -> throw unsupported(value, type);
      default -> throw unsupported(value, type);
    }
  }

  private static Object whole(String type, long value) {
    return type.equals("int") ? (Object) (int) value : (Object) value;
  }

  private static Object toDouble(@Nullable Object value) {
    switch (value) {
      case Boolean b -> {
        return b ? 1.0 : 0.0;
      }
      case Number n -> {
        return n.doubleValue();
      }
      case Instant i -> {
        return (double) i.toEpochMilli();
      }
      case String s -> {
        return switch (s.toLowerCase(Locale.ROOT)) {
          case "nan" -> Double.NaN;
          case "inf", "infinity", "+inf", "+infinity" -> Double.POSITIVE_INFINITY;
          case "-inf", "-infinity" -> Double.NEGATIVE_INFINITY;
          default -> {
            try {
              if (s.isEmpty() || s.isBlank() || s.strip().length() != s.length()) {
                throw new NumberFormatException();
              }
              yield new BigDecimal(s).doubleValue();
            } catch (NumberFormatException e) {
              throw EvaluationError.of(241, "Failed to parse number '" + s + "' in $convert");
            }
          }
        };
      }
      case null -> throw unsupported(value, "double");
      default -> throw unsupported(value, "double");
    }
  }

  private static Object toText(@Nullable Object value) {
    return switch (value) {
      case String s -> s;
      case Boolean b -> b.toString();
      case Number n -> numberText(n);
      case Instant i -> dateText(i);
      case ObjectId id -> id.toString();
      case null -> throw unsupported(value, "string");
      default -> throw unsupported(value, "string");
    };
  }

  static String dateText(Instant instant) {
    return DATE.format(instant);
  }

  /** The text of a number: six significant digits, with an exponent as C's {@code %g} has it. */
  static String numberText(Number number) {
    if (!(number instanceof Double d)) {
      return number.toString();
    }
    if (d.isNaN()) {
      return "NaN";
    }
    if (d.isInfinite()) {
      return d > 0 ? "Infinity" : "-Infinity";
    }
    if (d == 0) {
      return 1 / d < 0 ? "-0" : "0";
    }
    BigDecimal rounded =
        new BigDecimal(d).round(new MathContext(6, RoundingMode.HALF_EVEN)).stripTrailingZeros();
    int exponent = rounded.precision() - rounded.scale() - 1;
    if (exponent >= -4 && exponent < 6) {
      return rounded.toPlainString();
    }
    String digits = rounded.unscaledValue().abs().toString();
    String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
    return (d < 0 ? "-" : "")
        + mantissa
        + "e"
        + (exponent < 0 ? "-" : "+")
        + (Math.abs(exponent) < 10 ? "0" : "")
        + Math.abs(exponent);
  }

  private static Object toDate(@Nullable Object value) {
    switch (value) {
      case Instant i -> {
        return i;
      }
      case ObjectId id -> {
        return NumberOperators.dateOf(id);
      }
      case Long l -> {
        return Instant.ofEpochMilli(l);
      }
      case Double d -> {
        if (!Double.isFinite(d) || Math.abs(d) >= 9.2e18) {
          throw EvaluationError.of(241, "Attempt to convert " + d + " to a date in $convert");
        }
        return Instant.ofEpochMilli(d.longValue());
      }
      case String s -> {
        return parseDate(s);
      }
      case null -> throw unsupported(value, "date");
      default -> throw unsupported(value, "date");
    }
  }

  private static Instant parseDate(String text) {
    try {
      return text.length() == 10
          ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
          : OffsetDateTime.parse(hasOffset(text) ? text : text + "Z").toInstant();
    } catch (DateTimeParseException e) {
      throw EvaluationError.of(241, "Error parsing date string '" + text + "' in $convert");
    }
  }

  private static boolean hasOffset(String text) {
    return text.endsWith("Z") || text.matches(".*[+-]\\d\\d:?\\d\\d");
  }

  private static Object toObjectId(@Nullable Object value) {
    if (value instanceof ObjectId id) {
      return id;
    }
    if (value instanceof String s) {
      if (ObjectId.isValid(s)) {
        return ObjectId.of(s);
      }
      throw EvaluationError.of(241, "Failed to parse objectId '" + s + "' in $convert");
    }
    throw unsupported(value, "objectId");
  }
}
