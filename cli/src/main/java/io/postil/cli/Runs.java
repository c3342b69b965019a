package io.postil.cli;

import io.postil.core.annotation.RunProgress;
import io.postil.core.annotation.WorkUnit;
import io.postil.core.value.Document;
import io.postil.core.value.Values;
import io.postil.engine.annotation.AnnotationRun;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Annotation runs as documents to print. Stateless. */
final class Runs {
  private Runs() {}

  /** The facts of a run, without the schema. */
  static Document document(AnnotationRun run) {
    return Document.builder()
        .put("key", run.key())
        .put("backend", run.backend())
        .put("state", run.state().id())
        .put("created", run.record().timestamp().toString())
        .put(
            "fields",
            Values.list(run.schema().fields().stream().map(f -> (Object) f.field()).toList()))
        .put("items", run.items())
        .put("labels", run.labels())
        .putIfPresent("problem", run.problem())
        .build();
  }

  /** A run with its schema, parameters and loads. */
  static Document details(AnnotationRun run) {
    List<Document> loads = new ArrayList<>();
    for (AnnotationRun.Load load : run.loads()) {
      loads.add(
          Document.builder()
              .put("id", load.id().toString())
              .put("at", load.at().toString())
              .put("by", load.by())
              .put("undone", load.undone())
              .put("counts", load.counts().toDocument())
              .build());
    }
    return document(run).toBuilder()
        .put("config", run.record().config())
        .put("loads", Values.list(loads))
        .build();
  }

  /** Pieces of work. */
  static List<@Nullable Object> units(List<WorkUnit> units) {
    List<Document> documents = new ArrayList<>();
    for (WorkUnit unit : units) {
      documents.add(
          Document.builder()
              .put("id", unit.id())
              .put("title", unit.title())
              .put("state", unit.state())
              .putIfPresent("stage", unit.stage())
              .putIfPresent("assignee", unit.assignee())
              .put("items", unit.items())
              .putIfPresent("address", unit.address())
              .put("comments", Values.list(unit.comments()))
              .build());
    }
    return Values.list(documents);
  }

  /** How far people have come. */
  static Document progress(RunProgress progress) {
    return Document.builder()
        .put("items", progress.items())
        .put("started", progress.started())
        .put("completed", progress.completed())
        .build();
  }
}
