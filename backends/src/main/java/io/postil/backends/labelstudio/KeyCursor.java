package io.postil.backends.labelstudio;

import io.postil.core.value.Document;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * Goes along a track of the editor: what it shows on one frame after the other, with two key frames
 * in memory. Not thread-safe.
 */
final class KeyCursor {
  private final Iterator<KeyFrame> keys;
  private final int length;
  private @Nullable KeyFrame before;
  private @Nullable KeyFrame next;

  /**
   * Starts before the first frame.
   *
   * @param keys the key frames by ascending frame
   * @param length number of frames of the video; 0 if it is not known
   */
  KeyCursor(Iterator<KeyFrame> keys, int length) {
    this.keys = keys;
    this.length = length;
    this.next = keys.hasNext() ? keys.next() : null;
  }

  /**
   * Goes on to a frame, which must not be before that of the last call.
   *
   * @return the box there; null where the object is not seen
   */
  @Nullable Document at(int frame) {
    while (next != null && next.frame() <= frame) {
      before = next;
      next = keys.hasNext() ? keys.next() : null;
    }
    if (before == null) {
      return null;
    }
    if (before.frame() == frame) {
      return before.box();
    }
    if (!before.enabled() || next == null && frame > length) {
      return null;
    }
    return next == null ? before.box() : before.between(next, frame);
  }

  /** Whether the frame that {@link #at} was asked for last is a key frame. */
  boolean isKey(int frame) {
    return before != null && before.frame() == frame;
  }

  /** Whether nothing is seen after a frame that {@link #at} was asked for last. */
  boolean isOver(int frame) {
    return next == null && (before == null || !before.enabled() || frame >= length);
  }
}
