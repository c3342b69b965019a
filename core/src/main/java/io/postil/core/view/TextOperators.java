package io.postil.core.view;

import io.postil.core.view.Expression.Array;
import io.postil.core.view.Expression.Literal;
import io.postil.core.view.Expression.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Operators on text. */
sealed interface TextOperators permits Expression {
  private Expression self() {
    return (Expression) this;
  }

  /** What a regular expression would understand otherwise. */
  Pattern SPECIAL = Pattern.compile("[()\\[\\]{}?*+\\-|^$\\\\.&~# \\t\\n\\r\\x0b\\f]");

  /** Number of bytes of this text in UTF-8; 0 if it has no value. */
  default Expression strlen() {
    return new Expression.Operation("$strLenBytes", self().ifNull(""));
  }

  /** Lower case of ASCII letters. */
  default Expression lower() {
    return new Expression.Operation("$toLower", self());
  }

  /** Upper case of ASCII letters. */
  default Expression upper() {
    return new Expression.Operation("$toUpper", self());
  }

  /** This text and others, one after the other. */
  default Expression concat(Object... texts) {
    return Operators.on(self(), "$concat", texts);
  }

  /** This text without white space at both ends. */
  default Expression strip() {
    return trim("$trim", null);
  }

  /** This text without any of some characters at both ends. */
  default Expression strip(String chars) {
    return trim("$trim", chars);
  }

  /** This text without white space at its beginning. */
  default Expression lstrip() {
    return trim("$ltrim", null);
  }

  /** This text without any of some characters at its beginning. */
  default Expression lstrip(String chars) {
    return trim("$ltrim", chars);
  }

  /** This text without white space at its end. */
  default Expression rstrip() {
    return trim("$rtrim", null);
  }

  /** This text without any of some characters at its end. */
  default Expression rstrip(String chars) {
    return trim("$rtrim", chars);
  }

  private Expression trim(String operator, @Nullable String chars) {
    return chars == null
        ? Operators.named(operator, "input", self())
        : Operators.named(operator, "input", self(), "chars", chars);
  }

  /** This text with one text replaced by another wherever it occurs. */
  default Expression replace(String old, String replacement) {
    return Operators.named("$replaceAll", "input", self(), "find", old, "replacement", replacement);
  }

  /** The bytes of this text from a position on; a negative position counts from the end. */
  default Expression substr(int start) {
    return substr(start, null, null);
  }

  /** The bytes of this text from one position to before another. */
  default Expression substr(int start, int end) {
    return substr(start, end, null);
  }

  /**
   * A part of this text, in bytes of UTF-8. Cutting a character is an error.
   *
   * @param start where it begins; negative positions count from the end, null is the beginning
   * @param end before where it ends; null is the end
   * @param count its length, in place of an end
   */
  default Expression substr(
      @Nullable Integer start, @Nullable Integer end, @Nullable Integer count) {
    if (start == null && end == null && count == null) {
      return self();
    }
    int from = start == null ? 0 : start;
    return Operators.local(
        self(),
        x -> {
          Expression begin = position(x, from);
          Object length = count != null ? count : end == null ? -1 : length(x, from, begin, end);
          return Operators.on(x, "$substrBytes", begin, length);
        });
  }

  private static Expression position(Expression text, int position) {
    return position < 0 ? new Literal(position).plus(text.strlen()) : new Literal(position);
  }

  private static Object length(Expression text, int from, Expression begin, int end) {
    return from < 0 == end < 0 ? end - from : position(text, end).minus(begin);
  }

  /** The parts of this text between delimiters. */
  default Expression split(String delimiter) {
    return Operators.on(self(), "$split", delimiter);
  }

  /** The parts of this text, at most so many of them split off from its beginning. */
  default Expression split(String delimiter, int maxSplit) {
    if (maxSplit <= 0) {
      return new Array(List.of(self()));
    }
    return pieces(
        delimiter,
        maxSplit,
        x -> x.slice(null, maxSplit).extend(rest(x.slice(maxSplit, null), delimiter)));
  }

  /** The parts of this text, at most so many of them split off from its end. */
  default Expression rsplit(String delimiter, int maxSplit) {
    if (maxSplit <= 0) {
      return new Array(List.of(self()));
    }
    return pieces(
        delimiter,
        maxSplit,
        x -> rest(x.slice(null, -maxSplit), delimiter).extend(x.slice(-maxSplit, null)));
  }

  private static Expression rest(Expression pieces, String delimiter) {
    return new Array(List.of(pieces.join(delimiter)));
  }

  private Expression pieces(
      String delimiter, int maxSplit, java.util.function.UnaryOperator<Expression> some) {
    Expression all = new Path("$$expr");
    return Operators.let(
        self().split(delimiter), all.length().gt(maxSplit + 1).ifElse(some.apply(all), all));
  }

  // --- matching -------------------------------------------------------------------------------

  /** Whether a regular expression matches somewhere in this text. */
  default Expression reMatch(String regex) {
    return reMatch(regex, null);
  }

  /**
   * Whether a regular expression matches somewhere in this text.
   *
   * @param options letters such as {@code i}, to ignore case; null for none
   */
  default Expression reMatch(String regex, @Nullable String options) {
    return new Expression.Operation(
        "$regexMatch",
        new Expression.Entries(
            List.of(
                new Expression.Entry("input", self()),
                new Expression.Entry("regex", Expression.literal(regex)),
                new Expression.Entry("options", new Literal(options)))));
  }

  /** Whether this text starts with another. */
  default Expression startsWith(String text) {
    return startsWith(List.of(text), true);
  }

  /** Whether this text starts with one of several. */
  default Expression startsWith(List<String> texts, boolean caseSensitive) {
    return matching("^" + one(texts), caseSensitive);
  }

  /** Whether this text ends with another. */
  default Expression endsWith(String text) {
    return endsWith(List.of(text), true);
  }

  /** Whether this text ends with one of several. */
  default Expression endsWith(List<String> texts, boolean caseSensitive) {
    return matching(one(texts) + "$", caseSensitive);
  }

  /** Whether this text contains another. */
  default Expression containsStr(String text) {
    return containsStr(List.of(text), true);
  }

  /** Whether this text contains one of several. */
  default Expression containsStr(List<String> texts, boolean caseSensitive) {
    return matching(one(texts), caseSensitive);
  }

  /** Whether this text is another. */
  default Expression matchesStr(String text) {
    return matchesStr(List.of(text), true);
  }

  /** Whether this text is one of several. */
  default Expression matchesStr(List<String> texts, boolean caseSensitive) {
    return matching("^" + one(texts) + "$", caseSensitive);
  }

  private Expression matching(String regex, boolean caseSensitive) {
    return self().reMatch(regex, caseSensitive ? null : "i");
  }

  private static String one(List<String> texts) {
    String any =
        texts.stream()
            .map(text -> SPECIAL.matcher(text).replaceAll("\\\\$0"))
            .collect(Collectors.joining("|"));
    return texts.size() == 1 ? any : "(" + any + ")";
  }
}
