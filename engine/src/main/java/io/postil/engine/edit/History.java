package io.postil.engine.edit;

import io.postil.core.store.DatasetWriter;
import io.postil.core.value.Document;
import java.time.Instant;

/** Writes edits into the history of a dataset. Stateless. */
final class History {
  private History() {}

  /**
   * Adds an edit.
   *
   * @param edit what was done, such as {@code tag_samples}
   * @param details its parameters
   */
  static void add(DatasetWriter writer, String edit, Document details, EditReport report) {
    writer.appendHistory(
        Document.builder()
            .put("at", Instant.ofEpochMilli(System.currentTimeMillis()))
            .put("by", System.getProperty("user.name", "unknown"))
            .put("action", "edit")
            .put("edit", edit)
            .build()
            .withAll(details)
            .withAll(Document.of("samples", report.samples(), "labels", report.labels())));
  }
}
