package io.postil.engine.evaluation;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.label.SingleLabel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Collects matches at several thresholds and computes the average precision of each class by COCO's
 * rules: precision at 101 points of recall. A prediction takes 24 bytes. Not thread-safe.
 */
final class AveragePrecision {
  private static final int POINTS = 101;

  /** The predictions of one class: confidence, and a bit a threshold for seen and for correct. */
  private static final class Predictions {
    private double[] confidences = new double[256];
    private long[] seen = new long[256];
    private long[] correct = new long[256];
    private int count;

    void add(double confidence, long seenBits, long correctBits) {
      if (count == confidences.length) {
        confidences = Arrays.copyOf(confidences, count * 2);
        seen = Arrays.copyOf(seen, count * 2);
        correct = Arrays.copyOf(correct, count * 2);
      }
      confidences[count] = confidence;
      seen[count] = seenBits;
      correct[count++] = correctBits;
    }
  }

  private final double[] thresholds;
  private final int limit;
  private final boolean area;
  private final boolean correctFirst;
  private final Map<@Nullable String, Predictions> predictions = new HashMap<>();
  private final Map<@Nullable String, Long> truths = new HashMap<>();

  /**
   * Starts empty.
   *
   * @param area whether the average is the area below the curve, ActivityNet's rule, rather than
   *     the mean of COCO's 101 points
   * @param ties the order of equally confident predictions
   */
  AveragePrecision(
      @Nullable List<Double> thresholds, int limit, boolean area, DetectionEvaluation.Ties ties) {
    this.limit = limit;
    this.area = area;
    this.correctFirst = ties == DetectionEvaluation.Ties.CORRECT_FIRST;
    if (thresholds == null) {
      this.thresholds = new double[10];
      for (int i = 0; i < 10; i++) {
        this.thresholds[i] = (50 + 5 * i) / 100.0;
      }
    } else {
      this.thresholds = thresholds.stream().mapToDouble(Double::doubleValue).toArray();
    }
    if (this.thresholds.length > 64) {
      throw new PostilException(
          ErrorCode.INVALID_REQUEST, "at most 64 thresholds can be computed at once");
    }
  }

  double[] thresholds() {
    return thresholds.clone();
  }

  void add(Matcher.Bucket bucket, double[] overlaps) {
    int count = Math.min(bucket.predictions.size(), limit);
    for (int t = 0; t < bucket.truths.size(); t++) {
      if (!bucket.crowds[t]) {
        truths.merge(bucket.truths.get(t).label(), 1L, Long::sum);
      }
    }
    if (count == 0) {
      return;
    }
    Tally tally = new Tally(count);
    for (int i = 0; i < thresholds.length; i++) {
      tally.bit = 1L << i;
      Matcher.match(bucket, overlaps, thresholds[i], limit, tally);
    }
    for (int p = 0; p < count; p++) {
      SingleLabel prediction = bucket.predictions.get(p);
      Double confidence = Matcher.confidence(prediction);
      if (confidence == null) {
        throw new PostilException(
            ErrorCode.CONFIDENCE_MISSING,
            "the prediction "
                + prediction.id()
                + " has no confidence, which the mean average precision needs",
            "Give all predictions a confidence, or evaluate without it.");
      }
      if (tally.others.isEmpty()) {
        of(prediction.label()).add(confidence, tally.seen[p], tally.correct[p]);
      } else {
        addByClass(prediction, p, confidence, tally);
      }
    }
  }

  /** A prediction that at some threshold matched a truth of another class counts for that class. */
  private void addByClass(SingleLabel prediction, int p, double confidence, Tally tally) {
    long rest = tally.seen[p];
    for (Tally.Other other : tally.others) {
      if (other.prediction == p) {
        of(other.label).add(confidence, other.bit, 0);
        rest &= ~other.bit;
      }
    }
    if (rest != 0) {
      of(prediction.label()).add(confidence, rest, tally.correct[p]);
    }
  }

  private Predictions of(@Nullable String label) {
    Predictions known = predictions.get(label);
    if (known == null) {
      known = new Predictions();
      predictions.put(label, known);
    }
    return known;
  }

  /** Notes for each prediction of a bucket at which thresholds it counts and is correct. */
  private static final class Tally implements Matcher.Outcome {
    private record Other(int prediction, long bit, @Nullable String label) {}

