package io.postil.store.sqlite;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.store.DatasetStore;
import io.postil.core.store.DatasetStoreProvider;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Opens {@code sqlite:PATH}, an absolute path or one relative to the working directory; {@code
 * sqlite:/} is the default, {@code postil.db} in POSTIL_HOME. {@code ?mode=ro} opens it for reading
 * only. Thread-safe.
 */
public final class SqliteStoreProvider implements DatasetStoreProvider {
  /** For {@link java.util.ServiceLoader}. */
  public SqliteStoreProvider() {}

  @Override
  public String scheme() {
    return "sqlite";
  }

  @Override
  public DatasetStore open(URI uri, Path home) {
    String rest = uri.getRawSchemeSpecificPart();
    int question = rest.indexOf('?');
    String path = question < 0 ? rest : rest.substring(0, question);
    String query = question < 0 ? "" : rest.substring(question + 1);
    if (!query.isEmpty() && !query.equals("mode=ro")) {
      throw new PostilException(
          ErrorCode.INVALID_REQUEST,
          "the database address " + uri + " has an unknown option " + query,
          "The only option is mode=ro.");
    }
    NativeLibrary.prepare(home);
    return SqliteStore.open(file(path, home), query.equals("mode=ro"));
  }

  private static Path file(String raw, Path home) {
    String path = raw.startsWith("//") ? raw.substring(2) : raw;
    if (path.isEmpty() || path.equals("/")) {
      return home.resolve("postil.db").toAbsolutePath();
    }
    String decoded = URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
    return Path.of(decoded).toAbsolutePath().normalize();
  }
}
