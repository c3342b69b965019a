package io.postil.cli;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.FieldType;
import io.postil.engine.Dataset;
import io.postil.engine.edit.EditReport;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The commands of {@code postil edit} that change which fields a dataset has. */
final class EditFields {
  private EditFields() {}

  @Command(
      name = "add-field",
      description = "Declare a new field.",
      footer = {
        "",
        "Types: str, int, float, bool, date, datetime, list, dict, or a type of labels such as",
        "Detections. Frames of videos: frames.NAME.",
        "Example: postil edit add-field street reviewer str"
      })
  static final class AddField extends Edit {
    @Parameters(index = "1", paramLabel = "FIELD", description = "Its name.")
    private String field = "";

    @Parameters(index = "2", paramLabel = "TYPE", description = "Its type.")
    private String type = "";

    @Override
    EditReport edit(Dataset dataset, boolean preview) {
      return edits(dataset, preview).addField(field, spec());
    }

    private FieldSpec spec() {
      FieldType plain = FieldType.ofId(type.toLowerCase(Locale.ROOT));
      FieldSpec spec = plain == null ? FieldSpec.embedded(field, type) : FieldSpec.of(field, plain);
      if (plain == FieldType.EMBEDDED
          || plain == FieldType.OTHER
          || plain == null && !spec.isLabel()) {
        throw new PostilException(
            ErrorCode.INVALID_REQUEST,
            "there is no type of fields '" + type + "'",
            "The types are: str, int, float, bool, date, datetime, list, dict, and those of labels"
                + " such as Detections.");
      }
      return spec;
    }

    @Override
    String done() {
      return "Added the field " + field + ":";
    }
  }

  /** An edit of one field that makes another of it. */
  abstract static class FieldToField extends Edit.OfView {
    @Parameters(
        index = "1",
        paramLabel = "FIELD",
        description = "A field, or an attribute of labels such as predictions.detections.area.")
    String field = "";

    @Parameters(index = "2", paramLabel = "NEW", description = "The new name.")
    String newField = "";
  }

  @Command(
      name = "clone-field",
      description = "Copy what a view shows in a field into a new field.",
      footer = {
        "",
        "Example: postil edit clone-field street predictions confident"
            + " --view 'filterLabels(predictions, confidence > 0.8)'"
      })
  static final class CloneField extends FieldToField {
    @Override
    EditReport edit(Dataset dataset, boolean preview) {
      return chosen(dataset, preview).cloneField(field, newField);
    }

    @Override
    String done() {
      return "Copied " + field + " of";
    }
  }

  @Command(
      name = "rename-field",
      description = "Rename a field, or an attribute of labels, in the whole dataset.",
      footer = {"", "Example: postil edit rename-field street predictions model_1"})
  static final class RenameField extends Edit {
    @Parameters(index = "1", paramLabel = "FIELD", description = "A field or an attribute.")
    private String field = "";

    @Parameters(index = "2", paramLabel = "NEW", description = "The new name.")
    private String newField = "";

    @Override
    EditReport edit(Dataset dataset, boolean preview) {
      return edits(dataset, preview).renameField(field, newField);
    }

    @Override
    String done() {
      return "Renamed " + field + " to " + newField + " in";
    }
  }

  @Command(
      name = "delete-field",
      description = "Delete a field, or an attribute of labels, from the whole dataset.",
      footer = {"", "Example: postil edit delete-field street predictions.detections.area --yes"})
  static final class DeleteField extends Edit {
    @Parameters(index = "1", paramLabel = "FIELD", description = "A field or an attribute.")
    private String field = "";

    @Option(names = "--yes", description = "Delete without asking.")
    private boolean yes;

    @Override
    boolean asks() {
      return !yes;
    }

    @Override
    void confirm(EditReport planned) {
      common.warn(planned.warnings());
      Edit.Deletion.ask(common, "this deletes " + field + " of " + counts(planned));
    }

    @Override
    EditReport edit(Dataset dataset, boolean preview) {
      return edits(dataset, preview).deleteField(field);
    }

    @Override
    String done() {
      return "Deleted " + field + " of";
    }
  }
}
