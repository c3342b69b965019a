package io.postil.store.mongo;

import io.postil.core.ErrorCode;
import io.postil.core.Nearest;
import io.postil.core.PostilException;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.Frame;
import io.postil.core.dataset.MediaType;
import io.postil.core.dataset.Sample;
import io.postil.core.run.RunRecord;
import io.postil.core.store.Cursor;
import io.postil.core.store.DatasetWriter;
import io.postil.core.store.Projection;
import io.postil.core.store.SampleCursor;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import io.postil.core.view.Aggregation;
import io.postil.core.view.ViewDefinition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.jspecify.annotations.Nullable;

/** The writing side of one change. Not thread-safe. */
final class MongoWriter implements DatasetWriter {
  private static final int IDS = 1_000;

  /** From so many samples on a change of all of them is no transaction. */
  private static final long MANY = 10_000;

  private final Connection connection;
  private final Change change;
  private final ObjectId changeId;
  private final Instant now = Instant.ofEpochMilli(System.currentTimeMillis());
  private final Set<ObjectId> deletedSamples = new HashSet<>();
  private final Set<ObjectId> deletedOwners = new HashSet<>();
  private final Map<ObjectId, Integer> highestFrames = new HashMap<>();
  private DatasetReader reader;
  private SampleDocuments documents;
  private long nextHistory = -1;
  private boolean open = true;

  /** The update of one sample or frame, which further fields may join. */
  private @Nullable Waiting waiting;

  private record Waiting(
      String collection,
      Document key,
      FieldChange.Update update,
      List<Supplier<List<Op>>> undo,
      Supplier<PostilException> stale) {}

  MongoWriter(Connection connection, Change change, ObjectId changeId, Document document) {
    this.connection = connection;
    this.change = change;
    this.changeId = changeId;
    this.reader = new DatasetReader(connection, new Source(), document);
    this.documents = new SampleDocuments(reader.sampleCollection(), reader.info());
  }

  /** What the change sees. */
  private final class Source implements StateSource {
    @Override
    public Reading reading() {
      flush();
      return change.reading();
    }

    @Override
    public Reading renewed() {
      return reading();
    }

    @Override
    public int epoch() {
      return change.epoch();
    }

    @Override
    public Set<ObjectId> hidden() {
      return deletedSamples;
    }

    @Override
    public void close() {}
  }

  /** Runs the action; writes are refused afterwards. */
  <T extends @Nullable Object> T run(Function<DatasetWriter, T> action) {
    try {
      T result = action.apply(this);
      flush();
      return result;
    } finally {
      open = false;
    }
  }

  /** The dataset's document as this change leaves it. */
  Document document() {
    return reader.document();
  }

  private void requireOpen() {
    if (!open) {
      throw new IllegalStateException("the change is over");
    }
  }

  private DatasetReader reader() {
    requireOpen();
    return reader;
  }

  private Records records() {
    return new Records(reader());
  }

  private void add(Op op) {
    flush();
    connection.run(
        () -> {
          change.add(op);
          return op;
        });
  }

  private void flush() {
    Waiting ready = waiting;
    waiting = null;
    if (ready != null) {
      Op op =
          op(
              ready.collection(),
              ready.key(),
              ready.update(),
              new Op.Undo.By(() -> all(ready.undo())),
              ready.stale());
      connection.run(
          () -> {
            change.add(op);
            return op;
          });
    }
  }

  /** An update in the bytes that are sent, which take little room while they are remembered. */
  private static Op op(
      String collection,
      Document key,
      FieldChange.Update update,
      Op.Undo undo,
      @Nullable Supplier<PostilException> stale) {
    BsonValue body =
        update.body() instanceof Document operators
            ? BsonValues.raw(operators)
            : BsonValues.toBson(update.body());
    List<BsonDocument> filters = new ArrayList<>(update.arrayFilters().size());
    update.arrayFilters().forEach(f -> filters.add(BsonValues.raw(f)));
    return Op.update(
        collection, BsonValues.raw(key.withAll(update.condition())), body, filters, undo, stale);
  }

  // --- the dataset's document -------------------------------------------------------------------

  private void use(Document changed) {
    reader = new DatasetReader(connection, new Source(), changed);
    documents = new SampleDocuments(reader.sampleCollection(), reader.info());
  }

