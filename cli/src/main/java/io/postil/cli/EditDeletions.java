package io.postil.cli;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.engine.Dataset;
import io.postil.engine.View;
import io.postil.engine.edit.EditReport;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

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

  @Command(
      name = "delete-labels",
      description = "Delete the labels that a view shows in fields; the samples stay.",
      footer = {
        "",
        "Example: postil edit delete-labels street predictions"
            + " --view 'filterLabels(predictions, confidence < 0.1)' --dry-run"
      })
  static final class DeleteLabels extends Edit.Deletion {
    @Parameters(index = "1..*", arity = "1..*", paramLabel = "FIELD", description = "Label fields.")
    private List<String> fields = new ArrayList<>();

    @Override
    EditReport edit(Dataset dataset, boolean preview) {
      return chosen(dataset, preview).deleteLabels(fields.toArray(String[]::new));
    }

    @Override
    String done() {
      return "Deleted";
    }
  }

  @Command(
      name = "delete-samples",
      description = "Delete the samples of a view with their labels; the media files stay.",
      footer = {"", "Example: postil edit delete-samples street --view 'matchTags(blurry)' --yes"})
  static final class DeleteSamples extends OfChosenSamples {
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

  @Command(
      name = "keep-samples",
      description = "Delete all samples but those of a view; the media files stay.",
      footer = {"", "Example: postil edit keep-samples street --view 'matchTags(checked)' --yes"})
  static final class KeepSamples extends OfChosenSamples {
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

  @Command(
      name = "clear-field",
      description = "Remove the values of a field from the samples of a view; the field stays.",
      footer = {"", "Example: postil edit clear-field street score --view 'matchTags(old)' --yes"})
  static final class ClearField extends Edit.Deletion {
    @Parameters(index = "1", paramLabel = "FIELD", description = "The field.")
    private String field = "";

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
