package io.postil.backends.local;

import io.postil.core.label.SingleLabel;
import io.postil.core.value.ObjectId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Says which track a label that was sent is of: the one with its field, index and class. A label
 * without index, and a second one of a track on the same frame, stands alone and is a track of its
 * own. Not thread-safe.
 */
final class TrackIds {
  /** What labels of a track have in common. */
  record Key(String field, int index, @Nullable String label) {}

  private final Map<Key, ObjectId> ids = new HashMap<>();
  private final Set<ObjectId> onFrame = new HashSet<>();

  TrackIds(List<SentTrack> tracks) {
    tracks.forEach(t -> ids.put(new Key(t.field(), t.index(), t.label()), t.id()));
  }

  /** Begins with the labels of another frame. */
  void nextFrame() {
    onFrame.clear();
  }

  /** The track of the next label of the frame. */
  ObjectId of(String field, SingleLabel label) {
    Integer index = label.index();
    ObjectId id = index == null ? null : ids.get(new Key(field, index, label.label()));
    return id != null && onFrame.add(id) ? id : label.id();
  }
}
