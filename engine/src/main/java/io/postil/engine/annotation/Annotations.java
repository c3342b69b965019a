package io.postil.engine.annotation;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.ProgressListener;
import io.postil.core.annotation.AnnotationBackend;
import io.postil.core.annotation.RunEvent;
import io.postil.core.annotation.RunProgress;
import io.postil.core.annotation.WorkUnit;
import io.postil.core.run.RunRecord;
import io.postil.core.store.Cursor;
import io.postil.core.store.StoredDataset;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import io.postil.core.view.ViewDefinition;
import io.postil.engine.config.Backends;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

  private final RunAccess runs;

  /** The runs of a dataset; {@code home} is the directory of Postil's own files. */
  public Annotations(StoredDataset dataset, Backends backends, Path home) {
    this.runs = new RunAccess(dataset, backends, home);
  }

  // --- annotate -------------------------------------------------------------------------------

  /**
   * Says what a request would do and everything that is wrong with it; writes and sends nothing.
   */
  public RunPlan plan(@Nullable Object key, ViewDefinition view, AnnotationRequest request) {
    try (RequestCheck.Checked checked = new RequestCheck(runs).check(key, view, request)) {
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
    return new RunSending(runs).annotate(key, view, request, progress);
  }

  /**
   * Goes on with a run whose sending was interrupted: no sample is sent twice, none is left out.
   *
   * @throws PostilException if there is no such run
   */
  public AnnotationRun resume(String key, Document parameters, ProgressListener progress) {
    return new RunSending(runs).resume(key, parameters, progress);
  }

  // --- load -----------------------------------------------------------------------------------

  /** Says what a load would change; changes nothing. */
  public LoadReport preview(String key, LoadOptions options, Consumer<Change> listener) {
    return new RunLoading(runs).preview(key, options, listener);
  }

  /**
   * Merges the work of a run into the dataset, all of it or nothing.
   *
   * @param listener hears every change; it must not use the dataset
   * @throws PostilException if the answer cannot be fetched or does not fit; then nothing changed
   */
  public LoadReport load(String key, LoadOptions options, Consumer<Change> listener) {
    LoadReport report = new RunLoading(runs).load(key, options, listener);
    if (options.cleanup()) {
      cleanup(key, options.parameters());
    }
    return report;
  }

  /**
   * Takes the last load of a run back: labels, ids and order are as before. Loads that changed no
   * sample are taken back with the one before them.
   *
   * @return the number of samples changed
   * @throws PostilException with {@code LATER_EDITS} if that would lose edits made since, or {@code
   *     INVALID_REQUEST} if there is nothing to undo
   */
  public long undo(String key, @Nullable String by) {
    return new RunLoading(runs).undo(key, by);
  }

  // --- run management -------------------------------------------------------------------------

  /** The runs, by key. */
  public List<AnnotationRun> runs() {
    return runs(RunFilter.ALL);
  }

  /** The runs that a filter accepts, by key. */
  public List<AnnotationRun> runs(RunFilter filter) {
    return runs.dataset.runs(RunRecord.ANNOTATION).stream()
        .sorted((a, b) -> a.key().compareTo(b.key()))
        .map(r -> new AnnotationRun(r, List.of()))
        .filter(filter::accepts)
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
    for (AnnotationRun run : runs(new RunFilter(method, null, null))) {
      Document config = run.record().config();
      boolean matches = true;
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
    return runs.find(key).isPresent();
  }

  /**
   * A run.
   *
   * @throws PostilException with {@code UNKNOWN_ANNO_KEY}, naming the nearest key
   */
  public AnnotationRun run(String key) {
    return new AnnotationRun(runs.get(key), List.of());
  }

  /**
   * The view a run was made on, evaluated anew. Where the class of a field admits two label types,
   * with or without mask, filled or not, it shows only labels of the type that was sent.
   */
  public ViewDefinition view(String key) {
    return new RunViews(runs).view(runs.get(key));
  }

  /** The same, without the fields that only other runs are about. */
  public ViewDefinition viewWithoutOtherRuns(String key) {
    return new RunViews(runs).withoutOtherRuns(runs.get(key), runs());
  }

  /** How far people have come. */
  public RunProgress progress(String key, Document parameters) {
    RunRecord run = runs.get(key);
    try (AnnotationBackend backend = runs.open(run, parameters)) {
      return backend.progress(runs.context(run), run.state().getDocument("backend"));
    }
  }

  /**
   * The pieces of work of a run that people are assigned, as its backend has them; a page of them.
   */
  public List<WorkUnit> units(String key, Document parameters, int offset, int limit) {
    RunRecord run = runs.get(key);
    List<WorkUnit> page = new ArrayList<>();
    try (AnnotationBackend backend = runs.open(run, parameters);
        Cursor<WorkUnit> units =
            backend.units(runs.context(run), run.state().getDocument("backend"))) {
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
    RunRecord run = runs.get(key);
    RunEvent event;
    try (AnnotationBackend backend = runs.open(run, Document.empty())) {
      event = backend.webhook(runs.context(run), run.state().getDocument("backend"), headers, body);
    }
    if (event == null) {
      return null;
    }
    Document told = Document.of("kind", event.kind(), "unit", event.unit()).with("at", event.at());
    runs.dataset.write(
        writer -> {
          RunRecord now =
              writer.run(RunRecord.ANNOTATION, key).orElseThrow(() -> runs.unknown(key));
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
    new LoadDiff(listener).compare(runs.dataset, first, second);
  }

  /** Where people work on a run, or null. */
  public @Nullable String address(String key, Document parameters) {
    RunRecord run = runs.get(key);
    try (AnnotationBackend backend = runs.open(run, parameters)) {
      return backend.address(runs.context(run), run.state().getDocument("backend"));
    }
  }

  /**
   * Gives a run another key, and tells its backend. A backend that cannot be told is no reason not
   * to: then there is a warning.
   */
  public AnnotationRun rename(String key, String newKey) {
    RunKeys.check(newKey)
        .ifPresent(
            p -> {
              throw PostilException.of(List.of(p));
            });
    if (runs.find(newKey).isPresent()) {
      throw new PostilException(
          ErrorCode.KEY_EXISTS,
          "the dataset already has a run '" + newKey + "'",
          "Choose another key.");
    }
    RunRecord run = runs.get(key);
    RunRecord renamed = run.withKey(newKey);
    runs.save(renamed);
    List<String> warnings = new ArrayList<>();
    try (AnnotationBackend backend = runs.open(run, Document.empty())) {
      backend.rename(runs.context(run), newKey, run.state().getDocument("backend"));
    } catch (PostilException e) {
      warnings.add("the backend still calls it '" + key + "': " + e.getMessage());
    }
    return new AnnotationRun(renamed, warnings);
  }

  /** Removes what a run left on its backend; the run and the labels stay. */
  public AnnotationRun cleanup(String key, Document parameters) {
    RunRecord run = runs.get(key);
    try (AnnotationBackend backend = runs.open(run, parameters)) {
      backend.cleanup(runs.context(run), run.state().getDocument("backend"));
    }
    RunRecord cleaned = runs.get(key);
    cleaned = cleaned.withState(cleaned.state().with("state", RunState.CLEANED.id()));
    runs.save(cleaned);
    return new AnnotationRun(cleaned, List.of());
  }

  /** Forgets a run with its base and journals; labels and what is on the backend stay. */
  public void delete(String key) {
    runs.remove(runs.get(key));
  }

  /** What was sent and came back last, by field and sample, for callers that show or check it. */
  public StoredDataset dataset() {
    return runs.dataset;
  }
}
