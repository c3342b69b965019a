package io.postil.engine.evaluation;

import io.postil.core.label.LabelList;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Evaluates sample by sample and keeps the counts. Not thread-safe. */
final class DetectionRun implements Matcher.Outcome {
  /** What an evaluation writes of one sample or frame. */
  static final class Marks {
    /** The attributes that labels get, by their ids. */
    final Map<ObjectId, Document> predictions = new HashMap<>();

    final Map<ObjectId, Document> truths = new HashMap<>();
    int tp;
    int fp;
    int fn;
  }

  private final DetectionEvaluation evaluation;
  private final Matcher matcher;
  private final Consumer<Match> listener;
  private final PairCounts counts = new PairCounts();
  private final Confidences.Counter confidences = new Confidences.Counter();
  private final @Nullable AveragePrecision precision;
  private final boolean marking;
  private final String outcomeName;
  private final String partnerName;
  private final String iouName;
  private Marks marks = new Marks();

  DetectionRun(EvaluationFields fields, DetectionEvaluation evaluation, Consumer<Match> listener) {
    this.evaluation = evaluation;
    this.listener = listener;
    boolean crowds = !fields.className().equals("TemporalDetections");
    matcher =
        new Matcher(
            fields.similarity(evaluation),
            evaluation.classwise(),
            evaluation.crowdAttribute(),
            crowds);
    precision = evaluation.computeMap() ? new AveragePrecision(fields, evaluation) : null;
    marking = evaluation.key() != null;
    outcomeName = evaluation.key() == null ? "" : evaluation.key();
    partnerName = outcomeName + "_id";
    iouName = outcomeName + "_iou";
  }

  /**
   * Evaluates one sample or frame.
   *
   * @param metadata of the sample, for the size of its pictures
   */
  Marks add(@Nullable Object predictions, @Nullable Object truths, @Nullable Document metadata) {
    marks = new Marks();
    for (Matcher.Bucket bucket : matcher.buckets(labels(predictions), labels(truths))) {
      double[] overlaps = matcher.overlaps(bucket);
      Matcher.match(bucket, overlaps, evaluation.iou(), Integer.MAX_VALUE, this);
      if (precision != null) {
        precision.add(bucket, overlaps, metadata);
      }
    }
    return marks;
  }

  private static List<? extends SingleLabel> labels(@Nullable Object value) {
    return value instanceof LabelList<?> list ? list.labels() : List.of();
  }

  private String name(SingleLabel label) {
    String name = label.label();
    return name == null ? evaluation.missing() : name;
  }

  private void count(
      String truth,
      String predicted,
      @Nullable Double iou,
      @Nullable SingleLabel truthLabel,
      @Nullable SingleLabel prediction) {
    counts.add(truth, predicted);
    Double confidence = prediction == null ? null : Matcher.confidence(prediction);
    if (confidence != null) {
      confidences.add(confidence, iou != null && predicted.equals(truth));
    }
    listener.accept(
        new Match(
            truth,
            predicted,
            iou,
            confidence,
            truthLabel == null ? null : truthLabel.id(),
            prediction == null ? null : prediction.id()));
  }

  @Override
  public void matched(Matcher.Bucket bucket, int p, int t, double iou) {
    SingleLabel prediction = bucket.predictions.get(p);
    SingleLabel truth = bucket.truths.get(t);
    boolean correct = Objects.equals(prediction.label(), truth.label());
    count(name(truth), name(prediction), iou, truth, prediction);
    if (truth.label() == null) {
      // As in FiftyOne a pair whose truth has no class counts as a false positive.
      marks.fp++;
    } else if (correct) {
      marks.tp++;
    } else if (prediction.label() == null) {
      marks.fn++;
    } else {
      marks.fp++;
      marks.fn++;
    }
    if (marking) {
      marks.predictions.put(
          prediction.id(), mark(correct ? "tp" : "fp", truth.id().toString(), iou));
      marks.truths.putIfAbsent(
          truth.id(), mark(correct ? "tp" : "fn", prediction.id().toString(), iou));
    }
  }

  @Override
  public void unmatchedPrediction(Matcher.Bucket bucket, int p) {
    SingleLabel prediction = bucket.predictions.get(p);
    count(evaluation.missing(), name(prediction), null, null, prediction);
    marks.fp++;
    if (marking) {
      marks.predictions.put(prediction.id(), mark("fp", "", null));
    }
  }

  @Override
  public void unmatchedTruth(Matcher.Bucket bucket, int t) {
    SingleLabel truth = bucket.truths.get(t);
    count(name(truth), evaluation.missing(), null, truth, null);
    if (truth.label() == null) {
      // As in FiftyOne a truth without a class counts as a false positive.
      marks.fp++;
    } else {
      marks.fn++;
    }
    if (marking) {
      marks.truths.put(truth.id(), mark("fn", "", null));
    }
  }

  /** What is written onto one label. */
  private Document mark(String outcome, String partner, @Nullable Double iou) {
    return Document.ofEntries(
        new @Nullable Object[] {outcomeName, outcome, partnerName, partner, iouName, iou});
  }

  DetectionResults results() {
    List<String> classes = evaluation.classes();
    Map<String, Map<String, Long>> counted = counts.counted();
    List<String> reported =
        classes == null ? EvaluationResults.observed(counted, evaluation.missing()) : classes;
    PrecisionRecall curves =
        precision == null ? null : precision.compute(reported, evaluation.missing());
    return new DetectionResults(
        reported, evaluation.missing(), counted, confidences.counted(), curves);
  }
}
