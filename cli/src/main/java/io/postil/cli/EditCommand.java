package io.postil.cli;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.FieldType;
import io.postil.engine.Dataset;
import io.postil.engine.View;
import io.postil.engine.Workspace;
import io.postil.engine.edit.EditReport;
import io.postil.engine.edit.Edits;
import java.io.Console;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code postil edit}. */
@Command(
    name = "edit",
    description = "Change samples, labels and fields, through views.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      EditCommand.Tag.class,
      EditCommand.Untag.class,
      EditCommand.SetValue.class,
      EditCommand.MapLabels.class,
      EditCommand.DeleteLabels.class,
      EditCommand.DeleteSamples.class,
      EditCommand.AddField.class,
      EditCommand.CloneField.class,
      EditCommand.ClearField.class,
      EditCommand.RenameField.class,
      EditCommand.DeleteField.class
    },
    footer = {
      "",
      "Each is one change, all of it or nothing. --dry-run says what it would change.",
      "Example: postil edit tag street checked --view 'match(score > 0.5)'"
    })
final class EditCommand extends Group {
  /** An edit of a dataset. */
  abstract static class Edit extends RunsCommand.OfDataset {
    @Option(names = "--dry-run", description = "Say what would be changed; change nothing.")
    private boolean dryRun;

    /** Makes the edit, or says what it would change. */
    abstract EditReport edit(Dataset dataset, boolean preview);

    /** What is done to what, such as {@code Tagged}. */
    abstract String done();

    /** Refuses an edit that needs a yes and has none. */
    void confirm(EditReport planned) {}

    boolean asks() {
      return false;
    }

    @Override
    void run(Workspace workspace, Dataset dataset) {
      if (!dryRun && asks()) {
        confirm(edit(dataset, true));
      }
      EditReport report = edit(dataset, dryRun);
      if (common.json()) {
        common.print(report.toDocument().with("dry_run", dryRun));
        return;
      }
      common.warn(report.warnings());
      common.out().println((dryRun ? "Dry run: " : "") + done() + " " + counts(report) + ".");
    }

    static String counts(EditReport report) {
      String samples = number(report.samples(), "sample");
      return report.labels() == 0 ? samples : number(report.labels(), "label") + " of " + samples;
    }

    private static String number(long count, String what) {
      return String.format(Locale.ROOT, "%,d %s%s", count, what, count == 1 ? "" : "s");
    }

    static Edits edits(View view, boolean preview) {
      return preview ? view.edits().preview() : view.edits();
    }
  }

  /** An edit of what a view shows. */
  abstract static class OfView extends Edit {
    @Mixin ViewOptions view = new ViewOptions();

    final Edits chosen(Dataset dataset, boolean preview) {
      return edits(view.of(dataset), preview);
    }
  }

  /** An edit that asks first. */
  abstract static class Deletion extends OfView {
    @Option(names = "--yes", description = "Delete without asking.")
    private boolean yes;

    @Override
    boolean asks() {
      return !yes;
    }

    @Override
    void confirm(EditReport planned) {
      ask(common, "this deletes " + counts(planned));
    }

    static void ask(Common common, String what) {
      Console console = common.main().isInteractive() ? System.console() : null;
      if (console == null) {
        throw new PostilException(
            ErrorCode.NO_INTERACTIVE_INPUT,
            what,
            "Say --yes to do it, or --dry-run to look first.");
      }
      String answer = console.readLine("postil: %s. Go on? [y/N] ", what);
      if (answer == null || !answer.strip().toLowerCase(Locale.ROOT).startsWith("y")) {
        throw new PostilException(ErrorCode.INTERRUPTED, "nothing was deleted");
      }
    }
  }

  // --- tags -----------------------------------------------------------------------------------

  /** Tags on samples or labels. */
  abstract static class Tags extends OfView {
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

  // --- values and labels ----------------------------------------------------------------------

  @Command(
      name = "set",
      description = "Set a field, or a property of labels, to a value or formula.",
      footer = {
        "",
        "In a formula, names are fields of the sample; for labels, properties of the label.",
        "Text needs quotes of its own; null removes the value.",
        "Examples:",
        "  postil edit set street weather.label '\"sunny\"' --view 'matchTags(noon)'",
        "  postil edit set street score 'score / 2'",
        "  postil edit set street predictions.detections.label 'lower(label)'"
      })
  static final class SetValue extends OfView {
    @Parameters(index = "1", paramLabel = "FIELD", description = "A field or a path.")
    private String field = "";

    @Parameters(index = "2", paramLabel = "VALUE", description = "A value or a formula.")
    private String value = "";

    @Override
    EditReport edit(Dataset dataset, boolean preview) {
      View shown = view.of(dataset);
      return edits(SetText.set(shown, field, value), preview).save();
    }

    @Override
    String done() {
      return "Set " + field + " of";
    }
  }

  @Command(
      name = "map-labels",
      description = "Give labels other classes.",
      footer = {"", "Example: postil edit map-labels street ground_truth car=vehicle bus=vehicle"})
  static final class MapLabels extends OfView {
    @Parameters(index = "1", paramLabel = "FIELD", description = "A field with labels.")
    private String field = "";

    @Parameters(
        index = "2..*",
        arity = "1..*",
        paramLabel = "OLD=NEW",
        description = "Which class becomes which; all at once.")
    private Map<String, String> classes = new LinkedHashMap<>();

    @Override
    EditReport edit(Dataset dataset, boolean preview) {
      return edits(view.of(dataset).mapLabels(field, classes), preview).save();
    }

    @Override
    String done() {
      return "Changed the class of";
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
  static final class DeleteLabels extends Deletion {
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
  static final class DeleteSamples extends Deletion {
    @Override
    EditReport edit(Dataset dataset, boolean preview) {
      View chosen = view.of(dataset);
      if (chosen.definition().stages().isEmpty()) {
        throw new PostilException(
            ErrorCode.INVALID_REQUEST,
            "no samples are chosen to be deleted",
            "Choose them with --view or --select; postil datasets delete deletes a dataset.");
      }
      return edits(chosen, preview).deleteSamples();
    }

    @Override
    String done() {
      return "Deleted";
    }
  }

  // --- fields ---------------------------------------------------------------------------------

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
  abstract static class FieldToField extends OfView {
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
      name = "clear-field",
      description = "Remove the values of a field from the samples of a view; the field stays.",
      footer = {"", "Example: postil edit clear-field street score --view 'matchTags(old)' --yes"})
  static final class ClearField extends Deletion {
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
      Deletion.ask(common, "this deletes " + field + " of " + counts(planned));
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
