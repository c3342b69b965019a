package io.postil.core.label;

import io.postil.core.value.Document;
import java.util.List;

/**
 * A list of {@link TemporalDetection} labels.
 *
 * @param labels the labels, in order
 * @param extras everything else its document holds
 */
public record TemporalDetections(List<TemporalDetection> labels, Document extras)
    implements LabelList<TemporalDetection> {
  /** Copies the list. */
  public TemporalDetections {
    labels = List.copyOf(labels);
  }

  /** A list without extras. */
  public TemporalDetections(List<TemporalDetection> labels) {
    this(labels, Document.empty());
  }

  @Override
  public String className() {
    return "TemporalDetections";
  }

  @Override
  public String listName() {
    return "detections";
  }

  @Override
  public TemporalDetections withLabels(List<? extends SingleLabel> labels) {
    return new TemporalDetections(
        labels.stream().map(TemporalDetection.class::cast).toList(), extras);
  }
}
