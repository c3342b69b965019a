package io.postil.testkit.views;

import static io.postil.testkit.views.PlainValues.MISSING;
import static io.postil.testkit.views.PlainValues.isNothing;
import static io.postil.testkit.views.PlainValues.isTrue;
import static io.postil.testkit.views.PlainValues.nullIfMissing;

import io.postil.core.value.Document;
import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The value of an expression in MongoDB's form: paths, variables, and the operators that do not
 * evaluate all of their arguments. The others are in {@link NaiveOperators}.
 */
final class NaiveExpressions {
  /** The sample, and the variables in sight. */
  private final Document root;

  private final Map<String, @Nullable Object> variables;

  private NaiveExpressions(Document root, Map<String, @Nullable Object> variables) {
    this.root = root;
    this.variables = variables;
  }

  static @Nullable Object evaluate(@Nullable Object expression, Document root) {
    return new NaiveExpressions(root, Map.of()).value(expression);
  }

  /** With one variable, such as {@code this}. */
  static @Nullable Object evaluate(
      @Nullable Object expression, Document root, String variable, @Nullable Object value) {
    return new NaiveExpressions(root, Map.of()).with(variable, value).value(expression);
  }

  private NaiveExpressions with(String variable, @Nullable Object value) {
    Map<String, @Nullable Object> more = new HashMap<>(variables);
    more.put(variable, value);
    return new NaiveExpressions(root, more);
  }

  private @Nullable Object value(@Nullable Object expression) {
    return switch (expression) {
      case String s -> s.startsWith("$") ? path(s) : s;
      case List<?> list -> Values.list(list.stream().map(e -> nullIfMissing(value(e))).toList());
      case Document d -> {
        if (d.size() == 1 && d.nameAt(0).startsWith("$")) {
          yield operation(d.nameAt(0), d.valueAt(0));
        }
        Document.Builder out = Document.builder();
        d.forEach(
            (name, e) -> {
              Object value = value(e);
              if (value != MISSING) {
                out.put(name, value);
              }
            });
        yield out.build();
      }
      case null -> null;
      default -> expression;
    };
  }

  private @Nullable Object path(String text) {
    if (!text.startsWith("$$")) {
      return PlainValues.path(root, PlainValues.names(text.substring(1)));
    }
    List<String> names = PlainValues.names(text.substring(2));
    Object start =
        switch (names.get(0)) {
          case "ROOT", "CURRENT" -> root;
          case "REMOVE" -> MISSING;
          case "NOW" -> throw new NotCovered("$$NOW");
          default -> {
            if (!variables.containsKey(names.get(0))) {
              throw new NaiveError("use of undefined variable " + names.get(0));
            }
            yield variables.get(names.get(0));
          }
        };
    return PlainValues.path(start, names.subList(1, names.size()));
  }

  private @Nullable Object operation(String operator, @Nullable Object argument) {
    return switch (operator) {
      case "$literal" -> argument;
      case "$expr" -> value(argument);
      case "$and" -> arguments(argument).stream().allMatch(a -> isTrue(value(a)));
      case "$or" -> arguments(argument).stream().anyMatch(a -> isTrue(value(a)));
      case "$ifNull" -> ifNull(arguments(argument));
      case "$cond" -> cond(argument);
      case "$switch" -> switchOf(named(operator, argument));
      case "$let" -> let(named(operator, argument));
      case "$filter" -> filter(named(operator, argument));
      case "$map" -> map(named(operator, argument));
      case "$reduce" -> reduce(named(operator, argument));
      case "$convert" -> convert(named(operator, argument));
      case "$getField" -> getField(argument);
      default -> {
        if (NaiveOperators.takesNames(operator)) {
          Document.Builder values = Document.builder();
          named(operator, argument).forEach((name, e) -> values.put(name, nullIfMissing(value(e))));
          yield NaiveOperators.apply(operator, values.build());
        }
        List<@Nullable Object> values = new ArrayList<>();
        arguments(argument).forEach(a -> values.add(value(a)));
        yield NaiveOperators.apply(operator, values);
      }
    };
  }

