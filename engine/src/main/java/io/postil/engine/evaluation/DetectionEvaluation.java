package io.postil.engine.evaluation;

import io.postil.core.value.Document;
import io.postil.core.value.Values;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What an evaluation of detections is asked to do.
 *
 * @param predictions the field with predictions; a frame field has the prefix {@code frames.}
 * @param groundTruth the field with the truth, of the same type
 * @param key the name of the run and of the attributes it writes; null writes nothing
 * @param method {@code coco} or {@code activitynet}; null for the one that fits the labels
 * @param classes the classes of the reports; null for all that occur
 * @param missing what stands for no label in reports
 * @param iou the least overlap of a match
 * @param classwise whether only labels of equal classes can match
 * @param crowdAttribute the attribute that marks a ground truth as a crowd
 * @param useMasks whether to compare masks rather than boxes
 * @param useBoxes whether to compare the boxes around polylines rather than the shapes
 * @param keypointSigmas the tolerance of each keypoint; null for 1
 * @param computeMap whether to compute the mean average precision
 * @param iouThresholds its thresholds; null for 0.5, 0.55 to 0.95
 * @param maxPredictions most predictions of a class and sample that count for it
 * @param ties the order of equally confident predictions for it
 */
public record DetectionEvaluation(
    String predictions,
    String groundTruth,
    @Nullable String key,
    @Nullable String method,
    @Nullable List<String> classes,
    String missing,
    double iou,
    boolean classwise,
    String crowdAttribute,
    boolean useMasks,
    boolean useBoxes,
    @Nullable List<Double> keypointSigmas,
    boolean computeMap,
    @Nullable List<Double> iouThresholds,
    int maxPredictions,
    Ties ties) {
  /** Which of several predictions of one confidence come first in a precision-recall curve. */
  public enum Ties {
    /** Those of earlier samples, as pycocotools has it. */
    IN_ORDER,
    /** The correct ones, as FiftyOne has it; the mean average precision is never smaller. */
    CORRECT_FIRST
  }

  /** What stands for no label unless another name is given. */
  public static final String NONE = EvaluationResults.NONE;

  /** An evaluation by COCO's rules with FiftyOne's defaults. */
  public static DetectionEvaluation of(
      String predictions, String groundTruth, @Nullable String key) {
    return new DetectionEvaluation(
        predictions,
        groundTruth,
        key,
        null,
        null,
        NONE,
        0.5,
        true,
        "iscrowd",
        false,
        false,
        null,
        false,
        null,
        100,
        Ties.IN_ORDER);
  }

  /** This evaluation with another method. */
  public DetectionEvaluation withMethod(@Nullable String method) {
    return with(copy -> copy.method = method);
  }

  /** This evaluation with other classes and another name for no label. */
  public DetectionEvaluation withClasses(@Nullable List<String> classes, String missing) {
    return with(
        copy -> {
          copy.classes = classes;
          copy.missing = missing;
        });
  }

  /** This evaluation with another rule for matches. */
  public DetectionEvaluation withMatching(double iou, boolean classwise, String crowdAttribute) {
    return with(
        copy -> {
          copy.iou = iou;
          copy.classwise = classwise;
          copy.crowdAttribute = crowdAttribute;
        });
  }

  /** This evaluation with another way to compare shapes. */
  public DetectionEvaluation withShapes(
      boolean useMasks, boolean useBoxes, @Nullable List<Double> keypointSigmas) {
    return with(
        copy -> {
          copy.useMasks = useMasks;
          copy.useBoxes = useBoxes;
          copy.keypointSigmas = keypointSigmas;
        });
  }

  /** This evaluation with the mean average precision. */
  public DetectionEvaluation withMap(@Nullable List<Double> iouThresholds, int maxPredictions) {
    return with(
        copy -> {
          copy.computeMap = true;
          copy.iouThresholds = iouThresholds;
          copy.maxPredictions = maxPredictions;
        });
  }

  /** This evaluation with another order of equally confident predictions. */
  public DetectionEvaluation withTies(Ties ties) {
    return with(copy -> copy.ties = ties);
  }

  private DetectionEvaluation with(Consumer<Copy> change) {
    Copy copy = new Copy(this);
    change.accept(copy);
    return new DetectionEvaluation(
        predictions,
        groundTruth,
        key,
        copy.method,
        copy.classes,
        copy.missing,
        copy.iou,
        copy.classwise,
        copy.crowdAttribute,
        copy.useMasks,
        copy.useBoxes,
        copy.keypointSigmas,
        copy.computeMap,
        copy.iouThresholds,
        copy.maxPredictions,
        copy.ties);
  }

  /** What can differ in an evaluation that is made from another one. */
  private static final class Copy {
    @Nullable String method;
    @Nullable List<String> classes;
    String missing;
    double iou;
    boolean classwise;
    String crowdAttribute;
    boolean useMasks;
    boolean useBoxes;
    @Nullable List<Double> keypointSigmas;
    boolean computeMap;
    @Nullable List<Double> iouThresholds;
    int maxPredictions;
    Ties ties;

    Copy(DetectionEvaluation from) {
      method = from.method;
      classes = from.classes;
      missing = from.missing;
      iou = from.iou;
      classwise = from.classwise;
      crowdAttribute = from.crowdAttribute;
      useMasks = from.useMasks;
      useBoxes = from.useBoxes;
      keypointSigmas = from.keypointSigmas;
      computeMap = from.computeMap;
      iouThresholds = from.iouThresholds;
      maxPredictions = from.maxPredictions;
      ties = from.ties;
    }
  }

  /** The parameters as the run record keeps them, with FiftyOne's names. */
  Document toConfig(String usedMethod) {
    return Document.builder()
        .put("type", "detection")
        .put("method", usedMethod)
        .put("pred_field", predictions)
        .put("gt_field", groundTruth)
        .put("iou", iou)
        .put("classwise", classwise)
        .put("iscrowd", crowdAttribute)
        .put("use_masks", useMasks)
        .put("use_boxes", useBoxes)
        .put("compute_mAP", computeMap)
        .put("iou_threshs", iouThresholds == null ? null : Values.list(iouThresholds))
        .put("max_preds", maxPredictions)
        .put("keypoint_sigmas", keypointSigmas == null ? null : Values.list(keypointSigmas))
        .build();
  }
}
