package io.postil.core.view;

import java.util.ArrayList;
import java.util.List;

/** The stages of a view, in order; without stages it is the whole dataset. Immutable. */
public record ViewDefinition(List<Stage> stages) {
  /** The whole dataset. */
  public static final ViewDefinition ALL = new ViewDefinition(List.of());

  /** Copies the list. */
  public ViewDefinition {
    stages = List.copyOf(stages);
  }

  /** This view with one more stage. */
  public ViewDefinition then(Stage stage) {
    List<Stage> longer = new ArrayList<>(stages);
    longer.add(stage);
    return new ViewDefinition(longer);
  }
}
