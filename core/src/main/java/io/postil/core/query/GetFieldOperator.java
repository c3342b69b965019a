package io.postil.core.query;

import io.postil.core.view.Expression;

/**
 * The operator {@code $getField}: a property by its name, which may have dots and dollars in it.
 * Lists are not gone through.
 */
final class GetFieldOperator {
  private GetFieldOperator() {}

  static Evaluator compile(ExpressionCompiler compiler, Expression argument) {
    boolean isNamed = argument instanceof Expression.Entries;
    Expression name =
        argument instanceof Expression.Entries entries
            ? ExpressionCompiler.required(entries, "$getField", "field")
            : argument;
    Expression given =
        argument instanceof Expression.Entries entries
            ? ExpressionCompiler.required(entries, "$getField", "input")
            : null;
    String field = constant(name);
    Evaluator input =
        compiler.compile(isNamed && given != null ? given : new Expression.Path("$$CURRENT"));
    return scope -> {
      Object value = input.eval(scope);
      return Operators.isNothing(value) ? value : Fields.get(value, field);
    };
  }

  private static String constant(Expression name) {
    Expression inner =
        name instanceof Expression.Operation o && o.operator().equals("$literal")
            ? o.argument()
            : name;
    if (!(inner instanceof Expression.Literal literal)) {
      throw EvaluationError.of(5654601, "$getField requires 'field' to evaluate to a constant");
    }
    if (literal.value() instanceof String text) {
      return text;
    }
    throw EvaluationError.of(
        5654602,
        "$getField requires 'field' to be a text, not " + BsonOrder.typeName(literal.value()));
  }
}
