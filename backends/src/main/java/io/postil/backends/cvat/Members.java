package io.postil.backends.cvat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The labels of one frame of a video by the track that they are of. For one frame. */
final class Members {
  private final BaseLabels base;
  private final NewIds newIds;
  private @Nullable Map<Integer, List<BaseLabels.Held>> byIndex;

  Members(BaseLabels base, NewIds newIds) {
    this.base = base;
    this.newIds = newIds;
  }

  /**
   * The label that a track had.
   *
   * @param frame the number of the frame on the server
   */
  BaseLabels.@Nullable Held of(AnsweredTrack track, int frame) {
    if (base.isEmpty()) {
      return null;
    }
    SentItem.SentTrack known = track.known();
    if (known == null) {
      return base.get(newIds.of(track.head().id(), frame));
    }
    for (BaseLabels.Held held : byIndex().getOrDefault(known.index(), List.of())) {
      if (held.field().field().equals(known.field())
          && (track.isAlone() || known.className().equals(held.label().label()))) {
        return held;
      }
    }
    return null;
  }

  private Map<Integer, List<BaseLabels.Held>> byIndex() {
    Map<Integer, List<BaseLabels.Held>> found = byIndex;
    if (found == null) {
      found = new HashMap<>();
      for (BaseLabels.Held held : base.labels()) {
        Integer index = held.label().index();
        if (index != null) {
          found.computeIfAbsent(index, i -> new ArrayList<>()).add(held);
        }
      }
      byIndex = found;
    }
    return found;
  }
}
