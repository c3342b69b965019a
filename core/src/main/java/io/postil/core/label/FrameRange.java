package io.postil.core.label;

import io.postil.core.value.Values;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The first and last frame of a range, counted from 1, both included. */
public record FrameRange(int first, int last) {
  /** The two numbers {@code [first, last]}, FiftyOne's form. */
  public List<@Nullable Object> toList() {
    return Values.listOf(first, last);
  }
}
