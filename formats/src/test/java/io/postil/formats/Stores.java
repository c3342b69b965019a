package io.postil.formats;

import io.postil.core.dataset.Sample;
import io.postil.core.store.DatasetStore;
import io.postil.core.store.Projection;
import io.postil.core.view.ViewDefinition;
import io.postil.store.sqlite.SqliteStoreProvider;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/** Opens stores for tests. */
final class Stores {
  private Stores() {}

  static DatasetStore open(Path directory) {
    return new SqliteStoreProvider().open(URI.create("sqlite:/"), directory);
  }

  static List<Sample> all(DatasetStore store, String dataset) {
    return store.open(dataset).read(ViewDefinition.ALL, Projection.ALL).toList();
  }
}
