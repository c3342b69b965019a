package io.postil.core.query;

import io.postil.core.value.Document;
import io.postil.core.view.Expression;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An expression or match document compiled for rows, with the scope it is evaluated in. */
final class Compiled {
  private final ExpressionCompiler compiler = new ExpressionCompiler();
  private final int variable;
  private @Nullable Evaluator evaluator;
  private @Nullable Scope scope;

  /**
   * Starts one.
   *
   * @param variable the name it is evaluated with beside the row, such as {@code this}; or null
   */
  private Compiled(@Nullable String variable) {
    this.variable = variable == null ? -1 : compiler.declare(variable);
  }

  /** An expression in MongoDB's form. */
  static Compiled expression(@Nullable Object expression, @Nullable String variable) {
    return of(Expression.parse(expression), variable);
  }

  /** An expression. */
  static Compiled of(Expression expression, @Nullable String variable) {
    Compiled compiled = new Compiled(variable);
    compiled.evaluator = compiled.compiler.compile(expression);
    compiled.scope = compiled.compiler.newScope();
    return compiled;
  }

  /** A match document. */
  static Compiled match(Document filter) {
    Compiled compiled = new Compiled(null);
    compiled.evaluator = MatchFilter.compile(filter, compiled.compiler);
    compiled.scope = compiled.compiler.newScope();
    return compiled;
  }

  /** What it reads of the row. */
  Set<String> reads() {
    if (compiler.usesWholeRoot()) {
      return Set.of("*");
    }
    Set<String> reads = new LinkedHashSet<>();
    for (String name : compiler.rootFields()) {
      reads.add(name.equals("groups") ? "_id" : name);
    }
    return reads;
  }

  /** The value for a row. */
  @Nullable Object eval(Object root) {
    return bind(root, null).evalBound();
  }

  /** The value for a row and the variable. */
  @Nullable Object eval(Object root, @Nullable Object value) {
    return bind(root, value).evalBound();
  }

  /** Whether the value for a row is true. */
  boolean test(Object root) {
    return BsonOrder.isTrue(eval(root));
  }

  /** Whether the value for a row and the variable is true. */
  boolean test(Object root, @Nullable Object value) {
    bind(root, value);
    return java.util.Objects.requireNonNull(evaluator)
        .test(java.util.Objects.requireNonNull(scope));
  }

  private Compiled bind(Object root, @Nullable Object value) {
    Scope bound = java.util.Objects.requireNonNull(scope);
    bound.root = root;
    if (variable >= 0) {
      bound.variables[variable] = value;
    }
    return this;
  }

  private @Nullable Object evalBound() {
    return java.util.Objects.requireNonNull(evaluator)
        .eval(java.util.Objects.requireNonNull(scope));
  }
}
