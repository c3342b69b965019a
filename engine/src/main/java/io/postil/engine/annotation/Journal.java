package io.postil.engine.annotation;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.dataset.Frame;
import io.postil.core.dataset.Sample;
import io.postil.core.store.Cursor;
import io.postil.core.store.DatasetWriter;
import io.postil.core.store.Projection;
import io.postil.core.store.StoredDataset.SideRecord;
import io.postil.core.value.ObjectId;
import io.postil.engine.annotation.JournalRecord.Written;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The journal of a load: for each field it wrote the value before and after, and for each base it
 * moved the one before, as {@link JournalRecord} stores them. One object undoes one load.
 */
final class Journal {
  /** Most records that are taken back at once. */
  private static final int MOST_RECORDS = 1000;

  private static final int LISTED = 20;

  private final DatasetWriter writer;
  private final ObjectId runId;
  private final List<String> later = new ArrayList<>();
  private long laterCount;
  private long samples;
  private @Nullable ObjectId lastTouched;

  private Journal(DatasetWriter writer, ObjectId runId) {
    this.writer = writer;
    this.runId = runId;
  }

  /**
   * Puts everything back as it was before a load.
   *
   * @return the number of samples changed
   * @throws PostilException with {@code LATER_EDITS} if a value was changed since
   */
  static long undo(DatasetWriter writer, ObjectId loadId, ObjectId runId) {
    return new Journal(writer, runId).undo(loadId);
  }

  private long undo(ObjectId loadId) {
    List<SideRecord> batch = new ArrayList<>();
    long labels = 0;
    try (Cursor<SideRecord> records = writer.side(loadId)) {
      while (records.hasNext()) {
        SideRecord record = records.next();
        boolean full = batch.size() >= MOST_RECORDS || labels >= RunData.MOST_LABELS;
        if (full && !samePlace(record, batch.get(batch.size() - 1))) {
          undo(batch);
          batch.clear();
          labels = 0;
        }
        batch.add(record);
        labels += JournalRecord.labels(record);
      }
    }
    undo(batch);
    if (laterCount > 0) {
      throw new PostilException(
          ErrorCode.LATER_EDITS,
          "undo would lose later edits of "
              + laterCount
              + " values: "
              + String.join("; ", later)
              + (laterCount > later.size() ? "; ..." : ""),
          "Undo those edits first, or correct the labels by hand.");
    }
    return samples;
  }

  private static boolean samePlace(SideRecord a, SideRecord b) {
    return a.frameNumber() == b.frameNumber() && a.sampleId().equals(b.sampleId());
  }

  private void undo(List<SideRecord> batch) {
    Set<ObjectId> ids = new LinkedHashSet<>();
    batch.forEach(record -> ids.add(record.sampleId()));
    Map<ObjectId, Sample> read = new HashMap<>();
    writer.samples(ids, Projection.ALL).forEach(s -> read.put(s.id(), s));
    for (Written written : JournalRecord.written(batch)) {
      undo(written, read.get(written.sample()));
      if (written.base() != null && written.before() != null) {
        putBase(written.sample(), written.frame(), written.base(), written.before());
      }
    }
    for (SideRecord record : batch) {
      String base = JournalRecord.baseOf(record);
      if (base != null) {
        putBase(record.sampleId(), record.frameNumber(), base, record.value());
      }
    }
  }

  private void putBase(ObjectId sample, int frame, String name, Object value) {
    writer.putSide(runId, new SideRecord(sample, frame, name, value));
  }

  private void undo(Written written, @Nullable Sample sample) {
    ObjectId id = written.sample();
    int frame = written.frame();
    String field = written.field();
    Object current = sample == null ? null : current(writer, sample, frame, plain(field));
    if (sample == null || !Objects.equals(current, written.after())) {
      laterCount++;
      if (later.size() < LISTED) {
        later.add("'" + field + "' of sample " + id + (frame > 0 ? " frame " + frame : ""));
      }
      return;
    }
    writer.set(id, frame, plain(field), current, written.before());
    if (lastTouched == null || !lastTouched.equals(id)) {
      lastTouched = id;
      samples++;
    }
  }

  private static String plain(String field) {
    return field.startsWith("frames.") ? field.substring("frames.".length()) : field;
  }

  private static @Nullable Object current(
      DatasetWriter writer, Sample sample, int frame, String field) {
    if (frame == 0) {
      return sample.fields().get(field);
    }
    try (Cursor<Frame> frames = writer.frames(sample.id(), frame, frame, Projection.ALL)) {
      return frames.hasNext() ? frames.next().fields().get(field) : null;
    }
  }
}
