package io.postil.engine.annotation;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.PostilException.Problem;
import io.postil.core.annotation.AnswerKind;
import io.postil.core.annotation.FieldSchema;
import io.postil.core.annotation.LabelSchema;
import io.postil.core.annotation.Restriction;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.FieldType;
import io.postil.core.dataset.Frame;
import io.postil.core.dataset.Sample;
import io.postil.core.label.SingleLabel;
import io.postil.core.run.RunRecord;
import io.postil.core.store.Cursor;
import io.postil.core.store.DatasetWriter;
import io.postil.core.store.Projection;
import io.postil.core.store.StoredDataset;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Merges a spooled answer into a dataset. With a writer it writes; without one it is the preview,
 * which differs in nothing else. Not thread-safe; for one load.
 */
final class Loader {
  private static final int BATCH = 200;

  private final StoredDataset dataset;
  private final @Nullable DatasetWriter writer;
  private final RunRecord run;
  private final LabelSchema schema;
  private final AnswerSpool answer;
  private final LoadOptions options;
  private final Consumer<Change> listener;
  private final @Nullable ObjectId loadId;
  private final boolean derived;
  private final boolean framesView;
  private LoadPlan plan;
  private final Map<String, LoadReport.Counts> counts = new LinkedHashMap<>();
  private final List<Change> conflicts = new ArrayList<>();
  private final List<LoadReport.Unexpected> unexpected = new ArrayList<>();
  private long conflictCount;
  private long changedSamples;
  private long delivered;
  private long unknown;
  private long gone;
  private long refusedAdditions;
  private long refusedDeletions;
  private boolean sampleChanged;
  private @Nullable HeldIds held;

