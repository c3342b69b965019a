package io.postil.backends.cvat;

import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * Goes along a track: what it shows on one frame after the other, as {@link TrackFrames#at} says,
 * with two key frames in memory. Not thread-safe.
 */
final class TrackCursor {
  private final Iterator<CvatShape> keys;
  private @Nullable CvatShape before;
  private @Nullable CvatShape next;

  /**
   * Starts before the first frame.
   *
   * @param keys the key frames by ascending frame
   */
  TrackCursor(Iterator<CvatShape> keys) {
    this.keys = keys;
    this.next = keys.hasNext() ? keys.next() : null;
  }

  /**
   * Goes on to a frame, which must not be before that of the last call.
   *
   * @return the observation there; null before the first key frame
   */
  @Nullable CvatShape at(int frame) {
    while (next != null && next.frame() <= frame) {
      before = next;
      next = keys.hasNext() ? keys.next() : null;
    }
    if (before == null || before.frame() == frame) {
      return before;
    }
    return next == null
        ? before.at(frame, before.outside())
        : TrackFrames.between(before, next, frame);
  }

  /** Whether a frame that {@link #at} was asked for last is a key frame that shows the object. */
  boolean isKey(int frame) {
    return before != null && before.frame() == frame && !before.outside();
  }

  /** Whether the object is not seen from here on. */
  boolean isOver() {
    return next == null && (before == null || before.outside());
  }
}
