package io.postil.cli;

import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.core.value.Values;
import io.postil.engine.Dataset;
import io.postil.engine.Workspace;
import io.postil.engine.evaluation.EvaluationData;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code postil evaluate}. */
final class EvaluateCommand extends Group {
  EvaluateCommand() {
    super(
        command("detections", EvaluateDetectionsCommand::new),
        command("classifications", EvaluateClassificationsCommand::new),
        command("list", ListEvaluations::new),
        command("show", Show::new),
        command("rename", Rename::new),
        command("delete", Delete::new));
  }

  @Override
  void syntax(Syntax syntax) {
    syntax
        .description("Compare predictions with the truth; see and manage evaluations.")
        .footer("Example: postil evaluate detections street predictions --gt-field ground_truth");
  }

  /** A command about one evaluation. */
  abstract static class OfEvaluation extends RunsCommand.OfDataset {
    String key = "";

    @Override
    void syntax(Syntax syntax) {
      super.syntax(syntax);
      syntax.parameter("EVAL_KEY", "The key of the evaluation.", v -> key = v);
    }
  }

  static final class ListEvaluations extends RunsCommand.OfDataset {
    @Override
    void syntax(Syntax syntax) {
      super.syntax(syntax);
      syntax
          .description("List the evaluations of a dataset.")
          .footer("Example: postil evaluate list street");
    }

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

  static final class Show extends OfEvaluation {
    private final EvaluationOutput output = new EvaluationOutput();

    @Override
    void syntax(Syntax syntax) {
      super.syntax(syntax);
      syntax
          .description(
              "Print an evaluation again, or write its report.",
              "With --json also its confusion matrix, confidences and curves.")
          .footer("Example: postil evaluate show street eval --report report.html");
      output.syntax(syntax);
    }

    @Override
    void run(Workspace workspace, Dataset dataset) {
      output.check();
      EvaluationData evaluation = dataset.evaluations().data(key);
      output.print(common, dataset.name(), evaluation, true);
    }
  }

  static final class Rename extends OfEvaluation {
    private String newKey = "";

    @Override
    void syntax(Syntax syntax) {
      super.syntax(syntax);
      syntax
          .description("Give an evaluation another key, with all it wrote.")
          .footer("Example: postil evaluate rename street eval first");
      syntax.parameter("NEW", "The new key.", v -> newKey = v);
    }

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

  static final class Delete extends OfEvaluation {
    @Override
    void syntax(Syntax syntax) {
      super.syntax(syntax);
      syntax
          .description("Delete an evaluation with the fields and attributes it wrote.")
          .footer("Example: postil evaluate delete street eval");
    }

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
