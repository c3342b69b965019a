package io.postil.server;

import io.postil.backends.local.LocalBackendProvider;
import io.postil.backends.local.LocalQueue;
import io.postil.backends.local.LocalTask;
import io.postil.backends.local.LocalWork;
import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.ProgressListener;
import io.postil.core.annotation.AnnotationBackend;
import io.postil.core.annotation.AnnotationBackendProvider;
import io.postil.core.annotation.Capabilities;
import io.postil.core.annotation.LabelSchema;
import io.postil.core.annotation.LabelType;
import io.postil.core.annotation.RunProgress;
import io.postil.core.annotation.WorkUnit;
import io.postil.core.dataset.FieldType;
import io.postil.core.dataset.MediaType;
import io.postil.core.label.Label;
import io.postil.core.label.LabelDocuments;
import io.postil.core.label.LabelList;
import io.postil.core.label.SingleLabel;
import io.postil.core.store.DatasetStore;
import io.postil.core.store.StoredDataset;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.view.Aggregation;
import io.postil.core.view.ViewDefinition;
import io.postil.engine.annotation.AnnotationRun;
import io.postil.engine.annotation.Annotations;
import io.postil.engine.annotation.ConflictPolicy;
import io.postil.engine.annotation.LoadReport;
import io.postil.engine.annotation.RunFilter;
import io.postil.engine.annotation.RunPlan;
import io.postil.engine.config.Backends;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The annotation runs of a store: the engine's, and the queues of the local backend. */
public final class EngineAnnotationService implements AnnotationService {
  private final DatasetStore store;
  private final Backends backends;
  private final Path home;

  /** The runs of a store; {@code home} is the directory of Postil's own files. */
  public EngineAnnotationService(DatasetStore store, Backends backends, Path home) {
    this.store = store;
    this.backends = backends;
    this.home = home;
  }

  private Annotations annotations(String dataset) {
    return annotations(store.open(dataset));
  }

  private Annotations annotations(StoredDataset dataset) {
    return new Annotations(dataset, backends, home);
  }

  private boolean isLocal(String backend) {
    return backends.provider(backend) instanceof LocalBackendProvider;
  }

  // --- requests -------------------------------------------------------------------------------

  @Override
  public List<Backend> backends() {
    List<Backend> list = new ArrayList<>();
    for (String name : backends.config().backends()) {
      AnnotationBackendProvider provider = backends.provider(name);
      if (provider == null) {
        continue;
      }
      try (AnnotationBackend backend = backends.open(name, Document.empty())) {
        Capabilities can = backend.capabilities();
        list.add(
            new Backend(
                name,
                provider.title(),
                can.labelTypes().stream().sorted().map(LabelType::id).toList(),
                can.attributeTypes().stream().sorted().toList(),
                can.mediaTypes().contains(MediaType.VIDEO),
                isLocal(name)));
      } catch (PostilException e) {
        // One that is not configured completely cannot be chosen.
        continue;
      }
    }
    String usual = backends.config().defaultBackend();
    list.sort(Comparator.comparing(b -> !b.name().equals(usual)));
    return list;
  }

  @Override
  public Plan plan(String dataset, Request request) {
    StoredDataset stored = store.open(dataset);
    RunPlan plan;
    try {
      plan =
          annotations(stored).plan(request.key(), request.view(), SchemaMapping.request(request));
    } catch (PostilException e) {
      String backend = request.backend();
      return new Plan(
          backend == null ? backends.config().defaultBackend() : backend,
          0,
          Map.of(),
          List.of(),
          e.problems(),
          List.of());
    }
    return new Plan(
        plan.backend(),
        plan.samples(),
        counts(stored, request.view(), plan.schema()),
        SchemaMapping.fields(
            plan.schema(), SchemaMapping.scalarTypes(plan.schema(), stored.info())),
        plan.problems(),
        plan.warnings());
  }

  /** Number of labels that a view holds of the fields of a schema that exist. */
  private static Map<String, Long> counts(
      StoredDataset dataset, ViewDefinition view, LabelSchema schema) {
    List<String> fields = new ArrayList<>();
    List<Aggregation> questions = new ArrayList<>();
    for (io.postil.core.annotation.FieldSchema field : schema.fields()) {
      if (field.existing()) {
        LabelType type = field.type();
        fields.add(field.field());
        questions.add(Aggregation.count(field.field() + listOf(type)));
      }
    }
    Map<String, Long> counts = new LinkedHashMap<>();
    if (!fields.isEmpty()) {
      List<@Nullable Object> answers = dataset.aggregate(view, questions);
      for (int i = 0; i < fields.size(); i++) {
        counts.put(fields.get(i), answers.get(i) instanceof Number n ? n.longValue() : 0L);
      }
    }
    return counts;
  }

