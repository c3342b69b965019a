package io.postil.core.view;

import io.postil.core.view.Expression.Array;
import io.postil.core.view.Expression.Entry;
import io.postil.core.view.Expression.Literal;
import io.postil.core.view.Expression.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Choices, conversions, parts of dates (always UTC), and values in places of others. */
sealed interface ValueOperators permits Expression {
  private Expression self() {
    return (Expression) this;
  }

  /** One of two values, by whether this is true. */
  default Expression ifElse(@Nullable Object trueValue, @Nullable Object falseValue) {
    return new Expression.Operation(
        "$cond",
        new Expression.Entries(
            List.of(
                new Entry("if", self()),
                new Entry("then", Expression.of(trueValue)),
                new Entry("else", Expression.of(falseValue)))));
  }

  /** This value, or another if it has none. */
  default Expression ifNull(Object value) {
    return Operators.on(self(), "$ifNull", value);
  }

  /**
   * The value of the case that equals this; without such a case it is an error.
   *
   * @param mapping values by cases; the key null stands for no value
   */
  default Expression cases(Map<?, ?> mapping) {
    return cases(mapping, null);
  }

  /**
   * The value of the case that equals this, or another value.
   *
   * @param mapping values by cases; the key null stands for no value
   */
  default Expression cases(Map<?, ?> mapping, @Nullable Object otherwise) {
    List<Expression> branches = new ArrayList<>();
    mapping.forEach((key, value) -> branches.add(branch(new Path("$$expr").eq(key), value)));
    return Operators.let(self(), choose(branches, otherwise));
  }

  /**
   * The value of the first condition on this that holds, or another value ({@code switch} in
   * FiftyOne).
   *
   * @param mapping values by conditions, in order
   */
  default Expression switchOn(Map<Expression, ?> mapping, @Nullable Object otherwise) {
    List<Expression> branches = new ArrayList<>();
    mapping.forEach((condition, value) -> branches.add(branch(condition.in("$$expr"), value)));
    return Operators.let(self(), choose(branches, otherwise));
  }

  private static Expression branch(Expression condition, @Nullable Object value) {
    return new Expression.Entries(
        List.of(new Entry("case", condition), new Entry("then", Expression.of(value))));
  }

  private static Expression choose(List<Expression> branches, @Nullable Object otherwise) {
    List<Entry> entries = new ArrayList<>();
    entries.add(new Entry("branches", new Array(branches)));
    if (otherwise != null) {
      entries.add(new Entry("default", Expression.of(otherwise)));
    }
    return new Expression.Operation("$switch", new Expression.Entries(entries));
  }

  /** What a map has for this value; this value itself if it has nothing for it. */
  default Expression mapValues(Map<?, ?> mapping) {
    List<Object> keys = new ArrayList<>();
    List<Object> values = new ArrayList<>();
    mapping.forEach(
        (key, value) -> {
          keys.add(new Literal(key));
          values.add(Expression.of(value));
        });
    Expression it = new Path("$$this");
    Expression found =
        Operators.on(
            new Path("$$values"),
            "$arrayElemAt",
            Operators.on(new Path("$$keys"), "$indexOfArray", it));
    Expression mapped =
        Expression.operation("$cond", Operators.on(it, "$in", new Path("$$keys")), found, it);
    return Operators.named(
        "$let",
        "vars",
        Operators.entries("this", self(), "keys", keys, "values", values),
        "in",
        mapping.keySet().stream().anyMatch(Objects::isNull)
            ? it.exists().ifElse(mapped, Expression.of(mapping.get(null)))
            : mapped);
  }

  /** A formula of this value, in which {@code F()} is this: computed once, used many times. */
  default Expression apply(Expression formula) {
    return Operators.let(self(), formula.in("$$expr"));
  }

  /**
   * A formula in which this very expression, wherever it occurs as the same object, is computed
   * once.
   */
  default Expression letIn(Expression formula) {
    return this instanceof Expression.Field
        ? formula
        : Operators.let(self(), Replacement.replace(formula, self(), new Path("$$expr")));
  }

  /**
   * This document with a property set.
   *
   * @param field a name or path
   * @param value a constant, or an expression of this document
   */
  default Expression setField(String field, @Nullable Object value) {
    Path it = new Path("$$expr");
    Expression set = value instanceof Expression formula ? it.apply(formula) : Expression.of(value);
    String[] names = field.split("\\.", -1);
    for (int i = names.length - 1; i >= 0; i--) {
      StringBuilder parent = new StringBuilder("$$expr");
      for (int j = 0; j < i; j++) {
        parent.append('.').append(names[j]);
      }
      set =
          Operators.on(
              new Path(parent.toString()),
              "$mergeObjects",
              new Expression.Entries(List.of(new Entry(names[i], set))));
    }
    return Operators.let(self(), set);
  }

  /** As a truth: every text is true, 0 is false. */
  default Expression toBool() {
    return new Expression.Operation("$toBool", self());
  }

  /** As a whole number, cut toward 0. */
  default Expression toInt() {
    return new Expression.Operation("$toInt", self());
  }

  /** As a number. */
  default Expression toDouble() {
    return new Expression.Operation("$toDouble", self());
  }

  /** As text ({@code to_string} in FiftyOne). */
  default Expression toText() {
    return new Expression.Operation("$toString", self());
  }

  /** As a date: of a number in milliseconds, or of text. */
  default Expression toDate() {
    return new Expression.Operation("$toDate", self());
  }

  /** Year. */
  default Expression year() {
    return new Expression.Operation("$year", self());
  }

  /** Month from 1 to 12. */
  default Expression month() {
    return new Expression.Operation("$month", self());
  }

  /** Day from 1 to 31. */
  default Expression dayOfMonth() {
    return new Expression.Operation("$dayOfMonth", self());
  }

  /** Day from 1, Sunday, to 7. */
  default Expression dayOfWeek() {
    return new Expression.Operation("$dayOfWeek", self());
  }

  /** Day from 1 to 366. */
  default Expression dayOfYear() {
    return new Expression.Operation("$dayOfYear", self());
  }

  /** Week from 0 to 53; weeks begin on Sunday. */
  default Expression week() {
    return new Expression.Operation("$week", self());
  }

  /** Hour from 0 to 23. */
  default Expression hour() {
    return new Expression.Operation("$hour", self());
  }

  /** Minute. */
  default Expression minute() {
    return new Expression.Operation("$minute", self());
  }

  /** Second. */
  default Expression second() {
    return new Expression.Operation("$second", self());
  }

  /** Millisecond from 0 to 999. */
  default Expression millisecond() {
    return new Expression.Operation("$millisecond", self());
  }
}
