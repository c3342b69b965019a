package io.postil.engine.edit;

import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.Frame;
import io.postil.core.dataset.Sample;
import io.postil.core.label.LabelList;
import io.postil.core.query.ViewEvaluator;
import io.postil.core.query.ViewSchema;
import io.postil.core.store.Cursor;
import io.postil.core.store.DatasetWriter;
import io.postil.core.store.Projection;
import io.postil.core.store.SampleCursor;
import io.postil.core.store.StoredDataset;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import io.postil.core.view.Stage;
import io.postil.core.view.ViewDefinition;
import java.util.ArrayList;
import java.util.Collection;
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
 * One pass of an edit over the samples and frames of a view, a batch at a time: finds what is
 * stored behind what is shown, writes, and counts. Without a writer it only counts. Not
 * thread-safe.
 */
final class EditPass {
  /** Most samples or frames that are in memory at once. */
  private static final int BATCH = 128;

  /** Labels after which it goes on with fewer. */
  private static final int MOST_LABELS = 20_000;

  private final StoredDataset reading;
  private final @Nullable DatasetWriter writer;
  private final ViewDefinition view;
  private final ViewSchema schema;
  private final boolean shownAsStored;
  private final Set<ObjectId> touched = new HashSet<>();
  private final List<String> warnings = new ArrayList<>();
  private long labels;
  private long others;
  private boolean changed;

  EditPass(StoredDataset reading, @Nullable DatasetWriter writer, ViewDefinition view) {
    this.reading = reading;
    this.writer = writer;
    this.view = view;
    schema = ViewSchema.of(reading.info(), view);
    shownAsStored =
        schema.kind() == ViewSchema.Kind.SAMPLES
            && view.stages().stream().allMatch(EditPass::onlyChooses);
  }

  /** Whether a stage chooses or orders samples, but shows each as it is stored. */
  private static boolean onlyChooses(Stage stage) {
    return stage instanceof Stage.Select
        || stage instanceof Stage.Exclude
        || stage instanceof Stage.SelectBy
        || stage instanceof Stage.ExcludeBy
        || stage instanceof Stage.Limit
        || stage instanceof Stage.Skip
        || stage instanceof Stage.Take
        || stage instanceof Stage.Shuffle
        || stage instanceof Stage.SortBy
        || stage instanceof Stage.Match
        || stage instanceof Stage.MatchTags
        || stage instanceof Stage.MatchLabels
        || stage instanceof Stage.Exists;
  }

  ViewSchema schema() {
    return schema;
  }

  ViewDefinition view() {
    return view;
  }

  StoredDataset reading() {
    return reading;
  }

  /** Where to write; null if nothing is to be written. */
  @Nullable DatasetWriter writer() {
    return writer;
  }

  /** A pass over other samples, which counts as part of this one. */
  EditPass over(ViewDefinition other) {
    return new EditPass(reading, writer, other);
  }

  EditReport report() {
    return new EditReport(touched.size() + others, labels, warnings);
  }

  boolean isChanged() {
    return changed || !touched.isEmpty() || others > 0;
  }

  /** Says that the dataset was changed, whatever is counted. */
  void changed() {
    changed = true;
  }

  void warn(String warning) {
    warnings.add(warning);
  }

  /** Counts what another pass changed. */
  void add(EditPass other) {
    others += other.touched.size();
    labels += other.labels;
  }

  /** Counts samples that are changed otherwise. */
  void countSamples(long number) {
    others += number;
  }

  // --- reading --------------------------------------------------------------------------------

  /**
   * Calls an action for each sample of the view, and for each frame if there are fields of frames.
   *
   * @param fields the fields it needs, those of frames with {@code frames.}
   */
  void each(Collection<String> fields, Consumer<Holder> ofSample, Consumer<Holder> ofFrame) {
    Projection projection = new Projection(new LinkedHashSet<>(fields));
    boolean frames =
        schema.hasFrames() && fields.stream().anyMatch(f -> f.startsWith(DatasetInfo.FRAMES));
    List<Sample> batch = new ArrayList<>(BATCH);
    int held = 0;
    try (SampleCursor samples = reading.read(view, projection)) {
      while (samples.hasNext()) {
        Sample sample = samples.next();
        batch.add(sample);
        held += count(sample.fields());
        if (frames) {
          eachFrame(samples, ViewEvaluator.storedSample(sample), projection, ofFrame);
        }
        if (batch.size() == BATCH || held >= MOST_LABELS) {
          eachOf(batch, fields, projection, ofSample);
          batch.clear();
          held = 0;
        }
      }
    }
    eachOf(batch, fields, projection, ofSample);
  }

  private static int count(Map<String, Object> fields) {
    return fields.values().stream().mapToInt(LabelList::count).sum();
  }

  private void eachOf(
      List<Sample> shown,
      Collection<String> fields,
      Projection projection,
      Consumer<Holder> action) {
    if (shownAsStored) {
      shown.forEach(sample -> action.accept(Holder.of(sample, Holder.Stored.of(sample))));
      return;
    }
    Map<ObjectId, Holder.Stored> stored = new HashMap<>();
    Set<ObjectId> ids = new LinkedHashSet<>();
    shown.forEach(sample -> ids.add(ViewEvaluator.storedSample(sample)));
    reading.samples(ids, projection).forEach(s -> stored.put(s.id(), Holder.Stored.of(s)));
    Map<ObjectId, Map<Integer, Holder.Stored>> frames = storedFrames(shown, fields);
    for (Sample sample : shown) {
      ObjectId id = ViewEvaluator.storedSample(sample);
      int number = frameOf(sample);
      Holder.Stored of =
          number == 0 ? stored.get(id) : frames.getOrDefault(id, Map.of()).get(number);
      if (of != null) {
        action.accept(Holder.of(sample, of));
      }
    }
  }

