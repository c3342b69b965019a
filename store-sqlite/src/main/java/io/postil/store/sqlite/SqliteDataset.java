package io.postil.store.sqlite;

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
import io.postil.store.sqlite.Catalog.Entry;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A dataset outside of a change: each read takes a session that sees one state. Thread-safe. */
final class SqliteDataset implements StoredDataset {
  private final Database database;
  private final Catalog catalog;
  private final ObjectId id;
  private final String name;

  SqliteDataset(Database database, Catalog catalog, ObjectId id, String name) {
    this.database = database;
    this.catalog = catalog;
    this.id = id;
    this.name = name;
  }

  private SnapshotReader reader(Session session, Entry entry) {
    return new SnapshotReader(session, entry, database.dictionary().lookup(session));
  }

  private <T extends @Nullable Object> T once(BiFunction<SnapshotReader, Records, T> action) {
    return database.read(
        session -> {
          Entry entry = catalog.find(session, id, name);
          SnapshotReader reader = reader(session, entry);
          return action.apply(reader, new Records(reader, entry));
        });
  }

  /** A stream whose session is given back when it is closed. */
  private <C> C stream(Streamed<C> action) {
    Session session = database.beginRead();
    try {
      Entry entry = catalog.find(session, id, name);
      SnapshotReader reader = reader(session, entry);
      return action.open(reader, new Records(reader, entry), () -> database.endRead(session));
    } catch (RuntimeException e) {
      database.endRead(session);
      throw e;
    }
  }

  private interface Streamed<C> {
    C open(SnapshotReader reader, Records records, Runnable onClose);
  }

  @Override
  public DatasetInfo info() {
    return once((reader, records) -> reader.info());
  }

  @Override
  public SampleCursor read(ViewDefinition view, Projection fields) {
    return stream((reader, records, onClose) -> Views.read(reader, view, fields, onClose));
  }

  @Override
  public long count(ViewDefinition view) {
    return once((reader, records) -> Views.count(reader, view));
  }

  @Override
  public List<@Nullable Object> aggregate(ViewDefinition view, List<Aggregation> aggregations) {
    return once((reader, records) -> Views.aggregate(reader, view, aggregations));
  }

  @Override
  public List<Sample> samples(Collection<ObjectId> ids, Projection fields) {
    return once((reader, records) -> reader.samples(ids, fields));
  }

  @Override
  public Cursor<Frame> frames(ObjectId sampleId, int first, int last, Projection fields) {
    return stream(
        (reader, records, onClose) -> reader.frames(sampleId, first, last, fields, onClose));
  }

  @Override
  public <T extends @Nullable Object> T write(Function<DatasetWriter, T> action) {
    return SqliteWriter.write(database, catalog, id, name, action);
  }

  @Override
  public List<RunRecord> runs(String type) {
    return once((reader, records) -> records.runs(type));
  }

  @Override
  public Optional<RunRecord> run(String type, String key) {
    return once((reader, records) -> records.run(type, key));
  }

  @Override
  public List<SideRecord> side(ObjectId owner, Collection<ObjectId> sampleIds) {
    return once((reader, records) -> records.side(owner, sampleIds));
  }

  @Override
  public Cursor<SideRecord> side(ObjectId owner, ObjectId sampleId, int first, int last) {
    return stream(
        (reader, records, onClose) -> records.side(owner, sampleId, first, last, onClose));
  }

  @Override
  public Cursor<SideRecord> side(ObjectId owner) {
    return stream((reader, records, onClose) -> records.side(owner, onClose));
  }

  @Override
  public List<Document> history() {
    return once((reader, records) -> records.history());
  }

  @Override
  public List<SavedView> savedViews() {
    return once((reader, records) -> records.savedViews());
  }
}
