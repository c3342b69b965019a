package io.postil.engine.views;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The words, texts, numbers and arguments that Python expressions are made of. Not thread-safe. */
abstract class PythonText {
  final String text;
  int at;

  PythonText(String text) {
    this.text = text;
  }

  final void space() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }

  final boolean peek(String token) {
    space();
    return text.startsWith(token, at);
  }

  final boolean take(String token) {
    boolean there = peek(token);
    at += there ? token.length() : 0;
    return there;
  }

  final void expect(String token) {
    if (!take(token)) {
      throw new IllegalArgumentException("expected " + token + " at " + at + ": " + text);
    }
  }

  /** Checks that nothing is left. */
  final void end() {
    space();
    if (at != text.length()) {
      throw new IllegalArgumentException("not understood from " + at + ": " + text);
    }
  }

  final String name() {
    space();
    int start = at;
    while (at < text.length()
        && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '_')) {
      at++;
    }
    return text.substring(start, at);
  }

  /** A text in quotes, which begins here. */
  final String quoted() {
    int end = text.indexOf(text.charAt(at), at + 1);
    String string = text.substring(at + 1, end);
    at = end + 1;
    return string;
  }

  /** A number, with a sign or without, which begins here. */
  final Number number() {
    int start = at++;
    while (at < text.length() && (Character.isDigit(text.charAt(at)) || text.charAt(at) == '.')) {
      at++;
    }
    String number = text.substring(start, at);
    return number.contains(".")
        ? (Number) Double.valueOf(number)
        : (Number) Integer.valueOf(number);
  }

  /** What stands in the parentheses that begin here. */
  final void arguments(
      Supplier<@Nullable Object> value,
      List<@Nullable Object> positional,
      Map<String, @Nullable Object> named) {
    expect("(");
    while (!take(")")) {
      int start = at;
      String key = name();
      if (!key.isEmpty() && peek("=") && !peek("==")) {
        at++;
        named.put(key, value.get());
      } else {
        at = start;
        positional.add(value.get());
      }
      take(",");
    }
  }
}
