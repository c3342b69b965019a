package io.postil.engine.evaluation;

import io.postil.core.value.Document;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What came of an evaluation of detections. Immutable. */
public final class DetectionResults extends EvaluationResults {
  private final @Nullable PrecisionRecall precisionRecall;

  DetectionResults(
      @Nullable List<String> classes,
      String missing,
      Map<String, Map<String, Long>> counts,
      Confidences confidences,
      @Nullable PrecisionRecall precisionRecall) {
    super(classes, missing, counts, confidences);
    this.precisionRecall = precisionRecall;
  }

  /** The average precision and its curves, if they were asked for. */
  public Optional<PrecisionRecall> precisionRecall() {
    return Optional.ofNullable(precisionRecall);
  }

  @Override
  String cls() {
    return "io.postil.DetectionResults";
  }

  @Override
  void store(Document.Builder out) {
    if (precisionRecall != null) {
      out.put("precision_recall", precisionRecall.toDocument());
    }
  }
}
