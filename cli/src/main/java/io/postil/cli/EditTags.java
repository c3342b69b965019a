package io.postil.cli;

import io.postil.engine.Dataset;
import io.postil.engine.edit.EditReport;
import io.postil.engine.edit.Edits;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The commands of {@code postil edit} that tag. */
final class EditTags {
  private EditTags() {}

  /** Tags on samples or labels. */
  abstract static class Tags extends Edit.OfView {
    @Parameters(index = "1..*", arity = "1..*", paramLabel = "TAG", description = "The tags.")
    List<String> tags = new ArrayList<>();

    @Option(
        names = "--labels",
        paramLabel = "FIELD",
        split = ",",
        description = "Tags of the labels of these fields that the view shows, not of samples.")
    private List<String> labels = new ArrayList<>();

    final boolean ofLabels() {
      return !labels.isEmpty();
    }

    final String[] fields() {
      return labels.toArray(String[]::new);
    }
  }

  @Command(
      name = "tag",
      description = "Add tags to samples, or to labels with --labels.",
      footer = {
        "",
        "Examples:",
        "  postil edit tag street checked reviewed --view 'limit(100)'",
        "  postil edit tag street odd --labels predictions"
            + " --view 'filterLabels(predictions, confidence < 0.3)'"
      })
  static final class Tag extends Tags {
    @Override
    EditReport edit(Dataset dataset, boolean preview) {
      Edits edits = chosen(dataset, preview);
      return ofLabels() ? edits.tagLabels(tags, fields()) : edits.tagSamples(tags);
    }

    @Override
    String done() {
      return "Tagged";
    }
  }

  @Command(
      name = "untag",
      description = "Remove tags from samples, or from labels with --labels.",
      footer = {"", "Example: postil edit untag street checked"})
  static final class Untag extends Tags {
    @Override
    EditReport edit(Dataset dataset, boolean preview) {
      Edits edits = chosen(dataset, preview);
      return ofLabels() ? edits.untagLabels(tags, fields()) : edits.untagSamples(tags);
    }

    @Override
    String done() {
      return "Untagged";
    }
  }
}