  private static String listOf(@Nullable LabelType type) {
    return type != null && emptyOf(type) instanceof LabelList<?> list ? "." + list.listName() : "";
  }

  private static @Nullable Label emptyOf(LabelType type) {
    String className = type.fieldClass();
    return className == null
        ? null
        : LabelDocuments.fromDocument(Document.of("_cls", className), className);
  }

  @Override
  public Run annotate(String dataset, Request request) {
    AnnotationRun run =
        annotations(dataset)
            .annotate(
                request.key(),
                request.view(),
                SchemaMapping.request(request),
                ProgressListener.NONE);
    return show(annotations(dataset), run);
  }

  // --- runs -----------------------------------------------------------------------------------

  @Override
  public List<Run> runs(String dataset, RunFilter filter) {
    Annotations annotations = annotations(dataset);
    return annotations.runs(filter).stream()
        .sorted(Comparator.comparing((AnnotationRun r) -> r.record().timestamp()).reversed())
        .map(r -> show(annotations, r))
        .toList();
  }

  @Override
  public Run run(String dataset, String key) {
    Annotations annotations = annotations(dataset);
    return show(annotations, annotations.run(key));
  }

  private Run show(Annotations annotations, AnnotationRun run) {
    boolean local = isLocal(run.backend());
    RunProgress progress = local ? progress(run) : new RunProgress(run.items(), 0, 0);
    String problem = run.problem();
    return new Run(
        run.key(),
        run.backend(),
        local,
        run.state().id(),
        run.record().timestamp(),
        run.items(),
        run.items(),
        progress.completed(),
        progress.started(),
        run.schema().fields().stream().map(f -> f.field()).toList(),
        local ? null : address(annotations, run),
        problem,
        problem == null ? null : "Annotate again with the same key, or delete the run.",
        run.lastLoad() != null,
        run.loads().stream()
            .map(l -> new LoadEntry(l.at(), l.by(), l.undone(), counts(l.counts())))
            .toList());
  }

  private RunProgress progress(AnnotationRun run) {
    if (!LocalQueue.exists(home, run.record().id())) {
      return new RunProgress(run.items(), 0, 0);
    }
    try (LocalQueue queue = LocalQueue.open(home, run.record().id())) {
      return queue.progress();
    }
  }

  /** Where people work; null as well if the backend is not configured here. */
  private static @Nullable String address(Annotations annotations, AnnotationRun run) {
    try {
      return annotations.address(run.key(), Document.empty());
    } catch (PostilException e) {
      return null;
    }
  }

  @Override
  public ViewDefinition view(String dataset, String key) {
    return annotations(dataset).view(key);
  }

  @Override
  public Preview preview(String dataset, String key, LoadOptions options, ChangeQuery query) {
    List<Change> page = new ArrayList<>();
    long[] matching = {0};
    LoadReport report =
        annotations(dataset)
            .preview(
                key,
                options(options),
                change -> {
                  String kind = change.kind().id();
                  boolean wanted =
                      query.kind() == null
                          ? change.kind() != io.postil.engine.annotation.Change.Kind.UNCHANGED
                          : query.kind().equals(kind);
                  if (wanted) {
                    long index = matching[0]++;
                    if (index >= query.offset() && page.size() < query.limit()) {
                      page.add(show(change));
                    }
                  }
                });
    return new Preview(
        counts(report.total()),
        byField(report),
        report.changedSamples(),
        report.problems(),
        page,
        matching[0]);
  }

  private static Change show(io.postil.engine.annotation.Change change) {
    ObjectId label = change.labelId();
    return new Change(
        change.kind().id(),
        change.sampleId(),
        change.frameNumber(),
        change.field(),
        label == null ? change.sampleId() : label,
        change.before(),
        change.after(),
        change.note());
  }

  @Override
  public Report load(String dataset, String key, LoadOptions options) {
    LoadReport report = annotations(dataset).load(key, options(options), change -> {});
    Counts total = counts(report.total());
    return new Report(
        total,
        byField(report),
        report.changedSamples(),
        "%d added, %d edited, %d deleted, %d unchanged"
            .formatted(total.added(), total.edited(), total.deleted(), total.unchanged()));
  }

