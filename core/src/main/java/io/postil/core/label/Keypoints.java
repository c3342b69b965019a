package io.postil.core.label;

import io.postil.core.value.Document;
import java.util.List;

/**
 * A list of {@link Keypoint} labels.
 *
 * @param labels the labels, in order
 * @param extras everything else its document holds
 */
public record Keypoints(List<Keypoint> labels, Document extras) implements LabelList<Keypoint> {
  /** Copies the list. */
  public Keypoints {
    labels = List.copyOf(labels);
  }

  /** A list without extras. */
  public Keypoints(List<Keypoint> labels) {
    this(labels, Document.empty());
  }

  @Override
  public String className() {
    return "Keypoints";
  }

  @Override
  public String listName() {
    return "keypoints";
  }

  @Override
  public Keypoints withLabels(List<? extends SingleLabel> labels) {
    return new Keypoints(labels.stream().map(Keypoint.class::cast).toList(), extras);
  }
}
