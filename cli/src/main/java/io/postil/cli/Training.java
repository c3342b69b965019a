package io.postil.cli;

import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.MediaType;
import io.postil.core.dataset.Sample;
import io.postil.core.label.BoundingBox;
import io.postil.core.label.Detection;
import io.postil.core.label.Detections;
import io.postil.engine.Workspace;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.List;

/**
 * Runs the common commands once, on a small dataset in an empty {@code POSTIL_HOME}. The launcher
 * does so after a build, so that the JVM can keep the classes they need in a cache and later calls
 * start quickly.
 */
final class Training {
  private static final List<String> COMMANDS =
      List.of(
          "doctor",
          "annotation backends",
          "annotation config",
          "evaluate detections d predictions --gt-field truth --eval-key eval --json",
          "evaluate detections d predictions --gt-field truth",
          "views save d v --view filterLabels(predictions,eval==\"fp\")|sortBy(filepath)|limit(5)",
          "views list d",
          "annotate d k --label-field truth --view v --dry-run",
          "annotate d k --label-field truth --backend local",
          "runs list d",
          "runs status d k --json",
          "runs info d k",
          "load-annotations d k --preview",
          "load-annotations d k --json",
          "runs history d",
          "annotate d k --label-field truht");

  private Training() {}

  /** Runs each command; what they print and how they end does not matter. */
  public static void main(String[] args) {
    try (Workspace workspace = Workspace.open()) {
      workspace
          .createDataset(
              DatasetInfo.create("d", MediaType.IMAGE)
                  .withField("truth", FieldSpec.embedded("truth", "Detections"))
                  .withField("predictions", FieldSpec.embedded("predictions", "Detections")))
          .stored()
          .write(
              writer -> {
                writer.insert(
                    Sample.of("/data/1.png").with("truth", box(0.1)).with("predictions", box(0.6)));
                return null;
              });
    }
    PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
    for (String command : COMMANDS) {
      Main.run(command.split(" ", -1), nowhere, nowhere);
    }
  }

  private static Detections box(double x) {
    return new Detections(
        List.of(Detection.of("cat", new BoundingBox(x, 0.1, 0.2, 0.2)).withConfidence(0.9)));
  }
}
