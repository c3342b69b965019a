package io.postil.backends.cvat;

import io.postil.core.annotation.RunMemory;
import io.postil.core.store.Cursor;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of an item: where it is on the server, and which shape there is which label.
 * Immutable; kept as a document in the run's memory.
 */
record SentItem(Document document) {
  /**
   * Where an item is in a run, without all that is remembered of it.
   *
   * @param item the item
   * @param task the number of its task in the run, from 0
   * @param frame its frame in the task; 0 for a video
   * @param taskId the task's id on the server, 0 before it was made
   */
  record Place(ObjectId item, int task, int frame, int taskId) {}

  /**
   * A shape or tag that was sent.
   *
   * @param label our id of the label
   * @param part which of its lines or masks it is
   */
  record Sent(ObjectId label, int part) {}

  /**
   * A track that was sent.
   *
   * @param id the server's id
   * @param field the field
   * @param index the index of its labels
   * @param first our id of its first label
   * @param className the class of its labels as they were sent
   */
  record SentTrack(long id, String field, int index, ObjectId first, String className) {}

  /** An item that waits to be sent. */
  static SentItem waiting(int task, int frame, String media, int firstFrame, int lastFrame) {
    Document.Builder out = Document.builder();
    out.put("n", task).put("f", frame).put("m", media);
    if (firstFrame > 0) {
      out.put("first", firstFrame).put("last", lastFrame);
    }
    return new SentItem(out.build());
  }

  /** All places of a run, task by task and frame by frame. */
  static List<Place> places(RunMemory memory) {
    List<Place> places = new ArrayList<>();
    try (Cursor<RunMemory.Entry> all = memory.all()) {
      while (all.hasNext()) {
        RunMemory.Entry entry = all.next();
        Document d = entry.value();
        if (SentPages.isPage(d)) {
          continue;
        }
        places.add(
            new Place(
                entry.item(),
                (int) d.getLong("n", 0),
                (int) d.getLong("f", 0),
                (int) d.getLong("t", 0)));
      }
    }
    places.sort(
        (a, b) ->
            a.task() != b.task()
                ? Integer.compare(a.task(), b.task())
                : Integer.compare(a.frame(), b.frame()));
    return places;
  }

  /** What is remembered of some places. */
  static Map<ObjectId, SentItem> of(RunMemory memory, List<Place> places) {
    Map<ObjectId, SentItem> items = new HashMap<>();
    memory
        .get(places.stream().map(Place::item).toList())
        .forEach((id, document) -> items.put(id, new SentItem(document)));
    return items;
  }

  String media() {
    return document.getString("m", "");
  }

  /** Of a clip the first frame of the video, else 0. */
  int firstFrame() {
    return (int) document.getLong("first", 0);
  }

  int lastFrame() {
    return (int) document.getLong("last", 0);
  }

  // --- once it is on the server ---------------------------------------------------------------

  SentItem onServer(int taskId, PixelSize size) {
    return new SentItem(
        document.with("t", taskId).with("w", size.width()).with("h", size.height()));
  }

  /** Of a video: which frames the server has. */
  SentItem withFrames(FrameNumbers frames) {
    return new SentItem(
        document
            .with("start", frames.start())
            .with("step", frames.step())
            .with("size", frames.size()));
  }

  FrameNumbers frames() {
    return new FrameNumbers(
        (int) document.getLong("start", 0),
        (int) document.getLong("step", 1),
        (int) document.getLong("size", 0));
  }

  PixelSize size() {
    return new PixelSize((int) document.getLong("w", 1), (int) document.getLong("h", 1));
  }

  /** With what of its labels is where, and the labels that CVAT cannot show. */
  SentItem withLabels(Map<String, Sent> shapes, List<SentTrack> tracks, List<ObjectId> leftOut) {
    Document.Builder out = document.toBuilder();
    putLabels(out, shapes, leftOut);
    if (!tracks.isEmpty()) {
      List<@Nullable Object> all = new ArrayList<>();
      for (SentTrack track : tracks) {
        all.add(track.id());
        all.add(track.field());
        all.add(track.index());
        all.add(track.first());
        all.add(track.className());
      }
      out.put("k", Values.list(all));
    }
    return new SentItem(out.build());
  }

  /** With what of its labels is where in pages beside it; see {@link SentPages}. */
  SentItem withPages(List<SentPages.Page> pages) {
    List<@Nullable Object> flat = new ArrayList<>();
    for (SentPages.Page page : pages) {
      flat.add(page.from());
      flat.add(page.to());
      flat.add(page.least());
      flat.add(page.most());
    }
    return new SentItem(document.with("pages", Values.list(flat)));
  }

  List<SentPages.Page> pages() {
    List<SentPages.Page> pages = new ArrayList<>();
    List<@Nullable Object> flat = document.getList("pages");
    for (int i = 0; i + 3 < flat.size(); i += 4) {
      if (flat.get(i) instanceof Number from
          && flat.get(i + 1) instanceof Number to
          && flat.get(i + 2) instanceof Number least
          && flat.get(i + 3) instanceof Number most) {
        pages.add(
            new SentPages.Page(
                from.intValue(), to.intValue(), least.longValue(), most.longValue()));
      }
    }
    return pages;
  }

  /** Puts in what of some labels is where, and those that CVAT cannot show. */
  static void putLabels(Document.Builder out, Map<String, Sent> shapes, List<ObjectId> leftOut) {
    List<@Nullable Object> flat = new ArrayList<>();
    shapes.forEach(
        (key, sent) -> {
          flat.add(key);
          flat.add(sent.label());
          flat.add(sent.part());
        });
    out.put("s", Values.list(flat));
    if (!leftOut.isEmpty()) {
      out.put("left", Values.list(leftOut));
    }
  }

  /** The key of a tag or shape by the server's id: both count from 1. */
  static String key(CvatShape shape) {
    return (shape.type().equals(CvatShape.TAG) ? "t" : "s") + shape.id();
  }

  Map<String, Sent> shapes() {
    Map<String, Sent> shapes = new HashMap<>();
    List<@Nullable Object> flat = document.getList("s");
    for (int i = 0; i + 2 < flat.size(); i += 3) {
      if (flat.get(i + 1) instanceof ObjectId label && flat.get(i + 2) instanceof Number part) {
        shapes.put(String.valueOf(flat.get(i)), new Sent(label, part.intValue()));
      }
    }
    return shapes;
  }

  List<SentTrack> tracks() {
    List<SentTrack> tracks = new ArrayList<>();
    List<@Nullable Object> flat = document.getList("k");
    for (int i = 0; i + 4 < flat.size(); i += 5) {
      if (flat.get(i) instanceof Number id
          && flat.get(i + 2) instanceof Number index
          && flat.get(i + 3) instanceof ObjectId first) {
        tracks.add(
            new SentTrack(
                id.longValue(),
                String.valueOf(flat.get(i + 1)),
                index.intValue(),
                first,
                String.valueOf(flat.get(i + 4))));
      }
    }
    return tracks;
  }

  /** Labels that were not sent, and so are as they were. */
  List<ObjectId> leftOut() {
    List<ObjectId> ids = new ArrayList<>();
    for (Object id : document.getList("left")) {
      if (id instanceof ObjectId label) {
        ids.add(label);
      }
    }
    return ids;
  }
}
