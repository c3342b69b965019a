package io.postil.cli;

/** {@code postil edit}. */
final class EditCommand extends Group {
  EditCommand() {
    super(
        command("tag", EditTags.Tag::new),
        command("untag", EditTags.Untag::new),
        command("set", EditValues.SetValue::new),
        command("set-values", EditValues.SetValues::new),
        command("map-labels", EditValues.MapLabels::new),
        command("delete-labels", EditDeletions.DeleteLabels::new),
        command("delete-samples", EditDeletions.DeleteSamples::new),
        command("keep-samples", EditDeletions.KeepSamples::new),
        command("add-field", EditFields.AddField::new),
        command("clone-field", EditFields.CloneField::new),
        command("clear-field", EditDeletions.ClearField::new),
        command("rename-field", EditFields.RenameField::new),
        command("delete-field", EditFields.DeleteField::new));
  }

  @Override
  void syntax(Syntax syntax) {
    syntax
        .description("Change samples, labels and fields, through views.")
        .footer(
            "Each is one change, all of it or nothing. --dry-run says what it would change.",
            "Example: postil edit tag street checked --view 'match(score > 0.5)'");
  }
}
