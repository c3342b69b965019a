package io.postil.core.query;

import io.postil.core.view.Aggregation;
import io.postil.core.view.Expression;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an aggregation takes its values from. Of an expression alone the longest path that all of
 * its paths begin with is taken out, as FiftyOne does: the expression is then applied to each value
 * of that path. Immutable.
 *
 * @param field the path; null for the samples themselves
 * @param expression what is made of each value ({@code $$expr}); null for the value itself
 */
public record AggregatedValues(@Nullable String field, @Nullable Expression expression) {
  /** The values of an aggregation. */
  public static AggregatedValues of(Aggregation aggregation) {
    Expression expression = aggregation.expression();
    if (aggregation.field() != null || expression == null) {
      return new AggregatedValues(aggregation.field(), expression);
    }
    Expression bound = expression.in(null);
    List<String[]> paths = new ArrayList<>();
    if (!collect(bound, paths) || paths.isEmpty()) {
      return new AggregatedValues(null, bound);
    }
    String[] first = paths.get(0);
    int length = first.length;
    for (String[] path : paths) {
      int same = 0;
      while (same < length && same < path.length && path[same].equals(first[same])) {
        same++;
      }
      length = same;
    }
    if (length == 0) {
      return new AggregatedValues(null, bound);
    }
    String prefix = String.join(".", java.util.Arrays.copyOf(first, length));
    return new AggregatedValues(prefix, replace(bound, "$" + prefix));
  }

  /** Collects paths from the root; false if the root itself is used. */
  private static boolean collect(Expression expression, List<String[]> paths) {
    return switch (expression) {
      case Expression.Literal l -> true;
      case Expression.Field f -> true;
      case Expression.Path p -> {
        if (p.text().startsWith("$$")) {
          yield !p.text().startsWith("$$ROOT") && !p.text().startsWith("$$CURRENT");
        }
        paths.add(p.text().substring(1).split("\\.", -1));
        yield true;
      }
      case Expression.Operation o -> collect(o.argument(), paths);
      case Expression.Array a -> {
        boolean all = true;
        for (Expression element : a.elements()) {
          all &= collect(element, paths);
        }
        yield all;
      }
      case Expression.Entries e -> {
        boolean all = true;
        for (Expression.Entry entry : e.entries()) {
          all &= collect(entry.value(), paths);
        }
        yield all;
      }
    };
  }

  private static Expression replace(Expression expression, String prefix) {
    return switch (expression) {
      case Expression.Literal l -> l;
      case Expression.Field f -> f;
      case Expression.Path p ->
          p.text().equals(prefix) || p.text().startsWith(prefix + ".")
              ? new Expression.Path("$$expr" + p.text().substring(prefix.length()))
              : p;
      case Expression.Operation o ->
          new Expression.Operation(o.operator(), replace(o.argument(), prefix));
      case Expression.Array a ->
          new Expression.Array(a.elements().stream().map(e -> replace(e, prefix)).toList());
      case Expression.Entries e ->
          new Expression.Entries(
              e.entries().stream()
                  .map(x -> new Expression.Entry(x.name(), replace(x.value(), prefix)))
                  .toList());
    };
  }
}
