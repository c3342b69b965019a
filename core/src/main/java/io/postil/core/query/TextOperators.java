package io.postil.core.query;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.value.Values;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Text, counted in UTF-8 bytes where MongoDB counts bytes. Stateless but for a cache of patterns.
 */
final class TextOperators {
  private static final String SPACES =
      "\0 \t\n\u000b\f\r\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a";
  private static final Map<String, Pattern> PATTERNS = new ConcurrentHashMap<>();

  private TextOperators() {}

  static void register() {
    Operators.variadic("$concat", TextOperators::concat);
    Operators.unary("$toLower", v -> changeCase(v, false));
    Operators.unary("$toUpper", v -> changeCase(v, true));
    Operators.unary("$strLenBytes", v -> bytes("$strLenBytes", v, 34473).length);
    Operators.unary("$strLenCP", v -> (int) text("$strLenCP", v, 34471).codePoints().count());
    Operators.register("$substrBytes", 3, 3, TextOperators::substringOfBytes);
    Operators.register("$substr", 3, 3, TextOperators::substringOfBytes);
    Operators.register("$substrCP", 3, 3, TextOperators::substringOfCodePoints);
    Operators.binary("$split", TextOperators::split);
    Operators.binary(
        "$strcasecmp",
        (a, b) ->
            Integer.signum(
                BsonOrder.compareText((String) changeCase(a, true), (String) changeCase(b, true))));
    Operators.named("$trim", a -> trim(a, true, true));
    Operators.named("$ltrim", a -> trim(a, true, false));
    Operators.named("$rtrim", a -> trim(a, false, true));
    Operators.named("$replaceAll", a -> replace(a, true));
    Operators.named("$replaceOne", a -> replace(a, false));
    Operators.named("$regexMatch", TextOperators::regexMatch);
    Operators.register("$indexOfBytes", 2, 4, TextOperators::indexOfBytes);
  }

  private static String text(String op, @Nullable Object value, int code) {
    if (value instanceof String s) {
      return s;
    }
    throw EvaluationError.of(code, op + " needs a string, not " + BsonOrder.typeName(value));
  }

  private static byte[] bytes(String op, @Nullable Object value, int code) {
    return text(op, value, code).getBytes(StandardCharsets.UTF_8);
  }

  private static @Nullable Object concat(@Nullable Object[] parts) {
    StringBuilder all = new StringBuilder();
    for (Object part : parts) {
      if (Operators.isNothing(part)) {
        return null;
      }
      all.append(text("$concat", part, 16702));
    }
    return all.toString();
  }

  /** Text of a value for operators that take numbers and dates for text, too. */
  private static String coerce(@Nullable Object value) {
    return switch (value) {
      case null -> "";
      case Missing m -> "";
      case String s -> s;
      case Number n -> plainText(n);
      case Instant i -> ConversionOperators.dateText(i);
      default ->
          throw EvaluationError.of(
              16007, "can't convert from " + BsonOrder.typeName(value) + " to string");
    };
  }

  /** As the text of a conversion, but for what is not finite. */
  private static String plainText(Number number) {
    double value = number.doubleValue();
    if (Double.isNaN(value)) {
      return "nan";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "inf" : "-inf";
    }
    return ConversionOperators.numberText(number);
  }

