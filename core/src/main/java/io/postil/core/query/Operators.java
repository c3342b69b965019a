package io.postil.core.query;

import io.postil.core.value.Values;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The operators whose arguments are all evaluated before they run: everything but the logical ones
 * and those that bind variables, which {@link ExpressionCompiler} holds itself. Stateless.
 */
final class Operators {
  /** An operator on its evaluated arguments. */
  @FunctionalInterface
  interface Function {
    @Nullable Object apply(@Nullable Object[] arguments);
  }

  /** An operator on one evaluated argument. */
  @FunctionalInterface
  interface Unary {
    @Nullable Object apply(@Nullable Object argument);
  }

  /** An operator on named evaluated arguments; an absent one is {@link Missing#MISSING}. */
  @FunctionalInterface
  interface Named {
    @Nullable Object apply(Map<String, @Nullable Object> arguments);
  }

  private static final Map<String, Function> FUNCTIONS = new HashMap<>();
  private static final Map<String, Integer> LEAST = new HashMap<>();
  private static final Map<String, Integer> MOST = new HashMap<>();
  private static final Map<String, Named> NAMED = new HashMap<>();

  /** Operators that are null at the first argument without a value and look at none behind it. */
  private static final Set<String> STOP_AT_NOTHING =
      Set.of("$add", "$multiply", "$concat", "$concatArrays", "$setUnion", "$setIntersection");

  static {
    comparison();
    NumberOperators.register();
    ArrayOperators.register();
    TextOperators.register();
    DateOperators.register();
    ConversionOperators.register();
  }

  private Operators() {}

  private static void comparison() {
    binary("$eq", (a, b) -> BsonOrder.equal(a, b));
    binary("$ne", (a, b) -> !BsonOrder.equal(a, b));
    binary("$lt", (a, b) -> BsonOrder.compare(a, b) < 0);
    binary("$lte", (a, b) -> BsonOrder.compare(a, b) <= 0);
    binary("$gt", (a, b) -> BsonOrder.compare(a, b) > 0);
    binary("$gte", (a, b) -> BsonOrder.compare(a, b) >= 0);
    binary("$cmp", (a, b) -> Integer.signum(BsonOrder.compare(a, b)));
    unary("$not", a -> !BsonOrder.isTrue(a));
  }

  static void register(String name, int least, int most, Function function) {
    FUNCTIONS.put(name, function);
    LEAST.put(name, least);
    MOST.put(name, most);
  }

  static void unary(String name, Unary function) {
    register(name, 1, 1, a -> function.apply(a[0]));
  }

  static void binary(
      String name,
      java.util.function.BiFunction<@Nullable Object, @Nullable Object, @Nullable Object>
          function) {
    register(name, 2, 2, a -> function.apply(a[0], a[1]));
  }

  static void variadic(String name, Function function) {
    register(name, 0, Integer.MAX_VALUE, function);
  }

  static void named(String name, Named function) {
    NAMED.put(name, function);
  }

  /** Whether the operator takes a document of named arguments. */
  static boolean isNamed(String op) {
    return NAMED.containsKey(op);
  }

  /** Whether the operator takes a list of arguments. */
  static boolean isKnown(String op) {
    return FUNCTIONS.containsKey(op);
  }

  static Evaluator named(String op, Map<String, Evaluator> arguments) {
    Named function = java.util.Objects.requireNonNull(NAMED.get(op));
    return scope -> {
      Map<String, @Nullable Object> values = new HashMap<>();
      arguments.forEach((name, argument) -> values.put(name, argument.eval(scope)));
      return function.apply(values);
    };
  }

  static Evaluator of(String op, List<Evaluator> arguments) {
    Function function = java.util.Objects.requireNonNull(FUNCTIONS.get(op));
    int count = arguments.size();
    int least = LEAST.getOrDefault(op, 0);
    int most = MOST.getOrDefault(op, 0);
    if (count < least || count > most) {
      String takes = least == most ? String.valueOf(least) : least + " or more";
      throw EvaluationError.of(
          16020,
          "Expression " + op + " takes " + takes + " arguments. " + count + " were passed in.");
    }
    boolean stops = STOP_AT_NOTHING.contains(op);
    if (count == 1) {
      Evaluator only = arguments.get(0);
      return scope -> function.apply(new @Nullable Object[] {only.eval(scope)});
    }
    if (count == 2) {
      Evaluator first = arguments.get(0);
      Evaluator second = arguments.get(1);
      Evaluator comparison = comparison(op, first, second);
      if (comparison != null) {
        return comparison;
      }
      if (!stops) {
        return scope ->
            function.apply(new @Nullable Object[] {first.eval(scope), second.eval(scope)});
      }
    }
    return scope -> function.apply(evaluated(arguments, stops, scope));
  }

  private static @Nullable Object[] evaluated(
      List<Evaluator> arguments, boolean stops, Scope scope) {
    @Nullable Object[] values = new @Nullable Object[arguments.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = arguments.get(i).eval(scope);
      if (stops && isNothing(values[i])) {
        return Arrays.copyOf(values, i + 1);
      }
    }
    return values;
  }

  /** The comparisons without an argument array: they are what filters of labels spend time in. */
  private static @Nullable Evaluator comparison(String op, Evaluator a, Evaluator b) {
    return switch (op) {
      case "$eq" -> scope -> BsonOrder.compare(a.eval(scope), b.eval(scope)) == 0;
      case "$ne" -> scope -> BsonOrder.compare(a.eval(scope), b.eval(scope)) != 0;
      case "$lt" -> scope -> BsonOrder.compare(a.eval(scope), b.eval(scope)) < 0;
      case "$lte" -> scope -> BsonOrder.compare(a.eval(scope), b.eval(scope)) <= 0;
      case "$gt" -> scope -> BsonOrder.compare(a.eval(scope), b.eval(scope)) > 0;
      case "$gte" -> scope -> BsonOrder.compare(a.eval(scope), b.eval(scope)) >= 0;
      default -> null;
    };
  }

  static Evaluator ofSingle(String op, Evaluator argument) {
    return of(op, List.of(argument));
  }

  /** Whether a value is null or missing. */
  static boolean isNothing(@Nullable Object value) {
    return value == null || value == Missing.MISSING;
  }

  /** A list of values in which missing ones have become null. */
  static List<@Nullable Object> listOf(List<? extends @Nullable Object> values) {
    return Values.list(values);
  }
}
