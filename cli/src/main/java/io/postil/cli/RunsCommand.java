package io.postil.cli;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.annotation.RunProgress;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.core.value.Values;
import io.postil.core.view.StageDocuments;
import io.postil.core.view.ViewDefinition;
import io.postil.engine.Dataset;
import io.postil.engine.Workspace;
import io.postil.engine.annotation.AnnotationRun;
import io.postil.engine.annotation.Change;
import io.postil.engine.annotation.RunFilter;
import io.postil.engine.annotation.RunState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code postil runs}. */
final class RunsCommand extends Group {
  RunsCommand() {
    super(
        command("list", ListRuns::new),
        command("info", Info::new),
        command("status", Status::new),
        command("watch", Watch::new),
        command("view", ShowView::new),
        command("rename", Rename::new),
        command("delete", Delete::new),
        command("cleanup", Cleanup::new),
        command("results", Results::new),
        command("diff", Diff::new),
        command("history", History::new),
        command("undo", Undo::new));
  }

  @Override
  void syntax(Syntax syntax) {
    syntax
        .description("See and manage annotation runs.")
        .footer("Example: postil runs list street");
  }

  /** A command about a dataset. */
  abstract static class OfDataset extends Command {
    private String name = "";
    final Common common = new Common();

    @Override
    void syntax(Syntax syntax) {
      syntax.parameter("DATASET", "The dataset.", v -> name = v);
      common.syntax(syntax);
    }

    abstract void run(Workspace workspace, Dataset dataset);

    @Override
    public Integer call() {
      try (Workspace workspace = common.open()) {
        run(workspace, workspace.dataset(name));
      }
      return 0;
    }
  }

  /** A command about one run. */
  abstract static class OfRun extends OfDataset {
    String key = "";

    private final BackendParameters parameters = new BackendParameters();

    @Override
    void syntax(Syntax syntax) {
      super.syntax(syntax);
      syntax.parameter("ANNO_KEY", "The name of the run.", v -> key = v);
      parameters.syntax(syntax);
    }

    final Document parameters(Workspace workspace, Dataset dataset) {
      return parameters.values(workspace.backends(), dataset.annotationRun(key).backend());
    }

    final void done(String sentence, AnnotationRun run) {
      if (common.json()) {
        common.print(Runs.document(run));
      } else {
        common.out().println(sentence);
      }
    }
  }

  static final class ListRuns extends OfDataset {
    private @Nullable String backend;
    private @Nullable String state;
    private @Nullable String field;

    @Override
    void syntax(Syntax syntax) {
      super.syntax(syntax);
      syntax
          .description("List the runs of a dataset.")
          .footer(
              "Examples:",
              "  postil runs list street --backend cvat --state waiting",
              "  postil runs list street --field ground_truth --json");
      syntax.option("--backend", "BACKEND", "Only runs of this backend.", v -> backend = v);
      syntax.option(
          "--state",
          "STATE",
          "Only runs in this state: planned, uploading, waiting, loading, loaded, failed,"
              + " cleaned.",
          v -> state = v);
      syntax.option("--field", "FIELD", "Only runs about this field.", v -> field = v);
    }

    @Override
    void run(Workspace workspace, Dataset dataset) {
      List<AnnotationRun> runs = dataset.runs(RunFilter.of(backend, state, field));
      if (common.json()) {
        common.out().println(Json.write(Values.list(runs.stream().map(Runs::document).toList())));
        return;
      }
      TextTable table = new TextTable("key", "backend", "state", "items", "labels", "fields");
      for (AnnotationRun run : runs) {
        List<String> fields = run.schema().fields().stream().map(f -> f.field()).toList();
        table.row(
            run.key(),
            run.backend(),
            run.state().id(),
            run.items(),
            run.labels(),
            String.join(", ", fields));
      }
      if (runs.isEmpty()) {
        common.out().println("No runs.");
      } else {
        table.print(common.out());
      }
    }
  }

  static final class Info extends OfRun {
    @Override
    void syntax(Syntax syntax) {
      super.syntax(syntax);
      syntax
          .description("Print a run: its parameters, schema and loads.")
          .footer("Example: postil runs info street review --json");
    }

    @Override
    void run(Workspace workspace, Dataset dataset) {
      common.print(Runs.details(dataset.annotationRun(key)));
    }
  }

  static final class Status extends OfRun {
    private int units;

