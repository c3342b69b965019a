package io.postil.engine.annotation;

import io.postil.core.ErrorCode;
import io.postil.core.Nearest;
import io.postil.core.PostilException;
import io.postil.core.ProgressListener;
import io.postil.core.annotation.AnnotationBackend;
import io.postil.core.annotation.AnswerKind;
import io.postil.core.annotation.FieldSchema;
import io.postil.core.annotation.LabelSchema;
import io.postil.core.annotation.RunContext;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldType;
import io.postil.core.dataset.MediaType;
import io.postil.core.query.ViewSchema;
import io.postil.core.run.RunRecord;
import io.postil.core.store.StoredDataset;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import io.postil.core.view.StageDocuments;
import io.postil.core.view.ViewDefinition;
import io.postil.engine.config.Backends;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The ground that making, loading and managing runs share: the runs of one dataset as they are
 * stored, and the way to their backends. Thread-safe.
 */
final class RunAccess {
  final StoredDataset dataset;
  final Backends backends;
  private final Path home;

  RunAccess(StoredDataset dataset, Backends backends, Path home) {
    this.dataset = dataset;
    this.backends = backends;
    this.home = home;
  }

  /** Where files go that are needed only for a while. */
  Path temporary() {
    return home.resolve("tmp");
  }

  /** The run of a key, if there is one. */
  Optional<RunRecord> find(String key) {
    return dataset.run(RunRecord.ANNOTATION, key);
  }

  /** The run of a key; fails with the nearest key if there is none. */
  RunRecord get(String key) {
    return find(key).orElseThrow(() -> unknown(key));
  }

  /** Says that there is no run of a key. */
  PostilException unknown(String key) {
    List<String> keys = dataset.runs(RunRecord.ANNOTATION).stream().map(RunRecord::key).toList();
    return new PostilException(
        ErrorCode.UNKNOWN_ANNO_KEY,
        "the dataset '" + dataset.info().name() + "' has no annotation run '" + key + "'",
        Nearest.hint(key, keys));
  }

  void save(RunRecord run) {
    dataset.write(
        writer -> {
          writer.putRun(run);
          return null;
        });
  }

  /** Forgets a run with all that is kept beside it. */
  void remove(RunRecord run) {
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

  /** The view a run was made on. */
  static ViewDefinition view(RunRecord run) {
    List<String> stages = run.viewStages();
    return stages == null
        ? ViewDefinition.ALL
        : StageDocuments.view(
            Values.list(stages.stream().map(s -> (Object) Json.readDocument(s)).toList()));
  }

  /** The fields and the kind of a view. */
  ViewSchema schemaOf(ViewDefinition view) {
    return DatasetViews.schema(dataset, view);
  }

  /** Opens the backend of a run by what the run, the configuration and the caller say. */
  AnnotationBackend open(RunRecord run, Document parameters) {
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

  /** What a backend is told of a run that was sent. */
  RunContext context(RunRecord run) {
    return context(run, MediaType.UNKNOWN, ProgressListener.NONE);
  }

  /** What a backend is told of a run, with the kind of its media. */
  RunContext context(RunRecord run, MediaType mediaType, ProgressListener progress) {
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

  /** What the backend keeps of a run beside its record. */
  StoredMemory memory(RunRecord run) {
    ObjectId owner = run.state().get("memory", ObjectId.class);
    return new StoredMemory(dataset, owner == null ? run.id() : owner);
  }
}