  @Override
  public Report undo(String dataset, String key) {
    long samples = annotations(dataset).undo(key, null);
    return new Report(
        new Counts(0, 0, 0, 0, 0, 0, 0),
        Map.of(),
        samples,
        samples + (samples == 1 ? " sample is" : " samples are") + " as before the load");
  }

  private static io.postil.engine.annotation.LoadOptions options(LoadOptions options) {
    ConflictPolicy policy = ConflictPolicy.ofId(options.onConflict());
    if (policy == null) {
      throw new PostilException(
          ErrorCode.INVALID_REQUEST,
          "there is no way to treat conflicts called '" + options.onConflict() + "'",
          "Choose theirs, ours or fail.");
    }
    return io.postil.engine.annotation.LoadOptions.DEFAULT
        .withDestinations(options.destinations())
        .withUnexpected(unexpected(options.unexpected()))
        .withPolicy(policy)
        .withOnly(options.only())
        .withAllowMassDeletion(options.allowMassDeletion());
  }

  private static io.postil.engine.annotation.LoadOptions.Unexpected unexpected(String name) {
    return switch (name) {
      case "keep" -> io.postil.engine.annotation.LoadOptions.Unexpected.KEEP;
      case "ignore" -> io.postil.engine.annotation.LoadOptions.Unexpected.IGNORE;
      case "return" -> io.postil.engine.annotation.LoadOptions.Unexpected.RETURN;
      default ->
          throw new PostilException(
              ErrorCode.INVALID_REQUEST,
              "there is no way to treat unexpected labels called '" + name + "'",
              "Choose keep, ignore or return.");
    };
  }

  private static Map<String, Counts> byField(LoadReport report) {
    Map<String, Counts> fields = new LinkedHashMap<>();
    report.fields().forEach((field, counts) -> fields.put(field, counts(counts)));
    return fields;
  }

  private static Counts counts(LoadReport.Counts counts) {
    return new Counts(
        counts.of(io.postil.engine.annotation.Change.Kind.ADDED),
        counts.of(io.postil.engine.annotation.Change.Kind.EDITED),
        counts.of(io.postil.engine.annotation.Change.Kind.DELETED),
        counts.of(io.postil.engine.annotation.Change.Kind.UNCHANGED),
        counts.of(io.postil.engine.annotation.Change.Kind.REFUSED),
        counts.of(io.postil.engine.annotation.Change.Kind.CONFLICTING),
        counts.of(io.postil.engine.annotation.Change.Kind.UNEXPECTED));
  }

  @Override
  public Run rename(String dataset, String key, String newKey) {
    Annotations annotations = annotations(dataset);
    return show(annotations, annotations.rename(key, newKey));
  }

  @Override
  public List<WorkUnit> units(String dataset, String key, int offset, int limit) {
    return annotations(dataset).units(key, Document.empty(), offset, limit);
  }

  @Override
  public List<AnnotationRun.Load> loads(String dataset, String key) {
    return annotations(dataset).run(key).loads();
  }

  @Override
  public List<Change> diff(String dataset, String key, ObjectId first, ObjectId second, int limit) {
    List<Change> changes = new ArrayList<>();
    annotations(dataset)
        .diff(
            key,
            first,
            second,
            change -> {
              if (changes.size() < limit) {
                changes.add(show(change));
              }
            });
    return changes;
  }

  @Override
  public List<Document> history(String dataset) {
    return store.open(dataset).history();
  }

  @Override
  public boolean webhook(String dataset, String key, Map<String, String> headers, byte[] body) {
    return annotations(dataset).webhook(key, headers, body) != null;
  }

  @Override
  public void cleanup(String dataset, String key) {
    annotations(dataset).cleanup(key, Document.empty());
  }

  @Override
  public void delete(String dataset, String key) {
    Annotations annotations = annotations(dataset);
    AnnotationRun run = annotations.run(key);
    annotations.delete(key);
    if (isLocal(run.backend())) {
      // Nothing could reach its queue any more.
      LocalQueue.delete(home, run.record().id());
    }
  }

  // --- the queue ------------------------------------------------------------------------------

  private AnnotationRun localRun(String dataset, String key) {
    AnnotationRun run = annotations(dataset).run(key);
    if (!isLocal(run.backend())) {
      throw new PostilException(
          ErrorCode.INVALID_REQUEST,
          "the run '" + key + "' is worked on in " + run.backend() + ", not in this App",
          "Open it there.");
    }
    return run;
  }

