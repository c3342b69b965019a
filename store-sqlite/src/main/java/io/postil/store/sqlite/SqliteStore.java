package io.postil.store.sqlite;

import io.postil.core.dataset.DatasetInfo;
import io.postil.core.packed.PackedWriter;
import io.postil.core.store.DatasetStore;
import io.postil.core.store.DatasetWriter;
import io.postil.core.store.StoredDataset;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.store.sqlite.Catalog.Entry;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The store in one SQLite file. */
final class SqliteStore implements DatasetStore {
  private final Database database;
  private final Catalog catalog;

  SqliteStore(Database database) {
    this.database = database;
    this.catalog = new Catalog(database.dictionary());
  }

  static SqliteStore open(Path file, boolean readOnly) {
    return new SqliteStore(Database.open(file, readOnly, Schema.CURRENT));
  }

  @Override
  public String location() {
    return "sqlite:" + database.file();
  }

  @Override
  public List<DatasetInfo> list() {
    return database.read(catalog::list);
  }

  @Override
  public StoredDataset create(DatasetInfo info) {
    SqliteWriter.withDictionary(
        database,
        (session, dictionary) -> catalog.create(session, info, new PackedWriter(dictionary)));
    return new SqliteDataset(database, catalog, info.id(), info.name());
  }

  @Override
  public <T extends @Nullable Object> T create(
      DatasetInfo info, Function<DatasetWriter, T> action) {
    return SqliteWriter.create(database, catalog, info, action);
  }

  @Override
  public StoredDataset open(String name) {
    ObjectId id = database.read(session -> catalog.idOf(session, name));
    return new SqliteDataset(database, catalog, id, name);
  }

  @Override
  public void rename(String name, String newName) {
    SqliteWriter.withDictionary(
        database,
        (session, dictionary) -> {
          Entry entry = catalog.find(session, catalog.idOf(session, name), name);
          catalog.requireFree(session, newName, name);
          return catalog.replace(
              session, entry, entry.info().withName(newName), new PackedWriter(dictionary));
        });
  }

  @Override
  public void delete(String name) {
    database.write(
        session -> {
          catalog.drop(session, catalog.find(session, catalog.idOf(session, name), name));
          return name;
        });
  }

  @Override
  public Document describe() {
    return database.read(
        session ->
            Document.builder()
                .put("kind", "sqlite")
                .put("location", location())
                .put("sqlite_version", text(session, "SELECT sqlite_version()"))
                .put("schema_version", session.number("PRAGMA user_version", 0))
                .put("size_bytes", database.file().toFile().length())
                .put("datasets", session.number("SELECT count(*) FROM dataset", 0))
                .build());
  }

  private static String text(Session session, String sql) {
    try (Rows rows = session.query(sql)) {
      return rows.next() ? rows.text(0) : "";
    }
  }

  @Override
  public void close() {
    database.close();
  }
}
