package io.postil.store.mongo;

import com.mongodb.MongoException;
import com.mongodb.client.MongoCursor;
import io.postil.core.ErrorCode;
import io.postil.core.Nearest;
import io.postil.core.PostilException;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.store.DatasetStore;
import io.postil.core.store.DatasetWriter;
import io.postil.core.store.StoredDataset;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.jspecify.annotations.Nullable;

/** The store in one database. Thread-safe. */
final class MongoStore implements DatasetStore {
  private static final System.Logger LOG = System.getLogger("io.postil.store.mongo");

  private final Connection connection;
  private final Change.Limits limits;
  private final Map<ObjectId, String> warned = new ConcurrentHashMap<>();

  private MongoStore(Connection connection, Change.Limits limits) {
    this.connection = connection;
    this.limits = limits;
  }

  static MongoStore connect(String address) {
    return connect(address, Change.Limits.DEFAULT);
  }

  static MongoStore connect(String address, Change.Limits limits) {
    Connection connection = Connection.open(address);
    boolean done = false;
    try {
      MongoStore store = new MongoStore(connection, limits);
      store.recover(null);
      done = true;
      return store;
    } finally {
      if (!done) {
        connection.close();
      }
    }
  }

  @Override
  public String location() {
    return connection.location();
  }

  private static BsonDocument named(String name) {
    return BsonValues.toBson(Document.of("name", name));
  }

  /** Views of patches, clips and frames are datasets to FiftyOne; those are left out. */
  private static boolean isReal(Document dataset) {
    return dataset.getString("sample_collection_name", "").startsWith("samples.")
        && dataset.get("_id") instanceof ObjectId;
  }

  @Override
  public List<DatasetInfo> list() {
    return connection.run(
        () -> {
          List<DatasetInfo> infos = new ArrayList<>();
          try (MongoCursor<Document> all =
              new Reading(connection, null)
                  .find(
                      Connection.DATASETS,
                      Change.all(),
                      null,
                      new BsonDocument("name", new BsonInt32(1)),
                      0)) {
            while (all.hasNext()) {
              Document dataset = all.next();
              if (isReal(dataset)) {
                infos.add(DatasetDocuments.info(dataset));
              }
            }
          }
          return infos;
        });
  }

  @Override
  public StoredDataset create(DatasetInfo info) {
    create(info, writer -> null);
    return new MongoDataset(connection, info.id(), info.name(), limits);
  }

  @Override
  public <T extends @Nullable Object> T create(
      DatasetInfo info, Function<DatasetWriter, T> action) {
    ObjectId changeId = ObjectId.create();
    Lock lock =
        connection.run(
            () -> {
              connection.prepare();
              requireFree(info.name());
              return Lock.take(connection, info.id(), changeId, info.name());
            });
    try (lock) {
      Change change =
          connection.run(() -> Change.beginCreation(connection, lock, info.id(), changeId));
      return MongoDataset.end(
          change,
          () -> {
            Instant now = Instant.ofEpochMilli(System.currentTimeMillis());
            Document document = DatasetDocuments.create(info, now);
            connection.run(
                () -> {
                  connection.createSamples(
                      document.getString("sample_collection_name", ""),
                      info.group() == null ? null : info.group().field());
                  if (document.contains("frame_collection_name")) {
                    connection.createFrames(document.getString("frame_collection_name", ""));
                  }
                  return true;
                });
            MongoWriter writer = new MongoWriter(connection, change, changeId, document);
            T result = writer.run(action);
            change.flush();
            publish(writer.document());
            return result;
          },
          () -> {});
    }
  }

  /** Inserts the dataset's document, by which everybody sees it. */
  private void publish(Document document) {
    try {
      connection.collection(Connection.DATASETS).insertOne(document);
    } catch (MongoException e) {
      if (Errors.code(e) == Errors.DUPLICATE_KEY) {
        throw exists(document.getString("name", ""));
      }
      throw e;
    }
  }

  private void requireFree(String name) {
    if (name.isBlank()) {
      throw new PostilException(ErrorCode.INVALID_NAME, "the name of a dataset is empty");
    }
    if (new Reading(connection, null).first(Connection.DATASETS, named(name)) != null) {
      throw exists(name);
    }
  }

  private static PostilException exists(String name) {
    return new PostilException(
        ErrorCode.DATASET_EXISTS,
        "there is a dataset " + name + " already",
        "Choose another name, or delete it first: postil datasets delete " + name);
  }

