package io.postil.engine.annotation;

import io.postil.core.annotation.LabelSchema;
import io.postil.core.run.RunRecord;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An annotation run as it is stored. Immutable.
 *
 * @param record how it is stored
 * @param warnings what {@code annotate} had to say; empty for a run that is read again
 */
public record AnnotationRun(RunRecord record, List<String> warnings) {
  /** Copies the list. */
  public AnnotationRun {
    warnings = List.copyOf(warnings);
  }

  /**
   * One load of a run.
   *
   * @param createdFields the fields it made, which an undo removes
   */
  public record Load(
      ObjectId id,
      Instant at,
      String by,
      boolean undone,
      LoadReport.Counts counts,
      List<String> createdFields) {}

  /** The key. */
  public String key() {
    return record.key();
  }

  /** The name of its backend. */
  public String backend() {
    return record.config().getString("method", "");
  }

  /** Where it stands. */
  public RunState state() {
    return RunState.ofId(record.state().getString("state", "waiting"));
  }

  /** What was asked. */
  public LabelSchema schema() {
    return LabelSchema.fromDocument(record.config().getDocument("label_schema"));
  }

  /** Number of samples, frames or clips sent. */
  public long items() {
    return record.state().getLong("samples", 0);
  }

  /** Number of labels and values sent. */
  public long labels() {
    return record.state().getLong("labels", 0);
  }

  /** Why it failed, or null. */
  public @Nullable String problem() {
    return record.state().getString("problem");
  }

  /** The loads so far, oldest first. */
  public List<Load> loads() {
    List<Load> loads = new ArrayList<>();
    for (Object entry : record.state().getList("loads")) {
      if (entry instanceof Document d
          && d.get("id") instanceof ObjectId id
          && d.get("at") instanceof Instant at) {
        loads.add(
            new Load(
                id,
                at,
                d.getString("by", ""),
                d.getBoolean("undone", false),
                LoadReport.Counts.fromDocument(d.getDocument("counts")),
                d.getList("created_fields").stream().map(String::valueOf).toList()));
      }
    }
    return loads;
  }

  /** The load that an undo would take back, or null. */
  public @Nullable Load lastLoad() {
    Load last = null;
    for (Load load : loads()) {
      if (!load.undone()) {
        last = load;
      }
    }
    return last;
  }
}
