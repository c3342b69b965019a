package io.postil.cli;

import io.postil.engine.Dataset;
import io.postil.engine.edit.EditReport;
import io.postil.engine.edit.Edits;
import java.util.ArrayList;
import java.util.List;

/** The commands of {@code postil edit} that tag. */
final class EditTags {
  private EditTags() {}

  /** Tags on samples or labels. */
  abstract static class Tags extends Edit.OfView {
    List<String> tags = new ArrayList<>();

    private List<String> labels = new ArrayList<>();

    @Override
    void syntax(Syntax syntax) {
      super.syntax(syntax);
      syntax.parameters("TAG", "The tags.", v -> tags = v).arity("1..*");
      syntax
          .options(
              "--labels",
              "FIELD",
              "Tags of the labels of these fields that the view shows, not of samples.",
              v -> labels = v)
          .splitRegex(",");
    }

    final boolean ofLabels() {
      return !labels.isEmpty();
    }

    final String[] fields() {
      return labels.toArray(String[]::new);
    }
  }

  static final class Tag extends Tags {
    @Override
    void syntax(Syntax syntax) {
      super.syntax(syntax);
      syntax
          .description("Add tags to samples, or to labels with --labels.")
          .footer(
              "Examples:",
              "  postil edit tag street checked reviewed --view 'limit(100)'",
              "  postil edit tag street odd --labels predictions"
                  + " --view 'filterLabels(predictions, confidence < 0.3)'");
    }

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

  static final class Untag extends Tags {
    @Override
    void syntax(Syntax syntax) {
      super.syntax(syntax);
      syntax
          .description("Remove tags from samples, or from labels with --labels.")
          .footer("Example: postil edit untag street checked");
    }

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
