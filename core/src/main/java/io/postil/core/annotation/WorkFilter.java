package io.postil.core.annotation;

import org.jspecify.annotations.Nullable;

/**
 * Which work of a run to hand over; items that do not match are told as undelivered.
 *
 * @param state only work in this state, such as {@code completed}; null for any
 * @param stage only work in this stage, such as {@code acceptance}; null for any
 * @param assignee only work of this person; null for anybody's
 */
public record WorkFilter(
    @Nullable String state, @Nullable String stage, @Nullable String assignee) {
  /** All work. */
  public static final WorkFilter ALL = new WorkFilter(null, null, null);

  /** Whether work with these properties is wanted. */
  public boolean accepts(
      @Nullable String workState, @Nullable String workStage, @Nullable String workAssignee) {
    return (state == null || state.equals(workState))
        && (stage == null || stage.equals(workStage))
        && (assignee == null || assignee.equals(workAssignee));
  }
}
