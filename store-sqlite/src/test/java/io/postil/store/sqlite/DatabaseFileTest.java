package io.postil.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.store.DatasetStore;
import io.postil.core.view.ViewDefinition;
import io.postil.testkit.TestSamples;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseFileTest {
  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void prepare() {
    NativeLibrary.prepare(directory.resolve("home"));
    file = directory.resolve("postil 数据.db");
  }

  private static void fails(ErrorCode code, String message, ThrowingCallable action) {
    assertThatExceptionOfType(PostilException.class)
        .isThrownBy(action)
        .withMessageContaining(message)
        .satisfies(e -> assertThat(e.code()).isEqualTo(code))
        .satisfies(e -> assertThat(e.remedy()).isNotEmpty());
  }

  private SqliteStore open(Schema schema) {
    return new SqliteStore(Database.open(file, false, schema));
  }

  private static Schema withMore(List<String> migration) {
    List<List<String>> migrations = new ArrayList<>(Schema.CURRENT.migrations());
    migrations.add(migration);
    return new Schema(migrations);
  }

  @Test
  void upgradesAnOlderFileAndKeepsItsData() {
    try (SqliteStore store = open(Schema.CURRENT)) {
      store.create(TestSamples.imageDataset("photos"));
    }

    try (SqliteStore store = open(withMore(List.of("CREATE TABLE novelty (id INTEGER)")))) {
      assertThat(store.describe().get("schema_version")).isEqualTo(Schema.CURRENT.version() + 1L);
      assertThat(store.open("photos").count(ViewDefinition.ALL)).isZero();
    }
  }

  @Test
  void leavesTheFileAsItWasWhenAnUpgradeFails() {
    open(Schema.CURRENT).close();
    Schema broken = withMore(List.of("CREATE TABLE novelty (id INTEGER)", "CREATE NONSENSE"));

    assertThatExceptionOfType(PostilException.class).isThrownBy(() -> open(broken));

    try (SqliteStore store = open(Schema.CURRENT)) {
      assertThat(store.describe().get("schema_version")).isEqualTo((long) Schema.CURRENT.version());
    }
  }

  @Test
  void refusesAFileOfANewerVersion() {
    open(withMore(List.of("CREATE TABLE novelty (id INTEGER)"))).close();

    fails(ErrorCode.STORE_TOO_NEW, "newer Postil", () -> open(Schema.CURRENT));
  }

  @Test
  void refusesFilesOfOtherPrograms() throws Exception {
    Files.writeString(file, "just some notes".repeat(100));
    fails(ErrorCode.STORE_CORRUPT, "is not a Postil database", () -> open(Schema.CURRENT));

    Files.delete(file);
    open(new Schema(List.of(List.of("CREATE TABLE other (id INTEGER)")))).close();
    try (var connection = java.sql.DriverManager.getConnection("jdbc:sqlite:" + file)) {
      connection.createStatement().execute("PRAGMA application_id = 1");
    }
    fails(ErrorCode.STORE_CORRUPT, "is not a Postil database", () -> open(Schema.CURRENT));
  }

  @Test
  void saysThatAFileIsDamaged() throws IOException {
    try (SqliteStore store = open(Schema.CURRENT)) {
      var dataset = store.create(TestSamples.imageDataset("photos"));
      for (int i = 0; i < 10; i++) {
        dataset.write(
            writer -> {
              for (int k = 0; k < 50; k++) {
                writer.insert(TestSamples.image("/a.jpg", 20));
              }
              return 0;
            });
      }
    }
    byte[] bytes = Files.readAllBytes(file);
    java.util.Arrays.fill(bytes, 8192 * 12, bytes.length, (byte) 0x5A);
    Files.write(file, bytes);

    try (SqliteStore store = open(Schema.CURRENT)) {
      fails(
          ErrorCode.STORE_CORRUPT,
          "damaged",
          () ->
              store
                  .open("photos")
                  .read(ViewDefinition.ALL, io.postil.core.store.Projection.ALL)
                  .toList());
    }
  }

  @Test
  void readsAFileOpenedForReadingAndRefusesToWrite() {
    try (SqliteStore store = open(Schema.CURRENT)) {
      store.create(TestSamples.imageDataset("photos"));
    }
    URI uri = URI.create("sqlite:" + file.toString().replace(" ", "%20") + "?mode=ro");
    try (DatasetStore store = new SqliteStoreProvider().open(uri, directory.resolve("home"))) {
      assertThat(store.list()).hasSize(1);
      fails(
          ErrorCode.STORE_READ_ONLY,
          "read-only",
          () -> store.create(TestSamples.imageDataset("more")));
    }
  }

  @Test
  void saysThatAnotherProcessIsWriting() {
    try (SqliteStore store = open(Schema.CURRENT);
        Database other = Database.open(file, false, Schema.CURRENT)) {
      other.write(
          session -> {
            fails(
                ErrorCode.STORE_LOCKED,
                "another process is writing",
                () -> store.create(TestSamples.imageDataset("photos")));
            return 0;
          });
    }
  }

  @Test
  void saysWhatIsWrongWithAPlace() {
    fails(ErrorCode.STORE_UNAVAILABLE, "is a directory", () -> SqliteStore.open(directory, false));
    fails(
        ErrorCode.STORE_UNAVAILABLE,
        "there is no database",
        () -> SqliteStore.open(directory.resolve("none.db"), true));
    fails(
        ErrorCode.STORE_UNAVAILABLE,
        "on a network share (nfs4)",
        () -> Database.checkFileSystem(file, "nfs4"));
  }

  @Test
  void unpacksTheNativeLibraryOnce() throws IOException {
    Path home = directory.resolve("new home");
    String before = System.clearProperty("org.sqlite.lib.path");
    try {
      NativeLibrary.prepare(home);
      Path library = Path.of(System.getProperty("org.sqlite.lib.path"));
      assertThat(library).startsWith(home);
      var unpacked = Files.getLastModifiedTime(onlyFile(library));

      System.clearProperty("org.sqlite.lib.path");
      NativeLibrary.prepare(home);
      assertThat(Files.getLastModifiedTime(onlyFile(library))).isEqualTo(unpacked);
    } finally {
      System.setProperty("org.sqlite.lib.path", before);
    }
  }

  private static Path onlyFile(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      List<Path> list = files.toList();
      assertThat(list).hasSize(1);
      return list.get(0);
    }
  }
}
