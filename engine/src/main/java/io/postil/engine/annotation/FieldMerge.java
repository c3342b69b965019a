package io.postil.engine.annotation;

import io.postil.core.annotation.AnswerKind;
import io.postil.core.annotation.Restriction;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.FieldType;
import io.postil.core.label.LabelList;
import io.postil.core.label.SingleLabel;
import io.postil.core.store.DatasetWriter;
import io.postil.core.store.StoredDataset;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Merges what came back for single fields of samples and frames, writes what changed with its
 * journal and base, and counts. Without a writer it only counts. Not thread-safe; for one load.
 */
final class FieldMerge {
  private final StoredDataset dataset;
  private final @Nullable DatasetWriter writer;
  private final @Nullable ObjectId loadId;
  private final ObjectId runId;
  private final AnswerSpool answer;
  private final Predicate<ObjectId> heldElsewhere;
  private final ConflictPolicy policy;
  private final Consumer<Change> listener;

  private final Map<String, LoadReport.Counts> counts = new LinkedHashMap<>();
  private final List<Change> conflicts = new ArrayList<>();
  private long conflictCount;
  private long expected;
  private long refusedAdditions;
  private long refusedDeletions;
  private boolean changed;

  /** Values written for the present sample or frame, by frame and field; null for removed ones. */
  private final Map<String, @Nullable Object> overrides = new HashMap<>();

  /**
   * Starts a load.
   *
   * @param writer null for a preview
   * @param loadId the owner of the journal; null for a preview
   * @param heldElsewhere whether an id belongs to a label of an item that nobody touched
   */
  FieldMerge(
      StoredDataset dataset,
      @Nullable DatasetWriter writer,
      @Nullable ObjectId loadId,
      ObjectId runId,
      AnswerSpool answer,
      Predicate<ObjectId> heldElsewhere,
      ConflictPolicy policy,
      Consumer<Change> listener) {
    this.dataset = dataset;
    this.writer = writer;
    this.loadId = loadId;
    this.runId = runId;
    this.answer = answer;
    this.heldElsewhere = heldElsewhere;
    this.policy = policy;
    this.listener = listener;
  }

  /** Turns to another sample, or another frame of it. */
  void turn() {
    overrides.clear();
  }

  /** Whether anything was changed since this was last asked. */
  boolean takeChanged() {
    boolean was = changed;
    changed = false;
    return was;
  }

  Map<String, LoadReport.Counts> counts() {
    return counts;
  }

  /** The first conflicts. */
  List<Change> conflicts() {
    return conflicts;
  }

  long conflictCount() {
    return conflictCount;
  }

  long refusedAdditions() {
    return refusedAdditions;
  }

  long refusedDeletions() {
    return refusedDeletions;
  }

  /** Whether every label and value that was sent or came back was counted exactly once. */
  boolean balances() {
    long told = 0;
    for (LoadReport.Counts of : counts.values()) {
      for (Change.Kind kind : Change.Kind.values()) {
        told += kind == Change.Kind.UNEXPECTED ? 0 : of.of(kind);
      }
    }
    return told == expected;
  }

  // --- one field of one sample or frame -------------------------------------------------------

  /** Merges the entries of one field of a sample or frame into its value. */
  void merge(
      LoadTarget target,
      ObjectId sampleId,
      int frame,
      @Nullable Object read,
      RunData.OfSample data,
      List<AnswerSpool.Entry> entries) {
    String key = frame + "/" + target.field();
    Object current = overrides.containsKey(key) ? overrides.get(key) : read;
    if (target.kind() == AnswerKind.SCALAR) {
      mergeScalar(target, sampleId, frame, current, data, entries);
      return;
    }
    List<SingleLabel> source = data.labels(frame, target.schema().field());
    List<SingleLabel> base = sameAs(current, data.labels(frame, target.baseName()));
    if (entries.isEmpty()
        && base == null
        && (source == null || target.home() || !target.expected())) {
      return;
    }
    List<SingleLabel> labels = null;
    if (!entries.isEmpty()) {
      labels = new ArrayList<>();
      for (AnswerSpool.Entry entry : entries) {
        labels.addAll(entry.labels());
      }
      labels = resolveIds(target, sampleId, frame, labels, source, base, data);
      if (labels.isEmpty() && frame > 0) {
        labels = null;
      }
    }
    LabelMerge merge =
        new LabelMerge(
            target.rules(),
            (kind, id, before, after, note) -> {
              if (kind == Change.Kind.REFUSED) {
                refusedAdditions += LabelMerge.NO_ADDITIONS.equals(note) ? 1 : 0;
                refusedDeletions += LabelMerge.NO_DELETIONS.equals(note) ? 1 : 0;
              }
              tell(new Change(kind, sampleId, frame, target.field(), id, before, after, note));
            });
    LabelMerge.Result result =
        target.home() || !target.expected()
            ? merge.merge(base == null ? List.of() : base, current, labels)
            : merge.mergeElsewhere(source == null ? List.of() : source, base, current, labels);
    expected += merge.expected();
    String name = target.baseName();
    boolean moved = !result.base().isEmpty() && !result.base().equals(base);
    // Mostly nobody changed the labels in the dataset since they were sent.
    boolean wasBefore = moved && isSame(current, data.value(frame, name), base);
    boolean journaled =
        write(target, sampleId, frame, current, result.value(), wasBefore ? name : null);
    if (moved) {
      if (!wasBefore || !journaled) {
        journalBase(sampleId, frame, name, data.value(frame, name));
      }
      putSide(RunData.base(sampleId, frame, name, target.kind(), result.base()));
    }
  }

