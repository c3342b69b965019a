package io.postil.store.sqlite;

import io.postil.core.ErrorCode;
import io.postil.core.Nearest;
import io.postil.core.PostilException;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.FieldType;
import io.postil.core.dataset.LabelAttributes;
import io.postil.core.packed.PackedWriter;
import io.postil.core.packed.TextTable;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * The datasets of a database and where their fields are kept. Each dataset has tables of its own,
 * named by its number; each label field, and each field whose values may be long, has a table of
 * its own beside the samples, named by the field's number. Thread-safe.
 */
final class Catalog {
  /** A dataset as one state of the database has it. */
  record Entry(long number, long revision, DatasetInfo info, Map<String, StoredField> fields) {
    String samples() {
      return "sample_" + number;
    }

    String frames() {
      return "frame_" + number;
    }

    String sides() {
      return "side_" + number;
    }

    /** The stored field of a declared one; a frame field has the prefix {@code frames.}. */
    StoredField field(String name) {
      StoredField field = fields.get(name);
      if (field == null || info.field(name).isEmpty()) {
        throw new PostilException(
            ErrorCode.UNKNOWN_FIELD,
            "dataset " + info.name() + " has no field " + name,
            Nearest.hint(name, info.fieldNames()));
      }
      return field;
    }

    /** The stored fields of the declared ones of samples or of frames, in order. */
    List<StoredField> declared(boolean frames) {
      List<StoredField> declared = new ArrayList<>();
      String prefix = frames ? DatasetInfo.FRAMES : "";
      for (FieldSpec spec : frames ? info.frameFields() : info.sampleFields()) {
        StoredField field = fields.get(prefix + spec.name());
        if (field != null) {
          declared.add(field);
        }
      }
      return declared;
    }
  }

  private final Dictionary dictionary;
  private final ConcurrentMap<ObjectId, Entry> known = new ConcurrentHashMap<>();

  Catalog(Dictionary dictionary) {
    this.dictionary = dictionary;
  }

  List<DatasetInfo> list(Session session) {
    List<ObjectId> ids = new ArrayList<>();
    try (Rows rows = session.query("SELECT id FROM dataset ORDER BY name")) {
      while (rows.next()) {
        ids.add(rows.id(0));
      }
    }
    return ids.stream().map(id -> find(session, id, "").info()).toList();
  }

  ObjectId idOf(Session session, String name) {
    try (Rows rows = session.query("SELECT id FROM dataset WHERE name = ?", name)) {
      if (rows.next()) {
        return rows.id(0);
      }
    }
    List<String> names = new ArrayList<>();
    try (Rows rows = session.query("SELECT name FROM dataset ORDER BY name")) {
      while (rows.next()) {
        names.add(rows.text(0));
      }
    }
    throw new PostilException(
        ErrorCode.UNKNOWN_DATASET, "there is no dataset " + name, Nearest.hint(name, names));
  }

  /** The dataset as the session sees it. */
  Entry find(Session session, ObjectId id, String name) {
    try (Rows rows = session.query("SELECT number, revision FROM dataset WHERE id = ?", id)) {
      if (!rows.next()) {
        throw new PostilException(
            ErrorCode.UNKNOWN_DATASET, "the dataset " + name + " was deleted meanwhile");
      }
      Entry entry = known.get(id);
      if (entry != null
          && entry.number() == rows.integer(0)
          && entry.revision() == rows.integer(1)) {
        return entry;
      }
    }
    Entry entry = load(session, id, dictionary.lookup(session));
    known.put(id, entry);
    return entry;
  }

  private static Entry load(Session session, ObjectId id, TextTable texts) {
    String sql = "SELECT number, revision, name, doc FROM dataset WHERE id = ?";
    try (Rows rows = session.query(sql, id)) {
      rows.next();
      Object doc = Decoding.value(texts, rows.bytes(3), null, "dataset " + rows.text(2));
      Document document = doc instanceof Document d ? d : Document.empty();
      DatasetInfo info = InfoDocuments.fromDocument(id, rows.text(2), document);
      return new Entry(rows.integer(0), rows.integer(1), info, fields(session, rows.integer(0)));
    }
  }

  private static Map<String, StoredField> fields(Session session, long dataset) {
    Map<String, StoredField> fields = new LinkedHashMap<>();
    String sql =
        "SELECT number, frames, name, beside, columns FROM field WHERE dataset = ? ORDER BY number";
    try (Rows rows = session.query(sql, dataset)) {
      while (rows.next()) {
        boolean frames = rows.integer(1) != 0;
        String name = rows.text(2);
        fields.put(
            frames ? DatasetInfo.FRAMES + name : name,
            new StoredField(
                rows.integer(0), frames, name, rows.integer(3) != 0, rows.textOrNull(4)));
      }
    }
    return fields;
  }