  /** Sets and removes keys of the dataset's document. */
  private void updateDataset(Document set, List<String> unset) {
    Document before = reader.document();
    Document.Builder after = before.toBuilder();
    set.forEach(after::put);
    unset.forEach(after::remove);
    if (!change.isCreation()) {
      Document.Builder back = Document.builder();
      List<String> added = new ArrayList<>();
      for (String name : set.names()) {
        if (before.contains(name)) {
          back.put(name, before.get(name));
        } else {
          added.add(name);
        }
      }
      unset.forEach(name -> back.put(name, before.get(name)));
      Op undo = datasetOp(back.build(), added, Op.LAST);
      add(datasetOp(set.with("last_modified_at", now), unset, new Op.Undo.By(undo)));
    }
    use(after.build());
  }

  private Op datasetOp(Document set, List<String> unset, Op.Undo undo) {
    Document.Builder update = Document.builder();
    if (!set.isEmpty()) {
      update.put("$set", set);
    }
    if (!unset.isEmpty()) {
      Document.Builder names = Document.builder();
      unset.forEach(name -> names.put(name, true));
      update.put("$unset", names.build());
    }
    return Op.update(
        Connection.DATASETS,
        BsonValues.toBson(Document.of("_id", reader.info().id())),
        BsonValues.toBson(update.build()),
        List.of(),
        undo,
        null);
  }

  @Override
  public void putInfo(DatasetInfo info) {
    DatasetInfo before = reader().info();
    DatasetInfo after = info.withName(before.name());
    DatasetDocuments.Update update = DatasetDocuments.update(before, after, reader.document(), now);
    if (update.isEmpty()) {
      return;
    }
    if (update.set().contains("frame_collection_name") && !DatasetDocuments.hasFrames(before)) {
      createFrames();
    }
    updateDataset(update.set(), update.unset());
  }

  /** Makes the collection of frames, which a transaction cannot do with its indexes. */
  private void createFrames() {
    connection.run(
        () -> {
          connection.createFrames("frames." + reader.sampleCollection());
          return true;
        });
    // A transaction sees collections as they were when it began.
    if (change.isTransaction()) {
      change.beginAgain();
    }
  }

  // --- samples ----------------------------------------------------------------------------------

  private void requireDeclared(Map<String, Object> fields, boolean frames) {
    for (String name : fields.keySet()) {
      field(frames ? DatasetInfo.FRAMES + name : name);
    }
  }

  private FieldSpec field(String name) {
    DatasetInfo info = reader().info();
    return info.field(name)
        .orElseThrow(
            () ->
                new PostilException(
                    ErrorCode.UNKNOWN_FIELD,
                    "dataset " + info.name() + " has no field " + name,
                    Nearest.hint(name, info.fieldNames())));
  }

  @Override
  public void insert(Sample sample) {
    requireDeclared(sample.fields(), false);
    Document document = documents.toDocument(sample, mediaType(sample), now);
    add(Op.insert(reader.sampleCollection(), BsonValues.raw(document)));
  }

  private @Nullable MediaType mediaType(Sample sample) {
    DatasetInfo info = reader.info();
    if (info.group() == null) {
      return info.mediaType();
    }
    return sample.fields().get(info.group().field()) instanceof Document group
        ? info.group().slices().get(group.getString("name", ""))
        : null;
  }

  @Override
  public void insertFrame(Frame frame) {
    requireDeclared(frame.fields(), true);
    if (frame.number() < 1) {
      throw new PostilException(
          ErrorCode.INVALID_REQUEST,
          "frame number " + frame.number() + " of sample " + frame.sampleId(),
          "Frames count from 1.");
    }
    if (!DatasetDocuments.hasFrames(reader.info())) {
      throw new PostilException(
          ErrorCode.INVALID_REQUEST,
          "dataset " + reader.info().name() + " has no videos, so its samples have no frames");
    }
    int highest = highestFrames.getOrDefault(frame.sampleId(), 0);
    highestFrames.put(frame.sampleId(), Math.max(highest, frame.number()));
    if (!change.isCreation() || frame.number() <= highest) {
      removeFrames(frame.sampleId(), List.of(frame.number()));
    }
    add(Op.insert(reader.frameCollection(), BsonValues.raw(documents.toDocument(frame, now))));
  }

