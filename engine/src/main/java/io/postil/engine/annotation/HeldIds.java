package io.postil.engine.annotation;

import io.postil.core.label.SingleLabel;
import io.postil.core.store.Cursor;
import io.postil.core.store.StoredDataset;
import io.postil.core.store.StoredDataset.SideRecord;
import io.postil.core.value.ObjectId;
import java.util.Arrays;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The ids of the labels that a backend holds in items that are as they were, as hashes: 4 bytes a
 * label. So one label in two billion is wrongly taken for one of them and gets an id of its own,
 * which is harmless. Immutable.
 */
final class HeldIds {
  private final int[] hashes;

  private HeldIds(int[] hashes) {
    this.hashes = hashes;
  }

  /** Reads the base of the samples that a test accepts. */
  static HeldIds read(StoredDataset dataset, ObjectId run, Predicate<ObjectId> wanted) {
    int[] hashes = new int[1024];
    int count = 0;
    @Nullable ObjectId last = null;
    boolean take = false;
    try (Cursor<SideRecord> records = dataset.side(run)) {
      while (records.hasNext()) {
        SideRecord record = records.next();
        ObjectId sample = record.sampleId();
        if (last == null || !last.equals(sample)) {
          last = sample;
          take = wanted.test(sample);
        }
        if (take && RunData.isBase(record.name())) {
          for (SingleLabel label : LabelMerge.labels(record.value())) {
            if (count == hashes.length) {
              hashes = Arrays.copyOf(hashes, count * 2);
            }
            hashes[count++] = label.id().hashCode();
          }
        }
      }
    }
    hashes = Arrays.copyOf(hashes, count);
    Arrays.sort(hashes);
    return new HeldIds(hashes);
  }

  /** Whether a label of that id may be among them; never false if it is. */
  boolean mayContain(ObjectId id) {
    return Arrays.binarySearch(hashes, id.hashCode()) >= 0;
  }
}
