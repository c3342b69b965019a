package io.postil.core.viewtext;

import io.postil.core.PostilException;
import io.postil.core.view.Expression;
import java.util.ArrayList;
import java.util.List;

/** Reads expressions: operators as in Java, functions by name. Not thread-safe. */
final class ExpressionParser {
  private static final int MAX_DEPTH = 100;

  private final String source;
  private final List<Token> tokens;
  private int at;
  private int depth;

  ExpressionParser(String source) {
    this.source = source;
    this.tokens = Token.read(source);
  }

  Token peek() {
    return tokens.get(at);
  }

  Token peek(int ahead) {
    return tokens.get(Math.min(at + ahead, tokens.size() - 1));
  }

  Token take() {
    return tokens.get(at < tokens.size() - 1 ? at++ : at);
  }

  boolean takeIf(String symbol) {
    if (peek().is(symbol)) {
      at++;
      return true;
    }
    return false;
  }

  void expect(String symbol, String remedy) {
    if (!takeIf(symbol)) {
      throw error(peek(), "'" + symbol + "' is missing", remedy);
    }
  }

  PostilException error(Token token, String message, String remedy) {
    return Token.error(source, token.position(), message, remedy);
  }

  /** The first name from a token on that is a field or leads into it; else that token. */
  Token find(Token from, String field) {
    for (Token token : tokens.subList(tokens.indexOf(from), tokens.size())) {
      String name = token.text().startsWith("$") ? token.text().substring(1) : token.text();
      if (token.kind() == Token.Kind.NAME && (name.equals(field) || name.startsWith(field + "."))) {
        return token;
      }
    }
    return from;
  }

  String describe(Token token) {
    return token.kind() == Token.Kind.END ? "the end" : "'" + token.text() + "'";
  }

  Expression expression() {
    if (++depth > MAX_DEPTH) {
      throw error(peek(), "the expression nests too deeply", "Write it as JSON.");
    }
    Expression left = conjunction();
    while (takeIf("||")) {
      left = left.or(conjunction());
    }
    depth--;
    return left;
  }

  private Expression conjunction() {
    Expression left = negation();
    while (takeIf("&&")) {
      left = left.and(negation());
    }
    return left;
  }

  private Expression negation() {
    if (takeIf("!")) {
      if (++depth > MAX_DEPTH) {
        throw error(peek(), "the expression nests too deeply", "Write it as JSON.");
      }
      Expression inner = negation().not();
      depth--;
      return inner;
    }
    return comparison();
  }

  private Expression comparison() {
    Expression left = sum();
    Token token = peek();
    if (token.kind() == Token.Kind.NAME && token.text().equals("in")) {
      take();
      return Expression.operation("$in", left, sum());
    }
    String operator =
        token.kind() != Token.Kind.SYMBOL
            ? ""
            : switch (token.text()) {
              case "==" -> "$eq";
              case "!=" -> "$ne";
              case "<" -> "$lt";
              case "<=" -> "$lte";
              case ">" -> "$gt";
              case ">=" -> "$gte";
              default -> "";
            };
    if (operator.isEmpty()) {
      if (token.is("=")) {
        throw error(token, "'=' means nothing here", "Compare with ==.");
      }
      return left;
    }
    take();
    Expression right = sum();
    if (right instanceof Expression.Literal literal && literal.value() == null) {
      if (operator.equals("$eq")) {
        return left.isNull();
      }
      if (operator.equals("$ne")) {
        return left.exists();
      }
    }
    return Expression.operation(operator, left, right);
  }

  private Expression sum() {
    Expression left = product();
    while (true) {
      if (takeIf("+")) {
        left = Expression.operation("$add", left, product());
      } else if (takeIf("-")) {
        left = Expression.operation("$subtract", left, product());
      } else {
        return left;
      }
    }
  }

  private Expression product() {
    Expression left = primary();
    while (true) {
      if (takeIf("*")) {
        left = Expression.operation("$multiply", left, primary());
      } else if (takeIf("/")) {
        left = Expression.operation("$divide", left, primary());
      } else if (takeIf("%")) {
        left = Expression.operation("$mod", left, primary());
      } else {
        return left;
      }
    }
  }

  private Expression primary() {
    Expression value = start();
    while (takeIf("[")) {
      Token index = take();
      int sign = index.is("-") ? -1 : 1;
      if (sign < 0) {
        index = take();
      }
      if (index.number() == null) {
        throw error(
            index,
            "a position must be a number, not " + describe(index),
            "Positions count from 0.");
      }
      value = value.at(sign * index.number().intValue());
      expect("]", "Close the position.");
    }
    return value;
  }

  private Expression start() {
    Token token = take();
    switch (token.kind()) {
      case NUMBER -> {
        return new Expression.Literal(token.number());
      }
      case TEXT -> {
        return Expression.literal(token.text());
      }
      case NAME -> {
        return name(token);
      }
      default -> {}
    }
    if (token.is("(")) {
      Expression inner = expression();
      expect(")", "Close the bracket.");
      return inner;
    }
    if (token.is("-")) {
      Expression value = start();
      return value instanceof Expression.Literal l && l.value() instanceof Number n
          ? new Expression.Literal(negative(n))
          : Expression.operation("$subtract", new Expression.Literal(0), value);
    }
    if (token.is("[")) {
      List<Expression> elements = new ArrayList<>();
      while (!takeIf("]")) {
        elements.add(expression());
        if (!peek().is("]")) {
          expect(",", "Separate the elements of a list by commas.");
        }
      }
      return new Expression.Array(elements);
    }
    if (token.is("{")) {
      return entries();
    }
    throw error(
        token,
        describe(token) + " where a value was expected",
        "Values are fields, numbers, \"text\", true, false, null, lists, maps and functions.");
  }

  private Expression entries() {
    List<Expression.Entry> entries = new ArrayList<>();
    while (!takeIf("}")) {
      Token key = take();
      if (key.kind() != Token.Kind.TEXT && key.kind() != Token.Kind.NAME) {
        throw error(key, "a map has texts as keys", "Write {\"old\": \"new\"}.");
      }
      expect(":", "Write {\"old\": \"new\"}.");
      entries.add(new Expression.Entry(key.text(), expression()));
      if (!peek().is("}")) {
        expect(",", "Separate entries by commas.");
      }
    }
    return new Expression.Entries(entries);
  }

  private static Number negative(Number n) {
    if (n instanceof Integer i) {
      return -i;
    }
    return n instanceof Long l ? (Number) (-l) : (Number) (-n.doubleValue());
  }

  private Expression name(Token token) {
    if (peek().is("(")) {
      take();
      return Functions.read(this, token);
    }
    return switch (token.text()) {
      case "true" -> new Expression.Literal(true);
      case "false" -> new Expression.Literal(false);
      case "null" -> new Expression.Literal(null);
      case "it" -> Expression.F();
      default ->
          Expression.F(token.text().startsWith("it.") ? token.text().substring(3) : token.text());
    };
  }
}
