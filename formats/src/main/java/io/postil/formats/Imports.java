package io.postil.formats;

import io.postil.core.ErrorCode;
import io.postil.core.Nearest;
import io.postil.core.PostilException;
import io.postil.core.ProgressListener;
import io.postil.core.store.DatasetStore;
import io.postil.formats.coco.CocoImport;
import io.postil.formats.internal.DirectoryImport;
import java.util.List;

/** Imports files into datasets. Stateless and thread-safe. */
public final class Imports {
  /** The formats that can be imported. */
  public static final List<String> FORMATS = List.of("coco", "directory");

  private Imports() {}

  /**
   * Runs an import as one change of the store.
   *
   * @throws PostilException with the broken entries, and nothing written, unless the request says
   *     to skip them
   */
  public static ImportReport run(
      DatasetStore store, ImportRequest request, ProgressListener progress) {
    return switch (request.format()) {
      case "coco" -> CocoImport.run(store, request, progress);
      case "directory" -> DirectoryImport.run(store, request, progress);
      default ->
          throw new PostilException(
              ErrorCode.INVALID_REQUEST,
              "there is no import format " + request.format(),
              Nearest.hint(request.format(), FORMATS));
    };
  }
}
