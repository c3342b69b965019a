package io.postil.backends.labelstudio;

import io.postil.core.annotation.AnswerKind;
import io.postil.core.annotation.AnswerSink;
import io.postil.core.annotation.UploadItem.Content;
import io.postil.core.label.Detection;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What came back for the boxes in the frames of a video, of one field. The base goes by once to
 * {@link #learn}, which row is which track; if {@link #asksAgain} once more to {@link #find}; then
 * once frame by frame to {@link #tell}. Memory grows with the number of tracks and rows. Not
 * thread-safe.
 */
final class BoxesAnswer {
  private final VideoControl control;
  private final ObjectId item;
  private final ItemMedia media;
  private final KeySpool spool;
  private final Map<String, Row> rows = new LinkedHashMap<>();
  private final Map<String, List<Region>> byRegion = new HashMap<>();
  private final Map<ObjectId, List<Row>> byLabel = new HashMap<>();
  private final Map<Integer, BaseTrack> tracks = new HashMap<>();
  private final Map<String, BaseTrack> singles = new HashMap<>();
  private int highest;
  private boolean knowsSent;

  BoxesAnswer(
      VideoControl control,
      ObjectId item,
      ItemMedia media,
      VideoResults results,
      List<VideoResults.Row> result) {
    this.control = control;
    this.item = item;
    this.media = media;
    this.spool = results.spool();
    for (VideoResults.Row row : result) {
      Region region = row.region();
      byRegion.computeIfAbsent(region.id(), i -> new ArrayList<>(1)).add(region);
      if (region.fromName().equals(control.boxes())) {
        // Of several rows with one id the last counts, as the editor has it.
        Row before = rows.get(region.id());
        int ordinal = before == null ? rows.size() : before.ordinal;
        rows.put(region.id(), new Row(region, row, results, ordinal));
      }
    }
    rows.values()
        .forEach(
            row ->
                byLabel.computeIfAbsent(row.region.label(item), l -> new ArrayList<>(1)).add(row));
  }

  String field() {
    return control.field.field();
  }

  /** A track that came back. */
  private final class Row {
    private final Region region;
    private final int group;
    private final int ordinal;
    private final int length;
    private final int last;
    private int start;
    private int keys;
    private int lastKey;
    private boolean goesOn;
    private @Nullable BaseTrack track;
    private @Nullable Integer number;
    private @Nullable String className;
    private Document changed = Document.empty();
    private @Nullable KeyCursor now;
    private @Nullable KeyCursor sent;

    Row(Region region, VideoResults.Row row, VideoResults results, int ordinal) {
      this.region = region;
      this.ordinal = ordinal;
      int known =
          media.frames() > 0 ? media.frames() : (int) region.value().getLong("framesCount", 0);
      this.last = known > 0 ? Math.min(known, VideoResults.MOST) : VideoResults.MOST;
      this.length = Math.min(known, VideoResults.MOST);
      this.group = row.group() < 0 ? -1 : results.ordered(row);
      if (group >= 0) {
        spool.of(group).forEachRemaining(this::count);
      }
    }

    private void count(KeyFrame key) {
      if (key.frame() <= last) {
        start = keys == 0 ? key.frame() : start;
        lastKey = key.frame();
        keys++;
        goesOn = key.enabled() && key.frame() < length;
      }
    }

    /** Whether it is seen in several frames. */
    boolean isSeenOften() {
      return keys > 1 || keys == 1 && goesOn;
    }

    /** Goes along it from the start. */
    KeyCursor cursor() {
      Iterator<KeyFrame> all = spool.of(group);
      Iterator<KeyFrame> known =
          new Iterator<>() {
            private int left = keys;

            @Override
            public boolean hasNext() {
              return left > 0;
            }

            @Override
            public KeyFrame next() {
              left--;
              return all.next();
            }
          };
      return new KeyCursor(known, length);
    }

    /** The last frame in which it may be seen. */
    int end() {
      return goesOn ? length : lastKey;
    }

    /** Whether it is not seen after a frame; then its cursors are let go. */
    boolean endsWith(int frame) {
      boolean ends = Objects.requireNonNull(now).isOver(frame);
      if (ends) {
        now = null;
        sent = null;
      }
      return ends;
    }

    /** The id of a label that an earlier load made of it. */
    ObjectId made(int frame) {
      return Region.derived(item, region.id() + "@" + frame);
    }
  }

  // --- which row is which track ---------------------------------------------------------------

  /** Hears the base of a frame for the first time. */
  void learn(Content content) {
    BaseTrack.split(
        content,
        (label, number) -> {
          Document box = control.box(label, media);
          List<Row> wanting = byLabel.getOrDefault(label.id(), List.of());
          BaseTrack track = null;
          if (number != null) {
            highest = Math.max(highest, number);
            track = tracks.computeIfAbsent(number, n -> newTrack(control.trackId(n), n, label));
          } else if (!wanting.isEmpty()) {
            track = single(label);
          }
          if (track != null) {
            track.add(content.frameNumber(), label, box);
            for (Row row : wanting) {
              row.track = track;
            }
          }
          knowsSent |= box != null && track != null && byRegion.containsKey(track.id());
        });
  }

  private BaseTrack newTrack(String id, @Nullable Integer number, Detection first) {
    return new BaseTrack(control, id, number, first, control.sendsOnlyKeyFrames() ? spool : null);
  }

  private BaseTrack single(Detection label) {
    return singles.computeIfAbsent(label.id().toString(), id -> newTrack(id, null, label));
  }

  /** Says that the base was heard once. */
  void learnt() {
    tracks.values().forEach(BaseTrack::end);
    singles.values().forEach(BaseTrack::end);
    tracks
        .values()
        .forEach(
            track -> {
              Row row = rows.get(track.id());
              if (row != null) {
                row.track = track;
              }
            });
  }

  /** Whether a region that was sent is in the answer. */
  boolean knowsSent() {
    return knowsSent;
  }

  /** Whether there are rows that may be of an earlier load, which its labels tell. */
  boolean asksAgain() {
    return rows.values().stream().anyMatch(r -> r.track == null && r.keys > 0);
  }

  /** Hears the base of a frame again, to find the rows that an earlier load made labels of. */
  void find(Content content) {
    Map<ObjectId, BaseTrack> there = null;
    for (Row row : rows.values()) {
      if (row.track != null || row.keys == 0) {
        continue;
      }
      KeyCursor cursor = row.now == null ? row.cursor() : row.now;
      row.now = cursor;
      if (cursor.at(content.frameNumber()) != null) {
        there = there == null ? byId(content) : there;
        row.track = there.get(row.made(content.frameNumber()));
      }
    }
  }

  /** The tracks of the labels of a frame. */
  private Map<ObjectId, BaseTrack> byId(Content content) {
    Map<ObjectId, BaseTrack> found = new HashMap<>();
    BaseTrack.split(
        content,
        (label, number) -> {
          BaseTrack track = number == null ? null : tracks.get(number);
          if (track == null) {
            track = new BaseTrack(control, label.id().toString(), null, label, null);
            track.add(content.frameNumber(), label, control.box(label, media));
          }
          found.put(label.id(), track);
        });
    return found;
  }

  // --- telling --------------------------------------------------------------------------------

  private final List<Row> toCome = new ArrayList<>();
  private final List<Row> running = new ArrayList<>();
  private int next;

  /** Prepares for {@link #tell}. */
  void begin() {
    for (Row row : rows.values()) {
      row.number = row.track == null ? null : row.track.index();
      if (row.number == null && row.isSeenOften()) {
        row.number = ++highest;
      }
      decode(row);
      if (row.keys > 0) {
        toCome.add(row);
      }
    }
    toCome.sort(Comparator.comparingInt(r -> r.start));
  }

  private void decode(Row row) {
    String shown = control.className(Region.first(row.region.value(), "labels"));
    Detection typical = row.track == null ? null : row.track.typical();
    row.className = shown != null || row.track == null ? shown : row.track.className();
    row.changed =
        control
            .attributes()
            .decode(
                typical == null ? Document.empty() : typical.attributes(),
                typical,
                row.className,
                byRegion.getOrDefault(row.region.id(), List.of()),
                List.of(row.region.id()));
  }

  /** The last frame in which a row may be seen. */
  int end() {
    return toCome.stream().mapToInt(Row::end).max().orElse(0);
  }

  /**
   * Tells the labels of a frame; frames come in order.
   *
   * @param content the base of the frame, or null
   */
  void tell(int frame, @Nullable Content content, AnswerSink sink) {
    start(frame);
    if (content == null && running.isEmpty()) {
      return;
    }
    Frame of = new Frame(frame, content);
    for (Row row : running) {
      of.add(row);
    }
    if (!of.labels.isEmpty()) {
      sink.labels(item, frame, field(), AnswerKind.DETECTIONS, of.labels);
    }
    running.removeIf(row -> row.endsWith(frame));
  }

  private void start(int frame) {
    boolean more = false;
    for (; next < toCome.size() && toCome.get(next).start <= frame; next++) {
      Row row = toCome.get(next);
      row.now = row.cursor();
      row.sent =
          row.track == null || !control.sendsOnlyKeyFrames() || row.track.group() < 0
              ? null
              : new KeyCursor(spool.of(row.track.group()), media.frames());
      running.add(row);
      more = true;
    }
    if (more) {
      running.sort(Comparator.comparingInt(row -> row.ordinal));
    }
  }

  /** One frame. */
  private final class Frame {
    private final int number;
    private final Map<Integer, Detection> byNumber = new HashMap<>();
    private final Map<ObjectId, Detection> alone = new HashMap<>();
    private final List<Detection> labels = new ArrayList<>();

    Frame(int number, @Nullable Content content) {
      this.number = number;
      if (content != null) {
        BaseTrack.split(content, this::hold);
      }
    }

    private void hold(Detection label, @Nullable Integer track) {
      if (control.box(label, media) == null) {
        // It was not sent, so nobody could delete it.
        labels.add(label);
      }
      if (track == null) {
        alone.put(label.id(), label);
      } else {
        byNumber.put(track, label);
      }
    }

    private @Nullable Detection old(@Nullable BaseTrack track) {
      if (track == null) {
        return null;
      }
      Integer index = track.index();
      return index == null ? alone.get(ObjectId.of(track.id())) : byNumber.get(index);
    }

    void add(Row row) {
      KeyCursor now = Objects.requireNonNull(row.now);
      Document box = now.at(number);
      BaseTrack track = row.track;
      Detection old = old(track);
      Document sent = sent(row, old);
      if (box == null) {
        return;
      }
      Detection label =
          old == null ? fresh(row, number, box) : KeyFrame.same(box, sent) ? old : moved(old, box);
      if (old != null && track != null) {
        if (!Objects.equals(row.className, track.className())) {
          label = label.withLabel(row.className);
        }
        label = label.withAttributes(overlaid(label, track.typical(), row.changed));
      }
      boolean mark = now.isKey(number);
      boolean sentMark = row.sent == null ? sent != null : row.sent.isKey(number);
      if (old == null || mark != sentMark) {
        label = label.withAttributes(label.attributes().with(SingleLabel.KEYFRAME, mark));
      }
      labels.add(label.withIndex(row.number == null ? label.index() : row.number));
    }

    /** What the editor was sent for the frame; null if it is not seen there. */
    private @Nullable Document sent(Row row, @Nullable Detection old) {
      if (row.sent != null) {
        return row.sent.at(number);
      }
      return old == null ? null : control.box(old, media);
    }
  }

  private Detection fresh(Row row, int frame, Document box) {
    Document own = Document.empty();
    for (String name : control.attributeNames()) {
      Object value = row.changed.get(name);
      own = value == null ? own : own.with(name, value);
    }
    Detection label =
        new Detection(row.made(frame), List.of(), row.className, null, null, null, null, null, own);
    return moved(label, box);
  }

  private Detection moved(Detection label, Document box) {
    Detection moved = label.withBoundingBox(RectangleControl.box(box, media));
    double rotation = Percent.number(box, RectangleControl.ROTATION);
    boolean had = Attributes.value(label, RectangleControl.ROTATION) != null;
    return control.rotates() && (rotation != 0 || had)
        ? moved.withAttributes(moved.attributes().with(RectangleControl.ROTATION, rotation))
        : moved;
  }

  /** The attributes of one frame's label, with those that were changed for the whole track. */
  private Document overlaid(Detection label, Detection typical, Document changed) {
    Document result = label.attributes();
    for (String name : control.attributeNames()) {
      Object old = Attributes.value(typical, name);
      Object value = changed.get(name);
      if (!Objects.equals(old, value) && !(value == null && changed.contains("attributes"))) {
        result = value == null ? result.without(name) : result.with(name, value);
      }
    }
    return result;
  }
}
