package io.postil.core.query;

import io.postil.core.value.ObjectId;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;

/** Arithmetic and statistics. Stateless. */
final class NumberOperators {
  private NumberOperators() {}

  static void register() {
    Operators.variadic("$add", NumberOperators::add);
    Operators.variadic("$multiply", NumberOperators::multiply);
    Operators.binary("$subtract", NumberOperators::subtract);
    Operators.binary("$divide", NumberOperators::divide);
    Operators.binary("$mod", NumberOperators::mod);
    Operators.binary("$pow", NumberOperators::pow);
    Operators.unary("$abs", NumberOperators::abs);
    Operators.unary("$floor", v -> integral("$floor", v, Math::floor));
    Operators.unary("$ceil", v -> integral("$ceil", v, Math::ceil));
    Operators.register("$round", 1, 2, a -> round("$round", a, RoundingMode.HALF_EVEN));
    Operators.register("$trunc", 1, 2, a -> round("$trunc", a, RoundingMode.DOWN));
    real("$exp", Math::exp);
    Operators.unary("$sqrt", v -> positive("$sqrt", v, 28714, true, Math::sqrt));
    Operators.unary("$ln", v -> positive("$ln", v, 28766, false, Math::log));
    Operators.unary("$log10", v -> positive("$log10", v, 28761, false, Math::log10));
    Operators.binary("$log", NumberOperators::log);
    trigonometry();
    Operators.variadic("$sum", a -> sum(elements(a)));
    Operators.variadic("$avg", a -> mean(elements(a)));
    Operators.variadic("$min", a -> extreme(elements(a), -1));
    Operators.variadic("$max", a -> extreme(elements(a), 1));
    Operators.variadic("$stdDevPop", a -> deviation(elements(a), false));
    Operators.variadic("$stdDevSamp", a -> deviation(elements(a), true));
    Operators.unary("$isNumber", v -> v instanceof Number);
    Operators.register("$rand", 0, 1, a -> ThreadLocalRandom.current().nextDouble());
  }

  private static void trigonometry() {
    bounded("$sin", -Double.MAX_VALUE, Double.MAX_VALUE, Math::sin);
    bounded("$cos", -Double.MAX_VALUE, Double.MAX_VALUE, Math::cos);
    bounded("$tan", -Double.MAX_VALUE, Double.MAX_VALUE, Math::tan);
    real("$sinh", Math::sinh);
    real("$cosh", Math::cosh);
    real("$tanh", Math::tanh);
    real("$atan", Math::atan);
    real("$degreesToRadians", Math::toRadians);
    real("$radiansToDegrees", Math::toDegrees);
    real("$asinh", x -> Double.isInfinite(x) ? x : Math.signum(x) * asinhOfPositive(Math.abs(x)));
    bounded("$asin", -1, 1, Math::asin);
    bounded("$acos", -1, 1, Math::acos);
    bounded("$acosh", 1, Double.POSITIVE_INFINITY, x -> Math.log(x + Math.sqrt(x * x - 1)));
    bounded("$atanh", -1, 1, x -> 0.5 * Math.log((1 + x) / (1 - x)));
    Operators.binary(
        "$atan2",
        (y, x) ->
            nothing(y, x) ? null : (Object) Math.atan2(number("$atan2", y), number("$atan2", x)));
  }

  private static double asinhOfPositive(double x) {
    return Math.log(x + Math.sqrt(x * x + 1));
  }

  private static boolean nothing(@Nullable Object a, @Nullable Object b) {
    return Operators.isNothing(a) || Operators.isNothing(b);
  }

  private static double number(String op, @Nullable Object value) {
    if (value instanceof Number n) {
      return n.doubleValue();
    }
    throw EvaluationError.of(
        28765, op + " only supports numeric types, not " + BsonOrder.typeName(value));
  }

