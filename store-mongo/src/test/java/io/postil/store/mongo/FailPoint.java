package io.postil.store.mongo;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import io.postil.core.value.Document;
import java.util.List;

/** Lets commands of one database fail on a real server, until it is closed. */
final class FailPoint implements AutoCloseable {
  static final int OUT_OF_DISK_SPACE = 14_031;
  static final int UNAUTHORIZED = 13;
  static final int CURSOR_NOT_FOUND = 43;
  static final int WRITE_CONFLICT = 112;

  private final MongoClient client;

  private FailPoint(String address, Object mode, Document data) {
    client = MongoClients.create(address);
    configure(Document.builder().put("mode", mode).put("data", data));
  }

  /** As long as it is open. */
  static FailPoint always(String address, int code, String collection, String... commands) {
    return new FailPoint(address, "alwaysOn", data(code, collection, commands));
  }

  /** The next time only. */
  static FailPoint once(String address, int code, String collection, String... commands) {
    return new FailPoint(address, Document.of("times", 1), data(code, collection, commands));
  }

  /**
   * The next times as on a server whose cache is too small: it reports a conflict whenever a
   * transaction is tried.
   */
  static FailPoint conflict(String address, int times, String collection, String command) {
    Document data =
        data(WRITE_CONFLICT, collection, command)
            .with("errorLabels", List.of("TransientTransactionError"));
    return new FailPoint(address, Document.of("times", times), data);
  }

  /** The next command is answered late. */
  static FailPoint late(String address, long millis, String collection, String command) {
    Document data =
        Document.builder()
            .put("failCommands", List.of(command))
            .put("namespace", collection)
            .put("blockConnection", true)
            .put("blockTimeMS", millis)
            .build();
    return new FailPoint(address, Document.of("times", 1), data);
  }

  private static Document data(int code, String collection, String... commands) {
    Document data = Document.of("failCommands", List.of(commands), "errorCode", code);
    return collection.isEmpty() ? data : data.with("namespace", collection);
  }

  private void configure(Document.Builder how) {
    Document command = Document.of("configureFailPoint", "failCommand").withAll(how.build());
    client.getDatabase("admin").runCommand(BsonValues.toBson(command));
  }

  @Override
  public void close() {
    configure(Document.builder().put("mode", "off"));
    client.close();
  }
}
