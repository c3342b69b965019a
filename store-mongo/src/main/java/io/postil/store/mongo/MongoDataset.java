package io.postil.store.mongo;

import com.mongodb.MongoException;
import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.Frame;
import io.postil.core.dataset.Sample;
import io.postil.core.run.RunRecord;
import io.postil.core.store.Cursor;
import io.postil.core.store.DatasetWriter;
import io.postil.core.store.Projection;
import io.postil.core.store.SampleCursor;
import io.postil.core.store.StoredDataset;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.view.Aggregation;
import io.postil.core.view.ViewDefinition;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A dataset outside of a change: each read sees one state. Thread-safe. */
final class MongoDataset implements StoredDataset {
  private final Connection connection;
  private final ObjectId id;
  private final String name;
  private final Change.Limits limits;

  MongoDataset(Connection connection, ObjectId id, String name, Change.Limits limits) {
    this.connection = connection;
    this.id = id;
    this.name = name;
    this.limits = limits;
  }

  private Document document(Reading reading) {
    Document document = reading.byId(Connection.DATASETS, id);
    if (document == null) {
      throw deleted(name);
    }
    return document;
  }

  /** The error of a dataset that is gone. */
  static PostilException deleted(String name) {
    return new PostilException(
        ErrorCode.UNKNOWN_DATASET,
        "the dataset " + name + " was deleted meanwhile",
        "See which there are: postil datasets list.");
  }

  private DatasetReader reader(StateSource source) {
    return new DatasetReader(connection, source, document(source.reading()));
  }

  private <T extends @Nullable Object> T once(Function<DatasetReader, T> action) {
    return connection.run(
        () -> {
          try (StateSource source = new StateSource.Snapshot(connection)) {
            return action.apply(reader(source));
          }
        });
  }

  /** A stream whose state is let go when it is closed. */
  private <C> C stream(Streamed<C> action) {
    return connection.run(
        () -> {
          StateSource source = new StateSource.Snapshot(connection);
          boolean done = false;
          try {
            C stream = action.open(reader(source), source::close);
            done = true;
            return stream;
          } finally {
            if (!done) {
              source.close();
            }
          }
        });
  }

  private interface Streamed<C> {
    C open(DatasetReader reader, Runnable onClose);
  }

  @Override
  public DatasetInfo info() {
    return connection.run(() -> DatasetDocuments.info(document(new Reading(connection, null))));
  }

  @Override
  public @Nullable String changeInProgress() {
    return connection.run(
        () -> {
          for (Document change : Journal.unfinished(connection, id)) {
            if (!change.getBoolean("creation", false)) {
              return inProgress();
            }
          }
          return null;
        });
  }

  private String inProgress() {
    String holder = Lock.holder(connection, id);
    return holder.isEmpty()
        ? "a change was interrupted and is half done; the next command that can write ends it"
        : "another process" + holder + " is changing it; until it is done, parts are seen already";
  }

  @Override
  public SampleCursor read(ViewDefinition view, Projection fields) {
    return stream((reader, onClose) -> Views.read(reader, view, fields, onClose));
  }

  @Override
  public long count(ViewDefinition view) {
    return once(reader -> Views.count(reader, view));
  }

  @Override
  public List<@Nullable Object> aggregate(ViewDefinition view, List<Aggregation> aggregations) {
    return once(reader -> Views.aggregate(reader, view, aggregations));
  }

  @Override
  public List<Sample> samples(Collection<ObjectId> ids, Projection fields) {
    return once(reader -> reader.samples(ids, fields));
  }

  @Override
  public Cursor<Frame> frames(ObjectId sampleId, int first, int last, Projection fields) {
    return stream((reader, onClose) -> reader.frames(sampleId, first, last, fields, onClose));
  }

  @Override
  public <T extends @Nullable Object> T write(Function<DatasetWriter, T> action) {
    ObjectId changeId = ObjectId.create();
    Lock lock =
        connection.run(
            () -> {
              connection.prepare();
              return Lock.take(connection, id, changeId, name);
            });
    try (lock) {
      Change change =
          connection.run(
              () -> {
                Journal.recoverLocked(connection, id);
                // A transaction can look for itself: it writes nothing before.
                if (!connection.hasTransactions()) {
                  Versions.requireWritable(document(new Reading(connection, null)), connection);
                }
                return Change.begin(connection, lock, id, changeId, limits);
              });
      return run(change, () -> writer(change, changeId), action);
    }
  }

  private MongoWriter writer(Change change, ObjectId changeId) {
    Document document = document(change.reading());
    Versions.requireWritable(document, connection);
    return new MongoWriter(connection, change, changeId, document);
  }

  /** Runs the action and ends the change. */
  static <T extends @Nullable Object> T run(
      Change change,
      java.util.function.Supplier<MongoWriter> open,
      Function<DatasetWriter, T> action) {
    return end(change, () -> open.get().run(action), () -> {});
  }

  /** Ends a change: final if the action succeeds, taken back if not. */
  static <T extends @Nullable Object> T end(
      Change change, java.util.function.Supplier<T> action, Runnable beforeCommit) {
    boolean done = false;
    try {
      T result = action.get();
      beforeCommit.run();
      change.commit();
      done = true;
      return result;
    } catch (RuntimeException e) {
      done = true;
      throw reported(change.rollBack(e), change);
    } finally {
      if (!done) {
        change.rollBack(new IllegalStateException("the change ended with an error"));
      }
    }
  }

  private static RuntimeException reported(RuntimeException e, Change change) {
    if (e instanceof MongoException m) {
      return Errors.translate(m, change.servers());
    }
    if (e instanceof Change.DuplicateException duplicate) {
      return new PostilException(
          ErrorCode.INVALID_REQUEST,
          "there is a document "
              + BsonValues.fromRaw(duplicate.op().filter()).get("_id")
              + " in "
              + duplicate.op().collection()
              + " already",
          null,
          e);
    }
    return e;
  }

  @Override
  public List<RunRecord> runs(String type) {
    return once(reader -> new Records(reader).runs(type));
  }

  @Override
  public Optional<RunRecord> run(String type, String key) {
    return once(reader -> new Records(reader).run(type, key));
  }

  @Override
  public List<SideRecord> side(ObjectId owner, Collection<ObjectId> sampleIds) {
    return once(reader -> new Records(reader).side(owner, sampleIds));
  }

  @Override
  public Cursor<SideRecord> side(ObjectId owner, ObjectId sampleId, int first, int last) {
    return stream(
        (reader, onClose) -> new Records(reader).side(owner, sampleId, first, last, onClose));
  }

  @Override
  public Cursor<SideRecord> side(ObjectId owner) {
    return stream((reader, onClose) -> new Records(reader).side(owner, onClose));
  }

  @Override
  public List<Document> history() {
    return once(reader -> new Records(reader).history());
  }

  @Override
  public List<SavedView> savedViews() {
    return once(reader -> new Records(reader).savedViews());
  }
}
