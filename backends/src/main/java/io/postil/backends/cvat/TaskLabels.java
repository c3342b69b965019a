package io.postil.backends.cvat;

import io.postil.backends.http.HttpStream;
import io.postil.backends.http.SpooledJson;
import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.annotation.AnswerKind;
import io.postil.core.annotation.FieldSchema;
import io.postil.core.annotation.RunContext;
import io.postil.core.annotation.UploadItem.Content;
import io.postil.core.dataset.MediaType;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Sends the labels of a task in batches and remembers which shape on the server is which label. */
final class TaskLabels {
  private static final int ATTEMPTS = 3;

  private final CvatServer server;
  private final CvatLimits limits;
  private final RunContext run;
  private final SendState state;
  private final LabelIndex index;
  private final LabelEncoder encoder;
  private final int task;

  TaskLabels(
      CvatServer server,
      CvatOptions options,
      CvatLimits limits,
      RunContext run,
      SendState state,
      Catalogue catalogue) {
    this.server = server;
    this.limits = limits;
    this.run = run;
    this.state = state;
    this.task = state.taskId();
    this.index = index(server, run, state.document(), catalogue, task);
    this.encoder = new LabelEncoder(index, options);
  }

  static LabelIndex index(
      CvatServer server, RunContext run, Document state, Catalogue catalogue, int task) {
    String project = state.getString("project_name");
    return LabelIndex.of(
        run.schema(),
        catalogue,
        server.all("/labels", "task_id", String.valueOf(task)),
        state.getBoolean("project_made", false) ? null : project);
  }

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

  private final class Batch {
    final List<CvatShape> tags = new ArrayList<>();
    final List<CvatShape> shapes = new ArrayList<>();
    final List<CvatTrack> tracks = new ArrayList<>();
    final Map<Key, ArrayDeque<Ref>> refs = new HashMap<>();
    final Map<ObjectId, Map<String, SentItem.Sent>> sent = new LinkedHashMap<>();
    final Map<ObjectId, List<SentItem.SentTrack>> sentTracks = new HashMap<>();
    final Map<ObjectId, List<ObjectId>> left = new HashMap<>();
    int size;

    void add(CvatShape shape, Ref ref) {
      boolean tag = shape.type().equals(CvatShape.TAG);
      (tag ? tags : shapes).add(shape);
      refs.computeIfAbsent(key(shape), k -> new ArrayDeque<>()).add(ref);
      size++;
    }

    void add(VideoTracks.Built built, ObjectId item) {
      tracks.add(built.track());
      refs.computeIfAbsent(key(built.track()), k -> new ArrayDeque<>())
          .add(new Ref(item, built.first(), 0, built));
      size += built.track().shapes().size();
    }
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

  private Key key(CvatTrack track) {
    CvatShape first = track.shapes().get(0);
    return new Key(
        "tracks",
        first.frame(),
        track.labelId(),
        ownId(track.labelId(), track.attributes()),
        Arrays.hashCode(first.points()));
  }

  private String ownId(int labelId, Map<Integer, String> attributes) {
    LabelIndex.ServerLabel label = index.label(labelId);
    LabelIndex.ServerAttribute attribute =
        label == null ? null : label.attributes().get(Catalogue.LABEL_ID);
    return attribute == null ? "" : attributes.getOrDefault(attribute.id(), "");
  }

