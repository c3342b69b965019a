package io.postil.core.label;

import io.postil.core.value.Document;
import java.util.List;

/**
 * A list of {@link Classification} labels.
 *
 * @param labels the labels, in order
 * @param extras everything else its document holds
 */
public record Classifications(List<Classification> labels, Document extras)
    implements LabelList<Classification> {
  /** Copies the list. */
  public Classifications {
    labels = List.copyOf(labels);
  }

  /** A list without extras. */
  public Classifications(List<Classification> labels) {
    this(labels, Document.empty());
  }

  @Override
  public String className() {
    return "Classifications";
  }

  @Override
  public String listName() {
    return "classifications";
  }

  @Override
  public Classifications withLabels(List<? extends SingleLabel> labels) {
    return new Classifications(labels.stream().map(Classification.class::cast).toList(), extras);
  }
}
