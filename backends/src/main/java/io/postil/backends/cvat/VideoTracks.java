package io.postil.backends.cvat;

import io.postil.backends.spool.RecordSpool;
import io.postil.core.annotation.FieldSchema;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.ObjectId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Groups the labels of a video into tracks: those of one field, class and index. A gap in the
 * frames ends with a shape that is outside. With key frames only the marked observations, and the
 * first after a gap, become key frames of the track. Key frames go into a spool, so that memory
 * grows with the number of tracks only. Not thread-safe.
 */
final class VideoTracks {
  private static final Set<String> TRACKED =
      Set.of(Boxes.TYPE, Cuboids.TYPE, Paths.POLYGON, Paths.POLYLINE, KeypointShapes.POINTS);

  /** Which track a label is of. */
  private record Key(String field, @Nullable String className, int index) {}

  /**
   * A track to be sent.
   *
   * @param field the field's name
   * @param index the index of its labels
   * @param first our id of its first label
   * @param className the class of its labels
   * @param head the track without its key frames
   * @param start its first key frame
   * @param group the group of the spool that has its key frames
   * @param size how many there are
   */
  record Built(
      String field,
      int index,
      ObjectId first,
      String className,
      CvatTrack head,
      CvatShape start,
      int group,
      int size) {}

  private final LabelIndex index;
  private final int frames;
  private final RecordSpool<CvatShape> spool;
  private final Map<Key, Track> tracks = new LinkedHashMap<>();

  /**
   * Begins.
   *
   * @param frames how many frames the video has
   * @param spool takes the key frames
   */
  VideoTracks(LabelIndex index, int frames, RecordSpool<CvatShape> spool) {
    this.index = index;
    this.frames = frames;
    this.spool = spool;
  }

  /** Takes a label over, unless it is none of a track. Labels come by ascending frame. */
  boolean add(FieldSchema field, SingleLabel label, List<LabelEncoder.Part> parts) {
    Integer number = label.index();
    if (number == null || parts.size() != 1 || !TRACKED.contains(parts.get(0).shape().type())) {
      return false;
    }
    CvatShape shape = parts.get(0).shape();
    Key key = new Key(field.field(), label.label(), number);
    Track track = tracks.get(key);
    if (track == null) {
      track = new Track(field, label, shape);
      tracks.put(key, track);
    }
    return track.add(shape, label.isKeyframe());
  }

  /** Ends the tracks; in order of appearance. */
  List<Built> build() {
    List<Built> built = new ArrayList<>();
    tracks.forEach((key, track) -> built.add(track.build(key)));
    return built;
  }

  /** A track of which the frames so far are known. */
  private final class Track {
    private final ObjectId first;
    private final boolean marked;
    private final CvatTrack head;
    private final String type;
    private final int group = spool.newGroup();
    private final Map<Integer, String> held = new LinkedHashMap<>();
    private @Nullable CvatShape start;
    private @Nullable CvatShape key;
    private int size;

    /** The last frame that has a label. */
    private int last = -2;

    Track(FieldSchema field, SingleLabel label, CvatShape shape) {
      this.first = label.id();
      this.marked = Boolean.TRUE.equals(field.onlyKeyframes());
      this.type = shape.type();
      this.head =
          new CvatTrack(0, shape.labelId(), shape.group(), attributes(shape, false), List.of());
    }

    /** A second label of the track on a frame, or one of another kind, stands alone. */
    boolean add(CvatShape shape, boolean isKey) {
      if (!type.equals(shape.type()) || shape.frame() == last) {
        return false;
      }
      boolean starts = shape.frame() > last + 1;
      if (starts && key != null) {
        put(key.at(last + 1, true));
      }
      if (starts || !marked || isKey) {
        put(shape);
      }
      last = shape.frame();
      return true;
    }

    /** An attribute holds on until it changes, so one that ends must be set to nothing. */
    private void put(CvatShape shape) {
      Map<Integer, String> values = attributes(shape, true);
      held.replaceAll((id, value) -> values.getOrDefault(id, ""));
      held.putAll(values);
      CvatShape carried = shape.withAttributes(new LinkedHashMap<>(held));
      spool.add(group, carried);
      start = start == null ? carried : start;
      key = shape;
      size++;
    }

    Built build(Key of) {
      if (last + 1 < frames) {
        put(Objects.requireNonNull(key).at(last + 1, true));
      }
      return new Built(
          of.field(),
          of.index(),
          first,
          String.valueOf(of.className()),
          head,
          Objects.requireNonNull(start),
          group,
          size);
    }
  }

  /** The values of a shape that may change within a track, or those that may not. */
  private Map<Integer, String> attributes(CvatShape shape, boolean mutable) {
    Map<Integer, String> chosen = new LinkedHashMap<>();
    LabelIndex.ServerLabel label = index.label(shape.labelId());
    if (label != null) {
      for (LabelIndex.ServerAttribute attribute : label.attributes().values()) {
        String value = shape.attributes().get(attribute.id());
        if (attribute.mutable() == mutable && value != null) {
          chosen.put(attribute.id(), value);
        }
      }
    }
    return chosen;
  }
}
