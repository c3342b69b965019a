package io.postil.engine.evaluation;

import io.postil.core.run.RunRecord;
import io.postil.core.value.Document;
import io.postil.core.value.Values;
import io.postil.core.view.StageDocuments;
import io.postil.core.view.ViewDefinition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An evaluation with all its numbers, for people and programs to look at. Immutable.
 *
 * @param key its name; null if it was not stored
 * @param made when; null if it was not stored
 * @param config its parameters, with FiftyOne's names
 * @param view what was evaluated
 * @param results what came of it
 */
public record EvaluationData(
    @Nullable String key,
    @Nullable Instant made,
    Document config,
    ViewDefinition view,
    EvaluationResults results) {
  /** What stands in a confusion matrix for all classes it does not show. */
  public static final String OTHER = "(other)";

  static EvaluationData of(RunRecord run) {
    return new EvaluationData(
        run.key(), run.timestamp(), run.config(), Evaluations.view(run), Evaluations.results(run));
  }

  /** An evaluation of detections that was just made. */
  public static EvaluationData of(
      ViewDefinition view, DetectionEvaluation evaluation, DetectionResults results) {
    String method = evaluation.method() == null ? "coco" : evaluation.method();
    return new EvaluationData(evaluation.key(), null, evaluation.toConfig(method), view, results);
  }

  /** An evaluation of classifications that was just made. */
  public static EvaluationData of(
      ViewDefinition view, ClassificationEvaluation evaluation, ClassificationResults results) {
    return new EvaluationData(evaluation.key(), null, evaluation.toConfig(), view, results);
  }

  /** What an evaluation was. */
  static Document identity(@Nullable String key, @Nullable Instant made, Document config) {
    return Document.builder()
        .putIfPresent("key", key)
        .put("type", config.getString("type", "detection"))
        .put("method", config.getString("method", ""))
        .put("predictions", config.getString("pred_field", ""))
        .put("groundTruth", config.getString("gt_field", ""))
        .putIfPresent("made", made == null ? null : made.toString())
        .build();
  }

  /** What it was and the numbers about all classes together. */
  public Document summary() {
    Document.Builder out = identity(key, made, config).toBuilder();
    EvaluationResults.Metrics metrics = results.metrics();
    out.put(
        "metrics",
        Document.builder()
            .put("accuracy", metrics.accuracy())
            .put("precision", metrics.precision())
            .put("recall", metrics.recall())
            .put("fscore", metrics.fscore())
            .put("support", metrics.support())
            .build());
    if (results instanceof DetectionResults d) {
      d.precisionRecall().ifPresent(p -> putPrecision(out, p));
    } else if (results instanceof ClassificationResults c) {
      c.curves().ifPresent(b -> putBinary(out, b));
    }
    return out.build();
  }

  private static void putPrecision(Document.Builder out, PrecisionRecall p) {
    out.put("mAP", p.meanAveragePrecision()).put("mAR", p.meanRecall());
    if (!p.coco().isEmpty()) {
      out.put("coco", Document.of(p.coco()));
    }
  }

  private static void putBinary(Document.Builder out, BinaryCurves curves) {
    out.put(
        "binary",
        Document.of(
            "averagePrecision",
            curves.averagePrecision(),
            "rocAuc",
            Double.isNaN(curves.rocAuc()) ? null : (Double) curves.rocAuc()));
  }

  /**
   * {@link #summary()} with the numbers of each class: the report, the confusion matrix and the
   * confidences, but without curves.
   */
  public Document details() {
    Document.Builder out = summary().toBuilder();
    out.put("config", config)
        .put("view", StageDocuments.toList(view))
        .put("classes", Values.list(results.classes()))
        .put("missing", results.missing())
        .put("report", results.report(null))
        .put("confusion", confusion());
    if (!results.confidences().isEmpty()) {
      out.put("confidences", results.confidences().toDocument());
    }
    if (results instanceof DetectionResults d) {
      d.precisionRecall()
          .ifPresent(p -> out.put("averagePrecision", Document.of(p.averagePrecision())));
    } else if (results instanceof ClassificationResults c && c.withoutLogits() > 0) {
      out.put("withoutLogits", c.withoutLogits());
    }
    return out.build();
  }

  /**
   * The confusion matrix: {@code labels} of its rows and columns, and {@code counts}, a row for
   * each true class. All other classes and no label follow the classes if they occur.
   */
  public Document confusion() {
    boolean hasMissing = !results.classes().contains(results.missing());
    long[][] counts = results.confusionMatrix(results.classes(), true, hasMissing);
    List<String> labels = new ArrayList<>(results.classes());
    labels.add(OTHER);
    if (hasMissing) {
      labels.add(results.missing());
    }
    List<Integer> shown = new ArrayList<>();
    for (int i = 0; i < labels.size(); i++) {
      if (i < results.classes().size() || occurs(counts, i)) {
        shown.add(i);
      }
    }
    List<Object> rows = new ArrayList<>();
    for (int row : shown) {
      List<Object> cells = new ArrayList<>();
      shown.forEach(column -> cells.add(counts[row][column]));
      rows.add(Values.list(cells));
    }
    return Document.of(
        "labels", Values.list(shown.stream().map(labels::get).toList()), "counts", rows);
  }

  private static boolean occurs(long[][] counts, int at) {
    return Arrays.stream(counts[at]).anyMatch(n -> n > 0)
        || Arrays.stream(counts).anyMatch(row -> row[at] > 0);
  }

  /**
   * The curves; empty if there are none. Of detections {@code thresholds} and {@code precision}, by
   * class for each threshold the precision at recall 0, 0.01 to 1. Of a binary evaluation {@code
   * precision} by recall and {@code truePositiveRate} by false positive rate.
   */
  public Document curves() {
    // No pattern switch: it would be linked at each start.
    if (results instanceof DetectionResults d) {
      return d.precisionRecall()
          .map(
              p ->
                  Document.of(
                      "thresholds",
                      Numbers.list(p.thresholds()),
                      "precision",
                      curves(p.precision())))
          .orElse(Document.empty());
    }
    return results instanceof ClassificationResults c
        ? c.curves()
            .map(
                b ->
                    Document.of(
                        "precision",
                        Numbers.list(b.precision()),
                        "truePositiveRate",
                        Numbers.list(b.truePositiveRate())))
            .orElse(Document.empty())
        : Document.empty();
  }

  private static Document curves(Map<String, double[][]> precision) {
    Document.Builder out = Document.builder();
    precision.forEach(
        (label, byThreshold) ->
            out.append(label, Values.list(Arrays.stream(byThreshold).map(Numbers::list).toList())));
    return out.build();
  }
}
