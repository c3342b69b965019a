package io.postil.engine.views;

import io.postil.core.value.Document;
import io.postil.core.value.Values;
import io.postil.core.view.Expression;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the Python text of a recorded case, such as {@code ds.filter_labels('gt', F('label') ==
 * 'cat').limit(2)}. A case whose view could not be built has no serialised stages, only this text.
 */
final class PythonCalls extends PythonText {
  /** One call: its name, positional and named arguments. */
  record Call(String name, List<@Nullable Object> positional, Map<String, @Nullable Object> named) {
    @Nullable Object argument(int position, String name) {
      return position < positional.size() ? positional.get(position) : named.get(name);
    }
  }

  private PythonCalls(String text) {
    super(text);
  }

  /** The calls chained to the first name. */
  static List<Call> parse(String text) {
    PythonCalls parser = new PythonCalls(text);
    parser.name();
    List<Call> calls = new ArrayList<>();
    while (parser.take(".")) {
      calls.add(parser.call());
    }
    parser.end();
    return calls;
  }

  private Call call() {
    String name = name();
    List<@Nullable Object> positional = new ArrayList<>();
    Map<String, @Nullable Object> named = new LinkedHashMap<>();
    arguments(this::comparison, positional, named);
    return new Call(name, positional, named);
  }

  private @Nullable Object comparison() {
    Object left = value();
    for (String operator : List.of("==", "!=", ">=", "<=", ">", "<", "*", "+")) {
      if (take(operator)) {
        Object right = value();
        String mongo =
            switch (operator) {
              case "==" -> "$eq";
              case "!=" -> "$ne";
              case ">=" -> "$gte";
              case "<=" -> "$lte";
              case ">" -> "$gt";
              case "<" -> "$lt";
              case "*" -> "$multiply";
              default -> "$add";
            };
        return Expression.operation(mongo, Expression.of(left), Expression.of(right));
      }
    }
    return left;
  }

  private @Nullable Object value() {
    space();
    char c = text.charAt(at);
    if (c == '\'' || c == '"') {
      return quoted();
    }
    if (c == '[' || c == '(') {
      at++;
      List<@Nullable Object> list = new ArrayList<>();
      while (!take(c == '[' ? "]" : ")")) {
        list.add(comparison());
        take(",");
      }
      return Values.list(list);
    }
    if (c == '{') {
      at++;
      Document.Builder out = Document.builder();
      while (!take("}")) {
        String key = String.valueOf(value());
        expect(":");
        out.put(key, comparison());
        take(",");
      }
      return out.build();
    }
    if (c == '-' || Character.isDigit(c)) {
      return number();
    }
    return word();
  }

  private @Nullable Object word() {
    int start = at;
    String name = name();
    switch (name) {
      case "None" -> {
        return null;
      }
      case "True", "False" -> {
        return name.equals("True");
      }
      case "F" -> {
        at = start;
        Call call = call();
        Expression field =
            Expression.F(call.positional.isEmpty() ? "" : String.valueOf(call.positional.get(0)));
        while (take(".")) {
          Call method = call();
          field =
              switch (method.name) {
                case "length" -> field.length();
                case "upper" -> field.upper();
                case "lower" -> field.lower();
                case "abs" -> field.abs();
                default ->
                    throw new IllegalArgumentException("method " + method.name + ": " + text);
              };
        }
        return field;
      }
      default -> throw new IllegalArgumentException("not understood at " + start + ": " + text);
    }
  }
}
