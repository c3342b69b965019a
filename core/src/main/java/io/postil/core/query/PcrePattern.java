package io.postil.core.query;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Regular expressions as MongoDB has them, by PCRE, in the words of Java: what the two write
 * differently is translated, everything else means the same. Not thread-safe; for one expression.
 */
final class PcrePattern {
  /** Lines end with a line feed only, and case is that of all letters. */
  private static final int FLAGS = Pattern.UNIX_LINES | Pattern.UNICODE_CASE;

  private static final Map<String, String> CLASSES =
      Map.ofEntries(
          Map.entry("alpha", "\\p{Alpha}"),
          Map.entry("digit", "\\p{Digit}"),
          Map.entry("alnum", "\\p{Alnum}"),
          Map.entry("upper", "\\p{Upper}"),
          Map.entry("lower", "\\p{Lower}"),
          Map.entry("punct", "\\p{Punct}"),
          Map.entry("graph", "\\p{Graph}"),
          Map.entry("print", "\\p{Print}"),
          Map.entry("blank", "\\p{Blank}"),
          Map.entry("cntrl", "\\p{Cntrl}"),
          Map.entry("xdigit", "\\p{XDigit}"),
          Map.entry("ascii", "\\p{ASCII}"),
          Map.entry("space", "\\p{Space}"),
          Map.entry("word", "\\w"));

  private static final Pattern QUANTIFIER = Pattern.compile("\\{\\d+(,\\d*)?\\}");
  private static final Set<Character> SPACE = Set.of(' ', '\t', '\n', '\r', '\f', '#');

  private final String regex;
  private final boolean comments;
  private final StringBuilder out = new StringBuilder();

  /** The names that groups have in Java, which allows no underscores in them. */
  private final Map<String, String> names = new HashMap<>();

  private int groups;
  private int at;

  private PcrePattern(String regex, boolean comments) {
    this.regex = regex;
    this.comments = comments;
  }

  /**
   * Compiles.
   *
   * @param flags of {@link Pattern}
   * @throws java.util.regex.PatternSyntaxException if it is no expression, or one that Java has no
   *     words for
   */
  static Pattern compile(String regex, int flags) {
    PcrePattern pattern = new PcrePattern(regex, (flags & Pattern.COMMENTS) != 0);
    return Pattern.compile(pattern.translated(), flags | FLAGS);
  }

  private String translated() {
    while (at < regex.length()) {
      char c = regex.charAt(at);
      switch (c) {
        case '\\' -> escape();
        case '[' -> set();
        case '(' -> group();
        case '{' -> brace();
        default -> copy(1);
      }
    }
    return out.toString();
  }

  private void copy(int length) {
    int end = Math.min(at + length, regex.length());
    out.append(regex, at, end);
    at = end;
  }

  private boolean startsWith(String text) {
    return regex.startsWith(text, at);
  }

  // --- escapes ----------------------------------------------------------------------------------

  private void escape() {
    if (startsWith("\\Q")) {
      int end = regex.indexOf("\\E", at);
      copy(end < 0 ? regex.length() : end + 2 - at);
    } else if (startsWith("\\K")) {
      // It moves the start of what is found; only whether something is found is asked here.
      at += 2;
    } else if (startsWith("\\N")) {
      out.append("[^\\n]");
      at += 2;
    } else if (startsWith("\\x{")) {
      int close = regex.indexOf('}', at);
      copy(close < 0 ? 2 : close + 1 - at);
    } else if (startsWith("\\k") && at + 2 < regex.length()) {
      namedReference();
    } else if (startsWith("\\g")) {
      reference();
    } else if (startsWith("\\p{") || startsWith("\\P{")) {
      property();
    } else {
      copy(2);
    }
  }

  /** A reference to a group by its name, in brackets, braces or quotes. */
  private void namedReference() {
    char open = regex.charAt(at + 2);
    int close = regex.indexOf(open == '<' ? '>' : open == '{' ? '}' : open, at + 3);
    if (close < 0) {
      copy(2);
      return;
    }
    out.append("\\k<").append(name(regex.substring(at + 3, close))).append('>');
    at = close + 1;
  }

