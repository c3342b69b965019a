package io.postil.engine.annotation;

import io.postil.core.annotation.AnswerKind;
import io.postil.core.label.SingleLabel;
import io.postil.core.store.StoredDataset.SideRecord;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What is kept beside a run, by sample and frame: the items that were sent, the base (what the
 * backend is known to hold, by field), and which ids were replaced. Names of side records are made
 * and read only here.
 */
final class RunData {
  /**
   * About how many labels of a run are in memory at once: a batch of samples is smaller where they
   * have very many.
   */
  static final int MOST_LABELS = 20_000;

  private static final String ITEM = "#item";
  private static final String IDS = "#ids:";

  /**
   * An item of a run.
   *
   * @param id the id the backend knows
   * @param sampleId the sample it belongs to
   * @param frameNumber of a frame sent as an image its number, else 0
   * @param firstFrame of a clip its first frame, else 0
   * @param lastFrame of a clip its last frame, else 0
   */
  record Item(ObjectId id, ObjectId sampleId, int frameNumber, int firstFrame, int lastFrame) {
    boolean covers(int frame) {
      if (frameNumber > 0) {
        return frame == frameNumber;
      }
      return firstFrame == 0 || frame == 0 || firstFrame <= frame && frame <= lastFrame;
    }
  }

  private RunData() {}

  static SideRecord item(Item item, int batch) {
    Document.Builder out = Document.builder();
    out.put("batch", batch);
    if (!item.id().equals(item.sampleId())) {
      out.put("sample", item.sampleId());
      out.put("frame", item.frameNumber());
      out.put("first", item.firstFrame());
      out.put("last", item.lastFrame());
    }
    return new SideRecord(item.id(), 0, ITEM, out.build());
  }

  /** The item of a side record, or null if it is another kind of record. */
  static @Nullable Item item(SideRecord record) {
    if (!record.name().equals(ITEM) || !(record.value() instanceof Document d)) {
      return null;
    }
    ObjectId sample = d.get("sample", ObjectId.class);
    return new Item(
        record.sampleId(),
        sample == null ? record.sampleId() : sample,
        (int) d.getLong("frame", 0),
        (int) d.getLong("first", 0),
        (int) d.getLong("last", 0));
  }

  /** The number of the batch an item was sent with. */
  static int batch(SideRecord record) {
    return record.value() instanceof Document d ? (int) d.getLong("batch", 0) : 0;
  }

  static SideRecord base(
      ObjectId sampleId, int frame, String name, AnswerKind kind, List<SingleLabel> labels) {
    Object value =
        kind == AnswerKind.SEGMENTATION
            ? labels.get(labels.size() - 1)
            : LabelMerge.list(kind, labels);
    return new SideRecord(sampleId, frame, name, value);
  }

  static SideRecord ids(ObjectId sampleId, int frame, String name, List<ObjectId[]> pairs) {
    Document.Builder out = Document.builder();
    List<Document> entries = new ArrayList<>();
    for (ObjectId[] pair : pairs) {
      entries.add(Document.of("tool", pair[0], "stored", pair[1]));
    }
    out.put("ids", io.postil.core.value.Values.list(entries));
    return new SideRecord(sampleId, frame, IDS + name, out.build());
  }

  /** What is kept of one sample of a run. */
  static final class OfSample {
    private final Map<Integer, Map<String, Object>> byFrame = new HashMap<>();
    @Nullable Item item;

    static Map<ObjectId, OfSample> group(Iterable<SideRecord> records) {
      Map<ObjectId, OfSample> samples = new LinkedHashMap<>();
      for (SideRecord record : records) {
        OfSample of = samples.computeIfAbsent(record.sampleId(), s -> new OfSample());
        Item item = item(record);
        if (item != null) {
          of.item = item;
        } else {
          of.byFrame
              .computeIfAbsent(record.frameNumber(), f -> new HashMap<>())
              .put(record.name(), record.value());
        }
      }
      return samples;
    }

    /** The frames that anything is kept of; 0 is the sample itself. */
    TreeSet<Integer> frames() {
      return new TreeSet<>(byFrame.keySet());
    }

    @Nullable Object value(int frame, String name) {
      Map<String, Object> values = byFrame.get(frame);
      Object value = values == null ? null : values.get(name);
      return value == null || FieldMerge.NOTHING.equals(value) ? null : value;
    }

    /** The base of a name, or null if none was recorded. */
    @Nullable List<SingleLabel> labels(int frame, String name) {
      Object value = value(frame, name);
      return value == null ? null : LabelMerge.labels(value);
    }

    /** Tool ids with the ids that stand for them in the dataset, in order of appearance. */
    List<ObjectId[]> ids(int frame, String name) {
      List<ObjectId[]> pairs = new ArrayList<>();
      if (value(frame, IDS + name) instanceof Document d) {
        for (Object entry : d.getList("ids")) {
          if (entry instanceof Document pair
              && pair.get("tool") instanceof ObjectId tool
              && pair.get("stored") instanceof ObjectId stored) {
            pairs.add(new ObjectId[] {tool, stored});
          }
        }
      }
      return pairs;
    }
  }
}
