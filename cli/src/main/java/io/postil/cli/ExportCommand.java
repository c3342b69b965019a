package io.postil.cli;

import io.postil.engine.Dataset;
import io.postil.engine.Workspace;
import io.postil.formats.ExportReport;
import io.postil.formats.ExportRequest;
import io.postil.formats.Exports;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code postil datasets export}. */
final class ExportCommand extends RunsCommand.OfDataset {
  private String format = "";
  private Path out = Path.of("");
  private List<String> labelFields = new ArrayList<>();
  private ExportRequest.Media media = ExportRequest.Media.COPY;
  private final ViewOptions view = new ViewOptions();

  @Override
  void syntax(Syntax syntax) {
    super.syntax(syntax);
    syntax
        .description("Export a dataset or a view of it to files.")
        .footer(
            "Examples:",
            "  postil datasets export street --format coco --out street-coco",
            "  postil datasets export street --format coco --out sure --label-field predictions"
                + " --view 'filterLabels(predictions, confidence > 0.9)' --media none")
        .keepOrder();
    syntax.option("--format", "FORMAT", "coco.", v -> format = v).required(true);
    syntax
        .option(
            Path.class, "--out", "DIR", "The directory for labels.json and data/.", v -> out = v)
        .required(true);
    syntax
        .options(
            "--label-field",
            "NAME",
            "The fields to export (default: ground_truth, or the only one that fits).",
            v -> labelFields = v)
        .splitRegex(",");
    syntax
        .option(
            ExportRequest.Media.class,
            "--media",
            "copy|symlink|none",
            "copy, symlink, or none: the labels then hold absolute paths"
                + " (default: ${DEFAULT-VALUE}).",
            v -> media = v)
        .defaultValue("copy");
    view.syntax(syntax);
  }

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
