package io.postil.engine.annotation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A video's labels need not fit the heap. */
class LongVideoTest {
  @TempDir Path home;

  @Test
  void aVideoIsSentLoadedAndUndoneInAHeapItsLabelsDoNotFit() throws IOException {
    // 192,000 labels take about 60 MB as objects.
    assertThat(run(8_000, 24))
        .containsExactly(
            "sent 192000", "streamed 192000", "edited 9600", "unchanged 182400", "again 192000");
  }

  private List<String> run(int frames, int boxes) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx40m",
            "-XX:+UseSerialGC",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            LongVideoProcess.class.getName(),
            home.toString(),
            String.valueOf(frames),
            String.valueOf(boxes));
    Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      return out.lines().toList();
    }
  }
}
