package io.postil.backends.labelstudio;

import io.postil.backends.spool.RecordSpool;
import io.postil.core.label.Detection;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A row of an answer that is a box in one or more frames of a video: what came back, which track of
 * the base it is, and how far its frames were gone along. Not thread-safe.
 */
final class BoxRow {
  private final Region region;
  private final RecordSpool<KeyFrame> spool;
  private final @Nullable KeyFrame only;
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

  /**
   * A row as it came.
   *
   * @param ordinal its place among the rows of the answer
   */
  BoxRow(Region region, VideoResults.Row row, ItemMedia media, VideoResults results, int ordinal) {
    this.region = region;
    this.ordinal = ordinal;
    this.spool = results.spool();
    int known =
        media.frames() > 0 ? media.frames() : (int) region.value().getLong("framesCount", 0);
    this.last = known > 0 ? Math.min(known, VideoResults.MOST) : VideoResults.MOST;
    this.length = Math.min(known, VideoResults.MOST);
    this.only = row.only();
    this.group = row.group() < 0 ? -1 : results.ordered(row);
    if (only != null || group >= 0) {
      keys().forEachRemaining(this::count);
    }
  }

  private Iterator<KeyFrame> keys() {
    return only == null ? spool.of(group) : List.of(only).iterator();
  }

  private void count(KeyFrame key) {
    if (key.frame() <= last) {
      start = keys == 0 ? key.frame() : start;
      lastKey = key.frame();
      keys++;
      goesOn = key.enabled() && key.frame() < length;
    }
  }

  Region region() {
    return region;
  }

  int ordinal() {
    return ordinal;
  }

  /** Whether it is seen at all. */
  boolean isSeen() {
    return keys > 0;
  }

  /** Whether it is seen in several frames. */
  boolean isSeenOften() {
    return keys > 1 || keys == 1 && goesOn;
  }

  /** The first frame in which it is seen. */
  int start() {
    return start;
  }

  /** The last frame in which it may be seen. */
  int end() {
    return goesOn ? length : lastKey;
  }

  /** The id of a label that an earlier load made of it. */
  ObjectId made(ObjectId item, int frame) {
    return Region.derived(item, region.id() + "@" + frame);
  }

  // --- what it is -----------------------------------------------------------------------------

  /** The track of the base, or null if it is none or not yet known. */
  @Nullable BaseTrack track() {
    return track;
  }

  void track(@Nullable BaseTrack found) {
    track = found;
  }

  /** The number of its labels, or null. */
  @Nullable Integer number() {
    return number;
  }

  @Nullable String className() {
    return className;
  }

  /** The attributes as they came. */
  Document changed() {
    return changed;
  }

  /**
   * Reads what it has once for all frames.
   *
   * @param number the number of its labels, or null
   * @param regions all rows of its region
   */
  void decode(VideoControl control, @Nullable Integer number, List<Region> regions) {
    this.number = number;
    String shown = control.className(Region.first(region.value(), "labels"));
    Detection typical = track == null ? null : track.typical();
    className = shown != null || track == null ? shown : track.className();
    changed =
        control
            .attributes()
            .decode(
                typical == null ? Document.empty() : typical.attributes(),
                typical,
                className,
                regions,
                List.of(region.id()));
  }

  // --- going along ----------------------------------------------------------------------------

  private KeyCursor cursor() {
    Iterator<KeyFrame> all = keys();
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

  /** Goes back before the first frame, to be told from there. */
  void begin(VideoControl control, ItemMedia media) {
    now = cursor();
    sent =
        track == null || !control.sendsOnlyKeyFrames() || track.group() < 0
            ? null
            : new KeyCursor(spool.of(track.group()), media.frames());
  }

  /** The box that came back for a frame, or null; frames come in order. */
  @Nullable Document at(int frame) {
    KeyCursor cursor = now;
    if (cursor == null) {
      cursor = cursor();
      now = cursor;
    }
    return cursor.at(frame);
  }

  /** Whether the frame that {@link #at} was asked for last is a key frame. */
  boolean isKey(int frame) {
    return Objects.requireNonNull(now).isKey(frame);
  }

  /** Goes along what was sent; null if nobody asks for that. Frames come in order. */
  @Nullable KeyCursor sent() {
    return sent;
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
}
