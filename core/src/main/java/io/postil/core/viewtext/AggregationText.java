package io.postil.core.viewtext;

import io.postil.core.Nearest;
import io.postil.core.value.Document;
import io.postil.core.view.Aggregation;
import io.postil.core.view.Expression;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Aggregations as short text: {@code mean(predictions.detections.confidence)}, {@code
 * sum(length(predictions.detections))}, {@code histogramValues(score, bins=20, range=[0, 1])}. A
 * plain name is a path, through lists, too; anything else is an expression of each sample.
 * Stateless.
 */
public final class AggregationText {
  private static final Map<String, Signature> ALL = new LinkedHashMap<>();

  /** What FiftyOne always writes out. */
  private static final Map<String, Document> DEFAULTS =
      Map.of(
          "Std", Document.of("sample", false),
          "Values", Document.of("unwind", false),
          "HistogramValues", Document.of("auto", false),
          "Schema", Document.of("dynamic_only", false));

  static {
    for (String text :
        List.of(
            "count(x=null, safe=false)",
            "countValues(x, safe=false)",
            "distinct(x, safe=false)",
            "bounds(x, safe=false)",
            "min(x, safe=false)",
            "max(x, safe=false)",
            "sum(x, safe=false)",
            "mean(x, safe=false)",
            "std(x, sample=false, safe=false)",
            "quantiles(x, quantiles, safe=false)",
            "histogramValues(x, bins=null, range=null, auto=false)",
            "values(x, unwind=false, missingValue=null)",
            "schema(x, dynamicOnly=false)",
            "listSchema(x)")) {
      Signature signature = Signature.of(text);
      ALL.put(signature.name(), signature);
    }
  }

  private AggregationText() {}

  /** How each is written, such as {@code std(x, sample=false, safe=false)}. */
  public static List<String> signatures() {
    return ALL.values().stream().map(Signature::toString).toList();
  }

  /**
   * Reads an aggregation.
   *
   * @throws io.postil.core.PostilException with {@code INVALID_VIEW}, naming the character
   */
  public static Aggregation parse(String text) {
    ExpressionParser in = new ExpressionParser(text);
    Token name = in.take();
    Signature signature = ALL.get(name.text());
    if (signature == null) {
      throw in.error(
          name,
          "there is no aggregation '" + name.text() + "'",
          Nearest.hint(name.text(), ALL.keySet()));
    }
    in.expect("(", "Write " + signature + ".");
    Call call = Call.read(in, name, signature);
    Token rest = in.peek();
    if (rest.kind() != Token.Kind.END) {
      throw in.error(
          rest, in.describe(rest) + " after the end", "Give each aggregation by itself.");
    }
    String op = Character.toUpperCase(name.text().charAt(0)) + name.text().substring(1);
    return aggregation(op, call.optional("x"), arguments(op, signature, call));
  }

  private static Document arguments(String op, Signature signature, Call call) {
    Document.Builder arguments = DEFAULTS.getOrDefault(op, Document.empty()).toBuilder();
    for (Signature.Parameter parameter : signature.parameters()) {
      if (!parameter.name().equals("x") && call.has(parameter.name())) {
        arguments.put(fiftyOne(parameter.name()), call.constant(parameter.name()));
      }
    }
    return arguments.build();
  }

  /** A parameter's name in FiftyOne: {@code missing_value} for {@code missingValue}. */
  private static String fiftyOne(String parameter) {
    return parameter.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
  }

  private static Aggregation aggregation(String op, @Nullable Expression of, Document arguments) {
    return of instanceof Expression.Field f && !f.name().startsWith("$") && !f.name().isEmpty()
        ? new Aggregation(op, f.name(), null, arguments)
        : new Aggregation(op, null, of, arguments);
  }
}
