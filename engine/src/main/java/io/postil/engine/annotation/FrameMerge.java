package io.postil.engine.annotation;

import io.postil.core.annotation.AnswerKind;
import io.postil.core.dataset.Frame;
import io.postil.core.label.SingleLabel;
import io.postil.core.run.RunRecord;
import io.postil.core.store.Cursor;
import io.postil.core.store.Projection;
import io.postil.core.store.StoredDataset;
import io.postil.core.store.StoredDataset.SideRecord;
import io.postil.core.value.ObjectId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Merges what came back for the frames of videos, {@link #WINDOW} frames at a time, so that a video
 * may be of any length: current values, base and answer are each read by ascending frame. Not
 * thread-safe; for one load.
 */
final class FrameMerge {
  private static final int WINDOW = 200;

  private final StoredDataset dataset;
  private final RunRecord run;
  private final boolean framesView;
  private final AnswerSpool answer;
  private final FieldMerge fields;
  private final List<LoadTarget> targets;
  private final Projection projection;
  private long unknown;

  /**
   * Prepares for the videos of a load.
   *
   * @param framesView whether frames were sent as images
   */
  FrameMerge(
      StoredDataset dataset,
      RunRecord run,
      LoadPlan plan,
      boolean framesView,
      AnswerSpool answer,
      FieldMerge fields) {
    this.dataset = dataset;
    this.run = run;
    this.framesView = framesView;
    this.answer = answer;
    this.fields = fields;
    this.targets = plan.targets().stream().filter(LoadTarget::perFrame).toList();
    Set<String> names = new HashSet<>();
    targets.forEach(t -> names.add(t.field()));
    this.projection = new Projection(names);
  }

  /** Frames of the answer that the run's backend cannot have been asked about. */
  long unknown() {
    return unknown;
  }

  /** The entries of the answer by frame, as positions in the spool. */
  private static final class ByFrame {
    private final long[] keys;
    private final int[] positions;

    ByFrame(List<Voice> voices, AnswerSpool answer) {
      int count = voices.stream().mapToInt(v -> v.said().positions().length).sum();
      positions = new int[count];
      long[] sorted = new long[count];
      int kept = 0;
      int n = 0;
      for (Voice voice : voices) {
        for (int position : voice.said().positions()) {
          int frame = voice.frame(answer.frameAt(position));
          positions[n] = position;
          if (frame > 0) {
            sorted[kept++] = (long) frame << 32 | n;
          }
          n++;
        }
      }
      keys = Arrays.copyOf(sorted, kept);
      Arrays.sort(keys);
    }

    /** Where the entries of a frame, or else the next one, begin. */
    int from(int frame) {
      int at = Arrays.binarySearch(keys, (long) frame << 32);
      return at < 0 ? -at - 1 : at;
    }

    int size() {
      return keys.length;
    }

    int frame(int i) {
      return (int) (keys[i] >>> 32);
    }

    List<AnswerSpool.Entry> entries(int frame, AnswerSpool answer) {
      List<AnswerSpool.Entry> entries = new ArrayList<>();
      for (int i = from(frame); i < keys.length && frame(i) == frame; i++) {
        entries.add(answer.entryAt(positions[(int) keys[i]]));
      }
      return entries;
    }
  }

  /** Merges the frames of one sample. */
  void merge(ObjectId sampleId, List<Voice> voices) {
    if (targets.isEmpty()) {
      return;
    }
    ByFrame said = new ByFrame(voices, answer);
    List<Voice> untouched = voices.stream().filter(v -> v.said().unchanged()).toList();
    Map<LoadTarget, TrackNumbers> tracks =
        framesView || said.size() == 0 ? Map.of() : tracks(sampleId, said);
    int from = 1;
    while (from > 0) {
      Window window = window(sampleId, voices, said, from);
      for (int number : window.numbers) {
        mergeFrame(sampleId, number, window, said, untouched, tracks);
      }
      from = window.next;
    }
  }

  /** What is known of some frames that follow each other. */
  private static final class Window {
    final TreeSet<Integer> numbers = new TreeSet<>();
    final Map<Integer, Map<String, Object>> current = new HashMap<>();
    RunData.OfSample base = new RunData.OfSample();

    /** Where the next window begins; 0 after the last one. */
    int next;
  }

  private Window window(ObjectId sampleId, List<Voice> voices, ByFrame said, int from) {
    Window window = new Window();
    TreeMap<Integer, List<SideRecord>> base = new TreeMap<>();
    int last = Integer.MAX_VALUE;
    try (Cursor<SideRecord> records = dataset.side(run.id(), sampleId, from, Integer.MAX_VALUE)) {
      while (records.hasNext()) {
        SideRecord record = records.next();
        if (base.size() == WINDOW && !base.containsKey(record.frameNumber())) {
          last = base.lastKey();
          break;
        }
        base.computeIfAbsent(record.frameNumber(), f -> new ArrayList<>()).add(record);
      }
    }
    Set<Integer> answered = new HashSet<>();
    for (int i = said.from(from); i < said.size() && said.frame(i) <= last; i++) {
      if (answered.size() == WINDOW && !answered.contains(said.frame(i))) {
        last = said.frame(i) - 1;
        break;
      }
      answered.add(said.frame(i));
    }
    List<SideRecord> kept = new ArrayList<>();
    base.headMap(last, true).values().forEach(kept::addAll);
    Map<ObjectId, RunData.OfSample> grouped = RunData.OfSample.group(kept);
    window.base = grouped.getOrDefault(sampleId, window.base);
    for (int frame : window.base.frames()) {
      if (voices.stream().anyMatch(v -> v.item().covers(frame))) {
        window.numbers.add(frame);
      }
    }
    window.numbers.addAll(answered);
    window.next = last == Integer.MAX_VALUE ? 0 : last + 1;
    readCurrent(sampleId, window);
    return window;
  }

  private void readCurrent(ObjectId sampleId, Window window) {
    if (window.numbers.isEmpty()) {
      return;
    }
    try (Cursor<Frame> frames =
        dataset.frames(sampleId, window.numbers.first(), window.numbers.last(), projection)) {
      while (frames.hasNext()) {
        Frame frame = frames.next();
        if (window.numbers.contains(frame.number())) {
          window.current.put(frame.number(), frame.fields());
        }
      }
    }
  }

  private void mergeFrame(
      ObjectId sampleId,
      int number,
      Window window,
      ByFrame said,
      List<Voice> untouched,
      Map<LoadTarget, TrackNumbers> tracks) {
    List<AnswerSpool.Entry> entries = said.entries(number, answer);
    boolean wanted =
        window.base.frames().contains(number)
            || targets.stream().anyMatch(t -> !t.of(entries).isEmpty());
    if (!wanted) {
      return;
    }
    Map<String, Object> current = window.current.get(number);
    if (current == null && !run.state().getBoolean("new_frames", true)) {
      unknown++;
      return;
    }
    fields.turn();
    boolean held = untouched.stream().anyMatch(v -> v.item().covers(number));
    for (LoadTarget target : targets) {
      Object value = current == null ? null : current.get(target.plainField());
      List<AnswerSpool.Entry> own =
          held
              ? untouched.get(0).held(List.of(target), window.base, number)
              : numbered(target, target.of(entries), value, tracks.get(target));
      fields.merge(target, sampleId, number, value, window.base, own);
    }
  }

  // --- tracks ---------------------------------------------------------------------------------

  private Map<LoadTarget, TrackNumbers> tracks(ObjectId sampleId, ByFrame said) {
    Map<LoadTarget, TrackNumbers> tracks = new HashMap<>();
    for (LoadTarget target : targets) {
      if (target.kind().isTrackable()) {
        tracks.put(target, new TrackNumbers());
      }
    }
    if (tracks.isEmpty()) {
      return tracks;
    }
    try (Cursor<Frame> frames = dataset.frames(sampleId, 1, Integer.MAX_VALUE, projection)) {
      while (frames.hasNext()) {
        Frame frame = frames.next();
        List<AnswerSpool.Entry> entries = said.entries(frame.number(), answer);
        tracks.forEach(
            (target, numbers) -> {
              List<SingleLabel> labels = new ArrayList<>();
              target.of(entries).forEach(e -> labels.addAll(e.labels()));
              numbers.learn(LabelMerge.labels(frame.fields().get(target.plainField())), labels);
            });
      }
    }
    return tracks;
  }

  private static List<AnswerSpool.Entry> numbered(
      LoadTarget target,
      List<AnswerSpool.Entry> entries,
      @Nullable Object current,
      @Nullable TrackNumbers numbers) {
    if (numbers == null || entries.isEmpty()) {
      return entries;
    }
    List<SingleLabel> labels = new ArrayList<>();
    for (AnswerSpool.Entry entry : entries) {
      for (SingleLabel label : entry.labels()) {
        boolean marked =
            !target.rules().keyframes() && label.attributes().contains(SingleLabel.KEYFRAME);
        labels.add(
            marked
                ? label.withAttributes(label.attributes().without(SingleLabel.KEYFRAME))
                : label);
      }
    }
    AnswerSpool.Entry first = entries.get(0);
    AnswerKind kind = first.kind();
    return List.of(
        new AnswerSpool.Entry(
            first.frame(),
            first.field(),
            kind,
            numbers.number(LabelMerge.labels(current), labels),
            null));
  }
}
