package io.postil.backends.labelstudio;

import io.postil.core.annotation.UploadItem.Content;
import io.postil.core.label.Detection;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.Document;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The labels of one object in a video.
 *
 * @param id the id of its region: made of the field and the track's number, or the label's id where
 *     it has no number
 * @param index the track's number, or null
 * @param labels by frame
 */
record Track(String id, @Nullable Integer index, NavigableMap<Integer, Detection> labels) {
  /** The tracks of a field, in order of appearance. */
  static List<Track> of(List<Content> content, String field) {
    Map<String, Track> tracks = new LinkedHashMap<>();
    for (Content of : content) {
      if (!of.field().equals(field) || of.frameNumber() == 0) {
        continue;
      }
      for (SingleLabel label : of.labels()) {
        if (label instanceof Detection detection) {
          Integer index = detection.index();
          String own = detection.id().toString();
          String id = index == null ? own : Region.derived(field + "/" + index).toString();
          Track track = tracks.computeIfAbsent(id, i -> new Track(i, index, new TreeMap<>()));
          if (track.labels.putIfAbsent(of.frameNumber(), detection) != null) {
            // Two labels of one track in a frame: the second is shown by itself.
            Track single = new Track(own, null, new TreeMap<>());
            single.labels.put(of.frameNumber(), detection);
            tracks.put(own, single);
          }
        }
      }
    }
    return new ArrayList<>(tracks.values());
  }

  /** The class, which the editor has once for a track. */
  @Nullable String className() {
    return labels.firstEntry().getValue().label();
  }

  /**
   * The key frames that show it.
   *
   * @param onlyMarked whether only labels marked as key frames are sent, besides the ends of each
   *     stretch; else all are
   */
  KeyFrames keyFrames(boolean onlyMarked, boolean rotates, ItemMedia media) {
    NavigableMap<Integer, Document> shown = new TreeMap<>();
    NavigableSet<Integer> marked = new TreeSet<>();
    labels.forEach(
        (frame, label) -> {
          Document box = RectangleControl.part(label, rotates, media);
          if (box != null) {
            shown.put(frame, box);
            if (!onlyMarked || label.isKeyframe()) {
              marked.add(frame);
            }
          }
        });
    NavigableMap<Integer, Document> frames = new TreeMap<>();
    shown.forEach(
        (frame, box) -> {
          boolean starts = !shown.containsKey(frame - 1);
          boolean ends = !shown.containsKey(frame + 1);
          if (starts || ends || marked.contains(frame)) {
            Document.Builder entry = Document.builder();
            entry.append("frame", frame);
            entry.append("enabled", !ends);
            box.forEach(entry::append);
            if (media.frameRate() > 0) {
              entry.append("time", frame / media.frameRate());
            }
            frames.put(frame, entry.build());
          }
        });
    return new KeyFrames(frames, media.frames());
  }
}
