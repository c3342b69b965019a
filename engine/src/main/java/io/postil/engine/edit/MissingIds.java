package io.postil.engine.edit;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.value.ObjectId;
import java.util.LinkedHashSet;
import java.util.Set;

/** Which of the ids of a request were not met yet. Not thread-safe. */
final class MissingIds {
  private final Set<ObjectId> left;
  private final int all;

  MissingIds(Set<ObjectId> ids) {
    left = new LinkedHashSet<>(ids);
    all = ids.size();
  }

  void met(ObjectId id) {
    left.remove(id);
  }

  /**
   * Checks that all were met.
   *
   * @param what they are ids of
   */
  void requireNone(String what) {
    if (!left.isEmpty()) {
      String some = String.join(", ", left.stream().limit(5).map(ObjectId::toString).toList());
      throw new PostilException(
          ErrorCode.INVALID_REQUEST,
          left.size()
              + " of "
              + all
              + " ids are not of "
              + what
              + " in this view: "
              + some
              + (left.size() > 5 ? ", ..." : ""),
          "Nothing was changed; give ids of what the view shows.");
    }
  }
}
