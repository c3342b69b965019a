package io.postil.testkit.cvat;

import static org.assertj.core.api.Assertions.assertThat;

import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.testkit.SharedFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Plays recorded requests to a real CVAT 2.15 against the emulator: status, headers that matter and
 * body must be the same but for ids, dates, colours and secrets.
 */
@Tag("exchanges")
class ReplayTest {
  @TempDir Path directory;

  @TestFactory
  Stream<DynamicTest> recordedExchangesGetTheSameAnswers() throws IOException {
    Path recordings = SharedFiles.find("exchanges/cvat");
    List<Path> files;
    try (Stream<Path> all = Files.list(recordings)) {
      files =
          all.filter(f -> f.getFileName().toString().matches("\\d\\d-.*\\.json")).sorted().toList();
    }
    assertThat(files).hasSizeGreaterThan(20);
    return files.stream()
        .map(f -> DynamicTest.dynamicTest(f.getFileName().toString(), () -> replay(f)));
  }

  private void replay(Path file) throws IOException {
    Document recording = Json.readDocument(Files.readString(file));
    String name = file.getFileName().toString().replace(".json", "");
    try (Replay replay = new Replay(name, Files.createTempDirectory(directory, name))) {
      for (Object exchange : recording.getList("exchanges")) {
        replay.play((Document) exchange);
      }
      assertThat(replay.differences()).isEmpty();
      assertThat(replay.played()).isPositive();
    }
  }
}
