package io.postil.cli;

import io.postil.engine.Dataset;
import io.postil.engine.Workspace;
import io.postil.formats.ExportReport;
import io.postil.formats.ExportRequest;
import io.postil.formats.Exports;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code postil datasets export}. */
@Command(
    name = "export",
    sortOptions = false,
    description = "Export a dataset or a view of it to files.",
    footer = {
      "",
      "Examples:",
      "  postil datasets export street --format coco --out street-coco",
      "  postil datasets export street --format coco --out sure --label-field predictions"
          + " --view 'filterLabels(predictions, confidence > 0.9)' --media none"
    })
final class ExportCommand extends RunsCommand.OfDataset {
  @Option(names = "--format", required = true, description = "coco.")
  private String format = "";

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "The directory for labels.json and data/.")
  private Path out = Path.of("");

  @Option(
      names = "--label-field",
      paramLabel = "NAME",
      split = ",",
      description = "The fields to export (default: ground_truth, or the only one that fits).")
  private List<String> labelFields = new ArrayList<>();

  @Option(
      names = "--media",
      defaultValue = "copy",
      description =
          "copy, symlink, or none: the labels then hold absolute paths"
              + " (default: ${DEFAULT-VALUE}).")
  private ExportRequest.Media media = ExportRequest.Media.COPY;

  @Mixin private ViewOptions view = new ViewOptions();

  @Override
  void run(Workspace workspace, Dataset dataset) {
    ExportRequest request =
        new ExportRequest(format, out, view.of(dataset).definition(), labelFields, media);
    ExportReport report = Exports.run(dataset.stored(), request, common.progress());
    if (common.json()) {
      common.print(report.toDocument());
      return;
    }
    common
        .out()
        .printf(
            "%s: %d samples, %d labels.%n", report.labelsFile(), report.samples(), report.labels());
    if (report.lost() > 0) {
      common.err().println("postil: " + report.lost() + " labels do not fit " + format);
    }
  }
}
