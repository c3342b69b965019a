package io.postil.engine.annotation;

import io.postil.core.PostilException.Problem;
import io.postil.core.annotation.AnswerKind;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a load did, or what a preview would do. Immutable once returned.
 *
 * @param loadId the load, for undo and the journal; null for a preview
 * @param fields counts by destination field
 * @param changedSamples number of samples with a change
 * @param deliveredItems items whose answer is complete
 * @param undelivered why items were not delivered, with how many each; their labels are as before
 * @param unknownItems items of the answer that the run does not know
 * @param goneSamples samples of the run that are no longer in the dataset
 * @param refusedAdditions labels and values the annotator was not allowed to add
 * @param refusedDeletions labels and values the annotator was not allowed to delete
 * @param conflicts the first thousand conflicts
 * @param unexpected labels of other kinds handed back, if that was asked for
 * @param problems why the load cannot be applied as it is; only in previews
 * @param warnings what else to know
 */
public record LoadReport(
    @Nullable ObjectId loadId,
    Map<String, Counts> fields,
    long changedSamples,
    long deliveredItems,
    Map<String, Long> undelivered,
    long unknownItems,
    long goneSamples,
    long refusedAdditions,
    long refusedDeletions,
    List<Change> conflicts,
    List<Unexpected> unexpected,
    List<Problem> problems,
    List<String> warnings) {
  /** How many conflicts a report lists. */
  public static final int LISTED = 1000;

  /** Counts over all fields. */
  public Counts total() {
    Counts total = new Counts();
    fields.values().forEach(total::add);
    return total;
  }

  /** Whether anything was, or would be, changed. */
  public boolean changesAnything() {
    return changedSamples > 0;
  }

  /** How many labels there are of each kind of change. */
  public static final class Counts {
    private final EnumMap<Change.Kind, Long> counts = new EnumMap<>(Change.Kind.class);

    void count(Change.Kind kind) {
      counts.merge(kind, 1L, Long::sum);
    }

    void add(Counts other) {
      other.counts.forEach((kind, n) -> counts.merge(kind, n, Long::sum));
    }

    /** Number of labels of a kind. */
    public long of(Change.Kind kind) {
      return counts.getOrDefault(kind, 0L);
    }

    /** All counts by name, zeros included. */
    public Document toDocument() {
      Document.Builder out = Document.builder();
      for (Change.Kind kind : Change.Kind.values()) {
        out.append(kind.id(), of(kind));
      }
      return out.build();
    }

    /** Reads {@link #toDocument()}. */
    public static Counts fromDocument(Document document) {
      Counts counts = new Counts();
      for (Change.Kind kind : Change.Kind.values()) {
        counts.counts.put(kind, document.getLong(kind.id(), 0));
      }
      return counts;
    }
  }

  /**
   * Labels of a kind that was not asked for.
   *
   * @param field the name the field of the run is loaded under
   * @param kind what they are
   * @param sampleId the sample
   * @param frameNumber the frame, or 0
   * @param labels the labels, unless it is a scalar
   * @param scalar the value, if it is a scalar
   */
  public record Unexpected(
      String field,
      AnswerKind kind,
      ObjectId sampleId,
      int frameNumber,
      List<SingleLabel> labels,
      @Nullable Object scalar) {}

  /** The report for scripts. */
  public Document toDocument() {
    Document.Builder byField = Document.builder();
    fields.forEach((field, counts) -> byField.put(field, counts.toDocument()));
    return Document.builder()
        .putIfPresent("load", loadId == null ? null : loadId.toString())
        .put("total", total().toDocument())
        .put("fields", byField.build())
        .put("changed_samples", changedSamples)
        .put("delivered", deliveredItems)
        .put("undelivered", Document.of(new LinkedHashMap<>(undelivered)))
        .put("unknown", unknownItems)
        .put("gone_samples", goneSamples)
        .put("refused_additions", refusedAdditions)
        .put("refused_deletions", refusedDeletions)
        .put(
            "conflicts",
            io.postil.core.value.Values.list(conflicts.stream().map(LoadReport::conflict).toList()))
        .put("unexpected", unexpected.stream().mapToLong(u -> Math.max(1, u.labels().size())).sum())
        .put(
            "problems",
            io.postil.core.value.Values.list(
                problems.stream()
                    .map(
                        p ->
                            Document.of("code", p.code().name(), "message", p.message())
                                .with("remedy", p.remedy()))
                    .toList()))
        .put("warnings", io.postil.core.value.Values.list(warnings))
        .build();
  }

  private static Document conflict(Change change) {
    return Document.builder()
        .put("sample", change.sampleId().toString())
        .put("frame", change.frameNumber())
        .put("field", change.field())
        .putIfPresent("label", change.labelId() == null ? null : change.labelId().toString())
        .putIfPresent("note", change.note())
        .build();
  }
}
