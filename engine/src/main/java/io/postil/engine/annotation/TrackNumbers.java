package io.postil.engine.annotation;

import io.postil.core.label.SingleLabel;
import io.postil.core.value.ObjectId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Gives the tracks of one video and field the numbers they have in the dataset, and new ones the
 * numbers that follow. First {@link #stored} for every label of the video, then {@link #learn} for
 * every label of the answer in its order, then {@link #number} for each in the same order.
 */
final class TrackNumbers {
  private final Map<ObjectId, Integer> storedIndex = new HashMap<>();
  private final Map<Long, ObjectId> storedId = new HashMap<>();
  private final Map<Integer, Integer> mapping = new HashMap<>();
  private final Set<Integer> seen = new HashSet<>();
  private int highest;

  private static long key(int frame, int index) {
    return (long) frame << 32 | index & 0xFFFFFFFFL;
  }

  /** A label of the dataset. */
  void stored(int frame, SingleLabel label) {
    Integer index = label.index();
    if (index != null) {
      storedIndex.put(label.id(), index);
      storedId.putIfAbsent(key(frame, index), label.id());
      highest = Math.max(highest, index);
    }
  }

  /** A label of the answer, to learn which track of the tool is which of the dataset. */
  void learn(SingleLabel label) {
    Integer stored = storedIndex.get(label.id());
    Integer tool = label.index();
    if (stored != null && tool != null && seen.add(stored)) {
      mapping.merge(tool, stored, Math::min);
    }
  }

  /**
   * The label with its number and, if it is drawn anew where its track has a label, that one's id.
   */
  SingleLabel number(int frame, SingleLabel label, Set<ObjectId> taken) {
    Integer tool = label.index();
    if (tool == null) {
      return label;
    }
    Integer index = mapping.get(tool);
    if (index == null) {
      index = ++highest;
      mapping.put(tool, index);
    }
    SingleLabel numbered = LabelOverlay.withIndex(label, index);
    @Nullable ObjectId there = storedId.get(key(frame, index));
    return there != null && !there.equals(label.id()) && taken.add(there)
        ? numbered.withId(there)
        : numbered;
  }
}
