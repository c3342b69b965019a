package io.postil.cli;

import picocli.CommandLine.Command;

/** {@code postil edit}. */
@Command(
    name = "edit",
    description = "Change samples, labels and fields, through views.",
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Each is one change, all of it or nothing. --dry-run says what it would change.",
      "Example: postil edit tag street checked --view 'match(score > 0.5)'"
    })
final class EditCommand extends Group {
  EditCommand() {
    super(
        EditTags.Tag.class,
        EditTags.Untag.class,
        EditValues.SetValue.class,
        EditValues.SetValues.class,
        EditValues.MapLabels.class,
        EditDeletions.DeleteLabels.class,
        EditDeletions.DeleteSamples.class,
        EditDeletions.KeepSamples.class,
        EditFields.AddField.class,
        EditFields.CloneField.class,
        EditDeletions.ClearField.class,
        EditFields.RenameField.class,
        EditFields.DeleteField.class);
  }
}
