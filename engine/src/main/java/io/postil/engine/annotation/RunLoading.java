package io.postil.engine.annotation;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.annotation.AnnotationBackend;
import io.postil.core.run.RunRecord;
import io.postil.core.store.DatasetWriter;
import io.postil.core.value.Document;
import io.postil.core.value.Values;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Merges what comes back from a backend into the dataset, says what that would change, and takes it
 * back. Thread-safe; two loads of one dataset go one after the other.
 */
final class RunLoading {
  private final RunAccess runs;

  RunLoading(RunAccess runs) {
    this.runs = runs;
  }

  /** See {@link Annotations#preview}. */
  LoadReport preview(String key, LoadOptions options, Consumer<Change> listener) {
    RunRecord run = loadable(key);
    try (AnnotationBackend backend = runs.open(run, options.parameters());
        Download answer = download(run, backend, options)) {
      return new Loader(runs.dataset, null, run, answer.answer(), options, listener).load();
    }
  }

  /** See {@link Annotations#load}; the backend is not cleaned up. */
  LoadReport load(String key, LoadOptions options, Consumer<Change> listener) {
    RunRecord run = loadable(key);
    try (AnnotationBackend backend = runs.open(run, options.parameters());
        Download answer = download(run, backend, options)) {
      return runs.dataset.write(
          writer -> {
            RunRecord now = stored(writer, key);
            Loader loader =
                new Loader(runs.dataset, writer, now, answer.answer(), options, listener);
            LoadReport done = loader.load();
            finish(writer, now, loader, done, answer.state(), options);
            return done;
          });
    }
  }

  private static void finish(
      DatasetWriter writer,
      RunRecord run,
      Loader loader,
      LoadReport report,
      Document backendState,
      LoadOptions options) {
    Instant now = Instant.ofEpochMilli(System.currentTimeMillis());
    String by = options.by() == null ? System.getProperty("user.name", "unknown") : options.by();
    List<@Nullable Object> loads = new ArrayList<>(run.state().getList("loads"));
    loads.add(
        Document.builder()
            .put("id", report.loadId())
            .put("at", now)
            .put("by", by)
            .put("undone", false)
            .put("counts", report.total().toDocument())
            .put("created_fields", Values.list(List.copyOf(loader.createdFields())))
            .put("kept", run.state().getDocument("kept"))
            .put("state", run.state().getString("state", "waiting"))
            .put("backend", run.state().getDocument("backend"))
            .build());
    writer.putRun(
        run.withState(
            run.state()
                .with("state", RunState.LOADED.id())
                .with("backend", backendState)
                .with("kept", loader.kept())
                .with("loads", Values.list(loads))));
    writer.appendHistory(
        Document.builder()
            .put("at", now)
            .put("by", by)
            .put("action", "load")
            .put("run", run.key())
            .put("load", report.loadId())
            .put("counts", report.total().toDocument())
            .build());
  }

  /** An answer, and the backend's state once it is loaded. */
  private record Download(AnswerSpool answer, Document state) implements AutoCloseable {
    @Override
    public void close() {
      answer.close();
    }
  }

  private Download download(RunRecord run, AnnotationBackend backend, LoadOptions options) {
    AnswerSpool answer = new AnswerSpool(runs.temporary());
    try {
      Document state =
          backend.download(
              runs.context(run, runs.schemaOf(RunAccess.view(run)).mediaType(), options.progress()),
              run.state().getDocument("backend"),
              options.only(),
              answer);
      return new Download(answer, state);
    } catch (RuntimeException e) {
      answer.close();
      if (e instanceof PostilException known) {
        throw known;
      }
      throw new PostilException(
          ErrorCode.BACKEND_DOWNLOAD_FAILED,
          "fetching the work of the run '" + run.key() + "' failed: " + e.getMessage(),
          "Nothing was changed; load again.",
          e);
    }
  }

  private RunRecord loadable(String key) {
    RunRecord run = runs.get(key);
    RunState state = new AnnotationRun(run, List.of()).state();
    if (state == RunState.PLANNED || state == RunState.UPLOADING || state == RunState.FAILED) {
      throw new PostilException(
          ErrorCode.RUN_HAS_NO_RESULTS,
          "the run '" + key + "' was not sent completely, so there is nothing to load",
          "Resume it first.");
    }
    if (state == RunState.CLEANED) {
      throw new PostilException(
          ErrorCode.RUN_HAS_NO_RESULTS,
          "the run '" + key + "' was cleaned up, so its backend holds nothing to load",
          null);
    }
    return run;
  }

  /** See {@link Annotations#undo}. */
  long undo(String key, @Nullable String by) {
    String person = by == null ? System.getProperty("user.name", "unknown") : by;
    return runs.dataset.write(
        writer -> {
          AnnotationRun.Load last = lastLoad(writer, key);
          if (last == null) {
            throw new PostilException(
                ErrorCode.INVALID_REQUEST, "the run '" + key + "' has no load to undo", null);
          }
          // Who loads twice and undoes once means the load that changed something.
          while (true) {
            long samples = undo(writer, key, last, person);
            AnnotationRun.Load before = lastLoad(writer, key);
            if (samples > 0 || !last.createdFields().isEmpty() || before == null) {
              return samples;
            }
            last = before;
          }
        });
  }

  private AnnotationRun.@Nullable Load lastLoad(DatasetWriter writer, String key) {
    return new AnnotationRun(stored(writer, key), List.of()).lastLoad();
  }

  private RunRecord stored(DatasetWriter writer, String key) {
    return writer.run(RunRecord.ANNOTATION, key).orElseThrow(() -> runs.unknown(key));
  }

  private long undo(DatasetWriter writer, String key, AnnotationRun.Load load, String by) {
    RunRecord run = stored(writer, key);
    long samples = Journal.undo(writer, load.id(), run.id());
    List<@Nullable Object> loads = new ArrayList<>();
    Document state = run.state();
    for (Object entry : run.state().getList("loads")) {
      if (entry instanceof Document d && Values.same(load.id(), d.get("id"))) {
        state = state.with("state", d.get("state")).with("kept", d.getDocument("kept"));
        if (d.contains("backend")) {
          state = state.with("backend", d.getDocument("backend"));
        }
        loads.add(d.without("backend").with("undone", true));
      } else {
        loads.add(entry);
      }
    }
    writer.putRun(run.withState(state.with("loads", Values.list(loads))));
    dropFields(writer, load.createdFields());
    writer.deleteSide(load.id());
    writer.appendHistory(
        Document.builder()
            .put("at", Instant.ofEpochMilli(System.currentTimeMillis()))
            .put("by", by)
            .put("action", "undo")
            .put("run", key)
            .put("load", load.id())
            .build());
    return samples;
  }

  /** Removes the fields a load made, now that they hold nothing. */
  private static void dropFields(DatasetWriter writer, List<String> fields) {
    for (String field : fields) {
      if (writer.info().field(field).isPresent()) {
        writer.deleteField(field);
      }
    }
  }
}
