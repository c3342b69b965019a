package io.postil.core.annotation;

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
   * also if only its key frames were sent.
   *
   * @return for each item, by ascending frame; items without content are left out
   */
  Map<ObjectId, List<UploadItem.Content>> get(Collection<ObjectId> items);
}
