package io.postil.engine.annotation;

import io.postil.core.PostilException.Problem;
import io.postil.core.annotation.LabelSchema;
import java.util.List;

/**
 * What a request would do.
 *
 * @param backend the backend it would go to
 * @param samples number of samples of the view
 * @param schema what would be asked; incomplete if there are problems
 * @param problems everything that is wrong, in the order of the checks
 * @param warnings what else to know
 */
public record RunPlan(
    String backend,
    long samples,
    LabelSchema schema,
    List<Problem> problems,
    List<String> warnings) {
  /** Copies the lists. */
  public RunPlan {
    problems = List.copyOf(problems);
    warnings = List.copyOf(warnings);
  }
}
