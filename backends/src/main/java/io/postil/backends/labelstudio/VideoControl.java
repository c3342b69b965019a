package io.postil.backends.labelstudio;

import io.postil.core.annotation.AnswerKind;
import io.postil.core.annotation.AnswerSink;
import io.postil.core.annotation.FieldSchema;
import io.postil.core.annotation.UploadItem.Content;
import io.postil.core.label.Detection;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Boxes of objects through the frames of a video: one region for each track, with key frames. The
 * editor has class and attributes once for a track; where nobody changes them there, the labels of
 * the frames keep their own. Immutable.
 */
final class VideoControl extends FieldControl {
  private static final String TYPE = "videorectangle";

  private final Attributes attributes;
  private final boolean rotates;

  VideoControl(FieldSchema field, Names names) {
    super(field, names);
    this.rotates = RectangleControl.rotates(field);
    this.attributes =
        new Attributes(field, names, Set.of(RectangleControl.ROTATION, SingleLabel.KEYFRAME));
  }

  Attributes attributes() {
    return attributes;
  }

  /** The name of the control that draws; {@link #name} is the one with the classes. */
  String boxes() {
    return names.of(field.field() + ".box");
  }

  @Override
  String tag() {
    return "VideoRectangle";
  }

  @Override
  void writeAbove(ConfigXml xml) {
    xml.open("Labels", "name", name(), "toName", names.object());
    field.classNames().forEach(c -> xml.tag("Label", "value", c));
    xml.close();
  }

  @Override
  void writeBelow(ConfigXml xml) {
    xml.tag(tag(), "name", boxes(), "toName", names.object());
    attributes.write(xml, name());
  }

  private KeyFrames keyFrames(Track track, ItemMedia media) {
    return track.keyFrames(Boolean.TRUE.equals(field.onlyKeyframes()), rotates, media);
  }

  // --- there ----------------------------------------------------------------------------------

  @Override
  void encode(ItemMedia media, List<Content> content, Consumer<Region> out) {
    for (Track track : Track.of(content, field.field())) {
      KeyFrames keys = keyFrames(track, media);
      if (keys.frames().isEmpty()) {
        continue;
      }
      Document.Builder value = Document.builder();
      if (media.frames() > 0) {
        value.append("framesCount", media.frames());
        if (media.frameRate() > 0) {
          value.append("duration", media.frames() / media.frameRate());
        }
      }
      value.append("sequence", Values.list(new ArrayList<>(keys.frames().values())));
      value.append(
          "labels", track.className() == null ? List.of() : Values.listOf(track.className()));
      Region region =
          new Region(track.id(), boxes(), names.object(), TYPE, value.build(), 0, 0, isFixed());
      out.accept(region);
      attributes.encode(typical(track), region, Document.empty(), out);
    }
  }

  /** A label with the attributes that are shown for a track: of each the first value there is. */
  private Detection typical(Track track) {
    Detection typical = track.labels().firstEntry().getValue();
    for (AttributeControl control : attributes.controls()) {
      String name = control.attribute().name();
      for (Detection label : track.labels().values()) {
        Object value = Attributes.value(label, name);
        if (value != null) {
          typical = typical.withAttributes(typical.attributes().with(name, value));
          break;
        }
      }
    }
    return typical;
  }

  // --- and back -------------------------------------------------------------------------------

  @Override
  void decode(Answer answer, AnswerSink sink) {
    List<Track> base = Track.of(answer.base(), field.field());
    Map<String, Track> byId = new LinkedHashMap<>();
    Map<ObjectId, Track> byLabel = new HashMap<>();
    int highest = 0;
    for (Track track : base) {
      byId.put(track.id(), track);
      track.labels().values().forEach(l -> byLabel.put(l.id(), track));
      highest = Math.max(highest, track.index() == null ? 0 : track.index());
    }
    TreeMap<Integer, List<Detection>> frames = new TreeMap<>();
    for (Track track : base) {
      tellUnshown(track, answer.media(), frames);
    }
    for (Region row : answer.rowsOf(boxes())) {
      KeyFrames keys = KeyFrames.read(row.value(), answer.media().frames());
      NavigableMap<Integer, Document> now = keys.all();
      Track track = byId.get(row.id());
      if (track == null) {
        track = byLabel.get(row.label(answer.item()));
      }
      if (track == null) {
        track = byMadeLabels(row, answer, now.navigableKeySet(), byLabel);
      }
      Integer number = track == null ? null : track.index();
      if (number == null && now.size() > 1) {
        number = ++highest;
      }
      decode(answer, row, keys, now, track, number, frames);
    }
    frames.forEach(
        (frame, labels) ->
            sink.labels(answer.item(), frame, field.field(), AnswerKind.DETECTIONS, labels));
  }

