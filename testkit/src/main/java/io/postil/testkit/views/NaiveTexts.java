package io.postil.testkit.views;

import static io.postil.testkit.views.NaiveOperators.wrongType;
import static io.postil.testkit.views.PlainValues.isNothing;

import io.postil.core.value.Document;
import io.postil.core.value.Values;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The operators on text; lengths and positions are in bytes of UTF-8. Stateless. */
final class NaiveTexts {
  static final Set<String> NAMES =
      Set.of("$toUpper", "$toLower", "$concat", "$strLenBytes", "$substrBytes", "$split");

  private NaiveTexts() {}

  static @Nullable Object apply(String operator, List<@Nullable Object> arguments) {
    Object a = arguments.get(0);
    return switch (operator) {
      case "$toUpper" -> mapped(readable(operator, a), 'a', 'z', 'A' - 'a');
      case "$toLower" -> mapped(readable(operator, a), 'A', 'Z', 'a' - 'A');
      case "$strLenBytes" -> PlainValues.utf8(text(operator, a)).length;
      case "$substrBytes" -> substring(readable(operator, a), arguments.get(1), arguments.get(2));
      case "$concat" -> {
        StringBuilder all = new StringBuilder();
        for (Object argument : arguments) {
          if (isNothing(argument)) {
            yield null;
          }
          all.append(text(operator, argument));
        }
        yield all.toString();
      }
      case "$split" -> {
        if (isNothing(a) || isNothing(arguments.get(1))) {
          yield null;
        }
        String delimiter = text(operator, arguments.get(1));
        if (delimiter.isEmpty()) {
          throw new NaiveError("$split needs a delimiter");
        }
        yield Values.list(List.of(text(operator, a).split(Pattern.quote(delimiter), -1)));
      }
      default -> throw new NotCovered(operator);
    };
  }

  static @Nullable Object apply(String operator, Document named) {
    Object input = named.get("input");
    return switch (operator) {
      case "$trim" -> trimmed(operator, named, true, true);
      case "$ltrim" -> trimmed(operator, named, true, false);
      case "$rtrim" -> trimmed(operator, named, false, true);
      case "$replaceAll" -> {
        Object find = named.get("find");
        Object replacement = named.get("replacement");
        if (input == null || find == null || replacement == null) {
          yield null;
        }
        yield text(operator, input).replace(text(operator, find), text(operator, replacement));
      }
      case "$regexMatch" -> {
        if (input == null) {
          yield false;
        }
        String regex = text(operator, named.get("regex"));
        yield find(text(operator, input), regex, named.getString("options", ""));
      }
      default -> throw new NotCovered(operator);
    };
  }

  static boolean find(String text, String regex, String options) {
    if (!Set.of("", "i").contains(options)) {
      throw new NotCovered("the options " + options);
    }
    int flags = options.equals("i") ? Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE : 0;
    return Pattern.compile(regex, flags | Pattern.UNIX_LINES).matcher(text).find();
  }

  private static String text(String operator, @Nullable Object value) {
    if (value instanceof String s) {
      return s;
    }
    throw wrongType(operator, value);
  }

  /** Some operators read numbers and dates as text, and nothing as empty text. */
  private static String readable(String operator, @Nullable Object value) {
    if (isNothing(value)) {
      return "";
    }
    if (value instanceof Number || value instanceof java.time.Instant || value instanceof String) {
      return NaiveOperators.toText(value);
    }
    throw wrongType(operator, value);
  }

  /** Only ASCII letters change. */
  private static String mapped(String text, char first, char last, int by) {
    StringBuilder out = new StringBuilder();
    for (char c : text.toCharArray()) {
      out.append(c >= first && c <= last ? (char) (c + by) : c);
    }
    return out.toString();
  }

  private static String substring(String text, @Nullable Object start, @Nullable Object count) {
    if (!(start instanceof Number s) || !(count instanceof Number c)) {
      throw new NaiveError("$substrBytes needs numbers");
    }
    if (s.intValue() < 0) {
      throw new NaiveError("$substrBytes needs a start that is not negative");
    }
    byte[] bytes = PlainValues.utf8(text);
    int from = Math.min(s.intValue(), bytes.length);
    int to =
        c.intValue() < 0 ? bytes.length : (int) Math.min((long) from + c.intValue(), bytes.length);
    if (isInside(bytes, from) || isInside(bytes, to)) {
      throw new NaiveError("$substrBytes would cut a character");
    }
    return new String(Arrays.copyOfRange(bytes, from, to), StandardCharsets.UTF_8);
  }

  /** Whether a position is in the middle of a character. */
  private static boolean isInside(byte[] bytes, int at) {
    return at < bytes.length && (bytes[at] & 0xC0) == 0x80;
  }

  private static @Nullable Object trimmed(
      String operator, Document named, boolean left, boolean right) {
    if (named.get("input") == null || named.contains("chars") && named.get("chars") == null) {
      return null;
    }
    String text = text(operator, named.get("input"));
    String chars =
        named.contains("chars") ? text(operator, named.get("chars")) : " \t\n\r\f\u000b\0\u00a0";
    int from = 0;
    int to = text.length();
    while (left && from < to && chars.indexOf(text.charAt(from)) >= 0) {
      from++;
    }
    while (right && from < to && chars.indexOf(text.charAt(to - 1)) >= 0) {
      to--;
    }
    return text.substring(from, to);
  }
}
