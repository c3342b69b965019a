package io.postil.engine.annotation;

import io.postil.core.ErrorCode;
import io.postil.core.Nearest;
import io.postil.core.PostilException;
import io.postil.core.PostilException.Problem;
import io.postil.core.ProgressListener;
import io.postil.core.annotation.AnnotationBackend;
import io.postil.core.annotation.AnnotationBackendProvider;
import io.postil.core.annotation.AnswerKind;
import io.postil.core.annotation.FieldSchema;
import io.postil.core.annotation.LabelSchema;
import io.postil.core.annotation.Parameter;
import io.postil.core.annotation.RunContext;
import io.postil.core.annotation.RunEvent;
import io.postil.core.annotation.RunProgress;
import io.postil.core.annotation.WorkUnit;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldType;
import io.postil.core.dataset.MediaType;
import io.postil.core.query.ViewSchema;
import io.postil.core.run.RunRecord;
import io.postil.core.store.Cursor;
import io.postil.core.store.DatasetWriter;
import io.postil.core.store.StoredDataset;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import io.postil.core.view.Stage;
import io.postil.core.view.StageDocuments;
import io.postil.core.view.ViewDefinition;
import io.postil.engine.config.Backends;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The annotation runs of one dataset: makes them, loads, previews and undoes what comes back,
 * renames, cleans up, deletes. Thread-safe; two loads of one dataset go one after the other.
 */
public final class Annotations {
  /** The version stored with runs. */
  public static final String VERSION = "0.1.0";

  /** How many events of webhooks are kept with a run. */
  public static final int EVENTS = 50;

  private final StoredDataset dataset;
  private final Backends backends;
  private final Path home;

  /** The runs of a dataset; {@code home} is the directory of Postil's own files. */
  public Annotations(StoredDataset dataset, Backends backends, Path home) {
    this.dataset = dataset;
    this.backends = backends;
    this.home = home;
  }

  // --- annotate -------------------------------------------------------------------------------

  /** A request that was checked, with its backend open. */
  private record Checked(
      RunPlan plan, ViewDefinition view, ViewSchema viewSchema, @Nullable AnnotationBackend backend)
      implements AutoCloseable {
    @Override
    public void close() {
      if (backend != null) {
        backend.close();
      }
    }
  }

  /**
   * Says what a request would do and everything that is wrong with it; writes and sends nothing.
   */
  public RunPlan plan(@Nullable Object key, ViewDefinition view, AnnotationRequest request) {
    try (Checked checked = check(key, view, request)) {
      return checked.plan();
    }
  }

  /**
   * Makes a run and sends it to its backend.
   *
   * @param key the name of the run, unique in the dataset; a run of that name that failed is
   *     replaced
   * @param view the samples
   * @param progress hears how far it has come
   * @throws PostilException with everything that is wrong with the request; then nothing is written
   *     or sent. If sending fails, the run stays as failed and can be resumed.
   */
  public AnnotationRun annotate(
      @Nullable Object key,
      ViewDefinition view,
      AnnotationRequest request,
      ProgressListener progress) {
    try (Checked checked = check(key, view, request)) {
      RunPlan plan = checked.plan();
      if (!plan.problems().isEmpty() || checked.backend() == null || key == null) {
        throw PostilException.of(plan.problems());
      }
      String name = (String) key;
      checked.backend().checkReady();
      find(name).ifPresent(failed -> discard(failed, request.backendParameters()));
      RunRecord run = register(name, checked, request);
      return new AnnotationRun(
          send(run, checked.view(), checked.viewSchema(), checked.backend(), progress),
          plan.warnings());
    }
  }

