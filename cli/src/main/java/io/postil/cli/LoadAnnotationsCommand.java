package io.postil.cli;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.annotation.WorkFilter;
import io.postil.core.label.LabelDocuments;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.core.value.Values;
import io.postil.engine.Dataset;
import io.postil.engine.Workspace;
import io.postil.engine.annotation.Change;
import io.postil.engine.annotation.ConflictPolicy;
import io.postil.engine.annotation.LoadOptions;
import io.postil.engine.annotation.LoadReport;
import java.io.Console;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code postil load-annotations}. */
final class LoadAnnotationsCommand extends Command {
  private String dataset = "";
  private String key = "";
  private boolean preview;
  private List<String> destinations = new ArrayList<>();
  private String unexpected = "";
  private String onConflict = "";
  private @Nullable String only;
  private @Nullable String stage;
  private @Nullable String assignee;
  private boolean allowMassDeletion;
  private boolean cleanup;
  private final BackendParameters parameters = new BackendParameters();
  private final Common common = new Common();

  @Override
  void syntax(Syntax syntax) {
    syntax
        .description("Merge annotators' work into the dataset: all of it or nothing.")
        .footer(
            "Ends with code 3 if somebody must decide: about labels of an unexpected kind,",
            "conflicts with --on-conflict fail, or deleting more than half of the labels.",
            "",
            "Examples:",
            "  postil load-annotations street review --preview",
            "  postil load-annotations street review --cleanup",
            "  postil load-annotations street review --dest-field reviewed --on-conflict ours",
            "  postil load-annotations street review --assignee ann@example.com --dest-field by_ann")
        .keepOrder();
    syntax.parameter("DATASET", "The dataset.", v -> dataset = v);
    syntax.parameter("ANNO_KEY", "The name of the run.", v -> key = v);
    syntax.flag("--preview", "Print the changes; apply none.", v -> preview = v);
    syntax.options(
        "--dest-field",
        "F|OLD=NEW",
        "Another field to write to; can be given several times.",
        v -> destinations = v);
    syntax
        .option(
            "--unexpected",
            "prompt|keep|ignore|return",
            "Labels of a kind that was not asked for: ask, store in a field of their kind, leave"
                + " out, or print (default: ${DEFAULT-VALUE}).",
            v -> unexpected = v)
        .defaultValue("prompt");
    syntax
        .option(
            "--on-conflict",
            "theirs|ours|fail",
            "Whose version stands if both changed (default: ${DEFAULT-VALUE}).",
            v -> onConflict = v)
        .defaultValue("theirs");
    syntax.option("--only", "STATE", "Only work in a state, such as completed.", v -> only = v);
    syntax.option("--stage", "STAGE", "Only work in a stage, such as acceptance.", v -> stage = v);
    syntax.option(
        "--assignee",
        "PERSON",
        "Only work of one person, as the backend names people.",
        v -> assignee = v);
    syntax.flag(
        "--allow-mass-deletion",
        "Delete even more than half of the labels of the run.",
        v -> allowMassDeletion = v);
    syntax.flag("--cleanup", "Remove the run from its backend afterwards.", v -> cleanup = v);
    parameters.syntax(syntax);
    common.syntax(syntax);
  }

  @Override
  public Integer call() {
    LoadOptions options = options();
    try (Workspace workspace = common.open()) {
      Dataset opened = workspace.dataset(dataset);
      String backend = opened.annotationRun(key).backend();
      options =
          options
              .withParameters(parameters.values(workspace.backends(), backend))
              .withProgress(common.progress());
      LoadReport report =
          preview
              ? opened.previewAnnotations(key, options, this::print)
              : opened.loadAnnotations(key, options);
      common.warn(report.warnings());
      print(report);
      if (!report.problems().isEmpty()) {
        throw PostilException.of(report.problems());
      }
      return 0;
    }
  }

  private LoadOptions options() {
    ConflictPolicy policy = ConflictPolicy.ofId(onConflict);
    if (policy == null) {
      throw wrong("--on-conflict", onConflict, "theirs, ours, fail");
    }
    return LoadOptions.DEFAULT
        .withPolicy(policy)
        .withUnexpected(unexpected())
        .withDestinations(destinations())
        .withOnly(new WorkFilter(only, stage, assignee))
        .withAllowMassDeletion(allowMassDeletion)
        .withCleanup(cleanup);
  }