  /** A list of arguments; a single one may stand for itself. */
  private static List<?> arguments(@Nullable Object argument) {
    return argument instanceof List<?> list ? list : Values.listOf(argument);
  }

  private static Document named(String operator, @Nullable Object argument) {
    if (argument instanceof Document d) {
      return d;
    }
    throw new NaiveError(operator + " needs an object");
  }

  private @Nullable Object ifNull(List<?> arguments) {
    Object value = null;
    for (Object argument : arguments) {
      value = value(argument);
      if (!isNothing(value)) {
        return value;
      }
    }
    return value;
  }

  private @Nullable Object cond(@Nullable Object argument) {
    if (argument instanceof Document d) {
      return value(isTrue(value(d.get("if"))) ? d.get("then") : d.get("else"));
    }
    List<?> parts = arguments(argument);
    if (parts.size() != 3) {
      throw new NaiveError("$cond takes 3 arguments");
    }
    return value(isTrue(value(parts.get(0))) ? parts.get(1) : parts.get(2));
  }

  private @Nullable Object switchOf(Document argument) {
    for (Object branch : argument.getList("branches")) {
      Document b = named("$switch", branch);
      if (isTrue(value(b.get("case")))) {
        return value(b.get("then"));
      }
    }
    if (!argument.contains("default")) {
      throw new NaiveError("$switch found no branch and has no default");
    }
    return value(argument.get("default"));
  }

  private @Nullable Object let(Document argument) {
    NaiveExpressions inner = this;
    Document variables = argument.getDocument("vars");
    for (int i = 0; i < variables.size(); i++) {
      inner = inner.with(variables.nameAt(i), value(variables.valueAt(i)));
    }
    return inner.value(argument.get("in"));
  }

  /** The elements of the input; null if it has no value. */
  private @Nullable List<?> input(String operator, Document argument) {
    Object input = value(argument.get("input"));
    if (isNothing(input)) {
      return null;
    }
    if (input instanceof List<?> list) {
      return list;
    }
    throw new NaiveError(operator + " needs an array, not " + PlainValues.typeOf(input));
  }

  private @Nullable Object filter(Document argument) {
    List<?> input = input("$filter", argument);
    String name = argument.getString("as", "this");
    return input == null
        ? null
        : Values.list(
            input.stream().filter(e -> isTrue(with(name, e).value(argument.get("cond")))).toList());
  }

  private @Nullable Object map(Document argument) {
    List<?> input = input("$map", argument);
    String name = argument.getString("as", "this");
    return input == null
        ? null
        : Values.list(
            input.stream()
                .map(e -> nullIfMissing(with(name, e).value(argument.get("in"))))
                .toList());
  }

  private @Nullable Object reduce(Document argument) {
    List<?> input = input("$reduce", argument);
    if (input == null) {
      return null;
    }
    Object result = value(argument.get("initialValue"));
    for (Object element : input) {
      result = with("this", element).with("value", result).value(argument.get("in"));
    }
    return result;
  }

  private @Nullable Object convert(Document argument) {
    Object input = value(argument.get("input"));
    Object type = value(argument.get("to"));
    if (input == null || isNothing(input)) {
      return value(argument.get("onNull"));
    }
    if (isNothing(type)) {
      return null;
    }
    try {
      return NaiveOperators.convert(String.valueOf(type), input);
    } catch (NaiveError e) {
      if (!argument.contains("onError")) {
        throw e;
      }
      return value(argument.get("onError"));
    }
  }

  private @Nullable Object getField(@Nullable Object argument) {
    Object name = argument instanceof Document d ? d.get("field") : argument;
    Object input = argument instanceof Document d ? value(d.get("input")) : root;
    if (isNothing(input)) {
      return input;
    }
    return input instanceof Document d && d.contains(String.valueOf(name))
        ? d.get(String.valueOf(name))
        : MISSING;
  }
}
