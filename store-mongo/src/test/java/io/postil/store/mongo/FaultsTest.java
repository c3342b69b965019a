package io.postil.store.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.MongoException;
import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.store.DatasetStore;
import io.postil.core.value.Document;
import io.postil.store.mongo.Work.State;
import io.postil.testkit.KilledProcess;
import io.postil.testkit.MongoServer;
import java.util.List;
import java.util.Random;
import java.util.function.BiConsumer;
import java.util.function.IntConsumer;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Clients and servers that die in the middle of an import, a merge and its undo. Each kind is tried
 * a few times at another place; {@code POSTIL_TEST_ROUNDS=20 ./check mongo} tries longer.
 */
@Tag("mongo")
class FaultsTest {
  private static final Change.Limits JOURNALED = new Change.Limits(0, 0, 0);
  private static final Random RANDOM = new Random(1);

  private static int rounds(int usual) {
    String rounds = System.getenv("POSTIL_TEST_ROUNDS");
    return rounds == null || rounds.isEmpty() ? usual : Integer.parseInt(rounds);
  }

  // --- clients ----------------------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void survivesClientsThatAreKilled(boolean journaled) {
    for (int round = 0; round < rounds(2); round++) {
      String address = MongoServer.shared().address(MongoServer.newDatabase());
      for (String work : List.of("import", "merge", "undo")) {
        State before = state(address);
        int lines = 1 + RANDOM.nextInt(Work.SAMPLES);
        KilledProcess.run(Work.class, lines, address, work, String.valueOf(journaled));
        State after = state(address);
        State wanted =
            switch (work) {
              case "import", "undo" -> State.IMPORTED;
              default -> State.MERGED;
            };
        assertThat(after).as("%s killed at %s", work, lines).isIn(before, wanted);
        if (after != wanted) {
          try (DatasetStore store = MongoStore.connect(address)) {
            switch (work) {
              case "import" -> Work.importSamples(store, n -> {});
              case "merge" -> Work.merge(store, n -> {});
              default -> Work.undo(store, n -> {});
            }
            assertThat(Work.state(store)).isEqualTo(wanted);
          }
        }
      }
      isTidy(address);
    }
  }

  private static State state(String address) {
    try (DatasetStore store = MongoStore.connect(address)) {
      return Work.state(store);
    }
  }

  /** Nothing is left of changes that were taken back. */
  private static void isTidy(String address) {
    try (Connection connection = Connection.open(address)) {
      assertThat(connection.raw(Connection.JOURNAL).countDocuments()).isZero();
      assertThat(
              connection
                  .raw(Connection.CHANGES)
                  .countDocuments(BsonValues.toBson(Document.of("state", "running"))))
          .isZero();
      long collections =
          connection.database().listCollectionNames().into(new java.util.ArrayList<>()).stream()
              .filter(name -> name.startsWith("samples."))
              .count();
      assertThat(collections).isEqualTo(1);
      connection.database().drop();
    }
  }

  // --- servers ----------------------------------------------------------------------------------

  @Test
  void survivesAServerThatIsKilled() {
    try (MongoServer server = MongoServer.start(1)) {
      for (int round = 0; round < rounds(1); round++) {
        breakServer(
            server,
            round,
            () -> {
              server.kill(0);
              server.restart();
            });
      }
    }
  }

  @Test
  void survivesTheLossOfAPrimary() {
    try (MongoServer server = MongoServer.start(3)) {
      for (int round = 0; round < rounds(1); round++) {
        breakServer(server, round, () -> server.kill(primary(server)));
      }
    }
  }

  @Test
  void survivesAPrimaryThatStepsDown() {
    try (MongoServer server = MongoServer.start(1)) {
      for (int round = 0; round < rounds(1); round++) {
        breakServer(server, round, () -> stepDown(server));
      }
    }
  }

  private static void stepDown(MongoServer server) {
    try (com.mongodb.client.MongoClient client =
        com.mongodb.client.MongoClients.create(server.address())) {
      Document command = Document.of("replSetStepDown", 1, "force", true);
      client.getDatabase("admin").runCommand(BsonValues.toBson(command));
    } catch (com.mongodb.MongoSocketException e) {
      // It may end connections instead of answering.
      return;
    }
  }

  private static int primary(MongoServer server) {
    for (int node = 0; ; node++) {
      String host = "mongodb://127.0.0.1:" + server.port(node) + "/?directConnection=true";
      try (com.mongodb.client.MongoClient client = com.mongodb.client.MongoClients.create(host)) {
        BsonDocument hello = new BsonDocument("hello", new BsonInt32(1));
        if (client.getDatabase("admin").runCommand(hello).getBoolean("isWritablePrimary", false)) {
          return node;
        }
      } catch (MongoException e) {
        continue;
      }
    }
  }

  private static void breakServer(MongoServer server, int round, Runnable fault) {
    for (Change.Limits limits : List.of(Change.Limits.DEFAULT, JOURNALED)) {
      String address = server.address(MongoServer.newDatabase());
      attempt(server, address, limits, fault, Work::importSamples, State.NOTHING, State.IMPORTED);
      attempt(server, address, limits, fault, Work::merge, State.IMPORTED, State.MERGED);
      attempt(server, address, limits, fault, Work::undo, State.MERGED, State.IMPORTED);
      isTidy(address);
    }
    assertThat(round).isNotNegative();
  }

  /** Does something during which the fault happens, and again if that made it fail. */
  private static void attempt(
      MongoServer server,
      String address,
      Change.Limits limits,
      Runnable fault,
      BiConsumer<DatasetStore, IntConsumer> work,
      State before,
      State wanted) {
    int at = RANDOM.nextInt(Work.SAMPLES);
    boolean done = true;
    try (DatasetStore store = MongoStore.connect(address, limits)) {
      work.accept(
          store,
          number -> {
            if (number == at) {
              fault.run();
            }
          });
    } catch (PostilException e) {
      assertThat(e.code()).isIn(ErrorCode.STORE_UNAVAILABLE, ErrorCode.STALE_REVISION);
      done = false;
    }
    server.restart();
    State after = state(address);
    assertThat(after).isIn(done ? List.of(wanted) : List.of(before, wanted));
    if (after != wanted) {
      try (DatasetStore store = MongoStore.connect(address, limits)) {
        work.accept(store, number -> {});
      }
      assertThat(state(address)).isEqualTo(wanted);
    }
  }
}
