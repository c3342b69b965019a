package io.postil.store.sqlite;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.sqlite.SQLiteJDBCLoader;
import org.sqlite.util.LibraryLoaderUtil;

/**
 * Keeps SQLite's native library in POSTIL_HOME, so that it is unpacked once and not at every start:
 * for the embedded store, and for programs that use SQLite for other things beside another store.
 * Thread-safe.
 */
public final class NativeLibrary {
  private static final String PATH_PROPERTY = "org.sqlite.lib.path";

  private NativeLibrary() {}

  /**
   * Unpacks the library unless it is there, and tells the driver where it is.
   *
   * @param home the directory of Postil's own files
   */
  public static synchronized void prepare(Path home) {
    if (System.getProperty(PATH_PROPERTY) != null) {
      return;
    }
    // The driver's own way to find the folder starts a process and reads a dozen files.
    String name = System.mapLibraryName("sqlitejdbc");
    Path directory =
        home.resolve("native")
            .resolve("sqlite-" + SQLiteJDBCLoader.getVersion())
            .resolve(System.getProperty("os.name") + "-" + System.getProperty("os.arch"));
    Path library = directory.resolve(name);
    try {
      if (!Files.exists(library)) {
        String resource = LibraryLoaderUtil.getNativeLibResourcePath() + "/" + name;
        if (SQLiteJDBCLoader.class.getResource(resource) == null) {
          return; // The driver says what is missing.
        }
        unpack(resource, directory, library);
      }
    } catch (IOException e) {
      throw new PostilException(
          ErrorCode.UNWRITABLE_FILE,
          "SQLite's library cannot be written to " + library + ": " + e.getMessage(),
          "Make " + home + " writable, or set POSTIL_HOME to a directory that is.",
          e);
    }
    System.setProperty(PATH_PROPERTY, directory.toString());
    System.setProperty("org.sqlite.lib.name", name);
    // The driver looks through this folder for what killed processes left of unpacked libraries.
    System.setProperty("org.sqlite.tmpdir", directory.toString());
  }

  private static void unpack(String resource, Path directory, Path library) throws IOException {
    Files.createDirectories(directory);
    // Several processes may do this at once: each writes its own file, the last move wins.
    Path temporary = Files.createTempFile(directory, "unpack", ".tmp");
    try (InputStream in = SQLiteJDBCLoader.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IOException("it is not in the driver's jar: " + resource);
      }
      Files.copy(in, temporary, StandardCopyOption.REPLACE_EXISTING);
      Files.move(temporary, library, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }
}
