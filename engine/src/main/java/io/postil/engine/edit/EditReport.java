package io.postil.engine.edit;

import io.postil.core.value.Document;
import io.postil.core.value.Values;
import java.util.List;

/**
 * What an edit changed, or would change. Immutable.
 *
 * @param samples number of samples that were changed, added to or deleted
 * @param labels number of labels that were changed or deleted
 * @param warnings what the edit leaves behind that somebody should know
 */
public record EditReport(long samples, long labels, List<String> warnings) {
  /** Copies the list. */
  public EditReport {
    warnings = List.copyOf(warnings);
  }

  /** The numbers and warnings as a document. */
  public Document toDocument() {
    return Document.builder()
        .put("samples", samples)
        .put("labels", labels)
        .put("warnings", Values.list(warnings))
        .build();
  }
}
