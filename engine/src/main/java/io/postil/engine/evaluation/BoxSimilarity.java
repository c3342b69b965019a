package io.postil.engine.evaluation;

import io.postil.core.label.BoundingBox;
import io.postil.core.label.Detection;
import io.postil.core.label.Keypoint;
import io.postil.core.label.Points;
import io.postil.core.label.Polyline;
import io.postil.core.label.SingleLabel;
import java.util.List;

/** Intersection over union of boxes; for a crowd over the prediction's area. */
class BoxSimilarity implements Similarity {
  private static final int NUMBERS = 4;

  private double[] predictions = {};
  private double[] truths = {};
  private boolean[] crowds = {};

  @Override
  public void start(
      List<? extends SingleLabel> predictions,
      List<? extends SingleLabel> truths,
      boolean[] crowds) {
    this.predictions = boxes(predictions, this.predictions);
    this.truths = boxes(truths, this.truths);
    this.crowds = crowds;
  }

  private static double[] boxes(List<? extends SingleLabel> labels, double[] reusable) {
    double[] boxes =
        reusable.length >= labels.size() * NUMBERS
            ? reusable
            : new double[labels.size() * NUMBERS * 2];
    for (int i = 0; i < labels.size(); i++) {
      box(labels.get(i), boxes, i * NUMBERS);
    }
    return boxes;
  }

  /** Writes x, y, width and height. */
  static void box(SingleLabel label, double[] into, int at) {
    if (label instanceof Detection d && d.boundingBox() != null) {
      BoundingBox box = d.boundingBox();
      into[at] = box.x();
      into[at + 1] = box.y();
      into[at + 2] = box.width();
      into[at + 3] = box.height();
      return;
    }
    switch (label) {
      case Polyline p -> around(p.points(), into, at);
      case Keypoint k -> around(List.of(k.points()), into, at);
      default -> java.util.Arrays.fill(into, at, at + NUMBERS, Double.NaN);
    }
  }

  private static void around(List<Points> lines, double[] into, int at) {
    double left = Double.POSITIVE_INFINITY;
    double top = Double.POSITIVE_INFINITY;
    double right = Double.NEGATIVE_INFINITY;
    double bottom = Double.NEGATIVE_INFINITY;
    for (Points line : lines) {
      for (int i = 0; i < line.size(); i++) {
        if (!line.isMissing(i)) {
          left = Math.min(left, line.x(i));
          right = Math.max(right, line.x(i));
          top = Math.min(top, line.y(i));
          bottom = Math.max(bottom, line.y(i));
        }
      }
    }
    into[at] = left;
    into[at + 1] = top;
    into[at + 2] = right - left;
    into[at + 3] = bottom - top;
  }

  @Override
  public boolean touches(int prediction, int truth) {
    int p = prediction * NUMBERS;
    int t = truth * NUMBERS;
    return predictions[p] <= truths[t] + truths[t + 2]
        && truths[t] <= predictions[p] + predictions[p + 2]
        && predictions[p + 1] <= truths[t + 1] + truths[t + 3]
        && truths[t + 1] <= predictions[p + 1] + predictions[p + 3];
  }

  @Override
  public double of(int prediction, int truth) {
    int p = prediction * NUMBERS;
    int t = truth * NUMBERS;
    double width =
        Math.min(predictions[p] + predictions[p + 2], truths[t] + truths[t + 2])
            - Math.max(predictions[p], truths[t]);
    double height =
        Math.min(predictions[p + 1] + predictions[p + 3], truths[t + 1] + truths[t + 3])
            - Math.max(predictions[p + 1], truths[t + 1]);
    if (!(width > 0) || !(height > 0)) {
      return 0;
    }
    double intersection = width * height;
    double area = predictions[p + 2] * predictions[p + 3];
    double union = crowds[truth] ? area : area + truths[t + 2] * truths[t + 3] - intersection;
    return union == 0 ? 0 : Math.min(intersection / union, 1);
  }
}
