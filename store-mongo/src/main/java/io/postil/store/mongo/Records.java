package io.postil.store.mongo;

import com.mongodb.client.MongoCursor;
import io.postil.core.run.RunRecord;
import io.postil.core.store.Cursor;
import io.postil.core.store.StoredDataset.SavedView;
import io.postil.core.store.StoredDataset.SideRecord;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonMaxKey;
import org.bson.BsonMinKey;
import org.jspecify.annotations.Nullable;

/** Reads what belongs to a dataset beside its samples: runs, side records, history, views. */
final class Records {
  private static final BsonDocument BY_ID = new BsonDocument("_id", new BsonInt32(1));
  private static final BsonMinKey MIN = new BsonMinKey();
  private static final BsonMaxKey MAX = new BsonMaxKey();

  private final Connection connection;
  private final StateSource source;
  private final Document dataset;

  Records(DatasetReader reader) {
    this.connection = reader.connection();
    this.source = reader.source();
    this.dataset = reader.document();
  }

  // --- runs -------------------------------------------------------------------------------------

  List<RunRecord> runs(String type) {
    List<Object> ids = new ArrayList<>();
    dataset
        .getDocument(RunDocuments.listName(type))
        .forEach(
            (key, id) -> {
              if (id instanceof ObjectId) {
                ids.add(id);
              }
            });
    List<RunRecord> runs = new ArrayList<>(read(type, ids));
    runs.sort(Comparator.comparing(RunRecord::key));
    return runs;
  }

  Optional<RunRecord> run(String type, String key) {
    Object id = dataset.getDocument(RunDocuments.listName(type)).get(key);
    return id instanceof ObjectId ? read(type, List.of(id)).stream().findFirst() : Optional.empty();
  }

  private List<RunRecord> read(String type, List<Object> ids) {
    if (ids.isEmpty()) {
      return List.of();
    }
    Reading reading = source.reading();
    BsonDocument filter =
        BsonValues.toBson(Document.of("_id", Document.of("$in", Values.list(ids))));
    Map<Object, Document> states = new HashMap<>();
    try (MongoCursor<Document> cursor = reading.find(Connection.RUN_STATES, filter)) {
      cursor.forEachRemaining(d -> states.put(String.valueOf(d.get("_id")), d));
    }
    List<RunRecord> runs = new ArrayList<>();
    try (MongoCursor<Document> cursor = reading.find(Connection.RUNS, filter)) {
      while (cursor.hasNext()) {
        Document theirs = cursor.next();
        Document ours = states.get(String.valueOf(theirs.get("_id")));
        runs.add(RunDocuments.run(type, theirs, ours, results(reading, theirs, ours)));
      }
    }
    return runs;
  }

  /** Results that FiftyOne stored; null if there are none, or if they are what we wrote. */
  private static @Nullable Document results(
      Reading reading, Document theirs, @Nullable Document ours) {
    if (!(theirs.get("results") instanceof ObjectId file)) {
      return null;
    }
    return ours != null && Objects.equals(file, ours.get("results_file"))
        ? null
        : Results.read(reading, file);
  }

  // --- side records -----------------------------------------------------------------------------

  private static Document range(ObjectId owner, Object from, Object to) {
    Document range =
        Document.of(
            "$gte",
            RunDocuments.sideId(owner, from, MIN, MIN),
            "$lte",
            RunDocuments.sideId(owner, to, MAX, MAX));
    return Document.of("_id", range);
  }

  /** The filter of everything an owner has. */
  static BsonDocument ofOwner(ObjectId owner) {
    return BsonValues.toBson(range(owner, MIN, MAX));
  }

  List<SideRecord> side(ObjectId owner, Collection<ObjectId> sampleIds) {
    List<ObjectId> ids = new ArrayList<>(new LinkedHashSet<>(sampleIds));
    if (ids.isEmpty()) {
      return List.of();
    }
    List<Document> ranges = new ArrayList<>();
    for (ObjectId id : ids) {
      ranges.add(range(owner, id, id));
    }
    BsonDocument filter =
        ranges.size() == 1
            ? BsonValues.toBson(ranges.get(0))
            : BsonValues.toBson(Document.of("$or", Values.list(ranges)));
    Map<ObjectId, List<SideRecord>> found = new HashMap<>();
    try (MongoCursor<Document> cursor =
        source.readingOf(ids).findByRanges(Connection.SIDES, filter)) {
      while (cursor.hasNext()) {
        SideRecord record = RunDocuments.side(cursor.next());
        found.computeIfAbsent(record.sampleId(), s -> new ArrayList<>()).add(record);
      }
    }
    List<SideRecord> records = new ArrayList<>();
    ids.forEach(id -> records.addAll(found.getOrDefault(id, List.of())));
    return records;
  }

  Cursor<SideRecord> side(ObjectId owner, Runnable onClose) {
    return side(
        RunDocuments.sideId(owner, MIN, MIN, MIN),
        RunDocuments.sideId(owner, MAX, MAX, MAX),
        onClose);
  }

  Cursor<SideRecord> side(
      ObjectId owner, ObjectId sampleId, int first, int last, Runnable onClose) {
    return side(
        RunDocuments.sideId(owner, sampleId, first, MIN),
        RunDocuments.sideId(owner, sampleId, last, MAX),
        onClose);
  }

  /** Streams a range of records by their ids. */
  private Cursor<SideRecord> side(Document first, Document end, Runnable onClose) {
    return new ResumedCursor<>(connection, source, onClose) {
      private @Nullable Object last;

      @Override
      MongoCursor<Document> ask(Reading reading) {
        Document from = last == null ? Document.of("$gte", first) : Document.of("$gt", last);
        Document ids = from.with("$lte", end);
        return reading.find(
            Connection.SIDES, BsonValues.toBson(Document.of("_id", ids)), null, BY_ID, 0);
      }

      @Override
      SideRecord decode(Document stored) {
        last = stored.get("_id");
        return RunDocuments.side(stored);
      }
    };
  }

  // --- history and views ------------------------------------------------------------------------

  List<Document> history() {
    List<Document> history = new ArrayList<>();
    try (MongoCursor<Document> cursor =
        source
            .reading()
            .find(
                Connection.HISTORY,
                BsonValues.toBson(Document.of("dataset", dataset.get("_id"))),
                null,
                new BsonDocument("n", new BsonInt32(1)),
                0)) {
      cursor.forEachRemaining(d -> history.add(d.getDocument("entry")));
    }
    return history;
  }

  List<SavedView> savedViews() {
    List<SavedView> views = new ArrayList<>();
    try (MongoCursor<Document> cursor =
        source
            .reading()
            .find(
                Connection.VIEWS,
                BsonValues.toBson(Document.of("_dataset_id", dataset.get("_id"))))) {
      while (cursor.hasNext()) {
        Document document = cursor.next();
        if (dataset.getList("saved_views").contains(document.get("_id"))) {
          views.add(RunDocuments.savedView(document));
        }
      }
    }
    views.sort(Comparator.comparing(SavedView::name));
    return views;
  }
}
