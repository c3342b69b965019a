package io.postil.engine.views;

import io.postil.core.store.DatasetStore;
import io.postil.engine.MongoCases;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** The recorded cases of views on MongoDB. */
@Tag("mongo")
class MongoGoldenViewsTest extends GoldenViews {
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
  DatasetStore open(String name) {
    return cases.open();
  }
}
