package io.postil.core.label;

import io.postil.core.value.Document;
import java.util.List;

/**
 * A list of {@link Detection} labels.
 *
 * @param labels the labels, in order
 * @param extras everything else its document holds
 */
public record Detections(List<Detection> labels, Document extras) implements LabelList<Detection> {
  /** Copies the list. */
  public Detections {
    labels = List.copyOf(labels);
  }

  /** A list without extras. */
  public Detections(List<Detection> labels) {
    this(labels, Document.empty());
  }

  @Override
  public String className() {
    return "Detections";
  }

  @Override
  public String listName() {
    return "detections";
  }

  @Override
  public Detections withLabels(List<? extends SingleLabel> labels) {
    return new Detections(labels.stream().map(Detection.class::cast).toList(), extras);
  }
}
