package io.postil.formats;

import io.postil.core.value.Document;
import io.postil.core.value.Values;
import java.util.List;

/**
 * What an import did.
 *
 * @param dataset the dataset
 * @param created whether it was made
 * @param samplesAdded samples it got
 * @param samplesUpdated samples it had, that got labels
 * @param labels labels imported
 * @param skipped entries left out as broken
 * @param problems the first of them
 * @param warningCount entries imported though something is odd about them
 * @param warnings the first of them
 */
public record ImportReport(
    String dataset,
    boolean created,
    long samplesAdded,
    long samplesUpdated,
    long labels,
    long skipped,
    List<FileProblem> problems,
    long warningCount,
    List<FileProblem> warnings) {
  /** Copies the lists. */
  public ImportReport {
    problems = List.copyOf(problems);
    warnings = List.copyOf(warnings);
  }

  /** The report for {@code --json}. */
  public Document toDocument() {
    return Document.builder()
        .put("dataset", dataset)
        .put("created", created)
        .put("samples_added", samplesAdded)
        .put("samples_updated", samplesUpdated)
        .put("labels", labels)
        .put("skipped", skipped)
        .put("problems", texts(problems))
        .put("warning_count", warningCount)
        .put("warnings", texts(warnings))
        .build();
  }

  private static List<?> texts(List<FileProblem> problems) {
    return Values.list(problems.stream().map(FileProblem::toString).toList());
  }
}
