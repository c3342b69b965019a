package io.postil.core.label;

import io.postil.core.value.Document;
import java.util.List;

/**
 * A list of {@link Polyline} labels.
 *
 * @param labels the labels, in order
 * @param extras everything else its document holds
 */
public record Polylines(List<Polyline> labels, Document extras) implements LabelList<Polyline> {
  /** Copies the list. */
  public Polylines {
    labels = List.copyOf(labels);
  }

  /** A list without extras. */
  public Polylines(List<Polyline> labels) {
    this(labels, Document.empty());
  }

  @Override
  public String className() {
    return "Polylines";
  }

  @Override
  public String listName() {
    return "polylines";
  }

  @Override
  public Polylines withLabels(List<? extends SingleLabel> labels) {
    return new Polylines(labels.stream().map(Polyline.class::cast).toList(), extras);
  }
}
