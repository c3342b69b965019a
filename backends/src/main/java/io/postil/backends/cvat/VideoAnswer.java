package io.postil.backends.cvat;

import io.postil.core.annotation.FieldSchema;
import io.postil.core.annotation.RunContext;
import io.postil.core.label.Detection;
import io.postil.core.label.Keypoint;
import io.postil.core.label.Polyline;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.ObjectId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The answer of a task that is one video. Tracks become a label on each frame that shows them;
 * where a track is as it was sent, its labels are the ones that were sent.
 */
final class VideoAnswer implements AnnotationReader.Handler {
  /** Track numbers from here on are of tracks drawn anew; the engine gives them their own. */
  private static final int NEW_TRACKS = 1_000_000_000;

  private final RunContext run;
  private final LabelIndex index;
  private final LabelEncoder encoder;
  private final LabelDecoder decoder;
  private final ShapeMatch match;
  private final NewIds newIds;
  private final List<CvatShape> shapes = new ArrayList<>();
  private final List<CvatTrack> tracks = new ArrayList<>();

  VideoAnswer(
      RunContext run,
      LabelIndex index,
      LabelEncoder encoder,
      LabelDecoder decoder,
      ShapeMatch match,
      NewIds newIds) {
    this.run = run;
    this.index = index;
    this.encoder = encoder;
    this.decoder = decoder;
    this.match = match;
    this.newIds = newIds;
  }

  @Override
  public void tag(CvatShape tag) {
    shapes.add(tag);
  }

  @Override
  public void shape(CvatShape shape) {
    shapes.add(shape);
  }

  @Override
  public void track(CvatTrack track) {
    tracks.add(track);
  }

  /** An observation with what its track knows. */
  static CvatShape effective(CvatTrack track, CvatShape shape) {
    Map<Integer, String> attributes = new LinkedHashMap<>(track.attributes());
    attributes.putAll(shape.attributes());
    return shape.placed(
        shape.frame(), track.labelId(), shape.occluded(), track.group(), attributes);
  }

  ItemAnswer answer(ObjectId itemId, SentItem item, BaseLabels base) {
    ItemAnswer answer = new ItemAnswer(itemId);
    FrameNumbers numbers = item.frames();
    for (BaseLabels.Held held : base.labels()) {
      if (held.frame() > 0 && numbers.remote(held.frame()) < 0) {
        answer.add(held.field(), held.frame(), held.label());
      }
    }
    for (BaseLabels.HeldScalar held : base.scalars()) {
      if (held.frame() > 0 && numbers.remote(held.frame()) < 0) {
        answer.scalar(held.field(), held.frame(), held.value());
      }
    }
    match.match(item, itemId, base, shapes, numbers::local, frame -> false, answer);
    int fresh = 0;
    Set<ObjectId> used = new HashSet<>();
    Map<Long, SentItem.SentTrack> sent = new HashMap<>();
    Map<ObjectId, SentItem.SentTrack> byFirst = new HashMap<>();
    for (SentItem.SentTrack track : item.tracks()) {
      sent.put(track.id(), track);
      byFirst.put(track.first(), track);
    }
    Set<SentItem.SentTrack> there = new HashSet<>();
    tracks.forEach(
        t -> {
          SentItem.SentTrack known = sent.get(t.id());
          if (known != null) {
            there.add(known);
          }
        });
    for (CvatTrack track : tracks) {
      if (track.shapes().isEmpty()) {
        continue;
      }
      SentItem.SentTrack known = sent.get(track.id());
      if (known == null) {
        // A track that the server knows by another id, but whose own id nobody else has.
        ObjectId own = match.ownId(track.labelId(), track.attributes());
        SentItem.SentTrack named = own == null ? null : byFirst.get(own);
        known = named != null && there.add(named) ? named : null;
      }
      int number = known != null ? known.index() : NEW_TRACKS + fresh++;
      tell(track, known, number, item, base, used, answer);
    }
    return answer;
  }

