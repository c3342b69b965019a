package io.postil.formats;

import io.postil.core.value.Document;
import java.nio.file.Path;

/**
 * What an export did.
 *
 * @param labelsFile the file with the labels
 * @param samples samples written
 * @param labels labels written
 * @param lost labels the format cannot hold
 */
public record ExportReport(Path labelsFile, long samples, long labels, long lost) {
  /** The report for {@code --json}. */
  public Document toDocument() {
    return Document.builder()
        .put("labels_file", labelsFile.toString())
        .put("samples", samples)
        .put("labels", labels)
        .put("lost", lost)
        .build();
  }
}
