package io.postil.core.view;

import io.postil.core.view.Expression.Array;
import io.postil.core.view.Expression.Entries;
import io.postil.core.view.Expression.Entry;
import io.postil.core.view.Expression.Operation;

/** Replaces a part of an expression. Stateless. */
final class Replacement {
  private Replacement() {}

  /** The expression with one object replaced wherever it occurs. */
  @SuppressWarnings("ReferenceEquality") // An equal expression elsewhere is another value to name.
  static Expression replace(Expression in, Expression part, Expression by) {
    if (in == part) {
      return by;
    }
    return switch (in) {
      case Expression.Literal literal -> literal;
      case Expression.Path path -> path;
      case Expression.Field field -> field;
      case Operation op -> new Operation(op.operator(), replace(op.argument(), part, by));
      case Array array ->
          new Array(array.elements().stream().map(e -> replace(e, part, by)).toList());
      case Entries entries ->
          new Entries(
              entries.entries().stream()
                  .map(e -> new Entry(e.name(), replace(e.value(), part, by)))
                  .toList());
    };
  }
}
