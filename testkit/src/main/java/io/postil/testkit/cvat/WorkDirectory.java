package io.postil.testkit.cvat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A directory for files that is deleted when it is closed, or else when the process ends, as after
 * a test that failed before it came to that. Thread-safe.
 */
final class WorkDirectory implements AutoCloseable {
  private final Path path;
  private final Thread atExit = new Thread(this::delete, "delete-work-directory");

  private WorkDirectory(Path path) {
    this.path = path;
  }

  static WorkDirectory create(String prefix) throws IOException {
    WorkDirectory made = new WorkDirectory(Files.createTempDirectory(prefix));
    Runtime.getRuntime().addShutdownHook(made.atExit);
    return made;
  }

  Path path() {
    return path;
  }

  private void delete() {
    try (Stream<Path> walk = Files.walk(path)) {
      List<Path> deepestFirst = walk.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.deleteIfExists(file);
      }
    } catch (NoSuchFileException e) {
      // It is gone already.
      return;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Deletes it; whatever writes into it must have ended. */
  @Override
  public void close() {
    delete();
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      // The process is ending, and it will be looked for once more in vain.
      return;
    }
  }
}
