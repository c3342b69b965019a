package io.postil.core.annotation;

import io.postil.core.store.Cursor;
import io.postil.core.value.ObjectId;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * What a backend is known to hold of a run: what was sent, and what was loaded from it since. A
 * backend whose form of a label is not exact compares what comes back with it, and hands over the
 * label itself where nobody changed it. Not thread-safe.
 */
@FunctionalInterface
public interface RunBase {
  /**
   * The content of some items as {@link UploadItem#content} gives it; every observation of a track,
   * also if only its key frames were sent. All of it is in memory at once, so a video, which may be
   * of any length, is better {@linkplain #read read}.
   *
   * @return for each item, by ascending frame; items without content are left out
   */
  Map<ObjectId, List<UploadItem.Content>> get(Collection<ObjectId> items);

  /**
   * The content of one item as {@link #get} gives it, by ascending frame, some frames at a time.
   * Meanwhile the run's memory and state may be stored. Close it.
   */
  default Cursor<UploadItem.Content> read(ObjectId item) {
    return Cursor.of(get(List.of(item)).getOrDefault(item, List.of()));
  }
}