  /**
   * The labels of a base, where they are equal those of the dataset: what compares them next then
   * need not look into them.
   */
  private static @Nullable List<SingleLabel> sameAs(
      @Nullable Object current, @Nullable List<SingleLabel> base) {
    if (base == null) {
      return null;
    }
    List<SingleLabel> labels = LabelMerge.labels(current);
    List<SingleLabel> same = new ArrayList<>(base);
    for (int i = 0; i < same.size() && i < labels.size(); i++) {
      if (labels.get(i).equals(same.get(i))) {
        same.set(i, labels.get(i));
      }
    }
    return same;
  }

  /** Whether a base is stored as the dataset's own value. */
  private static boolean isSame(
      @Nullable Object current, @Nullable Object stored, @Nullable List<SingleLabel> base) {
    return current instanceof LabelList<?> a
        && stored instanceof LabelList<?> b
        && a.className().equals(b.className())
        && a.extras().equals(b.extras())
        && a.labels().equals(base);
  }

  /** Gives labels whose id cannot be theirs another one, the same at every load. */
  private List<SingleLabel> resolveIds(
      LoadTarget target,
      ObjectId sampleId,
      int frame,
      List<SingleLabel> labels,
      @Nullable List<SingleLabel> source,
      @Nullable List<SingleLabel> base,
      RunData.OfSample data) {
    Set<ObjectId> known = new HashSet<>();
    if (source != null && target.expected()) {
      source.forEach(l -> known.add(l.id()));
    }
    if (base != null) {
      base.forEach(l -> known.add(l.id()));
    }
    List<ObjectId[]> earlier = new ArrayList<>(data.ids(frame, target.baseName()));
    List<ObjectId[]> pairs = new ArrayList<>(earlier);
    List<SingleLabel> resolved = new ArrayList<>(labels.size());
    Set<ObjectId> used = new HashSet<>();
    boolean fresh = false;
    for (SingleLabel label : labels) {
      ObjectId id = label.id();
      if (known.contains(id) && !used.contains(id)) {
        used.add(id);
        resolved.add(label);
        continue;
      }
      ObjectId[] pair = earlier.stream().filter(p -> p[0].equals(id)).findFirst().orElse(null);
      if (pair != null) {
        earlier.remove(pair);
        resolved.add(label.withId(pair[1]));
        used.add(pair[1]);
      } else if (used.contains(id)
          || answer.isDuplicate(target.schema().field(), target.kind(), id)
          || heldElsewhere.test(id)) {
        ObjectId made = ObjectId.create();
        pairs.add(new ObjectId[] {id, made});
        fresh = true;
        resolved.add(label.withId(made));
      } else {
        used.add(id);
        resolved.add(label);
      }
    }
    if (fresh) {
      putBase(
          sampleId,
          frame,
          RunData.ids(target.baseName()),
          data,
          RunData.ids(sampleId, frame, target.baseName(), pairs));
    }
    return resolved;
  }

