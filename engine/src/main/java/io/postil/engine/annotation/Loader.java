package io.postil.engine.annotation;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.PostilException.Problem;
import io.postil.core.annotation.AnswerKind;
import io.postil.core.annotation.LabelSchema;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.FieldType;
import io.postil.core.dataset.Sample;
import io.postil.core.label.SingleLabel;
import io.postil.core.run.RunRecord;
import io.postil.core.store.Cursor;
import io.postil.core.store.DatasetWriter;
import io.postil.core.store.Projection;
import io.postil.core.store.StoredDataset;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Merges a spooled answer into a dataset. With a writer it writes; without one it is the preview,
 * which differs in nothing else. Not thread-safe; for one load.
 */
final class Loader {
  /** Most samples that are merged at once. */
  private static final int MOST_SAMPLES = 200;

  private final StoredDataset dataset;
  private final @Nullable DatasetWriter writer;
  private final RunRecord run;
  private final LabelSchema schema;
  private final AnswerSpool answer;
  private final LoadOptions options;
  private final @Nullable ObjectId loadId;
  private final boolean derived;
  private final boolean framesView;
  private final LoadPlan plan;
  private final FieldMerge fields;
  private final FrameMerge frames;
  private final Set<String> unplaced = new HashSet<>();
  private final List<LoadReport.Unexpected> unexpected = new ArrayList<>();
  private long changedSamples;
  private long delivered;
  private long unknown;
  private long gone;
  private @Nullable HeldIds held;

  private final Set<String> createdFields = new LinkedHashSet<>();

  Loader(
      StoredDataset dataset,
      @Nullable DatasetWriter writer,
      RunRecord run,
      AnswerSpool answer,
      LoadOptions options,
      Consumer<Change> listener) {
    this.dataset = writer == null ? dataset : writer;
    this.writer = writer;
    this.run = run;
    this.schema = LabelSchema.fromDocument(run.config().getDocument("label_schema"));
    this.answer = answer;
    this.options = options;
    this.loadId = writer == null ? null : ObjectId.create();
    this.derived = !RunData.isOfSamples(run);
    this.framesView = RunData.isOfFrames(run);
    this.plan =
        new LoadPlan(
            this.dataset.info(),
            schema,
            framesView,
            options,
            answer,
            run.state().getDocument("kept"));
    this.fields =
        new FieldMerge(
            this.dataset,
            writer,
            loadId,
            run.id(),
            answer,
            this::isHeldElsewhere,
            options.policy(),
            listener);
    this.frames = new FrameMerge(this.dataset, run, plan, framesView, answer, fields);
    for (String field : answer.fields()) {
      for (AnswerKind came : answer.kinds(field)) {
        if (plan.target(field, came) == null) {
          unplaced.add(field);
        }
      }
    }
  }

  /** Whether an id that is new here belongs to a label of an item that is as it was. */
  private boolean isHeldElsewhere(ObjectId id) {
    if (answer.unchangedCount() == 0) {
      return false;
    }
    if (held == null) {
      held = HeldIds.read(dataset, run.id(), derived ? item -> true : answer::isUnchanged);
    }
    return held.mayContain(id);
  }

  /** Fields that the load declared. */
  Set<String> createdFields() {
    return createdFields;
  }

  /** Where unexpected kinds were put, to be remembered with the run. */
  Document kept() {
    Document.Builder out = run.state().getDocument("kept").toBuilder();
    for (LoadTarget target : plan.targets()) {
      if (!target.expected()) {
        out.put(target.schema().field() + ":" + target.kind().id(), target.field());
      }
    }
    return out.build();
  }

  LoadReport load() {
    declareFields();
    List<Group> groups = derived ? groupsOfDerived() : null;
    int total = groups == null ? answer.itemCount() : groups.size();
    int size = batchSize();
    for (int start = 0; start < total; start += size) {
      int end = Math.min(total, start + size);
      List<Group> batch = groups == null ? groups(start, end) : groups.subList(start, end);
      mergeBatch(batch);
      options.progress().progress(writer == null ? "comparing" : "loading", end, total);
    }
    if (!fields.balances()) {
      throw new IllegalStateException(
          "the load does not balance, so nothing was changed: " + fields.counts());
    }
    List<Problem> problems = checkOutcome();
    if (writer != null && !problems.isEmpty()) {
      throw PostilException.of(problems);
    }
    return report(problems);
  }

