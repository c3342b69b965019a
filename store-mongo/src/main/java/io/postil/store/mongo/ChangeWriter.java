package io.postil.store.mongo;

import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.Frame;
import io.postil.core.dataset.Sample;
import io.postil.core.run.RunRecord;
import io.postil.core.store.Cursor;
import io.postil.core.store.DatasetWriter;
import io.postil.core.store.Projection;
import io.postil.core.store.SampleCursor;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.view.Aggregation;
import io.postil.core.view.ViewDefinition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What every part of a change's writing side needs: the operations on their way, the dataset's
 * document as the change leaves it, and its reads. Not thread-safe.
 */
abstract class ChangeWriter implements DatasetWriter {
  /** From so many samples on a change of all of them is no transaction. */
  static final long MANY = 10_000;

  final Connection connection;
  final Change change;
  final ObjectId changeId;
  final Instant now = Instant.ofEpochMilli(System.currentTimeMillis());
  final Set<ObjectId> deletedSamples = new HashSet<>();
  DatasetReader reader;
  SampleDocuments documents;
  boolean open = true;

  /** What is not written since it was read. */
  final Reads reads = new Reads();

  /** The update of one sample or frame, which further fields may join. */
  @Nullable SampleUpdate waiting;

  ChangeWriter(Connection connection, Change change, ObjectId changeId, Document document) {
    this.connection = connection;
    this.change = change;
    this.changeId = changeId;
    this.reader = new DatasetReader(connection, source(), document);
    this.documents = new SampleDocuments(reader.sampleCollection(), reader.info());
  }

  /** Where reads of this change find their state. */
  final StateSource source() {
    return new Source();
  }

  /**
   * Checks that the side records of an owner can be read: not after they were deleted in a
   * journaled change, which does so at its end.
   */
  abstract void requireSides(ObjectId owner);

  /** What the change sees. */
  private final class Source implements StateSource {
    @Override
    public Reading reading() {
      flush();
      return change.reading();
    }

    @Override
    public Reading readingOf(Collection<ObjectId> samples) {
      flush();
      return change.readingOf(samples);
    }

    @Override
    public Reading renewed() {
      return change.renewed();
    }

    @Override
    public int epoch() {
      return change.epoch();
    }

    @Override
    public void noteRead(Sample sample, Projection fields) {
      if (change.isTransaction()) {
        reads.add(change.epoch(), sample, fields);
      }
    }

    @Override
    public Set<ObjectId> hidden() {
      return change.isJournaled() ? deletedSamples : Set.of();
    }

    @Override
    public void close() {}
  }

  /** Runs the action; writes are refused afterwards. */
  <T extends @Nullable Object> T run(Function<DatasetWriter, T> action) {
    try {
      T result = action.apply(this);
      flush();
      if (!change.isCreation() && isDeleted()) {
        throw MongoDataset.deleted(reader.info().name());
      }
      return result;
    } finally {
      open = false;
    }
  }

  /** Whether somebody deleted the dataset since the change began. */
  final boolean isDeleted() {
    Reading newest = new Reading(connection, null);
    return !connection.run(() -> newest.exists(Connection.DATASETS, reader.info().id()));
  }

  /** The dataset's document as this change leaves it. */
  Document document() {
    return reader.document();
  }

  void requireOpen() {
    if (!open) {
      throw new IllegalStateException("the change is over");
    }
  }

  DatasetReader reader() {
    requireOpen();
    return reader;
  }

  Records records() {
    return new Records(reader());
  }

  void add(Op op) {
    flush();
    if (op.collection().equals(reader.sampleCollection())) {
      reads.end();
    }
    connection.run(
        () -> {
          change.add(op);
          return op;
        });
  }

  /** Adds a write that is about one sample, or what is kept beside a run about it. */
  final void add(Op op, ObjectId sample) {
    connection.run(
        () -> {
          change.add(op, sample);
          return op;
        });
  }

  void flush() {
    SampleUpdate ready = waiting;
    waiting = null;
    if (ready != null) {
      add(ready.op(), ready.sample());
    }
  }

  // --- the dataset's document -------------------------------------------------------------------

  void use(Document changed) {
    reader = new DatasetReader(connection, source(), changed);
    documents = new SampleDocuments(reader.sampleCollection(), reader.info());
  }

  /** Sets and removes keys of the dataset's document. */
  void updateDataset(Document set, List<String> unset) {
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
      Op undo = datasetOp(after.build(), back.build(), added, Op.LAST);
      Document all = set.with("last_modified_at", now);
      add(datasetOp(before, all, unset, new Op.Undo.By(undo)));
    }
    use(after.build());
  }

  /** An operation on the dataset's document, which is known to be as given. */
  Op datasetOp(Document known, Document set, List<String> unset, Op.Undo undo) {
    return Op.update(
        Connection.DATASETS,
        BsonValues.toBson(Document.of("_id", reader.info().id())),
        DatasetUpdate.body(known, set, unset),
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
  void createFrames() {
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