  /**
   * Goes on with a run whose sending was interrupted: no sample is sent twice, none is left out.
   *
   * @throws PostilException if there is no such run
   */
  public AnnotationRun resume(String key, Document parameters, ProgressListener progress) {
    RunRecord run = get(key);
    RunState state = new AnnotationRun(run, List.of()).state();
    if (state != RunState.PLANNED && state != RunState.UPLOADING && state != RunState.FAILED) {
      return new AnnotationRun(run, List.of("the run '" + key + "' was sent completely already"));
    }
    ViewDefinition view = view(run);
    RunRecord interrupted = run.withState(run.state().with("interrupted", true));
    try (AnnotationBackend backend = open(run, parameters)) {
      return new AnnotationRun(
          send(interrupted, view, schemaOf(view), backend, progress), List.of());
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
            dataset,
            view,
            viewSchema.kind(),
            backend,
            context(run, viewSchema.mediaType(), progress),
            memory(run),
            run);
    try {
      return uploader.upload();
    } catch (RuntimeException e) {
      RunRecord failed = uploader.run();
      save(
          failed.withState(
              failed
                  .state()
                  .with("state", RunState.FAILED.id())
                  .with("problem", String.valueOf(e.getMessage()))
                  .with("interrupted", true)));
      if (e instanceof PostilException known) {
        throw known;
      }
      throw new PostilException(
          ErrorCode.BACKEND_UPLOAD_FAILED,
          "sending the run '" + run.key() + "' failed: " + e.getMessage(),
          "Resume it, or annotate again with the same key.",
          e);
    }
  }

