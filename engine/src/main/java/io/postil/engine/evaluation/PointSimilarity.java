package io.postil.engine.evaluation;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.label.Keypoint;
import io.postil.core.label.Points;
import io.postil.core.label.Polyline;
import io.postil.core.label.SingleLabel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Likeness of point lists: the mean over the true points of a bell curve of the distance, measured
 * by the extent of the true points.
 */
final class PointSimilarity extends BoxSimilarity {
  private final @Nullable List<Double> sigmas;
  private List<double[]> predictedPoints = List.of();
  private List<double[]> truePoints = List.of();

  PointSimilarity(@Nullable List<Double> sigmas) {
    this.sigmas = sigmas;
  }

  @Override
  public void start(
      List<? extends SingleLabel> predictions,
      List<? extends SingleLabel> truths,
      boolean[] crowds) {
    super.start(predictions, truths, crowds);
    predictedPoints = points(predictions);
    truePoints = points(truths);
  }

  private static List<double[]> points(List<? extends SingleLabel> labels) {
    List<double[]> all = new ArrayList<>(labels.size());
    for (SingleLabel label : labels) {
      all.add(
          switch (label) {
            case Keypoint k -> flat(List.of(k.points()));
            case Polyline p -> flat(p.points());
            default -> new double[0];
          });
    }
    return all;
  }

  private static double[] flat(List<Points> lines) {
    double[] flat = new double[2 * lines.stream().mapToInt(Points::size).sum()];
    int at = 0;
    for (Points line : lines) {
      for (int i = 0; i < line.size(); i++) {
        flat[at++] = line.x(i);
        flat[at++] = line.y(i);
      }
    }
    return flat;
  }

  @Override
  public double of(int prediction, int truth) {
    double[] p = predictedPoints.get(prediction);
    double[] t = truePoints.get(truth);
    if (sigmas != null && sigmas.size() != t.length / 2) {
      throw new PostilException(
          ErrorCode.INVALID_REQUEST,
          "there are "
              + sigmas.size()
              + " keypoint sigmas, but a label of the truth has "
              + t.length / 2
              + " points",
          "Give one sigma for each point of the skeleton.");
    }
    double left = Double.POSITIVE_INFINITY;
    double top = Double.POSITIVE_INFINITY;
    double right = Double.NEGATIVE_INFINITY;
    double bottom = Double.NEGATIVE_INFINITY;
    for (int i = 0; i + 1 < t.length; i += 2) {
      if (!Double.isNaN(t[i]) && !Double.isNaN(t[i + 1])) {
        left = Math.min(left, t[i]);
        right = Math.max(right, t[i]);
        top = Math.min(top, t[i + 1]);
        bottom = Math.max(bottom, t[i + 1]);
      }
    }
    double squaredScale = Math.min((right - left) * (bottom - top), 1);
    double sum = 0;
    int count = 0;
    // Points are compared one by one, as far as both labels have them.
    for (int i = 0; i + 1 < Math.min(t.length, p.length); i += 2) {
      if (Double.isNaN(t[i]) || Double.isNaN(t[i + 1])) {
        continue;
      }
      double squared = 1;
      if (!Double.isNaN(p[i]) && !Double.isNaN(p[i + 1])) {
        double dx = p[i] - t[i];
        double dy = p[i + 1] - t[i + 1];
        squared = dx * dx + dy * dy;
      }
      double sigma = sigmas == null ? 1 : sigmas.get(i / 2);
      double spread = 2 * squaredScale * sigma * sigma;
      sum += squared == 0 ? 1 : spread == 0 ? 0 : Math.exp(-squared / spread);
      count++;
    }
    // Labels that are not alike at all are no candidates, however small the least IoU.
    return sum > 0 ? sum / count : Double.NaN;
  }

  @Override
  public boolean touches(int prediction, int truth) {
    return true;
  }
}
