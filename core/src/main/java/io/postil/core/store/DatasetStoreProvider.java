package io.postil.core.store;

import java.net.URI;
import java.nio.file.Path;

/**
 * Opens the stores of one URI scheme; found by {@link java.util.ServiceLoader}. Cheap to make: no
 * connection before {@link #open}.
 */
public interface DatasetStoreProvider {
  /** The scheme, such as {@code sqlite}. */
  String scheme();

  /**
   * Opens a store, creating it if the scheme allows.
   *
   * @param uri for instance {@code sqlite:/data/postil.db}
   * @param home the directory of Postil's own files ({@code POSTIL_HOME})
   * @throws io.postil.core.PostilException if it cannot be reached, read or written
   */
  DatasetStore open(URI uri, Path home);
}