  /** The frame that a sample of a view stands for, or 0. */
  private int frameOf(Sample shown) {
    boolean derived =
        schema.kind() == ViewSchema.Kind.FRAMES || schema.kind() == ViewSchema.Kind.PATCHES;
    return derived && shown.property("frame_number") instanceof Number n ? n.intValue() : 0;
  }

  private Map<ObjectId, Map<Integer, Holder.Stored>> storedFrames(
      List<Sample> shown, Collection<String> fields) {
    Map<ObjectId, Set<Integer>> wanted = new LinkedHashMap<>();
    for (Sample sample : shown) {
      if (frameOf(sample) > 0) {
        wanted
            .computeIfAbsent(ViewEvaluator.storedSample(sample), s -> new HashSet<>())
            .add(frameOf(sample));
      }
    }
    Set<String> names = new HashSet<>();
    fields.forEach(field -> names.add(DatasetInfo.FRAMES + field));
    Map<ObjectId, Map<Integer, Holder.Stored>> found = new HashMap<>();
    wanted.forEach((id, numbers) -> found.put(id, stored(id, numbers, new Projection(names))));
    return found;
  }

  private Map<Integer, Holder.Stored> stored(
      ObjectId sampleId, Set<Integer> numbers, Projection projection) {
    Map<Integer, Holder.Stored> found = new HashMap<>();
    int first = numbers.stream().mapToInt(n -> n).min().orElse(0);
    int last = numbers.stream().mapToInt(n -> n).max().orElse(0);
    if (last - first >= 4 * numbers.size()) {
      // Few frames far apart: the ones between are not worth reading.
      for (int number : numbers) {
        read(sampleId, number, number, Set.of(number), projection, found);
      }
    } else {
      read(sampleId, first, last, numbers, projection, found);
    }
    return found;
  }

  private void read(
      ObjectId sampleId,
      int first,
      int last,
      Set<Integer> numbers,
      Projection projection,
      Map<Integer, Holder.Stored> into) {
    try (Cursor<Frame> frames = reading.frames(sampleId, first, last, projection)) {
      while (frames.hasNext()) {
        Frame frame = frames.next();
        if (numbers.contains(frame.number())) {
          into.put(frame.number(), Holder.Stored.of(frame));
        }
      }
    }
  }

  private void eachFrame(
      SampleCursor samples, ObjectId sampleId, Projection projection, Consumer<Holder> action) {
    List<Frame> window = new ArrayList<>(BATCH);
    int held = 0;
    try (Cursor<Frame> frames = samples.frames()) {
      while (frames.hasNext()) {
        Frame frame = frames.next();
        window.add(frame);
        held += count(frame.fields());
        if (window.size() == BATCH || held >= MOST_LABELS) {
          eachOfFrames(sampleId, window, projection, action);
          window.clear();
          held = 0;
        }
      }
    }
    eachOfFrames(sampleId, window, projection, action);
  }

  private void eachOfFrames(
      ObjectId sampleId, List<Frame> shown, Projection projection, Consumer<Holder> action) {
    if (shown.isEmpty()) {
      return;
    }
    if (shownAsStored) {
      shown.forEach(frame -> action.accept(Holder.of(frame, Holder.Stored.of(frame))));
      return;
    }
    Set<Integer> numbers = new HashSet<>();
    shown.forEach(frame -> numbers.add(frame.number()));
    Map<Integer, Holder.Stored> stored = stored(sampleId, numbers, projection);
    for (Frame frame : shown) {
      Holder.Stored of = stored.get(frame.number());
      if (of != null) {
        action.accept(Holder.of(frame, of));
      }
    }
  }

  // --- writing --------------------------------------------------------------------------------

  /** Writes the value of a field, without {@code frames.}, if it differs. */
  void set(Holder holder, String field, @Nullable Object after) {
    Holder.Stored stored = holder.stored();
    Object before = stored.get(field);
    if (before == after || Values.same(before, after)) {
      return;
    }
    labels += LabelChanges.differing(before, after);
    touched.add(stored.sampleId);
    if (writer != null) {
      writer.set(stored.sampleId, stored.frame, field, before, after);
    }
    stored.put(field, after);
  }

  /** Edits the labels of a field, without {@code frames.}, that are shown. */
  void editLabels(Holder holder, String field, LabelChanges.LabelEdit edit) {
    Object before = holder.stored().get(field);
    set(holder, field, LabelChanges.edit(before, holder.shown(field), edit));
  }

  /** Writes path, tags and metadata of a sample. */
  void putSample(Sample sample) {
    touched.add(sample.id());
    if (writer != null) {
      writer.putSample(sample);
    }
  }

  /** Counts a sample that is changed otherwise. */
  void touch(ObjectId sampleId) {
    touched.add(sampleId);
  }
}
