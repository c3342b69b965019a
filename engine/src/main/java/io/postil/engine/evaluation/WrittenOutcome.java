package io.postil.engine.evaluation;

import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.Frame;
import io.postil.core.dataset.Sample;
import io.postil.core.label.LabelList;
import io.postil.core.label.SingleLabel;
import io.postil.core.run.RunRecord;
import io.postil.core.store.Cursor;
import io.postil.core.store.DatasetWriter;
import io.postil.core.store.Projection;
import io.postil.core.store.SampleCursor;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.view.Stage;
import io.postil.core.view.ViewDefinition;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a stored evaluation wrote onto samples, frames and labels: it can be renamed or removed.
 * Evaluations that FiftyOne made are known as well. Not thread-safe.
 */
final class WrittenOutcome {
  private static final List<String> ON_LABELS = List.of("", "_id", "_iou");

  private final DatasetWriter writer;
  private final String key;
  private final List<String> labelFields = new ArrayList<>();
  private final List<String> suffixes;

  WrittenOutcome(DatasetWriter writer, RunRecord run) {
    this.writer = writer;
    key = run.key();
    suffixes =
        switch (run.config().getString("type", "detection")) {
          case "classification", "regression" -> List.of("");
          case "segmentation" -> List.of("_accuracy", "_precision", "_recall");
          default -> List.of("_tp", "_fp", "_fn");
        };
    if (run.config().getString("type", "detection").equals("detection")) {
      Set<String> names = new LinkedHashSet<>();
      names.add(run.config().getString("pred_field", ""));
      names.add(run.config().getString("gt_field", ""));
      names.stream().filter(n -> writer.info().field(n).isPresent()).forEach(labelFields::add);
    }
  }

  /** The fields it wrote that are there, under the names that another key would give them. */
  List<String> fields(String newKey) {
    List<String> fields = new ArrayList<>();
    each((field, suffix) -> fields.add(prefix(field) + newKey + suffix));
    return fields;
  }

  /** Whether it marked labels with its key. */
  boolean isOnLabels() {
    return !labelFields.isEmpty();
  }

  /** Renames all of it. */
  void rename(String newKey) {
    rewriteLabels(attributes -> renamed(attributes, newKey));
    each((field, suffix) -> writer.renameField(field, prefix(field) + newKey + suffix));
    DatasetInfo info = writer.info();
    for (String field : labelFields) {
      info = Declarations.remember(Declarations.forget(info, field, key), field, newKey);
    }
    writer.putInfo(info);
  }

  /** Removes all of it. */
  void delete() {
    rewriteLabels(attributes -> attributes.without(key).without(key + "_id").without(key + "_iou"));
    each((field, suffix) -> writer.deleteField(field));
    DatasetInfo info = writer.info();
    for (String field : labelFields) {
      info = Declarations.forget(info, field, key);
    }
    writer.putInfo(info);
  }

  private interface Written {
    void at(String field, String suffix);
  }

  /** The fields of samples and frames that are there. */
  private void each(Written action) {
    for (String suffix : suffixes) {
      for (String prefix : List.of("", DatasetInfo.FRAMES)) {
        String field = prefix + key + suffix;
        if (writer.info().field(field).isPresent()) {
          action.at(field, suffix);
        }
      }
    }
  }

  private static String prefix(String field) {
    return field.startsWith(DatasetInfo.FRAMES) ? DatasetInfo.FRAMES : "";
  }

  private Document renamed(Document attributes, String newKey) {
    Document.Builder out = Document.builder();
    attributes.forEach(
        (name, value) -> {
          boolean ours = ON_LABELS.stream().anyMatch(suffix -> name.equals(key + suffix));
          out.put(ours ? newKey + name.substring(key.length()) : name, value);
        });
    return out.build();
  }

  private void rewriteLabels(UnaryOperator<Document> change) {
    if (labelFields.isEmpty()) {
      return;
    }
    Projection projection = Projection.of(labelFields.toArray(new String[0]));
    boolean ofFrames = labelFields.stream().anyMatch(f -> f.startsWith(DatasetInfo.FRAMES));
    try (SampleCursor samples = writer.read(allSlices(writer.info()), projection)) {
      while (samples.hasNext()) {
        Sample sample = samples.next();
        if (ofFrames) {
          try (Cursor<Frame> each = samples.frames()) {
            while (each.hasNext()) {
              Frame frame = each.next();
              rewrite(sample.id(), frame.number(), frame::property, change);
            }
          }
        }
        rewrite(sample.id(), 0, sample::property, change);
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

  private void rewrite(ObjectId sample, int frame, Stored stored, UnaryOperator<Document> change) {
    for (String field : labelFields) {
      String plain = EvaluationFields.plain(field);
      boolean ofFrame = !plain.equals(field);
      if (ofFrame == frame > 0 && stored.field(plain) instanceof LabelList<?> list) {
        List<SingleLabel> changed = new ArrayList<>(list.labels().size());
        boolean any = false;
        for (SingleLabel label : list.labels()) {
          Document attributes = change.apply(label.attributes());
          any |= !Objects.equals(attributes, label.attributes());
          changed.add(label.withAttributes(attributes));
        }
        if (any) {
          writer.set(sample, frame, plain, list, list.withLabels(changed));
        }
      }
    }
  }
}