    @Override
    void syntax(Syntax syntax) {
      super.syntax(syntax);
      syntax
          .description("Ask the backend how far people have come.")
          .footer("Example: postil runs status street review");
      syntax
          .option(
              int.class,
              "--units",
              "N",
              "How many tasks and jobs to list at most (default: ${DEFAULT-VALUE}).",
              v -> units = v)
          .defaultValue("100");
    }

    @Override
    void run(Workspace workspace, Dataset dataset) {
      Document given = parameters(workspace, dataset);
      AnnotationRun run = dataset.annotationRun(key);
      common.print(
          Document.builder()
              .put("key", key)
              .put("state", run.state().id())
              .put("progress", Runs.progress(dataset.annotations().progress(key, given)))
              .put("address", dataset.annotations().address(key, given))
              .put("units", Runs.units(dataset.annotations().units(key, given, 0, units)))
              .putIfPresent("problem", run.problem())
              .putIfPresent("change_in_progress", dataset.stored().changeInProgress())
              .build());
    }
  }

  static final class Watch extends OfRun {
    private double interval;

    @Override
    void syntax(Syntax syntax) {
      super.syntax(syntax);
      syntax
          .description("Print the status whenever it changes, until all work is completed.")
          .footer(
              "Example: postil runs watch street review && postil load-annotations street review");
      syntax
          .option(
              double.class,
              "--interval",
              "SECONDS",
              "Time between two questions (default: ${DEFAULT-VALUE}).",
              v -> interval = v)
          .defaultValue("10");
    }

    @Override
    void run(Workspace workspace, Dataset dataset) {
      Document given = parameters(workspace, dataset);
      RunProgress last = null;
      while (true) {
        RunProgress now = dataset.annotations().progress(key, given);
        if (!now.equals(last)) {
          print(now);
        }
        if (now.completed() >= now.items()) {
          return;
        }
        last = now;
        pause();
      }
    }

    private void print(RunProgress now) {
      if (common.json()) {
        common.out().println(Json.write(Runs.progress(now)));
      } else {
        common
            .out()
            .printf(
                "%d of %d completed, %d started%n", now.completed(), now.items(), now.started());
      }
    }

    private void pause() {
      try {
        Thread.sleep((long) (Math.max(0.1, interval) * 1000));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new PostilException(ErrorCode.INTERRUPTED, "interrupted while watching " + key);
      }
    }
  }

  static final class ShowView extends OfRun {
    @Override
    void syntax(Syntax syntax) {
      super.syntax(syntax);
      syntax
          .description("Print the view that a run was made on, as --view takes it.")
          .footer("Example: postil runs view street review");
    }

    @Override
    void run(Workspace workspace, Dataset dataset) {
      ViewDefinition view = dataset.annotations().view(key);
      if (common.json()) {
        common.out().println(Json.write(StageDocuments.toList(view)));
      } else {
        common.out().println(Json.writePretty(StageDocuments.toList(view)));
      }
      common.err().println("It shows " + dataset.view(view).count() + " samples now.");
    }
  }

  static final class Rename extends OfRun {
    private String newKey = "";

    @Override
    void syntax(Syntax syntax) {
      super.syntax(syntax);
      syntax
          .description("Give a run another key.")
          .footer("Example: postil runs rename street review review_1");
      syntax.parameter("NEW", "The new key.", v -> newKey = v);
    }

    @Override
    void run(Workspace workspace, Dataset dataset) {
      AnnotationRun run = dataset.annotations().rename(key, newKey);
      done("Renamed " + key + " to " + newKey + ".", run);
    }
  }

  static final class Delete extends OfRun {
    private boolean cleanup;

    @Override
    void syntax(Syntax syntax) {
      super.syntax(syntax);
      syntax
          .description("Forget a run; its labels and what is on the backend stay.")
          .footer("Example: postil runs delete street review --cleanup");
      syntax.flag(
          "--cleanup",
          "First remove what the run left on its backend, answers included.",
          v -> cleanup = v);
    }

    @Override
    void run(Workspace workspace, Dataset dataset) {
      if (cleanup) {
        dataset.annotations().cleanup(key, parameters(workspace, dataset));
      }
      AnnotationRun run = dataset.annotationRun(key);
      dataset.deleteAnnotationRun(key);
      boolean left = run.state() != RunState.CLEANED;
      String rest = left ? "; what it made on " + run.backend() + " stays there." : ".";
      done("Deleted the run " + key + rest, run);
    }
  }

  static final class Cleanup extends OfRun {
    @Override
    void syntax(Syntax syntax) {
      super.syntax(syntax);
      syntax
          .description("Remove what a run left on its backend; the run and its labels stay.")
          .footer("Example: postil runs cleanup street review");
    }

