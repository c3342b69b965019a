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
final class PythonCalls {
  /** One call: its name, positional and named arguments. */
  record Call(String name, List<@Nullable Object> positional, Map<String, @Nullable Object> named) {
    @Nullable Object argument(int position, String name) {
      return position < positional.size() ? positional.get(position) : named.get(name);
    }
  }

  private final String text;
  private int at;

  private PythonCalls(String text) {
    this.text = text;
  }

  /** The calls chained to the first name. */
  static List<Call> parse(String text) {
    PythonCalls parser = new PythonCalls(text);
    parser.name();
    List<Call> calls = new ArrayList<>();
    while (parser.take(".")) {
      calls.add(parser.call());
    }
    if (parser.at != text.length()) {
      throw new IllegalArgumentException("not understood from " + parser.at + ": " + text);
    }
    return calls;
  }

  private void space() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }

  private boolean take(String token) {
    space();
    if (text.startsWith(token, at)) {
      at += token.length();
      return true;
    }
    return false;
  }

  private void expect(String token) {
    if (!take(token)) {
      throw new IllegalArgumentException("expected " + token + " at " + at + ": " + text);
    }
  }

  private String name() {
    space();
    int start = at;
    while (at < text.length()
        && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '_')) {
      at++;
    }
    return text.substring(start, at);
  }

  private Call call() {
    String name = name();
    List<@Nullable Object> positional = new ArrayList<>();
    Map<String, @Nullable Object> named = new LinkedHashMap<>();
    expect("(");
    while (!take(")")) {
      int start = at;
      String key = name();
      space();
      if (!key.isEmpty() && text.startsWith("=", at) && !text.startsWith("==", at)) {
        at++;
        named.put(key, comparison());
      } else {
        at = start;
        positional.add(comparison());
      }
      take(",");
    }
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
      int end = text.indexOf(c, at + 1);
      String string = text.substring(at + 1, end);
      at = end + 1;
      return string;
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
      int start = at++;
      while (at < text.length() && (Character.isDigit(text.charAt(at)) || text.charAt(at) == '.')) {
        at++;
      }
      String number = text.substring(start, at);
      return number.contains(".")
          ? (Object) Double.valueOf(number)
          : (Object) Integer.valueOf(number);
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
