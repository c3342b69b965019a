package io.postil.core.annotation;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A piece of work that people are assigned, such as a task or a job.
 *
 * @param id what the backend calls it, unique in a run
 * @param title a readable name
 * @param address where it is worked on, without credentials; null if there is no such place
 * @param items how many items are in it
 * @param assignee who works on it, or null
 * @param stage such as {@code annotation}, {@code validation}, {@code acceptance}; null where a
 *     backend has no stages
 * @param state such as {@code new}, {@code in_progress}, {@code completed}, {@code rejected};
 *     {@code gone} if somebody deleted it
 * @param comments what people said about it, oldest first
 */
public record WorkUnit(
    String id,
    String title,
    @Nullable String address,
    long items,
    @Nullable String assignee,
    @Nullable String stage,
    String state,
    List<String> comments) {
  /** Copies the list. */
  public WorkUnit {
    comments = List.copyOf(comments);
  }
}
