package io.postil.cli;

import io.postil.engine.View;
import io.postil.engine.Workspace;
import io.postil.engine.evaluation.ClassificationEvaluation;
import io.postil.engine.evaluation.ClassificationResults;
import io.postil.engine.evaluation.EvaluationData;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code postil evaluate classifications}. */
@Command(
    name = "classifications",
    sortOptions = false,
    description =
        "Compare predicted classes with true ones; mark each sample or frame; print precision and"
            + " recall.",
    footer = {
      "",
      "Examples:",
      "  postil evaluate classifications street predicted --gt-field weather --eval-key eval",
      "  postil evaluate classifications street predicted --gt-field weather --method top-k --k 3"
          + " --classes sun,rain,fog,snow",
      "  postil evaluate classifications street predicted --gt-field weather --method binary"
          + " --classes dry,rain --report rain.html"
    })
final class EvaluateClassificationsCommand extends EvaluatingCommand {
  @Option(
      names = "--eval-key",
      paramLabel = "KEY",
      description =
          "The field that gets the outcome: true or false, or TP, FP, FN or TN of a binary"
              + " evaluation; without it nothing is written.")
  private @Nullable String key;

  @Option(
      names = "--method",
      defaultValue = ClassificationEvaluation.SIMPLE,
      description =
          "simple: the class is right; top-k: it is among those with the greatest logits; binary:"
              + " a class and its absence (default: ${DEFAULT-VALUE}).")
  private String method = "";

  @Option(
      names = "--classes",
      split = ",",
      description =
          "The classes of the report; for top-k the class of each logit, for binary the negative"
              + " and the positive class.")
  private List<String> classes = new ArrayList<>();

  @Option(
      names = "--k",
      defaultValue = "5",
      description = "How many logits top-k looks at (default: ${DEFAULT-VALUE}).")
  private int k;

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
