package io.postil.store.mongo;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.run.RunRecord;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.RawBsonDocument;
import org.jspecify.annotations.Nullable;

/**
 * The writing side of one change: here runs and what belongs to them, in the classes above samples
 * and the dataset itself. Not thread-safe.
 */
final class MongoWriter extends FieldWriter {
  private final Set<ObjectId> deletedOwners = new HashSet<>();
  private int sidesDeleted;

  /** Owners of side records, and whether they had none before this change. */
  private final Map<ObjectId, Boolean> newOwners = new HashMap<>();

  /** Records of new owners; no more than a transaction holds. */
  private final Set<Place> inserted = new HashSet<>();

  /**
   * Owners whose records are replaced without a look: those whose records were read, as by a load,
   * and those whose records were deleted, which a journaled change does at its end.
   */
  private final Set<ObjectId> replacedOwners = new HashSet<>();

  /** Records in whose places there may be others. */
  private final List<Unplaced> unplaced = new ArrayList<>();

  private static final int MOST_UNPLACED = 1_000;

  private record Unplaced(Place place, RawBsonDocument document) {}

  private record Place(ObjectId owner, ObjectId sample, int frame, String name) {
    Document id() {
      return RunDocuments.sideId(owner, sample, frame, name);
    }
  }

  private long nextHistory = -1;

  MongoWriter(Connection connection, Change change, ObjectId changeId, Document document) {
    super(connection, change, changeId, document);
  }

  // --- runs and what belongs to them ------------------------------------------------------------

  @Override
  public void putRun(RunRecord run) {
    Document lists = reader().document();
    String list = RunDocuments.listName(run.type());
    Document keys = lists.getDocument(list);
    Object taken = keys.get(run.key());
    if (taken != null && !Objects.equals(run.id(), taken)) {
      throw new PostilException(
          ErrorCode.KEY_EXISTS,
          "dataset " + reader.info().name() + " has a run " + run.key() + " already",
          "Choose another key, or delete that run first.");
    }
    Reading reading = source().reading();
    Document before = connection.run(() -> reading.byId(Connection.RUNS, run.id()));
    ObjectId oldFile = before == null ? null : before.get("results", ObjectId.class);
    Document oldOurs =
        before == null ? null : connection.run(() -> reading.byId(Connection.RUN_STATES, run.id()));
    boolean sameResults =
        oldOurs != null
            && Objects.equals(run.results(), oldOurs.get("results"))
            && Objects.equals(oldFile, oldOurs.get("results_file"));
    ObjectId file = oldFile;
    if (!sameResults) {
      String json = Results.forFiftyOne(run);
      file = json == null ? null : ObjectId.create();
      if (file != null && json != null) {
        Results.store(file, json).forEach(this::add);
      }
    }
    add(
        Op.replace(
            Connection.RUNS,
            BsonValues.raw(RunDocuments.toDocument(run, reader.info().id(), file))));
    add(
        Op.replace(
            Connection.RUN_STATES,
            BsonValues.raw(RunDocuments.ours(run, reader.info().id(), file))));
    if (oldFile != null && !Objects.equals(oldFile, file)) {
      Results.remove(oldFile).forEach(this::add);
    }
    Document.Builder changed = Document.builder();
    keys.forEach(
        (key, id) -> {
          if (!run.id().equals(id)) {
            changed.put(key, id);
          }
        });
    changed.put(run.key(), run.id());
    if (!Objects.equals(run.id(), taken) || changed.build().size() != keys.size()) {
      setListed(list, keys, changed.build());
    }
  }

  /** Changes the list of keys entry by entry: others may add theirs at the same time. */
  private void setListed(String list, Document before, Document after) {
    if (!change.isCreation()) {
      Document.Builder set = Document.builder();
      Document.Builder unset = Document.builder();
      after.forEach(
          (key, id) -> {
            if (!Objects.equals(id, before.get(key))) {
              set.put(list + "." + key, id);
            }
          });
      before.forEach(
          (key, id) -> {
            if (!after.contains(key)) {
              unset.put(list + "." + key, true);
            }
          });
      add(listing(set.build(), unset.build(), before, list));
    }
    use(reader.document().with(list, after));
  }