  /** Labels without a box in the picture were not sent, so nobody could delete them. */
  private void tellUnshown(Track track, ItemMedia media, Map<Integer, List<Detection>> frames) {
    track
        .labels()
        .forEach(
            (frame, label) -> {
              if (RectangleControl.part(label, rotates, media) == null) {
                frames.computeIfAbsent(frame, f -> new ArrayList<>()).add(label);
              }
            });
  }

  /** The track that an earlier load made of a row. */
  private static @Nullable Track byMadeLabels(
      Region row, Answer answer, NavigableSet<Integer> frames, Map<ObjectId, Track> byLabel) {
    for (int frame : frames) {
      Track track = byLabel.get(made(answer, row, frame));
      if (track != null) {
        return track;
      }
    }
    return null;
  }

  private static ObjectId made(Answer answer, Region row, int frame) {
    return Region.derived(answer.item(), row.id() + "@" + frame);
  }

  private void decode(
      Answer answer,
      Region row,
      KeyFrames keys,
      NavigableMap<Integer, Document> now,
      @Nullable Track track,
      @Nullable Integer number,
      Map<Integer, List<Detection>> frames) {
    KeyFrames sentKeys =
        track == null
            ? new KeyFrames(Collections.emptyNavigableMap(), 0)
            : keyFrames(track, answer.media());
    NavigableMap<Integer, Document> sent = sentKeys.all();
    NavigableSet<Integer> marks = new TreeSet<>(keys.frames().keySet());
    String shown = className(Region.first(row.value(), "labels"));
    String before = track == null ? null : track.className();
    Detection typical = track == null ? null : typical(track);
    String className = shown == null ? before : shown;
    Document changed =
        attributes.decode(
            typical == null ? Document.empty() : typical.attributes(),
            typical,
            className,
            answer.rows(),
            List.of(row.id()));
    now.forEach(
        (frame, box) -> {
          Detection old = track == null ? null : track.labels().get(frame);
          Detection label =
              old == null
                  ? fresh(answer, row, frame, box, className, changed)
                  : KeyFrames.same(box, sent.get(frame)) ? old : moved(old, box, answer.media());
          if (old != null && !Objects.equals(className, before)) {
            label = label.withLabel(className);
          }
          if (old != null && typical != null) {
            label = label.withAttributes(overlaid(label, typical, changed));
          }
          boolean mark = marks.contains(frame);
          if (old == null || mark != sentKeys.frames().containsKey(frame)) {
            label = label.withAttributes(label.attributes().with(SingleLabel.KEYFRAME, mark));
          }
          frames
              .computeIfAbsent(frame, f -> new ArrayList<>())
              .add(label.withIndex(number == null ? label.index() : number));
        });
  }

  private Detection fresh(
      Answer answer,
      Region row,
      int frame,
      Document box,
      @Nullable String className,
      Document typical) {
    Document own = Document.empty();
    for (AttributeControl control : attributes.controls()) {
      String name = control.attribute().name();
      Object value = typical.get(name);
      own = value == null ? own : own.with(name, value);
    }
    Detection label =
        new Detection(
            made(answer, row, frame), List.of(), className, null, null, null, null, null, own);
    return moved(label, box, answer.media());
  }

  private Detection moved(Detection label, Document box, ItemMedia media) {
    Detection moved = label.withBoundingBox(RectangleControl.box(box, media));
    double rotation = Percent.number(box, RectangleControl.ROTATION);
    boolean had = Attributes.value(label, RectangleControl.ROTATION) != null;
    return rotates && (rotation != 0 || had)
        ? moved.withAttributes(moved.attributes().with(RectangleControl.ROTATION, rotation))
        : moved;
  }

  /** The attributes of one frame's label, with those that were changed for the whole track. */
  private Document overlaid(Detection label, Detection typical, Document changed) {
    Document result = label.attributes();
    for (AttributeControl control : attributes.controls()) {
      String name = control.attribute().name();
      Object old = Attributes.value(typical, name);
      Object value = changed.get(name);
      if (!Objects.equals(old, value) && !(value == null && changed.contains("attributes"))) {
        result = value == null ? result.without(name) : result.with(name, value);
      }
    }
    return result;
  }
}
