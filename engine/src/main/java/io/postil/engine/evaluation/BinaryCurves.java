package io.postil.engine.evaluation;

import io.postil.core.value.Document;
import java.util.Arrays;

/**
 * How the positive class of a binary evaluation is told from the negative one as the confidence
 * that decides falls.
 *
 * @param averagePrecision the sum of the precisions, each weighted by the recall it adds
 * @param rocAuc the area below the curve of the true positive rate; NaN without samples of both
 *     classes
 * @param precision the greatest precision at recall 0, 0.01 to 1 or beyond; 101 numbers
 * @param truePositiveRate at a false positive rate of 0, 0.01 to 1; 101 numbers
 */
public record BinaryCurves(
    double averagePrecision, double rocAuc, double[] precision, double[] truePositiveRate) {
  private static final int POINTS = 101;

  Document toDocument() {
    return Document.builder()
        .put("average_precision", averagePrecision)
        .put("roc_auc", Double.isNaN(rocAuc) ? null : (Double) rocAuc)
        .put("precision", Numbers.list(precision))
        .put("true_positive_rate", Numbers.list(truePositiveRate))
        .build();
  }

  static BinaryCurves fromDocument(Document document) {
    Double auc = document.getDouble("roc_auc");
    Double average = document.getDouble("average_precision");
    return new BinaryCurves(
        average == null ? 0 : average,
        auc == null ? Double.NaN : auc,
        Numbers.array(document.getList("precision")),
        Numbers.array(document.getList("true_positive_rate")));
  }

  /** Collects the scores of the positive class. Not thread-safe. */
  static final class Collector {
    private double[] positives = new double[64];
    private double[] negatives = new double[64];
    private int positiveCount;
    private int negativeCount;

    void add(double score, boolean isPositive) {
      if (isPositive) {
        positives = grown(positives, positiveCount);
        positives[positiveCount++] = score;
      } else {
        negatives = grown(negatives, negativeCount);
        negatives[negativeCount++] = score;
      }
    }

    private static double[] grown(double[] values, int count) {
      return count == values.length ? Arrays.copyOf(values, count * 2) : values;
    }

    /** Goes down the scores; equal ones are one step. */
    BinaryCurves curves() {
      Arrays.sort(positives, 0, positiveCount);
      Arrays.sort(negatives, 0, negativeCount);
      int steps = positiveCount + negativeCount + 1;
      double[] recalls = new double[steps];
      double[] precisions = new double[steps];
      double[] falseRates = new double[steps];
      precisions[0] = 1;
      int count = 1;
      int p = positiveCount;
      int n = negativeCount;
      double average = 0;
      double area = 0;
      while (p > 0 || n > 0) {
        double score =
            Math.max(
                p > 0 ? positives[p - 1] : Double.NEGATIVE_INFINITY,
                n > 0 ? negatives[n - 1] : Double.NEGATIVE_INFINITY);
        while (p > 0 && positives[p - 1] >= score) {
          p--;
        }
        while (n > 0 && negatives[n - 1] >= score) {
          n--;
        }
        int found = positiveCount - p;
        int wrong = negativeCount - n;
        recalls[count] = positiveCount == 0 ? 0 : found / (double) positiveCount;
        falseRates[count] = negativeCount == 0 ? 0 : wrong / (double) negativeCount;
        precisions[count] = found / (double) (found + wrong);
        average += (recalls[count] - recalls[count - 1]) * precisions[count];
        area +=
            (falseRates[count] - falseRates[count - 1]) * (recalls[count] + recalls[count - 1]) / 2;
        count++;
      }
      return new BinaryCurves(
          average,
          positiveCount == 0 || negativeCount == 0 ? Double.NaN : area,
          precisionAtRecall(recalls, precisions, count),
          recallAtFalseRate(recalls, falseRates, count));
    }

    private static double[] precisionAtRecall(double[] recalls, double[] precisions, int count) {
      double[] curve = new double[POINTS];
      double best = 0;
      int at = count - 1;
      for (int i = POINTS - 1; i >= 0; i--) {
        while (at > 0 && recalls[at] >= point(i)) {
          best = Math.max(best, precisions[at--]);
        }
        curve[i] = best;
      }
      return curve;
    }

    private static double[] recallAtFalseRate(double[] recalls, double[] rates, int count) {
      double[] curve = new double[POINTS];
      int at = 0;
      for (int i = 0; i < POINTS; i++) {
        while (at + 1 < count && rates[at + 1] <= point(i)) {
          at++;
        }
        curve[i] = recalls[at];
      }
      return curve;
    }

    private static double point(int index) {
      return index / (double) (POINTS - 1);
    }
  }
}
