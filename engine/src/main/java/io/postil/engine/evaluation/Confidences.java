package io.postil.engine.evaluation;

import io.postil.core.value.Document;
import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.List;

/**
 * How confident right and wrong predictions were: a histogram of twenty bins of equal width from 0
 * to 1. A confidence beyond is counted in the nearest bin, a prediction without one not at all.
 *
 * @param correct number of right predictions in each bin
 * @param wrong number of wrong predictions in each bin
 */
public record Confidences(List<Long> correct, List<Long> wrong) {
  /** Number of bins. */
  public static final int BINS = 20;

  /** Copies the lists. */
  public Confidences {
    correct = List.copyOf(correct);
    wrong = List.copyOf(wrong);
  }

  /** Whether no prediction had a confidence. */
  public boolean isEmpty() {
    return correct.stream().allMatch(n -> n == 0) && wrong.stream().allMatch(n -> n == 0);
  }

  Document toDocument() {
    return Document.of("correct", Values.list(correct), "wrong", Values.list(wrong));
  }

  static Confidences fromDocument(Document document) {
    return new Confidences(bins(document.getList("correct")), bins(document.getList("wrong")));
  }

  private static List<Long> bins(List<?> stored) {
    List<Long> bins = new ArrayList<>();
    for (int i = 0; i < BINS; i++) {
      bins.add(i < stored.size() && stored.get(i) instanceof Number n ? n.longValue() : 0L);
    }
    return bins;
  }

  /** Counts. Not thread-safe. */
  static final class Counter {
    private final long[] correct = new long[BINS];
    private final long[] wrong = new long[BINS];

    void add(double confidence, boolean isCorrect) {
      if (!Double.isNaN(confidence)) {
        int bin = (int) Math.clamp(Math.floor(confidence * BINS), 0, BINS - 1);
        (isCorrect ? correct : wrong)[bin]++;
      }
    }

    Confidences counted() {
      return new Confidences(list(correct), list(wrong));
    }

    private static List<Long> list(long[] counts) {
      List<Long> list = new ArrayList<>();
      for (long count : counts) {
        list.add(count);
      }
      return list;
    }
  }
}
