package io.postil.store.mongo;

import io.postil.core.store.DatasetStore;
import io.postil.testkit.DatasetStoreContract;
import io.postil.testkit.MongoServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;

/** The contract on a real server, with changes as transactions. */
@Tag("mongo")
class MongoStoreContractTest extends DatasetStoreContract {
  private final String database = MongoServer.newDatabase();

  @Override
  protected DatasetStore open() {
    return MongoStore.connect(server().address(database), limits());
  }

  MongoServer server() {
    return MongoServer.shared();
  }

  Change.Limits limits() {
    return Change.Limits.DEFAULT;
  }

  @AfterEach
  void dropDatabase() {
    try (Connection connection = Connection.open(server().address(database))) {
      connection.database().drop();
    }
  }
}
