package io.postil.engine.annotation;

import io.postil.core.store.DatasetStore;
import io.postil.store.sqlite.SqliteStoreProvider;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;

/** The recorded cases of annotation runs on the embedded store. */
@Tag("golden")
class GoldenAnnotationTest extends GoldenAnnotations {
  @Override
  DatasetStore open(Path directory) {
    return new SqliteStoreProvider()
        .open(URI.create("sqlite:" + directory.resolve("postil.db")), directory);
  }
}
