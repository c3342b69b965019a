package io.postil.store.sqlite;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import java.nio.file.Path;
import java.util.List;

/**
 * The versions of the tables. A file's version is its {@code user_version}; {@link #upgrade} takes
 * it to ours in one transaction. Tables of a dataset and its fields are made as they appear, see
 * {@link Catalog}. Migrations are never changed once published, only added.
 */
final class Schema {
  /** What tells our files from other programs': "Post". */
  static final int APPLICATION_ID = 0x506F7374;

  /** The migrations in order; the first makes an empty file version 1. */
  static final Schema CURRENT =
      new Schema(
          List.of(
              List.of(
                  "CREATE TABLE dictionary (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE)",
                  """
                  CREATE TABLE dataset (number INTEGER PRIMARY KEY AUTOINCREMENT,
                    id BLOB NOT NULL UNIQUE, name TEXT NOT NULL UNIQUE,
                    revision INTEGER NOT NULL, doc BLOB NOT NULL)""",
                  """
                  CREATE TABLE field (number INTEGER PRIMARY KEY AUTOINCREMENT,
                    dataset INTEGER NOT NULL, frames INTEGER NOT NULL, name TEXT NOT NULL,
                    beside INTEGER NOT NULL, UNIQUE (dataset, frames, name))""",
                  """
                  CREATE TABLE run (id BLOB PRIMARY KEY, dataset INTEGER NOT NULL,
                    type TEXT NOT NULL, key TEXT NOT NULL, doc BLOB NOT NULL,
                    UNIQUE (dataset, type, key))""",
                  """
                  CREATE TABLE history (number INTEGER PRIMARY KEY, dataset INTEGER NOT NULL,
                    doc BLOB NOT NULL)""",
                  "CREATE INDEX history_of_dataset ON history (dataset, number)",
                  """
                  CREATE TABLE saved_view (id BLOB PRIMARY KEY, dataset INTEGER NOT NULL,
                    name TEXT NOT NULL, doc BLOB NOT NULL, UNIQUE (dataset, name))"""),
              // Fields that were there before have no columns; they are read row by row.
              List.of("ALTER TABLE field ADD COLUMN columns TEXT")));

  private final List<List<String>> migrations;

  Schema(List<List<String>> migrations) {
    this.migrations = migrations;
  }

  List<List<String>> migrations() {
    return migrations;
  }

  /** The newest version. */
  int version() {
    return migrations.size();
  }

  /** Whether a file is of the newest version; an error if it is none of ours or newer. */
  boolean isCurrent(Session session, Path file) {
    long version = session.number("PRAGMA user_version", 0);
    long application = session.number("PRAGMA application_id", 0);
    boolean empty =
        application == 0
            && version == 0
            && session.number("SELECT count(*) FROM sqlite_schema", 0) == 0;
    if (!empty && application != APPLICATION_ID) {
      throw SqlErrors.notADatabase(file, null);
    }
    if (version > version()) {
      throw new PostilException(
          ErrorCode.STORE_TOO_NEW,
          "the database "
              + file
              + " was written by a newer Postil: it has version "
              + version
              + ", this program knows "
              + version(),
          "Update Postil, or name another database with --database.");
    }
    return version == version();
  }

  /** Applies the missing migrations; call it inside a write transaction. */
  void upgrade(Session session, Path file) {
    if (isCurrent(session, file)) {
      return; // Another process was quicker.
    }
    int version = (int) session.number("PRAGMA user_version", 0);
    for (List<String> migration : migrations.subList(version, version())) {
      migration.forEach(session::execute);
    }
    session.execute("PRAGMA application_id = " + APPLICATION_ID);
    session.execute("PRAGMA user_version = " + version());
  }
}
