package io.postil.formats;

import io.postil.core.ErrorCode;
import io.postil.core.Nearest;
import io.postil.core.PostilException;
import io.postil.core.ProgressListener;
import io.postil.core.store.StoredDataset;
import io.postil.formats.coco.CocoExport;
import java.util.List;

/** Exports views to files. Stateless and thread-safe. */
public final class Exports {
  /** The formats that can be exported. */
  public static final List<String> FORMATS = List.of("coco");

  private Exports() {}

  /**
   * Runs an export. The labels file appears only when it is complete.
   *
   * @throws PostilException if a field is unknown or a file cannot be written
   */
  public static ExportReport run(
      StoredDataset dataset, ExportRequest request, ProgressListener progress) {
    if (!request.format().equals("coco")) {
      throw new PostilException(
          ErrorCode.INVALID_REQUEST,
          "there is no export format " + request.format(),
          Nearest.hint(request.format(), FORMATS));
    }
    return CocoExport.run(dataset, request, progress);
  }
}
