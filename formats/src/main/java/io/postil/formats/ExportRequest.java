package io.postil.formats;

import io.postil.core.view.ViewDefinition;
import java.nio.file.Path;
import java.util.List;

/**
 * What to export.
 *
 * @param format {@code coco}
 * @param out the directory, made if it does not exist
 * @param view which samples and labels
 * @param labelFields the fields whose labels are written; empty for the only field that fits
 * @param media what happens to the media
 */
public record ExportRequest(
    String format, Path out, ViewDefinition view, List<String> labelFields, Media media) {
  /** What happens to the media files. */
  public enum Media {
    /** They are copied into {@code data/}. */
    COPY,
    /** {@code data/} gets symbolic links to them. */
    SYMLINK,
    /** They stay; the labels name them by their absolute paths. */
    NONE
  }

  /** Copies the list. */
  public ExportRequest {
    labelFields = List.copyOf(labelFields);
  }

  /** An export of a whole dataset with copies of its media. */
  public static ExportRequest of(String format, Path out, String... labelFields) {
    return new ExportRequest(format, out, ViewDefinition.ALL, List.of(labelFields), Media.COPY);
  }
}
