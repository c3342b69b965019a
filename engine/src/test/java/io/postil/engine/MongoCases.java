package io.postil.engine;

import io.postil.core.dataset.DatasetInfo;
import io.postil.core.store.DatasetStore;
import io.postil.core.store.StoredDataset;
import io.postil.core.value.Document;
import io.postil.store.mongo.MongoStoreProvider;
import io.postil.testkit.MongoServer;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/**
 * Recorded cases on a real MongoDB: one database for all cases of a test class, emptied when a case
 * closes its store.
 */
public final class MongoCases implements AutoCloseable {
  private final DatasetStore store =
      new MongoStoreProvider()
          .open(URI.create(MongoServer.shared().address(MongoServer.newDatabase())), Path.of("."));

  /** The store, as one that a case owns. */
  public DatasetStore open() {
    Emptied emptied = new Emptied(store);
    emptied.close();
    return emptied;
  }

  @Override
  public void close() {
    store.close();
  }

  private record Emptied(DatasetStore store) implements DatasetStore {
    @Override
    public String location() {
      return store.location();
    }

    @Override
    public List<DatasetInfo> list() {
      return store.list();
    }

    @Override
    public StoredDataset create(DatasetInfo info) {
      return store.create(info);
    }

    @Override
    public StoredDataset open(String name) {
      return store.open(name);
    }

    @Override
    public void rename(String name, String newName) {
      store.rename(name, newName);
    }

    @Override
    public void delete(String name) {
      store.delete(name);
    }

    @Override
    public Document describe() {
      return store.describe();
    }

    @Override
    public void close() {
      store.list().forEach(info -> store.delete(info.name()));
    }
  }
}
