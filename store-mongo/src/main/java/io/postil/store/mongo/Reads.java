package io.postil.store.mongo;

import io.postil.core.dataset.Sample;
import io.postil.core.store.Projection;
import io.postil.core.value.ObjectId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a transaction read of the last samples and did not write since. A change of such a value
 * needs no condition in that transaction: the server refuses the update, as a conflict, if somebody
 * else changed the sample since the transaction began. Not thread-safe.
 */
final class Reads {
  /** No transaction. */
  static final int NEVER = -1;

  /** Samples whose values are kept; a load merges fewer at once. */
  private static final int MOST = 256;

  private final Map<ObjectId, Read> samples =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ObjectId, Read> eldest) {
          return size() > MOST;
        }
      };

  /** Samples that were written: a stream may give them as they were before. */
  private final Set<ObjectId> written = new HashSet<>();

  private boolean over;

  private record Read(
      int epoch, Projection fields, Map<String, Object> values, Set<String> taken) {}

  /** Notes what a transaction read of a sample. */
  void add(int epoch, Sample sample, Projection fields) {
    Set<String> names = fields.names();
    if (!over && !written.contains(sample.id()) && (names == null || !names.isEmpty())) {
      Map<String, Object> values = new HashMap<>(sample.fields());
      samples.put(sample.id(), new Read(epoch, fields, values, new HashSet<>()));
    }
  }

  /**
   * Whether a value is the one that was read; afterwards it is none that was read.
   *
   * @return the transaction that read it, or {@link #NEVER}
   */
  int take(ObjectId sample, String field, @Nullable Object value) {
    written.add(sample);
    Read read = samples.get(sample);
    if (read == null || !read.fields.includes(field) || !read.taken.add(field)) {
      return NEVER;
    }
    return read.values.remove(field) == value ? read.epoch : NEVER;
  }

  /** Forgets everything and learns nothing more, because of a write that this does not follow. */
  void end() {
    over = true;
    samples.clear();
  }
}
