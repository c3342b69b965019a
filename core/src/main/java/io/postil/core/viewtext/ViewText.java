package io.postil.core.viewtext;

import io.postil.core.PostilException;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.query.ViewSchema;
import io.postil.core.value.Json;
import io.postil.core.view.Expression;
import io.postil.core.view.StageDocuments;
import io.postil.core.view.Stages;
import io.postil.core.view.ViewDefinition;
import java.util.List;

/**
 * Views as short text: stages with {@code |} between them, such as
 *
 * <pre>filterLabels(predictions, confidence &gt; 0.8 &amp;&amp; eval == "fp")
 *   | sortBy(length(predictions.detections), desc) | limit(10)</pre>
 *
 * Stages, functions and their parameters have the names of the library's methods; arguments go by
 * position or by name. In a filter of labels names are properties of the label, and {@code $name}
 * is a field of the sample. Text that begins with {@code [} is read as the serialised stages.
 * Stateless.
 */
public final class ViewText {
  private ViewText() {}

  /**
   * Reads a view of a dataset.
   *
   * @throws PostilException with {@code INVALID_VIEW}, naming the character, or with what else is
   *     wrong with the view for this dataset
   */
  public static ViewDefinition parse(String text, DatasetInfo info) {
    if (text.isBlank()) {
      return ViewDefinition.ALL;
    }
    if (text.strip().startsWith("[")) {
      return StageDocuments.view(Json.read(text));
    }
    ExpressionParser in = new ExpressionParser(text);
    ViewDefinition view = new StageParser(in, info).stages(ViewDefinition.ALL);
    Token rest = in.peek();
    if (rest.kind() != Token.Kind.END) {
      throw in.error(
          rest, in.describe(rest) + " after the end of a stage", "Put | between stages.");
    }
    ViewSchema.of(info, view);
    return view;
  }

  /** Reads a condition on samples, such as {@code score > 0.5}, as a view with one stage. */
  public static ViewDefinition parseMatch(String text) {
    return new ViewDefinition(
        List.of(
            Stages.match(parseExpression(text, "the condition", "Join conditions by && or ||."))));
  }

  /**
   * Reads a value or formula, such as {@code score / 2}.
   *
   * @throws PostilException with {@code INVALID_VIEW}, naming the character
   */
  public static Expression parseExpression(String text) {
    return parseExpression(text, "the value", "Give one value or formula.");
  }

  private static Expression parseExpression(String text, String what, String remedy) {
    ExpressionParser parser = new ExpressionParser(text);
    Expression expression = parser.expression();
    Token rest = parser.peek();
    if (rest.kind() != Token.Kind.END) {
      throw parser.error(rest, parser.describe(rest) + " after the end of " + what, remedy);
    }
    return expression;
  }

  /** The serialised stages of a view as one line, which {@link #parse} reads. */
  public static String format(ViewDefinition view) {
    return Json.write(StageDocuments.toList(view));
  }

  /** How each stage is written, such as {@code take(size, seed=51)}. */
  public static List<String> stages() {
    return StageParser.signatures();
  }

  /** How each function of expressions is written, such as {@code round(x, place=0)}. */
  public static List<String> functions() {
    return Functions.signatures();
  }
}
