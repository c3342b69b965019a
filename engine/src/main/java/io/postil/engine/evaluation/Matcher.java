package io.postil.engine.evaluation;

import io.postil.core.label.Detection;
import io.postil.core.label.Keypoint;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Matches the predictions of one sample or frame with its ground truth, greedily by confidence, as
 * COCO does. Not thread-safe.
 */
final class Matcher {
  private static final double HIGHEST_THRESHOLD = 1 - 1e-10;

  /** What a bucket's matching decides; positions are those of the bucket. */
  interface Outcome {
    /** A prediction found a truth. */
    void matched(Bucket bucket, int prediction, int truth, double iou);

    /** A prediction found none. */
    void unmatchedPrediction(Bucket bucket, int prediction);

    /** A truth found no prediction. */
    void unmatchedTruth(Bucket bucket, int truth);
  }

  /** Labels that may match each other: those of one class, or all. */
  static final class Bucket {
    final List<SingleLabel> predictions = new ArrayList<>();
    final List<SingleLabel> truths = new ArrayList<>();
    boolean[] crowds = {};

    /** The positions of the truths in the order the sample lists them; null if that is theirs. */
    int @Nullable [] listed;

    int listed(int position) {
      return listed == null ? position : listed[position];
    }
  }

  private final Similarity similarity;
  private final boolean classwise;
  private final String crowdAttribute;
  private final boolean hasCrowds;

  Matcher(Similarity similarity, boolean classwise, String crowdAttribute, boolean hasCrowds) {
    this.similarity = similarity;
    this.classwise = classwise;
    this.crowdAttribute = crowdAttribute;
    this.hasCrowds = hasCrowds;
  }

  /** The buckets of a sample or frame, in order of first appearance, truth before predictions. */
  List<Bucket> buckets(
      List<? extends SingleLabel> predictions, List<? extends SingleLabel> truths) {
    Map<@Nullable String, Bucket> buckets = new LinkedHashMap<>();
    for (SingleLabel truth : truths) {
      bucket(buckets, truth).truths.add(truth);
    }
    for (SingleLabel prediction : predictions) {
      bucket(buckets, prediction).predictions.add(prediction);
    }
    List<Bucket> all = List.copyOf(buckets.values());
    for (Bucket bucket : all) {
      if (bucket.predictions.size() > 1) {
        bucket.predictions.sort((a, b) -> Double.compare(rank(b), rank(a)));
      }
      sortCrowds(bucket);
    }
    return all;
  }

  private Bucket bucket(Map<@Nullable String, Bucket> buckets, SingleLabel label) {
    String key = classwise ? label.label() : null;
    Bucket known = buckets.get(key);
    if (known == null) {
      known = new Bucket();
      buckets.put(key, known);
    }
    return known;
  }

  /** Crowds come last. */
  private void sortCrowds(Bucket bucket) {
    int count = bucket.truths.size();
    bucket.crowds = new boolean[count];
    if (!hasCrowds) {
      return;
    }
    List<SingleLabel> crowds = new ArrayList<>();
    List<SingleLabel> others = new ArrayList<>();
    boolean[] isCrowd = new boolean[count];
    for (int i = 0; i < count; i++) {
      SingleLabel truth = bucket.truths.get(i);
      isCrowd[i] = Values.isTruthy(truth.property(crowdAttribute));
      (isCrowd[i] ? crowds : others).add(truth);
    }
    if (!crowds.isEmpty()) {
      int[] listed = new int[count];
      int crowd = others.size();
      int other = 0;
      for (int i = 0; i < count; i++) {
        listed[i] = isCrowd[i] ? crowd++ : other++;
      }
      bucket.listed = listed;
      Arrays.fill(bucket.crowds, others.size(), count, true);
      others.addAll(crowds);
      bucket.truths.clear();
      bucket.truths.addAll(others);
    }
  }

