package io.postil.store.mongo;

import com.mongodb.MongoException;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoCursor;
import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bson.BsonArray;
import org.bson.BsonBinary;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonObjectId;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.jspecify.annotations.Nullable;

/**
 * The journal of a change that is no transaction. The change has a document in {@code
 * postil.changes} with its state, {@code running} or {@code committed}; how to take its writes back
 * is in {@code postil.journal}, batch by batch, each stored before the writes it is about. A
 * process that finds the journal of a dead one plays it: backwards while the change was running,
 * and to its end once it was committed. Everything in it may be played twice.
 */
final class Journal {
  private static final long CHUNK_BYTES = 8L << 20;
  private static final BsonDocumentCodec CODEC = new BsonDocumentCodec();

  private final Connection connection;
  private final ObjectId id;
  private final boolean creation;
  private final ObjectId datasetId;
  private int batches;
  private boolean decided;

  /** What is done at the end. */
  private final List<Op> last = new ArrayList<>();

  private Journal(Connection connection, ObjectId datasetId, ObjectId id, boolean creation) {
    this.connection = connection;
    this.datasetId = datasetId;
    this.id = id;
    this.creation = creation;
  }

  static Journal begin(Connection connection, ObjectId datasetId, ObjectId id) {
    return begin(connection, datasetId, id, false);
  }

  static Journal beginCreation(Connection connection, ObjectId datasetId, ObjectId id) {
    return begin(connection, datasetId, id, true);
  }

  private static Journal begin(
      Connection connection, ObjectId datasetId, ObjectId id, boolean creation) {
    connection
        .collection(Connection.CHANGES)
        .insertOne(
            Document.builder()
                .put("_id", id)
                .put("dataset", datasetId)
                .put("state", "running")
                .put("creation", creation)
                .build());
    return new Journal(connection, datasetId, id, creation);
  }

  /**
   * Stores how to take a batch back.
   *
   * @return what is to be sent now
   */
  List<Op> record(List<Op> batch, boolean withoutUndo) {
    if (withoutUndo) {
      return batch;
    }
    requireNew(batch);
    Map<String, Map<BsonValue, BsonDocument>> images = images(batch);
    List<Op> now = new ArrayList<>(batch.size());
    List<Op> undo = new ArrayList<>();
    for (Op op : batch) {
      switch (op.undo()) {
        case Op.Undo.Last l -> last.add(op);
        case Op.Undo.By by -> {
          now.add(op);
          undo.addAll(by.ops().apply(op));
        }
        case Op.Undo.Restore r -> {
          now.add(op);
          BsonDocument image = connection.raw(op.collection()).find(op.filter()).first();
          if (image != null) {
            undo.add(Op.replace(op.collection(), image));
          }
        }
        case Op.Undo.BeforeImage b -> {
          now.add(op);
          BsonDocument key = new BsonDocument("_id", op.filter().get("_id"));
          BsonDocument image =
              images.getOrDefault(op.collection(), Map.of()).get(op.filter().get("_id"));
          undo.add(
              image == null
                  ? Op.delete(op.collection(), key, Op.LAST)
                  : Op.replace(op.collection(), image));
        }
      }
    }
    store(undo, "undo");
    return now;
  }

  /** Taking an insertion back deletes by id, so nothing of that id may exist before. */
  private void requireNew(List<Op> batch) {
    Map<String, Map<BsonValue, Op>> inserted = new LinkedHashMap<>();
    for (Op op : batch) {
      if (op.kind() == Op.Kind.INSERT) {
        inserted
            .computeIfAbsent(op.collection(), c -> new HashMap<>())
            .put(op.filter().get("_id"), op);
      }
    }
    inserted.forEach(
        (collection, byId) -> {
          BsonArray ids = new BsonArray(List.copyOf(byId.keySet()));
          BsonDocument existing =
              connection
                  .raw(collection)
                  .find(new BsonDocument("_id", new BsonDocument("$in", ids)))
                  .projection(new BsonDocument("_id", new BsonInt32(1)))
                  .first();
          if (existing != null) {
            throw new Change.DuplicateException(
                Objects.requireNonNull(byId.get(existing.get("_id"))), null);
          }
        });
  }

