package io.postil.backends.cvat;

import io.postil.core.annotation.FieldSchema;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.ObjectId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Groups the labels of a video into tracks: those of one field, class and index. A gap in the
 * frames ends with a shape that is outside. With key frames only the marked observations, and the
 * first after a gap, become key frames of the track.
 */
final class VideoTracks {
  private static final Set<String> TRACKED =
      Set.of(Boxes.TYPE, Cuboids.TYPE, Paths.POLYGON, Paths.POLYLINE, KeypointShapes.POINTS);

  /** Which track a label is of. */
  private record Key(String field, @Nullable String className, int index) {}

  /** A label and its shape on a frame. */
  private record Observation(SingleLabel label, CvatShape shape) {}

  /**
   * A track to be sent.
   *
   * @param field the field's name
   * @param index the index of its labels
   * @param first our id of its first label
   * @param className the class of its labels
   * @param track the track
   */
  record Built(String field, int index, ObjectId first, String className, CvatTrack track) {}

  private final LabelIndex index;
  private final int frames;
  private final Map<Key, TreeMap<Integer, Observation>> tracks = new LinkedHashMap<>();
  private final Map<String, FieldSchema> fields = new LinkedHashMap<>();

  VideoTracks(LabelIndex index, int frames) {
    this.index = index;
    this.frames = frames;
  }

  /** Takes a label over, unless it is none of a track. */
  boolean add(FieldSchema field, SingleLabel label, List<LabelEncoder.Part> parts) {
    Integer number = label.index();
    if (number == null || parts.size() != 1 || !TRACKED.contains(parts.get(0).shape().type())) {
      return false;
    }
    CvatShape shape = parts.get(0).shape();
    fields.put(field.field(), field);
    Map<Integer, Observation> byFrame =
        tracks.computeIfAbsent(new Key(field.field(), label.label(), number), k -> new TreeMap<>());
    boolean sameType =
        byFrame.isEmpty() || byFrame.values().iterator().next().shape().type().equals(shape.type());
    // A second label of the track on a frame, or one of another kind, stands alone.
    return sameType && byFrame.putIfAbsent(shape.frame(), new Observation(label, shape)) == null;
  }

  List<Built> build() {
    List<Built> built = new ArrayList<>();
    tracks.forEach(
        (key, byFrame) -> {
          FieldSchema field = java.util.Objects.requireNonNull(fields.get(key.field()));
          Observation first = byFrame.firstEntry().getValue();
          List<CvatShape> shapes = keyFrames(byFrame, Boolean.TRUE.equals(field.onlyKeyframes()));
          built.add(
              new Built(
                  key.field(),
                  key.index(),
                  first.label().id(),
                  String.valueOf(key.className()),
                  new CvatTrack(
                      0,
                      first.shape().labelId(),
                      first.shape().group(),
                      attributes(first.shape(), false),
                      carried(shapes))));
        });
    return built;
  }

  private List<CvatShape> keyFrames(TreeMap<Integer, Observation> byFrame, boolean marked) {
    List<CvatShape> shapes = new ArrayList<>();
    int last = Integer.MIN_VALUE;
    for (Map.Entry<Integer, Observation> entry : byFrame.entrySet()) {
      int frame = entry.getKey();
      boolean starts = frame > last + 1;
      if (starts && !shapes.isEmpty()) {
        shapes.add(shapes.get(shapes.size() - 1).at(last + 1, true));
      }
      if (starts || !marked || entry.getValue().label().isKeyframe()) {
        shapes.add(entry.getValue().shape());
      }
      last = frame;
    }
    if (last + 1 < frames) {
      shapes.add(shapes.get(shapes.size() - 1).at(last + 1, true));
    }
    return shapes;
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

  /** An attribute holds on until it changes, so one that ends must be set to nothing. */
  private List<CvatShape> carried(List<CvatShape> shapes) {
    List<CvatShape> all = new ArrayList<>();
    Map<Integer, String> held = new LinkedHashMap<>();
    for (CvatShape shape : shapes) {
      Map<Integer, String> values = attributes(shape, true);
      held.replaceAll((id, value) -> values.getOrDefault(id, ""));
      held.putAll(values);
      all.add(shape.withAttributes(new LinkedHashMap<>(held)));
    }
    return all;
  }
}
