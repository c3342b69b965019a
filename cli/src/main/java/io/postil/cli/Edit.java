package io.postil.cli;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.engine.Dataset;
import io.postil.engine.View;
import io.postil.engine.Workspace;
import io.postil.engine.edit.EditReport;
import io.postil.engine.edit.Edits;
import java.io.Console;
import java.util.Locale;

/** An edit of a dataset: made, or with {@code --dry-run} only planned. */
abstract class Edit extends RunsCommand.OfDataset {
  private boolean dryRun;

  @Override
  void syntax(Syntax syntax) {
    super.syntax(syntax);
    syntax.flag("--dry-run", "Say what would be changed; change nothing.", v -> dryRun = v);
  }

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

  /** An edit of what a view shows. */
  abstract static class OfView extends Edit {
    final ViewOptions view = new ViewOptions();

    @Override
    void syntax(Syntax syntax) {
      super.syntax(syntax);
      view.syntax(syntax);
    }

    final Edits chosen(Dataset dataset, boolean preview) {
      return edits(view.of(dataset), preview);
    }
  }

  /** An edit that asks first. */
  abstract static class Deletion extends OfView {
    private boolean yes;

    @Override
    void syntax(Syntax syntax) {
      super.syntax(syntax);
      syntax.flag("--yes", "Delete without asking.", v -> yes = v);
    }

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
}
