package io.postil.store.mongo;

import io.postil.testkit.MongoServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** The contract on a single server, which has neither transactions nor snapshots. */
@Tag("mongo")
class MongoStandaloneContractTest extends MongoStoreContractTest {
  private static MongoServer server;

  @BeforeAll
  static void start() {
    server = MongoServer.start(0);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Override
  MongoServer server() {
    return server;
  }

  @Override
  protected boolean hidesChangesInProgress() {
    return false;
  }

  @Override
  protected boolean readsOneState() {
    return false;
  }
}
