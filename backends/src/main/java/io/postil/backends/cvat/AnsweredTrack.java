package io.postil.backends.cvat;

import com.fasterxml.jackson.core.JsonParser;
import io.postil.backends.spool.RecordSpool;
import io.postil.core.annotation.FieldSchema;
import io.postil.core.label.SingleLabel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A track that came back, with what is known of it: which one of ours it is, where it was. Its key
 * frames are in the spool. It is gone along once, frame by frame. Not thread-safe.
 */
final class AnsweredTrack {
  private final CvatTrack head;
  private final int ordinal;
  private final int group;
  private final @Nullable CvatShape first;
  private SentItem.@Nullable SentTrack known;
  private boolean alone;
  private boolean seenBefore;
  private int number;
  private @Nullable FieldSchema field;
  private @Nullable VideoTracks rebuilt;

  /** The track as it was sent; null if that does not matter or cannot be told. */
  private VideoTracks.@Nullable Built before;

  private @Nullable TrackCursor now;
  private @Nullable TrackCursor then;

  private AnsweredTrack(CvatTrack head, int ordinal, int group, @Nullable CvatShape first) {
    this.head = head;
    this.ordinal = ordinal;
    this.group = group;
    this.first = first;
  }

  /** Looks whether shapes come by ascending frame. */
  private static final class Order {
    private @Nullable CvatShape first;
    private int last = Integer.MIN_VALUE;
    private boolean isAscending = true;

    void hear(CvatShape shape) {
      first = first == null ? shape : first;
      isAscending &= shape.frame() > last;
      last = shape.frame();
    }
  }

  /**
   * Reads a track, of which the parser has read the first brace. Skeletons, and tracks whose shapes
   * do not come in order, are in memory meanwhile.
   */
  static AnsweredTrack read(JsonParser json, RecordSpool<CvatShape> spool, int ordinal)
      throws IOException {
    int group = spool.newGroup();
    Order order = new Order();
    CvatTrack.Read read =
        CvatTrack.read(
            json,
            shape -> {
              order.hear(shape);
              spool.add(group, shape);
            });
    if (read.elements().isEmpty() && order.isAscending) {
      return new AnsweredTrack(read.head(), ordinal, group, order.first);
    }
    List<CvatShape> shapes = new ArrayList<>();
    spool.of(group).forEachRemaining(shapes::add);
    shapes = CvatTrack.ordered(shapes);
    shapes = read.elements().isEmpty() ? shapes : CvatTrack.joined(shapes, read.elements());
    int ordered = spool.newGroup();
    shapes.forEach(shape -> spool.add(ordered, shape));
    return new AnsweredTrack(
        read.head(), ordinal, ordered, shapes.isEmpty() ? null : shapes.get(0));
  }

  CvatTrack head() {
    return head;
  }

  /** The how manyth of the answer it is. */
  int ordinal() {
    return ordinal;
  }

  boolean isEmpty() {
    return first == null;
  }

  /** Its first frame on the server. */
  int start() {
    return Objects.requireNonNull(first).frame();
  }

  /** The type of its first shape. */
  String type() {
    return Objects.requireNonNull(first).type();
  }

  // --- which one of ours ----------------------------------------------------------------------

  /** Says that it was sent, in a field that the schema may have lost. */
  void isKnown(SentItem.SentTrack sent, @Nullable FieldSchema of, boolean isAlone) {
    known = sent;
    field = of;
    alone = isAlone;
    number = sent.index();
    seenBefore = true;
  }

  /** Says that somebody drew it. */
  void isNew(int newNumber, @Nullable FieldSchema of) {
    number = newNumber;
    field = of;
  }

  SentItem.@Nullable SentTrack known() {
    return known;
  }

  /** Whether no other track that was sent has its field and number. */
  boolean isAlone() {
    return alone;
  }

  @Nullable FieldSchema field() {
    return field;
  }

  private static boolean marks(@Nullable FieldSchema field) {
    return field != null && (Boolean.TRUE.equals(field.onlyKeyframes()) || !field.existing());
  }

  // --- what was there before ------------------------------------------------------------------

  /** Whether it must know its labels in the base before its first frame is told. */
  boolean asksForBase() {
    return known == null || marks(field);
  }

  /** Whether it has to be told the label it has in the base on a frame. */
  boolean asksForBase(int frame) {
    return known != null || frame >= start() && (!seenBefore || marks(field));
  }

  void learn(BaseLabels.@Nullable Held held, int frame, TrackBase base) {
    if (held == null) {
      return;
    }
    if (!seenBefore) {
      seenBefore = true;
      field = held.field();
      Integer stored = held.label().index();
      number = stored == null ? number : stored;
    }
    if (marks(field)) {
      rebuilt = rebuilt == null ? base.newTrack() : rebuilt;
      base.add(rebuilt, Objects.requireNonNull(field), held, frame);
    }
  }

  /** Says that the base is at its end. */
  void learnt() {
    List<VideoTracks.Built> built = rebuilt == null ? List.of() : rebuilt.build();
    before = built.size() == 1 ? built.get(0) : null;
    rebuilt = null;
  }

  // --- frame by frame -------------------------------------------------------------------------

  void begin(RecordSpool<CvatShape> spool) {
    now = new TrackCursor(spool.of(group));
    then = before == null ? null : new TrackCursor(spool.of(before.group()));
  }

  /** Whether nothing of it is shown any more. */
  boolean isOver() {
    return now != null && now.isOver();
  }

  /** Tells its label on a frame, if it is shown there. */
  void tell(
      int frame,
      int local,
      Members members,
      ItemAnswer answer,
      LabelDecoder decoder,
      NewIds newIds,
      PixelSize size) {
    TrackCursor cursor = Objects.requireNonNull(now);
    FieldSchema of = Objects.requireNonNull(field);
    CvatShape shape = cursor.at(frame);
    CvatShape was = then == null ? null : then.at(frame);
    if (shape == null || shape.outside()) {
      return;
    }
    CvatShape shown = VideoAnswer.effective(head, shape);
    BaseLabels.Held held = seenBefore ? members.of(this, frame) : null;
    boolean key = cursor.isKey(frame);
    boolean keyBefore = then != null && then.isKey(frame);
    SingleLabel label;
    if (held == null || !ShapeMatch.fits(held, shown)) {
      label = decoder.fresh(of, shown, newIds.of(head.id(), frame), size);
    } else if (!key && !keyBefore && isAsBefore(was, shown)) {
      label = held.label();
    } else {
      label = decoder.edited(of, held.label(), Map.of(0, shown), size);
    }
    label = TrackBase.withIndex(label, number);
    boolean marked = held != null && held.label().isKeyframe();
    boolean sameKey = held != null && keyBefore == key;
    if (marks(of) && !sameKey && key != marked) {
      label = label.withAttributes(label.attributes().with(SingleLabel.KEYFRAME, key));
    }
    answer.add(of, local, label);
  }

  /** Whether a frame between key frames shows what it showed before. */
  private boolean isAsBefore(@Nullable CvatShape was, CvatShape shown) {
    if (before == null || was == null || was.outside()) {
      return false;
    }
    CvatShape earlier = VideoAnswer.effective(before.head(), was);
    Map<Integer, String> common = new HashMap<>(shown.attributes());
    common.keySet().retainAll(earlier.attributes().keySet());
    return earlier.sameGeometry(shown)
        && earlier.labelId() == shown.labelId()
        && earlier.occluded() == shown.occluded()
        && common.equals(earlier.attributes());
  }
}