    private final long[] seen;
    private final long[] correct;
    private final List<Other> others = new ArrayList<>();
    private long bit;

    Tally(int count) {
      seen = new long[count];
      correct = new long[count];
    }

    @Override
    public void matched(Matcher.Bucket bucket, int prediction, int truth, double iou) {
      if (bucket.crowds[truth]) {
        return;
      }
      seen[prediction] |= bit;
      String label = bucket.truths.get(truth).label();
      if (Objects.equals(label, bucket.predictions.get(prediction).label())) {
        correct[prediction] |= bit;
      } else {
        others.add(new Other(prediction, bit, label));
      }
    }

    @Override
    public void unmatchedPrediction(Matcher.Bucket bucket, int prediction) {
      seen[prediction] |= bit;
    }

    @Override
    public void unmatchedTruth(Matcher.Bucket bucket, int truth) {}
  }

  /** The curves of some classes. */
  PrecisionRecall compute(Collection<String> classes, String missing) {
    Map<String, double[][]> precision = new LinkedHashMap<>();
    Map<String, Double> average = new LinkedHashMap<>();
    Map<String, Double> recall = new LinkedHashMap<>();
    for (String label : classes) {
      String key = label.equals(missing) ? null : label;
      long count = truths.getOrDefault(key, 0L);
      double[][] curves = new double[thresholds.length][POINTS];
      double recalls = 0;
      double averages = 0;
      for (int i = 0; i < thresholds.length; i++) {
        Summary summary = curve(predictions.get(key), count, 1L << i, curves[i]);
        recalls += summary.recall;
        averages += area ? summary.area : Arrays.stream(curves[i]).average().orElse(0);
      }
      average.put(label, count == 0 ? -1 : averages / thresholds.length);
      precision.put(label, curves);
      recall.put(label, count == 0 ? -1 : recalls / thresholds.length);
    }
    return new PrecisionRecall(thresholds(), precision, average, recall);
  }

  /** The greatest recall of a curve, and the area below it. */
  private record Summary(double recall, double area) {}

  /** Fills a curve. */
  private Summary curve(@Nullable Predictions all, long truths, long bit, double[] curve) {
    if (truths == 0) {
      Arrays.fill(curve, -1);
      return new Summary(-1, -1);
    }
    if (all == null) {
      return new Summary(0, 0);
    }
    // Sorted by confidence, falling; equals stay in the order they are in before.
    int[] order = new int[all.count];
    int count = 0;
    for (int pass = 0; pass < 2; pass++) {
      for (int i = 0; i < all.count; i++) {
        boolean first = !correctFirst || (all.correct[i] & bit) != 0;
        if ((all.seen[i] & bit) != 0 && first == (pass == 0)) {
          order[count++] = i;
        }
      }
    }
    sortByConfidence(order, count, all.confidences);
    double[] precisions = new double[count];
    double[] recalls = new double[count];
    long found = 0;
    for (int i = 0; i < count; i++) {
      if ((all.correct[order[i]] & bit) != 0) {
        found++;
      }
      precisions[i] = found / (double) (i + 1);
      recalls[i] = found / (double) truths;
    }
    for (int i = count - 2; i >= 0; i--) {
      precisions[i] = Math.max(precisions[i], precisions[i + 1]);
    }
    int at = 0;
    for (int point = 0; point < POINTS; point++) {
      double wanted = point == POINTS - 1 ? 1 : point * 0.01;
      while (at < count && recalls[at] < wanted) {
        at++;
      }
      curve[point] = at < count ? precisions[at] : 0;
    }
    double below = 0;
    for (int i = 0; i < count; i++) {
      below += (recalls[i] - (i == 0 ? 0 : recalls[i - 1])) * precisions[i];
    }
    return new Summary(count == 0 ? 0 : recalls[count - 1], below);
  }

  /** A stable sort of positions by falling confidence, that keeps equals in their order. */
  private static void sortByConfidence(int[] order, int count, double[] confidences) {
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] = confidences[order[i]];
    }
    Integer[] positions = new Integer[count];
    for (int i = 0; i < count; i++) {
      positions[i] = i;
    }
    Arrays.sort(positions, (a, b) -> Double.compare(values[b], values[a]));
    int[] sorted = new int[count];
    for (int i = 0; i < count; i++) {
      sorted[i] = order[positions[i]];
    }
    System.arraycopy(sorted, 0, order, 0, count);
  }
}
