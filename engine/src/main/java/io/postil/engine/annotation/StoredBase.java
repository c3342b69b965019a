package io.postil.engine.annotation;

import io.postil.core.annotation.AnswerKind;
import io.postil.core.annotation.FieldSchema;
import io.postil.core.annotation.LabelSchema;
import io.postil.core.annotation.RunBase;
import io.postil.core.annotation.UploadItem.Content;
import io.postil.core.label.SingleLabel;
import io.postil.core.store.StoredDataset;
import io.postil.core.value.ObjectId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads the base of a run from what is kept beside it. Not thread-safe. */
final class StoredBase implements RunBase {
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