  private Document find(String name) {
    Document found = new Reading(connection, null).first(Connection.DATASETS, named(name));
    if (found == null || !isReal(found)) {
      throw new PostilException(
          ErrorCode.UNKNOWN_DATASET,
          "there is no dataset " + name,
          Nearest.hint(name, list().stream().map(DatasetInfo::name).toList()));
    }
    return found;
  }

  private static ObjectId id(Document dataset) {
    return (ObjectId) java.util.Objects.requireNonNull(dataset.get("_id"));
  }

  @Override
  public StoredDataset open(String name) {
    return connection.run(
        () -> {
          Document dataset = find(name);
          String warning = Versions.warning(dataset);
          if (warning != null && warned.put(id(dataset), warning) == null) {
            LOG.log(System.Logger.Level.WARNING, warning);
          }
          recover(id(dataset));
          MongoDataset opened = new MongoDataset(connection, id(dataset), name, limits);
          String change = opened.changeInProgress();
          if (change != null && warned.put(id(dataset), change) == null) {
            LOG.log(System.Logger.Level.WARNING, "dataset " + name + ": " + change);
          }
          return opened;
        });
  }

  /**
   * Ends what dead processes left. Where the server cannot do that now, as with a full disk, data
   * can be read all the same; a change of the dataset tries again and fails.
   */
  private void recover(@Nullable ObjectId datasetId) {
    try {
      Journal.recover(connection, datasetId);
    } catch (MongoException e) {
      PostilException known = Errors.translate(e, connection.servers());
      if (Errors.isGone(e)) {
        throw known;
      }
      LOG.log(
          System.Logger.Level.WARNING,
          "a change that was interrupted could not be taken back yet: " + known.getMessage());
    }
  }

  @Override
  public void rename(String name, String newName) {
    connection.run(
        () -> {
          Document dataset = find(name);
          Versions.requireWritable(dataset, connection);
          if (newName.equals(name)) {
            return name;
          }
          requireFree(newName);
          Document set =
              Document.builder()
                  .put("name", newName)
                  .put("slug", DatasetDocuments.slug(newName))
                  .put("last_modified_at", Instant.ofEpochMilli(System.currentTimeMillis()))
                  .build();
          try {
            connection
                .collection(Connection.DATASETS)
                .updateOne(
                    BsonValues.toBson(Document.of("_id", id(dataset))),
                    BsonValues.toBson(Document.of("$set", set)));
          } catch (MongoException e) {
            if (Errors.code(e) == Errors.DUPLICATE_KEY) {
              throw exists(newName);
            }
            throw e;
          }
          return newName;
        });
  }

  @Override
  public void delete(String name) {
    connection.run(
        () -> {
          Document dataset = find(name);
          Versions.requireWritable(dataset, connection);
          connection.prepare();
          try (Lock lock = Lock.take(connection, id(dataset), ObjectId.create(), name)) {
            lock.check();
            // First the document: without it nobody sees the rest.
            connection
                .collection(Connection.DATASETS)
                .deleteOne(BsonValues.toBson(Document.of("_id", id(dataset))));
            connection.raw(dataset.getString("sample_collection_name", "")).drop();
            if (dataset.get("frame_collection_name") instanceof String frames) {
              connection.raw(frames).drop();
            }
            Journal.deleteRecords(connection, id(dataset));
          }
          return name;
        });
  }

  @Override
  public Document describe() {
    return connection.run(
        () -> {
          Document stats = connection.stats();
          Document config = new Reading(connection, null).first("config", Change.all());
          List<String> warnings = new ArrayList<>();
          try (MongoCursor<Document> all =
              new Reading(connection, null).find(Connection.DATASETS, Change.all())) {
            all.forEachRemaining(
                d -> {
                  String warning = isReal(d) ? Versions.warning(d) : null;
                  if (warning != null) {
                    warnings.add(warning);
                  }
                });
          }
          Document.Builder out =
              Document.builder()
                  .put("kind", "mongodb")
                  .put("location", location())
                  .put("server_version", connection.buildInfo().getString("version", ""))
                  .put("transactions", connection.hasTransactions())
                  .put("fiftyone_version", config == null ? null : config.getString("version"))
                  .put("size_bytes", stats.getLong("storageSize", 0))
                  .put("datasets", list().size());
          if (!warnings.isEmpty()) {
            out.put("warnings", io.postil.core.value.Values.list(warnings));
          }
          return out.build();
        });
  }

  @Override
  public void close() {
    connection.close();
  }
}
