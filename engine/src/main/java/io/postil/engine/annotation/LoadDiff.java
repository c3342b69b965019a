package io.postil.engine.annotation;

import io.postil.core.label.SingleLabel;
import io.postil.core.store.Cursor;
import io.postil.core.store.StoredDataset;
import io.postil.core.store.StoredDataset.SideRecord;
import io.postil.core.value.ObjectId;
import io.postil.engine.annotation.JournalRecord.Written;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Compares what a dataset held after one load of a run with what it held after a later one, from
 * their journals. Reads both in step, so memory does not grow with them. For one comparison.
 */
final class LoadDiff {
  private final Consumer<Change> listener;

  LoadDiff(Consumer<Change> listener) {
    this.listener = listener;
  }

  private static int compare(Written a, Written b) {
    int bySample = a.sample().compareTo(b.sample());
    if (bySample != 0) {
      return bySample;
    }
    int byFrame = Integer.compare(a.frame(), b.frame());
    return byFrame != 0 ? byFrame : a.field().compareTo(b.field());
  }

  /** The fields a load wrote, by sample, frame and name. */
  private static final class Journaled implements AutoCloseable {
    private final Cursor<SideRecord> records;
    private final List<Written> ready = new ArrayList<>();
    private @Nullable SideRecord next;

    Journaled(StoredDataset dataset, ObjectId load) {
      records = dataset.side(load);
      next = records.hasNext() ? records.next() : null;
    }

    /** The next field, or null at the end. */
    @Nullable Written peek() {
      while (ready.isEmpty() && next != null) {
        readPlace();
      }
      return ready.isEmpty() ? null : ready.get(0);
    }

    void skip() {
      ready.remove(0);
    }

    private void readPlace() {
      SideRecord first = Objects.requireNonNull(next);
      List<SideRecord> place = new ArrayList<>();
      SideRecord record = first;
      while (record != null
          && record.frameNumber() == first.frameNumber()
          && record.sampleId().equals(first.sampleId())) {
        place.add(record);
        record = records.hasNext() ? records.next() : null;
      }
      next = record;
      ready.addAll(JournalRecord.written(place));
      ready.sort((a, b) -> LoadDiff.compare(a, b));
    }

    @Override
    public void close() {
      records.close();
    }
  }

  /** Tells every label and value that differs; {@code second} is the later load. */
  void compare(StoredDataset dataset, ObjectId first, ObjectId second) {
    try (Journaled one = new Journaled(dataset, first);
        Journaled two = new Journaled(dataset, second)) {
      for (Written later = two.peek(); later != null; later = two.peek()) {
        Written earlier = one.peek();
        while (earlier != null && compare(earlier, later) < 0) {
          one.skip(); // The later load left it as the earlier one had made it.
          earlier = one.peek();
        }
        tell(
            later,
            earlier == null || compare(earlier, later) != 0 ? later.before() : earlier.after());
        two.skip();
      }
    }
  }

  private void tell(Written later, @Nullable Object before) {
    Map<ObjectId, SingleLabel> old = byId(before);
    Map<ObjectId, SingleLabel> now = byId(later.after());
    if (old.isEmpty() && now.isEmpty()) {
      tell(later, null, before, later.after());
      return;
    }
    old.forEach((id, label) -> tell(later, id, label, now.get(id)));
    now.forEach(
        (id, label) -> {
          if (!old.containsKey(id)) {
            tell(later, id, null, label);
          }
        });
  }

  private static Map<ObjectId, SingleLabel> byId(@Nullable Object value) {
    Map<ObjectId, SingleLabel> labels = new LinkedHashMap<>();
    LabelMerge.labels(value).forEach(label -> labels.put(label.id(), label));
    return labels;
  }

  private void tell(
      Written place, @Nullable ObjectId label, @Nullable Object before, @Nullable Object after) {
    if (Objects.equals(before, after)) {
      return;
    }
    Change.Kind kind =
        before == null
            ? Change.Kind.ADDED
            : after == null ? Change.Kind.DELETED : Change.Kind.EDITED;
    listener.accept(
        new Change(kind, place.sample(), place.frame(), place.field(), label, before, after, null));
  }
}