  @Override
  public TaskPage tasks(String dataset, String key, int offset, int limit) {
    AnnotationRun run = localRun(dataset, key);
    try (LocalQueue queue = LocalQueue.open(home, run.record().id())) {
      RunProgress progress = queue.progress();
      return new TaskPage(
          progress.items(),
          progress.completed(),
          queue.page(offset, limit).stream().map(EngineAnnotationService::summary).toList());
    }
  }

  private static TaskSummary summary(LocalTask.Summary task) {
    return new TaskSummary(task.position(), task.item(), name(task.media()), task.state().id());
  }

  private static String name(String media) {
    return media.substring(Math.max(media.lastIndexOf('/'), media.lastIndexOf('\\')) + 1);
  }

  @Override
  public Task task(String dataset, String key, ObjectId sampleId) {
    AnnotationRun run = localRun(dataset, key);
    LabelSchema schema = run.schema();
    try (LocalQueue queue = LocalQueue.open(home, run.record().id())) {
      LocalTask task = queue.task(sampleId);
      ObjectId previous = task.position() == 0 ? null : at(queue, task.position() - 1);
      return new Task(
          new TaskSummary(task.position(), sampleId, name(task.media()), task.state().id()),
          Math.toIntExact(queue.progress().items()),
          previous,
          at(queue, task.position() + 1),
          task.metadata(),
          SchemaMapping.fields(schema, scalarTypes(dataset, schema)),
          labels(schema, task.work(), false),
          task.work().values(),
          task.revision(),
          task.tracks(),
          task.edits());
    }
  }

  @Override
  public List<TaskFrame> frames(
      String dataset, String key, ObjectId sampleId, int first, int last) {
    AnnotationRun run = localRun(dataset, key);
    List<TaskFrame> frames = new ArrayList<>();
    try (LocalQueue queue = LocalQueue.open(home, run.record().id())) {
      queue.frames(
          queue.task(sampleId),
          first,
          last,
          (sent, number) ->
              frames.add(new TaskFrame(number, labels(run.schema(), sent, true), sent.values())));
    }
    return frames;
  }

  private Map<String, FieldType> scalarTypes(String dataset, LabelSchema schema) {
    return SchemaMapping.scalarTypes(schema, store.open(dataset).info());
  }

  private static @Nullable ObjectId at(LocalQueue queue, int position) {
    List<LocalTask.Summary> there = queue.page(position, 1);
    return there.isEmpty() ? null : there.get(0).item();
  }

  /** The labels by field: those of frames, or those of the sample itself. */
  private static Map<String, Label> labels(LabelSchema schema, LocalWork work, boolean ofFrame) {
    Map<String, Label> labels = new LinkedHashMap<>();
    for (io.postil.core.annotation.FieldSchema field : schema.fields()) {
      List<SingleLabel> list = work.labels().getOrDefault(field.field(), List.of());
      LabelType type = field.type();
      if (type == null || list.isEmpty() || field.isFrameField() != ofFrame) {
        continue;
      }
      labels.put(
          field.field(),
          emptyOf(type) instanceof LabelList<?> empty ? empty.withLabels(list) : list.get(0));
    }
    return labels;
  }

  @Override
  public Saved save(String dataset, String key, ObjectId sampleId, Save save) {
    AnnotationRun run = localRun(dataset, key);
    LocalTask.State state = LocalTask.State.ofId(save.state());
    if (state == null) {
      throw new PostilException(
          ErrorCode.INVALID_REQUEST,
          "there is no state '" + save.state() + "' of a task",
          "Choose new, started, completed or skipped.");
    }
    Map<String, List<SingleLabel>> labels = new LinkedHashMap<>();
    save.labels()
        .forEach(
            (field, label) -> {
              if (label instanceof LabelList<?> list) {
                labels.put(field, List.copyOf(list.labels()));
              } else if (label instanceof SingleLabel single) {
                labels.put(field, List.of(single));
              }
            });
    try (LocalQueue queue = LocalQueue.open(home, run.record().id())) {
      LocalTask task = queue.task(sampleId);
      LocalWork sent = task.sent();
      labels.replaceAll(
          (field, list) ->
              OriginalMasks.restore(list, sent.labels().getOrDefault(field, List.of())));
      LocalWork work = new LocalWork(labels, save.values());
      LabelSchema schema = run.schema();
      Map<String, FieldType> types = scalarTypes(dataset, schema);
      new SaveRules(schema, sent, types).check(work);
      new VideoRules(schema, types, queue, task).check(save.changes());
      return new Saved(
          queue.save(sampleId, save.revision(), state, work, save.changes()), state.id());
    }
  }
}
