package io.postil.engine.evaluation;

import java.util.LinkedHashMap;
import java.util.Map;

/** Counts how often each true class meets each predicted one. Not thread-safe. */
final class PairCounts {
  private final Map<String, Map<String, long[]>> counts = new LinkedHashMap<>();

  void add(String truth, String predicted) {
    counts.computeIfAbsent(truth, k -> new LinkedHashMap<>())
        .computeIfAbsent(predicted, k -> new long[1])[0]++;
  }

  Map<String, Map<String, Long>> counted() {
    Map<String, Map<String, Long>> counted = new LinkedHashMap<>();
    counts.forEach(
        (truth, row) -> {
          Map<String, Long> numbers = new LinkedHashMap<>();
          row.forEach((predicted, count) -> numbers.put(predicted, count[0]));
          counted.put(truth, numbers);
        });
    return counted;
  }
}
