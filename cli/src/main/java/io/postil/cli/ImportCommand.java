package io.postil.cli;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.engine.Workspace;
import io.postil.formats.ImportReport;
import io.postil.formats.ImportRequest;
import io.postil.formats.Imports;
import io.postil.formats.OnError;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** {@code postil datasets import}. */
final class ImportCommand extends Command {
  private String dataset = "";
  private @Nullable String format;
  private @Nullable Path labels;
  private @Nullable Path data;
  private String labelField = "";
  private OnError onError = OnError.FAIL;
  private boolean polylines;
  private boolean noCheckMedia;
  private final Common common = new Common();

  @Override
  void syntax(Syntax syntax) {
    syntax
        .description(
            "Import media and labels into a dataset, which is made if it does not exist.",
            "All of it is imported or, if anything is broken, nothing.")
        .footer(
            "Examples:",
            "  postil datasets import photos --data ~/photos",
            "  postil datasets import coco --labels instances_val.json --data val2017",
            "  postil datasets import coco --labels results.json --label-field predictions")
        .keepOrder();
    syntax.parameter("DATASET", "The dataset.", v -> dataset = v);
    syntax.option(
        "--format",
        "FORMAT",
        "coco, or directory for media alone (default: by the other options).",
        v -> format = v);
    syntax.option(
        Path.class,
        "--labels",
        "PATH",
        "The labels file, or the directory that holds it.",
        v -> labels = v);
    syntax.option(
        Path.class,
        "--data",
        "DIR",
        "The directory of the media (default: where the format has it).",
        v -> data = v);
    syntax
        .option(
            "--label-field",
            "NAME",
            "The field for the labels (default: ${DEFAULT-VALUE}).",
            v -> labelField = v)
        .defaultValue("ground_truth");
    syntax
        .option(
            OnError.class,
            "--on-error",
            "fail|skip",
            "fail, or skip to leave broken entries out (default: ${DEFAULT-VALUE}).",
            v -> onError = v)
        .defaultValue("fail");
    syntax.flag("--polylines", "Outlines become polylines instead of masks.", v -> polylines = v);
    syntax.flag(
        "--no-check-media", "Do not look whether each media file exists.", v -> noCheckMedia = v);
    common.syntax(syntax);
  }

  @Override
  public Integer call() {
    try (Workspace workspace = common.open()) {
      ImportReport report = Imports.run(workspace.store(), request(), common.progress());
      print(report);
    }
    return 0;
  }

  private ImportRequest request() {
    Path source = labels == null ? data : labels;
    if (source == null) {
      throw new PostilException(
          ErrorCode.INVALID_REQUEST,
          "nothing to import",
          "Name a labels file with --labels, a directory of media with --data, or both.");
    }
    String kind = format == null ? (labels == null ? "directory" : "coco") : format;
    return ImportRequest.of(dataset, kind, source)
        .withData(data)
        .withLabelField(labelField)
        .withOnError(onError)
        .withPolylines(polylines)
        .withCheckMedia(!noCheckMedia);
  }

  private void print(ImportReport report) {
    if (common.json()) {
      common.print(report.toDocument());
      return;
    }
    common
        .out()
        .printf(
            "%s: %d samples added, %d updated, %d labels.%n",
            report.dataset(), report.samplesAdded(), report.samplesUpdated(), report.labels());
    report.problems().forEach(p -> common.err().println("postil: skipped: " + p));
    report.warnings().forEach(p -> common.err().println("postil: warning: " + p));
    if (report.skipped() > 0 || report.warningCount() > 0) {
      common
          .err()
          .printf(
              "postil: %d %s skipped, %d %s%n",
              report.skipped(),
              report.skipped() == 1 ? "entry" : "entries",
              report.warningCount(),
              report.warningCount() == 1 ? "warning" : "warnings");
    }
  }
}