  private Op listing(Document set, Document unset, Document before, String list) {
    Document.Builder back = Document.builder();
    Document.Builder drop = Document.builder();
    set.names()
        .forEach(
            path -> {
              Object old = before.get(path.substring(list.length() + 1));
              if (old == null) {
                drop.put(path, true);
              } else {
                back.put(path, old);
              }
            });
    unset.names().forEach(path -> back.put(path, before.get(path.substring(list.length() + 1))));
    Document known = reader.document();
    Op undo = datasetOp(known, back.build(), drop.build().names(), Op.LAST);
    Document all = set.with("last_modified_at", now);
    return datasetOp(known, all, unset.names(), new Op.Undo.By(undo));
  }

  @Override
  public void deleteRun(ObjectId id) {
    Reading reading = source().reading();
    Document run = connection.run(() -> reading.byId(Connection.RUNS, id));
    for (String list : List.of("annotation_runs", "evaluations", "brain_methods", "runs")) {
      Document keys = reader().document().getDocument(list);
      Document.Builder kept = Document.builder();
      keys.forEach(
          (key, value) -> {
            if (!id.equals(value)) {
              kept.put(key, value);
            }
          });
      if (kept.build().size() != keys.size()) {
        setListed(list, keys, kept.build());
      }
    }
    if (run != null && run.get("results") instanceof ObjectId file) {
      Results.remove(file).forEach(this::add);
    }
    add(Op.delete(Connection.RUNS, id(id), Op.BEFORE_IMAGE));
    add(Op.delete(Connection.RUN_STATES, id(id), Op.BEFORE_IMAGE));
  }

  @Override
  public void putSide(ObjectId owner, SideRecord record) {
    Document document =
        RunDocuments.toDocument(reader().info().id(), owner, record)
            .with("change", changeId)
            .with("part", sidesDeleted);
    RawBsonDocument bytes = BsonValues.raw(document);
    Place place = new Place(owner, record.sampleId(), record.frameNumber(), record.name());
    if (!change.isTransaction() || replacedOwners.contains(owner)) {
      add(Op.replace(Connection.SIDES, bytes), place.sample);
    } else if (isNew(place)) {
      add(Op.insert(Connection.SIDES, bytes), place.sample);
    } else {
      unplaced.add(new Unplaced(place, bytes));
      if (unplaced.size() >= MOST_UNPLACED) {
        placeSides();
      }
    }
  }

  @Override
  void flush() {
    super.flush();
    placeSides();
  }

  /** Adds records as insertions where nothing is in their place, else as replacements. */
  private void placeSides() {
    if (unplaced.isEmpty()) {
      return;
    }
    List<Unplaced> records = List.copyOf(unplaced);
    unplaced.clear();
    List<ObjectId> samples = new ArrayList<>();
    Map<Document, Unplaced> byId = new LinkedHashMap<>();
    for (Unplaced record : records) {
      samples.add(record.place.sample);
      byId.put(record.place.id(), record);
    }
    List<Document> ids = List.copyOf(byId.keySet());
    Set<Object> taken =
        new HashSet<>(
            connection.run(() -> change.readingOf(samples).existing(Connection.SIDES, ids)));
    byId.forEach(
        (id, record) ->
            add(
                taken.contains(id)
                    ? Op.replace(Connection.SIDES, record.document)
                    : Op.insert(Connection.SIDES, record.document),
                record.place.sample));
  }

  /**
   * Whether nothing can be stored in a record's place, so that it can be inserted, which costs the
   * server a fraction of a replacement: the journal of a load is new as a whole.
   */
  private boolean isNew(Place place) {
    boolean newOwner =
        newOwners.computeIfAbsent(
            place.owner,
            owner -> {
              Reading reading = source().reading();
              BsonDocument filter = Records.ofOwner(owner);
              return connection.run(() -> reading.first(Connection.SIDES, filter) == null);
            });
    return newOwner && inserted.add(place);
  }

