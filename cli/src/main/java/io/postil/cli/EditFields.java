package io.postil.cli;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.FieldType;
import io.postil.engine.Dataset;
import io.postil.engine.edit.EditReport;
import java.util.Locale;

/** The commands of {@code postil edit} that change which fields a dataset has. */
final class EditFields {
  private EditFields() {}

  static final class AddField extends Edit {
    private String field = "";
    private String type = "";

    @Override
    void syntax(Syntax syntax) {
      super.syntax(syntax);
      syntax
          .description("Declare a new field.")
          .footer(
              "Types: str, int, float, bool, date, datetime, list, dict, or a type of labels such as",
              "Detections. Frames of videos: frames.NAME.",
              "Example: postil edit add-field street reviewer str");
      syntax.parameter("FIELD", "Its name.", v -> field = v);
      syntax.parameter("TYPE", "Its type.", v -> type = v);
    }

    @Override
    EditReport edit(Dataset dataset, boolean preview) {
      return edits(dataset, preview).addField(field, declaration());
    }

    private FieldSpec declaration() {
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
    String field = "";

    String newField = "";

    @Override
    void syntax(Syntax syntax) {
      super.syntax(syntax);
      syntax.parameter(
          "FIELD",
          "A field, or an attribute of labels such as predictions.detections.area.",
          v -> field = v);
      syntax.parameter("NEW", "The new name.", v -> newField = v);
    }
  }

  static final class CloneField extends FieldToField {
    @Override
    void syntax(Syntax syntax) {
      super.syntax(syntax);
      syntax
          .description("Copy what a view shows in a field into a new field.")
          .footer(
              "Example: postil edit clone-field street predictions confident"
                  + " --view 'filterLabels(predictions, confidence > 0.8)'");
    }

    @Override
    EditReport edit(Dataset dataset, boolean preview) {
      return chosen(dataset, preview).cloneField(field, newField);
    }

    @Override
    String done() {
      return "Copied " + field + " of";
    }
  }

  static final class RenameField extends Edit {
    private String field = "";
    private String newField = "";

    @Override
    void syntax(Syntax syntax) {
      super.syntax(syntax);
      syntax
          .description("Rename a field, or an attribute of labels, in the whole dataset.")
          .footer("Example: postil edit rename-field street predictions model_1");
      syntax.parameter("FIELD", "A field or an attribute.", v -> field = v);
      syntax.parameter("NEW", "The new name.", v -> newField = v);
    }

    @Override
    EditReport edit(Dataset dataset, boolean preview) {
      return edits(dataset, preview).renameField(field, newField);
    }

    @Override
    String done() {
      return "Renamed " + field + " to " + newField + " in";
    }
  }

  static final class DeleteField extends Edit {
    private String field = "";
    private boolean yes;

    @Override
    void syntax(Syntax syntax) {
      super.syntax(syntax);
      syntax
          .description("Delete a field, or an attribute of labels, from the whole dataset.")
          .footer("Example: postil edit delete-field street predictions.detections.area --yes");
      syntax.parameter("FIELD", "A field or an attribute.", v -> field = v);
      syntax.flag("--yes", "Delete without asking.", v -> yes = v);
    }

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
