package io.postil.store.sqlite;

import io.postil.core.store.DatasetStore;
import io.postil.testkit.DatasetStoreContract;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SqliteStoreContractTest extends DatasetStoreContract {
  @TempDir Path home;

  @Override
  protected DatasetStore open() {
    return new SqliteStoreProvider().open(URI.create("sqlite:/"), home);
  }
}
