package io.postil.backends.local;

import io.postil.core.value.ObjectId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A track as it was sent: the labels of one frame field that share index and class. Immutable.
 *
 * @param id the id of its first label
 * @param field the frame field
 * @param index the index of its labels
 * @param label their class, or null
 * @param spans the frames it is on: first, last, first, last, and so on, ascending
 * @param keys its key frames, ascending; empty if every label stands for itself
 */
public record SentTrack(
    ObjectId id,
    String field,
    int index,
    @Nullable String label,
    List<Integer> spans,
    List<Integer> keys) {
  /** Copies the lists. */
  public SentTrack {
    spans = List.copyOf(spans);
    keys = List.copyOf(keys);
  }
}
