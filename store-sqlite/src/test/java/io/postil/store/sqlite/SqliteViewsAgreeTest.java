package io.postil.store.sqlite;

import io.postil.core.store.DatasetStore;
import io.postil.testkit.views.ViewsAgreeContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import net.jqwik.api.PropertyDefaults;

/** Views on the embedded store are what the naive evaluator says. */
@PropertyDefaults(tries = 250)
class SqliteViewsAgreeTest extends ViewsAgreeContract {
  @Override
  protected DatasetStore open() {
    try {
      return new SqliteStoreProvider()
          .open(URI.create("sqlite:/"), Files.createTempDirectory("postil-views"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