  private PostilException noSample(ObjectId id) {
    return new PostilException(
        ErrorCode.UNKNOWN_SAMPLE, "dataset " + reader.info().name() + " has no sample " + id);
  }

  private static BsonDocument id(ObjectId id) {
    return BsonValues.toBson(Document.of("_id", id));
  }

  private static BsonDocument frameKey(ObjectId sampleId, int number) {
    return BsonValues.toBson(Document.of("_sample_id", sampleId, "frame_number", number));
  }

  @Override
  public void putSample(Sample sample) {
    Sample stored =
        reader().samples(List.of(sample.id()), Projection.of()).stream()
            .findFirst()
            .orElseThrow(() -> noSample(sample.id()));
    Document before = known(stored);
    Document after = known(sample);
    Document.Builder set = Document.builder();
    Document.Builder unset = Document.builder();
    after.forEach(
        (name, value) -> {
          if (!before.contains(name) || !Objects.equals(before.get(name), value)) {
            set.put(name, value);
          }
        });
    before.forEach(
        (name, value) -> {
          if (!after.contains(name) && !STAMPS.contains(name)) {
            unset.put(name, true);
          }
        });
    update(sample.id(), set.build(), unset.build(), before);
    tags(sample.id(), stored.tags(), sample.tags());
  }

  private static final Set<String> STAMPS =
      Set.of("_media_type", "_rand", "created_at", "last_modified_at");

  private static Document known(Sample sample) {
    return Document.of("filepath", sample.filepath()).toBuilder()
        .putIfPresent("metadata", sample.metadata())
        .build()
        .withAll(sample.system().without("last_modified_at"));
  }

  private void update(ObjectId id, Document set, Document unset, Document before) {
    if (set.isEmpty() && unset.isEmpty()) {
      return;
    }
    Document.Builder back = Document.builder();
    Document.Builder drop = Document.builder();
    set.names()
        .forEach(
            name -> {
              if (before.contains(name)) {
                back.put(name, before.get(name));
              } else {
                drop.put(name, true);
              }
            });
    unset.names().forEach(name -> back.put(name, before.get(name)));
    Op undo =
        Op.update(
            reader.sampleCollection(),
            id(id),
            update(back.build(), drop.build()),
            List.of(),
            Op.LAST,
            null);
    add(
        Op.update(
            reader.sampleCollection(),
            id(id),
            update(set, unset),
            List.of(),
            new Op.Undo.By(undo),
            () -> noSample(id)));
  }

  private static BsonDocument update(Document set, Document unset) {
    BsonDocument update =
        new BsonDocument("$currentDate", new BsonDocument(FieldChange.MODIFIED, BsonBoolean.TRUE));
    Document plain = set.without(FieldChange.MODIFIED);
    if (!plain.isEmpty()) {
      update.append("$set", BsonValues.toBson(plain));
    }
    if (!unset.isEmpty()) {
      update.append("$unset", BsonValues.toBson(unset));
    }
    return update;
  }

  /** Adds and removes tags one by one: another program may do so at the same time. */
  private void tags(ObjectId id, List<String> before, List<String> after) {
    List<String> added = after.stream().filter(tag -> !before.contains(tag)).distinct().toList();
    List<String> removed = before.stream().filter(tag -> !after.contains(tag)).distinct().toList();
    if (!removed.isEmpty()) {
      tagOp(id, "$pullAll", Values.list(removed), "$addToSet", each(removed));
    }
    if (!added.isEmpty()) {
      tagOp(id, "$addToSet", each(added), "$pullAll", Values.list(added));
    }
  }

  private static Document each(List<String> tags) {
    return Document.of("$each", Values.list(tags));
  }

  private void tagOp(ObjectId id, String operator, Object value, String back, Object backValue) {
    Op undo =
        Op.update(
            reader.sampleCollection(),
            id(id),
            BsonValues.toBson(Document.of(back, Document.of("tags", backValue))),
            List.of(),
            Op.LAST,
            null);
    BsonDocument update = BsonValues.toBson(Document.of(operator, Document.of("tags", value)));
    update.append("$currentDate", new BsonDocument(FieldChange.MODIFIED, BsonBoolean.TRUE));
    add(
        Op.update(
            reader.sampleCollection(),
            id(id),
            update,
            List.of(),
            new Op.Undo.By(undo),
            () -> noSample(id)));
  }

