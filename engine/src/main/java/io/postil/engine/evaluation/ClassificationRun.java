package io.postil.engine.evaluation;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException.Problem;
import io.postil.core.label.Classification;
import io.postil.core.value.NdArray;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Evaluates classification by classification and keeps the counts. Not thread-safe. */
final class ClassificationRun {
  /**
   * What is found about one sample or frame.
   *
   * @param correct whether the prediction is right
   * @param written the value of the field
   */
  record Outcome(boolean correct, Object written) {}

  private final ClassificationEvaluation evaluation;
  private final String missing;
  private final List<String> classes;
  private final Map<String, Integer> positions = new LinkedHashMap<>();
  private final PairCounts counts = new PairCounts();
  private final Confidences.Counter confidences = new Confidences.Counter();
  private final BinaryCurves.Collector scores = new BinaryCurves.Collector();

  /** Classes that occur and that no logit stands for. */
  private final Set<String> unknown = new TreeSet<>();

  private @Nullable String wrongLogits;
  private long predictions;
  private long withLogits;

  ClassificationRun(ClassificationEvaluation evaluation) {
    this.evaluation = evaluation;
    classes = Objects.requireNonNullElse(evaluation.classes(), List.of());
    boolean binary = evaluation.method().equals(ClassificationEvaluation.BINARY);
    missing = binary ? classes.get(0) : evaluation.missing();
    for (int i = 0; i < classes.size(); i++) {
      positions.putIfAbsent(classes.get(i), i);
    }
  }

  /** Evaluates one sample or frame. */
  Outcome add(@Nullable Object predicted, @Nullable Object truth) {
    Classification prediction = predicted instanceof Classification c ? c : null;
    String trueLabel = truth instanceof Classification c ? c.label() : null;
    return switch (evaluation.method()) {
      case ClassificationEvaluation.TOP_K -> topK(prediction, trueLabel);
      case ClassificationEvaluation.BINARY -> binary(prediction, trueLabel);
      default -> simple(prediction, trueLabel);
    };
  }

  private Outcome simple(@Nullable Classification prediction, @Nullable String truth) {
    String predicted = prediction == null ? null : prediction.label();
    boolean correct = Objects.equals(predicted, truth);
    count(truth, predicted, correct, prediction == null ? null : prediction.confidence());
    return new Outcome(correct, correct);
  }

  private void count(
      @Nullable String truth,
      @Nullable String predicted,
      boolean correct,
      @Nullable Double confidence) {
    counts.add(truth == null ? missing : truth, predicted == null ? missing : predicted);
    if (confidence != null && predicted != null) {
      confidences.add(confidence, correct);
    }
  }

  // --- binary -----------------------------------------------------------------------------------

  /** All but the positive class is negative, also no label. */
  private Outcome binary(@Nullable Classification prediction, @Nullable String truth) {
    String positive = classes.get(1);
    String predicted = prediction == null ? null : prediction.label();
    boolean isTrue = positive.equals(truth);
    boolean isPredicted = positive.equals(predicted);
    Double confidence = prediction == null ? null : prediction.confidence();
    count(
        isTrue ? positive : missing,
        isPredicted ? positive : missing,
        isTrue == isPredicted,
        prediction == null ? null : confidence);
    scores.add(score(predicted, isPredicted, confidence), isTrue);
    String written = (isTrue == isPredicted ? "T" : "F") + (isPredicted ? "P" : "N");
    return new Outcome(isTrue == isPredicted, written);
  }

  /** How sure the prediction is of the positive class. */
  private static double score(
      @Nullable String predicted, boolean isPositive, @Nullable Double confidence) {
    if (predicted == null) {
      return 0;
    }
    double sure = confidence == null ? 1 : confidence;
    return isPositive ? sure : 1 - sure;
  }

  // --- top-k ------------------------------------------------------------------------------------

  private Outcome topK(@Nullable Classification prediction, @Nullable String truth) {
    predictions += prediction == null ? 0 : 1;
    NdArray logits = prediction == null ? null : prediction.logits();
    if (prediction == null || logits == null) {
      count(truth, null, false, null);
      return new Outcome(false, false);
    }
    withLogits++;
    String predicted = prediction.label();
    if (!fits(prediction, logits, truth, predicted)) {
      return new Outcome(false, false);
    }
    if (truth == null) {
      boolean correct = predicted == null;
      count(null, predicted, correct, null);
      return new Outcome(correct, correct);
    }
    int target = Objects.requireNonNull(positions.get(truth));
    boolean found = isAmongGreatest(logits, target);
    String counted = found ? truth : predicted;
    Integer at = counted == null ? null : positions.get(counted);
    count(truth, counted, found, at == null ? null : (Double) softmax(logits, at));
    return new Outcome(found, found);
  }

  /** Notes what keeps logits from being read by the classes. */
  private boolean fits(
      Classification prediction,
      NdArray logits,
      @Nullable String truth,
      @Nullable String predicted) {
    boolean fits = true;
    if (logits.size() != classes.size()) {
      wrongLogits =
          wrongLogits != null
              ? wrongLogits
              : "the logits of classification "
                  + prediction.id()
                  + " are "
                  + logits.size()
                  + " numbers, but there are "
                  + classes.size()
                  + " classes";
      fits = false;
    }
    for (String label : new @Nullable String[] {truth, predicted}) {
      if (label != null && !positions.containsKey(label)) {
        unknown.add(label);
        fits = false;
      }
    }
    return fits;
  }

  /** Of equal logits those of earlier classes come first. */
  private boolean isAmongGreatest(NdArray logits, int target) {
    double value = logits.get(target);
    int before = 0;
    for (int i = 0; i < logits.size(); i++) {
      double other = logits.get(i);
      if (other > value || other == value && i < target) {
        before++;
      }
    }
    return before < evaluation.k();
  }

  private static double softmax(NdArray logits, int at) {
    double greatest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < logits.size(); i++) {
      greatest = Math.max(greatest, logits.get(i));
    }
    double sum = 0;
    for (int i = 0; i < logits.size(); i++) {
      sum += Math.exp(logits.get(i) - greatest);
    }
    return Math.exp(logits.get(at) - greatest) / sum;
  }

  // --- results ----------------------------------------------------------------------------------

  /** What the labels turned out not to be fit for. */
  List<Problem> problems() {
    List<Problem> problems = new ArrayList<>();
    if (predictions > 0 && withLogits == 0 && isTopK()) {
      problems.add(
          new Problem(
              ErrorCode.INVALID_REQUEST,
              "no prediction of '" + evaluation.predictions() + "' has logits",
              "Use the method simple, or store the logits of the model with its predictions."));
    }
    if (wrongLogits != null) {
      problems.add(
          new Problem(
              ErrorCode.INVALID_REQUEST, wrongLogits, "Give the class of each logit, in order."));
    }
    if (!unknown.isEmpty()) {
      problems.add(
          new Problem(
              ErrorCode.INVALID_REQUEST,
              "labels have classes that no logit stands for: " + String.join(", ", unknown),
              "Give the class of each logit, in order."));
    }
    return problems;
  }

  private boolean isTopK() {
    return evaluation.method().equals(ClassificationEvaluation.TOP_K);
  }

  ClassificationResults results() {
    boolean binary = evaluation.method().equals(ClassificationEvaluation.BINARY);
    return new ClassificationResults(
        evaluation.classes(),
        missing,
        counts.counted(),
        confidences.counted(),
        binary ? scores.curves() : null,
        isTopK() ? predictions - withLogits : 0);
  }
}
