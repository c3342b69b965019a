package io.postil.cli;

import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.core.value.Values;
import io.postil.engine.Dataset;
import io.postil.engine.Workspace;
import io.postil.engine.evaluation.EvaluationData;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code postil evaluate}. */
@Command(
    name = "evaluate",
    description = "Compare predictions with the truth; see and manage evaluations.",
    synopsisSubcommandLabel = "COMMAND",
    footer = {"", "Example: postil evaluate detections street predictions --gt-field ground_truth"})
final class EvaluateCommand extends Group {
  EvaluateCommand() {
    super(
        EvaluateDetectionsCommand.class,
        EvaluateClassificationsCommand.class,
        ListEvaluations.class,
        Show.class,
        Rename.class,
        Delete.class);
  }

  /** A command about one evaluation. */
  abstract static class OfEvaluation extends RunsCommand.OfDataset {
    @Parameters(index = "1", paramLabel = "EVAL_KEY", description = "The key of the evaluation.")
    String key = "";
  }

  @Command(
      name = "list",
      description = "List the evaluations of a dataset.",
      footer = {"", "Example: postil evaluate list street"})
  static final class ListEvaluations extends RunsCommand.OfDataset {
    @Override
    void run(Workspace workspace, Dataset dataset) {
      List<Document> evaluations = dataset.evaluations().summaries();
      if (common.json()) {
        common.out().println(Json.write(Values.list(evaluations)));
      } else if (evaluations.isEmpty()) {
        common.out().println("No evaluations.");
      } else {
        TextTable table =
            new TextTable(
                "key", "method", "predictions", "truth", "precision", "recall", "mAP", "made");
        evaluations.forEach(evaluation -> row(table, evaluation));
        table.print(common.out());
      }
    }

    private static void row(TextTable table, Document evaluation) {
      Document metrics = evaluation.getDocument("metrics");
      table.row(
          evaluation.getString("key", ""),
          evaluation.getString("method", ""),
          evaluation.getString("predictions", ""),
          evaluation.getString("groundTruth", ""),
          orNothing(metrics.getDouble("precision")),
          orNothing(metrics.getDouble("recall")),
          orNothing(evaluation.getDouble("mAP")),
          evaluation.getString("made", ""));
    }

    private static Object orNothing(@Nullable Double number) {
      return number == null ? "" : number;
    }
  }

  @Command(
      name = "show",
      description = {
        "Print an evaluation again, or write its report.",
        "With --json also its confusion matrix, confidences and curves."
      },
      footer = {"", "Example: postil evaluate show street eval --report report.html"})
  static final class Show extends OfEvaluation {
    @Mixin private EvaluationOutput output = new EvaluationOutput();

    @Override
    void run(Workspace workspace, Dataset dataset) {
      output.check();
      EvaluationData evaluation = dataset.evaluations().data(key);
      output.print(common, dataset.name(), evaluation, true);
    }
  }

  @Command(
      name = "rename",
      description = "Give an evaluation another key, with all it wrote.",
      footer = {"", "Example: postil evaluate rename street eval first"})
  static final class Rename extends OfEvaluation {
    @Parameters(index = "2", paramLabel = "NEW", description = "The new key.")
    private String newKey = "";

    @Override
    void run(Workspace workspace, Dataset dataset) {
      dataset.evaluations().rename(key, newKey);
      if (common.json()) {
        common.print(Document.of("renamed", key, "key", newKey));
      } else {
        common.out().println("Renamed " + key + " to " + newKey + ".");
      }
    }
  }

  @Command(
      name = "delete",
      description = "Delete an evaluation with the fields and attributes it wrote.",
      footer = {"", "Example: postil evaluate delete street eval"})
  static final class Delete extends OfEvaluation {
    @Override
    void run(Workspace workspace, Dataset dataset) {
      dataset.evaluations().delete(key);
      if (common.json()) {
        common.print(Document.of("deleted", key));
      } else {
        common.out().println("Deleted the evaluation " + key + ".");
      }
    }
  }
}
