package io.postil.formats.internal;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.MediaType;
import io.postil.core.store.DatasetStore;
import io.postil.core.store.DatasetWriter;
import io.postil.core.store.StoredDataset;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The dataset an import goes to: one that exists, or a new one. */
public record Target(DatasetStore store, String name, @Nullable StoredDataset existing) {
  /** Looks for the dataset. */
  public static Target find(DatasetStore store, String name) {
    try {
      return new Target(store, name, store.open(name));
    } catch (PostilException e) {
      if (e.code() == ErrorCode.UNKNOWN_DATASET) {
        return new Target(store, name, null);
      }
      throw e;
    }
  }

  /** Runs the import as one change. */
  public <T> T write(MediaType mediaType, Function<DatasetWriter, T> action) {
    return existing == null
        ? store.create(DatasetInfo.create(name, mediaType), action)
        : existing.write(action);
  }

  /** Declares a field, or checks that the one that exists has the type. */
  public static DatasetInfo declare(DatasetInfo info, FieldSpec field) {
    FieldSpec old = info.field(field.name()).orElse(null);
    if (old == null) {
      return info.withField(field.name(), field);
    }
    if (!old.describe().equals(field.describe())) {
      throw new PostilException(
          ErrorCode.FIELD_TYPE_CONFLICT,
          "field "
              + field.name()
              + " of dataset "
              + info.name()
              + " holds "
              + old.describe()
              + ", the import brings "
              + field.describe(),
          "Choose another field with --label-field.");
    }
    return info;
  }

  /** Refuses media of another kind than the dataset's. */
  public static DatasetInfo requireMedia(DatasetInfo info, MediaType mediaType) {
    if (info.mediaType() == MediaType.UNKNOWN) {
      return info.withMediaType(mediaType);
    }
    if (info.mediaType() != mediaType) {
      throw new PostilException(
          ErrorCode.MEDIA_TYPE_UNSUPPORTED,
          "dataset "
              + info.name()
              + " holds "
              + info.mediaType().id()
              + "s, the import brings "
              + mediaType.id()
              + "s",
          "Import into a dataset of its own.");
    }
    return info;
  }
}
