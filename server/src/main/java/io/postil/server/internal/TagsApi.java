package io.postil.server.internal;

import io.postil.core.store.DatasetStore;
import io.postil.core.store.StoredDataset;
import io.postil.core.value.Document;
import io.postil.core.view.Aggregation;
import io.postil.core.view.StageDocuments;
import io.postil.core.view.ViewDefinition;
import io.postil.engine.edit.EditReport;
import io.postil.engine.edit.Edits;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tags of samples and of labels: how often each occurs, and changes of them. Thread-safe. */
final class TagsApi {
  private final DatasetStore store;

  TagsApi(DatasetStore store) {
    this.store = store;
  }

  /** The tags of the samples of a view, most frequent first. */
  List<@Nullable Object> counts(String dataset, Document query) {
    StoredDataset stored = store.open(dataset);
    List<Aggregation> question = List.of(Aggregation.countValues("tags"));
    return DatasetApi.counts(stored.aggregate(view(query), question).get(0));
  }

  /** Adds or removes tags of what a view shows: of its samples, or of the labels of some fields. */
  Document change(String dataset, Document body) {
    Edits edits = new Edits(store.open(dataset), view(body));
    List<String> tags = RunWire.texts(body.getList("tags"));
    String[] fields = RunWire.texts(body.getList("labels")).toArray(String[]::new);
    boolean remove = body.getBoolean("remove", false);
    EditReport report;
    if (fields.length == 0) {
      report = remove ? edits.untagSamples(tags) : edits.tagSamples(tags);
    } else {
      report = remove ? edits.untagLabels(tags, fields) : edits.tagLabels(tags, fields);
    }
    return report.toDocument();
  }

  private static ViewDefinition view(Document body) {
    return StageDocuments.view(body.getList("view"));
  }
}
