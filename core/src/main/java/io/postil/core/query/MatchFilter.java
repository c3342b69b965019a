package io.postil.core.query;

import io.postil.core.value.Document;
import io.postil.core.value.OtherValue;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * MongoDB's match documents, such as {@code {"n": {"$gt": 1}}}: unlike expressions they compare
 * within one type, look into arrays and treat missing as null. Stateless.
 */
final class MatchFilter {
  private MatchFilter() {}

  static Evaluator compile(Document filter, ExpressionCompiler compiler) {
    List<Evaluator> parts = new ArrayList<>();
    filter.forEach((name, value) -> parts.add(clause(name, value, compiler)));
    return scope -> parts.stream().allMatch(p -> p.test(scope));
  }

  private static Evaluator clause(
      String name, @Nullable Object value, ExpressionCompiler compiler) {
    switch (name) {
      case "$expr" -> {
        return compiler.compileValue(value);
      }
      case "$and", "$or", "$nor" -> {
        List<Evaluator> parts = new ArrayList<>();
        for (Object part : value instanceof List<?> list ? list : List.of()) {
          if (!(part instanceof Document d)) {
            throw EvaluationError.of(2, name + " entries need to be full objects");
          }
          parts.add(compile(d, compiler));
        }
        return switch (name) {
          case "$and" -> scope -> parts.stream().allMatch(p -> p.test(scope));
          case "$or" -> scope -> parts.stream().anyMatch(p -> p.test(scope));
          default -> scope -> parts.stream().noneMatch(p -> p.test(scope));
        };
      }
      case "$comment" -> {
        return scope -> true;
      }
      default -> {
        if (name.startsWith("$")) {
          throw EvaluationError.of(2, "unknown top level operator: " + name);
        }
        compiler.uses(name);
        String[] path = name.split("\\.", -1);
        Predicate<Candidates> test = conditions(value);
        return scope -> test.test(new Candidates(scope.root, path));
      }
    }
  }

  /** The values a path stands for: each it leads to, and the elements of arrays at its end. */
  private static final class Candidates {
    /** Values at the end of the path, arrays as they are. */
    final List<@Nullable Object> whole = new ArrayList<>();

    Candidates(@Nullable Object root, String[] path) {
      collect(root, path, 0);
    }

    private void collect(@Nullable Object value, String[] path, int from) {
      if (from == path.length) {
        whole.add(value);
        return;
      }
      if (value instanceof List<?> list) {
        boolean index = !path[from].isEmpty() && path[from].chars().allMatch(Character::isDigit);
        if (index && path[from].length() < 9) {
          int i = Integer.parseInt(path[from]);
          if (i < list.size()) {
            collect(list.get(i), path, from + 1);
          }
        }
        for (Object element : list) {
          if (!(element instanceof List<?>) && BsonOrder.asDocument(element) != null) {
            collect(element, path, from);
          }
        }
        return;
      }
      collect(Fields.get(value, path[from]), path, from + 1);
    }

    boolean any(Predicate<@Nullable Object> test) {
      for (Object value : whole) {
        if (test.test(value)) {
          return true;
        }
        if (value instanceof List<?> list) {
          for (Object element : list) {
            if (test.test(element)) {
              return true;
            }
          }
        }
      }
      return false;
    }
  }

  private static Predicate<Candidates> conditions(@Nullable Object value) {
    if (value instanceof Document d && !d.isEmpty() && d.nameAt(0).startsWith("$")) {
      List<Predicate<Candidates>> parts = new ArrayList<>();
      d.forEach((op, argument) -> parts.add(condition(op, argument, d)));
      return c -> parts.stream().allMatch(p -> p.test(c));
    }
    return equal(value);
  }

  private static Predicate<Candidates> equal(@Nullable Object value) {
    if (value instanceof OtherValue o
        && o.extendedJson().get("$regularExpression") instanceof Document regex) {
      Pattern pattern =
          TextOperators.pattern(regex.getString("pattern", ""), regex.getString("options", ""));
      return c -> c.any(v -> v instanceof String s && TextOperators.find(pattern, s));
    }
    if (value == null) {
      // An array on the way without objects leads nowhere, not even to a missing value.
      return c -> c.any(Operators::isNothing);
    }
    return c -> c.any(v -> BsonOrder.equal(v, value));
  }

