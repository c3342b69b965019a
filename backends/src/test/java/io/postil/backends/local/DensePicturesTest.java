package io.postil.backends.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The labels of a few hundred pictures need not fit the heap, however many each has. */
class DensePicturesTest {
  @TempDir Path home;

  @Test
  void picturesWithThousandsOfLabelsAreSentLoadedUndoneAndEditedInASmallHeap() throws IOException {
    // The labels of 200 pictures with 2,000 boxes each take about 150 MB as objects.
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx80m",
            "-XX:+UseSerialGC",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            DensePicturesProcess.class.getName(),
            home.toString(),
            "200",
            "2000");
    Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      assertThat(out.lines())
          .containsExactly("sent 400000", "edited 200", "undone", "tagged 400000");
    }
  }
}
