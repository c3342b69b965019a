package io.postil.engine.annotation;

import io.postil.core.annotation.AnswerKind;
import io.postil.core.annotation.FieldSchema;
import io.postil.core.annotation.LabelSchema;
import io.postil.core.annotation.RunBase;
import io.postil.core.annotation.UploadItem.Content;
import io.postil.core.label.SingleLabel;
import io.postil.core.store.Cursor;
import io.postil.core.store.StoredDataset;
import io.postil.core.store.StoredDataset.SideRecord;
import io.postil.core.value.ObjectId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads the base of a run from what is kept beside it. Not thread-safe. */
final class StoredBase implements RunBase {
  /** As many frames of a video are in memory at once. */
  private static final int WINDOW = 200;

  private final StoredDataset dataset;
  private final ObjectId run;
  private final LabelSchema schema;

  StoredBase(StoredDataset dataset, ObjectId run, LabelSchema schema) {
    this.dataset = dataset;
    this.run = run;
    this.schema = schema;
  }

  @Override
  public Map<ObjectId, List<Content>> get(Collection<ObjectId> items) {
    Map<ObjectId, RunData.OfSample> direct = RunData.OfSample.group(dataset.side(run, items));
    TreeSet<ObjectId> others = new TreeSet<>();
    Map<ObjectId, RunData.Item> asked = new LinkedHashMap<>();
    for (ObjectId id : items) {
      RunData.OfSample of = direct.get(id);
      RunData.Item item = of == null ? null : of.item(id);
      if (item != null) {
        asked.put(id, item);
        if (!item.id().equals(item.sampleId())) {
          others.add(item.sampleId());
        }
      }
    }
    Map<ObjectId, RunData.OfSample> samples =
        others.isEmpty() ? Map.of() : RunData.OfSample.group(dataset.side(run, others));
    Map<ObjectId, List<Content>> found = new HashMap<>();
    asked.forEach(
        (id, item) -> {
          RunData.OfSample sample =
              (item.id().equals(item.sampleId()) ? direct : samples).get(item.sampleId());
          List<Content> content = sample == null ? List.of() : content(item, sample);
          if (!content.isEmpty()) {
            found.put(id, content);
          }
        });
    return found;
  }

  @Override
  public Cursor<Content> read(ObjectId id) {
    RunData.Item item = item(id);
    return item == null ? Cursor.of(List.of()) : new Windows(item);
  }

  private RunData.@Nullable Item item(ObjectId id) {
    RunData.OfSample of = RunData.OfSample.group(records(id, 0, 0)).get(id);
    return of == null ? null : of.item(id);
  }

  private List<SideRecord> records(ObjectId sample, int first, int last) {
    return dataset.side(run, sample, first, last).toList();
  }

  /** The content of an item, {@link #WINDOW} frames at a time; holds nothing open meanwhile. */
  private final class Windows implements Cursor<Content> {
    private final RunData.Item item;
    private Iterator<Content> ready;
    private int next;
    private final int last;

    Windows(RunData.Item item) {
      this.item = item;
      this.ready = content(records(item.sampleId(), 0, 0)).iterator();
      int only = item.frameNumber();
      this.next = only > 0 ? only : Math.max(1, item.firstFrame());
      this.last = only > 0 ? only : item.lastFrame() > 0 ? item.lastFrame() : Integer.MAX_VALUE;
    }

    private List<Content> content(List<SideRecord> records) {
      RunData.OfSample of = RunData.OfSample.group(records).get(item.sampleId());
      return of == null ? List.of() : StoredBase.this.content(item, of);
    }

    @Override
    public boolean hasNext() {
      while (!ready.hasNext() && next > 0) {
        ready = content(window()).iterator();
      }
      return ready.hasNext();
    }

    /** The records of the next frames. */
    private List<SideRecord> window() {
      List<SideRecord> window = new ArrayList<>();
      int frames = 0;
      int frame = 0;
      try (Cursor<SideRecord> records = dataset.side(run, item.sampleId(), next, last)) {
        while (records.hasNext()) {
          SideRecord record = records.next();
          if (record.frameNumber() != frame && frames++ == WINDOW) {
            next = record.frameNumber();
            return window;
          }
          frame = record.frameNumber();
          window.add(record);
        }
      }
      next = 0;
      return window;
    }

    @Override
    public Content next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      return ready.next();
    }

    @Override
    public void close() {}
  }

  private List<Content> content(RunData.Item item, RunData.OfSample sample) {
    List<Content> content = new ArrayList<>();
    for (int frame : sample.frames()) {
      if (item.covers(frame)) {
        int shown = item.frameNumber() > 0 ? 0 : frame;
        for (FieldSchema field : schema.fields()) {
          Content of = content(sample, frame, shown, field);
          if (of != null) {
            content.add(of);
          }
        }
      }
    }
    return content;
  }

  private static @Nullable Content content(
      RunData.OfSample sample, int frame, int shown, FieldSchema field) {
    Object value = sample.value(frame, field.field());
    if (value == null) {
      return null;
    }
    AnswerKind kind = field.kind();
    if (kind == AnswerKind.SCALAR) {
      return new Content(shown, field.field(), kind, List.of(), value);
    }
    List<SingleLabel> labels = Objects.requireNonNull(sample.labels(frame, field.field()));
    return labels.isEmpty() ? null : new Content(shown, field.field(), kind, labels, null);
  }
}
