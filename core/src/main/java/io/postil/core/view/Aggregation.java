package io.postil.core.view;

import io.postil.core.value.Document;
import org.jspecify.annotations.Nullable;

/**
 * A question about a view, with FiftyOne's name and rules ({@code Count}, {@code CountValues},
 * {@code Bounds}, ...).
 *
 * @param op FiftyOne's class name
 * @param field the path it is about; null for the samples themselves or with an expression
 * @param expression applied to each value of the path ({@code $$expr}), or to each sample if there
 *     is no path; null for the values themselves
 * @param arguments other parameters by FiftyOne's names
 */
public record Aggregation(
    String op, @Nullable String field, @Nullable Expression expression, Document arguments) {
  /** Number of values of a path that are not null. */
  public static Aggregation count(String field) {
    return new Aggregation("Count", field, null, Document.empty());
  }

  /** How often each value of a path occurs; the result is a list of {@code [value, count]}. */
  public static Aggregation countValues(String field) {
    return new Aggregation("CountValues", field, null, Document.empty());
  }

  /** Least and greatest value of a path; the result is a list of two. */
  public static Aggregation bounds(String field) {
    return new Aggregation("Bounds", field, null, Document.empty());
  }

  /** The distinct values of a path, sorted. */
  public static Aggregation distinct(String field) {
    return new Aggregation("Distinct", field, null, Document.empty());
  }
}
