package io.postil.core.view;

import io.postil.core.value.Document;
import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A question about a view, with FiftyOne's name and rules ({@code Count}, {@code CountValues},
 * {@code Bounds}, ...). Lists on the way of a path are taken apart, so that {@code
 * mean("predictions.detections.confidence")} is about all labels.
 *
 * @param op FiftyOne's class name
 * @param field the path it is about; null for the samples themselves or with an expression
 * @param expression applied to each value of the path ({@code $$expr}), or to each sample if there
 *     is no path; null for the values themselves
 * @param arguments other parameters by FiftyOne's names
 */
public record Aggregation(
    String op, @Nullable String field, @Nullable Expression expression, Document arguments) {
  private static Aggregation of(String op, String field, Document arguments) {
    return new Aggregation(op, field, null, arguments);
  }

  private static Aggregation of(String op, Expression expression, Document arguments) {
    return new Aggregation(op, null, expression, arguments);
  }

  /** This question about an expression of each value: {@code sum("n").of(F().times(2))}. */
  public Aggregation of(Expression expression) {
    return new Aggregation(op, field, expression, arguments);
  }

  /** This question, with infinite numbers and NaN taken for no value. */
  public Aggregation safe() {
    return new Aggregation(op, field, expression, arguments.with("safe", true));
  }

  /** This question with another argument, by FiftyOne's name. */
  public Aggregation with(String argument, @Nullable Object value) {
    return new Aggregation(op, field, expression, arguments.with(argument, value));
  }

  /** Number of samples. */
  public static Aggregation count() {
    return new Aggregation("Count", null, null, Document.empty());
  }

  /** Number of values of a path that are not null. */
  public static Aggregation count(String field) {
    return of("Count", field, Document.empty());
  }

  /** Number of values of an expression that are not null. */
  public static Aggregation count(Expression expression) {
    return of("Count", expression, Document.empty());
  }

  /** How often each value of a path occurs; the result is a list of {@code [value, count]}. */
  public static Aggregation countValues(String field) {
    return of("CountValues", field, Document.empty());
  }

  /**
   * How often each value of an expression occurs; the result is a list of {@code [value, count]}.
   */
  public static Aggregation countValues(Expression expression) {
    return of("CountValues", expression, Document.empty());
  }

  /** The distinct values of a path, sorted. */
  public static Aggregation distinct(String field) {
    return of("Distinct", field, Document.empty());
  }

  /** The distinct values of an expression, sorted. */
  public static Aggregation distinct(Expression expression) {
    return of("Distinct", expression, Document.empty());
  }

  /** Least and greatest value of a path; the result is a list of two. */
  public static Aggregation bounds(String field) {
    return of("Bounds", field, Document.empty());
  }

  /** Least and greatest value of an expression; the result is a list of two. */
  public static Aggregation bounds(Expression expression) {
    return of("Bounds", expression, Document.empty());
  }

  /** Least value of a path. */
  public static Aggregation min(String field) {
    return of("Min", field, Document.empty());
  }

  /** Least value of an expression. */
  public static Aggregation min(Expression expression) {
    return of("Min", expression, Document.empty());
  }

  /** Greatest value of a path. */
  public static Aggregation max(String field) {
    return of("Max", field, Document.empty());
  }

  /** Greatest value of an expression. */
  public static Aggregation max(Expression expression) {
    return of("Max", expression, Document.empty());
  }

  /** Sum of the numbers of a path. */
  public static Aggregation sum(String field) {
    return of("Sum", field, Document.empty());
  }

  /** Sum of the numbers of an expression. */
  public static Aggregation sum(Expression expression) {
    return of("Sum", expression, Document.empty());
  }

  /** Mean of the numbers of a path. */
  public static Aggregation mean(String field) {
    return of("Mean", field, Document.empty());
  }

  /** Mean of the numbers of an expression. */
  public static Aggregation mean(Expression expression) {
    return of("Mean", expression, Document.empty());
  }

  /**
   * Standard deviation of the numbers of a path, which are the whole population unless {@code
   * sample}.
   */
  public static Aggregation std(String field, boolean sample) {
    return of("Std", field, Document.of("sample", sample));
  }

  /**
   * Standard deviation of the numbers of an expression, which are the whole population unless
   * {@code sample}.
   */
  public static Aggregation std(Expression expression, boolean sample) {
    return of("Std", expression, Document.of("sample", sample));
  }

  /** Quantiles of the numbers of a path; the result is a list in the order asked for. */
  public static Aggregation quantiles(String field, double... quantiles) {
    return of("Quantiles", field, Document.of("quantiles", list(quantiles)));
  }

  /** Quantiles of the numbers of an expression; the result is a list in the order asked for. */
  public static Aggregation quantiles(Expression expression, double... quantiles) {
    return of("Quantiles", expression, Document.of("quantiles", list(quantiles)));
  }

  /**
   * Numbers of values in bins of equal width; the result is {@code [counts, edges, others]} of a
   * path.
   */
  public static Aggregation histogramValues(String field, int bins) {
    return of("HistogramValues", field, Document.of("bins", bins, "auto", false));
  }

  /**
   * Numbers of values in bins of equal width; the result is {@code [counts, edges, others]} of an
   * expression.
   */
  public static Aggregation histogramValues(Expression expression, int bins) {
    return of("HistogramValues", expression, Document.of("bins", bins, "auto", false));
  }

  /** The values of a path, one entry a sample, nested as its lists are. */
  public static Aggregation values(String field) {
    return of("Values", field, Document.of("unwind", false));
  }

  /** The values of an expression, one entry a sample, nested as its lists are. */
  public static Aggregation values(Expression expression) {
    return of("Values", expression, Document.of("unwind", false));
  }

  /**
   * As {@link #histogramValues(String, int)}, with outer edges: values from one to less than
   * another are counted, the rest are others.
   */
  public static Aggregation histogramValues(String field, int bins, Object low, Object high) {
    return histogramValues(field, bins).with("range", Values.listOf(low, high));
  }

  /** As {@link #histogramValues(String, int)}, with bins of about the same number of values. */
  public static Aggregation autoHistogramValues(String field, int bins) {
    return histogramValues(field, bins).with("auto", true);
  }

  /** The names and types of the properties of documents or labels. */
  public static Aggregation schema(String field) {
    return of("Schema", field, Document.of("dynamic_only", false));
  }

  /** The type, or the types, of the elements of a list. */
  public static Aggregation listSchema(String field) {
    return of("ListSchema", field, Document.empty());
  }

  private static List<Object> list(double[] numbers) {
    List<Object> list = new ArrayList<>();
    for (double number : numbers) {
      list.add(number);
    }
    return list;
  }
}
