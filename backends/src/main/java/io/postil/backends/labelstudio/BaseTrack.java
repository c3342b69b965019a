package io.postil.backends.labelstudio;

import io.postil.backends.spool.RecordSpool;
import io.postil.core.annotation.UploadItem.Content;
import io.postil.core.label.Detection;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.Document;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The labels of one object in a video: what is known of all of them after each was added once. Not
 * thread-safe.
 */
final class BaseTrack {
  private final String id;
  private final @Nullable Integer index;
  private final @Nullable String className;
  private final VideoControl control;
  private final @Nullable RecordSpool<KeyFrame> spool;
  private final int group;
  private final List<String> unknown;
  private Detection typical;

  /** The last label with a box, not yet known to be the last before a gap. */
  private @Nullable Document box;

  private int frame;
  private boolean starts;
  private boolean marked;
  private boolean shown;

  /**
   * Begins.
   *
   * @param id the id of its region: made of the field and the track's number, or the label's id
   *     where it has no number
   * @param index the track's number, or null
   * @param first its first label, which is yet to be added
   * @param spool takes its key frames; null if nobody asks for them
   */
  BaseTrack(
      VideoControl control,
      String id,
      @Nullable Integer index,
      Detection first,
      @Nullable RecordSpool<KeyFrame> spool) {
    this.control = control;
    this.id = id;
    this.index = index;
    this.className = first.label();
    this.typical = first;
    this.spool = spool;
    this.group = spool == null ? -1 : spool.newGroup();
    this.unknown = new ArrayList<>(control.attributeNames());
  }

  /**
   * Tells the boxes of one frame apart: those of a track with a number, and those that are shown by
   * themselves. Two labels of one track in a frame are wrong, but neither may be lost: the second
   * is shown by itself.
   *
   * @param each hears of each box, and the number of its track or null
   */
  static void split(Content content, BiConsumer<Detection, @Nullable Integer> each) {
    Set<Integer> seen = new HashSet<>();
    for (SingleLabel label : content.labels()) {
      if (label instanceof Detection detection) {
        Integer number = detection.index();
        each.accept(detection, number != null && seen.add(number) ? number : null);
      }
    }
  }

  String id() {
    return id;
  }

  @Nullable Integer index() {
    return index;
  }

  /** The class, which the editor has once for a track: that of the first label. */
  @Nullable String className() {
    return className;
  }

  /** A label with the attributes that are shown for a track: of each the first value there is. */
  Detection typical() {
    return typical;
  }

  /** Whether anything of it is shown. */
  boolean isShown() {
    return shown || box != null;
  }

  /**
   * Adds the label of a frame, by ascending frame.
   *
   * @param at the box as the editor shows it, or null if it is not in the picture
   */
  void add(int number, Detection label, @Nullable Document at) {
    if (!unknown.isEmpty()) {
      unknown.removeIf(name -> learn(name, label));
    }
    if (at == null) {
      return;
    }
    boolean follows = box != null && number == frame + 1;
    put(!follows);
    starts = !follows;
    marked = !control.sendsOnlyKeyFrames() || label.isKeyframe();
    frame = number;
    box = at;
  }

  private boolean learn(String name, Detection label) {
    Object value = Attributes.value(label, name);
    if (value != null) {
      typical = typical.withAttributes(typical.attributes().with(name, value));
    }
    return value != null;
  }

  /** Says that there are no more labels. */
  void end() {
    put(true);
    box = null;
  }

  /** Puts the last label among the key frames, if it is one. */
  private void put(boolean ends) {
    if (box != null && (starts || ends || marked)) {
      shown = true;
      if (spool != null) {
        spool.add(group, new KeyFrame(frame, !ends, box));
      }
    }
  }

  /** Its key frames' group in the spool. */
  int group() {
    return group;
  }
}
