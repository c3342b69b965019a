package io.postil.engine.annotation;

import io.postil.core.ErrorCode;
import io.postil.core.Nearest;
import io.postil.core.PostilException;
import io.postil.core.PostilException.Problem;
import io.postil.core.annotation.AnnotationBackend;
import io.postil.core.annotation.AnnotationBackendProvider;
import io.postil.core.annotation.LabelSchema;
import io.postil.core.dataset.MediaType;
import io.postil.core.dataset.Sample;
import io.postil.core.query.ViewSchema;
import io.postil.core.run.RunRecord;
import io.postil.core.store.Projection;
import io.postil.core.store.SampleCursor;
import io.postil.core.view.Stage;
import io.postil.core.view.Stages;
import io.postil.core.view.ViewDefinition;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks requests for annotation whole, before anything is written or sent. Thread-safe. */
final class RequestCheck {
  /** Videos whose files are looked at before a run is made; of many, the first tell enough. */
  private static final int MOST_VIDEOS = 50;

  private final RunAccess runs;

  RequestCheck(RunAccess runs) {
    this.runs = runs;
  }

  /** A request that was checked, with its backend open. */
  record Checked(
      RunPlan plan, ViewDefinition view, ViewSchema viewSchema, @Nullable AnnotationBackend backend)
      implements AutoCloseable {
    @Override
    public void close() {
      if (backend != null) {
        backend.close();
      }
    }
  }

  /** Finds everything that is wrong with a request; writes and sends nothing. */
  Checked check(@Nullable Object key, ViewDefinition given, AnnotationRequest request) {
    List<Problem> problems = new ArrayList<>();
    ViewDefinition view = withoutPatches(given);
    ViewSchema viewSchema = runs.schemaOf(view);
    long samples = runs.dataset.count(view);
    String name =
        request.backend() == null
            ? runs.backends.config().defaultBackend()
            : String.valueOf(request.backend());
    AnnotationBackend backend = null;
    if (samples == 0) {
      problems.add(
          new Problem(
              ErrorCode.EMPTY_COLLECTION,
              "there are no samples to annotate",
              "Check the view: it shows nothing."));
    }
    try {
      backend = runs.backends.open(name, request.backendParameters());
    } catch (PostilException e) {
      problems.addAll(e.problems());
    }
    LabelSchema schema = new LabelSchema(List.of());
    List<String> warnings = new ArrayList<>(runs.backends.config().warnings());
    if (backend != null && problems.isEmpty()) {
      checkMedia(viewSchema, backend, problems);
      if (problems.isEmpty()) {
        SchemaResolver resolver =
            new SchemaResolver(
                runs.dataset.info(),
                viewSchema,
                backend,
                request.arguments(),
                (types, inView) ->
                    Observations.gather(runs.dataset, inView ? view : whole(view), types));
        schema = resolver.resolve();
        problems.addAll(resolver.problems());
        warnings.addAll(resolver.warnings());
        if (problems.isEmpty()) {
          problems.addAll(backend.problems(viewSchema.mediaType(), schema));
        }
        checkArguments(name, request, problems);
        checkMediaField(view, viewSchema, request, problems);
        if (problems.isEmpty() && viewSchema.mediaType() == MediaType.VIDEO) {
          warnings.addAll(backend.videoWarnings(videos(view, request.mediaField())));
        }
      }
    }
    checkKey(key, problems);
    return new Checked(
        new RunPlan(name, samples, schema, problems, warnings), view, viewSchema, backend);
  }

  /** The first videos of a view, each once. */
  private List<String> videos(ViewDefinition view, String mediaField) {
    Set<String> videos = new LinkedHashSet<>();
    ViewDefinition some = view.then(Stages.limit(MOST_VIDEOS));
    try (SampleCursor cursor = runs.dataset.read(some, Projection.of(mediaField))) {
      while (cursor.hasNext()) {
        Sample sample = cursor.next();
        videos.add(
            mediaField.equals("filepath")
                ? sample.filepath()
                : String.valueOf(sample.property(mediaField)));
      }
    }
    return List.copyOf(videos);
  }

