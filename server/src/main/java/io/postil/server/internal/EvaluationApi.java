package io.postil.server.internal;

import io.postil.core.store.DatasetStore;
import io.postil.core.value.Document;
import io.postil.core.value.Values;
import io.postil.engine.evaluation.EvaluationReport;
import io.postil.engine.evaluation.Evaluations;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the App asks about evaluations. Thread-safe. */
final class EvaluationApi {
  private final DatasetStore store;

  EvaluationApi(DatasetStore store) {
    this.store = store;
  }

  private Evaluations of(String dataset) {
    return new Evaluations(store.open(dataset));
  }

  List<@Nullable Object> list(String dataset) {
    return Values.list(of(dataset).summaries());
  }

  Document evaluation(String dataset, String key) {
    return of(dataset).data(key).details();
  }

  Document curves(String dataset, String key) {
    return of(dataset).data(key).curves();
  }

  /** A page with its numbers and plots. */
  String report(String dataset, String key) {
    return EvaluationReport.html(dataset, of(dataset).data(key));
  }

  Document rename(String dataset, String key, Document body) {
    String newKey = body.getString("key", "");
    of(dataset).rename(key, newKey);
    return of(dataset).data(newKey).summary();
  }

  Document delete(String dataset, String key) {
    of(dataset).delete(key);
    return Document.empty();
  }
}
