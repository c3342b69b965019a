package io.postil.testkit.views;

import static io.postil.testkit.views.NaiveOperators.wrongType;
import static io.postil.testkit.views.PlainValues.isNothing;

import io.postil.core.value.Values;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Arithmetic, and what sums up the numbers of a list. Whole numbers stay whole while they fit 64
 * bits. Stateless.
 */
final class NaiveNumbers {
  static final Set<String> NAMES =
      Set.of(
          "$add",
          "$subtract",
          "$multiply",
          "$divide",
          "$mod",
          "$pow",
          "$abs",
          "$floor",
          "$ceil",
          "$exp",
          "$ln",
          "$log10",
          "$log",
          "$sqrt",
          "$round",
          "$trunc",
          "$sum",
          "$avg",
          "$min",
          "$max",
          "$stdDevPop",
          "$stdDevSamp");

  private static final Set<String> OF_LISTS =
      Set.of("$sum", "$avg", "$min", "$max", "$stdDevPop", "$stdDevSamp");

  private NaiveNumbers() {}

  static @Nullable Object apply(String operator, List<@Nullable Object> arguments) {
    if (OF_LISTS.contains(operator)) {
      return summary(operator, elements(arguments));
    }
    if (endsWithNothing(operator, arguments)) {
      return null;
    }
    Object a = java.util.Objects.requireNonNull(arguments.get(0));
    Object b = arguments.size() < 2 ? null : arguments.get(1);
    return switch (operator) {
      case "$add" -> add(arguments);
      case "$subtract" -> subtract(a, java.util.Objects.requireNonNull(b));
      case "$multiply" -> {
        Number product = 1;
        for (Object factor : arguments) {
          product = times(product, number(operator, factor));
        }
        yield product;
      }
      case "$divide" ->
          number(operator, a).doubleValue() / notZero(operator, number(operator, b)).doubleValue();
      case "$mod" -> remainder(number(operator, a), notZero(operator, number(operator, b)));
      case "$pow" -> power(number(operator, a), number(operator, b));
      case "$log" -> Math.log(positive(operator, a)) / Math.log(positive(operator, b));
      case "$round" -> rounded(number(operator, a), b, RoundingMode.HALF_EVEN);
      case "$trunc" -> rounded(number(operator, a), b, RoundingMode.DOWN);
      default -> ofOne(operator, number(operator, a));
    };
  }

  /**
   * Whether an argument without a value makes the result null. Some operators look at one argument
   * after the other, so that an earlier one of a wrong type is an error.
   */
  private static boolean endsWithNothing(String operator, List<@Nullable Object> arguments) {
    boolean inOrder = Set.of("$add", "$multiply", "$round", "$trunc").contains(operator);
    for (Object argument : arguments) {
      if (isNothing(argument)) {
        return true;
      }
      if (inOrder && !(operator.equals("$add") && argument instanceof Instant)) {
        number(operator, argument);
      }
    }
    return false;
  }

  private static Number number(String operator, @Nullable Object value) {
    if (value instanceof Number n) {
      return n;
    }
    throw wrongType(operator, value);
  }

  private static Number notZero(String operator, Number divisor) {
    if (divisor.doubleValue() == 0) {
      throw new NaiveError(operator + " by zero");
    }
    return divisor;
  }

  private static double positive(String operator, @Nullable Object value) {
    double x = number(operator, value).doubleValue();
    if (x <= 0) {
      throw new NaiveError(operator + " of " + value);
    }
    return x;
  }

  private static boolean isWhole(Number n) {
    return !(n instanceof Double);
  }

  /** The result of whole numbers: an int of ints while it fits, then a long, then a double. */
  private static Number whole(BigInteger value, Number a, Number b) {
    if (value.bitLength() > 63) {
      return value.doubleValue();
    }
    boolean ints = a instanceof Integer && b instanceof Integer && value.bitLength() < 32;
    return ints ? (Number) value.intValue() : (Number) value.longValue();
  }

  private static BigInteger big(Number n) {
    return BigInteger.valueOf(n.longValue());
  }

  static Number plus(Number a, Number b) {
    return isWhole(a) && isWhole(b)
        ? whole(big(a).add(big(b)), a, b)
        : (Number) (a.doubleValue() + b.doubleValue());
  }

  private static Number times(Number a, Number b) {
    return isWhole(a) && isWhole(b)
        ? whole(big(a).multiply(big(b)), a, b)
        : (Number) (a.doubleValue() * b.doubleValue());
  }

  /** Numbers, and at most one date. */
  private static Object add(List<@Nullable Object> arguments) {
    Number sum = 0;
    Instant date = null;
    for (Object argument : arguments) {
      if (argument instanceof Instant i && date == null) {
        date = i;
      } else {
        sum = plus(sum, number("$add", argument));
      }
    }
    return date == null
        ? sum
        : Instant.ofEpochMilli((long) (date.toEpochMilli() + finite(sum.doubleValue())));
  }