  /** How many samples are merged at once: fewer where each has very many labels. */
  private int batchSize() {
    long samples = Math.max(1, run.state().getLong("samples", 0));
    long labelsOfEach = Math.max(1, run.state().getLong("labels", 0) / samples);
    return (int) Math.clamp(RunData.MOST_LABELS / labelsOfEach, 1, MOST_SAMPLES);
  }

  private LoadReport report(List<Problem> problems) {
    return new LoadReport(
        loadId,
        fields.counts(),
        changedSamples,
        delivered,
        answer.undeliveredReasons(),
        unknown + frames.unknown(),
        gone,
        fields.refusedAdditions(),
        fields.refusedDeletions(),
        List.copyOf(fields.conflicts()),
        List.copyOf(unexpected),
        problems,
        plan.warnings());
  }

  private List<Problem> checkOutcome() {
    List<Problem> problems = new ArrayList<>();
    if (options.policy() == ConflictPolicy.FAIL && fields.conflictCount() > 0) {
      problems.add(
          new Problem(
              ErrorCode.CONFLICT,
              fields.conflictCount() + " labels were changed both by annotators and in the dataset",
              "See them with a preview; then load with the policy theirs or ours."));
    }
    long sent = run.state().getLong("labels", 0);
    long deleted =
        fields.counts().values().stream().mapToLong(c -> c.of(Change.Kind.DELETED)).sum();
    if (!options.allowMassDeletion() && deleted > 0 && deleted * 2 > sent) {
      problems.add(
          new Problem(
              ErrorCode.MASS_DELETION,
              "the load would delete " + deleted + " of the run's " + sent + " labels",
              "If annotators meant that, allow mass deletion."));
    }
    return problems;
  }

  // --- fields ---------------------------------------------------------------------------------

  private void declareFields() {
    DatasetInfo info = dataset.info();
    DatasetInfo changed = info;
    for (LoadTarget target : plan.targets()) {
      if (changed.field(target.field()).isPresent() || !anythingFor(target)) {
        continue;
      }
      String fieldClass = target.fieldClass();
      FieldSpec spec;
      if (fieldClass != null) {
        spec = FieldSpec.embedded(target.field(), fieldClass);
      } else {
        FieldType type = plan.scalarType(target, null);
        if (type == null) {
          continue;
        }
        spec = FieldSpec.of(target.field(), type);
      }
      changed = changed.withField(target.field(), spec);
      createdFields.add(target.field());
    }
    if (writer != null && !createdFields.isEmpty()) {
      writer.putInfo(changed);
    }
  }

  private boolean anythingFor(LoadTarget target) {
    return target.fieldClass() != null && target.expected()
        || answer.kinds(target.schema().field()).contains(target.kind());
  }

  // --- grouping items by sample ---------------------------------------------------------------

  /** The items of one sample, as positions in the spool. */
  private record Group(ObjectId sampleId, List<Integer> positions) {}

  private List<Group> groups(int start, int end) {
    List<Group> groups = new ArrayList<>();
    for (int i = start; i < end; i++) {
      groups.add(new Group(answer.itemAt(i), List.of(i)));
    }
    return groups;
  }

  private List<Group> groupsOfDerived() {
    Map<ObjectId, List<Integer>> bySample = new LinkedHashMap<>();
    for (int i = 0; i < answer.itemCount(); i++) {
      RunData.Item item = derivedItem(answer.itemAt(i));
      if (item == null) {
        unknown++;
      } else {
        bySample.computeIfAbsent(item.sampleId(), s -> new ArrayList<>()).add(i);
      }
    }
    List<Group> groups = new ArrayList<>();
    bySample.forEach((sample, positions) -> groups.add(new Group(sample, positions)));
    return groups;
  }

  private final Map<ObjectId, RunData.Item> derivedItems = new HashMap<>();

  private RunData.@Nullable Item derivedItem(ObjectId id) {
    if (derivedItems.isEmpty()) {
      RunData.forEachItem(dataset, run, item -> derivedItems.put(item.id(), item));
    }
    return derivedItems.get(id);
  }

  // --- merging --------------------------------------------------------------------------------

