package io.postil.backends.local;

import io.postil.core.annotation.AttributeSchema;
import io.postil.core.annotation.FieldSchema;
import io.postil.core.annotation.LabelSchema;
import io.postil.core.label.Classification;
import io.postil.core.label.Detection;
import io.postil.core.label.Keypoint;
import io.postil.core.label.Polyline;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The frames of a video as people left them: what was sent, with the edits over it. A label that no
 * edit is about is the one that was sent; one that was edited keeps its id and all that nobody
 * could see. A label that is made for a frame has an id made of its track and frame, the same each
 * time. Frames are best asked for in ascending order. Not thread-safe.
 */
final class EditedFrames {
  private final LabelSchema schema;
  private final TrackIds ids;
  private final Map<ObjectId, SentTrack> sentTracks = new HashMap<>();

  /** By track, what holds for all its frames. */
  private final Map<ObjectId, VideoEdit> whole = new HashMap<>();

  /** By track that was not sent, its number. */
  private final Map<ObjectId, Integer> numbers = new HashMap<>();

  /** The edits of frames, by first frame. */
  private final List<VideoEdit> edits = new ArrayList<>();

  /** Those about the frame that was asked for last, by first frame. */
  private final List<VideoEdit> active = new ArrayList<>();

  private final MessageDigest digest;
  private int next;
  private int at;

