package io.postil.cli;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.engine.View;
import io.postil.engine.Workspace;
import io.postil.engine.evaluation.EvaluationResults;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What the commands that compare predictions with the truth have in common. */
abstract class EvaluatingCommand implements Callable<Integer> {
  @Parameters(paramLabel = "DATASET", description = "The dataset.")
  String dataset = "";

  @Parameters(paramLabel = "PREDICTIONS", description = "The field with the predictions.")
  String predictions = "";

  @Option(
      names = "--gt-field",
      paramLabel = "FIELD",
      required = true,
      description = "The field with the truth.")
  String truth = "";

  @Option(
      names = "--missing",
      defaultValue = EvaluationResults.NONE,
      description = "What stands for no label (default: ${DEFAULT-VALUE}).")
  String missing = "";

  @Mixin EvaluationOutput output = new EvaluationOutput();
  @Mixin ViewOptions view = new ViewOptions();
  @Mixin Common common = new Common();

  /** The view to evaluate. */
  final View chosen(Workspace workspace) {
    View chosen = view.of(workspace.dataset(dataset));
    if (chosen.limit(1).count() == 0) {
      throw new PostilException(
          ErrorCode.EMPTY_COLLECTION,
          "the view of '" + dataset + "' shows no sample that could be evaluated",
          "Check its conditions.");
    }
    return chosen;
  }
}
