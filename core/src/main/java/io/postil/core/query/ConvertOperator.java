package io.postil.core.query;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.view.Expression;
import org.jspecify.annotations.Nullable;

/**
 * The operator {@code $convert}: a conversion that says what comes in place of an error or null.
 */
final class ConvertOperator {
  private ConvertOperator() {}

  static Evaluator compile(ExpressionCompiler compiler, Expression.Entries entries) {
    Evaluator input = compiler.compile(ExpressionCompiler.required(entries, "$convert", "input"));
    Evaluator to = compiler.compile(ExpressionCompiler.required(entries, "$convert", "to"));
    Evaluator onError = optional(compiler, entries.get("onError"));
    Evaluator onNull = optional(compiler, entries.get("onNull"));
    return scope -> {
      Object type = to.eval(scope);
      Operators.Unary conversion = Operators.isNothing(type) ? null : conversion(type);
      Object value = input.eval(scope);
      if (Operators.isNothing(value)) {
        return onNull == null ? null : onNull.eval(scope);
      }
      if (conversion == null) {
        return null;
      }
      try {
        return conversion.apply(value);
      } catch (PostilException e) {
        if (onError == null || e.code() != ErrorCode.EVALUATION_FAILED) {
          throw e;
        }
        return onError.eval(scope);
      }
    };
  }

  private static @Nullable Evaluator optional(
      ExpressionCompiler compiler, @Nullable Expression expression) {
    return expression == null ? null : compiler.compile(expression);
  }

  /** The conversion to a type given by its name or BSON's number. */
  private static Operators.Unary conversion(@Nullable Object type) {
    if (type instanceof Number n && n.doubleValue() == n.intValue()) {
      return named(nameOf(n.intValue()));
    }
    if (type instanceof String name) {
      return named(name);
    }
    throw EvaluationError.of(
        9, "$convert's 'to' argument must be a string or number, but is " + type);
  }

  private static String nameOf(int number) {
    return switch (number) {
      case 1 -> "double";
      case 2 -> "string";
      case 7 -> "objectId";
      case 8 -> "bool";
      case 9 -> "date";
      case 16 -> "int";
      case 18 -> "long";
      default -> String.valueOf(number);
    };
  }

  private static Operators.Unary named(String type) {
    Operators.Unary conversion = ConversionOperators.to(type);
    if (conversion == null) {
      throw EvaluationError.of(
          2,
          "Unknown type name: "
              + type
              + "; $convert knows double, string, objectId, bool, date, int and long here");
    }
    return conversion;
  }
}