  /** The confidence of a prediction; null if it has none. */
  static @Nullable Double confidence(SingleLabel label) {
    if (label instanceof Detection d) {
      return d.confidence();
    }
    if (label instanceof Keypoint k) {
      if (k.confidence() == null) {
        return null;
      }
      double sum = 0;
      int count = 0;
      for (double c : k.confidence().toArray()) {
        if (!Double.isNaN(c)) {
          sum += c;
          count++;
        }
      }
      return count == 0 ? null : (Double) (sum / count);
    }
    return switch (label) {
      case io.postil.core.label.Polyline p -> p.confidence();
      case io.postil.core.label.TemporalDetection t -> t.confidence();
      default -> null;
    };
  }

  /** As in FiftyOne no confidence ranks as -1, and so does 0, but for a mean of keypoints. */
  private static double rank(SingleLabel label) {
    Double confidence = confidence(label);
    if (confidence == null) {
      return -1;
    }
    return confidence == 0 && !(label instanceof Keypoint) ? -1 : confidence;
  }

  /** The overlaps of all pairs of a bucket that touch; NaN for those that don't. */
  double[] overlaps(Bucket bucket) {
    int truths = bucket.truths.size();
    double[] overlaps = new double[bucket.predictions.size() * truths];
    if (overlaps.length == 0) {
      return overlaps;
    }
    similarity.start(bucket.predictions, bucket.truths, bucket.crowds);
    for (int p = 0; p < bucket.predictions.size(); p++) {
      for (int t = 0; t < truths; t++) {
        overlaps[p * truths + t] = similarity.touches(p, t) ? similarity.of(p, t) : Double.NaN;
      }
    }
    return overlaps;
  }

  /**
   * Matches one bucket.
   *
   * @param overlaps of its pairs
   * @param iou the least overlap of a match
   * @param limit how many predictions take part
   * @param outcome is told predictions in order, then the truths that are left
   */
  static void match(Bucket bucket, double[] overlaps, double iou, int limit, Outcome outcome) {
    int truths = bucket.truths.size();
    int predictions = Math.min(bucket.predictions.size(), limit);
    int[] found = new int[predictions];
    boolean[] taken = find(bucket, overlaps, iou, predictions, null, bucket.crowds, found);
    for (int p = 0; p < predictions; p++) {
      if (found[p] >= 0) {
        outcome.matched(bucket, p, found[p], overlaps[p * truths + found[p]]);
      } else {
        outcome.unmatchedPrediction(bucket, p);
      }
    }
    for (int i = 0; i < truths; i++) {
      int t = bucket.listed(i);
      if (!taken[t]) {
        outcome.unmatchedTruth(bucket, t);
      }
    }
  }

  /**
   * Finds the truth of each prediction of a bucket.
   *
   * @param overlaps of its pairs
   * @param iou the least overlap of a match
   * @param predictions how many predictions take part
   * @param order in which truths are tried, those ignored last; null for that of the bucket
   * @param ignored truths that are only matched if none that counts can be
   * @param found gets the position of each prediction's truth, or -1
   * @return which truths were found
   */
  static boolean[] find(
      Bucket bucket,
      double[] overlaps,
      double iou,
      int predictions,
      int @Nullable [] order,
      boolean[] ignored,
      int[] found) {
    double threshold = Math.min(iou, HIGHEST_THRESHOLD);
    boolean[] taken = new boolean[bucket.truths.size()];
    for (int p = 0; p < predictions; p++) {
      found[p] = best(bucket, overlaps, p, threshold, order, ignored, taken);
      if (found[p] >= 0) {
        taken[found[p]] = true;
      }
    }
    return taken;
  }

  private static int best(
      Bucket bucket,
      double[] overlaps,
      int prediction,
      double threshold,
      int @Nullable [] order,
      boolean[] ignored,
      boolean[] taken) {
    int truths = bucket.truths.size();
    double best = threshold;
    int found = -1;
    for (int i = 0; i < truths; i++) {
      int t = order == null ? i : order[i];
      double overlap = overlaps[prediction * truths + t];
      boolean crowd = bucket.crowds[t];
      if (Double.isNaN(overlap) || taken[t] && !crowd) {
        continue;
      }
      if (crowd
          && !Objects.equals(
              bucket.truths.get(t).label(), bucket.predictions.get(prediction).label())) {
        continue;
      }
      if (found >= 0 && !ignored[found] && ignored[t]) {
        break;
      }
      if (overlap >= best) {
        best = overlap;
        found = t;
      }
    }
    return found;
  }
}