  /** The labels that a track had, by the server's frame. */
  private TreeMap<Integer, BaseLabels.Held> members(
      CvatTrack track,
      SentItem.@Nullable SentTrack known,
      SentItem item,
      BaseLabels base,
      Set<ObjectId> used) {
    TreeMap<Integer, BaseLabels.Held> members = new TreeMap<>();
    FrameNumbers numbers = item.frames();
    if (known == null) {
      for (int frame = track.shapes().get(0).frame(); frame < numbers.size(); frame++) {
        BaseLabels.Held held = base.get(newIds.of(track.id(), frame));
        if (held != null) {
          members.put(frame, held);
        }
      }
      return members;
    }
    boolean alone =
        item.tracks().stream()
                .filter(t -> t.field().equals(known.field()) && t.index() == known.index())
                .count()
            == 1;
    for (BaseLabels.Held held : base.labels()) {
      int frame = numbers.remote(held.frame());
      Integer number = held.label().index();
      if (frame >= 0
          && number != null
          && number == known.index()
          && held.field().field().equals(known.field())
          && !used.contains(held.label().id())
          && (alone || known.className().equals(held.label().label()))) {
        members.putIfAbsent(frame, held);
      }
    }
    members.values().forEach(m -> used.add(m.label().id()));
    return members;
  }

  private void tell(
      CvatTrack track,
      SentItem.@Nullable SentTrack known,
      int number,
      SentItem item,
      BaseLabels base,
      Set<ObjectId> used,
      ItemAnswer answer) {
    TreeMap<Integer, BaseLabels.Held> members = members(track, known, item, base, used);
    FieldSchema field =
        !members.isEmpty()
            ? members.firstEntry().getValue().field()
            : known != null
                ? run.schema().field(known.field()).orElse(null)
                : index.fieldOf(track.labelId(), track.shapes().get(0).type());
    if (field == null) {
      return;
    }
    Integer stored =
        known == null && !members.isEmpty()
            ? members.firstEntry().getValue().label().index()
            : null;
    int toolNumber = stored == null ? number : stored;
    FrameNumbers numbers = item.frames();
    boolean marks = Boolean.TRUE.equals(field.onlyKeyframes()) || !field.existing();
    CvatTrack before = marks ? rebuilt(field, members, item) : null;
    Set<Integer> keys = keys(track.shapes());
    Set<Integer> keysBefore = before == null ? Set.of() : keys(before.shapes());
    for (int frame = track.shapes().get(0).frame(); frame < numbers.size(); frame++) {
      CvatShape shape = TrackFrames.at(track.shapes(), frame);
      if (shape == null || shape.outside()) {
        continue;
      }
      CvatShape now = effective(track, shape);
      BaseLabels.Held held = members.get(frame);
      int local = numbers.local(frame);
      SingleLabel label;
      if (held == null || !ShapeMatch.fits(held, now)) {
        label = decoder.fresh(field, now, newIds.of(track.id(), frame), item.size());
      } else if (isInterpolatedAsBefore(before, keys, keysBefore, now, frame)) {
        label = held.label();
      } else {
        label = decoder.edited(field, held.label(), Map.of(0, now), item.size());
      }
      label = withIndex(label, toolNumber);
      boolean key = keys.contains(frame);
      boolean marked = held != null && held.label().isKeyframe();
      boolean sameKey = held != null && keysBefore.contains(frame) == key;
      if (marks && !sameKey && key != marked) {
        label = label.withAttributes(label.attributes().with(SingleLabel.KEYFRAME, key));
      }
      answer.add(field, local, label);
    }
  }

  private static Set<Integer> keys(List<CvatShape> shapes) {
    Set<Integer> keys = new HashSet<>();
    shapes.stream().filter(s -> !s.outside()).forEach(s -> keys.add(s.frame()));
    return keys;
  }

  /** The track as it was sent, from the labels that it had. */
  private @Nullable CvatTrack rebuilt(
      FieldSchema field, TreeMap<Integer, BaseLabels.Held> members, SentItem item) {
    VideoTracks builder = new VideoTracks(index, item.frames().size());
    members.forEach(
        (frame, held) -> {
          SingleLabel numbered = withIndex(held.label(), 1);
          builder.add(field, numbered, encoder.encode(field, numbered, item.size(), frame));
        });
    List<VideoTracks.Built> built = builder.build();
    return built.size() == 1 ? built.get(0).track() : null;
  }

  /** Whether a frame between key frames shows what it showed before. */
  private static boolean isInterpolatedAsBefore(
      @Nullable CvatTrack before,
      Set<Integer> keys,
      Set<Integer> keysBefore,
      CvatShape now,
      int frame) {
    if (before == null || keys.contains(frame) || keysBefore.contains(frame)) {
      return false;
    }
    CvatShape was = TrackFrames.at(before.shapes(), frame);
    if (was == null || was.outside()) {
      return false;
    }
    CvatShape then = effective(before, was);
    Map<Integer, String> common = new HashMap<>(now.attributes());
    common.keySet().retainAll(then.attributes().keySet());
    return then.sameGeometry(now)
        && then.labelId() == now.labelId()
        && then.occluded() == now.occluded()
        && common.equals(then.attributes());
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
