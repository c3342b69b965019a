package io.postil.engine.annotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.postil.core.store.DatasetStore;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.testkit.SharedFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Plays the recorded cases of annotation runs through the scripted backend. Cases marked as defects
 * of the peer are left out; {@code WantedBehaviourTest} holds what Postil does instead.
 */
abstract class GoldenAnnotations {
  @TempDir static Path home;

  /** An empty store; the case closes it. */
  abstract DatasetStore open(Path directory);

  @TestFactory
  Stream<DynamicTest> recordedCases() throws IOException {
    Path directory = SharedFiles.cases("golden", "golden/annotation");
    List<Path> files;
    try (Stream<Path> all = Files.list(directory)) {
      files = all.filter(f -> f.toString().endsWith(".json")).sorted().toList();
    }
    assertThat(files).as("cases in " + directory).isNotEmpty();
    return files.stream()
        .filter(f -> !read(f).contains("peerBug"))
        .map(f -> DynamicTest.dynamicTest(f.getFileName().toString(), () -> play(f)));
  }

  private void play(Path file) {
    try (GoldenCase recorded = new GoldenCase(read(file), home, this::open)) {
      String difference = recorded.play();
      if (difference != null) {
        fail(file.getFileName() + ": " + difference);
      }
    }
  }

  private static Document read(Path file) {
    try {
      return Json.readDocument(Files.readString(file));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
