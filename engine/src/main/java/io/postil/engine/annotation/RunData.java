package io.postil.engine.annotation;

import io.postil.core.annotation.AnswerKind;
import io.postil.core.label.SingleLabel;
import io.postil.core.run.RunRecord;
import io.postil.core.store.Cursor;
import io.postil.core.store.StoredDataset;
import io.postil.core.store.StoredDataset.SideRecord;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
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
  private static final String PENDING = "#pending";

  /** Stands for no value where one may be stored. */
  private static final Document NOTHING = Document.of("#nothing", true);

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
    /** A sample that was sent whole. */
    static Item ofSample(ObjectId id) {
      return new Item(id, id, 0, 0, 0);
    }

    boolean covers(int frame) {
      if (frameNumber > 0) {
        return frame == frameNumber;
      }
      return firstFrame == 0 || frame == 0 || firstFrame <= frame && frame <= lastFrame;
    }
  }

  private RunData() {}

  /**
   * The record of an item. A sample that is sent whole needs none if a base of the sample itself is
   * kept, see {@link #forEachItem}.
   */
  static SideRecord item(Item item) {
    Document.Builder out = Document.builder();
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

  /** Whether the items of a run are whole samples, not frames or clips. */
  static boolean isOfSamples(RunRecord run) {
    return items(run).equals("samples");
  }

  /** Whether the items of a run are frames. */
  static boolean isOfFrames(RunRecord run) {
    return items(run).equals("frames");
  }

  private static String items(RunRecord run) {
    return run.state().getString("items", "samples");
  }

  /** Tells the items of a run. */
  static void forEachItem(StoredDataset dataset, RunRecord run, Consumer<Item> to) {
    boolean whole = isOfSamples(run);
    @Nullable ObjectId last = null;
    try (Cursor<SideRecord> records = dataset.side(run.id())) {
      while (records.hasNext()) {
        SideRecord record = records.next();
        Item item = item(record);
        if (item == null && whole && isBaseOfSample(record)) {
          item = Item.ofSample(record.sampleId());
        }
        if (item != null && (last == null || !item.id().equals(last))) {
          last = item.id();
          to.accept(item);
        }
      }
    }
  }

  private static boolean isBaseOfSample(SideRecord record) {
    return record.frameNumber() == 0 && isBase(record.name());
  }

  /** Whether a record of that name holds the base of the field itself. */
  static boolean isBase(String name) {
    return !name.startsWith("#");
  }

  /** A value, or nothing, as it is stored. */
  static Object stored(@Nullable Object value) {
    return value == null ? NOTHING : value;
  }

  /** The value that a stored one stands for. */
  static @Nullable Object value(@Nullable Object stored) {
    return stored == null || NOTHING.equals(stored) ? null : stored;
  }

  /** Those items of which something is kept already, though no backend has taken them yet. */
  static SideRecord pending(ObjectId run, Collection<ObjectId> items) {
    return new SideRecord(run, 0, PENDING, Document.of("items", Values.list(List.copyOf(items))));
  }

  /** What {@link #pending} noted last. */
  static Set<ObjectId> pending(StoredDataset dataset, ObjectId run) {
    Set<ObjectId> items = new LinkedHashSet<>();
    for (SideRecord record : dataset.side(run, List.of(run))) {
      if (record.name().equals(PENDING) && record.value() instanceof Document d) {
        for (Object id : d.getList("items")) {
          items.add((ObjectId) id);
        }
      }
    }
    return items;
  }

  static SideRecord base(
      ObjectId sampleId, int frame, String name, AnswerKind kind, List<SingleLabel> labels) {
    Object value =
        kind == AnswerKind.SEGMENTATION
            ? labels.get(labels.size() - 1)
            : LabelMerge.list(kind, labels);
    return new SideRecord(sampleId, frame, name, value);
  }

  /** The name of the record of replaced ids that goes with a base. */
  static String ids(String base) {
    return IDS + base;
  }

  static SideRecord ids(ObjectId sampleId, int frame, String name, List<ObjectId[]> pairs) {
    Document.Builder out = Document.builder();
    List<Document> entries = new ArrayList<>();
    for (ObjectId[] pair : pairs) {
      entries.add(Document.of("tool", pair[0], "stored", pair[1]));
    }
    out.put("ids", Values.list(entries));
    return new SideRecord(sampleId, frame, ids(name), out.build());
  }

  /** What is kept of one sample of a run. */
  static final class OfSample {
    private final Map<Integer, Map<String, Object>> byFrame = new HashMap<>();
    private @Nullable Item item;

    static Map<ObjectId, OfSample> group(Iterable<SideRecord> records) {
      Map<ObjectId, OfSample> samples = new LinkedHashMap<>();
      for (SideRecord record : records) {
        OfSample of = samples.computeIfAbsent(record.sampleId(), s -> new OfSample());
        Item item = RunData.item(record);
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

    /** The item of that id, or null if it was not sent. */
    @Nullable Item item(ObjectId id) {
      Map<String, Object> own = byFrame.getOrDefault(0, Map.of());
      return item == null && own.keySet().stream().anyMatch(RunData::isBase)
          ? Item.ofSample(id)
          : item;
    }

    /** The frames that anything is kept of; 0 is the sample itself. */
    TreeSet<Integer> frames() {
      return new TreeSet<>(byFrame.keySet());
    }

    @Nullable Object value(int frame, String name) {
      Map<String, Object> values = byFrame.get(frame);
      Object value = values == null ? null : values.get(name);
      return RunData.value(value);
    }

    /** The base of a name, or null if none was recorded. */
    @Nullable List<SingleLabel> labels(int frame, String name) {
      Object value = value(frame, name);
      return value == null ? null : LabelMerge.labels(value);
    }

    /** Tool ids with the ids that stand for them in the dataset, in order of appearance. */
    List<ObjectId[]> ids(int frame, String name) {
      List<ObjectId[]> pairs = new ArrayList<>();
      if (value(frame, RunData.ids(name)) instanceof Document d) {
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
