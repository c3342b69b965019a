package io.postil.engine.evaluation;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Collects matches at several thresholds and computes the average precision of each class by COCO's
 * rules: precision at 101 points of recall. A prediction takes 24 bytes. Not thread-safe.
 *
 * <p>What a prediction is at each threshold is one bit of a number: the lowest bits are for labels
 * of all sizes, then those for each of {@link PixelAreas#RANGES}.
 */
final class AveragePrecision {
  private static final int POINTS = 101;
  private static final int ALL_SIZES = 1;

  /** COCO's smaller limits of predictions, for which only the recall is of interest. */
  private static final int[] FEWER = {1, 10};

  /** What is known of one class. */
  private final class OfClass {
    private double[] confidences = new double[64];
    private long[] seen = new long[64];
    private long[] correct = new long[64];
    private int count;

    /** Number of truths, of all sizes and of each range. */
    private final long[] truths = new long[ALL_SIZES + PixelAreas.RANGES];

    /** Number of correct predictions among the first of each sample, by limit and threshold. */
    private final long[][] early = new long[FEWER.length][thresholds.length];

    /**
     * A prediction that has no confidence; a fault only if the class has truths to compare with.
     */
    private @Nullable ObjectId unsure;

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
  private final boolean classwise;
  private final Map<@Nullable String, OfClass> classes = new HashMap<>();
  private @Nullable PixelAreas areas;
  private int[] found = new int[16];

  /** Starts empty. */
  AveragePrecision(EvaluationFields fields, DetectionEvaluation evaluation) {
    limit = evaluation.maxPredictions();
    // ActivityNet's rule is the area below the curve rather than the mean of COCO's 101 points.
    area = fields.method().equals("activitynet");
    correctFirst = evaluation.ties() == DetectionEvaluation.Ties.CORRECT_FIRST;
    classwise = evaluation.classwise();
    List<Double> given = evaluation.iouThresholds();
    thresholds =
        given == null
            ? IntStream.range(0, 10).mapToDouble(i -> (50 + 5 * i) / 100.0).toArray()
            : given.stream().mapToDouble(Double::doubleValue).toArray();
    boolean sized =
        fields.className().equals("Detections") || fields.className().equals("Polylines");
    boolean fits = thresholds.length * (ALL_SIZES + PixelAreas.RANGES) <= Long.SIZE;
    areas = sized && classwise && fits ? new PixelAreas(evaluation.useMasks()) : null;
  }

  private OfClass of(@Nullable String label) {
    OfClass known = classes.get(label);
    if (known == null) {
      known = new OfClass();
      classes.put(label, known);
    }
    return known;
  }

  /** The bits of all thresholds, at their lowest place. */
  private long every() {
    return -1L >>> (Long.SIZE - thresholds.length);
  }

  // --- collecting -----------------------------------------------------------------------------

  /**
   * Adds what may match each other in one sample or frame.
   *
   * @param overlaps of all pairs
   * @param metadata of the sample, for the size of its pictures
   */
  void add(Matcher.Bucket bucket, double[] overlaps, @Nullable Document metadata) {
    if (areas != null && !areas.start(bucket, metadata)) {
      areas = null;
    }
    countTruths(bucket);
    // ActivityNet's rule has no limit.
    int count = area ? bucket.predictions.size() : Math.min(bucket.predictions.size(), limit);
    if (count == 0) {
      return;
    }
    Tally tally = new Tally(count);
    matchAll(bucket, overlaps, tally);
    if (areas != null) {
      for (int range = 0; range < PixelAreas.RANGES; range++) {
        matchRange(bucket, overlaps, tally, areas, range);
      }
    }
    for (int p = 0; p < count; p++) {
      add(bucket.predictions.get(p), p, tally);
    }
  }

  private void countTruths(Matcher.Bucket bucket) {
    for (int t = 0; t < bucket.truths.size(); t++) {
      if (!bucket.crowds[t]) {
        long[] truths = of(bucket.truths.get(t).label()).truths;
        truths[0]++;
        for (int range = 0; areas != null && range < PixelAreas.RANGES; range++) {
          truths[ALL_SIZES + range] += areas.isTruthIn(t, range) ? 1 : 0;
        }
      }
    }
  }

  private void add(SingleLabel prediction, int p, Tally tally) {
    Double confidence = Matcher.confidence(prediction);
    if (confidence == null) {
      of(prediction.label()).unsure = prediction.id();
      tally.others.stream()
          .filter(other -> other.prediction == p)
          .forEach(other -> of(other.label).unsure = prediction.id());
      return;
    }
    if (!tally.others.isEmpty()) {
      addByClass(prediction, p, confidence, tally);
      return;
    }
    OfClass ofClass = of(prediction.label());
    ofClass.add(confidence, tally.seen[p], tally.correct[p]);
    for (int f = 0; f < FEWER.length; f++) {
      if (p < FEWER[f]) {
        for (int i = 0; i < thresholds.length; i++) {
          ofClass.early[f][i] += tally.correct[p] >>> i & 1;
        }
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

  /** For each prediction of a bucket the thresholds at which it counts and is correct. */
  private static final class Tally {
    /** A prediction that matched a truth of another class. */
    private record Other(int prediction, long bit, @Nullable String label) {}

    private final int count;
    private final long[] seen;
    private final long[] correct;
    private final List<Other> others = new ArrayList<>();

    Tally(int count) {
      this.count = count;
      seen = new long[count];
      correct = new long[count];
    }
  }

  private int[] find(
      Matcher.Bucket bucket,
      double[] overlaps,
      int threshold,
      int count,
      int @Nullable [] order,
      boolean[] ignored) {
    if (found.length < count) {
      found = new int[count * 2];
    }
    Matcher.find(bucket, overlaps, thresholds[threshold], count, order, ignored, found);
    return found;
  }

  private void matchAll(Matcher.Bucket bucket, double[] overlaps, Tally tally) {
    if (bucket.truths.isEmpty()) {
      Arrays.fill(tally.seen, every());
      return;
    }
    for (int i = 0; i < thresholds.length; i++) {
      long bit = 1L << i;
      int[] truths = find(bucket, overlaps, i, tally.count, null, bucket.crowds);
      for (int p = 0; p < tally.count; p++) {
        int truth = truths[p];
        if (truth >= 0 && bucket.crowds[truth]) {
          continue;
        }
        tally.seen[p] |= bit;
        if (truth >= 0) {
          String label = bucket.truths.get(truth).label();
          if (Objects.equals(label, bucket.predictions.get(p).label())) {
            tally.correct[p] |= bit;
          } else {
            tally.others.add(new Tally.Other(p, bit, label));
          }
        }
      }
    }
  }

  /** Truths out of the range are ignored, and so are predictions out of it that match nothing. */
  private void matchRange(
      Matcher.Bucket bucket, double[] overlaps, Tally tally, PixelAreas areas, int range) {
    int place = thresholds.length * (ALL_SIZES + range);
    PixelAreas.Truths truths = areas.truths(bucket, range);
    if (truths.isMixed()) {
      for (int i = 0; i < thresholds.length; i++) {
        long bit = 1L << place + i;
        int[] matched = find(bucket, overlaps, i, tally.count, truths.order(), truths.ignored());
        for (int p = 0; p < tally.count; p++) {
          boolean correct = matched[p] >= 0 && !truths.ignored()[matched[p]];
          tally.correct[p] |= correct ? bit : 0;
          tally.seen[p] |= correct || matched[p] < 0 && areas.isIn(p, range) ? bit : 0;
        }
      }
      return;
    }
    // Truths that are all alike are matched as they are without a range.
    for (int p = 0; p < tally.count; p++) {
      long matched = tally.correct[p] & every();
      long correct = truths.areIgnored() ? 0 : matched;
      long alone = areas.isIn(p, range) ? every() & ~matched : 0;
      tally.correct[p] |= correct << place;
      tally.seen[p] |= (correct | alone) << place;
    }
  }

  // --- computing ------------------------------------------------------------------------------

  /** The curves of some classes. */
  PrecisionRecall compute(Collection<String> wanted, String missing) {
    Map<String, double[][]> precision = new LinkedHashMap<>();
    Map<String, Double> average = new LinkedHashMap<>();
    Map<String, Double> recall = new LinkedHashMap<>();
    CocoSummary summary = new CocoSummary(thresholds, limit);
    for (String label : wanted) {
      OfClass ofClass = of(label.equals(missing) ? null : label);
      requireConfidences(ofClass);
      int[] order = ConfidenceOrder.falling(ofClass.confidences, ofClass.count);
      double[][] curves = new double[thresholds.length][POINTS];
      Sweep[] sweeps = sweep(ofClass, order, 0, curves);
      boolean isTrue = ofClass.truths[0] > 0;
      average.put(label, isTrue ? Sweep.meanPrecision(sweeps) : -1);
      recall.put(label, isTrue ? Sweep.meanRecall(sweeps) : -1);
      precision.put(label, curves);
      if (isTrue) {
        summarize(summary, ofClass, order, sweeps);
      }
    }
    return new PrecisionRecall(
        thresholds.clone(), precision, average, recall, area ? Map.of() : summary.numbers());
  }

  private static void requireConfidences(OfClass ofClass) {
    if (ofClass.truths[0] > 0 && ofClass.unsure != null) {
      throw new PostilException(
          ErrorCode.CONFIDENCE_MISSING,
          "the prediction "
              + ofClass.unsure
              + " has no confidence, which the mean average precision needs",
          "Give all predictions a confidence, or evaluate without it.");
    }
  }

  private void summarize(CocoSummary summary, OfClass ofClass, int[] order, Sweep[] sweeps) {
    summary.all(sweeps);
    for (int f = 0; classwise && f < FEWER.length; f++) {
      double sum = 0;
      for (long correct : ofClass.early[f]) {
        sum += correct / (double) ofClass.truths[0];
      }
      summary.recallOfFirst(FEWER[f], sum / thresholds.length);
    }
    for (int range = 0; areas != null && range < PixelAreas.RANGES; range++) {
      boolean isTrue = ofClass.truths[ALL_SIZES + range] > 0;
      double[][] curves = new double[thresholds.length][POINTS];
      summary.range(
          range, isTrue ? sweep(ofClass, order, ALL_SIZES + range, curves) : new Sweep[0]);
    }
  }

  /**
   * One class at one threshold.
   *
   * @param precision the average
   * @param recall the greatest
   */
  record Sweep(double precision, double recall) {
    static double meanPrecision(Sweep[] sweeps) {
      return Arrays.stream(sweeps).mapToDouble(Sweep::precision).average().orElse(-1);
    }

    static double meanRecall(Sweep[] sweeps) {
      return Arrays.stream(sweeps).mapToDouble(Sweep::recall).average().orElse(-1);
    }
  }

  /** Fills the curves of all thresholds. */
  private Sweep[] sweep(OfClass ofClass, int[] order, int sizes, double[][] curves) {
    long truths = ofClass.truths[sizes];
    Sweep[] sweeps = new Sweep[thresholds.length];
    double[] precisions = new double[(int) Math.min(ofClass.count, truths)];
    for (int i = 0; i < sweeps.length; i++) {
      if (truths == 0) {
        Arrays.fill(curves[i], -1);
        sweeps[i] = new Sweep(-1, -1);
      } else {
        long bit = 1L << sizes * thresholds.length + i;
        int hits = hits(ofClass, order, bit, precisions);
        double below = interpolate(precisions, hits, truths, curves[i]);
        double mean = Arrays.stream(curves[i]).average().orElse(0);
        sweeps[i] = new Sweep(area ? below : mean, hits / (double) truths);
      }
    }
    return sweeps;
  }

  /** The precision at each correct prediction as the confidence falls; gives how many there are. */
  private int hits(OfClass ofClass, int[] order, long bit, double[] precisions) {
    int seen = 0;
    int hits = 0;
    int start = 0;
    while (start < order.length) {
      int end = start + 1;
      if (correctFirst) {
        double confidence = ofClass.confidences[order[start]];
        while (end < order.length && ofClass.confidences[order[end]] == confidence) {
          end++;
        }
      }
      // Of equally confident predictions the correct ones come first, if that is asked for.
      int misses = 0;
      for (int i = start; i < end; i++) {
        if ((ofClass.correct[order[i]] & bit) != 0) {
          seen++;
          hits++;
          precisions[hits - 1] = hits / (double) seen;
        } else if ((ofClass.seen[order[i]] & bit) != 0) {
          misses++;
        }
      }
      seen += misses;
      start = end;
    }
    return hits;
  }

  /** Makes the precisions fall with the recall, and fills a curve; gives the area below it. */
  private static double interpolate(double[] precisions, int hits, long truths, double[] curve) {
    for (int i = hits - 2; i >= 0; i--) {
      precisions[i] = Math.max(precisions[i], precisions[i + 1]);
    }
    double below = 0;
    for (int i = 0; i < hits; i++) {
      below += precisions[i] / truths;
    }
    int at = 0;
    for (int point = 0; point < POINTS; point++) {
      double wanted = point == POINTS - 1 ? 1 : point * 0.01;
      while (at < hits && (at + 1) / (double) truths < wanted) {
        at++;
      }
      curve[point] = at < hits ? precisions[at] : 0;
    }
    return below;
  }
}
