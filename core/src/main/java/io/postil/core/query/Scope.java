package io.postil.core.query;

import org.jspecify.annotations.Nullable;

/** What an expression is evaluated on: the root document and its variables. Not thread-safe. */
final class Scope {
  @Nullable Object root;
  final @Nullable Object[] variables;

  Scope(int variables) {
    this.variables = new @Nullable Object[variables];
  }
}