  private void mergeScalar(
      LoadTarget target,
      ObjectId sampleId,
      int frame,
      @Nullable Object current,
      RunData.OfSample data,
      List<AnswerSpool.Entry> entries) {
    Object source = data.value(frame, target.schema().field());
    Object base = data.value(frame, target.baseName());
    Object wanted =
        entries.isEmpty() ? null : coerce(target, entries.get(entries.size() - 1).scalar());
    if (!target.home()
        && target.expected()
        && wanted == null
        && source != null
        && !target.rules().allows(Restriction.DELETIONS)) {
      wanted = source;
      refusedDeletions++;
    }
    if (wanted == null && base == null) {
      return;
    }
    expected++;
    Object value = current;
    if (Values.same(current, wanted)) {
      tellScalar(Change.Kind.UNCHANGED, target, sampleId, frame, current, wanted, null);
    } else if (current == null) {
      if (wanted == null
          || target.rules().allows(Restriction.ADDITIONS)
          || !target.home() && source != null) {
        value = wanted;
        tellScalar(
            wanted == null ? Change.Kind.UNCHANGED : Change.Kind.ADDED,
            target,
            sampleId,
            frame,
            null,
            wanted,
            null);
      } else {
        refusedAdditions++;
        tellScalar(
            Change.Kind.REFUSED, target, sampleId, frame, null, null, LabelMerge.NO_ADDITIONS);
      }
    } else if (wanted == null
        && !(target.home() && !target.rules().allows(Restriction.DELETIONS))) {
      value = changeOf(target, sampleId, frame, base, current, null);
    } else if (wanted == null) {
      refusedDeletions++;
      tellScalar(
          Change.Kind.REFUSED, target, sampleId, frame, current, current, LabelMerge.NO_DELETIONS);
      return;
    } else if (base != null && Values.same(base, wanted)) {
      tellScalar(Change.Kind.UNCHANGED, target, sampleId, frame, current, current, null);
    } else {
      value = changeOf(target, sampleId, frame, base, current, wanted);
    }
    write(target, sampleId, frame, current, value, null);
    if (!Values.same(base, wanted)) {
      Object kept = RunData.stored(wanted);
      putBase(
          sampleId,
          frame,
          target.baseName(),
          data,
          new StoredDataset.SideRecord(sampleId, frame, target.baseName(), kept));
    }
  }

  private @Nullable Object changeOf(
      LoadTarget target,
      ObjectId sampleId,
      int frame,
      @Nullable Object base,
      Object current,
      @Nullable Object wanted) {
    if (base != null && !Values.same(base, current)) {
      boolean keep = policy == ConflictPolicy.OURS;
      tellScalar(
          Change.Kind.CONFLICTING,
          target,
          sampleId,
          frame,
          current,
          keep ? current : wanted,
          "also changed in the dataset");
      return keep ? current : wanted;
    }
    tellScalar(
        wanted == null ? Change.Kind.DELETED : Change.Kind.EDITED,
        target,
        sampleId,
        frame,
        current,
        wanted,
        null);
    return wanted;
  }

  private @Nullable Object coerce(LoadTarget target, @Nullable Object value) {
    FieldType type = dataset.info().field(target.field()).map(FieldSpec::type).orElse(null);
    if (type == FieldType.FLOAT && value instanceof Number n && !(value instanceof Double)) {
      return n.doubleValue();
    }
    if (type == FieldType.INT && value instanceof Double d) {
      return (int) d.doubleValue();
    }
    return value;
  }

  private void tellScalar(
      Change.Kind kind,
      LoadTarget target,
      ObjectId sampleId,
      int frame,
      @Nullable Object before,
      @Nullable Object after,
      @Nullable String note) {
    tell(new Change(kind, sampleId, frame, target.field(), null, before, after, note));
  }

  /** Counts a change and hands it on. */
  void tell(Change change) {
    counts.computeIfAbsent(change.field(), f -> new LoadReport.Counts()).count(change.kind());
    if (change.kind() == Change.Kind.CONFLICTING) {
      conflictCount++;
      if (conflicts.size() < LoadReport.LISTED) {
        conflicts.add(change);
      }
    }
    if (change.kind() != Change.Kind.UNCHANGED) {
      listener.accept(change);
    }
  }

  // --- writing --------------------------------------------------------------------------------

  /**
   * Writes a value that differs, with its journal.
   *
   * @param base the name of the base that was the same as the value before; null if none was
   * @return whether the journal has that of the base as well
   */
  private boolean write(
      LoadTarget target,
      ObjectId sampleId,
      int frame,
      @Nullable Object before,
      @Nullable Object after,
      @Nullable String base) {
    if (before == after || before != null && before.equals(after)) {
      return false;
    }
    changed = true;
    String place = frame + "/" + target.field();
    boolean first = !overrides.containsKey(place);
    if (writer != null && loadId != null) {
      writer.set(sampleId, frame, target.plainField(), before, after);
      writer.putSide(
          loadId,
          first
              ? JournalRecord.of(
                  new JournalRecord.Written(sampleId, frame, target.field(), before, after, base))
              : JournalRecord.after(sampleId, frame, target.field(), after));
    }
    overrides.put(place, after);
    return first;
  }

  private void putBase(
      ObjectId sampleId,
      int frame,
      String name,
      RunData.OfSample data,
      StoredDataset.SideRecord record) {
    journalBase(sampleId, frame, record.name(), data.value(frame, name));
    putSide(record);
  }

  private void putSide(StoredDataset.SideRecord record) {
    if (writer != null) {
      writer.putSide(runId, record);
    }
  }

  private void journalBase(ObjectId sampleId, int frame, String name, @Nullable Object value) {
    if (writer != null && loadId != null) {
      writer.putSide(loadId, JournalRecord.base(sampleId, frame, name, value));
    }
  }
}