  @Override
  public void deleteSide(ObjectId owner) {
    requireOpen();
    if (change.isTransaction() && sidesOf(Records.ofOwner(owner)) > MANY) {
      flush();
      change.expectLarge();
    }
    sidesDeleted++;
    replacedOwners.add(owner);
    deletedOwners.add(owner);
    // In a journaled change they go at its end; what this change puts after this call stays.
    Document others = Document.of("change", Document.of("$ne", changeId));
    Document earlier = Document.of("part", Document.of("$lt", sidesDeleted));
    BsonDocument filter = Records.ofOwner(owner);
    filter.append("$or", BsonValues.toBson((Object) Values.listOf(others, earlier)));
    add(Op.deleteMany(Connection.SIDES, filter));
  }

  private long sidesOf(BsonDocument ofOwner) {
    return connection.run(() -> source().reading().count(Connection.SIDES, ofOwner));
  }

  @Override
  void requireSides(ObjectId owner) {
    replacedOwners.add(owner);
    if (deletedOwners.contains(owner) && change.isJournaled()) {
      throw new IllegalStateException("side records of " + owner + " were deleted in this change");
    }
  }

  @Override
  public void appendHistory(Document entry) {
    ObjectId dataset = reader().info().id();
    if (nextHistory < 0) {
      Reading reading = source().reading();
      nextHistory =
          connection.run(
              () -> {
                try (var last =
                    reading.find(
                        Connection.HISTORY,
                        BsonValues.toBson(Document.of("dataset", dataset)),
                        null,
                        new BsonDocument("n", new BsonInt32(-1)),
                        0)) {
                  return last.hasNext() ? last.next().getLong("n", 0) + 1 : 0;
                }
              });
    }
    Document document =
        Document.builder()
            .put("_id", ObjectId.create())
            .put("dataset", dataset)
            .put("n", nextHistory++)
            .put("entry", entry)
            .build();
    add(Op.insert(Connection.HISTORY, BsonValues.raw(document)));
  }

  @Override
  public void putSavedView(SavedView view) {
    ObjectId dataset = reader().info().id();
    for (SavedView other : savedViews()) {
      if (other.name().equals(view.name()) && !other.id().equals(view.id())) {
        throw new PostilException(
            ErrorCode.INVALID_NAME,
            "dataset " + reader.info().name() + " has a saved view " + view.name() + " already",
            "Choose another name, or delete that view first.");
      }
    }
    Reading reading = source().reading();
    Document known = connection.run(() -> reading.byId(Connection.VIEWS, view.id()));
    add(
        Op.replace(
            Connection.VIEWS, BsonValues.raw(RunDocuments.toDocument(view, dataset, known))));
    listView(view.id(), true);
  }

  @Override
  public void deleteSavedView(ObjectId id) {
    requireOpen();
    listView(id, false);
    add(Op.delete(Connection.VIEWS, id(id), Op.BEFORE_IMAGE));
  }

  private void listView(ObjectId id, boolean listed) {
    List<@Nullable Object> ids = new ArrayList<>(reader.document().getList("saved_views"));
    if (ids.contains(id) == listed) {
      return;
    }
    if (!change.isCreation()) {
      add(listing(id, listed, new Op.Undo.By(listing(id, !listed, Op.LAST))));
    }
    if (listed) {
      ids.add(id);
    } else {
      ids.remove(id);
    }
    use(reader.document().with("saved_views", Values.list(ids)));
  }

  private Op listing(ObjectId id, boolean listed, Op.Undo undo) {
    Document update = Document.of(listed ? "$addToSet" : "$pull", Document.of("saved_views", id));
    return Op.update(
        Connection.DATASETS,
        id(reader.info().id()),
        BsonValues.toBson(update),
        List.of(),
        undo,
        null);
  }
}