  @Override
  public void deleteSamples(List<ObjectId> ids) {
    DatasetReader current = reader();
    if (ids.size() > MANY) {
      flush();
      change.expectLarge();
    }
    boolean frames = DatasetDocuments.hasFrames(current.info());
    for (int from = 0; from < ids.size(); from += IDS) {
      List<ObjectId> part = ids.subList(from, Math.min(ids.size(), from + IDS));
      Document in = Document.of("$in", Values.list(part));
      if (frames) {
        add(
            Op.deleteMany(
                current.frameCollection(), BsonValues.toBson(Document.of("_sample_id", in))));
      }
      add(Op.deleteMany(current.sampleCollection(), BsonValues.toBson(Document.of("_id", in))));
    }
    flush();
    if (!change.isTransaction() && !change.isCreation()) {
      // They go when the change is decided; until then this change must not see them.
      current.samples(ids, Projection.of()).forEach(s -> deletedSamples.add(s.id()));
    }
    updateDataset(Document.of("last_deletion_at", now), List.of());
  }

  @Override
  public void deleteFrames(ObjectId sampleId, List<Integer> numbers) {
    if (reader().samples(List.of(sampleId), Projection.of()).isEmpty()) {
      throw noSample(sampleId);
    }
    removeFrames(sampleId, numbers);
  }

  /** Removes frames at once; taking that back inserts them again. */
  private void removeFrames(ObjectId sampleId, List<Integer> numbers) {
    for (int number : numbers) {
      BsonDocument key = frameKey(sampleId, number);
      Op.Undo undo = Op.LAST;
      if (!change.isTransaction() && !change.isCreation()) {
        BsonDocument image =
            connection.run(
                () -> {
                  flush();
                  change.flush();
                  return connection.raw(reader.frameCollection()).find(key).first();
                });
        if (image == null) {
          continue;
        }
        undo = new Op.Undo.By(Op.replace(reader.frameCollection(), image));
      }
      add(Op.delete(reader.frameCollection(), key, undo));
    }
  }

  // --- values -----------------------------------------------------------------------------------

  @Override
  public void set(
      ObjectId sampleId,
      int frameNumber,
      String field,
      @Nullable Object before,
      @Nullable Object after) {
    boolean ofFrame = frameNumber > 0;
    field(ofFrame ? DatasetInfo.FRAMES + field : field);
    List<FieldChange.Update> updates = FieldChange.updates(field, before, after);
    if (updates.isEmpty()) {
      return;
    }
    String collection = ofFrame ? reader.frameCollection() : reader.sampleCollection();
    Document key =
        ofFrame
            ? Document.of("_sample_id", sampleId, "frame_number", frameNumber)
            : Document.of("_id", sampleId);
    if (ofFrame && before == null) {
      requireFrame(collection, sampleId, frameNumber);
    }
    Supplier<List<Op>> undo = () -> undo(collection, key, field, before, after);
    Supplier<PostilException> stale = () -> changedMeanwhile(sampleId, frameNumber, field);
    for (FieldChange.Update update : updates) {
      send(collection, key, update, undo, stale);
      undo = List::of;
    }
  }

  /** What takes a value back; in the journal the last comes first. */
  private static List<Op> undo(
      String collection,
      Document key,
      String field,
      @Nullable Object before,
      @Nullable Object after) {
    List<Op> undo = new ArrayList<>();
    for (FieldChange.Update back : FieldChange.updates(field, after, before)) {
      undo.add(op(collection, key, back, Op.LAST, null));
    }
    return undo.reversed();
  }

  private static List<Op> all(List<Supplier<List<Op>>> parts) {
    List<Op> all = new ArrayList<>();
    parts.forEach(part -> all.addAll(part.get()));
    return all;
  }

