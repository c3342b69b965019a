package io.postil.engine.evaluation;

import io.postil.core.value.Document;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What came of an evaluation of classifications. Immutable. */
public final class ClassificationResults extends EvaluationResults {
  private final @Nullable BinaryCurves curves;
  private final long withoutLogits;

  ClassificationResults(
      @Nullable List<String> classes,
      String missing,
      Map<String, Map<String, Long>> counts,
      Confidences confidences,
      @Nullable BinaryCurves curves,
      long withoutLogits) {
    super(classes, missing, counts, confidences);
    this.curves = curves;
    this.withoutLogits = withoutLogits;
  }

  /** The curves of the positive class, if the method was {@code binary}. */
  public Optional<BinaryCurves> curves() {
    return Optional.ofNullable(curves);
  }

  /** Number of predictions that had no logits, which the method {@code top-k} counts as none. */
  public long withoutLogits() {
    return withoutLogits;
  }

  @Override
  String cls() {
    return curves == null
        ? "io.postil.ClassificationResults"
        : "io.postil.BinaryClassificationResults";
  }

  @Override
  void store(Document.Builder out) {
    if (curves != null) {
      out.put("curves", curves.toDocument());
    }
    if (withoutLogits > 0) {
      out.put("without_logits", withoutLogits);
    }
  }
}
