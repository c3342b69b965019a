package io.postil.cli;

import io.postil.core.PostilException;
import io.postil.core.value.Document;
import io.postil.engine.View;
import io.postil.engine.Workspace;
import io.postil.engine.annotation.AnnotationRequest;
import io.postil.engine.annotation.AnnotationRun;
import io.postil.engine.annotation.Annotations;
import io.postil.engine.annotation.RunPlan;
import io.postil.engine.config.AnnotationConfig;
import org.jspecify.annotations.Nullable;

/** {@code postil annotate}. */
final class AnnotateCommand extends Command {
  private String dataset = "";
  private String key = "";
  private @Nullable String backend;
  private @Nullable String labelField;
  private @Nullable String labelType;
  private @Nullable String classes;
  private @Nullable String attributes;
  private @Nullable String schema;
  private @Nullable String maskTargets;
  private boolean noAdditions;
  private boolean noDeletions;
  private boolean noLabelEdits;
  private boolean noIndexEdits;
  private boolean noSpatialEdits;
  private @Nullable String mediaField;
  private boolean launchEditor;
  private final BackendParameters parameters = new BackendParameters();
  private boolean dryRun;
  private boolean resume;
  private final ViewOptions view = new ViewOptions();
  private final Common common = new Common();

  @Override
  void syntax(Syntax syntax) {
    syntax
        .description("Send samples to annotators.")
        .footer(
            "What annotators may not do, by --no-allow options, is about fields that exist already.",
            "",
            "Examples:",
            "  postil annotate street review --label-field ground_truth --attributes iscrowd",
            "  postil annotate street signs --label-field signs --label-type detections"
                + " --classes stop,yield --view 'limit(100)' --backend cvat",
            "  postil annotate street signs --label-schema signs.json --dry-run",
            "  postil annotate street signs --resume")
        .keepOrder();
    syntax.parameter("DATASET", "The dataset.", v -> dataset = v);
    syntax.parameter("ANNO_KEY", "The name of the new run.", v -> key = v);
    syntax.option(
        "--backend", "BACKEND", "The backend (default: the configured one).", v -> backend = v);
    syntax.option(
        "--label-field", "FIELD", "The field to annotate, new or existing.", v -> labelField = v);
    syntax.option(
        "--label-type",
        "TYPE",
        "The type of labels, such as detections; needed for a new field.",
        v -> labelType = v);
    syntax.option(
        "--classes",
        "A,B",
        "The classes to choose from: names with commas, or JSON.",
        v -> classes = v);
    syntax.option(
        "--attributes",
        "ATTRIBUTES",
        "true, false, names with commas, JSON or a JSON file.",
        v -> attributes = v);
    syntax.option(
        "--label-schema",
        "SCHEMA",
        "Several fields at once, as JSON or a JSON file.",
        v -> schema = v);
    syntax.option(
        "--mask-targets",
        "TARGETS",
        "The classes of pixel values, as JSON or a JSON file.",
        v -> maskTargets = v);
    syntax.flag("--no-allow-additions", "Labels cannot be added.", v -> noAdditions = v);
    syntax.flag("--no-allow-deletions", "Labels cannot be deleted.", v -> noDeletions = v);
    syntax.flag("--no-allow-label-edits", "Classes cannot be changed.", v -> noLabelEdits = v);
    syntax.flag("--no-allow-index-edits", "Tracks cannot be changed.", v -> noIndexEdits = v);
    syntax.flag("--no-allow-spatial-edits", "Shapes cannot be changed.", v -> noSpatialEdits = v);
    syntax.option(
        "--media-field",
        "FIELD",
        "The field with the media to send (default: filepath).",
        v -> mediaField = v);
    syntax.flag("--launch-editor", "Say where to annotate, and open it.", v -> launchEditor = v);
    parameters.syntax(syntax);
    syntax.flag("--dry-run", "Check the request and say what would be sent.", v -> dryRun = v);
    syntax.flag("--resume", "Go on with a run whose sending was interrupted.", v -> resume = v);
    view.syntax(syntax);
    common.syntax(syntax);
  }

  @Override
  public Integer call() {
    try (Workspace workspace = common.open()) {
      View chosen = view.of(workspace.dataset(dataset));
      Document given = parameters.values(workspace.backends(), backend);
      if (dryRun) {
        return plan(chosen.planAnnotation(key, request(given)));
      }
      AnnotationRun run =
          resume
              ? chosen.annotations().resume(key, given, common.progress())
              : chosen.annotate(key, request(given), common.progress());
      common.warn(run.warnings());
      print(run, address(chosen.annotations(), given));
      return 0;
    }
  }

  private AnnotationRequest request(Document given) {
    AnnotationRequest request = AnnotationRequest.create();
    request = with(request, "backend", backend);
    request = with(request, "label_field", labelField);
    request = with(request, "label_type", labelType);
    request =
        with(
            request,
            "classes",
            classes == null ? null : Arguments.listOrJson("--classes", classes));
    request =
        with(request, "attributes", attributes == null ? null : Arguments.attributes(attributes));
    request =
        with(
            request,
            "label_schema",
            schema == null ? null : Arguments.json("--label-schema", schema));
    request =
        with(
            request,
            "mask_targets",
            maskTargets == null ? null : Arguments.json("--mask-targets", maskTargets));
    request = with(request, "media_field", mediaField);
    request = with(request, "allow_additions", noAdditions ? false : null);
    request = with(request, "allow_deletions", noDeletions ? false : null);
    request = with(request, "allow_label_edits", noLabelEdits ? false : null);
    request = with(request, "allow_index_edits", noIndexEdits ? false : null);
    request = with(request, "allow_spatial_edits", noSpatialEdits ? false : null);
    for (String name : given.names()) {
      request = request.with(name, given.get(name));
    }
    return request;
  }

  private static AnnotationRequest with(
      AnnotationRequest request, String name, @Nullable Object value) {
    return value == null ? request : request.with(name, value);
  }

  private int plan(RunPlan plan) {
    common.warn(plan.warnings());
    if (!plan.problems().isEmpty()) {
      throw PostilException.of(plan.problems());
    }
    common.print(
        Document.builder()
            .put("run", key)
            .put("backend", plan.backend())
            .put("samples", plan.samples())
            .put("label_schema", plan.schema().toDocument())
            .build());
    if (!common.json()) {
      common.out().println("Nothing was sent.");
    }
    return 0;
  }

  private @Nullable String address(Annotations annotations, Document given) {
    return launchEditor || common.json() ? annotations.address(key, given) : null;
  }

  private void print(AnnotationRun run, @Nullable String address) {
    if (common.json()) {
      common.print(Runs.document(run).withAll(Document.of("address", address)));
    } else {
      common
          .out()
          .printf(
              "Sent %d items with %d labels to %s as '%s'.%n",
              run.items(), run.labels(), run.backend(), run.key());
      if (address != null) {
        common.out().println("Annotate at " + address);
      } else if (launchEditor || run.backend().equals(AnnotationConfig.LOCAL)) {
        common.out().println("Annotate in the App, under Runs: postil app launch " + dataset);
      }
      common.out().printf("Then: postil load-annotations %s %s%n", dataset, run.key());
    }
    if (launchEditor && address != null && common.main().isInteractive()) {
      Browser.open(address);
    }
  }
}