  /** Values written for the present sample, by frame and field; null for removed ones. */
  private final Map<String, @Nullable Object> overrides = new HashMap<>();

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
    this.listener = listener;
    this.loadId = writer == null ? null : ObjectId.create();
    String kind = run.state().getString("items", "samples");
    this.derived = !kind.equals("samples");
    this.framesView = kind.equals("frames");
    this.plan =
        new LoadPlan(
            this.dataset.info(),
            schema,
            framesView,
            options,
            answer,
            run.state().getDocument("kept"));
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
    for (int start = 0; start < total; start += BATCH) {
      int end = Math.min(total, start + BATCH);
      List<Group> batch = groups == null ? groups(start, end) : groups.subList(start, end);
      mergeBatch(batch);
      options.progress().progress(writer == null ? "comparing" : "loading", end, total);
    }
    List<Problem> problems = checkOutcome();
    if (writer != null && !problems.isEmpty()) {
      throw PostilException.of(problems);
    }
    return report(problems);
  }

  private LoadReport report(List<Problem> problems) {
    return new LoadReport(
        loadId,
        counts,
        changedSamples,
        delivered,
        answer.undeliveredReasons(),
        unknown,
        gone,
        refusedAdditions,
        refusedDeletions,
        List.copyOf(conflicts),
        List.copyOf(unexpected),
        problems,
        plan.warnings());
  }

  private List<Problem> checkOutcome() {
    List<Problem> problems = new ArrayList<>();
    if (options.policy() == ConflictPolicy.FAIL && conflictCount > 0) {
      problems.add(
          new Problem(
              ErrorCode.CONFLICT,
              conflictCount + " labels were changed both by annotators and in the dataset",
              "See them with a preview; then load with the policy theirs or ours."));
    }
    long sent = run.state().getLong("labels", 0);
    long deleted = counts.values().stream().mapToLong(c -> c.of(Change.Kind.DELETED)).sum();
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
      try (Cursor<StoredDataset.SideRecord> records = dataset.side(run.id())) {
        while (records.hasNext()) {
          RunData.Item item = RunData.item(records.next());
          if (item != null) {
            derivedItems.put(item.id(), item);
          }
        }
      }
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
    Map<ObjectId, RunData.OfSample> data = RunData.OfSample.group(dataset.side(run.id(), ids));
    for (Group group : batch) {
      RunData.OfSample of = data.getOrDefault(group.sampleId(), new RunData.OfSample());
      Sample sample = samples.get(group.sampleId());
      if (!derived && of.item == null) {
        unknown++;
      } else if (sample == null) {
        gone++;
      } else {
        sampleChanged = false;
        overrides.clear();
        merge(sample, group, of);
        if (sampleChanged) {
          changedSamples++;
        }
      }
    }
  }

  /** What one item of the answer says about one sample. */
  private record Voice(RunData.Item item, List<AnswerSpool.Entry> entries) {}

  /** The answer of an item that is as it was: what the tool is known to hold. */
  private List<AnswerSpool.Entry> held(RunData.Item item, RunData.OfSample data) {
    List<AnswerSpool.Entry> entries = new ArrayList<>();
    for (FieldSchema field : schema.fields()) {
      for (int frame : data.frames()) {
        boolean own = item.frameNumber() > 0 ? frame == item.frameNumber() : item.covers(frame);
        if (!own || !framesView && field.isFrameField() != frame > 0) {
          continue;
        }
        int said = item.frameNumber() > 0 ? 0 : frame;
        for (LoadTarget target : plan.targets()) {
          if (target.schema() != field) {
            continue;
          }
          String name = target.expected() ? field.field() : target.baseName();
          if (target.kind() == AnswerKind.SCALAR) {
            Object value = data.value(frame, name);
            if (value != null) {
              entries.add(
                  new AnswerSpool.Entry(said, field.field(), target.kind(), List.of(), value));
            }
          } else {
            List<SingleLabel> labels = data.labels(frame, name);
            if (labels != null && !labels.isEmpty()) {
              entries.add(new AnswerSpool.Entry(said, field.field(), target.kind(), labels, null));
            }
          }
        }
      }
    }
    return entries;
  }

  private void merge(Sample sample, Group group, RunData.OfSample data) {
    List<Voice> voices = new ArrayList<>();
    for (int position : group.positions()) {
      AnswerSpool.OfItem said = answer.item(position);
      if (!said.delivered()) {
        continue;
      }
      delivered++;
      RunData.Item item = derived ? derivedItems.get(said.item()) : data.item;
      if (item != null) {
        voices.add(new Voice(item, said.unchanged() ? held(item, data) : said.entries()));
      }
    }
    if (voices.isEmpty()) {
      return;
    }
    voices.forEach(v -> noteOthers(sample.id(), v));
    for (LoadTarget target : plan.targets()) {
      if (!target.perFrame()) {
        Voice voice = voices.get(0);
        mergeField(
            target,
            sample.id(),
            0,
            sample.fields().get(target.field()),
            data,
            entries(voice, target));
      }
    }
    mergeFrames(sample, voices, data);
  }

  private static List<AnswerSpool.Entry> entries(Voice voice, LoadTarget target) {
    return voice.entries().stream()
        .filter(e -> e.field().equals(target.schema().field()) && e.kind() == target.kind())
        .toList();
  }

  /** Counts what goes nowhere, and hands it back if that is wanted. */
  private void noteOthers(ObjectId sampleId, Voice voice) {
    for (AnswerSpool.Entry entry : voice.entries()) {
      boolean placed =
          plan.targets().stream()
              .anyMatch(t -> t.schema().field().equals(entry.field()) && t.kind() == entry.kind());
      if (placed) {
        continue;
      }
      int frame = frame(voice.item(), entry.frame());
      String field = entry.field();
      for (SingleLabel label : entry.labels()) {
        tell(
            new Change(
                Change.Kind.UNEXPECTED,
                sampleId,
                frame,
                field,
                label.id(),
                null,
                label,
                "not of the kind that was asked for"));
      }
      if (entry.kind() == AnswerKind.SCALAR) {
        tell(
            new Change(
                Change.Kind.UNEXPECTED,
                sampleId,
                frame,
                field,
                null,
                null,
                entry.scalar(),
                "not of the kind that was asked for"));
      }
      if (plan.isReturned(entry.field(), entry.kind())) {
        unexpected.add(
            new LoadReport.Unexpected(
                entry.field(), entry.kind(), sampleId, frame, entry.labels(), entry.scalar()));
      }
    }
  }

  private static int frame(RunData.Item item, int frame) {
    return item.frameNumber() > 0 ? item.frameNumber() : frame;
  }

  /** The entries of one frame by target, and who spoke about it. */
  private static final class OfFrame {
    final Map<LoadTarget, List<AnswerSpool.Entry>> entries = new HashMap<>();
  }

  private void mergeFrames(Sample sample, List<Voice> voices, RunData.OfSample data) {
    List<LoadTarget> targets = plan.targets().stream().filter(LoadTarget::perFrame).toList();
    if (targets.isEmpty()) {
      return;
    }
    Map<LoadTarget, TrackNumbers> tracks =
        framesView ? Map.of() : tracks(sample.id(), targets, voices, data);
    TreeMap<Integer, OfFrame> frames = new TreeMap<>();
    for (Voice voice : voices) {
      for (int frame : data.frames()) {
        if (frame > 0 && voice.item().covers(frame)) {
          frames.computeIfAbsent(frame, f -> new OfFrame());
        }
      }
      for (LoadTarget target : targets) {
        for (AnswerSpool.Entry entry : entries(voice, target)) {
          int frame = frame(voice.item(), entry.frame());
          if (frame > 0) {
            frames
                .computeIfAbsent(frame, f -> new OfFrame())
                .entries
                .computeIfAbsent(target, t -> new ArrayList<>())
                .add(numbered(target, entry, frame, tracks, data));
          }
        }
      }
    }
    if (frames.isEmpty()) {
      return;
    }
    Set<String> names = new HashSet<>();
    targets.forEach(t -> names.add(t.field()));
    Map<Integer, Map<String, Object>> window = new HashMap<>();
    List<Integer> numbers = new ArrayList<>(frames.keySet());
    for (int start = 0; start < numbers.size(); start += BATCH) {
      List<Integer> part = numbers.subList(start, Math.min(numbers.size(), start + BATCH));
      window.clear();
      try (Cursor<Frame> cursor =
          dataset.frames(
              sample.id(), part.get(0), part.get(part.size() - 1), new Projection(names))) {
        while (cursor.hasNext()) {
          Frame frame = cursor.next();
          if (frames.containsKey(frame.number())) {
            window.put(frame.number(), frame.fields());
          }
        }
      }
      for (int number : part) {
        if (!window.containsKey(number) && !run.state().getBoolean("new_frames", true)) {
          unknown++;
          continue;
        }
        OfFrame of = java.util.Objects.requireNonNull(frames.get(number));
        for (LoadTarget target : targets) {
          Object current = window.getOrDefault(number, Map.of()).get(target.plainField());
          List<AnswerSpool.Entry> entries = of.entries.getOrDefault(target, List.of());
          mergeField(target, sample.id(), number, current, data, entries);
        }
      }
    }
  }

  // --- tracks ---------------------------------------------------------------------------------

  private Map<LoadTarget, TrackNumbers> tracks(
      ObjectId sampleId, List<LoadTarget> targets, List<Voice> voices, RunData.OfSample data) {
    Map<LoadTarget, TrackNumbers> tracks = new HashMap<>();
    Set<String> names = new HashSet<>();
    for (LoadTarget target : targets) {
      if (target.kind().isTrackable()) {
        tracks.put(target, new TrackNumbers());
        names.add(target.field());
      }
    }
    if (tracks.isEmpty()) {
      return tracks;
    }
    try (Cursor<Frame> frames =
        dataset.frames(sampleId, 1, Integer.MAX_VALUE, new Projection(names))) {
      while (frames.hasNext()) {
        Frame frame = frames.next();
        tracks.forEach(
            (target, numbers) ->
                LabelMerge.labels(frame.fields().get(target.plainField()))
                    .forEach(l -> numbers.stored(frame.number(), l)));
      }
    }
    tracks.forEach(
        (target, numbers) -> {
          for (Voice voice : voices) {
            for (AnswerSpool.Entry entry : entries(voice, target)) {
              entry.labels().forEach(numbers::learn);
            }
          }
        });
    return tracks;
  }

  private AnswerSpool.Entry numbered(
      LoadTarget target,
      AnswerSpool.Entry entry,
      int frame,
      Map<LoadTarget, TrackNumbers> tracks,
      RunData.OfSample data) {
    TrackNumbers numbers = tracks.get(target);
    if (numbers == null) {
      return entry;
    }
    Set<ObjectId> taken = new HashSet<>();
    entry.labels().forEach(l -> taken.add(l.id()));
    List<SingleLabel> labels = new ArrayList<>();
    for (SingleLabel label : entry.labels()) {
      SingleLabel plain = label;
      if (!target.rules().keyframes() && label.attributes().contains(SingleLabel.KEYFRAME)) {
        plain = label.withAttributes(label.attributes().without(SingleLabel.KEYFRAME));
      }
      labels.add(numbers.number(frame, plain, taken));
    }
    return new AnswerSpool.Entry(entry.frame(), entry.field(), entry.kind(), labels, null);
  }

  // --- one field of one sample or frame -------------------------------------------------------

  private void mergeField(
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
    List<SingleLabel> base = data.labels(frame, target.baseName());
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
                refusedAdditions += "additions are not allowed".equals(note) ? 1 : 0;
                refusedDeletions += "deletions are not allowed".equals(note) ? 1 : 0;
              }
              tell(new Change(kind, sampleId, frame, target.field(), id, before, after, note));
            });
    LabelMerge.Result result =
        target.home() || !target.expected()
            ? merge.merge(base == null ? List.of() : base, current, labels)
            : merge.mergeElsewhere(source == null ? List.of() : source, base, current, labels);
    write(target, sampleId, frame, current, result.value());
    if (!result.base().isEmpty() && !result.base().equals(base)) {
      putBase(
          sampleId,
          frame,
          target.baseName(),
          data,
          RunData.base(sampleId, frame, target.baseName(), target.kind(), result.base()));
    }
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
          || isHeldElsewhere(id)) {
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
          "#ids:" + target.baseName(),
          data,
          RunData.ids(sampleId, frame, target.baseName(), pairs));
    }
    return resolved;
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
            Change.Kind.REFUSED, target, sampleId, frame, null, null, "additions are not allowed");
      }
    } else if (wanted == null
        && !(target.home() && !target.rules().allows(Restriction.DELETIONS))) {
      value = changeOf(target, sampleId, frame, base, current, null);
    } else if (wanted == null) {
      refusedDeletions++;
      tellScalar(
          Change.Kind.REFUSED,
          target,
          sampleId,
          frame,
          current,
          current,
          "deletions are not allowed");
      return;
    } else if (base != null && Values.same(base, wanted)) {
      tellScalar(Change.Kind.UNCHANGED, target, sampleId, frame, current, current, null);
    } else {
      value = changeOf(target, sampleId, frame, base, current, wanted);
    }
    write(target, sampleId, frame, current, value);
    if (!Values.same(base, wanted)) {
      Object kept = wanted == null ? NOTHING : wanted;
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
      boolean keep = options.policy() == ConflictPolicy.OURS;
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

  private void tell(Change change) {
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

  /** Stands for no value in a side record. */
  static final Document NOTHING = Document.of("#nothing", true);

  private void write(
      LoadTarget target,
      ObjectId sampleId,
      int frame,
      @Nullable Object before,
      @Nullable Object after) {
    if (before == after || before != null && before.equals(after)) {
      return;
    }
    sampleChanged = true;
    if (writer != null && loadId != null) {
      writer.set(sampleId, frame, target.plainField(), before, after);
      if (!overrides.containsKey(frame + "/" + target.field())) {
        journal(sampleId, frame, Journal.BEFORE + target.field(), before);
      }
      journal(sampleId, frame, Journal.AFTER + target.field(), after);
    }
    overrides.put(frame + "/" + target.field(), after);
  }

  private void putBase(
      ObjectId sampleId,
      int frame,
      String name,
      RunData.OfSample data,
      StoredDataset.SideRecord record) {
    if (writer != null) {
      journal(sampleId, frame, Journal.BASE + record.name(), data.value(frame, name));
      writer.putSide(run.id(), record);
    }
  }

  private void journal(ObjectId sampleId, int frame, String name, @Nullable Object value) {
    if (writer != null && loadId != null) {
      writer.putSide(
          loadId,
          new StoredDataset.SideRecord(sampleId, frame, name, value == null ? NOTHING : value));
    }
  }
}
