package io.postil.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.postil.core.store.DatasetStore;
import io.postil.core.store.Projection;
import io.postil.core.store.StoredDataset;
import io.postil.core.view.ViewDefinition;
import io.postil.testkit.KilledProcess;
import io.postil.testkit.TestSamples;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SeveralProcessesTest {
  @TempDir Path home;

  private DatasetStore open() {
    return new SqliteStoreProvider().open(URI.create("sqlite:/"), home);
  }

  private void create() {
    try (DatasetStore store = open()) {
      store.create(TestSamples.imageDataset("photos"));
    }
  }

  /** Each change is there whole or not at all. */
  private void checkConsistent(StoredDataset dataset, int atLeast) {
    int changes = dataset.history().size();
    assertThat(changes).isGreaterThanOrEqualTo(atLeast);
    assertThat(dataset.read(ViewDefinition.ALL, Projection.ALL).toList())
        .hasSize(3 * changes)
        .allSatisfy(s -> assertThat(s.fields()).containsEntry("score", (double) changes));
  }

  private void checkIntegrity() {
    try (Database database = Database.open(home.resolve("postil.db"), false, Schema.CURRENT);
        Rows rows = database.beginRead().query("PRAGMA integrity_check")) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.text(0)).isEqualTo("ok");
    }
  }

  @Test
  void aKilledWriterLeavesEachChangeWholeOrUndone() {
    create();
    Random random = new Random(7);
    for (int round = 0; round < 20; round++) {
      int before;
      try (DatasetStore store = open()) {
        before = store.open("photos").history().size();
      }

      List<String> printed =
          KilledProcess.run(
              WritingProcess.class, 1 + random.nextInt(40), home.toString(), "1000000");

      long done = printed.stream().filter(line -> line.startsWith("done ")).count();
      checkIntegrity();
      try (DatasetStore store = open()) {
        checkConsistent(store.open("photos"), before + (int) done);
      }
    }
  }

  @Test
  void twoProcessesWriteAtOnceAndLoseNothing() throws Exception {
    create();
    Process other = KilledProcess.start(WritingProcess.class, home.toString(), "40");
    try (DatasetStore store = open()) {
      StoredDataset dataset = store.open("photos");
      PrintStream silent = new PrintStream(OutputStream.nullOutputStream());
      for (int i = 0; i < 40; i++) {
        WritingProcess.change(dataset, silent);
      }
      other.inputReader().lines().forEach(line -> assertThat(line).matches("(done|inside) .*"));
      assertThat(other.waitFor()).isZero();
      checkConsistent(dataset, 80);
      assertThat(dataset.history()).hasSize(80);
    }
  }

  @Test
  void aFullDiskUndoesTheChangeAndSaysSo() throws Exception {
    Path disk = Files.createDirectory(home.resolve("small disk"));
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String classPath = System.getProperty("java.class.path");
    String script =
        """
        set -e
        mount -t tmpfs -o size=6m tmpfs "$1"
        cp -r "$1/../seed/." "$1"
        "$2" --enable-native-access=ALL-UNNAMED -cp "$3" "$4" "$1" 1000000 | tail -1
        cp "$1"/postil.db* "$1/../seed/"
        """;
    Path seed = Files.createDirectory(home.resolve("seed"));
    try (DatasetStore store = new SqliteStoreProvider().open(URI.create("sqlite:/"), seed)) {
      store.create(TestSamples.imageDataset("photos"));
    }

    Process process =
        new ProcessBuilder(
                "unshare",
                "-rm",
                "sh",
                "-c",
                script,
                "sh",
                disk.toString(),
                java,
                classPath,
                WritingProcess.class.getName())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes());

    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output).contains("STORE_FULL", "the disk that holds the database");
    try (DatasetStore store = new SqliteStoreProvider().open(URI.create("sqlite:/"), seed)) {
      checkConsistent(store.open("photos"), 1);
    }
  }
}
