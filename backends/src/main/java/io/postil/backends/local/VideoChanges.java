package io.postil.backends.local;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How the edits of a video differ from those of the revision before. Immutable.
 *
 * @param put edits that are new, or other than the one of the same id
 * @param removed ids of edits that are gone
 */
public record VideoChanges(List<VideoEdit> put, List<String> removed) {
  /** No changes. */
  public static final VideoChanges NONE = new VideoChanges(List.of(), List.of());

  /** Copies the lists. */
  public VideoChanges {
    put = List.copyOf(put);
    removed = List.copyOf(removed);
  }

  /** Edits after the changes. */
  public List<VideoEdit> applied(List<VideoEdit> edits) {
    Set<String> gone = new HashSet<>(removed);
    Map<String, VideoEdit> now = new LinkedHashMap<>();
    edits.stream().filter(e -> !gone.contains(e.id())).forEach(e -> now.put(e.id(), e));
    put.forEach(e -> now.put(e.id(), e));
    return List.copyOf(now.values());
  }
}