  private static void real(String op, DoubleUnaryOperator function) {
    Operators.unary(
        op, v -> Operators.isNothing(v) ? null : (Object) function.applyAsDouble(number(op, v)));
  }

  private static void bounded(String op, double least, double most, DoubleUnaryOperator function) {
    Operators.unary(
        op,
        v -> {
          if (Operators.isNothing(v)) {
            return null;
          }
          double x = number(op, v);
          if (x < least || x > most) {
            throw EvaluationError.of(
                50989,
                "cannot apply "
                    + op
                    + " to "
                    + x
                    + ", value must be in ["
                    + least
                    + ", "
                    + most
                    + "]");
          }
          return function.applyAsDouble(x);
        });
  }

  private static @Nullable Object positive(
      String op, @Nullable Object value, int code, boolean orZero, DoubleUnaryOperator function) {
    if (Operators.isNothing(value)) {
      return null;
    }
    double x = number(op, value);
    if (x < 0 || x == 0 && !orZero) {
      throw EvaluationError.of(
          code,
          op + "'s argument must be " + (orZero ? "at least 0" : "positive") + ", but is " + x);
    }
    return function.applyAsDouble(x);
  }

  private static boolean isWhole(@Nullable Object value) {
    return value instanceof Integer || value instanceof Long;
  }

  private static Object narrow(long value, boolean wide) {
    return wide || value != (int) value ? (Object) value : (Object) (int) value;
  }

  private static @Nullable Object add(@Nullable Object[] values) {
    Number sum = 0;
    boolean date = false;
    for (Object value : values) {
      if (Operators.isNothing(value)) {
        return null;
      }
      if (value instanceof Instant instant) {
        if (date) {
          throw EvaluationError.of(16612, "only one date allowed in an $add expression");
        }
        date = true;
        sum = plus(sum, instant.toEpochMilli());
      } else if (value instanceof Number n) {
        sum = plus(sum, n);
      } else {
        throw EvaluationError.of(
            16554, "$add only supports numeric or date types, not " + BsonOrder.typeName(value));
      }
    }
    return date ? dateAt(sum) : sum;
  }

  private static Instant dateAt(Number milliseconds) {
    double value = milliseconds.doubleValue();
    if (!(Math.abs(value) < 0x1p63)) {
      throw EvaluationError.of(15, "date overflow in $add");
    }
    return Instant.ofEpochMilli(milliseconds.longValue());
  }

  static Number plus(Number a, Number b) {
    if (isWhole(a) && isWhole(b)) {
      long x = a.longValue();
      long y = b.longValue();
      long sum = x + y;
      if (((x ^ sum) & (y ^ sum)) < 0) {
        return (double) x + (double) y;
      }
      return (Number) narrow(sum, a instanceof Long || b instanceof Long);
    }
    return a.doubleValue() + b.doubleValue();
  }

  private static @Nullable Object subtract(@Nullable Object a, @Nullable Object b) {
    if (nothing(a, b)) {
      return null;
    }
    if (a instanceof Instant x) {
      if (b instanceof Instant y) {
        return x.toEpochMilli() - y.toEpochMilli();
      }
      if (b instanceof Number n) {
        if (!(Math.abs(n.doubleValue()) < 0x1p63)) {
          throw EvaluationError.of(31109, "Can't coerce out of range value " + n + " to long");
        }
        return x.minusMillis(n.longValue());
      }
    }
    if (a instanceof Number x && b instanceof Number y) {
      if (isWhole(x) && isWhole(y)) {
        long difference = x.longValue() - y.longValue();
        return ((x.longValue() ^ y.longValue()) & (x.longValue() ^ difference)) < 0
            ? (Object) (x.doubleValue() - y.doubleValue())
            : narrow(difference, x instanceof Long || y instanceof Long);
      }
      return x.doubleValue() - y.doubleValue();
    }
    throw EvaluationError.of(
        16556, "can't $subtract " + BsonOrder.typeName(b) + " from " + BsonOrder.typeName(a));
  }

