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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code postil runs}. */
@Command(
    name = "runs",
    description = "See and manage annotation runs.",
    synopsisSubcommandLabel = "COMMAND",
    footer = {"", "Example: postil runs list street"})
final class RunsCommand extends Group {
  RunsCommand() {
    super(
        ListRuns.class,
        Info.class,
        Status.class,
        Watch.class,
        ShowView.class,
        Rename.class,
        Delete.class,
        Cleanup.class,
        Results.class,
        Diff.class,
        History.class,
        Undo.class);
  }

  /** A command about a dataset. */
  abstract static class OfDataset implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "DATASET", description = "The dataset.")
    private String name = "";

    @Mixin final Common common = new Common();

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
    @Parameters(index = "1", paramLabel = "ANNO_KEY", description = "The name of the run.")
    String key = "";

    @Option(
        names = "--backend-param",
        paramLabel = "NAME=VALUE",
        description = "A parameter of the backend; can be given several times.")
    private Map<String, String> parameters = new LinkedHashMap<>();

    final Document parameters(Workspace workspace, Dataset dataset) {
      return Arguments.parameters(
          workspace.backends(), dataset.annotationRun(key).backend(), parameters);
    }

    final void done(String sentence, AnnotationRun run) {
      if (common.json()) {
        common.print(Runs.document(run));
      } else {
        common.out().println(sentence);
      }
    }
  }

  @Command(
      name = "list",
      description = "List the runs of a dataset.",
      footer = {
        "",
        "Examples:",
        "  postil runs list street --backend cvat --state waiting",
        "  postil runs list street --field ground_truth --json"
      })
  static final class ListRuns extends OfDataset {
    @Option(names = "--backend", description = "Only runs of this backend.")
    private @Nullable String backend;

    @Option(
        names = "--state",
        description =
            "Only runs in this state: planned, uploading, waiting, loading, loaded, failed,"
                + " cleaned.")
    private @Nullable String state;

    @Option(names = "--field", description = "Only runs about this field.")
    private @Nullable String field;

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

  @Command(
      name = "info",
      description = "Print a run: its parameters, schema and loads.",
      footer = {"", "Example: postil runs info street review --json"})
  static final class Info extends OfRun {
    @Override
    void run(Workspace workspace, Dataset dataset) {
      common.print(Runs.details(dataset.annotationRun(key)));
    }
  }

  @Command(
      name = "status",
      description = "Ask the backend how far people have come.",
      footer = {"", "Example: postil runs status street review"})
  static final class Status extends OfRun {
    @Option(
        names = "--units",
        paramLabel = "N",
        defaultValue = "100",
        description = "How many tasks and jobs to list at most (default: ${DEFAULT-VALUE}).")
    private int units;

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

  @Command(
      name = "watch",
      description = "Print the status whenever it changes, until all work is completed.",
      footer = {
        "",
        "Example: postil runs watch street review && postil load-annotations street review"
      })
  static final class Watch extends OfRun {
    @Option(
        names = "--interval",
        paramLabel = "SECONDS",
        defaultValue = "10",
        description = "Time between two questions (default: ${DEFAULT-VALUE}).")
    private double interval;

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

  @Command(
      name = "view",
      description = "Print the view that a run was made on, as --view takes it.",
      footer = {"", "Example: postil runs view street review"})
  static final class ShowView extends OfRun {
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

  @Command(
      name = "rename",
      description = "Give a run another key.",
      footer = {"", "Example: postil runs rename street review review_1"})
  static final class Rename extends OfRun {
    @Parameters(index = "2", paramLabel = "NEW", description = "The new key.")
    private String newKey = "";

    @Override
    void run(Workspace workspace, Dataset dataset) {
      AnnotationRun run = dataset.annotations().rename(key, newKey);
      done("Renamed " + key + " to " + newKey + ".", run);
    }
  }

  @Command(
      name = "delete",
      description = "Forget a run; its labels and what is on the backend stay.",
      footer = {"", "Example: postil runs delete street review --cleanup"})
  static final class Delete extends OfRun {
    @Option(
        names = "--cleanup",
        description = "First remove what the run left on its backend, answers included.")
    private boolean cleanup;

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

  @Command(
      name = "cleanup",
      description = "Remove what a run left on its backend; the run and its labels stay.",
      footer = {"", "Example: postil runs cleanup street review"})
  static final class Cleanup extends OfRun {
    @Override
    void run(Workspace workspace, Dataset dataset) {
      Document given = parameters(workspace, dataset);
      AnnotationRun run = dataset.annotations().cleanup(key, given);
      done("Removed " + key + " from " + run.backend() + ".", run);
    }
  }

  /** {@code postil runs results}. */
  @Command(
      name = "results",
      description = "Print the loads of a run, numbered from 1, with what each changed.",
      footer = {"", "Example: postil runs results street first_run"})
  static final class Results extends OfRun {
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
  @Command(
      name = "diff",
      description = {
        "Print what the dataset held differently after one load of a run than after an earlier one.",
        "Without numbers, the last two loads."
      },
      footer = {"", "Example: postil runs diff street first_run 1 3"})
  static final class Diff extends OfRun {
    @Parameters(
        index = "2",
        arity = "0..1",
        paramLabel = "LOAD",
        description = "The earlier load, by its number in the results.")
    private @Nullable Integer first;

    @Parameters(index = "3", arity = "0..1", paramLabel = "LATER", description = "The later load.")
    private @Nullable Integer second;

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

  @Command(
      name = "history",
      description = "Print who loaded, undid and edited what and when, oldest first.",
      footer = {"", "Example: postil runs history street --json"})
  static final class History extends OfDataset {
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

  @Command(
      name = "undo",
      description =
          "Take the last load of a run that changed something back, unless later edits would be lost.",
      footer = {"", "Example: postil runs undo street review"})
  static final class Undo extends OfRun {
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
