package io.postil.core.store;

import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.Frame;
import io.postil.core.dataset.Sample;
import io.postil.core.label.Label;
import io.postil.core.label.LabelList;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.view.Stage;
import io.postil.core.view.ViewDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Changes the attributes of all labels of some fields, sample by sample, whatever slice they are
 * in. Not thread-safe; for one change.
 */
public final class LabelRewrite {
  private final DatasetWriter writer;
  private final List<String> fields;
  private final UnaryOperator<Document> change;

  private LabelRewrite(DatasetWriter writer, List<String> fields, UnaryOperator<Document> change) {
    this.writer = writer;
    this.fields = fields;
    this.change = change;
  }

  /**
   * Sets the attributes of labels to what a function makes of them.
   *
   * @param fields label fields; those of frames have the prefix {@code frames.}
   * @param change must not depend on the order in which labels come
   */
  public static void attributes(
      DatasetWriter writer, List<String> fields, UnaryOperator<Document> change) {
    if (!fields.isEmpty()) {
      new LabelRewrite(writer, fields, change).go();
    }
  }

  private void go() {
    Projection projection = Projection.of(fields.toArray(new String[0]));
    boolean ofFrames = fields.stream().anyMatch(f -> f.startsWith(DatasetInfo.FRAMES));
    try (SampleCursor samples = writer.read(allSlices(writer.info()), projection)) {
      while (samples.hasNext()) {
        Sample sample = samples.next();
        if (ofFrames) {
          try (Cursor<Frame> each = samples.frames()) {
            while (each.hasNext()) {
              Frame frame = each.next();
              rewrite(sample.id(), frame.number(), frame::property);
            }
          }
        }
        rewrite(sample.id(), 0, sample::property);
      }
    }
  }

  private static ViewDefinition allSlices(DatasetInfo info) {
    return info.group() == null
        ? ViewDefinition.ALL
        : new ViewDefinition(List.of(new Stage.SelectGroupSlices(null, null, true, true, true)));
  }

  /** The stored value of a field. */
  private interface Stored {
    @Nullable Object field(String name);
  }

  private void rewrite(ObjectId sample, int frame, Stored stored) {
    for (String field : fields) {
      boolean ofFrame = field.startsWith(DatasetInfo.FRAMES);
      String plain = ofFrame ? field.substring(DatasetInfo.FRAMES.length()) : field;
      if (ofFrame == frame > 0 && stored.field(plain) instanceof Label label) {
        Label changed = changed(label);
        if (!changed.equals(label)) {
          writer.set(sample, frame, plain, label, changed);
        }
      }
    }
  }

  private Label changed(Label label) {
    if (label instanceof SingleLabel single) {
      return changed(single);
    }
    if (!(label instanceof LabelList<?> list)) {
      return label;
    }
    List<SingleLabel> labels = new ArrayList<>(list.labels().size());
    list.labels().forEach(each -> labels.add(changed(each)));
    return list.withLabels(labels);
  }

  private SingleLabel changed(SingleLabel label) {
    Document attributes = change.apply(label.attributes());
    return Objects.equals(attributes, label.attributes())
        ? label
        : label.withAttributes(attributes);
  }
}
