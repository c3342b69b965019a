package io.postil.store.mongo;

import com.mongodb.ClientSessionOptions;
import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.MongoException;
import com.mongodb.ReadConcern;
import com.mongodb.ReadPreference;
import com.mongodb.WriteConcern;
import com.mongodb.client.ClientSession;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.value.Document;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonNull;
import org.bson.BsonString;
import org.jspecify.annotations.Nullable;

/**
 * A connection to one database: the driver's client, what the server can do, and the names of the
 * collections. Reads come from the primary, writes wait for the majority. Thread-safe.
 */
final class Connection implements AutoCloseable {
  static final String DATASETS = "datasets";
  static final String RUNS = "runs";
  static final String VIEWS = "views";
  static final String FILES = "fs.files";
  static final String CHUNKS = "fs.chunks";

  /** The state and own results of runs, by the run's id. */
  static final String RUN_STATES = "postil.runs";

  /** Data that belongs to runs and loads; the id is owner, sample, frame and name. */
  static final String SIDES = "postil.sides";

  static final String HISTORY = "postil.history";

  /** Which process is changing a dataset, by the dataset's id. */
  static final String LOCKS = "postil.locks";

  /** Changes in progress that are no transaction, and the last transaction of each dataset. */
  static final String CHANGES = "postil.changes";

  /** How to take such changes back. */
  static final String JOURNAL = "postil.journal";

  private static final List<String> OURS = List.of(RUN_STATES, SIDES, HISTORY, LOCKS, CHANGES);

  /** The driver would wait for ever for a server that was cut off in the middle of an answer. */
  private static final int LONGEST_ANSWER_MINUTES = 10;

  private static final long SLOW_MILLIS = 15_000;

  /** Kept here: loggers that nobody holds are forgotten, with their levels. */
  private static final java.util.logging.Logger DRIVER_LOG =
      java.util.logging.Logger.getLogger("org.mongodb.driver");

  private final MongoClient client;
  private final MongoDatabase database;
  private final Servers servers;
  private final boolean transactions;
  private final boolean skipInvalid;
  private volatile boolean prepared;

  private Connection(
      MongoClient client,
      MongoDatabase database,
      Servers servers,
      boolean transactions,
      boolean skipInvalid) {
    this.client = client;
    this.database = database;
    this.servers = servers;
    this.transactions = transactions;
    this.skipInvalid = skipInvalid;
  }

  static Connection open(String text) {
    // The driver tells of each connection it makes; only what goes wrong is of interest here.
    DRIVER_LOG.setLevel(java.util.logging.Level.SEVERE);
    Address address = Address.of(text);
    ConnectionString parsed = address.driver();
    Servers servers = new Servers(address.location(), parsed.getRequiredReplicaSetName());
    MongoClient client;
    try {
      client = MongoClients.create(settings(address, servers));
    } catch (MongoException | IllegalArgumentException e) {
      throw new PostilException(
          ErrorCode.INVALID_REQUEST,
          "the address of the database " + address.location() + " does not work: " + e.getMessage(),
          "Check its options.",
          e);
    }
    try {
      boolean transactions = hasTransactions(client, parsed);
      MongoDatabase database =
          client
              .getDatabase(address.database())
              .withReadPreference(ReadPreference.primary())
              .withReadConcern(ReadConcern.LOCAL)
              .withWriteConcern(WriteConcern.MAJORITY);
      return new Connection(client, database, servers, transactions, address.skipInvalid());
    } catch (MongoException e) {
      PostilException told = Errors.translate(e, servers);
      servers.close();
      client.close();
      throw told;
    }
  }

  private static MongoClientSettings settings(Address address, Servers servers) {
    ConnectionString parsed = address.driver();
    SlowAnswers slow = new SlowAnswers(servers.location(), SLOW_MILLIS);
    MongoClientSettings.Builder settings =
        MongoClientSettings.builder()
            .applyConnectionString(parsed)
            .applicationName(
                parsed.getApplicationName() == null ? "postil" : parsed.getApplicationName())
            .codecRegistry(BsonValues.REGISTRY)
            .applyToClusterSettings(cluster -> cluster.addClusterListener(servers))
            .applyToConnectionPoolSettings(pool -> pool.addConnectionPoolListener(slow))
            .applyToServerSettings(server -> server.addServerMonitorListener(slow))
            .retryReads(true)
            .retryWrites(true);
    if (parsed.getSocketTimeout() == null) {
      settings.applyToSocketSettings(
          socket -> socket.readTimeout(LONGEST_ANSWER_MINUTES, TimeUnit.MINUTES));
    }
    if (address.authorities() != null || address.identity() != null) {
      SSLContext context = Certificates.context(address.authorities(), address.identity());
      settings.applyToSslSettings(ssl -> ssl.enabled(true).context(context));
    }
    return settings.build();
  }