  /** Sends the labels that have not been sent yet. */
  void send(List<SentItem.Place> places) {
    if (index.problems().stream().findAny().isPresent()) {
      throw PostilException.of(index.problems());
    }
    for (int attempt = 1; ; attempt++) {
      try {
        if (state.openFlag("labelling")) {
          // Nobody can have worked on a task that is not complete, so that starting over is safe.
          server.delete("/tasks/" + task + "/annotations").accept(404).send();
          state.open("labelled", null, "labelling", null);
        }
        sendBatches(places);
        return;
      } catch (PostilException e) {
        if (e.code() != ErrorCode.BACKEND_UNREACHABLE || attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private void sendBatches(List<SentItem.Place> places) {
    int next = (int) state.openNumber("labelled");
    while (next < places.size()) {
      Batch batch = new Batch();
      Map<ObjectId, SentItem> items = new HashMap<>();
      while (next < places.size() && batch.size < limits.shapes()) {
        List<SentItem.Place> some =
            places.subList(next, Math.min(places.size(), next + limits.window()));
        Map<ObjectId, SentItem> known = SentItem.of(run.memory(), some);
        Map<ObjectId, List<Content>> base =
            run.base().get(some.stream().map(SentItem.Place::item).toList());
        for (SentItem.Place place : some) {
          if (batch.size >= limits.shapes()) {
            break;
          }
          SentItem item = java.util.Objects.requireNonNull(known.get(place.item()));
          items.put(place.item(), item);
          collect(batch, place, item, base.getOrDefault(place.item(), List.of()));
          next++;
        }
      }
      if (batch.size > 0) {
        post(batch);
      }
      remember(batch, items);
      state.open("labelled", next, "labelling", null);
      run.progress().progress("sending labels", next, places.size());
    }
  }

  // --- collecting -----------------------------------------------------------------------------

  private void collect(Batch batch, SentItem.Place place, SentItem item, List<Content> contents) {
    boolean video = run.mediaType() == MediaType.VIDEO;
    FrameNumbers numbers = item.frames();
    VideoTracks tracks = new VideoTracks(index, numbers.size());
    for (Content content : contents) {
      FieldSchema field = run.schema().field(content.field()).orElseThrow();
      int frame = video ? numbers.remote(content.frameNumber()) : place.frame();
      if (frame < 0) {
        continue;
      }
      if (content.kind() == AnswerKind.SCALAR) {
        scalar(batch, place.item(), field, content.scalar(), frame);
        continue;
      }
      for (SingleLabel label : content.labels()) {
        List<LabelEncoder.Part> parts = encoder.encode(field, label, item.size(), frame);
        if (parts.isEmpty()) {
          batch.left.computeIfAbsent(place.item(), i -> new ArrayList<>()).add(label.id());
        } else if (!video || numbers.step() > 1 || !tracks.add(field, label, parts)) {
          for (LabelEncoder.Part part : parts) {
            batch.add(part.shape(), new Ref(place.item(), label.id(), part.part(), null));
          }
        }
      }
    }
    tracks.build().forEach(built -> batch.add(built, place.item()));
  }

  private void scalar(
      Batch batch, ObjectId item, FieldSchema field, @Nullable Object value, int frame) {
    String text = AttributeValues.encode(value);
    boolean valueOnly = field.classNames().isEmpty();
    LabelIndex.ServerLabel label = index.label(field, valueOnly ? null : text);
    if (label == null || value == null) {
      return;
    }
    LabelIndex.ServerAttribute attribute = label.attributes().get(Catalogue.VALUE);
    Map<Integer, String> attributes =
        valueOnly && attribute != null ? Map.of(attribute.id(), text) : Map.of();
    CvatShape tag = CvatShape.of(CvatShape.TAG).placed(frame, label.id(), false, 0, attributes);
    // A scalar has no id; its item's stands for it.
    batch.add(tag, new Ref(item, item, -1, null));
  }

  // --- sending --------------------------------------------------------------------------------

  private void post(Batch batch) {
    state.open("labelling", true);
    try (SpooledJson json = new SpooledJson()) {
      json.write(
          out -> {
            out.writeStartObject();
            out.writeNumberField("version", 0);
            out.writeArrayFieldStart("tags");
            for (CvatShape tag : batch.tags) {
              tag.write(out);
            }
            out.writeEndArray();
            out.writeArrayFieldStart("shapes");
            for (CvatShape shape : batch.shapes) {
              shape.write(out);
            }
            out.writeEndArray();
            out.writeArrayFieldStart("tracks");
            for (CvatTrack track : batch.tracks) {
              track.write(out);
            }
            out.writeEndArray();
            out.writeEndObject();
          });
      HttpStream answer =
          server
              .patch("/tasks/" + task + "/annotations")
              .query("action", "create")
              .body(json)
              .stream();
      AnnotationReader.read(answer, new Made(batch));
    }
  }

  /** Hears what the server made of a batch, with the ids it gave. */
  private final class Made implements AnnotationReader.Handler {
    private final Batch batch;

    Made(Batch batch) {
      this.batch = batch;
    }

    @Override
    public void tag(CvatShape tag) {
      shape(tag);
    }

    @Override
    public void shape(CvatShape shape) {
      Ref ref = take(batch, key(shape));
      if (ref != null && ref.part() >= 0) {
        batch
            .sent
            .computeIfAbsent(ref.item(), i -> new LinkedHashMap<>())
            .put(SentItem.key(shape), new SentItem.Sent(ref.label(), ref.part()));
      }
    }

    @Override
    public void track(CvatTrack track) {
      Ref ref = track.shapes().isEmpty() ? null : take(batch, key(track));
      if (ref != null && ref.track() != null) {
        batch
            .sentTracks
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

  private static @Nullable Ref take(Batch batch, Key key) {
    ArrayDeque<Ref> waiting = batch.refs.get(key);
    return waiting == null ? null : waiting.poll();
  }

  /** Stores what came of a batch; what the server left out counts as never sent. */
  private void remember(Batch batch, Map<ObjectId, SentItem> items) {
    for (ArrayDeque<Ref> waiting : batch.refs.values()) {
      for (Ref ref : waiting) {
        if (ref.part() >= 0 && ref.track() == null) {
          batch.left.computeIfAbsent(ref.item(), i -> new ArrayList<>()).add(ref.label());
        }
      }
    }
    items.forEach(
        (id, item) ->
            run.memory()
                .put(
                    id,
                    item.withLabels(
                            batch.sent.getOrDefault(id, Map.of()),
                            batch.sentTracks.getOrDefault(id, List.of()),
                            batch.left.getOrDefault(id, List.of()))
                        .document()));
  }
}
