package io.postil.core.viewtext;

import io.postil.core.value.Document;
import io.postil.core.view.Aggregation;
import io.postil.core.view.Expression;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Aggregations as short text: {@code mean(predictions.detections.confidence)}, {@code
 * sum(length(predictions.detections))}, {@code histogramValues(score, bins=20, range=[0, 1])}. A
 * plain name is a path, through lists, too; anything else is an expression of each sample.
 * Stateless.
 */
public final class AggregationText {
  /** FiftyOne's class by name, with the parameters each has. */
  private static final Map<String, String> NAMES = new LinkedHashMap<>();

  private static final Map<String, Document> DEFAULTS =
      Map.of(
          "Std", Document.of("sample", false),
          "Values", Document.of("unwind", false),
          "HistogramValues", Document.of("auto", false),
          "Schema", Document.of("dynamic_only", false));

  /** The parameters by their names here and in FiftyOne. */
  private static final Map<String, String> PARAMETERS =
      Map.of(
          "bins", "bins",
          "range", "range",
          "auto", "auto",
          "sample", "sample",
          "safe", "safe",
          "unwind", "unwind",
          "missingValue", "missing_value",
          "quantiles", "quantiles",
          "dynamicOnly", "dynamic_only");

  static {
    for (String name :
        List.of(
            "count",
            "countValues",
            "distinct",
            "bounds",
            "min",
            "max",
            "sum",
            "mean",
            "std",
            "quantiles",
            "histogramValues",
            "values",
            "schema",
            "listSchema")) {
      NAMES.put(name, Character.toUpperCase(name.charAt(0)) + name.substring(1));
    }
  }

  private AggregationText() {}

  /**
   * Reads an aggregation.
   *
   * @throws io.postil.core.PostilException with {@code INVALID_VIEW}, naming the character
   */
  public static Aggregation parse(String text) {
    ExpressionParser in = new ExpressionParser(text);
    Token name = in.take();
    String op = NAMES.get(name.text());
    if (op == null) {
      throw in.error(
          name,
          "there is no aggregation '" + name.text() + "'",
          "The aggregations are: " + String.join(", ", NAMES.keySet()) + ".");
    }
    in.expect("(", "Write " + name.text() + "(field).");
    Expression of = in.peek().is(")") ? null : in.expression();
    Document.Builder arguments = DEFAULTS.getOrDefault(op, Document.empty()).toBuilder();
    while (in.takeIf(",")) {
      argument(in, op, arguments);
    }
    in.expect(")", "Close the aggregation with a bracket.");
    Token rest = in.peek();
    if (rest.kind() != Token.Kind.END) {
      throw in.error(
          rest, in.describe(rest) + " after the end", "Give each aggregation by itself.");
    }
    if (of == null && !op.equals("Count")) {
      throw in.error(name, name.text() + " needs a field", "Write " + name.text() + "(field).");
    }
    return aggregation(op, of, arguments.build());
  }

  private static Aggregation aggregation(String op, @Nullable Expression of, Document arguments) {
    return of instanceof Expression.Field f && !f.name().startsWith("$") && !f.name().isEmpty()
        ? new Aggregation(op, f.name(), null, arguments)
        : new Aggregation(op, null, of, arguments);
  }

  private static void argument(ExpressionParser in, String op, Document.Builder arguments) {
    Token token = in.peek();
    if (token.kind() == Token.Kind.NAME && in.peek(1).is("=")) {
      in.take();
      in.take();
      String parameter = PARAMETERS.get(token.text());
      if (parameter == null) {
        throw in.error(
            token,
            "there is no parameter '" + token.text() + "'",
            "The parameters are: "
                + String.join(", ", PARAMETERS.keySet().stream().sorted().toList())
                + ".");
      }
      arguments.put(parameter, in.constant());
      return;
    }
    switch (op) {
      case "Quantiles" -> arguments.put("quantiles", in.constant());
      case "HistogramValues" -> arguments.put("bins", in.constant());
      default -> throw in.error(token, "a parameter needs its name here", "Write NAME=VALUE.");
    }
  }
}