  private void send(
      String collection,
      Document key,
      FieldChange.Update update,
      Supplier<List<Op>> undo,
      Supplier<PostilException> stale) {
    Waiting waits = waiting;
    if (waits != null && waits.collection().equals(collection) && waits.key().equals(key)) {
      FieldChange.Update both = waits.update().and(update);
      if (both != null) {
        List<Supplier<List<Op>>> all = new ArrayList<>(waits.undo());
        all.add(undo);
        waiting = new Waiting(collection, key, both, all, waits.stale());
        return;
      }
    }
    flush();
    waiting = new Waiting(collection, key, update, List.of(undo), stale);
  }

  private PostilException changedMeanwhile(ObjectId sampleId, int frameNumber, String field) {
    if (connection.run(
            () -> new Reading(connection, null).byId(reader.sampleCollection(), sampleId))
        == null) {
      return noSample(sampleId);
    }
    return new PostilException(
        ErrorCode.STALE_REVISION,
        "somebody else changed field "
            + field
            + (frameNumber > 0 ? " of frame " + frameNumber : "")
            + " of sample "
            + sampleId
            + " in between",
        "Read it again and repeat the change.");
  }

  /** Makes a frame without content if there is none. */
  private void requireFrame(String collection, ObjectId sampleId, int frameNumber) {
    ObjectId id = ObjectId.create();
    Document frame =
        Document.builder()
            .put("_id", id)
            .put("_dataset_id", reader.info().id())
            .put("created_at", now)
            .put("last_modified_at", now)
            .build();
    Op undo = Op.delete(collection, id(id), Op.LAST);
    add(
        new Op(
            collection,
            Op.Kind.UPDATE,
            frameKey(sampleId, frameNumber),
            BsonValues.toBson(Document.of("$setOnInsert", frame)),
            List.of(),
            true,
            new Op.Undo.By(undo),
            () -> changedMeanwhile(sampleId, frameNumber, "frame_number")));
  }

  // --- fields -----------------------------------------------------------------------------------

  private void expectMany() {
    if (change.isTransaction() && reader().count() > MANY) {
      change.expectLarge();
    }
  }

  @Override
  public void deleteField(String name) {
    FieldSpec spec = field(name);
    expectMany();
    putInfo(reader().info().withoutField(name));
    Document exists = Document.of(spec.name(), Document.of("$exists", true));
    Document update =
        Document.of(
            "$unset",
            Document.of(spec.name(), true),
            "$currentDate",
            Document.of(FieldChange.MODIFIED, true));
    add(
        Op.updateMany(
            collectionOf(name), BsonValues.toBson(exists), BsonValues.toBson(update), Op.LAST));
  }

  private String collectionOf(String field) {
    return field.startsWith(DatasetInfo.FRAMES)
        ? reader.frameCollection()
        : reader.sampleCollection();
  }

  @Override
  public void renameField(String name, String newName) {
    FieldSpec spec = field(name);
    DatasetInfo info = reader().info();
    boolean frames = name.startsWith(DatasetInfo.FRAMES);
    if (frames != newName.startsWith(DatasetInfo.FRAMES)) {
      throw new PostilException(
          ErrorCode.INVALID_NAME,
          "field " + name + " cannot become " + newName,
          "Both names must begin with " + DatasetInfo.FRAMES + " or neither.");
    }
    if (info.field(newName).isPresent()) {
      throw new PostilException(
          ErrorCode.FIELD_EXISTS,
          "dataset " + info.name() + " has a field " + newName + " already",
          "Choose another name, or delete that field first.");
    }
    expectMany();
    String plain = frames ? newName.substring(DatasetInfo.FRAMES.length()) : newName;
    List<@Nullable Object> fields = new ArrayList<>();
    String list = frames ? "frame_fields" : "sample_fields";
    for (Object element : reader.document().getList(list)) {
      fields.add(
          element instanceof Document d && spec.name().equals(d.getString("name"))
              ? d.with("name", plain).with("db_field", plain)
              : element);
    }
    updateDataset(Document.of(list, Values.list(fields)), List.of());
    Op undo = renaming(collectionOf(name), plain, spec.name(), Op.LAST);
    add(renaming(collectionOf(name), spec.name(), plain, new Op.Undo.By(undo)));
  }

