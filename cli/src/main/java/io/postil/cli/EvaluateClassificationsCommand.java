package io.postil.cli;

import io.postil.engine.View;
import io.postil.engine.Workspace;
import io.postil.engine.evaluation.ClassificationEvaluation;
import io.postil.engine.evaluation.ClassificationResults;
import io.postil.engine.evaluation.EvaluationData;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code postil evaluate classifications}. */
final class EvaluateClassificationsCommand extends EvaluatingCommand {
  private @Nullable String key;
  private String method = "";
  private List<String> classes = new ArrayList<>();
  private int k;

  @Override
  void syntax(Syntax syntax) {
    super.syntax(syntax);
    syntax
        .description(
            "Compare predicted classes with true ones; mark each sample or frame; print precision and"
                + " recall.")
        .footer(
            "Examples:",
            "  postil evaluate classifications street predicted --gt-field weather --eval-key eval",
            "  postil evaluate classifications street predicted --gt-field weather --method top-k --k 3"
                + " --classes sun,rain,fog,snow",
            "  postil evaluate classifications street predicted --gt-field weather --method binary"
                + " --classes dry,rain --report rain.html")
        .keepOrder();
    syntax.option(
        "--eval-key",
        "KEY",
        "The field that gets the outcome: true or false, or TP, FP, FN or TN of a binary"
            + " evaluation; without it nothing is written.",
        v -> key = v);
    syntax
        .option(
            "--method",
            "METHOD",
            "simple: the class is right; top-k: it is among those with the greatest logits; binary:"
                + " a class and its absence (default: ${DEFAULT-VALUE}).",
            v -> method = v)
        .defaultValue(ClassificationEvaluation.SIMPLE);
    syntax
        .options(
            "--classes",
            "CLASS",
            "The classes of the report; for top-k the class of each logit, for binary the negative"
                + " and the positive class.",
            v -> classes = v)
        .splitRegex(",");
    syntax
        .option(
            int.class,
            "--k",
            "N",
            "How many logits top-k looks at (default: ${DEFAULT-VALUE}).",
            v -> k = v)
        .defaultValue("5");
  }

  @Override
  public Integer call() {
    ClassificationEvaluation evaluation =
        new ClassificationEvaluation(
            predictions, truth, key, method, classes.isEmpty() ? null : classes, missing, k);
    output.check();
    try (Workspace workspace = common.open()) {
      View chosen = chosen(workspace);
      ClassificationResults results = chosen.evaluateClassifications(evaluation);
      if (results.withoutLogits() > 0) {
        common.warn(
            List.of(results.withoutLogits() + " predictions have no logits and count as none"));
      }
      output.print(
          common, dataset, EvaluationData.of(chosen.definition(), evaluation, results), false);
    }
    return 0;
  }
}