  /** Makes a dataset with its tables; inside a write transaction. */
  Entry create(Session session, DatasetInfo info, PackedWriter writer) {
    requireFree(session, info.name(), "");
    session.update(
        "INSERT INTO dataset (id, name, revision, doc) VALUES (?, ?, 0, ?)",
        info.id(),
        info.name(),
        writer.write(InfoDocuments.toDocument(info), null));
    long number = session.lastRow();
    session.execute(
        "CREATE TABLE sample_"
            + number
            + " (row INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, path TEXT NOT NULL,"
            + " meta BLOB NOT NULL, fields BLOB)");
    session.execute(
        "CREATE TABLE frame_"
            + number
            + " (key INTEGER PRIMARY KEY, id BLOB NOT NULL, meta BLOB NOT NULL, fields BLOB)");
    session.execute(
        "CREATE TABLE side_"
            + number
            + " (owner BLOB NOT NULL, sample BLOB NOT NULL, frame INTEGER NOT NULL,"
            + " name TEXT NOT NULL, doc BLOB NOT NULL,"
            + " PRIMARY KEY (owner, sample, frame, name)) WITHOUT ROWID");
    Entry entry = new Entry(number, 0, info, Map.of());
    declare(session, entry, info);
    return new Entry(number, 0, info, fields(session, number));
  }

  /** Checks that a dataset may get a name. */
  void requireFree(Session session, String name, String oldName) {
    if (name.isBlank()) {
      throw new PostilException(ErrorCode.INVALID_NAME, "the name of a dataset is empty");
    }
    if (name.equals(oldName)
        || session.number("SELECT 1 FROM dataset WHERE name = ?", 0, name) == 0) {
      return;
    }
    throw new PostilException(
        ErrorCode.DATASET_EXISTS,
        "there is a dataset " + name + " already",
        "Choose another name, or delete it first: postil datasets delete " + name);
  }

  /** Stores a changed description and makes places for new fields; gives the new entry. */
  Entry replace(Session session, Entry entry, DatasetInfo info, PackedWriter writer) {
    session.update(
        "UPDATE dataset SET revision = revision + 1, name = ?, doc = ? WHERE number = ?",
        info.name(),
        writer.write(InfoDocuments.toDocument(info), null),
        entry.number());
    declare(session, entry, info);
    return new Entry(entry.number(), entry.revision() + 1, info, fields(session, entry.number()));
  }

  private static void declare(Session session, Entry entry, DatasetInfo info) {
    for (boolean frames : new boolean[] {false, true}) {
      for (FieldSpec spec : frames ? info.frameFields() : info.sampleFields()) {
        if (!entry.fields().containsKey(frames ? DatasetInfo.FRAMES + spec.name() : spec.name())) {
          add(session, entry.number(), frames, spec);
        }
      }
    }
  }

  private static void add(Session session, long dataset, boolean frames, FieldSpec spec) {
    boolean beside = isBeside(spec.type());
    String columnClass = frames ? null : listClass(spec);
    session.update(
        "INSERT INTO field (dataset, frames, name, beside, columns) VALUES (?, ?, ?, ?, ?)",
        dataset,
        frames ? 1 : 0,
        spec.name(),
        beside ? 1 : 0,
        columnClass);
    if (!beside) {
      return;
    }
    StoredField field = new StoredField(session.lastRow(), frames, spec.name(), true, columnClass);
    session.execute(
        "CREATE TABLE "
            + field.table()
            + " (key INTEGER PRIMARY KEY, labels INTEGER NOT NULL, doc BLOB NOT NULL)");
    session.execute(
        "CREATE TABLE " + field.partTable() + " (id INTEGER PRIMARY KEY, data BLOB NOT NULL)");
    if (columnClass != null) {
      session.execute(
          "CREATE TABLE " + field.columnTable() + " (key INTEGER PRIMARY KEY, doc BLOB NOT NULL)");
    }
  }

  /** The class of a field's lists of labels; null if it holds something else. */
  private static @Nullable String listClass(FieldSpec spec) {
    return spec.isLabel() && LabelAttributes.listName(spec) != null ? spec.documentClass() : null;
  }

  private static boolean isBeside(FieldType type) {
    return switch (type) {
      case EMBEDDED, DICT, LIST, VECTOR, ARRAY, OTHER -> true;
      case STRING, INT, FLOAT, BOOLEAN, DATE, DATETIME, OBJECT_ID, FRAME_NUMBER, FRAME_SUPPORT ->
          false;
    };
  }

  /** Drops a field's values. */
  static void drop(Session session, StoredField field) {
    session.update("DELETE FROM field WHERE number = ?", field.number());
    if (field.beside()) {
      session.execute("DROP TABLE " + field.table());
      session.execute("DROP TABLE " + field.partTable());
    }
    if (field.columnClass() != null) {
      session.execute("DROP TABLE " + field.columnTable());
    }
  }

  /** Drops a dataset with everything it has. */
  void drop(Session session, Entry entry) {
    entry.fields().values().forEach(field -> drop(session, field));
    session.execute("DROP TABLE " + entry.samples());
    session.execute("DROP TABLE " + entry.frames());
    session.execute("DROP TABLE " + entry.sides());
    for (String table : List.of("run", "history", "saved_view")) {
      session.update("DELETE FROM " + table + " WHERE dataset = ?", entry.number());
    }
    session.update("DELETE FROM dataset WHERE number = ?", entry.number());
    known.remove(entry.info().id());
  }
}
