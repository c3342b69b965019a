package io.postil.backends.labelstudio;

import io.postil.backends.spool.RecordSpool;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What came back for the boxes in the frames of a video, of one field. The base goes by once to
 * {@link #learn}, which row is which track; if {@link #asksAgain} once more to {@link #find}; then
 * once frame by frame to {@link #tell}. Memory grows with the number of tracks, and of boxes of no
 * track that are new or in another frame than they were; of the others, only those of a few frames
 * are held. Not thread-safe.
 */
final class BoxesAnswer {
  private final VideoControl control;
  private final ObjectId item;
  private final ItemMedia media;
  private final RecordSpool<KeyFrame> spool;
  private final Map<String, BoxRow> rows = new LinkedHashMap<>();
  private final Map<String, List<Region>> byRegion = new HashMap<>();
  private final Map<ObjectId, List<BoxRow>> byLabel = new HashMap<>();
  private final Map<Integer, BaseTrack> tracks = new HashMap<>();
  private final Map<String, BaseTrack> singles = new HashMap<>();

  /** Boxes of no track, of which most are those that were sent. */
  private final SingleBoxes unread;

  /** The frame whose boxes of no track were looked at last. */
  private int looked;

  private int highest;
  private boolean knowsSent;

  BoxesAnswer(
      VideoControl control,
      ObjectId item,
      ItemMedia media,
      VideoResults results,
      VideoResults.Result result) {
    this.control = control;
    this.item = item;
    this.media = media;
    this.spool = results.spool();
    this.unread = new SingleBoxes(control, media, results, result);
    for (VideoResults.Row row : result.rows()) {
      Region region = row.region();
      byRegion.computeIfAbsent(region.id(), i -> new ArrayList<>(1)).add(region);
      if (region.fromName().equals(control.boxes())) {
        // Of several rows with one id the last counts, as the editor has it.
        BoxRow before = rows.get(region.id());
        int ordinal = before == null ? row.place() : before.ordinal();
        rows.put(region.id(), new BoxRow(region, row, media, results, ordinal));
      }
    }
    rows.values()
        .forEach(
            row ->
                byLabel
                    .computeIfAbsent(row.region().label(item), l -> new ArrayList<>(1))
                    .add(row));
  }

  String field() {
    return control.field.field();
  }

  // --- which row is which track ---------------------------------------------------------------

  /** Hears the base of a frame for the first time. */
  void learn(Content content) {
    look(content.frameNumber() - 1);
    look(content);
    BaseTrack.split(
        content,
        (label, number) -> {
          Document box = control.box(label, media);
          List<BoxRow> wanting = byLabel.getOrDefault(label.id(), List.of());
          BaseTrack track = null;
          if (number != null) {
            highest = Math.max(highest, number);
            track = tracks.computeIfAbsent(number, n -> newTrack(control.trackId(n), n, label));
          } else if (!wanting.isEmpty()) {
            track = single(label);
          }
          if (track != null) {
            track.add(content.frameNumber(), label, box);
            for (BoxRow row : wanting) {
              row.track(track);
            }
          }
          knowsSent |= box != null && track != null && byRegion.containsKey(track.id());
        });
  }

  /** Looks at the boxes of no track up to a frame, in which there was nothing of the kind. */
  private void look(int last) {
    while (looked < last) {
      unread.in(++looked).values().forEach(this::hold);
    }
  }

  /** Looks at those of the next frame: what was sent of it is known when it is told. */
  private void look(Content content) {
    looked = content.frameNumber();
    Map<String, BoxRow> here = unread.in(looked);
    if (!here.isEmpty()) {
      Map<String, BoxRow> others = new LinkedHashMap<>(here);
      BaseTrack.split(
          content,
          (label, number) -> {
            if (number == null && others.remove(label.id().toString()) != null) {
              knowsSent |= control.box(label, media) != null;
            }
          });
      others.values().forEach(this::hold);
    }
  }

  /** Holds a box that was not sent for its frame as long as any track. */
  private void hold(BoxRow row) {
    if (rows.putIfAbsent(row.region().id(), row) == null) {
      byRegion
          .computeIfAbsent(row.region().id(), i -> new ArrayList<>(1))
          .addAll(unread.regions(row));
      byLabel.computeIfAbsent(row.region().label(item), l -> new ArrayList<>(1)).add(row);
    }
  }

  private BaseTrack newTrack(String id, @Nullable Integer number, Detection first) {
    return new BaseTrack(control, id, number, first, control.sendsOnlyKeyFrames() ? spool : null);
  }

  private BaseTrack single(Detection label) {
    return singles.computeIfAbsent(label.id().toString(), id -> newTrack(id, null, label));
  }

  /** Says that the base was heard once. */
  void learnt() {
    look(unread.last());
    tracks.values().forEach(BaseTrack::end);
    singles.values().forEach(BaseTrack::end);
    tracks
        .values()
        .forEach(
            track -> {
              BoxRow row = rows.get(track.id());
              if (row != null) {
                row.track(track);
                knowsSent |= track.isShown();
              }
            });
  }

  /** Whether a region that was sent is in the answer. */
  boolean knowsSent() {
    return knowsSent;
  }

  /** Whether there are rows that may be of an earlier load, which its labels tell. */
  boolean asksAgain() {
    return rows.values().stream().anyMatch(r -> r.track() == null && r.isSeen());
  }

  /**
   * Hears the base of a frame again, to find the rows that an earlier load made labels of, and
   * boxes that were moved to a later frame.
   */
  void find(Content content) {
    Map<ObjectId, BaseTrack> there = null;
    for (SingleLabel label : content.labels()) {
      for (BoxRow row : byLabel.getOrDefault(label.id(), List.of())) {
        if (row.track() == null) {
          there = there == null ? byId(content) : there;
          BaseTrack sent = there.get(label.id());
          row.track(sent);
          knowsSent |= sent != null && sent.isShown();
        }
      }
    }
    for (BoxRow row : rows.values()) {
      if (row.track() == null && row.isSeen() && row.at(content.frameNumber()) != null) {
        there = there == null ? byId(content) : there;
        row.track(there.get(row.made(item, content.frameNumber())));
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

  private final List<BoxRow> toCome = new ArrayList<>();
  private final List<BoxRow> running = new ArrayList<>();
  private int next;

  /** Prepares for {@link #tell}. */
  void begin() {
    for (BoxRow row : rows.values()) {
      BaseTrack track = row.track();
      Integer number = track == null ? null : track.index();
      if (number == null && row.isSeenOften()) {
        number = ++highest;
      }
      row.decode(control, number, byRegion.getOrDefault(row.region().id(), List.of()));
      if (row.isSeen()) {
        toCome.add(row);
      }
    }
    toCome.sort(Comparator.comparingInt(r -> r.start()));
  }

  /** The last frame in which a row may be seen. */
  int end() {
    return Math.max(unread.last(), toCome.stream().mapToInt(BoxRow::end).max().orElse(0));
  }

  /**
   * Tells the labels of a frame; frames come in order.
   *
   * @param content the base of the frame, or null
   */
  void tell(int frame, @Nullable Content content, AnswerSink sink) {
    start(frame, content);
    if (content == null && running.isEmpty()) {
      return;
    }
    FrameBoxes of = new FrameBoxes(control, item, media, frame, content);
    for (BoxRow row : running) {
      of.add(row);
    }
    if (!of.labels().isEmpty()) {
      sink.labels(item, frame, field(), AnswerKind.DETECTIONS, of.labels());
    }
    running.removeIf(row -> row.endsWith(frame));
  }

  private void start(int frame, @Nullable Content content) {
    boolean more = content != null && startSingles(frame, content);
    for (; next < toCome.size() && toCome.get(next).start() <= frame; next++) {
      BoxRow row = toCome.get(next);
      row.begin(control, media);
      running.add(row);
      more = true;
    }
    if (more) {
      running.sort(Comparator.comparingInt(row -> row.ordinal()));
    }
  }

  private List<Region> regions(BoxRow row) {
    List<Region> apart = byRegion.get(row.region().id());
    List<Region> together = unread.regions(row);
    if (apart == null) {
      return together;
    }
    List<Region> all = new ArrayList<>(together);
    all.addAll(apart);
    return all;
  }

  /** Those of no track that were sent for the frame. */
  private boolean startSingles(int frame, Content content) {
    Map<String, BoxRow> here = unread.in(frame);
    if (here.isEmpty()) {
      return false;
    }
    int before = running.size();
    BaseTrack.split(
        content,
        (label, number) -> {
          BoxRow row = number == null ? here.get(label.id().toString()) : null;
          if (row != null && !rows.containsKey(row.region().id())) {
            BaseTrack track = new BaseTrack(control, label.id().toString(), null, label, null);
            track.add(frame, label, control.box(label, media));
            row.track(track);
            row.decode(control, null, regions(row));
            row.begin(control, media);
            running.add(row);
          }
        });
    return running.size() > before;
  }
}
