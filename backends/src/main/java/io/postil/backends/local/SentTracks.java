package io.postil.backends.local;

import io.postil.core.annotation.FieldSchema;
import io.postil.core.annotation.LabelSchema;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.ObjectId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds the tracks of a video while its frames go by in order. Memory grows with the number of
 * tracks, their gaps and their marks, not of labels. Not thread-safe.
 */
final class SentTracks {
  private final Map<TrackIds.Key, Track> tracks = new LinkedHashMap<>();
  private final Set<TrackIds.Key> onFrame = new HashSet<>();
  private final Set<String> marked = new HashSet<>();
  private int frame;

  /** Prepares for a video of a run. */
  SentTracks(LabelSchema schema) {
    for (FieldSchema field : schema.fields()) {
      if (Boolean.TRUE.equals(field.onlyKeyframes())) {
        marked.add(field.field());
      }
    }
  }

  private static final class Track {
    final ObjectId first;
    final List<Integer> spans = new ArrayList<>();
    final List<Integer> marks = new ArrayList<>();
    int last;

    Track(ObjectId first) {
      this.first = first;
    }
  }

  /** Takes the labels of a field on a frame; frames ascend. */
  void add(int number, String field, List<SingleLabel> labels) {
    if (number != frame) {
      onFrame.clear();
      frame = number;
    }
    for (SingleLabel label : labels) {
      Integer index = label.index();
      if (index != null) {
        TrackIds.Key key = new TrackIds.Key(field, index, label.label());
        if (onFrame.add(key)) {
          add(number, tracks.computeIfAbsent(key, k -> new Track(label.id())), label);
        }
      }
    }
  }

  private static void add(int number, Track track, SingleLabel label) {
    if (number != track.last + 1 || track.spans.isEmpty()) {
      track.spans.add(number);
      track.spans.add(number);
    } else {
      track.spans.set(track.spans.size() - 1, number);
    }
    track.last = number;
    if (label.isKeyframe()) {
      track.marks.add(number);
    }
  }

  /** The tracks, by their first frames. */
  List<SentTrack> found() {
    List<SentTrack> found = new ArrayList<>();
    tracks.forEach(
        (key, track) ->
            found.add(
                new SentTrack(
                    track.first,
                    key.field(),
                    key.index(),
                    key.label(),
                    track.spans,
                    marked.contains(key.field()) ? keys(track) : List.of())));
    return found;
  }

  /** The marked frames and the ends of each span; none if nothing is marked. */
  private static List<Integer> keys(Track track) {
    if (track.marks.isEmpty()) {
      return List.of();
    }
    Set<Integer> keys = new java.util.TreeSet<>(track.marks);
    keys.addAll(track.spans);
    return List.copyOf(keys);
  }
}
