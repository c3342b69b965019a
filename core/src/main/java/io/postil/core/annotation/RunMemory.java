package io.postil.core.annotation;

import io.postil.core.store.Cursor;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import java.util.Collection;
import java.util.Map;

/**
 * What a backend remembers about single items of a run, such as the ids that a server gave to them
 * and their labels. The engine keeps it beside the run. What does not grow with the run belongs
 * into the backend's state instead. It must hold no secrets. Not thread-safe.
 */
public interface RunMemory {
  /**
   * Remembers a document about an item, replacing an earlier one. It is stored in one step with the
   * state that the present call returns or hands to {@link RunContext#checkpoint}; after a crash
   * before that it was never put. Only while a run is sent.
   */
  void put(ObjectId item, Document value);

  /** What is remembered of the items; absent ones are left out. */
  Map<ObjectId, Document> get(Collection<ObjectId> items);

  /** Everything, by item. Close it. */
  Cursor<Entry> all();

  /** What is remembered of one item. */
  record Entry(ObjectId item, Document value) {}
}
