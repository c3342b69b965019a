package io.postil.engine.views;

import io.postil.core.PostilException;
import io.postil.core.store.DatasetStore;
import io.postil.core.store.StoredDataset;
import io.postil.core.value.Document;
import io.postil.core.view.StageDocuments;
import io.postil.core.view.ViewDefinition;
import io.postil.store.sqlite.SqliteStoreProvider;
import io.postil.testkit.GoldenDataset;
import io.postil.testkit.views.NaiveViews;
import io.postil.testkit.views.NotCovered;
import io.postil.testkit.views.ViewAnswers;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/**
 * The recorded cases of views on the naive evaluator, as far as it knows what they need: its own
 * proof, before other evaluators are compared with it.
 */
@Tag("views")
class NaiveGoldenViewsTest extends GoldenViews {
  @TempDir Path home;

  @Override
  DatasetStore open(String name) {
    return new SqliteStoreProvider().open(URI.create("sqlite:" + home.resolve(name + ".db")), home);
  }

  @Override
  ViewAnswers answers(StoredDataset dataset) {
    return NaiveViews.of(ViewAnswers.of(dataset));
  }

  @Override
  boolean covers(Document recorded) {
    if (recorded.contains("evaluate") || !recorded.contains("view")) {
      return false;
    }
    GoldenDataset golden =
        new GoldenDataset(recorded.getDocument("dataset"), recorded.getDocument("rand"));
    try (DatasetStore store = open("covered-" + recorded.getString("name"))) {
      ViewAnswers naive = answers(golden.createIn(store));
      ViewDefinition view = StageDocuments.view(golden.resolve(recorded.get("view")));
      return knows(() -> naive.count(view))
          && recorded.getDocument("aggregate").toMap().values().stream()
              .allMatch(a -> knows(() -> naive.aggregate(view, aggregation((Document) a, golden))));
    } catch (PostilException e) {
      // A view that cannot even be read is no matter of the evaluator.
      return false;
    }
  }

  private static boolean knows(Runnable question) {
    try {
      question.run();
      return true;
    } catch (NotCovered e) {
      return false;
    } catch (RuntimeException e) {
      return true;
    }
  }

  @Override
  boolean isExpected(RuntimeException error, String reason) {
    return !(error instanceof NotCovered) && !(error instanceof PostilException);
  }
}
