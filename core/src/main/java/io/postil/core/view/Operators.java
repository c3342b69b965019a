package io.postil.core.view;

import io.postil.core.view.Expression.Entries;
import io.postil.core.view.Expression.Entry;
import io.postil.core.view.Expression.Field;
import io.postil.core.view.Expression.Literal;
import io.postil.core.view.Expression.Operation;
import io.postil.core.view.Expression.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** What the groups of operators share. Stateless. */
final class Operators {
  private Operators() {}

  /** An operator on an expression and other arguments. */
  static Expression on(Expression first, String operator, Object... others) {
    List<Expression> arguments = new ArrayList<>();
    arguments.add(first);
    for (Object other : others) {
      arguments.add(Expression.of(other));
    }
    return Expression.operation(operator, arguments.toArray(Expression[]::new));
  }

  /** An operator with named arguments. */
  static Expression named(String operator, Object... namesAndValues) {
    return new Operation(operator, entries(namesAndValues));
  }

  /** Named expressions. */
  static Expression entries(Object... namesAndValues) {
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      entries.add(new Entry((String) namesAndValues[i], Expression.of(namesAndValues[i + 1])));
    }
    return new Entries(entries);
  }

  /** {@code $let} of one variable, {@code $$expr}. */
  static Expression let(Expression value, Expression in) {
    return named("$let", "vars", entries("expr", value), "in", in);
  }

  /** A formula that uses a value several times; what is no plain field is computed once. */
  static Expression local(Expression value, UnaryOperator<Expression> formula) {
    return value instanceof Field
        ? formula.apply(value)
        : let(value, formula.apply(new Path("$$expr")));
  }

  /** A condition known beforehand, as FiftyOne writes it. */
  static Expression choice(boolean condition, Expression then, Expression otherwise) {
    return named("$cond", "if", new Literal(condition), "then", then, "else", otherwise);
  }
}
