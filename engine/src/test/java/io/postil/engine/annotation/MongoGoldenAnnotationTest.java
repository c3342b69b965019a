package io.postil.engine.annotation;

import io.postil.core.store.DatasetStore;
import io.postil.engine.MongoCases;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** The recorded cases of annotation runs on MongoDB. */
@Tag("mongo")
class MongoGoldenAnnotationTest extends GoldenAnnotations {
  private static MongoCases cases;

  @BeforeAll
  static void connect() {
    cases = new MongoCases();
  }

  @AfterAll
  static void disconnect() {
    cases.close();
  }

  @Override
  DatasetStore open(Path directory) {
    return cases.open();
  }
}