  /** Asks the server what it is; quickly, so that a wrong address is told soon. */
  private static boolean hasTransactions(MongoClient client, ConnectionString parsed) {
    long patience = parsed.getServerSelectionTimeout() == null ? 10_000 : 120_000;
    // As the driver has it: its times of the cluster would be read by way of JSON.
    BsonDocument hello =
        client
            .withTimeout(patience, TimeUnit.MILLISECONDS)
            .getDatabase("admin")
            .runCommand(new BsonDocument("hello", new BsonInt32(1)), BsonDocument.class);
    return hello.containsKey("setName")
        || new BsonString("isdbgrid").equals(hello.get("msg", BsonNull.VALUE));
  }

  /** Where the data is, without credentials. */
  String location() {
    return servers.location();
  }

  /** What is known of the servers, for messages. */
  Servers servers() {
    return servers;
  }

  /** Whether the server has transactions and snapshots: a replica set or a sharded cluster. */
  boolean hasTransactions() {
    return transactions;
  }

  /** Whether documents that cannot be read are left out. */
  boolean skipsInvalid() {
    return skipInvalid;
  }

  MongoDatabase database() {
    return database;
  }

  MongoCollection<Document> collection(String name) {
    return database.getCollection(name, Document.class);
  }

  /** A collection whose documents are read one by one when they are wanted. */
  MongoCollection<EncodedDocument> encoded(String name) {
    return database.getCollection(name, EncodedDocument.class);
  }

  MongoCollection<BsonDocument> raw(String name) {
    return database.getCollection(name, BsonDocument.class);
  }

  /** A session whose reads all see one state; null where the server has none. */
  @Nullable ClientSession snapshot() {
    return transactions
        ? client.startSession(ClientSessionOptions.builder().snapshot(true).build())
        : null;
  }

  /** A session for a transaction. */
  ClientSession session() {
    return client.startSession();
  }

  /** Facts about the server. */
  Document buildInfo() {
    return database.runCommand(new BsonDocument("buildInfo", new BsonInt32(1)), Document.class);
  }

  /** Facts about the database. */
  Document stats() {
    return database.runCommand(new BsonDocument("dbStats", new BsonInt32(1)), Document.class);
  }

  /**
   * Makes what every database of FiftyOne's and ours has, before the first write: a transaction
   * cannot make collections on every server.
   */
  void prepare() {
    if (prepared) {
      return;
    }
    Set<String> existing = database.listCollectionNames().into(new HashSet<>());
    List<String> wanted = new ArrayList<>(OURS);
    wanted.addAll(List.of("config", DATASETS, RUNS, VIEWS, FILES, CHUNKS));
    // The journal is made last: where it is, everything else was made.
    prepared = existing.contains(JOURNAL) && existing.containsAll(wanted);
    if (prepared) {
      return;
    }
    for (String name : wanted) {
      if (!existing.contains(name)) {
        create(name);
      }
    }
    index(DATASETS, true, "name");
    index(DATASETS, true, "sample_collection_name");
    index(FILES, false, "filename", "uploadDate");
    index(CHUNKS, true, "files_id", "n");
    index(HISTORY, false, "dataset", "n");
    if (collection("config").countDocuments() == 0) {
      collection("config")
          .insertOne(
              Document.builder()
                  .put("_id", io.postil.core.value.ObjectId.create())
                  .put("version", DatasetDocuments.VERSION)
                  .put("type", "fiftyone")
                  .build());
    }
    if (!existing.contains(JOURNAL)) {
      create(JOURNAL);
    }
    prepared = true;
  }

  private void create(String name) {
    try {
      database.createCollection(name);
    } catch (MongoException e) {
      if (Errors.code(e) != 48) { // It exists: another process was quicker.
        throw e;
      }
    }
  }

  private void index(String collection, boolean unique, String... names) {
    BsonDocument keys = new BsonDocument();
    for (String name : names) {
      keys.append(name, new BsonInt32(1));
    }
    collection(collection)
        .createIndex(keys, new com.mongodb.client.model.IndexOptions().unique(unique));
  }

  /** Makes the collection of a dataset's samples with the indexes FiftyOne makes. */
  void createSamples(String name, @Nullable String groupField) {
    create(name);
    for (String key : List.of("filepath", "created_at", "last_modified_at")) {
      index(name, false, key);
    }
    if (groupField != null) {
      index(name, false, groupField + "._id");
      index(name, false, groupField + ".name");
    }
  }

  /** Makes the collection of a dataset's frames with the indexes FiftyOne makes. */
  void createFrames(String name) {
    create(name);
    index(name, true, "_sample_id", "frame_number");
    index(name, false, "created_at");
    index(name, false, "last_modified_at");
  }

  /** Calls the action and turns the driver's errors into ours. */
  <T extends @Nullable Object> T run(Supplier<T> action) {
    try {
      servers.requireHope();
      return action.get();
    } catch (MongoException e) {
      throw Errors.translate(e, servers);
    } catch (org.bson.BsonMaximumSizeExceededException e) {
      throw Errors.tooLarge("a document", e);
    }
  }

  @Override
  public void close() {
    servers.close();
    client.close();
  }
}
