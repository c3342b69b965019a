package io.postil.cli;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.engine.evaluation.EvaluationData;
import io.postil.engine.evaluation.EvaluationReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How an evaluation is shown: as a table, as JSON, and as a report in a file. */
final class EvaluationOutput {
  private @Nullable Path report;

  void syntax(Syntax syntax) {
    syntax.option(
        Path.class,
        "--report",
        "FILE",
        "Write an HTML file with classes, curves and confusion matrix, which needs no network.",
        v -> report = v);
  }

  /** Refuses a report that cannot be written, before work starts. */
  void check() {
    if (report != null) {
      Path directory = report.toAbsolutePath().getParent();
      if (Files.isDirectory(report) || directory == null || !Files.isDirectory(directory)) {
        throw new PostilException(
            ErrorCode.UNWRITABLE_FILE,
            "cannot write the report " + report + ": there is no directory " + directory,
            "Name a file in a directory that exists.");
      }
    }
  }

  /**
   * Prints and writes.
   *
   * @param withCurves whether JSON has the curves as well, a hundred numbers each
   */
  void print(Common common, String dataset, EvaluationData evaluation, boolean withCurves) {
    if (report != null) {
      EvaluationReport.write(report, dataset, evaluation);
    }
    if (common.json()) {
      Document.Builder out = evaluation.details().toBuilder();
      Document curves = evaluation.curves();
      if (withCurves && !curves.isEmpty()) {
        out.put("curves", curves);
      }
      common.out().println(Json.write(out.build()));
      return;
    }
    table(common, evaluation);
    if (report != null) {
      common.out().println("\nReport: " + report);
    }
  }

  private static void table(Common common, EvaluationData evaluation) {
    TextTable table = new TextTable("", "precision", "recall", "f1-score", "support");
    evaluation
        .results()
        .report(null)
        .forEach(
            (name, value) -> {
              if (value instanceof Document row) {
                table.row(
                    name,
                    number(row, "precision"),
                    number(row, "recall"),
                    number(row, "f1-score"),
                    (long) number(row, "support"));
              } else {
                table.row(name, "", "", value instanceof Number n ? n.doubleValue() : 0.0, "");
              }
            });
    table.print(common.out());
    Document summary = evaluation.summary();
    if (summary.contains("mAP")) {
      common.out().printf(Locale.ROOT, "%nmAP: %.4f%n", number(summary, "mAP"));
    }
    TextTable numbers = new TextTable("", "");
    summary.getDocument("coco").forEach((name, value) -> numbers.row(name, value));
    Document binary = summary.getDocument("binary");
    binary.forEach((name, value) -> numbers.row(name, value == null ? "" : value));
    if (!summary.getDocument("coco").isEmpty() || !binary.isEmpty()) {
      numbers.print(common.out());
    }
  }

  private static double number(Document row, String name) {
    return row.get(name) instanceof Number n ? n.doubleValue() : 0;
  }
}
