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
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code postil annotate}. */
@Command(
    name = "annotate",
    sortOptions = false,
    description = "Send samples to annotators.",
    footer = {
      "",
      "What annotators may not do, by --no-allow options, is about fields that exist already.",
      "",
      "Examples:",
      "  postil annotate street review --label-field ground_truth --attributes iscrowd",
      "  postil annotate street signs --label-field signs --label-type detections"
          + " --classes stop,yield --view 'limit(100)' --backend cvat",
      "  postil annotate street signs --label-schema signs.json --dry-run",
      "  postil annotate street signs --resume"
    })
final class AnnotateCommand implements Callable<Integer> {
  @Parameters(paramLabel = "DATASET", description = "The dataset.")
  private String dataset = "";

  @Parameters(paramLabel = "ANNO_KEY", description = "The name of the new run.")
  private String key = "";

  @Option(names = "--backend", description = "The backend (default: the configured one).")
  private @Nullable String backend;

  @Option(
      names = "--label-field",
      paramLabel = "FIELD",
      description = "The field to annotate, new or existing.")
  private @Nullable String labelField;

  @Option(
      names = "--label-type",
      paramLabel = "TYPE",
      description = "The type of labels, such as detections; needed for a new field.")
  private @Nullable String labelType;

  @Option(
      names = "--classes",
      paramLabel = "A,B",
      description = "The classes to choose from: names with commas, or JSON.")
  private @Nullable String classes;

  @Option(
      names = "--attributes",
      paramLabel = "ATTRIBUTES",
      description = "true, false, names with commas, JSON or a JSON file.")
  private @Nullable String attributes;

  @Option(
      names = "--label-schema",
      paramLabel = "SCHEMA",
      description = "Several fields at once, as JSON or a JSON file.")
  private @Nullable String schema;

  @Option(
      names = "--mask-targets",
      paramLabel = "TARGETS",
      description = "The classes of pixel values, as JSON or a JSON file.")
  private @Nullable String maskTargets;

  @Option(names = "--no-allow-additions", description = "Labels cannot be added.")
  private boolean noAdditions;

  @Option(names = "--no-allow-deletions", description = "Labels cannot be deleted.")
  private boolean noDeletions;

  @Option(names = "--no-allow-label-edits", description = "Classes cannot be changed.")
  private boolean noLabelEdits;

  @Option(names = "--no-allow-index-edits", description = "Tracks cannot be changed.")
  private boolean noIndexEdits;

  @Option(names = "--no-allow-spatial-edits", description = "Shapes cannot be changed.")
  private boolean noSpatialEdits;

  @Option(
      names = "--media-field",
      paramLabel = "FIELD",
      description = "The field with the media to send (default: filepath).")
  private @Nullable String mediaField;

  @Option(names = "--launch-editor", description = "Say where to annotate, and open it.")
  private boolean launchEditor;

  @Option(
      names = "--backend-param",
      paramLabel = "NAME=VALUE",
      description = "A parameter of the backend; can be given several times.")
  private Map<String, String> parameters = new LinkedHashMap<>();

  @Option(names = "--dry-run", description = "Check the request and say what would be sent.")
  private boolean dryRun;

  @Option(names = "--resume", description = "Go on with a run whose sending was interrupted.")
  private boolean resume;

  @Mixin private ViewOptions view = new ViewOptions();
  @Mixin private Common common = new Common();

  @Override
  public Integer call() {
    try (Workspace workspace = common.open()) {
      View chosen = view.of(workspace.dataset(dataset));
      Document given = Arguments.parameters(workspace.backends(), backend, parameters);
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
