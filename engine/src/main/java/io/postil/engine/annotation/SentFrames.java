package io.postil.engine.annotation;

import io.postil.core.annotation.AnswerKind;
import io.postil.core.annotation.FieldSchema;
import io.postil.core.annotation.LabelSchema;
import io.postil.core.annotation.UploadItem.Content;
import io.postil.core.label.SingleLabel;
import io.postil.core.store.Cursor;
import io.postil.core.store.StoredDataset;
import io.postil.core.store.StoredDataset.SideRecord;
import io.postil.core.value.ObjectId;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * What is sent of a video, read from the base {@link #WINDOW} frames at a time, so that a video may
 * be of any length. First what belongs to the video itself, then its frames in order.
 */
final class SentFrames implements Iterable<Content> {
  private static final int WINDOW = 200;

  private final StoredDataset dataset;
  private final ObjectId run;
  private final RunData.Item item;
  private final LabelSchema schema;
  private final List<Content> own;
  private final boolean all;

  /**
   * Prepares for a video.
   *
   * @param own what belongs to the video itself
   * @param all whether labels between key frames are sent as well
   */
  SentFrames(
      StoredDataset dataset,
      ObjectId run,
      RunData.Item item,
      LabelSchema schema,
      List<Content> own,
      boolean all) {
    this.dataset = dataset;
    this.run = run;
    this.item = item;
    this.schema = schema;
    this.own = own;
    this.all = all;
  }

  /** Those of the labels of a field that are sent. */
  static List<SingleLabel> sent(FieldSchema field, List<SingleLabel> labels, boolean all) {
    return !all && Boolean.TRUE.equals(field.onlyKeyframes())
        ? labels.stream().filter(SingleLabel::isKeyframe).toList()
        : labels;
  }

  @Override
  public Iterator<Content> iterator() {
    return new Iterator<>() {
      private Iterator<Content> ready = own.iterator();
      private int next = Math.max(1, item.firstFrame());

      @Override
      public boolean hasNext() {
        while (!ready.hasNext() && next > 0) {
          List<Content> window = new ArrayList<>();
          next = read(next, window);
          ready = window.iterator();
        }
        return ready.hasNext();
      }

      @Override
      public Content next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        return ready.next();
      }
    };
  }

  /** Reads some frames; gives where the next ones begin, 0 at the end. */
  private int read(int from, List<Content> window) {
    int last = item.lastFrame() == 0 ? Integer.MAX_VALUE : item.lastFrame();
    int frames = 0;
    int frame = 0;
    try (Cursor<SideRecord> records = dataset.side(run, item.sampleId(), from, last)) {
      while (records.hasNext()) {
        SideRecord record = records.next();
        if (record.frameNumber() != frame && frames++ == WINDOW) {
          return record.frameNumber();
        }
        frame = record.frameNumber();
        Content content = content(record);
        if (content != null) {
          window.add(content);
        }
      }
    }
    return 0;
  }

  private @Nullable Content content(SideRecord record) {
    FieldSchema field = schema.field(record.name()).orElse(null);
    if (field == null || !field.existing() || !field.isFrameField()) {
      return null;
    }
    if (field.kind() == AnswerKind.SCALAR) {
      return new Content(
          record.frameNumber(), field.field(), field.kind(), List.of(), record.value());
    }
    List<SingleLabel> labels = sent(field, LabelMerge.labels(record.value()), all);
    return labels.isEmpty()
        ? null
        : new Content(record.frameNumber(), field.field(), field.kind(), labels, null);
  }
}
