package io.postil.backends.cvat;

import io.postil.backends.spool.RecordSpool;
import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.annotation.AnswerKind;
import io.postil.core.annotation.FieldSchema;
import io.postil.core.annotation.RunContext;
import io.postil.core.annotation.UploadItem.Content;
import io.postil.core.dataset.MediaType;
import io.postil.core.label.SingleLabel;
import io.postil.core.store.Cursor;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import java.util.ArrayList;
import java.util.HashMap;
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
        if (run.mediaType() == MediaType.VIDEO) {
          sendVideo(places);
        } else {
          sendBatches(places);
        }
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
      LabelBatch batch = new LabelBatch(index);
      Map<ObjectId, SentItem> items = new HashMap<>();
      while (next < places.size() && batch.size() < limits.shapes()) {
        List<SentItem.Place> some =
            places.subList(next, Math.min(places.size(), next + limits.window()));
        Map<ObjectId, SentItem> known = SentItem.of(run.memory(), some);
        Map<ObjectId, List<Content>> base =
            run.base().get(some.stream().map(SentItem.Place::item).toList());
        for (SentItem.Place place : some) {
          if (batch.size() >= limits.shapes()) {
            break;
          }
          SentItem item = java.util.Objects.requireNonNull(known.get(place.item()));
          items.put(place.item(), item);
          collect(batch, place, item, base.getOrDefault(place.item(), List.of()));
          next++;
        }
      }
      post(batch, null);
      items.forEach(
          (id, item) ->
              run.memory()
                  .put(
                      id,
                      item.withLabels(batch.shapes(id), batch.tracks(id), batch.leftOut(id))
                          .document()));
      state.open("labelled", next, "labelling", null);
      run.progress().progress("sending labels", next, places.size());
    }
  }

  private void post(LabelBatch batch, @Nullable RecordSpool<CvatShape> spool) {
    if (batch.size() > 0 && !state.openFlag("labelling")) {
      state.open("labelling", true);
    }
    batch.post(server.patch("/tasks/" + task + "/annotations"), spool);
  }

  // --- collecting -----------------------------------------------------------------------------

  private void collect(
      LabelBatch batch, SentItem.Place place, SentItem item, List<Content> contents) {
    for (Content content : contents) {
      collect(batch, place.item(), item, content, place.frame(), null);
    }
  }

  /** Takes over what a field holds, on a frame of the task; tracks into those of a video. */
  private void collect(
      LabelBatch batch,
      ObjectId id,
      SentItem item,
      Content content,
      int frame,
      @Nullable VideoTracks tracks) {
    FieldSchema field = run.schema().field(content.field()).orElseThrow();
    if (content.kind() == AnswerKind.SCALAR) {
      scalar(batch, id, field, content.scalar(), frame);
      return;
    }
    for (SingleLabel label : content.labels()) {
      List<LabelEncoder.Part> parts = encoder.encode(field, label, item.size(), frame);
      if (parts.isEmpty()) {
        batch.leaveOut(id, label.id());
      } else if (tracks == null || !tracks.add(field, label, parts)) {
        for (LabelEncoder.Part part : parts) {
          batch.add(part.shape(), id, label.id(), part.part());
        }
      }
    }
  }

  private void scalar(
      LabelBatch batch, ObjectId item, FieldSchema field, @Nullable Object value, int frame) {
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
    batch.add(tag, item, item, -1);
  }

  // --- videos ---------------------------------------------------------------------------------

  private void sendVideo(List<SentItem.Place> places) {
    if (state.openNumber("labelled") > 0) {
      return;
    }
    SentItem.Place place = places.get(0);
    SentItem item =
        java.util.Objects.requireNonNull(SentItem.of(run.memory(), places).get(place.item()));
    try (RecordSpool<CvatShape> spool = new RecordSpool<>(ShapeCodec.INSTANCE)) {
      new Video(place.item(), item, spool).send();
    }
    state.open("labelled", 1, "labelling", null);
  }

  /**
   * Sends the labels of a video: those of no track in batches while its frames are read, then its
   * tracks, each whole. Of a video that takes several batches the ids go into pages.
   */
  private final class Video {
    private final ObjectId id;
    private final SentItem item;
    private final FrameNumbers numbers;
    private final RecordSpool<CvatShape> spool;
    private final @Nullable VideoTracks tracks;
    private final NewIds newIds = new NewIds(run.id());
    private final List<SentPages.Page> pages = new ArrayList<>();
    private final List<SentItem.SentTrack> sentTracks = new ArrayList<>();
    private LabelBatch batch = new LabelBatch(index);

    /** The frames that the batch is about; -1 for none. */
    private int from = -1;

    private int to = -1;

    Video(ObjectId id, SentItem item, RecordSpool<CvatShape> spool) {
      this.id = id;
      this.item = item;
      this.numbers = item.frames();
      this.spool = spool;
      this.tracks = numbers.step() > 1 ? null : new VideoTracks(index, numbers.size(), spool);
    }

    void send() {
      try (Cursor<Content> base = run.base().read(id)) {
        while (base.hasNext()) {
          Content content = base.next();
          int frame = numbers.remote(content.frameNumber());
          if (frame < 0) {
            continue;
          }
          if (batch.noted() >= limits.shapes()) {
            sendPage();
          }
          from = from < 0 ? frame : from;
          to = frame;
          collect(batch, id, item, content, frame, tracks);
        }
      }
      for (VideoTracks.Built track :
          tracks == null ? List.<VideoTracks.Built>of() : tracks.build()) {
        if (batch.noted() > 0 && batch.noted() + track.size() > limits.shapes()) {
          sendPage();
        }
        batch.add(track, id);
      }
      sendLast();
    }

    private void sendPage() {
      post(batch, spool);
      sentTracks.addAll(batch.tracks(id));
      putPage();
      state.store();
      run.progress().progress("sending labels", Math.max(0, to), numbers.size());
      batch = new LabelBatch(index);
      from = -1;
    }

    private void putPage() {
      Map<String, SentItem.Sent> shapes = batch.shapes(id);
      if (shapes.isEmpty() && batch.leftOut(id).isEmpty()) {
        return;
      }
      long least = Long.MAX_VALUE;
      long most = 0;
      for (String key : shapes.keySet()) {
        long number = Long.parseLong(key.substring(1));
        least = Math.min(least, number);
        most = Math.max(most, number);
      }
      run.memory()
          .put(newIds.ofPage(id, pages.size()), SentPages.page(id, shapes, batch.leftOut(id)));
      pages.add(new SentPages.Page(from, to, least, most));
    }

    private void sendLast() {
      post(batch, spool);
      sentTracks.addAll(batch.tracks(id));
      Map<String, SentItem.Sent> shapes = Map.of();
      List<ObjectId> leftOut = List.of();
      if (pages.isEmpty()) {
        shapes = batch.shapes(id);
        leftOut = batch.leftOut(id);
      } else {
        putPage();
      }
      SentItem known = item.withLabels(shapes, sentTracks, leftOut);
      run.memory().put(id, (pages.isEmpty() ? known : known.withPages(pages)).document());
      run.progress().progress("sending labels", numbers.size(), numbers.size());
    }
  }
}
