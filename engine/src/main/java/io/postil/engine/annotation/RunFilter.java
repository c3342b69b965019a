package io.postil.engine.annotation;

import io.postil.core.ErrorCode;
import io.postil.core.Nearest;
import io.postil.core.PostilException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which annotation runs are wanted. Immutable.
 *
 * @param backend only those of this backend; null for any
 * @param state only those in this state; null for any
 * @param field only those about this field; null for any
 */
public record RunFilter(
    @Nullable String backend, @Nullable RunState state, @Nullable String field) {
  /** All runs. */
  public static final RunFilter ALL = new RunFilter(null, null, null);

  /**
   * A filter as text has it.
   *
   * @param state the id of a state, such as {@code waiting}
   * @throws PostilException with {@code INVALID_REQUEST} if there is no such state
   */
  public static RunFilter of(
      @Nullable String backend, @Nullable String state, @Nullable String field) {
    return new RunFilter(backend, state == null ? null : state(state), field);
  }

  private static RunState state(String id) {
    List<String> known = Arrays.stream(RunState.values()).map(RunState::id).toList();
    if (!known.contains(id)) {
      throw new PostilException(
          ErrorCode.INVALID_REQUEST, "runs have no state '" + id + "'", Nearest.hint(id, known));
    }
    return RunState.ofId(id);
  }

  boolean accepts(AnnotationRun run) {
    return (backend == null || backend.equals(run.backend()))
        && (state == null || state == run.state())
        && (field == null || run.schema().field(field).isPresent());
  }
}
