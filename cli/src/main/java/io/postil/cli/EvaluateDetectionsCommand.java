package io.postil.cli;

import io.postil.engine.View;
import io.postil.engine.Workspace;
import io.postil.engine.evaluation.DetectionEvaluation;
import io.postil.engine.evaluation.DetectionResults;
import io.postil.engine.evaluation.EvaluationData;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code postil evaluate detections}. */
@Command(
    name = "detections",
    sortOptions = false,
    description =
        "Match predicted labels with true ones; mark each tp, fp or fn; print precision and"
            + " recall.",
    footer = {
      "",
      "Examples:",
      "  postil evaluate detections street predictions --gt-field ground_truth --eval-key eval",
      "  postil evaluate detections street predictions --gt-field ground_truth --eval-key eval"
          + " --compute-map --view 'match(\"val\" in tags)'",
      "  postil evaluate detections street predictions --gt-field ground_truth --compute-map"
          + " --report report.html"
    })
final class EvaluateDetectionsCommand extends EvaluatingCommand {
  @Option(
      names = "--eval-key",
      paramLabel = "KEY",
      description = "Where to write the outcome; without it nothing is written.")
  private @Nullable String key;

  @Option(names = "--method", description = "coco or activitynet (default: by the labels).")
  private @Nullable String method;

  @Option(
      names = "--iou",
      defaultValue = "0.5",
      description = "Least overlap of a match (default: ${DEFAULT-VALUE}).")
  private double iou;

  @Option(
      names = "--classwise",
      arity = "0..1",
      defaultValue = "true",
      fallbackValue = "true",
      description = "Whether only labels of one class match (default: ${DEFAULT-VALUE}).")
  private boolean classwise;

  @Option(names = "--classes", split = ",", description = "The classes of the report.")
  private List<String> classes = new ArrayList<>();

  @Option(
      names = "--iscrowd",
      paramLabel = "NAME",
      defaultValue = "iscrowd",
      description = "The attribute that marks a crowd (default: ${DEFAULT-VALUE}).")
  private String crowd = "";

  @Option(names = "--use-masks", description = "Compare masks rather than boxes.")
  private boolean useMasks;

  @Option(names = "--use-boxes", description = "Compare the boxes around polylines.")
  private boolean useBoxes;

  @Option(names = "--compute-map", description = "Compute the mean average precision.")
  private boolean computeMap;

  @Option(
      names = "--ties",
      paramLabel = "ORDER",
      defaultValue = "IN_ORDER",
      description =
          "Which of equally confident predictions count first for it: in_order, as pycocotools,"
              + " or correct_first, as FiftyOne (default: in_order).")
  private DetectionEvaluation.Ties ties = DetectionEvaluation.Ties.IN_ORDER;

  @Option(
      names = "--max-preds",
      defaultValue = "100",
      description = "Most predictions of a sample that count for it (default: ${DEFAULT-VALUE}).")
  private int maxPredictions;

  @Override
  public Integer call() {
    DetectionEvaluation evaluation =
        DetectionEvaluation.of(predictions, truth, key)
            .withMethod(method)
            .withClasses(classes.isEmpty() ? null : classes, missing)
            .withMatching(iou, classwise, crowd)
            .withShapes(useMasks, useBoxes, null);
    if (computeMap) {
      evaluation = evaluation.withMap(null, maxPredictions).withTies(ties);
    }
    output.check();
    try (Workspace workspace = common.open()) {
      View chosen = chosen(workspace);
      DetectionResults results = chosen.evaluateDetections(evaluation);
      output.print(
          common, dataset, EvaluationData.of(chosen.definition(), evaluation, results), false);
    }
    return 0;
  }
}