  private static Object changeCase(@Nullable Object value, boolean upper) {
    String text = coerce(value);
    StringBuilder changed = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (upper && c >= 'a' && c <= 'z') {
        c -= 32;
      } else if (!upper && c >= 'A' && c <= 'Z') {
        c += 32;
      }
      changed.append(c);
    }
    return changed.toString();
  }

  private static int position(String op, @Nullable Object value, int code) {
    if (value instanceof Number n) {
      return n.intValue();
    }
    throw EvaluationError.of(code, op + " needs numbers for start and length");
  }

  private static Object substringOfBytes(@Nullable Object[] a) {
    byte[] text = coerce(a[0]).getBytes(StandardCharsets.UTF_8);
    int start = position("$substrBytes", a[1], 16034);
    int length = position("$substrBytes", a[2], 16035);
    if (start < 0) {
      throw EvaluationError.of(
          50752, "$substrBytes: starting index must be non-negative, not " + start);
    }
    if (start >= text.length) {
      return "";
    }
    int end = length < 0 ? text.length : (int) Math.min((long) start + length, text.length);
    if (isContinuation(text[start])) {
      throw EvaluationError.of(
          28656, "$substrBytes: Invalid range, starting index is a UTF-8 continuation byte");
    }
    if (end < text.length && isContinuation(text[end])) {
      throw EvaluationError.of(
          28657, "$substrBytes: Invalid range, ending index is in the middle of a UTF-8 character");
    }
    return new String(text, start, end - start, StandardCharsets.UTF_8);
  }

  private static boolean isContinuation(byte b) {
    return (b & 0xC0) == 0x80;
  }

  private static Object substringOfCodePoints(@Nullable Object[] a) {
    String text = coerce(a[0]);
    int start = position("$substrCP", a[1], 34450);
    int length = position("$substrCP", a[2], 34452);
    if (start < 0 || length < 0) {
      throw EvaluationError.of(34455, "$substrCP: start and length must be non-negative");
    }
    int points = text.codePointCount(0, text.length());
    int from = Math.min(start, points);
    int to = (int) Math.min((long) from + length, points);
    return text.substring(text.offsetByCodePoints(0, from), text.offsetByCodePoints(0, to));
  }

  private static @Nullable Object split(@Nullable Object a, @Nullable Object b) {
    if (Operators.isNothing(a) || Operators.isNothing(b)) {
      return null;
    }
    String text = text("$split", a, 40085);
    String separator = text("$split", b, 40086);
    if (separator.isEmpty()) {
      throw EvaluationError.of(40087, "$split requires a non-empty separator");
    }
    List<@Nullable Object> parts = new ArrayList<>();
    int from = 0;
    for (int at = text.indexOf(separator); at >= 0; at = text.indexOf(separator, from)) {
      parts.add(text.substring(from, at));
      from = at + separator.length();
    }
    parts.add(text.substring(from));
    return Values.list(parts);
  }

  private static @Nullable Object trim(
      Map<String, @Nullable Object> arguments, boolean left, boolean right) {
    Object input = arguments.get("input");
    boolean given = arguments.containsKey("chars");
    Object chars = arguments.get("chars");
    if (Operators.isNothing(input) || given && Operators.isNothing(chars)) {
      return null;
    }
    String text = text("$trim", input, 50699);
    String set = given ? text("$trim", chars, 50700) : SPACES;
    int from = 0;
    int to = text.length();
    while (left && from < to && contains(set, text.codePointAt(from))) {
      from += Character.charCount(text.codePointAt(from));
    }
    while (right && to > from && contains(set, text.codePointBefore(to))) {
      to -= Character.charCount(text.codePointBefore(to));
    }
    return text.substring(from, to);
  }

  private static boolean contains(String set, int codePoint) {
    return set.indexOf(codePoint) >= 0;
  }

  private static @Nullable Object replace(Map<String, @Nullable Object> a, boolean all) {
    Object input = a.get("input");
    Object find = a.get("find");
    Object replacement = a.get("replacement");
    boolean nothing =
        Operators.isNothing(input) || Operators.isNothing(find) || Operators.isNothing(replacement);
    for (Object value : new @Nullable Object[] {input, find, replacement}) {
      if (!Operators.isNothing(value) && !(value instanceof String)) {
        throw EvaluationError.of(
            51746, "$replaceAll needs strings, not " + BsonOrder.typeName(value));
      }
    }
    if (nothing) {
      return null;
    }
    String text = (String) java.util.Objects.requireNonNull(input);
    String from = (String) java.util.Objects.requireNonNull(find);
    String to = (String) java.util.Objects.requireNonNull(replacement);
    if (all) {
      return text.replace(from, to);
    }
    int at = text.indexOf(from);
    return at < 0 ? text : text.substring(0, at) + to + text.substring(at + from.length());
  }

  private static @Nullable Object regexMatch(Map<String, @Nullable Object> a) {
    Object input = a.get("input");
    Object regex = a.get("regex");
    if (Operators.isNothing(regex)) {
      return false;
    }
    String source = text("$regexMatch", regex, 51105);
    Pattern pattern = pattern(source, a.get("options") instanceof String s ? s : "");
    if (Operators.isNothing(input)) {
      return false;
    }
    return find(pattern, text("$regexMatch", input, 51104));
  }

  /** Whether a pattern occurs in a text, with a limit to the work. */
  static boolean find(Pattern pattern, String text) {
    try {
      return pattern.matcher(new BoundedText(text)).find();
    } catch (StackOverflowError e) {
      throw new PostilException(
          ErrorCode.EVALUATION_FAILED,
          "the regular expression "
              + pattern
              + " nests too deeply on a text of "
              + text.length()
              + " characters",
          "Avoid nested repetitions in the expression.",
          e);
    }
  }

  /** A compiled pattern of MongoDB's options {@code imsx}. */
  static Pattern pattern(String regex, String options) {
    String key = options + "/" + regex;
    Pattern known = PATTERNS.get(key);
    if (known != null) {
      return known;
    }
    int flags = 0;
    for (char option : options.toCharArray()) {
      flags |=
          switch (option) {
            case 'i' -> Pattern.CASE_INSENSITIVE;
            case 'm' -> Pattern.MULTILINE;
            case 's' -> Pattern.DOTALL;
            case 'x' -> Pattern.COMMENTS;
            default -> throw EvaluationError.of(51108, "invalid flag in regex options: " + option);
          };
    }
    try {
      Pattern compiled = PcrePattern.compile(regex, flags);
      if (PATTERNS.size() < 1000) {
        PATTERNS.put(key, compiled);
      }
      return compiled;
    } catch (PatternSyntaxException e) {
      throw EvaluationError.of(
          51111,
          "Invalid regular expression: "
              + e.getDescription()
              + " at "
              + e.getIndex()
              + " of "
              + regex);
    }
  }

  private static @Nullable Object indexOfBytes(@Nullable Object[] a) {
    if (Operators.isNothing(a[0])) {
      return null;
    }
    String text = text("$indexOfBytes", a[0], 40091);
    String part = text("$indexOfBytes", a[1], 40092);
    int from = a.length > 2 ? position("$indexOfBytes", a[2], 40096) : 0;
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (from > bytes.length) {
      return -1;
    }
    int skipped = new String(bytes, 0, from, StandardCharsets.UTF_8).length();
    int at = text.indexOf(part, skipped);
    return at < 0 ? -1 : text.substring(0, at).getBytes(StandardCharsets.UTF_8).length;
  }
}
