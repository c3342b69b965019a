package io.postil.core.view;

import org.jspecify.annotations.Nullable;

/** Arithmetic. Division by 0, and a number outside of a function's domain, are errors. */
sealed interface NumberOperators permits Expression {
  private Expression self() {
    return (Expression) this;
  }

  /** Sum; of a date and a number the date so many milliseconds later. */
  default Expression plus(@Nullable Object value) {
    return Expression.operation("$add", self(), Expression.of(value));
  }

  /** Difference; of two dates in milliseconds. */
  default Expression minus(@Nullable Object value) {
    return Expression.operation("$subtract", self(), Expression.of(value));
  }

  /** Product. */
  default Expression times(@Nullable Object value) {
    return Expression.operation("$multiply", self(), Expression.of(value));
  }

  /** Quotient, always a real division. */
  default Expression dividedBy(Object value) {
    return Operators.on(self(), "$divide", value);
  }

  /** Remainder, with the sign of the dividend. */
  default Expression mod(Object value) {
    return Operators.on(self(), "$mod", value);
  }

  /** Power. */
  default Expression pow(Object exponent) {
    return Operators.on(self(), "$pow", exponent);
  }

  /** Rounded to a whole number, halves to the even one. */
  default Expression round() {
    return round(0);
  }

  /** Rounded to so many decimal places, or with a negative number before the point. */
  default Expression round(int place) {
    return Operators.on(self(), "$round", place);
  }

  /** The whole part. */
  default Expression trunc() {
    return trunc(0);
  }

  /** Cut off after so many decimal places, or with a negative number before the point. */
  default Expression trunc(int place) {
    return Operators.on(self(), "$trunc", place);
  }

  /** Logarithm to a base. */
  default Expression log(Object base) {
    return Operators.on(self(), "$log", base);
  }

  /** Absolute value. */
  default Expression abs() {
    return new Expression.Operation("$abs", self());
  }

  /** The greatest whole number that is not greater. */
  default Expression floor() {
    return new Expression.Operation("$floor", self());
  }

  /** The least whole number that is not less. */
  default Expression ceil() {
    return new Expression.Operation("$ceil", self());
  }

  /** The exponential function. */
  default Expression exp() {
    return new Expression.Operation("$exp", self());
  }

  /** Natural logarithm. */
  default Expression ln() {
    return new Expression.Operation("$ln", self());
  }

  /** Logarithm to base 10. */
  default Expression log10() {
    return new Expression.Operation("$log10", self());
  }

  /** Square root. */
  default Expression sqrt() {
    return new Expression.Operation("$sqrt", self());
  }

  /** Sine of an angle in radians. */
  default Expression sin() {
    return new Expression.Operation("$sin", self());
  }

  /** Cosine of an angle in radians. */
  default Expression cos() {
    return new Expression.Operation("$cos", self());
  }

  /** Tangent of an angle in radians. */
  default Expression tan() {
    return new Expression.Operation("$tan", self());
  }

  /** Hyperbolic sine. */
  default Expression sinh() {
    return new Expression.Operation("$sinh", self());
  }

  /** Hyperbolic cosine. */
  default Expression cosh() {
    return new Expression.Operation("$cosh", self());
  }

  /** Hyperbolic tangent. */
  default Expression tanh() {
    return new Expression.Operation("$tanh", self());
  }

  /** Inverse sine, in radians. */
  default Expression arcsin() {
    return new Expression.Operation("$asin", self());
  }

  /** Inverse cosine, in radians. */
  default Expression arccos() {
    return new Expression.Operation("$acos", self());
  }

  /** Inverse tangent, in radians. */
  default Expression arctan() {
    return new Expression.Operation("$atan", self());
  }

  /** Inverse hyperbolic sine. */
  default Expression arcsinh() {
    return new Expression.Operation("$asinh", self());
  }

  /** Inverse hyperbolic cosine. */
  default Expression arccosh() {
    return new Expression.Operation("$acosh", self());
  }

  /** Inverse hyperbolic tangent. */
  default Expression arctanh() {
    return new Expression.Operation("$atanh", self());
  }
}
