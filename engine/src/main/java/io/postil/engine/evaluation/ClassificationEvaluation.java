package io.postil.engine.evaluation;

import io.postil.core.value.Document;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an evaluation of classifications is asked to do.
 *
 * @param predictions the field with predictions; a frame field has the prefix {@code frames.}
 * @param groundTruth the field with the truth
 * @param key the name of the run and of the field it writes; null writes nothing
 * @param method {@link #SIMPLE}, {@link #TOP_K} or {@link #BINARY}
 * @param classes the classes of the reports; null for all that occur. For {@code top-k} the class
 *     of each logit, for {@code binary} the negative and the positive class: both need them
 * @param missing what stands for no label in reports; {@code binary} takes the negative class
 * @param k how many of the greatest logits {@code top-k} looks at
 */
public record ClassificationEvaluation(
    String predictions,
    String groundTruth,
    @Nullable String key,
    String method,
    @Nullable List<String> classes,
    String missing,
    int k) {
  /** A prediction is right if its class is the true one. */
  public static final String SIMPLE = "simple";

  /** A prediction is right if the true class is among those with the greatest logits. */
  public static final String TOP_K = "top-k";

  /** A class and its absence: each sample is a true or false positive or negative. */
  public static final String BINARY = "binary";

  /** The methods. */
  static final List<String> METHODS = List.of(SIMPLE, TOP_K, BINARY);

  /** Copies the classes. */
  public ClassificationEvaluation {
    classes = classes == null ? null : List.copyOf(classes);
  }

  /** An evaluation by equality of classes. */
  public static ClassificationEvaluation of(
      String predictions, String groundTruth, @Nullable String key) {
    return new ClassificationEvaluation(
        predictions, groundTruth, key, SIMPLE, null, EvaluationResults.NONE, 5);
  }

  /** This evaluation with other classes and another name for no label. */
  public ClassificationEvaluation withClasses(@Nullable List<String> classes, String missing) {
    return new ClassificationEvaluation(predictions, groundTruth, key, method, classes, missing, k);
  }

  /** This evaluation by another method, named as FiftyOne does. */
  public ClassificationEvaluation withMethod(String method) {
    return new ClassificationEvaluation(predictions, groundTruth, key, method, classes, missing, k);
  }

  /**
   * This evaluation with predictions that are right if the true class is among the {@code k} with
   * the greatest logits.
   *
   * @param classes the class of each logit
   */
  public ClassificationEvaluation withTopK(int k, List<String> classes) {
    return new ClassificationEvaluation(predictions, groundTruth, key, TOP_K, classes, missing, k);
  }

  /** This evaluation of one class and its absence. */
  public ClassificationEvaluation withBinary(String negative, String positive) {
    return new ClassificationEvaluation(
        predictions, groundTruth, key, BINARY, List.of(negative, positive), missing, k);
  }

  /** The parameters as the run record keeps them, with FiftyOne's names. */
  Document toConfig() {
    Document.Builder config =
        Document.builder()
            .put("type", "classification")
            .put("method", method)
            .put("pred_field", predictions)
            .put("gt_field", groundTruth);
    if (method.equals(TOP_K)) {
      config.put("k", k);
    }
    return config.build();
  }
}
