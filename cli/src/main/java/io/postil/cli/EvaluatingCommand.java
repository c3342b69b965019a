package io.postil.cli;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.store.SampleCursor;
import io.postil.engine.View;
import io.postil.engine.Workspace;
import io.postil.engine.evaluation.EvaluationResults;

/** What the commands that compare predictions with the truth have in common. */
abstract class EvaluatingCommand extends Command {
  String dataset = "";

  String predictions = "";

  String truth = "";

  String missing = "";

  final EvaluationOutput output = new EvaluationOutput();
  final ViewOptions view = new ViewOptions();
  final Common common = new Common();

  @Override
  void syntax(Syntax syntax) {
    syntax.parameter("DATASET", "The dataset.", v -> dataset = v);
    syntax.parameter("PREDICTIONS", "The field with the predictions.", v -> predictions = v);
    syntax
        .option("--gt-field", "FIELD", "The field with the truth.", v -> truth = v)
        .required(true);
    syntax
        .option(
            "--missing",
            "NAME",
            "What stands for no label (default: ${DEFAULT-VALUE}).",
            v -> missing = v)
        .defaultValue(EvaluationResults.NONE);
    output.syntax(syntax);
    view.syntax(syntax);
    common.syntax(syntax);
  }

  /** The view to evaluate. */
  final View chosen(Workspace workspace) {
    View chosen = view.of(workspace.dataset(dataset));
    if (isEmpty(chosen)) {
      throw new PostilException(
          ErrorCode.EMPTY_COLLECTION,
          "the view of '" + dataset + "' shows no sample that could be evaluated",
          "Check its conditions.");
    }
    return chosen;
  }

  private static boolean isEmpty(View view) {
    if (!view.definition().stages().isEmpty()) {
      return view.limit(1).count() == 0;
    }
    // A look at the first sample; without a stage nothing of views has to be set up.
    try (SampleCursor samples = view.cursor(new String[0])) {
      return !samples.hasNext();
    }
  }
}