  /** The documents as they are before a batch, for those that are replaced. */
  private Map<String, Map<BsonValue, BsonDocument>> images(List<Op> batch) {
    Map<String, BsonArray> ids = new LinkedHashMap<>();
    for (Op op : batch) {
      if (op.undo() instanceof Op.Undo.BeforeImage) {
        ids.computeIfAbsent(op.collection(), c -> new BsonArray()).add(op.filter().get("_id"));
      }
    }
    Map<String, Map<BsonValue, BsonDocument>> images = new HashMap<>();
    ids.forEach(
        (collection, wanted) -> {
          Map<BsonValue, BsonDocument> found = new HashMap<>();
          BsonDocument filter = new BsonDocument("_id", new BsonDocument("$in", wanted));
          try (MongoCursor<BsonDocument> cursor =
              connection.raw(collection).find(filter).iterator()) {
            cursor.forEachRemaining(d -> found.put(d.get("_id"), d));
          }
          images.put(collection, found);
        });
    return images;
  }

  private void store(List<Op> ops, String kind) {
    MongoCollection<BsonDocument> journal = connection.raw(Connection.JOURNAL);
    BsonArray chunk = new BsonArray();
    long bytes = 0;
    for (Op op : ops) {
      BsonBinary packed = pack(op);
      if (bytes + packed.getData().length > CHUNK_BYTES && !chunk.isEmpty()) {
        journal.insertOne(entry(chunk, kind));
        chunk = new BsonArray();
        bytes = 0;
      }
      chunk.add(packed);
      bytes += packed.getData().length;
    }
    if (!chunk.isEmpty()) {
      journal.insertOne(entry(chunk, kind));
    }
  }

  private BsonDocument entry(BsonArray ops, String kind) {
    BsonDocument key =
        new BsonDocument("change", new BsonObjectId(BsonValues.id(id)))
            .append("n", new BsonInt32(batches++));
    return new BsonDocument("_id", key).append("kind", new BsonString(kind)).append("ops", ops);
  }

  /** Operations are kept as bytes: their names of operators may not stand in a document. */
  private static BsonBinary pack(Op op) {
    RawBsonDocument raw = new RawBsonDocument(op.toDocument(), CODEC);
    byte[] bytes = new byte[raw.getByteBuffer().remaining()];
    raw.getByteBuffer().get(bytes);
    return new BsonBinary(bytes);
  }

  private static Op unpack(BsonValue packed) {
    RawBsonDocument raw = new RawBsonDocument(packed.asBinary().getData());
    return Op.fromDocument(raw.decode(CODEC));
  }

  // --- the end ----------------------------------------------------------------------------------

  /** Decides the change and does the rest. */
  void commit() {
    store(last, "last");
    decide();
    decided = true;
    try {
      finish();
    } catch (MongoException e) {
      throw Errors.unfinished(e, connection.servers());
    }
  }

  private void decide() {
    Document running = Document.of("_id", id, "state", "running");
    Document committed = Document.of("$set", Document.of("state", "committed"));
    long matched =
        connection
            .collection(Connection.CHANGES)
            .updateOne(BsonValues.toBson(running), BsonValues.toBson(committed))
            .getMatchedCount();
    if (matched == 0) {
      throw new PostilException(
          ErrorCode.STORE_LOCKED,
          "this process was away for so long that another one took the change back",
          "Nothing was changed; repeat the command.");
    }
  }

  /** Does what was left for the end, and removes the journal. */
  private void finish() {
    try (MongoCursor<BsonDocument> entries = entries("last", 1)) {
      while (entries.hasNext()) {
        play(entries.next().getArray("ops"), false);
      }
    }
    remove();
  }

  /** Takes the change back, unless it is decided: then whoever opens the dataset next ends it. */
  void rollBack() {
    if (decided || isCommitted()) {
      return;
    }
    if (creation) {
      dropDataset(connection, datasetId);
    } else {
      try (MongoCursor<BsonDocument> entries = entries("undo", -1)) {
        while (entries.hasNext()) {
          play(entries.next().getArray("ops"), true);
        }
      }
    }
    remove();
  }

  private boolean isCommitted() {
    Document change = new Reading(connection, null).byId(Connection.CHANGES, id);
    return change != null && "committed".equals(change.getString("state"));
  }

  private MongoCursor<BsonDocument> entries(String kind, int direction) {
    return connection
        .raw(Connection.JOURNAL)
        .find(BsonValues.toBson(range().toBuilder().put("kind", kind).build()))
        .sort(new BsonDocument("_id", new BsonInt32(direction)))
        .batchSize(2)
        .iterator();
  }

