package io.postil.store.sqlite;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.packed.PackedWriter;
import io.postil.core.run.RunRecord;
import io.postil.core.store.StoredDataset.SavedView;
import io.postil.core.store.StoredDataset.SideRecord;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.store.sqlite.Catalog.Entry;

/** Writes what is kept beside the samples of a dataset. Not thread-safe; for one change. */
final class RecordWriter {
  private final Session session;
  private final PackedWriter packed;
  private final Entry entry;
  private final String putSide;

  RecordWriter(Session session, PackedWriter packed, Entry entry) {
    this.session = session;
    this.packed = packed;
    this.entry = entry;
    this.putSide =
        "INSERT INTO "
            + entry.sides()
            + " (owner, sample, frame, name, doc) VALUES (?, ?, ?, ?, ?)"
            + " ON CONFLICT DO UPDATE SET doc = excluded.doc";
  }

  void putRun(RunRecord run) {
    String sql = "SELECT 1 FROM run WHERE dataset = ? AND type = ? AND key = ? AND id <> ?";
    if (session.number(sql, 0, entry.number(), run.type(), run.key(), run.id()) == 1) {
      throw new PostilException(
          ErrorCode.KEY_EXISTS,
          "dataset " + entry.info().name() + " has a run " + run.key() + " already",
          "Choose another key, or delete that run first.");
    }
    session.update(
        "INSERT INTO run (id, dataset, type, key, doc) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id)"
            + " DO UPDATE SET type = excluded.type, key = excluded.key, doc = excluded.doc",
        run.id(),
        entry.number(),
        run.type(),
        run.key(),
        packed.write(RunDocuments.toDocument(run), null));
  }

  void deleteRun(ObjectId id) {
    session.update("DELETE FROM run WHERE dataset = ? AND id = ?", entry.number(), id);
  }

  void putSide(ObjectId owner, SideRecord record) {
    session.update(
        putSide,
        owner,
        record.sampleId(),
        record.frameNumber(),
        record.name(),
        packed.write(record.value(), null));
  }

  void deleteSide(ObjectId owner) {
    session.update("DELETE FROM " + entry.sides() + " WHERE owner = ?", owner);
  }

  void appendHistory(Document historyEntry) {
    session.update(
        "INSERT INTO history (dataset, doc) VALUES (?, ?)",
        entry.number(),
        packed.write(historyEntry, null));
  }

  void putSavedView(SavedView view) {
    String sql = "SELECT 1 FROM saved_view WHERE dataset = ? AND name = ? AND id <> ?";
    if (session.number(sql, 0, entry.number(), view.name(), view.id()) == 1) {
      throw new PostilException(
          ErrorCode.INVALID_NAME,
          "dataset " + entry.info().name() + " has a saved view " + view.name() + " already",
          "Choose another name, or delete that view first.");
    }
    session.update(
        "INSERT INTO saved_view (id, dataset, name, doc) VALUES (?, ?, ?, ?) ON CONFLICT (id)"
            + " DO UPDATE SET name = excluded.name, doc = excluded.doc",
        view.id(),
        entry.number(),
        view.name(),
        packed.write(RunDocuments.toDocument(view), null));
  }

  void deleteSavedView(ObjectId id) {
    session.update("DELETE FROM saved_view WHERE dataset = ? AND id = ?", entry.number(), id);
  }
}
