package io.postil.engine.annotation;

import io.postil.core.label.SingleLabel;
import io.postil.core.value.ObjectId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Gives the tracks of one video and field the numbers they have in the dataset, and new ones the
 * numbers that follow. First {@link #learn} for every frame of the video, then {@link #number} for
 * every frame, both by ascending frame. Memory grows with the number of tracks, not of labels.
 */
final class TrackNumbers {
  private final Map<Integer, Integer> mapping = new HashMap<>();
  private final Set<Integer> seen = new HashSet<>();
  private int highest;

  /**
   * Learns from one frame which track of the tool is which of the dataset: the first label of a
   * track that came back tells.
   *
   * @param stored the labels of the dataset
   * @param answer the labels of the answer
   */
  void learn(List<SingleLabel> stored, List<SingleLabel> answer) {
    Map<ObjectId, Integer> indexes = new HashMap<>();
    for (SingleLabel label : stored) {
      Integer index = label.index();
      if (index != null) {
        indexes.put(label.id(), index);
        highest = Math.max(highest, index);
      }
    }
    for (SingleLabel label : answer) {
      Integer index = indexes.get(label.id());
      Integer tool = label.index();
      if (index != null && tool != null && seen.add(index)) {
        mapping.merge(tool, index, Math::min);
      }
    }
  }

  /**
   * The labels of one frame of the answer with their numbers; one that is drawn anew where its
   * track has a label gets that one's id.
   *
   * @param stored the labels of the dataset
   * @param answer the labels of the answer
   */
  List<SingleLabel> number(List<SingleLabel> stored, List<SingleLabel> answer) {
    Map<Integer, ObjectId> ids = new HashMap<>();
    for (SingleLabel label : stored) {
      if (label.index() != null) {
        ids.putIfAbsent(label.index(), label.id());
      }
    }
    Set<ObjectId> taken = new HashSet<>();
    answer.forEach(l -> taken.add(l.id()));
    return answer.stream().map(l -> number(l, ids, taken)).toList();
  }

  private SingleLabel number(SingleLabel label, Map<Integer, ObjectId> ids, Set<ObjectId> taken) {
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
    @Nullable ObjectId there = ids.get(index);
    return there != null && !there.equals(label.id()) && taken.add(there)
        ? numbered.withId(there)
        : numbered;
  }
}
