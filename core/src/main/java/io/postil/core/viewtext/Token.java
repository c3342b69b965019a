package io.postil.core.viewtext;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A word of the text form.
 *
 * @param kind what it is
 * @param text a name, an operator, or the content of a text
 * @param number the value of a number
 * @param position where it begins, from 0
 */
record Token(Kind kind, String text, @Nullable Number number, int position) {
  enum Kind {
    NAME,
    TEXT,
    NUMBER,
    SYMBOL,
    END
  }

  private static final List<String> SYMBOLS =
      List.of(
          "||", "&&", "==", "!=", "<=", ">=", "<", ">", "!", "+", "-", "*", "/", "%", "(", ")", "[",
          "]", "{", "}", ",", ":", "|", "=");

  boolean is(String symbol) {
    return kind == Kind.SYMBOL && text.equals(symbol);
  }

  /** The error of a text, with a mark below the place. */
  static PostilException error(String source, int position, String message, String remedy) {
    int from = Math.max(0, position - 40);
    int to = Math.min(source.length(), position + 20);
    String excerpt = source.substring(from, to).replace('\n', ' ');
    return new PostilException(
        ErrorCode.INVALID_VIEW,
        message
            + " at character "
            + (position + 1)
            + ":\n  "
            + excerpt
            + "\n  "
            + " ".repeat(Math.min(position, source.length()) - from)
            + "^",
        remedy);
  }

  static List<Token> read(String source) {
    List<Token> tokens = new ArrayList<>();
    int at = 0;
    while (at < source.length()) {
      char c = source.charAt(at);
      if (Character.isWhitespace(c)) {
        at++;
      } else if (c == '"' || c == '\'') {
        at = text(source, at, tokens);
      } else if (Character.isDigit(c)) {
        at = number(source, at, tokens);
      } else if (isNameStart(c)) {
        int start = at;
        while (at < source.length() && isNamePart(source, at)) {
          at++;
        }
        tokens.add(new Token(Kind.NAME, source.substring(start, at), null, start));
      } else {
        at = symbol(source, at, tokens);
      }
    }
    tokens.add(new Token(Kind.END, "", null, source.length()));
    return tokens;
  }

  private static boolean isNameStart(char c) {
    return Character.isLetter(c) || c == '_' || c == '$';
  }

  /** Names have dots, dashes between letters are no part of them. */
  private static boolean isNamePart(String source, int at) {
    char c = source.charAt(at);
    return Character.isLetterOrDigit(c) || c == '_' || c == '$' || c == '.';
  }

  private static int symbol(String source, int at, List<Token> tokens) {
    for (String symbol : SYMBOLS) {
      if (source.startsWith(symbol, at)) {
        tokens.add(new Token(Kind.SYMBOL, symbol, null, at));
        return at + symbol.length();
      }
    }
    throw error(
        source,
        at,
        "the character '" + source.charAt(at) + "' means nothing",
        "Put text into quotes, as in label == \"cat\".");
  }

  private static int number(String source, int start, List<Token> tokens) {
    int at = start;
    boolean real = false;
    while (at < source.length()) {
      char c = source.charAt(at);
      boolean exponent = (c == 'e' || c == 'E') && at > start;
      boolean sign = (c == '-' || c == '+') && Character.toLowerCase(source.charAt(at - 1)) == 'e';
      if (!Character.isLetterOrDigit(c) && c != '.' && !sign) {
        break;
      }
      real |= c == '.' || exponent;
      at++;
    }
    String text = source.substring(start, at);
    try {
      Number number = real ? (Number) Double.valueOf(text) : (Number) whole(text);
      tokens.add(new Token(Kind.NUMBER, text, number, start));
    } catch (NumberFormatException e) {
      if (text.length() == 24 && io.postil.core.value.ObjectId.isValid(text)) {
        tokens.add(new Token(Kind.TEXT, text, null, start));
        return at;
      }
      throw error(source, start, "'" + text + "' is no number", "Put text and ids into quotes.");
    }
    return at;
  }

  private static Number whole(String text) {
    long value = Long.parseLong(text);
    return value == (int) value ? (Number) (int) value : (Number) value;
  }

  private static int text(String source, int start, List<Token> tokens) {
    char quote = source.charAt(start);
    StringBuilder text = new StringBuilder();
    for (int at = start + 1; at < source.length(); at++) {
      char c = source.charAt(at);
      if (c == quote) {
        tokens.add(new Token(Kind.TEXT, text.toString(), null, start));
        return at + 1;
      }
      if (c == '\\' && at + 1 < source.length()) {
        at++;
        c = source.charAt(at);
        text.append(c == 'n' ? '\n' : c == 't' ? '\t' : c);
      } else {
        text.append(c);
      }
    }
    throw error(source, start, "a text has no end", "Close it with " + quote + ".");
  }
}