  private static @Nullable Object multiply(@Nullable Object[] values) {
    Number product = 1;
    for (Object value : values) {
      if (Operators.isNothing(value)) {
        return null;
      }
      if (!(value instanceof Number n)) {
        throw EvaluationError.of(
            16555, "$multiply only supports numeric types, not " + BsonOrder.typeName(value));
      }
      product = times(product, n);
    }
    return product;
  }

  private static Number times(Number a, Number b) {
    if (isWhole(a) && isWhole(b)) {
      long x = a.longValue();
      long y = b.longValue();
      long high = Math.multiplyHigh(x, y);
      long low = x * y;
      if (high == 0 && low >= 0 || high == -1 && low < 0) {
        return (Number) narrow(low, a instanceof Long || b instanceof Long);
      }
    }
    return a.doubleValue() * b.doubleValue();
  }

  private static @Nullable Object divide(@Nullable Object a, @Nullable Object b) {
    if (nothing(a, b)) {
      return null;
    }
    if (!(a instanceof Number x) || !(b instanceof Number y)) {
      throw EvaluationError.of(
          16609,
          "$divide only supports numeric types, not "
              + BsonOrder.typeName(a)
              + " and "
              + BsonOrder.typeName(b));
    }
    if (y.doubleValue() == 0) {
      throw EvaluationError.of(2, "can't $divide by zero");
    }
    return x.doubleValue() / y.doubleValue();
  }

  private static @Nullable Object mod(@Nullable Object a, @Nullable Object b) {
    if (nothing(a, b)) {
      return null;
    }
    if (!(a instanceof Number x) || !(b instanceof Number y)) {
      throw EvaluationError.of(
          16611,
          "$mod only supports numeric types, not "
              + BsonOrder.typeName(a)
              + " and "
              + BsonOrder.typeName(b));
    }
    if (y.doubleValue() == 0) {
      throw EvaluationError.of(16610, "can't $mod by zero");
    }
    return isWhole(x) && isWhole(y)
        ? narrow(x.longValue() % y.longValue(), x instanceof Long || y instanceof Long)
        : (Object) (x.doubleValue() % y.doubleValue());
  }

  private static @Nullable Object pow(@Nullable Object a, @Nullable Object b) {
    if (nothing(a, b)) {
      return null;
    }
    double base = powArgument(a, 28762, "base");
    double exponent = powArgument(b, 28763, "exponent");
    if (base == 0 && exponent < 0) {
      throw EvaluationError.of(28764, "$pow cannot take a base of 0 and a negative exponent");
    }
    // As in C, other than in Java, a power of 1 is 1 whatever the exponent.
    boolean one = base == 1 || base == -1 && Double.isInfinite(exponent);
    double power = one ? 1 : Math.pow(base, exponent);
    boolean whole =
        isWhole(a) && isWhole(b) && exponent >= 0 && Math.abs(power) < 9_007_199_254_740_992d;
    return whole ? narrow((long) power, a instanceof Long || b instanceof Long) : (Object) power;
  }

  private static double powArgument(@Nullable Object value, int code, String role) {
    if (value instanceof Number n) {
      return n.doubleValue();
    }
    throw EvaluationError.of(
        code, "$pow's " + role + " must be numeric, not " + BsonOrder.typeName(value));
  }

  private static @Nullable Object log(@Nullable Object a, @Nullable Object b) {
    if (nothing(a, b)) {
      return null;
    }
    double x = number("$log", a);
    double base = number("$log", b);
    if (x <= 0) {
      throw EvaluationError.of(28758, "$log's argument must be a positive number, but is " + x);
    }
    if (base <= 0 || base == 1) {
      throw EvaluationError.of(
          28759, "$log's base must be a positive number not equal to 1, but is " + base);
    }
    return Math.log(x) / Math.log(base);
  }

