package io.postil.engine.edit;

import io.postil.engine.Workspace;
import io.postil.testkit.MongoServer;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;

/** Edits on MongoDB, as FiftyOne's documents. */
@Tag("mongo")
class MongoEditsTest extends EditCases {
  @Override
  Workspace open(Path home) {
    String address = MongoServer.shared().address(MongoServer.newDatabase());
    return Workspace.open(home, URI.create(address), Map.of());
  }
}
