package io.postil.engine.evaluation;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.query.ViewSchema;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
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
  private static final Pattern KEY = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final Set<String> COCO = Set.of("Detections", "Polylines", "Keypoints");

  static EvaluationFields check(ViewSchema schema, DetectionEvaluation evaluation) {
    if (evaluation.key() != null) {
      checkKey(evaluation.key());
    }
    FieldSpec predictions = field(schema, evaluation.predictions());
    FieldSpec truth = field(schema, evaluation.groundTruth());
    String className = String.valueOf(predictions.documentClass());
    boolean ofFrames = evaluation.predictions().startsWith(DatasetInfo.FRAMES);
    if (!className.equals(truth.documentClass())
        || ofFrames != evaluation.groundTruth().startsWith(DatasetInfo.FRAMES)) {
      throw new PostilException(
          ErrorCode.WRONG_FIELD_TYPE,
          "'"
              + evaluation.predictions()
              + "' holds "
              + predictions.describe()
              + " and '"
              + evaluation.groundTruth()
              + "' "
              + truth.describe()
              + ", but only labels of one type can be compared");
    }
    String method = method(evaluation.method(), className);
    return new EvaluationFields(
        plain(evaluation.predictions()),
        plain(evaluation.groundTruth()),
        ofFrames,
        className,
        method);
  }

  static void checkKey(String key) {
    if (!KEY.matcher(key).matches()) {
      throw new PostilException(
          ErrorCode.INVALID_EVAL_KEY,
          "'" + key + "' cannot be the key of an evaluation",
          "Use letters, digits and underscores, and no digit first.");
    }
  }

  private static String plain(String field) {
    return field.startsWith(DatasetInfo.FRAMES)
        ? field.substring(DatasetInfo.FRAMES.length())
        : field;
  }

  private static FieldSpec field(ViewSchema schema, String name) {
    Optional<FieldSpec> field = schema.find(name);
    if (field.isEmpty()) {
      throw schema.unknownField(name);
    }
    return field.get();
  }

  private static String method(@Nullable String wanted, String className) {
    boolean temporal = className.equals("TemporalDetections");
    if (!temporal && !COCO.contains(className)) {
      throw new PostilException(
          ErrorCode.WRONG_FIELD_TYPE,
          "labels of type " + className + " cannot be evaluated as detections",
          "Choose fields of detections, polylines, keypoints or temporal detections.");
    }
    String fitting = temporal ? "activitynet" : "coco";
    if (wanted == null || wanted.equals(fitting)) {
      return fitting;
    }
    if (!wanted.equals("coco") && !wanted.equals("activitynet")) {
      throw new PostilException(
          ErrorCode.UNKNOWN_METHOD,
          "there is no evaluation method '" + wanted + "'",
          "The methods are coco and activitynet.");
    }
    throw new PostilException(
        ErrorCode.WRONG_FIELD_TYPE,
        "the method " + wanted + " does not fit labels of type " + className,
        "Use " + fitting + ".");
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
}
