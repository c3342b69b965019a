package io.postil.testkit.cvat;

import static org.assertj.core.api.Assertions.assertThat;

import io.postil.testkit.TestMedia;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The official cvat-sdk plays against the emulator of its version: it creates tasks, uploads in
 * groups and chunks, annotates, reads back, deletes. The SDKs are installed by {@code ./check}.
 */
@Tag("cvat")
class SdkTest {
  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {CvatEmulator.OLD, CvatEmulator.NEW})
  void theOfficialSdkFindsWhatItExpects(String version) throws Exception {
    for (String name : List.of("a", "b", "c")) {
      TestMedia.write(directory.resolve(name + ".png"), TestMedia.png(40, 30, name.charAt(0)));
    }
    TestMedia.write(directory.resolve("v.mp4"), TestMedia.mp4(40, 30, 20));
    Path log = directory.resolve("log");
    try (CvatEmulator emulator = CvatEmulator.start(version)) {
      Process process =
          new ProcessBuilder(
                  python(version).toString(),
                  "src/test/python/sdk_flow.py",
                  emulator.url(),
                  CvatEmulator.USER,
                  CvatEmulator.PASSWORD,
                  directory.toString())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      boolean ended = process.waitFor(120, TimeUnit.SECONDS);
      process.destroyForcibly();
      assertThat(ended).as(read(log)).isTrue();
      assertThat(process.waitFor()).as(read(log)).isZero();
      assertThat(read(log)).contains("checks passed");
    }
  }

  private static String read(Path log) throws IOException {
    return Files.readString(log, StandardCharsets.UTF_8);
  }

  private static Path python(String version) {
    String cache = System.getenv("POSTIL_CACHE");
    Path home =
        cache == null
            ? Path.of(System.getProperty("user.home"), ".cache", "postil")
            : Path.of(cache);
    Path python = home.resolve("cvat/sdk-" + version + "/bin/python");
    assertThat(python).as("run ./check cvat, which installs the SDKs").exists();
    return python;
  }
}
