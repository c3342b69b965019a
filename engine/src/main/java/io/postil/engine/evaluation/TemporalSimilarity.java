package io.postil.engine.evaluation;

import io.postil.core.label.FrameRange;
import io.postil.core.label.SingleLabel;
import io.postil.core.label.TemporalDetection;
import java.util.List;

/** Intersection over union of ranges of frames. */
final class TemporalSimilarity implements Similarity {
  private List<? extends SingleLabel> predictions = List.of();
  private List<? extends SingleLabel> truths = List.of();

  @Override
  public void start(
      List<? extends SingleLabel> predictions,
      List<? extends SingleLabel> truths,
      boolean[] crowds) {
    this.predictions = predictions;
    this.truths = truths;
  }

  @Override
  public boolean touches(int prediction, int truth) {
    return true;
  }

  @Override
  public double of(int prediction, int truth) {
    FrameRange p = predictions.get(prediction) instanceof TemporalDetection t ? t.support() : null;
    FrameRange t = truths.get(truth) instanceof TemporalDetection d ? d.support() : null;
    if (p == null || t == null) {
      return 0;
    }
    if (p.equals(t)) {
      return 1;
    }
    int intersection = Math.min(p.last(), t.last()) - Math.max(p.first(), t.first());
    if (intersection <= 0) {
      return 0;
    }
    int union = p.last() - p.first() + t.last() - t.first() - intersection;
    return union == 0 ? 0 : Math.min((double) intersection / union, 1);
  }
}
