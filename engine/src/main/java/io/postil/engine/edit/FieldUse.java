package io.postil.engine.edit;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.PostilException.Problem;
import io.postil.core.run.RunRecord;
import io.postil.core.store.DatasetWriter;
import io.postil.core.store.StoredDataset.SavedView;
import io.postil.core.value.Document;
import io.postil.core.view.StageDocuments;
import io.postil.engine.annotation.AnnotationRun;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What uses a field that is to be renamed or deleted: runs, evaluations, saved views. */
final class FieldUse {
  private final EditPass pass;
  private final String field;

  FieldUse(EditPass pass, String field) {
    this.pass = pass;
    this.field = field;
  }

  /**
   * Refuses if a run is not loaded yet; warns of what will not fit any more.
   *
   * @param done what becomes of the field: {@code renamed} or {@code deleted}
   */
  void check(String done) {
    List<Problem> problems = new ArrayList<>();
    for (RunRecord record : pass.reading().runs(RunRecord.ANNOTATION)) {
      AnnotationRun run = new AnnotationRun(record, List.of());
      if (run.schema().field(field).isPresent()) {
        use(run, done, problems);
      }
    }
    if (!problems.isEmpty()) {
      throw PostilException.of(problems);
    }
    for (SavedView view : pass.reading().savedViews()) {
      if (names(StageDocuments.toList(view.view()), field)) {
        pass.warn("the saved view '" + view.name() + "' names '" + field + "'; save it anew");
      }
    }
  }

  private void use(AnnotationRun run, String done, List<Problem> problems) {
    switch (run.state()) {
      case PLANNED, UPLOADING, WAITING, LOADING, FAILED ->
          problems.add(
              new Problem(
                  ErrorCode.INVALID_REQUEST,
                  "'"
                      + field
                      + "' cannot be "
                      + done
                      + ": the annotation run '"
                      + run.key()
                      + "' is "
                      + run.state().id()
                      + " and labels it",
                  "Load the run first, or delete it: postil runs delete."));
      case LOADED, CLEANED -> {
        if (run.lastLoad() != null) {
          pass.warn(
              "the last load of the annotation run '"
                  + run.key()
                  + "' wrote '"
                  + field
                  + "' and can no longer be undone");
        }
      }
    }
  }

  /** Lets the evaluations that compare the field follow its new name. */
  void renameInEvaluations(String newName) {
    DatasetWriter writer = pass.writer();
    for (RunRecord run : pass.reading().runs(RunRecord.EVALUATION)) {
      Document config = run.config();
      for (String side : List.of("pred_field", "gt_field")) {
        config = field.equals(config.get(side)) ? config.with(side, newName) : config;
      }
      if (writer != null && !config.equals(run.config())) {
        writer.putRun(run.withConfig(config));
      }
    }
  }

  /** Warns of evaluations that compare the field. */
  void warnOfEvaluations() {
    for (RunRecord run : pass.reading().runs(RunRecord.EVALUATION)) {
      if (field.equals(run.config().get("pred_field"))
          || field.equals(run.config().get("gt_field"))) {
        pass.warn("the evaluation '" + run.key() + "' compared '" + field + "'");
      }
    }
  }

  /** Refuses to rename an attribute that an evaluation wrote. */
  void checkAttribute(String attribute) {
    for (RunRecord run : pass.reading().runs(RunRecord.EVALUATION)) {
      String key = run.key();
      boolean compared =
          field.equals(run.config().get("pred_field"))
              || field.equals(run.config().get("gt_field"));
      if (compared && List.of(key, key + "_id", key + "_iou").contains(attribute)) {
        throw new PostilException(
            ErrorCode.INVALID_REQUEST,
            "the attribute '" + attribute + "' belongs to the evaluation '" + key + "'",
            "Rename or delete the evaluation instead.");
      }
    }
  }

  private static boolean names(@Nullable Object value, String field) {
    return switch (value) {
      case String s -> isPath(s, field) || s.startsWith("$") && isPath(s.substring(1), field);
      case List<?> list -> list.stream().anyMatch(e -> names(e, field));
      case Document d ->
          d.names().stream().anyMatch(n -> isPath(n, field) || names(d.get(n), field));
      case null -> false;
      default -> false;
    };
  }

  private static boolean isPath(String text, String field) {
    return text.equals(field) || text.startsWith(field + ".");
  }
}
