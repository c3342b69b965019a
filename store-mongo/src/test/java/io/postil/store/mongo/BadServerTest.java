package io.postil.store.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.store.DatasetStore;
import io.postil.core.store.Projection;
import io.postil.core.view.Stages;
import io.postil.core.view.ViewDefinition;
import io.postil.store.mongo.Work.State;
import io.postil.testkit.FaultyNetwork;
import io.postil.testkit.FaultyNetwork.Direction;
import io.postil.testkit.MongoServer;
import io.postil.testkit.TestSamples;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers that are full, cannot be reached, or are lost in the middle of a change. */
@Tag("mongo")
class BadServerTest {
  private static final Change.Limits JOURNALED = new Change.Limits(0, 0, 0);

  private final String database = MongoServer.newDatabase();
  private final String address = MongoServer.shared().address(database);

  @AfterEach
  void drop() {
    try (Connection connection = Connection.open(address)) {
      connection.database().drop();
    }
  }

  private static void fails(ErrorCode code, String message, ThrowingCallable action) {
    assertThatExceptionOfType(PostilException.class)
        .isThrownBy(action)
        .satisfies(e -> assertThat(e.code()).isEqualTo(code))
        .satisfies(e -> assertThat(e.getMessage() + " " + e.remedy()).contains(message));
  }

  private DatasetStore open(boolean journaled) {
    return MongoStore.connect(address, journaled ? JOURNALED : Change.Limits.DEFAULT);
  }

  private State state() {
    try (DatasetStore store = open(false)) {
      return Work.state(store);
    }
  }

  // --- a full disk ------------------------------------------------------------------------------

  @ParameterizedTest
  @CsvSource({"false,insert", "false,update", "false,commitTransaction", "true,insert"})
  void changesNothingWhereTheDiskIsFull(boolean journaled, String command) {
    try (DatasetStore store = open(journaled)) {
      Work.importSamples(store, n -> {});
      try (FailPoint full = FailPoint.always(address, FailPoint.OUT_OF_DISK_SPACE, "", command)) {
        fails(
            ErrorCode.STORE_FULL,
            "the disk of the database mongodb://127.0.0.1",
            () -> Work.merge(store, n -> {}));
      }
      assertThat(Work.state(store)).isEqualTo(State.IMPORTED);
      Work.merge(store, n -> {});
      assertThat(Work.state(store)).isEqualTo(State.MERGED);
    }
  }

  @Test
  void takesAHalfDoneChangeBackWhenThereIsSpaceAgain() {
    try (DatasetStore store = open(true)) {
      Work.importSamples(store, n -> {});
      try (FailPoint full = FailPoint.always(address, FailPoint.OUT_OF_DISK_SPACE, "", "update")) {
        fails(
            ErrorCode.STORE_FULL,
            "a part of the change is still there",
            () -> Work.merge(store, n -> {}));
        // It can be read all the same, and says so.
        assertThat(store.open(Work.NAME).count(ViewDefinition.ALL)).isEqualTo(Work.SAMPLES);
        assertThat(store.open(Work.NAME).changeInProgress()).contains("interrupted");
        fails(ErrorCode.STORE_FULL, "Free some space", () -> Work.merge(store, n -> {}));
      }
      assertThat(Work.state(store)).isEqualTo(State.IMPORTED);
      assertThat(store.open(Work.NAME).changeInProgress()).isNull();
    }
  }

  @Test
  void endsAChangeThatWasDecidedBeforeTheDiskWasFull() {
    try (DatasetStore store = open(true)) {
      Work.importSamples(store, n -> {});
      Work.merge(store, n -> {});
      String sides = database + "." + Connection.SIDES;
      try (FailPoint full = FailPoint.once(address, FailPoint.OUT_OF_DISK_SPACE, sides, "delete")) {
        fails(ErrorCode.STORE_FULL, "the change was made, but", () -> Work.undo(store, n -> {}));
      }
      assertThat(Work.state(store)).isEqualTo(State.IMPORTED);
    }
  }

  // --- a server that cannot be reached -----------------------------------------------------------

