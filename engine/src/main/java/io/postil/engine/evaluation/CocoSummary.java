package io.postil.engine.evaluation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Averages the numbers of the classes into COCO's summary. Not thread-safe. */
final class CocoSummary {
  private static final String[] SIZES = {"small", "medium", "large"};

  private final double[] thresholds;
  private final int limit;
  private final Map<String, List<Double>> byName = new LinkedHashMap<>();

  CocoSummary(double[] thresholds, int limit) {
    this.thresholds = thresholds;
    this.limit = limit;
    // The names in COCO's order.
    byName.put("AP", new ArrayList<>());
    byName.put("AP50", new ArrayList<>());
    byName.put("AP75", new ArrayList<>());
    for (String size : SIZES) {
      byName.put("AP" + size, new ArrayList<>());
    }
    byName.put("AR1", new ArrayList<>());
    byName.put("AR10", new ArrayList<>());
    byName.put("AR" + limit, new ArrayList<>());
    for (String size : SIZES) {
      byName.put("AR" + size, new ArrayList<>());
    }
  }

  private void add(String name, double value) {
    byName.computeIfAbsent(name, k -> new ArrayList<>()).add(value);
  }

  /** Adds a class at all thresholds. */
  void all(AveragePrecision.Sweep[] sweeps) {
    add("AP", AveragePrecision.Sweep.meanPrecision(sweeps));
    add("AR" + limit, AveragePrecision.Sweep.meanRecall(sweeps));
    for (int i = 0; i < sweeps.length; i++) {
      if (thresholds[i] == 0.5) {
        add("AP50", sweeps[i].precision());
      } else if (thresholds[i] == 0.75) {
        add("AP75", sweeps[i].precision());
      }
    }
  }

  /** Adds a class's recall with only the most confident predictions of each sample. */
  void recallOfFirst(int predictions, double recall) {
    if (predictions < limit) {
      add("AR" + predictions, recall);
    }
  }

  /** Adds a class for labels of a range of sizes; without numbers it has no truth there. */
  void range(int range, AveragePrecision.Sweep[] sweeps) {
    add("AP" + SIZES[range], AveragePrecision.Sweep.meanPrecision(sweeps));
    add("AR" + SIZES[range], AveragePrecision.Sweep.meanRecall(sweeps));
  }

  /** The means over the classes with ground truth, by name. */
  Map<String, Double> numbers() {
    Map<String, Double> numbers = new LinkedHashMap<>();
    byName.forEach(
        (name, values) -> {
          if (!values.isEmpty()) {
            numbers.put(name, PrecisionRecall.mean(values));
          }
        });
    return numbers;
  }
}
