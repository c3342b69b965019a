package io.postil.engine.evaluation;

import io.postil.core.dataset.DatasetInfo;
import io.postil.core.run.RunRecord;
import io.postil.core.store.DatasetWriter;
import io.postil.core.store.LabelRewrite;
import io.postil.core.value.Document;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

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
    LabelRewrite.attributes(writer, labelFields, attributes -> renamed(attributes, newKey));
    each((field, suffix) -> writer.renameField(field, prefix(field) + newKey + suffix));
    DatasetInfo info = writer.info();
    for (String field : labelFields) {
      info = Declarations.remember(Declarations.forget(info, field, key), field, newKey);
    }
    writer.putInfo(info);
  }

  /** Removes all of it. */
  void delete() {
    List<String> marks = ON_LABELS.stream().map(suffix -> key + suffix).toList();
    labelFields.forEach(field -> writer.deleteAttributes(field, marks));
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
}
