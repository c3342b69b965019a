package io.postil.engine.views;

import io.postil.core.store.DatasetStore;
import io.postil.store.sqlite.SqliteStoreProvider;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/** The recorded cases of views on the embedded store. */
@Tag("views")
class GoldenViewsTest extends GoldenViews {
  @TempDir Path home;

  @Override
  DatasetStore open(String name) {
    return new SqliteStoreProvider().open(URI.create("sqlite:" + home.resolve(name + ".db")), home);
  }
}
