package io.postil.cli;

import io.postil.engine.View;
import io.postil.engine.Workspace;
import io.postil.engine.evaluation.DetectionEvaluation;
import io.postil.engine.evaluation.DetectionResults;
import io.postil.engine.evaluation.EvaluationData;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code postil evaluate detections}. */
final class EvaluateDetectionsCommand extends EvaluatingCommand {
  private @Nullable String key;
  private @Nullable String method;
  private double iou;
  private boolean classwise;
  private List<String> classes = new ArrayList<>();
  private String crowd = "";
  private boolean useMasks;
  private boolean useBoxes;
  private boolean computeMap;
  private DetectionEvaluation.Ties ties = DetectionEvaluation.Ties.IN_ORDER;
  private int maxPredictions;

  @Override
  void syntax(Syntax syntax) {
    super.syntax(syntax);
    syntax
        .description(
            "Match predicted labels with true ones; mark each tp, fp or fn; print precision and"
                + " recall.")
        .footer(
            "Examples:",
            "  postil evaluate detections street predictions --gt-field ground_truth --eval-key eval",
            "  postil evaluate detections street predictions --gt-field ground_truth --eval-key eval"
                + " --compute-map --view 'match(\"val\" in tags)'",
            "  postil evaluate detections street predictions --gt-field ground_truth --compute-map"
                + " --report report.html")
        .keepOrder();
    syntax.option(
        "--eval-key",
        "KEY",
        "Where to write the outcome; without it nothing is written.",
        v -> key = v);
    syntax.option(
        "--method", "METHOD", "coco or activitynet (default: by the labels).", v -> method = v);
    syntax
        .option(
            double.class,
            "--iou",
            "IOU",
            "Least overlap of a match (default: ${DEFAULT-VALUE}).",
            v -> iou = v)
        .defaultValue("0.5");
    syntax
        .flag(
            "--classwise",
            "Whether only labels of one class match (default: ${DEFAULT-VALUE}).",
            v -> classwise = v)
        .arity("0..1")
        .paramLabel("true|false")
        .defaultValue("true")
        .fallbackValue("true");
    syntax
        .options("--classes", "CLASS", "The classes of the report.", v -> classes = v)
        .splitRegex(",");
    syntax
        .option(
            "--iscrowd",
            "NAME",
            "The attribute that marks a crowd (default: ${DEFAULT-VALUE}).",
            v -> crowd = v)
        .defaultValue("iscrowd");
    syntax.flag("--use-masks", "Compare masks rather than boxes.", v -> useMasks = v);
    syntax.flag("--use-boxes", "Compare the boxes around polylines.", v -> useBoxes = v);
    syntax.flag("--compute-map", "Compute the mean average precision.", v -> computeMap = v);
    syntax
        .option(
            DetectionEvaluation.Ties.class,
            "--ties",
            "ORDER",
            "Which of equally confident predictions count first for it: in_order, as pycocotools,"
                + " or correct_first, as FiftyOne (default: in_order).",
            v -> ties = v)
        .defaultValue("IN_ORDER");
    syntax
        .option(
            int.class,
            "--max-preds",
            "N",
            "Most predictions of a sample that count for it (default: ${DEFAULT-VALUE}).",
            v -> maxPredictions = v)
        .defaultValue("100");
  }

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
