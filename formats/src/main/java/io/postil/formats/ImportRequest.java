package io.postil.formats;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What to import.
 *
 * @param dataset the dataset; made if it does not exist, else merged into by file path
 * @param format {@code coco} or {@code directory}
 * @param labels the labels file or the directory that holds it; for {@code directory} the media
 * @param data the directory of the media, or null for the format's usual place
 * @param labelField the field for the labels
 * @param onError what happens to broken entries
 * @param polylines whether outlines become polylines instead of instance masks
 * @param checkMedia whether each media file must exist
 */
public record ImportRequest(
    String dataset,
    String format,
    Path labels,
    @Nullable Path data,
    String labelField,
    OnError onError,
    boolean polylines,
    boolean checkMedia) {
  /** An import with the usual options. */
  public static ImportRequest of(String dataset, String format, Path labels) {
    return new ImportRequest(
        dataset, format, labels, null, "ground_truth", OnError.FAIL, false, true);
  }

  /** This request with a directory of media. */
  public ImportRequest withData(@Nullable Path data) {
    return new ImportRequest(
        dataset, format, labels, data, labelField, onError, polylines, checkMedia);
  }

  /** This request with another field for the labels. */
  public ImportRequest withLabelField(String labelField) {
    return new ImportRequest(
        dataset, format, labels, data, labelField, onError, polylines, checkMedia);
  }

  /** This request with another rule for broken entries. */
  public ImportRequest withOnError(OnError onError) {
    return new ImportRequest(
        dataset, format, labels, data, labelField, onError, polylines, checkMedia);
  }

  /** This request with outlines as polylines or as masks. */
  public ImportRequest withPolylines(boolean polylines) {
    return new ImportRequest(
        dataset, format, labels, data, labelField, onError, polylines, checkMedia);
  }

  /** This request with or without a look for each media file. */
  public ImportRequest withCheckMedia(boolean checkMedia) {
    return new ImportRequest(
        dataset, format, labels, data, labelField, onError, polylines, checkMedia);
  }
}
