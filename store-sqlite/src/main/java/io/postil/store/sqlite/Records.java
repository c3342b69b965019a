package io.postil.store.sqlite;

import io.postil.core.packed.TextTable;
import io.postil.core.run.RunRecord;
import io.postil.core.store.Cursor;
import io.postil.core.store.StoredDataset.SavedView;
import io.postil.core.store.StoredDataset.SideRecord;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.store.sqlite.Catalog.Entry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads what belongs to a dataset beside its samples: runs, side records, history, views. */
final class Records {
  private final Session session;
  private final Entry entry;
  private final TextTable texts;

  Records(SnapshotReader reader, Entry entry) {
    this.session = reader.session();
    this.entry = entry;
    this.texts = reader.texts();
  }

  List<RunRecord> runs(String type) {
    List<RunRecord> runs = new ArrayList<>();
    String sql = "SELECT id, type, key, doc FROM run WHERE dataset = ? AND type = ? ORDER BY key";
    try (Rows rows = session.query(sql, entry.number(), type)) {
      while (rows.next()) {
        runs.add(run(rows));
      }
    }
    return runs;
  }

  Optional<RunRecord> run(String type, String key) {
    String sql = "SELECT id, type, key, doc FROM run WHERE dataset = ? AND type = ? AND key = ?";
    try (Rows rows = session.query(sql, entry.number(), type, key)) {
      return rows.next() ? Optional.of(run(rows)) : Optional.empty();
    }
  }

  private RunRecord run(Rows rows) {
    String key = rows.text(2);
    return RunDocuments.run(
        rows.id(0), rows.text(1), key, document(rows.bytes(3), "the run " + key));
  }

  List<SideRecord> side(ObjectId owner, Collection<ObjectId> sampleIds) {
    List<SideRecord> records = new ArrayList<>();
    String sql =
        "SELECT sample, frame, name, doc FROM "
            + entry.sides()
            + " WHERE owner = ? AND sample = ? ORDER BY frame, name";
    for (ObjectId id : new LinkedHashSet<>(sampleIds)) {
      try (Rows rows = session.query(sql, owner, id)) {
        while (rows.next()) {
          records.add(side(rows));
        }
      }
    }
    return records;
  }

  Cursor<SideRecord> side(
      ObjectId owner, ObjectId sampleId, int first, int last, Runnable onClose) {
    String sql =
        "SELECT sample, frame, name, doc FROM "
            + entry.sides()
            + " WHERE owner = ? AND sample = ? AND frame BETWEEN ? AND ? ORDER BY frame, name";
    return cursor(session.query(sql, owner, sampleId, first, last), onClose);
  }

  Cursor<SideRecord> side(ObjectId owner, Runnable onClose) {
    String sql =
        "SELECT sample, frame, name, doc FROM "
            + entry.sides()
            + " WHERE owner = ? ORDER BY sample, frame, name";
    return cursor(session.query(sql, owner), onClose);
  }

  private Cursor<SideRecord> cursor(Rows rows, Runnable onClose) {
    return new Cursor<>() {
      private @Nullable Boolean ready;
      private boolean closed;

      @Override
      public boolean hasNext() {
        if (closed) {
          return false;
        }
        if (ready == null) {
          ready = rows.next();
        }
        return ready;
      }

      @Override
      public SideRecord next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        ready = null;
        return side(rows);
      }

      @Override
      public void close() {
        if (!closed) {
          closed = true;
          rows.close();
          onClose.run();
        }
      }
    };
  }

  private SideRecord side(Rows rows) {
    ObjectId sample = rows.id(0);
    String name = rows.text(2);
    Object value =
        Decoding.value(texts, rows.bytes(3), null, "the record " + name + " of sample " + sample);
    return new SideRecord(sample, (int) rows.integer(1), name, Objects.requireNonNull(value));
  }

  List<Document> history() {
    List<Document> history = new ArrayList<>();
    String sql = "SELECT doc FROM history WHERE dataset = ? ORDER BY number";
    try (Rows rows = session.query(sql, entry.number())) {
      while (rows.next()) {
        history.add(document(rows.bytes(0), "the history of dataset " + entry.info().name()));
      }
    }
    return history;
  }

  List<SavedView> savedViews() {
    List<SavedView> views = new ArrayList<>();
    String sql = "SELECT id, name, doc FROM saved_view WHERE dataset = ? ORDER BY name";
    try (Rows rows = session.query(sql, entry.number())) {
      while (rows.next()) {
        String name = rows.text(1);
        Document document = document(rows.bytes(2), "the saved view " + name);
        views.add(RunDocuments.savedView(rows.id(0), name, document));
      }
    }
    return views;
  }

  private Document document(byte[] doc, String place) {
    return Decoding.value(texts, doc, null, place) instanceof Document d ? d : Document.empty();
  }
}