    @Override
    void run(Workspace workspace, Dataset dataset) {
      Document given = parameters(workspace, dataset);
      AnnotationRun run = dataset.annotations().cleanup(key, given);
      done("Removed " + key + " from " + run.backend() + ".", run);
    }
  }

  /** {@code postil runs results}. */
  static final class Results extends OfRun {
    @Override
    void syntax(Syntax syntax) {
      super.syntax(syntax);
      syntax
          .description("Print the loads of a run, numbered from 1, with what each changed.")
          .footer("Example: postil runs results street first_run");
    }

    @Override
    void run(Workspace workspace, Dataset dataset) {
      List<AnnotationRun.Load> loads = dataset.annotationRun(key).loads();
      if (common.json()) {
        common.print(
            Document.of("loads", Runs.details(dataset.annotationRun(key)).getList("loads")));
        return;
      }
      TextTable table = new TextTable("load", "at", "by", "added", "edited", "deleted", "undone");
      for (int i = 0; i < loads.size(); i++) {
        AnnotationRun.Load load = loads.get(i);
        table.row(
            i + 1,
            load.at(),
            load.by(),
            load.counts().of(Change.Kind.ADDED),
            load.counts().of(Change.Kind.EDITED),
            load.counts().of(Change.Kind.DELETED),
            load.undone() ? "yes" : "");
      }
      common.out().print(table);
    }
  }

  /** {@code postil runs diff}. */
  static final class Diff extends OfRun {
    private @Nullable Integer first;
    private @Nullable Integer second;

    @Override
    void syntax(Syntax syntax) {
      super.syntax(syntax);
      syntax
          .description(
              "Print what the dataset held differently after one load of a run than after an earlier one.",
              "Without numbers, the last two loads.")
          .footer("Example: postil runs diff street first_run 1 3");
      syntax
          .parameter(
              Integer.class,
              "LOAD",
              "The earlier load, by its number in the results.",
              v -> first = v)
          .arity("0..1");
      syntax.parameter(Integer.class, "LATER", "The later load.", v -> second = v).arity("0..1");
    }

    @Override
    void run(Workspace workspace, Dataset dataset) {
      List<AnnotationRun.Load> loads = dataset.annotationRun(key).loads();
      int later = second != null ? second : loads.size();
      int earlier = first != null ? first : later - 1;
      if (earlier < 1 || later > loads.size()) {
        throw new PostilException(
            ErrorCode.INVALID_REQUEST,
            "the run '"
                + key
                + "' has "
                + loads.size()
                + " loads, not "
                + earlier
                + " and "
                + later,
            "See postil runs results; two loads that were not undone are needed.");
      }
      dataset
          .annotations()
          .diff(
              key,
              loads.get(earlier - 1).id(),
              loads.get(later - 1).id(),
              change -> ChangePrinter.print(common, change));
    }
  }

  static final class History extends OfDataset {
    @Override
    void syntax(Syntax syntax) {
      super.syntax(syntax);
      syntax
          .description("Print who loaded, undid and edited what and when, oldest first.")
          .footer("Example: postil runs history street --json");
    }

    @Override
    void run(Workspace workspace, Dataset dataset) {
      for (Document entry : dataset.stored().history()) {
        if (common.json()) {
          common.out().println(Json.write(entry));
        } else {
          common
              .out()
              .println(
                  entry.get("at")
                      + "  "
                      + entry.getString("by", "")
                      + "  "
                      + entry.getString("action", "")
                      + " "
                      + (entry.contains("edit") ? edit(entry) : entry.getString("run", "")));
        }
      }
    }

    private static String edit(Document entry) {
      return entry.getString("edit", "")
          + (entry.contains("field") ? " " + entry.getString("field", "") : "")
          + ", "
          + entry.getLong("samples", 0)
          + " samples, "
          + entry.getLong("labels", 0)
          + " labels";
    }
  }

  static final class Undo extends OfRun {
    @Override
    void syntax(Syntax syntax) {
      super.syntax(syntax);
      syntax
          .description(
              "Take the last load of a run that changed something back, unless later edits would be lost.")
          .footer("Example: postil runs undo street review");
    }

    @Override
    void run(Workspace workspace, Dataset dataset) {
      long samples = dataset.undo(key);
      if (common.json()) {
        common.print(Document.of("changed_samples", samples));
      } else {
        String how =
            samples == 0
                ? "nothing had been changed"
                : samples + (samples == 1 ? " sample is" : " samples are") + " as before";
        common.out().println("Took the last load of " + key + " back: " + how + ".");
      }
    }
  }
}