  private static @Nullable Object abs(@Nullable Object value) {
    if (Operators.isNothing(value)) {
      return null;
    }
    if (value instanceof Integer i) {
      return i == Integer.MIN_VALUE ? (Object) (-(long) i) : (Object) Math.abs(i);
    }
    if (value instanceof Long l) {
      return Math.abs(l);
    }
    return Math.abs(number("$abs", value));
  }

  private static @Nullable Object integral(
      String op, @Nullable Object value, DoubleUnaryOperator function) {
    if (Operators.isNothing(value) || isWhole(value)) {
      return value == Missing.MISSING ? null : value;
    }
    return function.applyAsDouble(number(op, value));
  }

  private static @Nullable Object round(String op, @Nullable Object[] values, RoundingMode mode) {
    Object value = values[0];
    if (Operators.isNothing(value) || values.length > 1 && Operators.isNothing(values[1])) {
      return null;
    }
    double x = number(op, value);
    int place = 0;
    if (values.length > 1) {
      double p = number(op, values[1]);
      if (p != Math.rint(p) || p < -20 || p > 100) {
        throw EvaluationError.of(
            51083,
            "cannot apply " + op + " with precision value " + p + ", it must be in [-20, 100]");
      }
      place = (int) p;
    }
    if (isWhole(value)) {
      if (place >= 0) {
        return value;
      }
      long rounded =
          BigDecimal.valueOf(((Number) value).longValue()).setScale(place, mode).longValue();
      return narrow(rounded, value instanceof Long);
    }
    if (!Double.isFinite(x)) {
      return x;
    }
    double rounded = new BigDecimal(x).setScale(place, mode).doubleValue();
    return rounded == 0 && (x < 0 || 1 / x < 0) ? -0.0 : rounded;
  }

  /** The values an accumulating operator works on: one list's elements, or all its arguments. */
  private static List<@Nullable Object> elements(@Nullable Object[] arguments) {
    if (arguments.length == 1) {
      return arguments[0] instanceof List<?> list
          ? Operators.listOf(list)
          : Operators.listOf(Arrays.asList(arguments));
    }
    return Operators.listOf(Arrays.asList(arguments));
  }

  private static Object sum(List<@Nullable Object> values) {
    Number sum = 0;
    for (Object value : values) {
      if (value instanceof Number n) {
        sum = plus(sum, n);
      }
    }
    return sum;
  }

  private static @Nullable Object mean(List<@Nullable Object> values) {
    double sum = 0;
    int count = 0;
    for (Object value : values) {
      if (value instanceof Number n) {
        sum += n.doubleValue();
        count++;
      }
    }
    return count == 0 ? null : (Object) (sum / count);
  }

  private static @Nullable Object extreme(List<@Nullable Object> values, int sign) {
    Object best = null;
    for (Object value : values) {
      if (!Operators.isNothing(value)
          && (best == null || BsonOrder.compare(value, best) * sign > 0)) {
        best = value;
      }
    }
    return best;
  }

  private static @Nullable Object deviation(List<@Nullable Object> values, boolean sample) {
    Deviation deviation = new Deviation();
    for (Object value : values) {
      if (value instanceof Number n) {
        deviation.add(n.doubleValue());
      }
    }
    return deviation.result(sample);
  }

  /** A running standard deviation, by Welford's recurrence. */
  static final class Deviation {
    private long count;
    private double mean;
    private double squares;

    void add(double x) {
      count++;
      double delta = x - mean;
      mean += delta / count;
      squares += delta * (x - mean);
    }

    @Nullable Object result(boolean sample) {
      long divisor = sample ? count - 1 : count;
      return divisor <= 0 ? null : (Object) Math.sqrt(squares / divisor);
    }
  }

  /** The date an id was made at, for conversions. */
  static Instant dateOf(ObjectId id) {
    return Instant.ofEpochSecond(Integer.toUnsignedLong(id.high()));
  }
}