  /** A reference to a group by number, from here backwards, or by name. */
  private void reference() {
    int end = at + 2;
    boolean braces = end < regex.length() && regex.charAt(end) == '{';
    int close = braces ? regex.indexOf('}', end) : end;
    while (!braces && close < regex.length() && Character.isDigit(regex.charAt(close))) {
      close++;
    }
    if (close < 0 || close == end) {
      copy(2);
      return;
    }
    String target = regex.substring(braces ? end + 1 : end, close);
    at = braces ? close + 1 : close;
    if (target.matches("-?\\d+")) {
      int number = Integer.parseInt(target);
      out.append("(?:\\").append(number < 0 ? groups + 1 + number : number).append(')');
    } else {
      out.append("\\k<").append(name(target)).append('>');
    }
  }

  /** A script is a property of its own in Java: {@code IsHan}. */
  private void property() {
    int close = regex.indexOf('}', at);
    if (close < 0) {
      copy(2);
      return;
    }
    String name = regex.substring(at + 3, close);
    boolean isScript = name.length() > 2 && name.chars().allMatch(Character::isLetter);
    out.append(regex, at, at + 3).append(isScript ? "Is" : "").append(name).append('}');
    at = close + 1;
  }

  // --- sets of characters -----------------------------------------------------------------------

  private void set() {
    copy(1);
    if (startsWith("^")) {
      copy(1);
    }
    if (startsWith("]")) {
      out.append("\\]");
      at++;
    }
    while (at < regex.length() && regex.charAt(at) != ']') {
      char c = regex.charAt(at);
      if (c == '\\') {
        escape();
      } else if (c == '[') {
        namedSet();
      } else if (c == '&' || comments && SPACE.contains(c)) {
        out.append('\\');
        copy(1);
      } else {
        copy(1);
      }
    }
    copy(1);
  }

  /** A class such as {@code [:alpha:]}; any other bracket in a set stands for itself. */
  private void namedSet() {
    int close = regex.indexOf(":]", at);
    if (startsWith("[:") && close > 0) {
      boolean isNot = startsWith("[:^");
      String name = regex.substring(at + (isNot ? 3 : 2), close).toLowerCase(Locale.ROOT);
      String known = CLASSES.get(name);
      if (known != null) {
        out.append(isNot ? "[^" + known + "]" : known);
        at = close + 2;
        return;
      }
    }
    out.append("\\[");
    at++;
  }

  // --- groups and repetitions -------------------------------------------------------------------

  private void group() {
    if (startsWith("(?#")) {
      int close = regex.indexOf(')', at);
      at = close < 0 ? regex.length() : close + 1;
    } else if (startsWith("(?P=")) {
      int close = regex.indexOf(')', at);
      String target = regex.substring(at + 4, Math.max(close, at + 4));
      out.append("\\k<").append(name(target)).append('>');
      at = close < 0 ? regex.length() : close + 1;
    } else if (startsWith("(?P<")) {
      named(4, '>');
    } else if (startsWith("(?'")) {
      named(3, '\'');
    } else if (startsWith("(?<") && !startsWith("(?<=") && !startsWith("(?<!")) {
      named(3, '>');
    } else {
      groups += startsWith("(?") || startsWith("(*") ? 0 : 1;
      copy(1);
    }
  }

  private void named(int start, char end) {
    int close = regex.indexOf(end, at + start);
    if (close < 0) {
      copy(1);
      return;
    }
    groups++;
    out.append("(?<").append(name(regex.substring(at + start, close))).append('>');
    at = close + 1;
  }

  private String name(String given) {
    return names.computeIfAbsent(given, n -> "n" + names.size());
  }

  private void brace() {
    if (!QUANTIFIER.matcher(regex).region(at, regex.length()).lookingAt()) {
      out.append('\\');
    }
    copy(1);
  }
}
