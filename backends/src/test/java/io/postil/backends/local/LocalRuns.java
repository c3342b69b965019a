package io.postil.backends.local;

import io.postil.core.dataset.DatasetInfo;
import io.postil.core.store.DatasetStore;
import io.postil.core.store.StoredDataset;
import io.postil.engine.annotation.Annotations;
import io.postil.engine.config.AnnotationConfig;
import io.postil.engine.config.Backends;
import io.postil.store.sqlite.SqliteStoreProvider;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;

/** A new dataset in a new embedded store, whose runs go to the local queue. Not thread-safe. */
final class LocalRuns implements AutoCloseable {
  final StoredDataset dataset;
  final Annotations annotations;
  private final DatasetStore store;

  LocalRuns(Path home, DatasetInfo info) {
    store = new SqliteStoreProvider().open(URI.create("sqlite:/"), home);
    dataset = store.create(info);
    var providers = Backends.installed(home);
    var config = AnnotationConfig.read(Map.of(), home, providers);
    annotations = new Annotations(dataset, new Backends(providers, config, home), home);
  }

  @Override
  public void close() {
    store.close();
  }
}
