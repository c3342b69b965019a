package io.postil.core.query;

import org.jspecify.annotations.Nullable;

/** A compiled expression. Stateless; the scope holds what varies. */
@FunctionalInterface
interface Evaluator {
  /** The value, or {@link Missing#MISSING}. */
  @Nullable Object eval(Scope scope);

  /** Whether the value counts as true. */
  default boolean test(Scope scope) {
    return BsonOrder.isTrue(eval(scope));
  }
}