  /** What can be added to a date. */
  private static double finite(double milliseconds) {
    if (!(Math.abs(milliseconds) < 9e18)) {
      throw new NaiveError("date overflow");
    }
    return milliseconds;
  }

  private static Object subtract(Object a, Object b) {
    if (a instanceof Instant x) {
      return b instanceof Instant y
          ? (Object) (x.toEpochMilli() - y.toEpochMilli())
          : x.minusMillis((long) finite(number("$subtract", b).doubleValue()));
    }
    Number x = number("$subtract", a);
    Number y = number("$subtract", b);
    return isWhole(x) && isWhole(y)
        ? whole(big(x).subtract(big(y)), x, y)
        : (Number) (x.doubleValue() - y.doubleValue());
  }

  /** With the sign of the dividend. */
  private static Number remainder(Number a, Number b) {
    return isWhole(a) && isWhole(b)
        ? whole(big(a).remainder(big(b)), a, b)
        : (Number) (a.doubleValue() % b.doubleValue());
  }

  private static Number power(Number a, Number b) {
    if (a.doubleValue() == 0 && b.doubleValue() < 0) {
      throw new NaiveError("$pow of 0 with a negative exponent");
    }
    if (isWhole(a) && isWhole(b) && b.longValue() >= 0 && b.longValue() < 1000) {
      return whole(big(a).pow(b.intValue()), a, b);
    }
    if (a.doubleValue() == 1) {
      return 1.0;
    }
    boolean one = a.doubleValue() == -1 && Double.isInfinite(b.doubleValue());
    return one ? 1.0 : Math.pow(a.doubleValue(), b.doubleValue());
  }

  private static Number rounded(Number a, @Nullable Object places, RoundingMode mode) {
    int scale = places == null ? 0 : number("$round", places).intValue();
    if (!Double.isFinite(a.doubleValue()) || isWhole(a) && scale >= 0) {
      return a;
    }
    BigDecimal value = PlainValues.exact(a).setScale(scale, mode);
    return isWhole(a) ? whole(value.toBigInteger(), a, a) : (Number) value.doubleValue();
  }

  private static Number ofOne(String operator, Number a) {
    double x = a.doubleValue();
    return switch (operator) {
      case "$abs" -> isWhole(a) ? whole(big(a).abs(), a, a) : (Number) Math.abs(x);
      case "$floor" -> isWhole(a) ? a : (Number) Math.floor(x);
      case "$ceil" -> isWhole(a) ? a : (Number) Math.ceil(x);
      case "$exp" -> Math.exp(x);
      case "$ln" -> Math.log(positive(operator, a));
      case "$log10" -> Math.log10(positive(operator, a));
      case "$sqrt" -> {
        if (x < 0) {
          throw new NaiveError("$sqrt of " + a);
        }
        yield Math.sqrt(x);
      }
      default -> throw new NotCovered(operator);
    };
  }

  // --- summaries ---------------------------------------------------------------------------------

  /** A single argument may be the list; several are the elements themselves. */
  private static List<? extends @Nullable Object> elements(List<@Nullable Object> arguments) {
    return arguments.size() == 1 && arguments.get(0) instanceof List<?> list ? list : arguments;
  }

  /** What an operator makes of values; those of other types do not count. */
  static @Nullable Object summary(String operator, List<? extends @Nullable Object> values) {
    List<Number> numbers = new ArrayList<>();
    for (Object value : values) {
      if (value instanceof Number n) {
        numbers.add(n);
      }
    }
    return switch (operator) {
      case "$sum" -> numbers.stream().reduce(0, NaiveNumbers::plus);
      case "$avg" -> numbers.isEmpty() ? null : (Object) mean(numbers);
      case "$min" -> something(values).min(PlainValues.ORDER).orElse(null);
      case "$max" -> something(values).max(PlainValues.ORDER).orElse(null);
      case "$stdDevPop" -> deviation(numbers, numbers.size());
      case "$stdDevSamp" -> deviation(numbers, numbers.size() - 1);
      default -> throw new NotCovered(operator);
    };
  }

  private static Stream<? extends Object> something(List<? extends @Nullable Object> values) {
    return Values.list(values).stream().filter(v -> !isNothing(v));
  }

  private static double mean(List<Number> numbers) {
    return numbers.stream().mapToDouble(Number::doubleValue).sum() / numbers.size();
  }

  private static @Nullable Object deviation(List<Number> numbers, int divisor) {
    if (divisor < 1) {
      return null;
    }
    double mean = mean(numbers);
    double squares = 0;
    for (Number n : numbers) {
      squares += (n.doubleValue() - mean) * (n.doubleValue() - mean);
    }
    return Math.sqrt(squares / divisor);
  }
}
