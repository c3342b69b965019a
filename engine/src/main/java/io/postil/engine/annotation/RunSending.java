package io.postil.engine.annotation;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.ProgressListener;
import io.postil.core.annotation.AnnotationBackend;
import io.postil.core.annotation.AnnotationBackendProvider;
import io.postil.core.annotation.Parameter;
import io.postil.core.query.ViewSchema;
import io.postil.core.run.RunRecord;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.core.value.ObjectId;
import io.postil.core.view.StageDocuments;
import io.postil.core.view.ViewDefinition;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Makes runs and sends them to their backends; goes on with those that were interrupted.
 * Thread-safe.
 */
final class RunSending {
  private final RunAccess runs;

  RunSending(RunAccess runs) {
    this.runs = runs;
  }

  /** See {@link Annotations#annotate}. */
  AnnotationRun annotate(
      @Nullable Object key,
      ViewDefinition view,
      AnnotationRequest request,
      ProgressListener progress) {
    try (RequestCheck.Checked checked = new RequestCheck(runs).check(key, view, request)) {
      RunPlan plan = checked.plan();
      if (!plan.problems().isEmpty() || checked.backend() == null || key == null) {
        throw PostilException.of(plan.problems());
      }
      String name = (String) key;
      checked.backend().checkReady();
      runs.find(name).ifPresent(failed -> discard(failed, request.backendParameters()));
      RunRecord run = register(name, checked, request);
      return new AnnotationRun(
          send(run, checked.view(), checked.viewSchema(), checked.backend(), progress),
          plan.warnings());
    }
  }

  /** See {@link Annotations#resume}. */
  AnnotationRun resume(String key, Document parameters, ProgressListener progress) {
    RunRecord run = runs.get(key);
    RunState state = new AnnotationRun(run, List.of()).state();
    if (state != RunState.PLANNED && state != RunState.UPLOADING && state != RunState.FAILED) {
      return new AnnotationRun(run, List.of("the run '" + key + "' was sent completely already"));
    }
    ViewDefinition view = RunAccess.view(run);
    try (AnnotationBackend backend = runs.open(run, parameters)) {
      return new AnnotationRun(send(run, view, runs.schemaOf(view), backend, progress), List.of());
    }
  }

  private RunRecord send(
      RunRecord run,
      ViewDefinition view,
      ViewSchema viewSchema,
      AnnotationBackend backend,
      ProgressListener progress) {
    Uploader uploader =
        new Uploader(
            runs.dataset,
            view,
            viewSchema.kind(),
            backend,
            runs.context(run, viewSchema.mediaType(), progress),
            runs.memory(run),
            run);
    try {
      return uploader.upload();
    } catch (RuntimeException e) {
      RunRecord failed = uploader.run();
      runs.save(
          failed.withState(
              failed
                  .state()
                  .with("state", RunState.FAILED.id())
                  .with("problem", String.valueOf(e.getMessage()))));
      if (e instanceof PostilException known) {
        throw known.code() == ErrorCode.BACKEND_UNREACHABLE ? resumable(known, run.key()) : known;
      }
      throw new PostilException(
          ErrorCode.BACKEND_UPLOAD_FAILED,
          "sending the run '" + run.key() + "' failed: " + e.getMessage(),
          "Resume it, or annotate again with the same key.",
          e);
    }
  }

  private static PostilException resumable(PostilException e, String key) {
    String remedy = e.remedy() == null ? "" : e.remedy() + " ";
    return new PostilException(
        e.code(),
        String.valueOf(e.getMessage()),
        remedy + "Then resume the run '" + key + "': what was sent stays.",
        e);
  }

  private RunRecord register(String key, RequestCheck.Checked checked, AnnotationRequest request) {
    String backend = checked.plan().backend();
    Document.Builder config = Document.builder();
    AnnotationBackendProvider provider = runs.backends.provider(backend);
    Document parameters = runs.backends.parameters(backend, request.backendParameters());
    config.put("cls", String.valueOf(parameters.get("config_cls")));
    config.put("type", RunRecord.ANNOTATION);
    config.put("method", backend);
    config.put("name", backend);
    config.put("label_schema", checked.plan().schema().toDocument());
    config.put("media_field", request.mediaField());
    if (provider != null) {
      for (Parameter parameter : provider.parameters()) {
        if (!parameter.secret()) {
          config.put(parameter.name(), parameter.defaultValue());
        }
      }
    }
    parameters.forEach(
        (name, value) -> {
          if (!name.equals("config_cls") && !runs.backends.config().isSecret(backend, name)) {
            config.put(name, value);
          }
        });
    List<String> stages = null;
    if (!checked.view().stages().isEmpty()) {
      stages = StageDocuments.toList(checked.view()).stream().map(Json::write).toList();
    }
    String items =
        switch (checked.viewSchema().kind()) {
          case FRAMES -> "frames";
          case CLIPS -> "clips";
          case SAMPLES, PATCHES, DYNAMIC_GROUPS -> "samples";
        };
    AnnotationBackend open = Objects.requireNonNull(checked.backend());
    Document state =
        Document.of("state", RunState.PLANNED.id(), "items", items)
            .with("memory", ObjectId.create())
            .with("new_frames", open.annotatesNewFrames());
    RunRecord run =
        new RunRecord(
            ObjectId.create(),
            RunRecord.ANNOTATION,
            key,
            Annotations.VERSION,
            Instant.ofEpochMilli(System.currentTimeMillis()),
            config.build(),
            stages,
            null,
            RunViews.noteNarrowed(state, checked.viewSchema(), checked.plan().schema(), open));
    runs.save(run);
    return run;
  }

  /** Removes a run that failed, with whatever it had made on the backend. */
  private void discard(RunRecord failed, Document parameters) {
    if (failed.state().getBoolean("prepared", false)
        || !failed.state().getDocument("backend").isEmpty()) {
      try (AnnotationBackend backend = runs.open(failed, parameters)) {
        backend.cleanup(runs.context(failed), failed.state().getDocument("backend"));
      }
    }
    runs.remove(failed);
  }
}
