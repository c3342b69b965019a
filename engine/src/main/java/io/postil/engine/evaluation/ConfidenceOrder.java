package io.postil.engine.evaluation;

/** Sorts positions by confidence, without an object for each. Stateless. */
final class ConfidenceOrder {
  private ConfidenceOrder() {}

  /** The positions 0 to {@code count} by falling confidence; equals keep their order. */
  static int[] falling(double[] confidences, int count) {
    int[] from = new int[count];
    for (int i = 0; i < count; i++) {
      from[i] = i;
    }
    int[] to = new int[count];
    for (int width = 1; width < count; width *= 2) {
      for (int start = 0; start < count; start += 2 * width) {
        int middle = Math.min(start + width, count);
        merge(confidences, from, start, middle, Math.min(middle + width, count), to);
      }
      int[] merged = to;
      to = from;
      from = merged;
    }
    return from;
  }

  private static void merge(
      double[] confidences, int[] from, int start, int middle, int end, int[] to) {
    int left = start;
    int right = middle;
    for (int at = start; at < end; at++) {
      boolean takesLeft =
          right >= end
              || left < middle
                  && Double.compare(confidences[from[left]], confidences[from[right]]) >= 0;
      to[at] = takesLeft ? from[left++] : from[right++];
    }
  }
}
