package io.postil.core.viewtext;

import io.postil.core.PostilException;
import io.postil.core.value.Document;
import io.postil.core.value.Values;
import io.postil.core.view.Expression;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads expressions: operators as in Java, functions by name. Not thread-safe. */
final class ExpressionParser {
  /** Functions of one argument and the operators they stand for. */
  static final Map<String, String> UNARY =
      Map.ofEntries(
          Map.entry("abs", "$abs"),
          Map.entry("floor", "$floor"),
          Map.entry("ceil", "$ceil"),
          Map.entry("sqrt", "$sqrt"),
          Map.entry("exp", "$exp"),
          Map.entry("ln", "$ln"),
          Map.entry("sum", "$sum"),
          Map.entry("mean", "$avg"),
          Map.entry("min", "$min"),
          Map.entry("max", "$max"),
          Map.entry("lower", "$toLower"),
          Map.entry("upper", "$toUpper"),
          Map.entry("type", "$type"),
          Map.entry("year", "$year"),
          Map.entry("month", "$month"),
          Map.entry("dayOfWeek", "$dayOfWeek"),
          Map.entry("toDate", "$toDate"),
          Map.entry("toNumber", "$toDouble"),
          Map.entry("toText", "$toString"));

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
    throw error(
        token,
        describe(token) + " where a value was expected",
        "Values are fields, numbers, \"text\", true, false, null, lists and functions.");
  }

  private static Number negative(Number n) {
    if (n instanceof Integer i) {
      return -i;
    }
    return n instanceof Long l ? (Number) (-l) : (Number) (-n.doubleValue());
  }

  private Expression name(Token token) {
    if (peek().is("(")) {
      return function(token);
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

  private Expression function(Token name) {
    expect("(", "");
    List<Expression> arguments = new ArrayList<>();
    while (!takeIf(")")) {
      arguments.add(expression());
      if (!peek().is(")")) {
        expect(",", "Separate arguments by commas.");
      }
    }
    String operator = UNARY.get(name.text());
    if (operator != null) {
      require(name, arguments, 1);
      return new Expression.Operation(operator, arguments.get(0));
    }
    switch (name.text()) {
      case "length" -> {
        require(name, arguments, 1);
        return arguments.get(0).length();
      }
      case "exists" -> {
        require(name, arguments, 1);
        return arguments.get(0).exists();
      }
      case "isNull" -> {
        require(name, arguments, 1);
        return arguments.get(0).isNull();
      }
      case "isMissing" -> {
        require(name, arguments, 1);
        return arguments.get(0).isMissing();
      }
      case "contains" -> {
        require(name, arguments, 2);
        return arguments.get(0).contains(arguments.get(1));
      }
      case "filter" -> {
        require(name, arguments, 2);
        return arguments.get(0).filter(arguments.get(1));
      }
      case "map" -> {
        require(name, arguments, 2);
        return arguments.get(0).map(arguments.get(1));
      }
      case "matches" -> {
        require(name, arguments, 2);
        return arguments.get(0).reMatch(text(name, arguments.get(1)));
      }
      case "startsWith" -> {
        require(name, arguments, 2);
        return arguments.get(0).startsWith(text(name, arguments.get(1)));
      }
      case "endsWith" -> {
        require(name, arguments, 2);
        return arguments.get(0).endsWith(text(name, arguments.get(1)));
      }
      case "containsText" -> {
        require(name, arguments, 2);
        return arguments.get(0).containsStr(text(name, arguments.get(1)));
      }
      case "round", "ifNull", "union", "intersection", "concat" -> {
        return new Expression.Operation(
            switch (name.text()) {
              case "round" -> "$round";
              case "ifNull" -> "$ifNull";
              case "union" -> "$setUnion";
              case "intersection" -> "$setIntersection";
              default -> "$concat";
            },
            new Expression.Array(arguments));
      }
      default -> {}
    }
    if (name.text().startsWith("$")) {
      return new Expression.Operation(name.text(), new Expression.Array(arguments));
    }
    throw error(
        name,
        "there is no function '" + name.text() + "'",
        "The functions are: length, exists, isNull, isMissing, contains, filter, map, matches, startsWith,"
            + " endsWith, containsText, round, ifNull, union, intersection, concat, "
            + String.join(", ", UNARY.keySet().stream().sorted().toList())
            + ".");
  }

  private void require(Token name, List<Expression> arguments, int count) {
    if (arguments.size() != count) {
      throw error(
          name,
          name.text() + " takes " + count + " arguments, not " + arguments.size(),
          count == 1
              ? "Write " + name.text() + "(value)."
              : "Write " + name.text() + "(value, other).");
    }
  }

  private String text(Token name, Expression argument) {
    Object value = argument.toValue();
    if (value instanceof Document d) {
      value = d.get("$literal");
    }
    if (argument instanceof Expression.Field || !(value instanceof String)) {
      throw error(
          name,
          name.text() + " takes a text in quotes as its second argument",
          "Put it into quotes.");
    }
    return (String) Objects.requireNonNull(value);
  }

  /** A constant: number, text, truth, null or a list of them. */
  @Nullable Object constant() {
    Token first = peek();
    return constant(first, expression());
  }

  private @Nullable Object constant(Token first, Expression expression) {
    return switch (expression) {
      case Expression.Literal l -> l.value();
      case Expression.Array a -> {
        List<@Nullable Object> values = new ArrayList<>();
        a.elements().forEach(e -> values.add(constant(first, e)));
        yield Values.list(values);
      }
      case Expression.Field f -> f.name();
      case Expression.Operation o -> {
        if (o.operator().equals("$literal")) {
          yield ((Expression.Literal) o.argument()).value();
        }
        throw error(
            first, "a constant is needed here, not a formula", "Write a number, text or list.");
      }
      case Expression.Path p -> p.text();
      case Expression.Entries e ->
          throw error(first, "a constant is needed here", "Write a number, text or list.");
    };
  }
}