  /** Everything a view is a part of: the dataset, or all its frames or clips. */
  private static ViewDefinition whole(ViewDefinition view) {
    for (int i = view.stages().size() - 1; i >= 0; i--) {
      if (view.stages().get(i) instanceof Stage.ToFrames
          || view.stages().get(i) instanceof Stage.ToClips) {
        return new ViewDefinition(view.stages().subList(0, i + 1));
      }
    }
    return ViewDefinition.ALL;
  }

  private static void checkMedia(
      ViewSchema view, AnnotationBackend backend, List<Problem> problems) {
    if (view.mediaType() == MediaType.GROUP) {
      problems.add(
          new Problem(
              ErrorCode.GROUP_SLICE_REQUIRED,
              "the samples are in groups, of which one slice at a time can be annotated",
              "Add a select_group_slices stage to the view."));
    } else if (!backend.capabilities().mediaTypes().contains(view.mediaType())) {
      problems.add(
          new Problem(
              ErrorCode.MEDIA_TYPE_UNSUPPORTED,
              "the backend does not take " + view.mediaType().id() + " samples",
              null));
    } else if (view.kind() == ViewSchema.Kind.CLIPS && !backend.capabilities().clipsViews()) {
      problems.add(
          new Problem(
              ErrorCode.CLIPS_UNSUPPORTED,
              "the backend does not take clips of videos",
              "Annotate the whole videos, or the frames of the clips (to_frames)."));
    }
  }

  private void checkArguments(String backend, AnnotationRequest request, List<Problem> problems) {
    AnnotationBackendProvider provider = runs.backends.provider(backend);
    List<String> names = new ArrayList<>(AnnotationRequest.NAMES);
    if (provider != null) {
      provider.parameters().forEach(p -> names.add(p.name()));
    }
    for (String name : request.backendParameters().names()) {
      boolean unknown = !names.contains(name);
      if (unknown && (Nearest.to(name, names) != null || name.startsWith("allow_"))) {
        problems.add(
            new Problem(
                ErrorCode.INVALID_REQUEST,
                "there is no parameter '" + name + "'",
                Nearest.hint(name, names)));
      }
    }
  }

  private void checkMediaField(
      ViewDefinition view, ViewSchema schema, AnnotationRequest request, List<Problem> problems) {
    String field = request.mediaField();
    if (field.equals("filepath")) {
      return;
    }
    if (schema.find(field).isEmpty()) {
      problems.add(
          new Problem(
              ErrorCode.UNKNOWN_MEDIA_FIELD,
              "there is no field '" + field + "' to take the media from",
              Nearest.hint(field, schema.sampleFields().stream().map(f -> f.name()).toList())));
      return;
    }
    long without = runs.dataset.count(view.then(Stages.exists(field, false)));
    if (without > 0) {
      problems.add(
          new Problem(
              ErrorCode.UNKNOWN_MEDIA_FIELD,
              "samples without a value of '" + field + "' to take the media from: " + without,
              "Set it, or leave them out: exists(" + field + ")."));
    }
  }

  private void checkKey(@Nullable Object key, List<Problem> problems) {
    Optional<Problem> wrong = RunKeys.check(key);
    if (wrong.isPresent()) {
      problems.add(wrong.get());
      return;
    }
    Optional<RunRecord> there = runs.find((String) Objects.requireNonNull(key));
    if (there.isPresent() && !"failed".equals(there.get().state().getString("state"))) {
      problems.add(
          new Problem(
              ErrorCode.KEY_EXISTS,
              "the dataset already has a run '" + key + "'",
              "Choose another key, or delete that run."));
    }
  }

  /** A view of patches as the view of samples that shows the same labels. */
  private ViewDefinition withoutPatches(ViewDefinition view) {
    return runs.schemaOf(view).kind() == ViewSchema.Kind.PATCHES
        ? PatchesViews.asSamples(runs.dataset, view)
        : view;
  }
}
