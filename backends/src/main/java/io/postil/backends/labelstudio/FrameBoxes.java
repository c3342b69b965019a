package io.postil.backends.labelstudio;

import io.postil.core.annotation.UploadItem.Content;
import io.postil.core.label.Detection;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The labels of one frame of a video: what came back, laid over the base. For one frame. */
final class FrameBoxes {
  private final VideoControl control;
  private final ObjectId item;
  private final ItemMedia media;
  private final int number;
  private final Map<Integer, Detection> byNumber = new HashMap<>();
  private final Map<ObjectId, Detection> alone = new HashMap<>();
  private final List<Detection> labels = new ArrayList<>();

  /**
   * Begins with labels that nobody was shown.
   *
   * @param content the base of the frame, or null
   */
  FrameBoxes(
      VideoControl control, ObjectId item, ItemMedia media, int number, @Nullable Content content) {
    this.control = control;
    this.item = item;
    this.media = media;
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

  List<Detection> labels() {
    return labels;
  }

  private @Nullable Detection old(@Nullable BaseTrack track) {
    if (track == null) {
      return null;
    }
    Integer index = track.index();
    return index == null ? alone.get(ObjectId.of(track.id())) : byNumber.get(index);
  }

  /** Adds what a row shows in the frame, if it is seen there. */
  void add(BoxRow row) {
    Document box = row.at(number);
    BaseTrack track = row.track();
    Detection old = old(track);
    KeyCursor cursor = row.sent();
    Document sent =
        cursor != null ? cursor.at(number) : old == null ? null : control.box(old, media);
    if (box == null) {
      return;
    }
    Detection label =
        old == null ? fresh(row, box) : KeyFrame.same(box, sent) ? old : moved(old, box);
    if (old != null && track != null) {
      if (!Objects.equals(row.className(), track.className())) {
        label = label.withLabel(row.className());
      }
      label = label.withAttributes(overlaid(label, track.typical(), row.changed()));
    }
    boolean mark = row.isKey(number);
    boolean sentMark = cursor == null ? sent != null : cursor.isKey(number);
    if (old == null || mark != sentMark) {
      label = label.withAttributes(label.attributes().with(SingleLabel.KEYFRAME, mark));
    }
    labels.add(label.withIndex(row.number() == null ? label.index() : row.number()));
  }

  private Detection fresh(BoxRow row, Document box) {
    Document own = Document.empty();
    for (String name : control.attributeNames()) {
      Object value = row.changed().get(name);
      own = value == null ? own : own.with(name, value);
    }
    ObjectId id = row.made(item, number);
    Detection label =
        new Detection(id, List.of(), row.className(), null, null, null, null, null, own);
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
