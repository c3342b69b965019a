package io.postil.engine.evaluation;

import io.postil.core.ErrorCode;
import io.postil.core.Nearest;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.FieldType;
import io.postil.core.dataset.LabelAttributes;
import io.postil.core.store.StoredDataset;
import io.postil.core.view.ViewDefinition;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The two fields that are compared, checked.
 *
 * @param predictions without {@code frames.}
 * @param groundTruth without {@code frames.}
 * @param ofFrames whether frames have them
 * @param className of both
 * @param method that is used
 */
record EvaluationFields(
    String predictions, String groundTruth, boolean ofFrames, String className, String method) {
  private static final Set<String> COCO = Set.of("Detections", "Polylines", "Keypoints");
  private static final int MOST_THRESHOLDS = 64;

  static EvaluationFields check(
      StoredDataset dataset, ViewDefinition view, DetectionEvaluation evaluation) {
    EvaluationChecks checks = new EvaluationChecks(dataset, view);
    String predictions = evaluation.predictions();
    String groundTruth = evaluation.groundTruth();
    FieldSpec predicted = checks.field(predictions);
    FieldSpec truth = checks.field(groundTruth);
    boolean ofFrames = predictions.startsWith(DatasetInfo.FRAMES);
    String className = predicted == null ? "" : String.valueOf(predicted.documentClass());
    String method = "";
    if (predicted != null
        && truth != null
        && checks.alike(predictions, predicted, groundTruth, truth)) {
      method = method(evaluation.method(), predicted.describe(), checks);
    } else if (evaluation.method() != null) {
      known(evaluation.method(), checks);
    }
    numbers(evaluation, checks);
    String key = evaluation.key();
    checks.key(
        key,
        predictions,
        groundTruth,
        key == null ? List.of() : written(key, ofFrames).keySet(),
        true);
    String listName = predicted == null ? null : LabelAttributes.listName(predicted);
    String path = listName == null ? ".label" : "." + listName + ".label";
    List<String> classes = evaluation.classes();
    checks.classes(classes, classes, predictions + path, groundTruth + path);
    checks.done();
    return new EvaluationFields(
        plain(predictions), plain(groundTruth), ofFrames, className, method);
  }

  static EvaluationFields check(
      StoredDataset dataset, ViewDefinition view, ClassificationEvaluation evaluation) {
    EvaluationChecks checks = new EvaluationChecks(dataset, view);
    String predictions = evaluation.predictions();
    String groundTruth = evaluation.groundTruth();
    FieldSpec predicted = checks.field(predictions);
    FieldSpec truth = checks.field(groundTruth);
    boolean ofFrames = predictions.startsWith(DatasetInfo.FRAMES);
    if (predicted != null
        && truth != null
        && checks.alike(predictions, predicted, groundTruth, truth)
        && !predicted.describe().equals("Classification")) {
      checks.add(
          ErrorCode.WRONG_FIELD_TYPE,
          "'%s' and '%s' hold %s, which cannot be evaluated as classifications"
              .formatted(predictions, groundTruth, predicted.describe()),
          "Choose fields of type Classification"
              + (COCO.contains(predicted.describe()) ? ", or evaluate detections." : "."));
    }
    method(evaluation, checks);
    String key = evaluation.key();
    checks.key(
        key,
        predictions,
        groundTruth,
        key == null ? List.of() : written(key, evaluation.method(), ofFrames).keySet(),
        false);
    List<String> classes = evaluation.classes();
    boolean binary = evaluation.method().equals(ClassificationEvaluation.BINARY);
    // The negative class may stand for all others, and so need not occur.
    checks.classes(
        binary && classes != null && classes.size() == 2 ? classes.subList(1, 2) : classes,
        classes,
        predictions + ".label",
        groundTruth + ".label");
    checks.done();
    return new EvaluationFields(
        plain(predictions), plain(groundTruth), ofFrames, "Classification", evaluation.method());
  }

  private static void method(ClassificationEvaluation evaluation, EvaluationChecks checks) {
    String method = evaluation.method();
    List<String> classes = Objects.requireNonNullElse(evaluation.classes(), List.of());
    if (!ClassificationEvaluation.METHODS.contains(method)) {
      checks.add(
          ErrorCode.UNKNOWN_METHOD,
          "there is no evaluation method '" + method + "'",
          Nearest.hint(method, ClassificationEvaluation.METHODS));
    } else if (method.equals(ClassificationEvaluation.TOP_K)) {
      checks.atLeastOne("k", evaluation.k());
      if (classes.isEmpty()) {
        checks.add(
            ErrorCode.MISSING_CLASSES,
            "the method top-k needs the class of each logit",
            "Give the classes in the order of the logits.");
      }
    } else if (method.equals(ClassificationEvaluation.BINARY)
        && (classes.size() != 2 || classes.get(0).equals(classes.get(1)))) {
      checks.add(
          ErrorCode.MISSING_CLASSES,
          "the method binary needs two classes, not " + classes.size(),
          "Give the negative class and then the positive one.");
    }
  }

  private static void numbers(DetectionEvaluation evaluation, EvaluationChecks checks) {
    checks.fraction("the IoU", evaluation.iou());
    checks.atLeastOne("the number of predictions", evaluation.maxPredictions());
    List<Double> thresholds = evaluation.iouThresholds();
    if (thresholds != null) {
      thresholds.forEach(threshold -> checks.fraction("an IoU threshold", threshold));
      if (thresholds.isEmpty() || thresholds.size() > MOST_THRESHOLDS) {
        checks.add(
            ErrorCode.INVALID_REQUEST,
            "there are " + thresholds.size() + " IoU thresholds",
            "Give 1 to " + MOST_THRESHOLDS + ".");
      }
    }
    List<Double> sigmas = evaluation.keypointSigmas();
    if (sigmas != null && sigmas.stream().anyMatch(sigma -> !(sigma > 0))) {
      checks.add(
          ErrorCode.INVALID_REQUEST,
          "the sigmas of keypoints are " + sigmas,
          "Give numbers above 0.");
    }
  }

  /** A field's name without {@code frames.}. */
  static String plain(String field) {
    return field.startsWith(DatasetInfo.FRAMES)
        ? field.substring(DatasetInfo.FRAMES.length())
        : field;
  }

  private static boolean known(String method, EvaluationChecks checks) {
    boolean known = method.equals("coco") || method.equals("activitynet");
    if (!known) {
      checks.add(
          ErrorCode.UNKNOWN_METHOD,
          "there is no evaluation method '" + method + "'",
          "The methods are coco and activitynet.");
    }
    return known;
  }

  private static String method(@Nullable String wanted, String className, EvaluationChecks checks) {
    boolean temporal = className.equals("TemporalDetections");
    String fitting = temporal ? "activitynet" : "coco";
    if (!temporal && !COCO.contains(className)) {
      checks.add(
          ErrorCode.WRONG_FIELD_TYPE,
          "labels of type " + className + " cannot be evaluated as detections",
          className.equals("Classification")
              ? "Evaluate classifications."
              : "Choose fields of detections, polylines, keypoints or temporal detections.");
    }
    if (wanted != null && known(wanted, checks) && !wanted.equals(fitting)) {
      checks.add(
          ErrorCode.WRONG_FIELD_TYPE,
          "the method " + wanted + " does not fit labels of type " + className,
          "Use " + fitting + ".");
    }
    return fitting;
  }

  Similarity similarity(DetectionEvaluation evaluation) {
    return switch (className) {
      case "TemporalDetections" -> new TemporalSimilarity();
      case "Keypoints" -> new PointSimilarity(evaluation.keypointSigmas());
      case "Polylines" -> evaluation.useBoxes() ? new BoxSimilarity() : new PolygonSimilarity();
      default -> evaluation.useMasks() ? new MaskSimilarity() : new BoxSimilarity();
    };
  }

  /** The names of the fields with counts. */
  static String[] counters(String key) {
    return new String[] {key + "_tp", key + "_fp", key + "_fn"};
  }

  /** The fields that an evaluation of detections writes. */
  static Map<String, FieldType> written(String key, boolean ofFrames) {
    Map<String, FieldType> written = new LinkedHashMap<>();
    for (String counter : counters(key)) {
      written.put(counter, FieldType.INT);
      if (ofFrames) {
        written.put(DatasetInfo.FRAMES + counter, FieldType.INT);
      }
    }
    return written;
  }

  /** The fields that an evaluation of classifications writes. */
  static Map<String, FieldType> written(String key, String method, boolean ofFrames) {
    FieldType type =
        method.equals(ClassificationEvaluation.BINARY) ? FieldType.STRING : FieldType.BOOLEAN;
    Map<String, FieldType> written = new LinkedHashMap<>();
    written.put(key, ofFrames ? FieldType.FLOAT : type);
    if (ofFrames) {
      written.put(DatasetInfo.FRAMES + key, type);
    }
    return written;
  }
}