  private RunRecord register(String key, Checked checked, AnnotationRequest request) {
    String backend = checked.plan().backend();
    Document.Builder config = Document.builder();
    AnnotationBackendProvider provider = backends.provider(backend);
    Document parameters = backends.parameters(backend, request.backendParameters());
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
          if (!name.equals("config_cls") && !backends.config().isSecret(backend, name)) {
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
    RunRecord run =
        new RunRecord(
            ObjectId.create(),
            RunRecord.ANNOTATION,
            key,
            VERSION,
            Instant.ofEpochMilli(System.currentTimeMillis()),
            config.build(),
            stages,
            null,
            Document.of("state", RunState.PLANNED.id(), "items", items)
                .with("memory", ObjectId.create())
                .with(
                    "new_frames", Objects.requireNonNull(checked.backend()).annotatesNewFrames()));
    save(run);
    return run;
  }

  private Checked check(@Nullable Object key, ViewDefinition given, AnnotationRequest request) {
    List<Problem> problems = new ArrayList<>();
    ViewDefinition view = withoutPatches(given);
    ViewSchema viewSchema = schemaOf(view);
    long samples = dataset.count(view);
    String name =
        request.backend() == null
            ? backends.config().defaultBackend()
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
      backend = backends.open(name, request.backendParameters());
    } catch (PostilException e) {
      problems.addAll(e.problems());
    }
    LabelSchema schema = new LabelSchema(List.of());
    List<String> warnings = new ArrayList<>(backends.config().warnings());
    if (backend != null && problems.isEmpty()) {
      checkMedia(viewSchema, backend, problems);
      if (problems.isEmpty()) {
        SchemaResolver resolver =
            new SchemaResolver(
                dataset.info(),
                viewSchema,
                backend,
                request.arguments(),
                (types, inView) ->
                    Observations.gather(dataset, inView ? view : whole(view), types));
        schema = resolver.resolve();
        problems.addAll(resolver.problems());
        warnings.addAll(resolver.warnings());
        if (problems.isEmpty()) {
          problems.addAll(backend.problems(viewSchema.mediaType(), schema));
        }
        checkArguments(name, request, problems);
        checkMediaField(viewSchema, request, problems);
      }
    }
    checkKey(key, problems);
    return new Checked(
        new RunPlan(name, samples, schema, problems, warnings), view, viewSchema, backend);
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

  private void checkMedia(ViewSchema view, AnnotationBackend backend, List<Problem> problems) {
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
    AnnotationBackendProvider provider = backends.provider(backend);
    for (String name : request.backendParameters().names()) {
      boolean known =
          provider != null && provider.parameters().stream().anyMatch(p -> p.name().equals(name));
      String near = known ? null : Nearest.to(name, AnnotationRequest.NAMES);
      if (near != null || !known && name.startsWith("allow_")) {
        problems.add(
            new Problem(
                ErrorCode.INVALID_REQUEST,
                "there is no parameter '" + name + "'",
                Nearest.hint(name, AnnotationRequest.NAMES)));
      }
    }
  }

  private static void checkMediaField(
      ViewSchema view, AnnotationRequest request, List<Problem> problems) {
    String field = request.mediaField();
    if (!field.equals("filepath") && view.find(field).isEmpty()) {
      problems.add(
          new Problem(
              ErrorCode.UNKNOWN_MEDIA_FIELD,
              "there is no field '" + field + "' to take the media from",
              Nearest.hint(field, view.sampleFields().stream().map(f -> f.name()).toList())));
    }
  }

  private void checkKey(@Nullable Object key, List<Problem> problems) {
    Optional<Problem> wrong = RunKeys.check(key);
    if (wrong.isPresent()) {
      problems.add(wrong.get());
      return;
    }
    Optional<RunRecord> there = find((String) Objects.requireNonNull(key));
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
    return schemaOf(view).kind() == ViewSchema.Kind.PATCHES
        ? PatchesViews.asSamples(dataset, view)
        : view;
  }

  private ViewSchema schemaOf(ViewDefinition view) {
    return DatasetViews.schema(dataset, view);
  }

  // --- load -----------------------------------------------------------------------------------

  /** Says what a load would change; changes nothing. */
  public LoadReport preview(String key, LoadOptions options, Consumer<Change> listener) {
    RunRecord run = loadable(key);
    try (AnnotationBackend backend = open(run, options.parameters());
        Download answer = download(run, backend, options)) {
      return new Loader(dataset, null, run, answer.answer(), options, listener).load();
    }
  }

  /**
   * Merges the work of a run into the dataset, all of it or nothing.
   *
   * @param listener hears every change; it must not use the dataset
   * @throws PostilException if the answer cannot be fetched or does not fit; then nothing changed
   */
  public LoadReport load(String key, LoadOptions options, Consumer<Change> listener) {
    RunRecord run = loadable(key);
    try (AnnotationBackend backend = open(run, options.parameters());
        Download answer = download(run, backend, options)) {
      LoadReport report =
          dataset.write(
              writer -> {
                RunRecord now =
                    writer.run(RunRecord.ANNOTATION, key).orElseThrow(() -> unknown(key));
                Loader loader =
                    new Loader(dataset, writer, now, answer.answer(), options, listener);
                LoadReport done = loader.load();
                finish(writer, now, loader, done, answer.state(), options);
                return done;
              });
      if (options.cleanup()) {
        cleanup(key, options.parameters());
      }
      return report;
    }
  }

  private void finish(
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
    AnswerSpool answer = new AnswerSpool(home.resolve("tmp"));
    try {
      Document state =
          backend.download(
              context(run, schemaOf(view(run)).mediaType(), options.progress()),
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
    RunRecord run = get(key);
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

  /**
   * Takes the last load of a run back: labels, ids and order are as before.
   *
   * @return the number of samples changed
   * @throws PostilException with {@code LATER_EDITS} if that would lose edits made since, or {@code
   *     INVALID_REQUEST} if there is nothing to undo
   */
  public long undo(String key, @Nullable String by) {
    return dataset.write(
        writer -> {
          RunRecord run = writer.run(RunRecord.ANNOTATION, key).orElseThrow(() -> unknown(key));
          AnnotationRun.Load last = new AnnotationRun(run, List.of()).lastLoad();
          if (last == null) {
            throw new PostilException(
                ErrorCode.INVALID_REQUEST, "the run '" + key + "' has no load to undo", null);
          }
          long samples = Journal.undo(writer, last.id(), run.id());
          List<@Nullable Object> loads = new ArrayList<>();
          Document state = run.state();
          for (Object entry : run.state().getList("loads")) {
            if (entry instanceof Document d && Values.same(last.id(), d.get("id"))) {
              dropFields(writer, d);
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
          writer.deleteSide(last.id());
          writer.appendHistory(
              Document.builder()
                  .put("at", Instant.ofEpochMilli(System.currentTimeMillis()))
                  .put("by", by == null ? System.getProperty("user.name", "unknown") : by)
                  .put("action", "undo")
                  .put("run", key)
                  .put("load", last.id())
                  .build());
          return samples;
        });
  }

  /** Removes the fields a load made, now that they hold nothing. */
  private static void dropFields(DatasetWriter writer, Document load) {
    for (Object name : load.getList("created_fields")) {
      if (name instanceof String field && writer.info().field(field).isPresent()) {
        writer.deleteField(field);
      }
    }
  }

  // --- run management -------------------------------------------------------------------------

  /** The runs, by key. */
  public List<AnnotationRun> runs() {
    return dataset.runs(RunRecord.ANNOTATION).stream()
        .sorted(Comparator.comparing(RunRecord::key))
        .map(r -> new AnnotationRun(r, List.of()))
        .toList();
  }

  /**
   * The keys of runs whose configuration has all the given values; an absent one counts as null.
   *
   * @param method only runs of this backend; null for any
   */
  public List<String> list(
      @Nullable String method, Map<String, ? extends @Nullable Object> values) {
    List<String> keys = new ArrayList<>();
    for (AnnotationRun run : runs()) {
      Document config = run.record().config();
      boolean matches = method == null || method.equals(run.backend());
      for (Map.Entry<String, ? extends @Nullable Object> value : values.entrySet()) {
        matches &= Values.same(config.get(value.getKey()), value.getValue());
      }
      if (matches) {
        keys.add(run.key());
      }
    }
    return keys;
  }

  /** Whether there is a run of the key. */
  public boolean has(String key) {
    return find(key).isPresent();
  }

  /**
   * A run.
   *
   * @throws PostilException with {@code UNKNOWN_ANNO_KEY}, naming the nearest key
   */
  public AnnotationRun run(String key) {
    return new AnnotationRun(get(key), List.of());
  }

  /** The view a run was made on, evaluated anew. */
  public ViewDefinition view(String key) {
    return view(get(key));
  }

  /** The view a run was made on, without the fields that only other runs are about. */
  public ViewDefinition viewWithoutOtherRuns(String key) {
    RunRecord run = get(key);
    List<String> own =
        new AnnotationRun(run, List.of()).schema().fields().stream().map(f -> f.field()).toList();
    List<@Nullable Object> others = new ArrayList<>();
    for (AnnotationRun other : runs()) {
      for (var field : other.schema().fields()) {
        if (!own.contains(field.field())
            && !others.contains(field.field())
            && dataset.info().field(field.field()).isPresent()) {
          others.add(field.field());
        }
      }
    }
    ViewDefinition view = view(run);
    return others.isEmpty()
        ? view
        : view.then(new Stage.ExcludeFields(Values.list(others), null, false));
  }

  /** How far people have come. */
  public RunProgress progress(String key, Document parameters) {
    RunRecord run = get(key);
    try (AnnotationBackend backend = open(run, parameters)) {
      return backend.progress(
          context(run, MediaType.UNKNOWN, ProgressListener.NONE),
          run.state().getDocument("backend"));
    }
  }

  /**
   * The pieces of work of a run that people are assigned, as its backend has them; a page of them.
   */
  public List<WorkUnit> units(String key, Document parameters, int offset, int limit) {
    RunRecord run = get(key);
    List<WorkUnit> page = new ArrayList<>();
    try (AnnotationBackend backend = open(run, parameters);
        Cursor<WorkUnit> units =
            backend.units(
                context(run, MediaType.UNKNOWN, ProgressListener.NONE),
                run.state().getDocument("backend"))) {
      for (int i = 0; page.size() < limit && units.hasNext(); i++) {
        WorkUnit unit = units.next();
        if (i >= offset) {
          page.add(unit);
        }
      }
    }
    return page;
  }

  /**
   * Takes a webhook call of a backend about a run. What it tells is kept with the run, the last
   * {@link #EVENTS} of it.
   *
   * @param headers by name in lower case
   * @return what happened, or null if it tells nothing about this run
   * @throws PostilException with {@code BACKEND_REFUSED_CREDENTIALS} if its signature is wrong
   */
  public @Nullable RunEvent webhook(String key, Map<String, String> headers, byte[] body) {
    RunRecord run = get(key);
    RunEvent event;
    try (AnnotationBackend backend = open(run, Document.empty())) {
      event =
          backend.webhook(
              context(run, MediaType.UNKNOWN, ProgressListener.NONE),
              run.state().getDocument("backend"),
              headers,
              body);
    }
    if (event == null) {
      return null;
    }
    Document told = Document.of("kind", event.kind(), "unit", event.unit()).with("at", event.at());
    dataset.write(
        writer -> {
          RunRecord now = writer.run(RunRecord.ANNOTATION, key).orElseThrow(() -> unknown(key));
          List<@Nullable Object> events = new ArrayList<>(now.state().getList("events"));
          events.add(told);
          int from = Math.max(0, events.size() - EVENTS);
          writer.putRun(
              now.withState(
                  now.state().with("events", Values.list(events.subList(from, events.size())))));
          return null;
        });
    return event;
  }

  /**
   * What the dataset held differently after one load of a run than after an earlier one.
   *
   * @param first a load of the run, not undone
   * @param second a later one
   * @param listener hears of each label or value that differs: {@code before} after the first load,
   *     {@code after} after the second
   * @throws PostilException with {@code INVALID_REQUEST} if there are no such loads
   */
  public void diff(String key, ObjectId first, ObjectId second, Consumer<Change> listener) {
    List<ObjectId> loads =
        run(key).loads().stream().filter(l -> !l.undone()).map(AnnotationRun.Load::id).toList();
    if (!loads.contains(first) || loads.indexOf(second) <= loads.indexOf(first)) {
      throw new PostilException(
          ErrorCode.INVALID_REQUEST,
          "the run '" + key + "' has no load " + first + " with a later load " + second,
          "It has " + loads + ", those that were undone left out.");
    }
    new LoadDiff(listener).compare(dataset, first, second);
  }

  /** Where people work on a run, or null. */
  public @Nullable String address(String key, Document parameters) {
    RunRecord run = get(key);
    try (AnnotationBackend backend = open(run, parameters)) {
      return backend.address(
          context(run, MediaType.UNKNOWN, ProgressListener.NONE),
          run.state().getDocument("backend"));
    }
  }

  /**
   * Gives a run another key, and tells its backend. A backend that cannot be told is no reason not
   * to: then there is a warning.
   */
  public AnnotationRun rename(String key, String newKey) {
    RunRecord run = get(key);
    RunKeys.check(newKey)
        .ifPresent(
            p -> {
              throw PostilException.of(List.of(p));
            });
    if (find(newKey).isPresent()) {
      throw new PostilException(
          ErrorCode.KEY_EXISTS,
          "the dataset already has a run '" + newKey + "'",
          "Choose another key.");
    }
    RunRecord renamed = run.withKey(newKey);
    save(renamed);
    List<String> warnings = new ArrayList<>();
    try (AnnotationBackend backend = open(run, Document.empty())) {
      backend.rename(
          context(run, MediaType.UNKNOWN, ProgressListener.NONE),
          newKey,
          run.state().getDocument("backend"));
    } catch (PostilException e) {
      warnings.add("the backend still calls it '" + key + "': " + e.getMessage());
    }
    return new AnnotationRun(renamed, warnings);
  }

  /** Removes what a run left on its backend; the run and the labels stay. */
  public AnnotationRun cleanup(String key, Document parameters) {
    RunRecord run = get(key);
    try (AnnotationBackend backend = open(run, parameters)) {
      backend.cleanup(
          context(run, MediaType.UNKNOWN, ProgressListener.NONE),
          run.state().getDocument("backend"));
    }
    RunRecord cleaned = get(key);
    cleaned = cleaned.withState(cleaned.state().with("state", RunState.CLEANED.id()));
    save(cleaned);
    return new AnnotationRun(cleaned, List.of());
  }

  /** Forgets a run with its base and journals; labels and what is on the backend stay. */
  public void delete(String key) {
    remove(get(key));
  }

  private void remove(RunRecord run) {
    dataset.write(
        writer -> {
          for (AnnotationRun.Load load : new AnnotationRun(run, List.of()).loads()) {
            writer.deleteSide(load.id());
          }
          writer.deleteSide(run.id());
          ObjectId memory = run.state().get("memory", ObjectId.class);
          if (memory != null) {
            writer.deleteSide(memory);
          }
          writer.deleteRun(run.id());
          return null;
        });
  }

  /** Removes a run that failed, with whatever it had made on the backend. */
  private void discard(RunRecord failed, Document parameters) {
    if (failed.state().getBoolean("prepared", false)
        || !failed.state().getDocument("backend").isEmpty()) {
      try (AnnotationBackend backend = open(failed, parameters)) {
        backend.cleanup(
            context(failed, MediaType.UNKNOWN, ProgressListener.NONE),
            failed.state().getDocument("backend"));
      }
    }
    remove(failed);
  }

  /** What was sent and came back last, by field and sample, for callers that show or check it. */
  public StoredDataset dataset() {
    return dataset;
  }

  // --- helpers --------------------------------------------------------------------------------

  private static ViewDefinition view(RunRecord run) {
    List<String> stages = run.viewStages();
    return stages == null
        ? ViewDefinition.ALL
        : StageDocuments.view(
            Values.list(stages.stream().map(s -> (Object) Json.readDocument(s)).toList()));
  }

  private AnnotationBackend open(RunRecord run, Document parameters) {
    String name = run.config().getString("method", "");
    Document.Builder stored = Document.builder();
    Document configured = backends.config().parameters(name);
    run.config()
        .forEach(
            (parameter, value) -> {
              boolean own =
                  List.of("cls", "type", "method", "name", "label_schema", "media_field")
                      .contains(parameter);
              if (!own
                  && value != null
                  && (configured == null
                      || configured.get(parameter) == null
                      || !Values.same(value, configured.get(parameter)))) {
                stored.put(parameter, value);
              }
            });
    return backends.open(name, stored.build().withAll(parameters));
  }

  private RunContext context(RunRecord run, MediaType mediaType, ProgressListener progress) {
    DatasetInfo info = dataset.info();
    LabelSchema schema = LabelSchema.fromDocument(run.config().getDocument("label_schema"));
    return new RunContext(
        run.id(),
        info.name(),
        run.key(),
        mediaType,
        schema,
        scalarTypes(info, schema),
        progress,
        new StoredBase(dataset, run.id(), schema),
        memory(run),
        state -> {
          throw new IllegalStateException("a checkpoint is only for a run that is being sent");
        });
  }

  private static Map<String, FieldType> scalarTypes(DatasetInfo info, LabelSchema schema) {
    Map<String, FieldType> types = new HashMap<>();
    for (FieldSchema field : schema.fields()) {
      if (field.kind() == AnswerKind.SCALAR) {
        info.field(field.field()).ifPresent(spec -> types.put(field.field(), spec.type()));
      }
    }
    return types;
  }

  private StoredMemory memory(RunRecord run) {
    ObjectId owner = run.state().get("memory", ObjectId.class);
    return new StoredMemory(dataset, owner == null ? run.id() : owner);
  }

  private Optional<RunRecord> find(String key) {
    return dataset.run(RunRecord.ANNOTATION, key);
  }

  private RunRecord get(String key) {
    return find(key).orElseThrow(() -> unknown(key));
  }

  private PostilException unknown(String key) {
    List<String> keys = dataset.runs(RunRecord.ANNOTATION).stream().map(RunRecord::key).toList();
    return new PostilException(
        ErrorCode.UNKNOWN_ANNO_KEY,
        "the dataset '" + dataset.info().name() + "' has no annotation run '" + key + "'",
        Nearest.hint(key, keys));
  }

  private void save(RunRecord run) {
    dataset.write(
        writer -> {
          writer.putRun(run);
          return null;
        });
  }
}
