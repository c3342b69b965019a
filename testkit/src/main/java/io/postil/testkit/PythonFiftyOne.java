package io.postil.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Real Python FiftyOne, the version whose databases Postil shares: runs steps of a script, each in
 * a process of its own. Thread-safe.
 */
public final class PythonFiftyOne {
  private static final String INSTALL = "testkit/servers/fiftyone-up";

  private final String python;
  private final Path script;
  private final Map<String, String> environment;

  /**
   * FiftyOne on a database.
   *
   * @param script the steps, a file of the repository
   * @param home where it keeps its own files
   */
  public PythonFiftyOne(Path script, String address, String database, Path home) {
    String given = System.getenv("POSTIL_TEST_FIFTYONE");
    this.python =
        given != null && !given.isEmpty()
            ? given
            : MongoServer.run(MongoServer.script(INSTALL)).getOrDefault("FO_PYTHON", "");
    this.script = script;
    this.environment =
        Map.of(
            "FIFTYONE_DATABASE_URI", address,
            "FIFTYONE_DATABASE_NAME", database,
            "FIFTYONE_DATABASE_VALIDATION", "false",
            "FIFTYONE_DO_NOT_TRACK", "1",
            "FIFTYONE_SHOW_PROGRESS_BARS", "0",
            "FIFTYONE_HEADLESS", "1",
            "PYTHONDONTWRITEBYTECODE", "1",
            "HOME", home.toString());
  }

  /** Starts a step and gives its process; what it prints, errors included, is its output. */
  public Process start(String... step) {
    List<String> command = new ArrayList<>(List.of(python, script.toString()));
    command.addAll(List.of(step));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    try {
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Runs a step to its end.
   *
   * @return what it printed
   * @throws AssertionError with what it printed if it failed
   */
  public String run(String... step) {
    return finish(start(step), String.join(" ", step));
  }

  /** Waits for the end of a step. */
  public static String finish(Process process, String step) {
    try {
      String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new AssertionError("FiftyOne, step " + step + ":\n" + out);
      }
      return out;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
