package io.postil.cli;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.engine.Workspace;
import io.postil.formats.ImportReport;
import io.postil.formats.ImportRequest;
import io.postil.formats.Imports;
import io.postil.formats.OnError;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code postil datasets import}. */
@Command(
    name = "import",
    sortOptions = false,
    description = {
      "Import media and labels into a dataset, which is made if it does not exist.",
      "All of it is imported or, if anything is broken, nothing."
    },
    footer = {
      "",
      "Examples:",
      "  postil datasets import photos --data ~/photos",
      "  postil datasets import coco --labels instances_val.json --data val2017",
      "  postil datasets import coco --labels results.json --label-field predictions"
    })
final class ImportCommand implements Callable<Integer> {
  @Parameters(paramLabel = "DATASET", description = "The dataset.")
  private String dataset = "";

  @Option(
      names = "--format",
      description = "coco, or directory for media alone (default: by the other options).")
  private @Nullable String format;

  @Option(
      names = "--labels",
      paramLabel = "PATH",
      description = "The labels file, or the directory that holds it.")
  private @Nullable Path labels;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "The directory of the media (default: where the format has it).")
  private @Nullable Path data;

  @Option(
      names = "--label-field",
      paramLabel = "NAME",
      defaultValue = "ground_truth",
      description = "The field for the labels (default: ${DEFAULT-VALUE}).")
  private String labelField = "";

  @Option(
      names = "--on-error",
      defaultValue = "fail",
      description = "fail, or skip to leave broken entries out (default: ${DEFAULT-VALUE}).")
  private OnError onError = OnError.FAIL;

  @Option(names = "--polylines", description = "Outlines become polylines instead of masks.")
  private boolean polylines;

  @Option(names = "--no-check-media", description = "Do not look whether each media file exists.")
  private boolean noCheckMedia;

  @Mixin private Common common = new Common();

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
              "postil: %d entries skipped, %d warnings%n", report.skipped(), report.warningCount());
    }
  }
}
