package io.postil.engine.annotation;

import io.postil.core.annotation.RunMemory;
import io.postil.core.store.Cursor;
import io.postil.core.store.DatasetWriter;
import io.postil.core.store.StoredDataset;
import io.postil.core.store.StoredDataset.SideRecord;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Keeps a backend's memory as side records under an owner of its own. What is put waits until
 * {@link #store}, which the uploader calls when it stores the state. Not thread-safe.
 */
final class StoredMemory implements RunMemory {
  private static final String NAME = "#memory";

  private final StoredDataset dataset;
  private final ObjectId owner;
  private final Map<ObjectId, Document> waiting = new LinkedHashMap<>();

  StoredMemory(StoredDataset dataset, ObjectId owner) {
    this.dataset = dataset;
    this.owner = owner;
  }

  @Override
  public void put(ObjectId item, Document value) {
    waiting.put(item, value);
  }

  /** Stores what waits; forgets it only by {@link #stored}, as the transaction may fail. */
  void store(DatasetWriter writer) {
    waiting.forEach((item, value) -> writer.putSide(owner, new SideRecord(item, 0, NAME, value)));
  }

  /** What waited is stored now. */
  void stored() {
    waiting.clear();
  }

  @Override
  public Map<ObjectId, Document> get(Collection<ObjectId> items) {
    Map<ObjectId, Document> found = new HashMap<>();
    for (SideRecord record : dataset.side(owner, items)) {
      if (record.value() instanceof Document value) {
        found.put(record.sampleId(), value);
      }
    }
    for (ObjectId item : items) {
      Document value = waiting.get(item);
      if (value != null) {
        found.put(item, value);
      }
    }
    return found;
  }

  @Override
  public Cursor<Entry> all() {
    Map<ObjectId, Document> newer = new LinkedHashMap<>(waiting);
    Cursor<SideRecord> records = dataset.side(owner);
    return new Cursor<>() {
      private Iterator<Entry> rest = List.<Entry>of().iterator();
      private boolean atRest;

      @Override
      public boolean hasNext() {
        if (!atRest && !records.hasNext()) {
          atRest = true;
          List<Entry> entries = new ArrayList<>();
          newer.forEach((item, value) -> entries.add(new Entry(item, value)));
          rest = entries.iterator();
        }
        return atRest ? rest.hasNext() : true;
      }

      @Override
      public Entry next() {
        if (!hasNext() || atRest) {
          return rest.next();
        }
        SideRecord record = records.next();
        Document value = newer.remove(record.sampleId());
        return new Entry(record.sampleId(), value == null ? (Document) record.value() : value);
      }

      @Override
      public void close() {
        records.close();
      }
    };
  }
}
