package io.postil.core.store;

import io.postil.core.dataset.DatasetInfo;
import io.postil.core.value.Document;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A database of datasets. Thread-safe; several processes may use one database at once. */
public interface DatasetStore extends AutoCloseable {
  /** Where the data is, for messages; without credentials. */
  String location();

  /** The datasets, by name. */
  List<DatasetInfo> list();

  /**
   * Makes an empty dataset.
   *
   * @throws io.postil.core.PostilException with {@code DATASET_EXISTS}
   */
  StoredDataset create(DatasetInfo info);

  /**
   * Makes a dataset and its content in one logical change: other processes see all of it or
   * nothing. A store without transactions over both deletes the dataset if the action fails.
   *
   * @return what the action returns
   * @throws io.postil.core.PostilException with {@code DATASET_EXISTS}
   */
  default <T extends @Nullable Object> T create(
      DatasetInfo info, Function<DatasetWriter, T> action) {
    StoredDataset dataset = create(info);
    boolean done = false;
    try {
      T result = dataset.write(action);
      done = true;
      return result;
    } finally {
      if (!done) {
        delete(info.name());
      }
    }
  }

  /**
   * Opens a dataset.
   *
   * @throws io.postil.core.PostilException with {@code UNKNOWN_DATASET}, naming the nearest name
   */
  StoredDataset open(String name);

  /** Renames a dataset. */
  void rename(String name, String newName);

  /** Deletes a dataset with its samples, runs and history; its media files stay. */
  void delete(String name);

  /** Facts about the store for {@code postil doctor}: kind, version, sizes. */
  Document describe();

  @Override
  void close();
}
