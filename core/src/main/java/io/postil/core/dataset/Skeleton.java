package io.postil.core.dataset;

import java.util.List;

/**
 * How the points of a keypoint label belong together.
 *
 * @param labels the name of each point; may be empty
 * @param edges each a chain of point numbers from 0
 */
public record Skeleton(List<String> labels, List<List<Integer>> edges) {
  /** Copies the lists. */
  public Skeleton {
    labels = List.copyOf(labels);
    edges = edges.stream().map(List::copyOf).toList();
  }
}