  @Test
  void saysWhyNoServerCanBeUsed() throws IOException {
    int closed;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = socket.getLocalPort();
    }
    String wait = "serverSelectionTimeoutMS=1500";
    unreachable("refuses connections", "mongodb://127.0.0.1:" + closed + "/x?" + wait);
    unreachable("is no host that is known", "mongodb://nobody.invalid/x?" + wait);
    unreachable("over TLS", direct(port()) + "&tls=true&" + wait);
    unreachable(
        "replica set other", "mongodb://127.0.0.1:" + port() + "/x?replicaSet=other&" + wait);
    try (FaultyNetwork network = FaultyNetwork.to(port())) {
      network.refuse();
      unreachable("wants TLS", direct(network.port()) + "&" + wait);
      network.resume();
      network.stop();
      unreachable("does not answer", direct(network.port()) + "&connectTimeoutMS=200&" + wait);
    }
  }

  private static void unreachable(String why, String address) {
    fails(ErrorCode.STORE_UNAVAILABLE, why, () -> MongoStore.connect(address));
  }

  @Test
  void tellsMissingRightsFromAWrongPassword() {
    String stranger = address.replace("mongodb://", "mongodb://somebody:se%20cret@");
    unreachable("refused the user name or password", stranger);
    try (DatasetStore store = open(false)) {
      Work.importSamples(store, n -> {});
      String datasets = database + "." + Connection.DATASETS;
      try (FailPoint denied = FailPoint.once(address, FailPoint.UNAUTHORIZED, datasets, "find")) {
        fails(ErrorCode.STORE_UNAVAILABLE, "has no right", store::list);
      }
    }
  }

  private static int port() {
    String hosts = MongoServer.shared().address();
    return Integer.parseInt(hosts.replaceAll("^mongodb://[^:]*:(\\d+)/.*$", "$1"));
  }

  private static String direct(int port) {
    return "mongodb://127.0.0.1:" + port + "/x?directConnection=true";
  }

  private MongoStore through(FaultyNetwork network, boolean journaled) {
    String options =
        "?directConnection=true&serverSelectionTimeoutMS=1000&heartbeatFrequencyMS=500";
    return MongoStore.connect(
        "mongodb://127.0.0.1:" + network.port() + "/" + database + options,
        journaled ? JOURNALED : Change.Limits.DEFAULT);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void givesUpOnAServerThatIsLostInTheMiddle(boolean journaled) {
    try (FaultyNetwork network = FaultyNetwork.to(port());
        MongoStore store = through(network, journaled)) {
      Work.importSamples(store, n -> {});
      fails(
          ErrorCode.STORE_UNAVAILABLE,
          "cannot be reached: 127.0.0.1:" + network.port(),
          () ->
              Work.merge(
                  store,
                  n -> {
                    if (n == Work.SAMPLES / 2) {
                      network.refuse();
                    }
                  }));
      // Nothing else waits for it, as the App would with each request.
      fails(ErrorCode.STORE_UNAVAILABLE, "cannot be reached", store::list);
      network.resume();
      try (DatasetStore again = open(journaled)) {
        assertThat(Work.state(again)).isEqualTo(State.IMPORTED);
        Work.merge(again, n -> {});
        assertThat(Work.state(again)).isEqualTo(State.MERGED);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"false,REQUEST", "false,ANSWER", "true,REQUEST", "true,ANSWER"})
  void survivesConnectionsThatAreCut(boolean journaled, Direction direction) {
    for (int message : List.of(1, 2, 3, 5, 8)) {
      try (FaultyNetwork network = FaultyNetwork.to(port());
          MongoStore store = through(network, journaled)) {
        if (state() == State.NOTHING) {
          Work.importSamples(store, n -> {});
        }
        State before = state();
        State wanted = before == State.MERGED ? State.IMPORTED : State.MERGED;
        network.cutAt(direction, message);
        boolean done = true;
        try {
          if (before == State.MERGED) {
            Work.undo(store, n -> {});
          } else {
            Work.merge(store, n -> {});
          }
        } catch (PostilException e) {
          assertThat(e.code()).isIn(ErrorCode.STORE_UNAVAILABLE, ErrorCode.STALE_REVISION);
          done = false;
        }
        assertThat(state())
            .as("%s at message %s", direction, message)
            .isIn(done ? List.of(wanted) : List.of(before, wanted));
      }
    }
  }

  @Test
  void warnsWhileAServerThatIsThereDoesNotAnswer() {
    List<String> told = new CopyOnWriteArrayList<>();
    Logger log = Logger.getLogger("io.postil.store.mongo");
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord entry) {
            told.add(entry.getMessage());
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    SlowAnswers slow = new SlowAnswers("mongodb://here/x", 100);
    MongoClientSettings settings =
        MongoClientSettings.builder()
            .applyConnectionString(new ConnectionString(address))
            .applyToConnectionPoolSettings(pool -> pool.addConnectionPoolListener(slow))
            .applyToServerSettings(
                server ->
                    server
                        .addServerMonitorListener(slow)
                        .heartbeatFrequency(500, TimeUnit.MILLISECONDS))
            .build();
    log.addHandler(handler);
    try (MongoClient client = MongoClients.create(settings);
        FailPoint late = FailPoint.late(address, 2_000, database + ".things", "find")) {
      assertThat(client.getDatabase(database).getCollection("things").find().first()).isNull();
    } finally {
      log.removeHandler(handler);
    }
    assertThat(told)
        .singleElement(InstanceOfAssertFactories.STRING)
        .contains("mongodb://here/x", "has not answered", "disk is full");
  }

  // --- long reads --------------------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void readsOnWhereTheServerForgetsACursor(boolean sorted) {
    try (DatasetStore store = open(false)) {
      Work.importSamples(store, n -> {});
      store
          .open(Work.NAME)
          .write(
              writer -> {
                for (int i = 0; i < 500; i++) {
                  writer.insert(TestSamples.image("/more/" + i + ".jpg", 1));
                }
                return null;
              });
      ViewDefinition view =
          sorted ? ViewDefinition.ALL.then(Stages.sortBy("filepath", false)) : ViewDefinition.ALL;
      try (FailPoint killed = FailPoint.once(address, FailPoint.CURSOR_NOT_FOUND, "", "getMore")) {
        assertThat(store.open(Work.NAME).read(view, Projection.ALL).toList())
            .extracting(s -> s.filepath())
            .doesNotHaveDuplicates()
            .hasSize(Work.SAMPLES + 500);
      }
    }
  }

  // --- changes of others -------------------------------------------------------------------------

  @Test
  void tellsReadersOfAChangeThatTheyMaySeeAPartOf() {
    try (DatasetStore store = open(true);
        DatasetStore reader = open(false)) {
      Work.importSamples(store, n -> {});
      Work.merge(
          store,
          n ->
              assertThat(reader.open(Work.NAME).changeInProgress())
                  .contains("process " + ProcessHandle.current().pid(), "parts are seen"));
      assertThat(reader.open(Work.NAME).changeInProgress()).isNull();
    }
  }
}
