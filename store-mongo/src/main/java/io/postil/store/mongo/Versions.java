package io.postil.store.mongo;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.value.Document;
import org.jspecify.annotations.Nullable;

/**
 * Which versions of FiftyOne's layout are written. Datasets of other versions are read as far as
 * they can be and never changed or migrated. Stateless.
 */
final class Versions {
  private static final String SERIES = "1.22.";

  private Versions() {}

  /** Why a dataset is read only; null if it is not. */
  static @Nullable String warning(Document dataset) {
    String version = dataset.getString("version", "");
    if (version.startsWith(SERIES)) {
      return null;
    }
    return "dataset "
        + dataset.getString("name", "")
        + " is of "
        + (version.isEmpty() ? "an unknown version" : "version " + version)
        + " of FiftyOne; Postil writes datasets of version "
        + SERIES
        + "x, so it is opened for reading only";
  }

  /**
   * Checks that a dataset may be changed.
   *
   * @throws PostilException with {@code STORE_READ_ONLY}
   */
  static void requireWritable(Document dataset, Connection connection) {
    String warning = warning(dataset);
    if (warning != null) {
      throw new PostilException(
          ErrorCode.STORE_READ_ONLY,
          warning + " (" + connection.location() + ")",
          "Open it once with FiftyOne "
              + DatasetDocuments.VERSION
              + ", which migrates it, or work on a copy.");
    }
  }
}