  private Document range() {
    Document from = Document.of("change", id, "n", Integer.MIN_VALUE);
    Document to = Document.of("change", id, "n", Integer.MAX_VALUE);
    return Document.of("_id", Document.of("$gte", from, "$lte", to));
  }

  private void play(BsonArray packed, boolean backwards) {
    List<Op> ops = new ArrayList<>(packed.size());
    packed.forEach(value -> ops.add(unpack(value)));
    Change.send(connection, backwards ? ops.reversed() : ops, null);
  }

  private void remove() {
    connection.collection(Connection.JOURNAL).deleteMany(BsonValues.toBson(range()));
    connection.collection(Connection.CHANGES).deleteOne(BsonValues.toBson(Document.of("_id", id)));
  }

  /** Removes everything a dataset has but its document. */
  static void dropDataset(Connection connection, ObjectId datasetId) {
    connection.raw("samples." + datasetId).drop();
    connection.raw("frames.samples." + datasetId).drop();
    deleteRecords(connection, datasetId);
  }

  /** Removes what is about a dataset in the collections that all datasets share. */
  static void deleteRecords(Connection connection, ObjectId datasetId) {
    BsonDocument ofDataset = BsonValues.toBson(Document.of("_dataset_id", datasetId));
    BsonArray files = new BsonArray();
    try (MongoCursor<BsonDocument> runs =
        connection.raw(Connection.RUNS).find(ofDataset).iterator()) {
      runs.forEachRemaining(
          run -> {
            if (run.get("results") instanceof BsonObjectId file) {
              files.add(file);
            }
          });
    }
    if (!files.isEmpty()) {
      BsonDocument in = new BsonDocument("$in", files);
      connection.raw(Connection.CHUNKS).deleteMany(new BsonDocument("files_id", in));
      connection.raw(Connection.FILES).deleteMany(new BsonDocument("_id", in));
    }
    connection.raw(Connection.RUNS).deleteMany(ofDataset);
    connection.raw(Connection.VIEWS).deleteMany(ofDataset);
    connection.raw("workspaces").deleteMany(ofDataset);
    BsonDocument ours = BsonValues.toBson(Document.of("dataset", datasetId));
    for (String name : List.of(Connection.RUN_STATES, Connection.SIDES, Connection.HISTORY)) {
      connection.raw(name).deleteMany(ours);
    }
    connection.raw(Connection.CHANGES).deleteOne(BsonValues.toBson(Document.of("_id", datasetId)));
  }

  /**
   * Ends the changes of processes that died, of one dataset or of all.
   *
   * @param datasetId null for all
   */
  static void recover(Connection connection, @Nullable ObjectId datasetId) {
    for (Document change : unfinished(connection, datasetId)) {
      if (change.get("dataset") instanceof ObjectId dataset
          && change.get("_id") instanceof ObjectId id) {
        Lock lock = Lock.tryLock(connection, dataset, ObjectId.create());
        if (lock != null) {
          try (lock) {
            recover(connection, dataset, id);
          }
        }
      }
    }
  }

  /**
   * The changes that are neither done nor taken back, the making of datasets included.
   *
   * @param datasetId null for all
   */
  static List<Document> unfinished(Connection connection, @Nullable ObjectId datasetId) {
    Document unfinished =
        Document.of("state", Document.of("$in", Values.listOf("running", "committed")));
    Document filter = datasetId == null ? unfinished : unfinished.with("dataset", datasetId);
    return connection
        .collection(Connection.CHANGES)
        .find(BsonValues.toBson(filter))
        .into(new ArrayList<>());
  }

  /** Ends the changes of processes that died on a dataset whose lock is held. */
  static void recoverLocked(Connection connection, ObjectId dataset) {
    for (Document change : unfinished(connection, dataset)) {
      if (change.get("_id") instanceof ObjectId id) {
        recover(connection, dataset, id);
      }
    }
  }

  /** Ends one change; the lock of its dataset is held. */
  private static void recover(Connection connection, ObjectId dataset, ObjectId id) {
    Document change = new Reading(connection, null).byId(Connection.CHANGES, id);
    if (change == null) {
      return;
    }
    Journal journal = new Journal(connection, dataset, id, change.getBoolean("creation", false));
    if ("committed".equals(change.getString("state"))) {
      journal.finish();
    } else if (journal.creation
        && new Reading(connection, null).byId(Connection.DATASETS, dataset) != null) {
      // The dataset's document was the last thing to be written.
      journal.remove();
    } else {
      journal.rollBack();
    }
  }
}
