package io.postil.cli;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.engine.Dataset;
import io.postil.engine.View;
import io.postil.engine.edit.EditReport;
import java.util.ArrayList;
import java.util.List;

/** The commands of {@code postil edit} that take something away from what a view shows. */
final class EditDeletions {
  private EditDeletions() {}

  /** A deletion that must say which samples it is about. */
  abstract static class OfChosenSamples extends Edit.Deletion {
    final View chosenFor(String what, Dataset dataset, String remedy) {
      View chosen = view.of(dataset);
      if (chosen.definition().stages().isEmpty()) {
        throw new PostilException(
            ErrorCode.INVALID_REQUEST, "no samples are chosen to be " + what, remedy);
      }
      return chosen;
    }
  }

  static final class DeleteLabels extends Edit.Deletion {
    private List<String> fields = new ArrayList<>();

    @Override
    void syntax(Syntax syntax) {
      super.syntax(syntax);
      syntax
          .description("Delete the labels that a view shows in fields; the samples stay.")
          .footer(
              "Example: postil edit delete-labels street predictions"
                  + " --view 'filterLabels(predictions, confidence < 0.1)' --dry-run");
      syntax.parameters("FIELD", "Label fields.", v -> fields = v).arity("1..*");
    }

    @Override
    EditReport edit(Dataset dataset, boolean preview) {
      return chosen(dataset, preview).deleteLabels(fields.toArray(String[]::new));
    }

    @Override
    String done() {
      return "Deleted";
    }
  }

  static final class DeleteSamples extends OfChosenSamples {
    @Override
    void syntax(Syntax syntax) {
      super.syntax(syntax);
      syntax
          .description("Delete the samples of a view with their labels; the media files stay.")
          .footer("Example: postil edit delete-samples street --view 'matchTags(blurry)' --yes");
    }

    @Override
    EditReport edit(Dataset dataset, boolean preview) {
      String remedy =
          "Choose them with --view or --select; postil datasets delete deletes a dataset.";
      return edits(chosenFor("deleted", dataset, remedy), preview).deleteSamples();
    }

    @Override
    String done() {
      return "Deleted";
    }
  }

  static final class KeepSamples extends OfChosenSamples {
    @Override
    void syntax(Syntax syntax) {
      super.syntax(syntax);
      syntax
          .description("Delete all samples but those of a view; the media files stay.")
          .footer("Example: postil edit keep-samples street --view 'matchTags(checked)' --yes");
    }

    @Override
    EditReport edit(Dataset dataset, boolean preview) {
      String remedy = "Choose them with --view or --select.";
      return edits(chosenFor("kept", dataset, remedy), preview).keep();
    }

    @Override
    String done() {
      return "Deleted";
    }
  }

  static final class ClearField extends Edit.Deletion {
    private String field = "";

    @Override
    void syntax(Syntax syntax) {
      super.syntax(syntax);
      syntax
          .description("Remove the values of a field from the samples of a view; the field stays.")
          .footer("Example: postil edit clear-field street score --view 'matchTags(old)' --yes");
      syntax.parameter("FIELD", "The field.", v -> field = v);
    }

    @Override
    EditReport edit(Dataset dataset, boolean preview) {
      return chosen(dataset, preview).clearField(field);
    }

    @Override
    String done() {
      return "Cleared " + field + " of";
    }
  }
}