  private static PostilException wrong(String option, String value, String known) {
    return new PostilException(
        ErrorCode.INVALID_REQUEST,
        option + ": there is no '" + value + "'",
        "Choose one of " + known + ".");
  }

  private Map<String, String> destinations() {
    Map<String, String> fields = new LinkedHashMap<>();
    for (String destination : destinations) {
      int equals = destination.indexOf('=');
      fields.put(
          equals < 0 ? "" : destination.substring(0, equals), destination.substring(equals + 1));
    }
    return fields;
  }

  private LoadOptions.Unexpected unexpected() {
    return switch (unexpected) {
      case "prompt" -> new LoadOptions.Unexpected.Ask(this::ask);
      case "keep" -> LoadOptions.Unexpected.KEEP;
      case "ignore" -> LoadOptions.Unexpected.IGNORE;
      case "return" -> LoadOptions.Unexpected.RETURN;
      default -> throw wrong("--unexpected", unexpected, "prompt, keep, ignore, return");
    };
  }

  private String ask(String field, String kind, @Nullable String problem) {
    Console console = common.main().isInteractive() ? System.console() : null;
    String question = "the work on '" + field + "' has " + kind + ", which were not asked for";
    if (console == null) {
      throw new PostilException(
          ErrorCode.NO_INTERACTIVE_INPUT,
          question,
          "Say what to do with them: --unexpected keep, ignore or return.");
    }
    if (problem != null) {
      common.err().println("postil: " + problem);
    }
    common.err().println("postil: " + question);
    String answer = console.readLine("Field to store them in (empty to leave them out): ");
    return answer == null ? "" : answer.strip();
  }

  // --- printing -------------------------------------------------------------------------------

  private void print(Change change) {
    ChangePrinter.print(common, change);
  }

  private void print(LoadReport report) {
    if (common.json()) {
      Document document = report.toDocument();
      if (!report.unexpected().isEmpty()) {
        document = document.with("returned", returned(report));
      }
      common.out().println(Json.write(preview ? Document.of("report", document) : document));
      return;
    }
    TextTable table =
        new TextTable(
            "field",
            "added",
            "edited",
            "unchanged",
            "deleted",
            "refused",
            "conflicting",
            "unexpected");
    report.fields().forEach((field, counts) -> row(table, field, counts));
    if (report.fields().size() > 1) {
      row(table, "total", report.total());
    }
    table.print(common.out());
    report
        .undelivered()
        .forEach((reason, n) -> common.out().println("not delivered: " + n + " (" + reason + ")"));
    common.out().println(summary(report));
  }

  private String summary(LoadReport report) {
    String samples =
        report.changedSamples() + (report.changedSamples() == 1 ? " sample" : " samples");
    if (preview) {
      return samples + " would change. Nothing was applied.";
    }
    return samples
        + " changed."
        + (report.changesAnything()
            ? " Take it back with: postil runs undo " + dataset + " " + key
            : "");
  }

  private static Object returned(LoadReport report) {
    List<Document> all = new ArrayList<>();
    for (LoadReport.Unexpected one : report.unexpected()) {
      all.add(
          Document.builder()
              .put("field", one.field())
              .put("kind", one.kind().id())
              .put("sample", one.sampleId().toString())
              .put("frame", one.frameNumber())
              .put(
                  "labels",
                  Values.list(one.labels().stream().map(LabelDocuments::toDocument).toList()))
              .putIfPresent("scalar", one.scalar())
              .build());
    }
    return Values.list(all);
  }

  private static void row(TextTable table, String field, LoadReport.Counts counts) {
    table.row(
        field,
        counts.of(Change.Kind.ADDED),
        counts.of(Change.Kind.EDITED),
        counts.of(Change.Kind.UNCHANGED),
        counts.of(Change.Kind.DELETED),
        counts.of(Change.Kind.REFUSED),
        counts.of(Change.Kind.CONFLICTING),
        counts.of(Change.Kind.UNEXPECTED));
  }
}