  /** The frames of a task. */
  EditedFrames(LabelSchema schema, LocalTask task) {
    this.schema = schema;
    this.ids = new TrackIds(task.tracks());
    task.tracks().forEach(t -> sentTracks.put(t.id(), t));
    for (VideoEdit edit : task.edits()) {
      if (edit.form() == VideoEdit.Form.TRACK) {
        whole.put(edit.owner(), edit);
      } else {
        edits.add(edit);
      }
    }
    edits.sort(Comparator.comparingInt(VideoEdit::first).thenComparing(VideoEdit::id));
    number(task.tracks());
    try {
      this.digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Numbers tracks that were not sent after those that were, in order of their first frames. */
  private void number(List<SentTrack> tracks) {
    Map<String, Integer> highest = new HashMap<>();
    tracks.forEach(t -> highest.merge(t.field(), t.index(), Math::max));
    for (VideoEdit edit : edits) {
      ObjectId id = edit.track();
      VideoEdit track = id == null ? null : whole.get(id);
      if (id != null
          && track != null
          && !sentTracks.containsKey(id)
          && track.shown().index() != null
          && edit.form() != VideoEdit.Form.OUTSIDE) {
        numbers.computeIfAbsent(id, t -> highest.merge(edit.field(), 1, Integer::sum));
      }
    }
  }

  /** The next frame from a number on that an edit is about; 0 if there is none. */
  int nextEdited(int from) {
    int found = 0;
    for (VideoEdit edit : edits) {
      int frame = Math.max(edit.first(), from);
      if (edit.last() >= from && (found == 0 || frame < found)) {
        found = frame;
      }
      if (found > 0 && edit.first() > found) {
        break;
      }
    }
    return found;
  }

  private void advance(int frame) {
    if (frame < at) {
      next = 0;
      active.clear();
    }
    at = frame;
    active.removeIf(e -> e.last() < frame);
    for (; next < edits.size() && edits.get(next).first() <= frame; next++) {
      if (edits.get(next).covers(frame)) {
        active.add(edits.get(next));
      }
    }
  }

  /** A frame as it is now; {@code sent} is what was sent of it. */
  LocalWork at(int frame, LocalWork sent) {
    advance(frame);
    if (active.isEmpty() && whole.isEmpty()) {
      return sent;
    }
    Map<ObjectId, VideoEdit> covering = new LinkedHashMap<>();
    Map<ObjectId, ObjectId> takenBy = new HashMap<>();
    Map<String, Object> values = new LinkedHashMap<>(sent.values());
    for (VideoEdit edit : active) {
      switch (edit.form()) {
        case SHAPE, OUTSIDE -> covering.put(edit.owner(), edit);
        case TAKEN -> takenBy.put(Objects.requireNonNull(edit.source()), edit.owner());
        case VALUE -> put(values, edit);
        case TRACK -> throw new IllegalStateException("a whole track has no frames");
      }
    }
    Map<String, List<SingleLabel>> labels = new LinkedHashMap<>();
    Set<ObjectId> done = new HashSet<>();
    ids.nextFrame();
    sent.labels()
        .forEach(
            (field, list) -> {
              List<SingleLabel> now = labels.computeIfAbsent(field, f -> new ArrayList<>());
              for (SingleLabel label : list) {
                ObjectId own = ids.of(field, label);
                ObjectId track = takenBy.getOrDefault(own, own);
                VideoEdit edit = done.add(track) ? covering.get(track) : null;
                if (edit == null || edit.form() == VideoEdit.Form.SHAPE) {
                  now.add(ofTrack(field, track, edit == null ? label : over(label, edit, frame)));
                }
              }
            });
    covering.forEach(
        (track, edit) -> {
          if (!done.contains(track) && edit.form() == VideoEdit.Form.SHAPE) {
            labels.computeIfAbsent(edit.field(), f -> new ArrayList<>()).add(made(edit, frame));
          }
        });
    return new LocalWork(labels, values);
  }

  private static void put(Map<String, Object> values, VideoEdit edit) {
    Object value = edit.value();
    if (value == null) {
      values.remove(edit.field());
    } else {
      values.put(edit.field(), value);
    }
  }

  // --- one label ------------------------------------------------------------------------------

  private static SingleLabel shape(VideoEdit edit, int frame) {
    SingleLabel toward = edit.toward();
    return toward == null || frame == edit.first()
        ? edit.shown()
        : Motion.between(
            edit.shown(),
            toward,
            (double) (frame - edit.first()) / (edit.towardFrame() - edit.first()));
  }

  /** A label that was sent, in the place and with the mutable attributes of an edit. */
  private SingleLabel over(SingleLabel label, VideoEdit edit, int frame) {
    SingleLabel shape = shape(edit, frame);
    SingleLabel placed = placed(label, shape);
    Document.Builder attributes = placed.attributes().toBuilder();
    FieldSchema field = schema.field(edit.field()).orElse(null);
    if (field != null) {
      for (AttributeSchema attribute : field.attributesOf(shape.label())) {
        Object value = shape.attributes().get(attribute.name());
        boolean differs = !isSame(placed.attributes().get(attribute.name()), value);
        if (differs && attribute.isMutable() && !attribute.isReadOnly()) {
          put(attributes, attribute.name(), value);
        }
      }
    }
    mark(attributes, edit, frame);
    Document now = attributes.build();
    return now.equals(placed.attributes()) ? placed : placed.withAttributes(now);
  }

  /** Whether a value is the one that was there; a browser tells all kinds of numbers alike. */
  private static boolean isSame(@Nullable Object before, @Nullable Object now) {
    return Values.same(before, now)
        || (before instanceof Number a
            && now instanceof Number b
            && a.doubleValue() == b.doubleValue());
  }

  private static void put(Document.Builder out, String name, @Nullable Object value) {
    if (value == null) {
      out.remove(name);
    } else {
      out.put(name, value);
    }
  }

  /** Only what a person set is a key frame. */
  private static void mark(Document.Builder attributes, VideoEdit edit, int frame) {
    if (frame != edit.first()) {
      attributes.remove(SingleLabel.KEYFRAME);
    } else if (edit.shown().isKeyframe()) {
      attributes.put(SingleLabel.KEYFRAME, true);
    }
  }

  private static SingleLabel placed(SingleLabel label, SingleLabel shape) {
    if (label instanceof Detection a && shape instanceof Detection b) {
      return a.withBoundingBox(b.boundingBox());
    }
    if (label instanceof Polyline a && shape instanceof Polyline b) {
      return a.withPoints(b.points()).withClosed(b.closed()).withFilled(b.filled());
    }
    if (label instanceof Keypoint a && shape instanceof Keypoint b) {
      return a.withPoints(b.points());
    }
    return label;
  }

  /** A label for a frame that was sent without one of the track. */
  private SingleLabel made(VideoEdit edit, int frame) {
    SingleLabel shape = shape(edit, frame);
    Document.Builder attributes = shape.attributes().toBuilder();
    mark(attributes, edit, frame);
    SentTrack sent = sentTracks.get(edit.owner());
    SingleLabel made = shape.withAttributes(attributes.build());
    if (sent != null) {
      made = withIndex(withClass(made, sent.label()), sent.index());
    }
    VideoEdit track = whole.get(edit.owner());
    boolean alone = sent == null && (track == null || track.shown().index() == null);
    return ofTrack(
        edit.field(),
        edit.owner(),
        made.withId(alone && edit.first() == edit.last() ? edit.owner() : id(edit.owner(), frame)));
  }

  private ObjectId id(ObjectId track, int frame) {
    digest.reset();
    byte[] name = (track + "/" + frame).getBytes(StandardCharsets.UTF_8);
    ByteBuffer hash = ByteBuffer.wrap(digest.digest(name));
    return ObjectId.of(hash.getInt(), hash.getLong());
  }

  /** A label with what holds for its whole track. */
  private SingleLabel ofTrack(String field, ObjectId track, SingleLabel label) {
    VideoEdit edit = whole.get(track);
    if (edit == null || !edit.field().equals(field)) {
      return taken(track, label);
    }
    SingleLabel all = edit.shown();
    SingleLabel now = all.label() == null ? label : withClass(label, all.label());
    Integer number = numbers.get(track);
    if (number != null) {
      now = withIndex(now, number);
    } else {
      now = taken(track, now);
    }
    if (all.attributes().isEmpty()) {
      return now;
    }
    Document.Builder attributes = now.attributes().toBuilder();
    all.attributes().forEach((name, value) -> put(attributes, name, value));
    return now.withAttributes(attributes.build());
  }

  /** A label that was taken over by a track that was sent gets its number. */
  private SingleLabel taken(ObjectId track, SingleLabel label) {
    SentTrack sent = sentTracks.get(track);
    Integer index = label.index();
    return sent == null || (index != null && index == sent.index())
        ? label
        : withIndex(label, sent.index());
  }

  private static SingleLabel withClass(SingleLabel label, @Nullable String name) {
    return switch (label) {
      case Detection d -> d.withLabel(name);
      case Polyline p -> p.withLabel(name);
      case Keypoint k -> k.withLabel(name);
      case Classification c -> c.withLabel(name);
      default -> label;
    };
  }

  private static SingleLabel withIndex(SingleLabel label, int index) {
    return switch (label) {
      case Detection d -> d.withIndex(index);
      case Polyline p -> p.withIndex(index);
      case Keypoint k -> k.withIndex(index);
      default -> label;
    };
  }
}