  private static Predicate<Candidates> condition(
      String op, @Nullable Object argument, Document all) {
    return switch (op) {
      case "$eq" -> equal(argument);
      case "$ne" -> equal(argument).negate();
      case "$gt" -> ordered(argument, o -> o > 0, false);
      case "$gte" -> ordered(argument, o -> o >= 0, true);
      case "$lt" -> ordered(argument, o -> o < 0, false);
      case "$lte" -> ordered(argument, o -> o <= 0, true);
      case "$in" -> in(argument);
      case "$nin" -> in(argument).negate();
      case "$exists" -> {
        boolean wanted = BsonOrder.isTrue(argument);
        yield c -> c.whole.stream().anyMatch(v -> v != Missing.MISSING) == wanted;
      }
      case "$regex" -> {
        String options = all.getString("$options", "");
        String regex = argument instanceof String s ? s : String.valueOf(argument);
        Pattern pattern = TextOperators.pattern(regex, options);
        yield c -> c.any(v -> v instanceof String s && TextOperators.find(pattern, s));
      }
      case "$options" -> c -> true;
      case "$size" ->
          c ->
              c.whole.stream()
                  .anyMatch(v -> v instanceof List<?> l && BsonOrder.equal(l.size(), argument));
      case "$type" ->
          c ->
              c.any(
                  v ->
                      BsonOrder.typeName(v).equals(argument)
                          || "number".equals(argument) && v instanceof Number);
      case "$all" -> {
        List<Predicate<Candidates>> parts = new ArrayList<>();
        for (Object part : argument instanceof List<?> l ? l : List.of()) {
          parts.add(equal(part));
        }
        yield c -> !parts.isEmpty() && parts.stream().allMatch(p -> p.test(c));
      }
      case "$not" -> conditions(argument).negate();
      case "$mod" -> mod(argument);
      case "$elemMatch" -> elementMatch(argument);
      default -> throw EvaluationError.of(2, "unknown operator: " + op);
    };
  }

  private static Predicate<Candidates> mod(@Nullable Object argument) {
    if (argument instanceof List<?> l
        && l.size() == 2
        && l.get(0) instanceof Number divisor
        && l.get(1) instanceof Number rest
        && divisor.longValue() != 0) {
      return c ->
          c.any(
              v ->
                  v instanceof Number n && n.longValue() % divisor.longValue() == rest.longValue());
    }
    throw EvaluationError.of(
        2, "malformed mod: a divisor that is not 0 and a remainder are needed");
  }

  private static Predicate<Candidates> elementMatch(@Nullable Object argument) {
    if (!(argument instanceof Document d)) {
      throw EvaluationError.of(2, "$elemMatch needs an Object");
    }
    boolean onValues =
        !d.isEmpty()
            && d.nameAt(0).startsWith("$")
            && !d.nameAt(0).equals("$and")
            && !d.nameAt(0).equals("$or")
            && !d.nameAt(0).equals("$nor");
    if (onValues) {
      Predicate<Candidates> test = conditions(d);
      return c -> elements(c).stream().anyMatch(e -> test.test(new Candidates(e, new String[0])));
    }
    ExpressionCompiler compiler = new ExpressionCompiler();
    Evaluator test = compile(d, compiler);
    return c -> {
      Scope scope = compiler.newScope();
      for (Object element : elements(c)) {
        scope.root = element;
        if (test.test(scope)) {
          return true;
        }
      }
      return false;
    };
  }

  private static List<@Nullable Object> elements(Candidates candidates) {
    List<@Nullable Object> elements = new ArrayList<>();
    for (Object value : candidates.whole) {
      if (value instanceof List<?> list) {
        elements.addAll(list);
      }
    }
    return elements;
  }

  private static Predicate<Candidates> in(@Nullable Object argument) {
    if (!(argument instanceof List<?> values)) {
      throw EvaluationError.of(2, "$in needs an array");
    }
    List<Predicate<Candidates>> parts = new ArrayList<>();
    for (Object value : values) {
      parts.add(equal(value));
    }
    return c -> parts.stream().anyMatch(p -> p.test(c));
  }

  private static Predicate<Candidates> ordered(
      @Nullable Object bound, java.util.function.IntPredicate order, boolean orEqual) {
    if (bound == null) {
      return orEqual ? equal(null) : c -> false;
    }
    boolean nan = bound instanceof Double d && d.isNaN();
    return c ->
        c.any(
            v -> {
              if (Operators.isNothing(v) || BsonOrder.rank(v) != BsonOrder.rank(bound)) {
                return false;
              }
              if (nan || v instanceof Double x && x.isNaN()) {
                return orEqual && BsonOrder.equal(v, bound);
              }
              return order.test(BsonOrder.compare(v, bound));
            });
  }
}
