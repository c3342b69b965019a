package io.postil.testkit;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Finds the shared acceptance data: recorded cases, files by other tools. It is in the directory
 * that the environment variable {@code POSTIL_SHARED} names, else in {@code shared} beside the
 * repository. Stateless.
 */
public final class SharedFiles {
  private SharedFiles() {}

  /**
   * A file or directory of the shared data.
   *
   * @param name for instance {@code golden/views}
   * @throws IllegalStateException if it is missing: a test that cannot run fails
   */
  public static Path find(String name) {
    Path path = root().resolve(name);
    if (!Files.exists(path)) {
      throw new IllegalStateException("the shared test data has no " + name + ": " + path);
    }
    return path;
  }

  /**
   * The recorded cases of a suite: the directory of the system property {@code postil.cases.SUITE},
   * which {@code ./check SUITE DIR} sets, else those of the shared data.
   *
   * @param suite for instance {@code views}
   * @param name their place in the shared data, for instance {@code golden/views}
   */
  public static Path cases(String suite, String name) {
    String directory = System.getProperty("postil.cases." + suite, "");
    return directory.isEmpty() ? find(name) : Path.of(directory);
  }

  private static Path root() {
    String variable = System.getenv("POSTIL_SHARED");
    if (variable != null && !variable.isEmpty()) {
      return Path.of(variable);
    }
    Path directory = Path.of("").toAbsolutePath();
    for (@Nullable Path up = directory; up != null; up = up.getParent()) {
      Path shared = up.resolveSibling("shared");
      if (Files.isDirectory(shared.resolve("golden"))) {
        return shared;
      }
    }
    throw new IllegalStateException(
        "no shared test data beside the repository; set POSTIL_SHARED to its directory");
  }
}
