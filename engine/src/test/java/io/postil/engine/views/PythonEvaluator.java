package io.postil.engine.views;

import io.postil.core.view.Expression;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates the Python text of recorded cases with the library's own methods: {@code F('n') > 3} by
 * {@code F("n").gt(3)}, {@code ds.limit(3)} by {@code dataset.limit(3)}. Not thread-safe.
 */
final class PythonEvaluator extends PythonText {
  private static final Object MISSING = new Object();

  private final Map<String, @Nullable Object> names;
  private final UnaryOperator<String> ids;

  /**
   * An evaluator of one text.
   *
   * @param names what names such as {@code ds} stand for
   * @param ids gives the id of a symbol
   */
  PythonEvaluator(String text, Map<String, @Nullable Object> names, UnaryOperator<String> ids) {
    super(text);
    this.names = names;
    this.ids = ids;
  }

  @Nullable Object evaluate() {
    Object value = expression();
    end();
    return value;
  }

  // --- operators --------------------------------------------------------------------------------

  private static Expression of(@Nullable Object value) {
    return Expression.of(value);
  }

  private @Nullable Object expression() {
    Object left = disjunction();
    for (String operator : List.of("==", "!=", ">=", "<=", ">", "<")) {
      if (take(operator)) {
        Object right = disjunction();
        boolean turned = !(left instanceof Expression) && right instanceof Expression;
        return turned
            ? compared(of(right), turned(operator), left)
            : compared(of(left), operator, right);
      }
    }
    return left;
  }

  /** The operator with its sides changed, as Python writes a comparison that a constant begins. */
  private static String turned(String operator) {
    return switch (operator) {
      case ">=" -> "<=";
      case "<=" -> ">=";
      case ">" -> "<";
      case "<" -> ">";
      default -> operator;
    };
  }

  private static Expression compared(Expression x, String operator, @Nullable Object right) {
    return switch (operator) {
      case "==" -> x.eq(right);
      case "!=" -> x.ne(right);
      case ">=" -> x.ge(right);
      case "<=" -> x.le(right);
      case ">" -> x.gt(right);
      default -> x.lt(right);
    };
  }

  private @Nullable Object disjunction() {
    Object left = conjunction();
    while (take("|")) {
      left = of(left).or(of(conjunction()));
    }
    return left;
  }

  private @Nullable Object conjunction() {
    Object left = sum();
    while (take("&")) {
      left = of(left).and(of(sum()));
    }
    return left;
  }

  private @Nullable Object sum() {
    Object left = product();
    while (true) {
      if (take("+")) {
        left = of(left).plus(product());
      } else if (take("-")) {
        left = of(left).minus(product());
      } else {
        return left;
      }
    }
  }

  private @Nullable Object product() {
    Object left = unary();
    while (true) {
      if (peek("**")) {
        return left;
      } else if (take("*")) {
        left = of(left).times(unary());
      } else if (take("/")) {
        left = of(left).dividedBy(unary());
      } else if (take("%")) {
        left = of(left).mod(unary());
      } else {
        return left;
      }
    }
  }

  private @Nullable Object unary() {
    if (take("~")) {
      return of(unary()).not();
    }
    if (take("-")) {
      return unary() instanceof Number n ? negative(n) : MISSING;
    }
    Object base = postfix();
    return take("**") ? of(base).pow(unary()) : base;
  }

  private static Number negative(Number n) {
    return n instanceof Integer i ? (Number) (-i) : (Number) (-n.doubleValue());
  }

  // --- calls ------------------------------------------------------------------------------------

  private @Nullable Object postfix() {
    Object value = atom();
    while (true) {
      if (take(".")) {
        String name = name();
        value = PythonMethods.call(value, name, peek("(") ? arguments() : null);
      } else if (take("[")) {
        value = item(value);
      } else {
        return value;
      }
    }
  }

  private Object item(@Nullable Object value) {
    Object start = peek(":") ? null : expression();
    if (!take(":")) {
      expect("]");
      return of(value).at(((Number) start).intValue());
    }
    Object stop = peek("]") ? null : expression();
    expect("]");
    return PythonMethods.slice(value, (Integer) start, (Integer) stop);
  }

  private PythonMethods.Arguments arguments() {
    List<@Nullable Object> positional = new ArrayList<>();
    Map<String, @Nullable Object> named = new LinkedHashMap<>();
    arguments(this::expression, positional, named);
    return new PythonMethods.Arguments(positional, named);
  }

  // --- values -----------------------------------------------------------------------------------

  private @Nullable Object atom() {
    space();
    char c = text.charAt(at);
    if (c == '\'' || c == '"') {
      return quoted();
    }
    if (c == '[') {
      at++;
      return list("]");
    }
    if (c == '(') {
      at++;
      Object first = expression();
      if (take(")")) {
        return first;
      }
      expect(",");
      List<@Nullable Object> tuple = new ArrayList<>();
      tuple.add(first);
      tuple.addAll(list(")"));
      return tuple;
    }
    if (c == '{') {
      at++;
      return dict();
    }
    return Character.isDigit(c) ? number() : word();
  }

  private List<@Nullable Object> list(String end) {
    List<@Nullable Object> list = new ArrayList<>();
    while (!take(end)) {
      list.add(expression());
      take(",");
    }
    return list;
  }

  private Map<@Nullable Object, @Nullable Object> dict() {
    Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
    while (!take("}")) {
      Object key = expression();
      expect(":");
      map.put(key, expression());
      take(",");
    }
    return map;
  }

  private @Nullable Object word() {
    String name = name();
    if (names.containsKey(name)) {
      return names.get(name);
    }
    return switch (name) {
      case "None" -> null;
      case "True" -> true;
      case "False" -> false;
      case "nan" -> Double.NaN;
      case "inf" -> Double.POSITIVE_INFINITY;
      case "abs" -> of(arguments().get(0, "x")).abs();
      case "VALUE" -> Expression.VALUE;
      case "F" -> {
        PythonMethods.Arguments given = arguments();
        yield given.positional().isEmpty() ? Expression.F() : Expression.F(given.text(0, "name"));
      }
      case "E" -> peek("(") ? of(arguments().get(0, "value")) : "E";
      case "id" -> ids.apply(arguments().text(0, "symbol"));
      case "ObjectId" -> io.postil.core.value.ObjectId.of(arguments().text(0, "id"));
      case "datetime", "date" -> date(arguments().positional());
      case "timedelta" -> span(arguments());
      case "fos", "fo" -> name;
      default -> throw new IllegalArgumentException("'" + name + "' at " + at + ": " + text);
    };
  }

  private static Instant date(List<@Nullable Object> parts) {
    int[] p = {1970, 1, 1, 0, 0, 0};
    for (int i = 0; i < Math.min(parts.size(), p.length); i++) {
      p[i] = (Integer) parts.get(i);
    }
    return LocalDateTime.of(p[0], p[1], p[2], p[3], p[4], p[5]).toInstant(ZoneOffset.UTC);
  }

  private static Duration span(PythonMethods.Arguments arguments) {
    double seconds = 0;
    Map<String, Integer> units =
        Map.of("weeks", 604_800, "days", 86_400, "hours", 3600, "minutes", 60, "seconds", 1);
    for (Map.Entry<String, Integer> unit : units.entrySet()) {
      if (arguments.get(unit.getKey().equals("days") ? 0 : 99, unit.getKey()) instanceof Number n) {
        seconds += n.doubleValue() * unit.getValue();
      }
    }
    return Duration.ofMillis(Math.round(seconds * 1000));
  }
}