  private static Op renaming(String collection, String from, String to, Op.Undo undo) {
    BsonDocument update =
        new BsonDocument("$rename", new BsonDocument(from, new BsonString(to)))
            .append("$currentDate", new BsonDocument(FieldChange.MODIFIED, BsonBoolean.TRUE));
    BsonDocument exists = new BsonDocument(from, new BsonDocument("$exists", BsonBoolean.TRUE));
    return Op.updateMany(collection, exists, update, undo);
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
    Reading reading = new Source().reading();
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
    Op undo = datasetOp(back.build(), drop.build().names(), Op.LAST);
    return datasetOp(set.with("last_modified_at", now), unset.names(), new Op.Undo.By(undo));
  }

  @Override
  public void deleteRun(ObjectId id) {
    Reading reading = new Source().reading();
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
    Document document = RunDocuments.toDocument(reader().info().id(), owner, record);
    if (!change.isTransaction()) {
      document = document.with("change", changeId);
    }
    add(Op.replace(Connection.SIDES, BsonValues.raw(document)));
  }

  @Override
  public void deleteSide(ObjectId owner) {
    requireOpen();
    BsonDocument ofOwner = Records.ofOwner(owner);
    if (!change.isTransaction()) {
      // What this change puts afterwards stays.
      ofOwner.append("change", new BsonDocument("$ne", BsonValues.toBson((Object) changeId)));
      deletedOwners.add(owner);
    } else if (sidesOf(ofOwner) > MANY) {
      flush();
      change.expectLarge();
      deleteSide(owner);
      return;
    }
    add(Op.deleteMany(Connection.SIDES, ofOwner));
  }

  private long sidesOf(BsonDocument ofOwner) {
    return connection.run(() -> new Source().reading().count(Connection.SIDES, ofOwner));
  }

  private void requireSides(ObjectId owner) {
    if (deletedOwners.contains(owner) && !change.isTransaction() && !change.isCreation()) {
      throw new IllegalStateException("side records of " + owner + " were deleted in this change");
    }
  }

  @Override
  public void appendHistory(Document entry) {
    ObjectId dataset = reader().info().id();
    if (nextHistory < 0) {
      Reading reading = new Source().reading();
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
    Reading reading = new Source().reading();
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

  // --- reading ----------------------------------------------------------------------------------

  @Override
  public DatasetInfo info() {
    return reader().info();
  }

  @Override
  public SampleCursor read(ViewDefinition view, Projection fields) {
    return Views.read(reader(), view, fields, () -> {});
  }

  @Override
  public long count(ViewDefinition view) {
    return connection.run(() -> Views.count(reader(), view));
  }

  @Override
  public List<@Nullable Object> aggregate(ViewDefinition view, List<Aggregation> aggregations) {
    return connection.run(() -> Views.aggregate(reader(), view, aggregations));
  }

  @Override
  public List<Sample> samples(Collection<ObjectId> ids, Projection fields) {
    return reader().samples(ids, fields);
  }

  @Override
  public Cursor<Frame> frames(ObjectId sampleId, int first, int last, Projection fields) {
    return reader().frames(sampleId, first, last, fields);
  }

  @Override
  public <T extends @Nullable Object> T write(Function<DatasetWriter, T> action) {
    requireOpen();
    return action.apply(this);
  }

  @Override
  public List<RunRecord> runs(String type) {
    return connection.run(() -> records().runs(type));
  }

  @Override
  public Optional<RunRecord> run(String type, String key) {
    return connection.run(() -> records().run(type, key));
  }

  @Override
  public List<SideRecord> side(ObjectId owner, Collection<ObjectId> sampleIds) {
    requireSides(owner);
    return connection.run(() -> records().side(owner, sampleIds));
  }

  @Override
  public Cursor<SideRecord> side(ObjectId owner, ObjectId sampleId, int first, int last) {
    requireSides(owner);
    return records().side(owner, sampleId, first, last, () -> {});
  }

  @Override
  public Cursor<SideRecord> side(ObjectId owner) {
    requireSides(owner);
    return records().side(owner, () -> {});
  }

  @Override
  public List<Document> history() {
    return connection.run(() -> records().history());
  }

  @Override
  public List<SavedView> savedViews() {
    return connection.run(() -> records().savedViews());
  }
}