  private void mergeBatch(List<Group> batch) {
    List<ObjectId> ids = batch.stream().map(Group::sampleId).toList();
    Set<String> names = new HashSet<>();
    plan.targets().forEach(t -> names.add(t.field()));
    Map<ObjectId, Sample> samples = new HashMap<>();
    dataset.samples(ids, new Projection(names)).forEach(s -> samples.put(s.id(), s));
    Map<ObjectId, RunData.OfSample> data = data(ids);
    for (Group group : batch) {
      RunData.OfSample of = data.getOrDefault(group.sampleId(), new RunData.OfSample());
      Sample sample = samples.get(group.sampleId());
      if (!derived && of.item(group.sampleId()) == null) {
        unknown++;
      } else if (sample == null) {
        gone++;
        noteOthers(group.sampleId(), voices(group, of));
      } else {
        merge(sample, group, of);
        if (fields.takeChanged()) {
          changedSamples++;
        }
      }
    }
  }

  /** What is kept of samples themselves; of frames only where there cannot be many. */
  private Map<ObjectId, RunData.OfSample> data(List<ObjectId> ids) {
    if (plan.targets().stream().noneMatch(LoadTarget::perFrame)) {
      return RunData.OfSample.group(dataset.side(run.id(), ids));
    }
    Map<ObjectId, RunData.OfSample> data = new HashMap<>();
    for (ObjectId id : ids) {
      try (Cursor<StoredDataset.SideRecord> records = dataset.side(run.id(), id, 0, 0)) {
        data.putAll(RunData.OfSample.group(records.toList()));
      }
    }
    return data;
  }

  private void merge(Sample sample, Group group, RunData.OfSample data) {
    List<Voice> voices = voices(group, data);
    delivered += voices.size();
    if (voices.isEmpty()) {
      return;
    }
    noteOthers(sample.id(), voices);
    fields.turn();
    mergeSample(sample, voices.get(0), data);
    frames.merge(sample.id(), voices);
  }

  /** What was delivered of the items of a sample. */
  private List<Voice> voices(Group group, RunData.OfSample data) {
    List<Voice> voices = new ArrayList<>();
    for (int position : group.positions()) {
      AnswerSpool.OfItem said = answer.item(position);
      RunData.Item item = derived ? derivedItems.get(said.item()) : data.item(said.item());
      if (said.delivered() && item != null) {
        voices.add(new Voice(item, said));
      }
    }
    return voices;
  }

  /** Merges the fields of the sample itself. */
  private void mergeSample(Sample sample, Voice voice, RunData.OfSample data) {
    List<LoadTarget> targets = plan.targets().stream().filter(t -> !t.perFrame()).toList();
    if (targets.isEmpty()) {
      return;
    }
    List<AnswerSpool.Entry> entries =
        voice.said().unchanged() ? voice.held(targets, data, 0) : voice.entries(answer, 0);
    for (LoadTarget target : targets) {
      Object current = sample.fields().get(target.field());
      fields.merge(target, sample.id(), 0, current, data, target.of(entries));
    }
  }

  /** Counts what goes nowhere, and hands it back if that is wanted. */
  private void noteOthers(ObjectId sampleId, List<Voice> voices) {
    if (unplaced.isEmpty()) {
      return;
    }
    for (Voice voice : voices) {
      for (int position : voice.said().positions()) {
        AnswerSpool.Entry entry = answer.entryAt(position);
        if (plan.target(entry.field(), entry.kind()) == null) {
          noteOther(sampleId, voice.frame(entry.frame()), entry);
        }
      }
    }
  }

  private void noteOther(ObjectId sampleId, int frame, AnswerSpool.Entry entry) {
    String note = "not of the kind that was asked for";
    String field = entry.field();
    for (SingleLabel label : entry.labels()) {
      fields.tell(
          new Change(
              Change.Kind.UNEXPECTED, sampleId, frame, field, label.id(), null, label, note));
    }
    if (entry.kind() == AnswerKind.SCALAR) {
      fields.tell(
          new Change(
              Change.Kind.UNEXPECTED, sampleId, frame, field, null, null, entry.scalar(), note));
    }
    if (plan.isReturned(field, entry.kind())) {
      String under = schema.field(field).map(plan::destination).orElse(field);
      unexpected.add(
          new LoadReport.Unexpected(
              under, entry.kind(), sampleId, frame, entry.labels(), entry.scalar()));
    }
  }
}
