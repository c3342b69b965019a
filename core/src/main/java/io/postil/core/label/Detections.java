package io.postil.core.label;

import io.postil.core.value.Document;
import java.util.List;
import org.jspecify.annotations.Nullable;

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

  // Written out for the same reason as that of Detection.
  @Override
  public boolean equals(@Nullable Object o) {
    return o == this
        || o instanceof Detections d && labels.equals(d.labels) && extras.equals(d.extras);
  }

  @Override
  public int hashCode() {
    return 31 * labels.hashCode() + extras.hashCode();
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
    Detection[] detections = new Detection[labels.size()];
    int count = 0;
    for (SingleLabel label : labels) {
      detections[count++] = (Detection) label;
    }
    return new Detections(List.of(detections), extras);
  }
}
