package io.postil.engine.evaluation;

import io.postil.core.label.SingleLabel;
import java.util.List;

/** How alike two labels are. Implementations serve one thread. */
interface Similarity {
  /** Prepares for the labels of one class in one sample or frame. */
  void start(
      List<? extends SingleLabel> predictions,
      List<? extends SingleLabel> truths,
      boolean[] crowds);

  /** Whether a prediction and a truth come near enough to be compared at all. */
  boolean touches(int prediction, int truth);

  /** From 0 to 1. */
  double of(int prediction, int truth);
}
