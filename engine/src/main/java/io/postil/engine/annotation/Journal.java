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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The journal of a load: for each field it wrote the value before and after, and for each base it
 * moved the one before. Undoes a load. Stateless.
 */
final class Journal {
  static final String BEFORE = "before:";
  static final String AFTER = "after:";
  static final String BASE = "base:";

  private static final int BATCH = 200;
  private static final int LISTED = 20;

  private Journal() {}

  /**
   * Puts everything back as it was before a load.
   *
   * @return the number of samples changed
   * @throws PostilException with {@code LATER_EDITS} if a value was changed since
   */
  static long undo(DatasetWriter writer, ObjectId loadId, ObjectId runId) {
    List<String> later = new ArrayList<>();
    long[] laterCount = new long[1];
    long samples = 0;
    List<SideRecord> batch = new ArrayList<>();
    ObjectId last = null;
    try (Cursor<SideRecord> records = writer.side(loadId)) {
      List<ObjectId> ids = new ArrayList<>();
      while (records.hasNext()) {
        SideRecord record = records.next();
        if (last == null || !record.sampleId().equals(last)) {
          if (ids.size() >= BATCH) {
            samples += undoBatch(writer, runId, batch, ids, later, laterCount);
            batch.clear();
            ids.clear();
          }
          last = record.sampleId();
          ids.add(record.sampleId());
        }
        batch.add(record);
      }
      samples += undoBatch(writer, runId, batch, ids, later, laterCount);
    }
    if (laterCount[0] > 0) {
      throw new PostilException(
          ErrorCode.LATER_EDITS,
          "undo would lose later edits of "
              + laterCount[0]
              + " values: "
              + String.join("; ", later)
              + (laterCount[0] > later.size() ? "; ..." : ""),
          "Undo those edits first, or correct the labels by hand.");
    }
    return samples;
  }

  private static long undoBatch(
      DatasetWriter writer,
      ObjectId runId,
      List<SideRecord> batch,
      List<ObjectId> ids,
      List<String> later,
      long[] laterCount) {
    Map<ObjectId, Sample> samples = new HashMap<>();
    writer.samples(ids, Projection.ALL).forEach(s -> samples.put(s.id(), s));
    Map<String, SideRecord> befores = new HashMap<>();
    for (SideRecord record : batch) {
      if (record.name().startsWith(BEFORE)) {
        befores.put(key(record, record.name().substring(BEFORE.length())), record);
      }
    }
    java.util.Set<ObjectId> touched = new java.util.HashSet<>();
    for (SideRecord record : batch) {
      if (record.name().startsWith(AFTER)) {
        String field = record.name().substring(AFTER.length());
        Sample sample = samples.get(record.sampleId());
        Object current =
            sample == null ? null : current(writer, sample, record.frameNumber(), plain(field));
        Object after = value(record.value());
        if (sample == null || !Objects.equals(current, after)) {
          laterCount[0]++;
          if (later.size() < LISTED) {
            later.add(
                "'"
                    + field
                    + "' of sample "
                    + record.sampleId()
                    + (record.frameNumber() > 0 ? " frame " + record.frameNumber() : ""));
          }
          continue;
        }
        SideRecord before = befores.get(key(record, field));
        writer.set(
            record.sampleId(),
            record.frameNumber(),
            plain(field),
            current,
            before == null ? null : value(before.value()));
        touched.add(record.sampleId());
      } else if (record.name().startsWith(BASE)) {
        writer.putSide(
            runId,
            new SideRecord(
                record.sampleId(),
                record.frameNumber(),
                record.name().substring(BASE.length()),
                record.value()));
      }
    }
    return touched.size();
  }

  private static String key(SideRecord record, String field) {
    return record.sampleId() + "/" + record.frameNumber() + "/" + field;
  }

  private static String plain(String field) {
    return field.startsWith("frames.") ? field.substring("frames.".length()) : field;
  }

  private static @Nullable Object value(Object stored) {
    return FieldMerge.NOTHING.equals(stored) ? null : stored;
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
