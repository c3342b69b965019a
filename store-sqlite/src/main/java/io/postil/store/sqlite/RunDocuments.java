package io.postil.store.sqlite;

import io.postil.core.run.RunRecord;
import io.postil.core.store.StoredDataset.SavedView;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import io.postil.core.view.StageDocuments;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Runs and saved views as the documents that are stored, and back. Stateless. */
final class RunDocuments {
  private RunDocuments() {}

  static Document toDocument(RunRecord run) {
    List<String> stages = run.viewStages();
    return Document.builder()
        .put("version", run.version())
        .put("timestamp", run.timestamp())
        .put("config", run.config())
        .putIfPresent("view_stages", stages == null ? null : Values.list(stages))
        .putIfPresent("results", run.results())
        .put("state", run.state())
        .build();
  }

  static RunRecord run(ObjectId id, String type, String key, Document document) {
    List<String> stages =
        document.contains("view_stages")
            ? document.getList("view_stages").stream().map(Objects::toString).toList()
            : null;
    return new RunRecord(
        id,
        type,
        key,
        document.getString("version", ""),
        document.get("timestamp") instanceof Instant t ? t : Instant.EPOCH,
        document.getDocument("config"),
        stages,
        results(document),
        document.getDocument("state"));
  }

  private static @Nullable Document results(Document document) {
    return document.get("results", Document.class);
  }

  static Document toDocument(SavedView view) {
    return Document.of("stages", StageDocuments.toList(view.view()), "extras", view.extras());
  }

  static SavedView savedView(ObjectId id, String name, Document document) {
    return new SavedView(
        id, name, StageDocuments.view(document.getList("stages")), document.getDocument("extras"));
  }
}
