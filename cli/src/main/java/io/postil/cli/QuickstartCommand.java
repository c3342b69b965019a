package io.postil.cli;

import io.postil.core.ProgressListener;
import io.postil.core.store.DatasetStore;
import io.postil.core.store.StoredDataset;
import io.postil.core.view.ViewDefinition;
import io.postil.engine.Workspace;
import io.postil.engine.evaluation.DetectionEvaluation;
import io.postil.engine.evaluation.Evaluations;
import io.postil.zoo.Zoo;
import org.jspecify.annotations.Nullable;

/** {@code postil quickstart}. */
final class QuickstartCommand extends Command {
  private static final String EVALUATION = "eval";

  private final AppServer server = new AppServer();
  private @Nullable Integer samples;
  private boolean video;

  @Override
  void syntax(Syntax syntax) {
    syntax
        .description("Draw a sample dataset, evaluate its predictions and open it in the App.")
        .footer("Example: postil quickstart --samples 50");
    server.syntax(syntax);
    syntax.option(
        Integer.class,
        "--samples",
        "N",
        "How many samples to draw if the dataset is not there yet.",
        v -> samples = v);
    syntax.flag("--video", "Show the sample dataset of videos.", v -> video = v);
  }

  @Override
  public Integer call() {
    String name = video ? "quickstart-video" : "quickstart";
    try (Workspace workspace = server.open()) {
      DatasetStore store = workspace.store();
      boolean there = store.list().stream().anyMatch(info -> info.name().equals(name));
      if (!there) {
        server.out().println("Drawing the dataset " + name + " ...");
      }
      StoredDataset dataset =
          there
              ? store.open(name)
              : Zoo.load(
                  store, name, name, workspace.home(), samples, Zoo.SEED, ProgressListener.NONE);
      evaluate(dataset);
      return server.serve(workspace, name);
    }
  }

  /** Marks predictions as right or wrong, once, if there are any. */
  private static void evaluate(StoredDataset dataset) {
    Evaluations evaluations = new Evaluations(dataset);
    if (dataset.info().field("predictions").isPresent()
        && !evaluations.list().contains(EVALUATION)) {
      evaluations.evaluateDetections(
          ViewDefinition.ALL, DetectionEvaluation.of("predictions", "ground_truth", EVALUATION));
    }
  }
}
