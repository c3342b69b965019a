package io.postil.backends.cvat;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import io.postil.backends.http.HttpCall;
import io.postil.backends.http.SpooledJson;
import io.postil.backends.spool.RecordSpool;
import io.postil.core.value.ObjectId;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Labels that are sent in one request, and which of what the server made of them is which. Not
 * thread-safe.
 */
final class LabelBatch {
  /** What was put into a request: whose it is, and how to find it in the answer. */
  private record Ref(ObjectId item, ObjectId label, int part, VideoTracks.@Nullable Built track) {}

  /** Tells an annotation in an answer from others. */
  private record Key(String kind, int frame, int labelId, String ownId, int points) {
    // Written out: Java links those of a record at each start, which takes a while.
    @Override
    public boolean equals(Object o) {
      return o instanceof Key k
          && frame == k.frame
          && labelId == k.labelId
          && points == k.points
          && kind.equals(k.kind)
          && ownId.equals(k.ownId);
    }

    @Override
    public int hashCode() {
      return ((frame * 31 + labelId) * 31 + points) * 31 + ownId.hashCode();
    }
  }

  private final LabelIndex index;
  private final List<CvatShape> tags = new ArrayList<>();
  private final List<CvatShape> shapes = new ArrayList<>();
  private final List<VideoTracks.Built> tracks = new ArrayList<>();
  private final Map<Key, ArrayDeque<Ref>> refs = new HashMap<>();
  private final Map<ObjectId, Map<String, SentItem.Sent>> sent = new LinkedHashMap<>();
  private final Map<ObjectId, List<SentItem.SentTrack>> sentTracks = new HashMap<>();
  private final Map<ObjectId, List<ObjectId>> left = new HashMap<>();
  private int size;
  private int leftOut;

  LabelBatch(LabelIndex index) {
    this.index = index;
  }

  /** How many shapes, tags and key frames it has. */
  int size() {
    return size;
  }

  /** Adds a shape of a label, or with -1 as the part the tag of a scalar. */
  void add(CvatShape shape, ObjectId item, ObjectId label, int part) {
    boolean tag = shape.type().equals(CvatShape.TAG);
    (tag ? tags : shapes).add(shape);
    refs.computeIfAbsent(key(shape), k -> new ArrayDeque<>()).add(new Ref(item, label, part, null));
    size++;
  }

  void add(VideoTracks.Built built, ObjectId item) {
    tracks.add(built);
    refs.computeIfAbsent(key(built.head(), built.start()), k -> new ArrayDeque<>())
        .add(new Ref(item, built.first(), 0, built));
    size += built.size();
  }

  /** Notes a label that CVAT cannot show. */
  void leaveOut(ObjectId item, ObjectId label) {
    left.computeIfAbsent(item, i -> new ArrayList<>()).add(label);
    leftOut++;
  }

  /** How many labels it has or leaves out, those of several shapes counted by shape. */
  int noted() {
    return size + leftOut;
  }

  private Key key(CvatShape shape) {
    String kind = shape.type().equals(CvatShape.TAG) ? "tags" : "shapes";
    return new Key(
        kind,
        shape.frame(),
        shape.labelId(),
        ownId(shape.labelId(), shape.attributes()),
        Arrays.hashCode(shape.points()) * 31 + shape.type().hashCode());
  }

  private Key key(CvatTrack track, CvatShape start) {
    return new Key(
        "tracks",
        start.frame(),
        track.labelId(),
        ownId(track.labelId(), track.attributes()),
        Arrays.hashCode(start.points()));
  }

  private String ownId(int labelId, Map<Integer, String> attributes) {
    LabelIndex.ServerLabel label = index.label(labelId);
    LabelIndex.ServerAttribute attribute =
        label == null ? null : label.attributes().get(Catalogue.LABEL_ID);
    return attribute == null ? "" : attributes.getOrDefault(attribute.id(), "");
  }

  // --- sending --------------------------------------------------------------------------------

  /**
   * Sends it and reads what was made; what the server left out counts as never sent.
   *
   * @param spool has the key frames of tracks
   */
  void post(HttpCall call, @Nullable RecordSpool<CvatShape> spool) {
    if (size > 0) {
      try (SpooledJson json = new SpooledJson()) {
        json.write(out -> write(out, spool));
        AnnotationReader.read(call.query("action", "create").body(json).stream(), new Made());
      }
    }
    for (ArrayDeque<Ref> waiting : refs.values()) {
      for (Ref ref : waiting) {
        if (ref.part() >= 0 && ref.track() == null) {
          leaveOut(ref.item(), ref.label());
        }
      }
    }
  }

  private void write(JsonGenerator out, @Nullable RecordSpool<CvatShape> spool) throws IOException {
    out.writeStartObject();
    out.writeNumberField("version", 0);
    out.writeArrayFieldStart("tags");
    for (CvatShape tag : tags) {
      tag.write(out);
    }
    out.writeEndArray();
    out.writeArrayFieldStart("shapes");
    for (CvatShape shape : shapes) {
      shape.write(out);
    }
    out.writeEndArray();
    out.writeArrayFieldStart("tracks");
    for (VideoTracks.Built track : tracks) {
      track
          .head()
          .write(out, track.start().frame(), Objects.requireNonNull(spool).of(track.group()));
    }
    out.writeEndArray();
    out.writeEndObject();
  }

  /** Hears what the server made of it, with the ids it gave. */
  private final class Made implements AnnotationReader.Handler {
    @Override
    public void tag(CvatShape tag) {
      shape(tag);
    }

    @Override
    public void shape(CvatShape shape) {
      Ref ref = take(key(shape));
      if (ref != null && ref.part() >= 0) {
        sent.computeIfAbsent(ref.item(), i -> new LinkedHashMap<>())
            .put(SentItem.key(shape), new SentItem.Sent(ref.label(), ref.part()));
      }
    }

    @Override
    public void track(JsonParser json) throws IOException {
      Start start = new Start();
      CvatTrack track = CvatTrack.read(json, start::hear).head();
      Ref ref = start.shape == null ? null : take(key(track, start.shape));
      if (ref != null && ref.track() != null) {
        sentTracks
            .computeIfAbsent(ref.item(), i -> new ArrayList<>())
            .add(
                new SentItem.SentTrack(
                    track.id(),
                    ref.track().field(),
                    ref.track().index(),
                    ref.label(),
                    ref.track().className()));
      }
    }
  }

  /** The first shape of a track. */
  private static final class Start {
    private @Nullable CvatShape shape;

    void hear(CvatShape other) {
      if (shape == null || other.frame() <= shape.frame()) {
        shape = other;
      }
    }
  }

  private @Nullable Ref take(Key key) {
    ArrayDeque<Ref> waiting = refs.get(key);
    return waiting == null ? null : waiting.poll();
  }

  // --- what came of it ------------------------------------------------------------------------

  Map<String, SentItem.Sent> shapes(ObjectId item) {
    return sent.getOrDefault(item, Map.of());
  }

  List<SentItem.SentTrack> tracks(ObjectId item) {
    return sentTracks.getOrDefault(item, List.of());
  }

  List<ObjectId> leftOut(ObjectId item) {
    return left.getOrDefault(item, List.of());
  }
}
