package io.postil.backends.cvat;

import com.fasterxml.jackson.core.JsonParser;
import io.postil.backends.spool.RecordSpool;
import io.postil.core.annotation.AnswerSink;
import io.postil.core.annotation.RunContext;
import io.postil.core.value.ObjectId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The answer of a task that is one video. Tracks become a label on each frame that shows them;
 * where a track is as it was sent, its labels are the ones that were sent.
 *
 * <p>A video may be of any length: what arrives goes into a spool, shapes by windows of frames and
 * tracks each by itself; then the base and all tracks are gone along frame by frame. Memory grows
 * with the number of tracks, and with the labels that were copied to other frames. Close it. Not
 * thread-safe; for one load.
 */
final class VideoAnswer implements AnnotationReader.Handler, AutoCloseable {
  /** Track numbers from here on are of tracks drawn anew; the engine gives them their own. */
  private static final int NEW_TRACKS = 1_000_000_000;

  private final RunContext run;
  private final LabelIndex index;
  private final LabelEncoder encoder;
  private final LabelDecoder decoder;
  private final ShapeMatch match;
  private final NewIds newIds;
  private final ObjectId itemId;
  private final SentItem item;
  private final FrameNumbers numbers;
  private final int window;
  private final RecordSpool<CvatShape> spool = new RecordSpool<>(ShapeCodec.INSTANCE);

  /** Groups of tags and shapes by window. */
  private final Map<Integer, Integer> windows = new HashMap<>();

  /** Shapes and tags that say they are a label of another frame. */
  private final List<CvatShape> elsewhere = new ArrayList<>();

  private final List<AnsweredTrack> tracks = new ArrayList<>();
  private final SentPages sent;

  /**
   * Begins.
   *
   * @param window how many frames' shapes are in memory at once
   */
  VideoAnswer(
      RunContext run,
      LabelIndex index,
      LabelEncoder encoder,
      LabelDecoder decoder,
      NewIds newIds,
      ObjectId itemId,
      SentItem item,
      int window) {
    this.run = run;
    this.index = index;
    this.encoder = encoder;
    this.decoder = decoder;
    this.match = new ShapeMatch(index, encoder, decoder, run, newIds);
    this.newIds = newIds;
    this.itemId = itemId;
    this.item = item;
    this.numbers = item.frames();
    this.window = window;
    this.sent = new SentPages(run.memory(), newIds, itemId, item);
  }

  // --- what arrives ---------------------------------------------------------------------------

  @Override
  public void tag(CvatShape tag) {
    shape(tag);
  }

  @Override
  public void shape(CvatShape shape) {
    if (shape.frame() < 0 || shape.frame() >= numbers.size()) {
      elsewhere.add(shape);
      return;
    }
    spool.add(windows.computeIfAbsent(shape.frame() / window, w -> spool.newGroup()), shape);
  }

  @Override
  public void track(JsonParser json) throws IOException {
    tracks.add(AnsweredTrack.read(json, spool, tracks.size()));
  }

  /** An observation with what its track knows. */
  static CvatShape effective(CvatTrack track, CvatShape shape) {
    Map<Integer, String> attributes = new LinkedHashMap<>(track.attributes());
    attributes.putAll(shape.attributes());
    return shape.placed(
        shape.frame(), track.labelId(), shape.occluded(), track.group(), attributes);
  }

  // --- which track is which -------------------------------------------------------------------

  private void identify() {
    Map<Long, SentItem.SentTrack> byId = new HashMap<>();
    Map<ObjectId, SentItem.SentTrack> byFirst = new HashMap<>();
    Map<String, Integer> sharing = new HashMap<>();
    for (SentItem.SentTrack track : item.tracks()) {
      byId.put(track.id(), track);
      byFirst.put(track.first(), track);
      sharing.merge(track.field() + "\0" + track.index(), 1, Integer::sum);
    }
    Set<SentItem.SentTrack> there = new HashSet<>();
    for (AnsweredTrack track : tracks) {
      SentItem.SentTrack known = byId.get(track.head().id());
      if (known != null) {
        there.add(known);
      }
    }
    tracks.removeIf(AnsweredTrack::isEmpty);
    int fresh = 0;
    for (AnsweredTrack track : tracks) {
      SentItem.SentTrack known = byId.get(track.head().id());
      if (known == null) {
        // A track that the server knows by another id, but whose own id nobody else has.
        ObjectId own = match.ownId(track.head().labelId(), track.head().attributes());
        SentItem.SentTrack named = own == null ? null : byFirst.get(own);
        known = named != null && there.add(named) ? named : null;
      }
      if (known == null) {
        track.isNew(NEW_TRACKS + fresh++, index.fieldOf(track.head().labelId(), track.type()));
      } else {
        boolean alone = sharing.getOrDefault(known.field() + "\0" + known.index(), 0) == 1;
        track.isKnown(known, run.schema().field(known.field()).orElse(null), alone);
      }
    }
  }

  /**
   * Reads the base ahead for what the first frame of a track must know already: of a track drawn
   * since, whether an earlier load made labels of it; and where key frames are marked, those that
   * were sent.
   */
  private void lookAhead() {
    List<AnsweredTrack> asking = new ArrayList<>(tracks);
    asking.removeIf(t -> !t.asksForBase());
    if (asking.isEmpty()) {
      return;
    }
    TrackBase before = new TrackBase(index, encoder, item, spool);
    try (BaseFrames base = new BaseFrames(run, itemId)) {
      while (base.frame() < BaseFrames.END) {
        int frame = numbers.remote(base.frame());
        Members members = new Members(base.next(), newIds);
        for (AnsweredTrack track : frame < 0 ? List.<AnsweredTrack>of() : asking) {
          if (track.asksForBase(frame)) {
            track.learn(members.of(track, frame), frame, before);
          }
        }
      }
    }
    asking.forEach(AnsweredTrack::learnt);
  }

  // --- telling --------------------------------------------------------------------------------

  /** Tells everything that arrived. */
  void tell(AnswerSink sink) {
    identify();
    lookAhead();
    Running running = new Running();
    try (BaseFrames base = new BaseFrames(run, itemId)) {
      for (int frame = 0; frame < numbers.size(); frame++) {
        int local = numbers.local(frame);
        keepUntil(local, base, sink);
        BaseLabels held = base.frame() == local ? base.next() : BaseLabels.NONE;
        ItemAnswer answer = new ItemAnswer(itemId);
        tellShapes(frame, held, answer);
        running.tell(frame, new Members(held, newIds), answer);
        answer.tell(sink);
      }
      keepUntil(BaseFrames.END, base, sink);
    }
    tellElsewhere(sink);
  }

  /** Frames that the server does not have stay as they are. */
  private void keepUntil(int local, BaseFrames base, AnswerSink sink) {
    while (base.frame() < local) {
      ItemAnswer answer = new ItemAnswer(itemId);
      BaseLabels held = base.next();
      held.labels().forEach(h -> answer.add(h.field(), h.frame(), h.label()));
      held.scalars().forEach(h -> answer.scalar(h.field(), h.frame(), h.value()));
      answer.tell(sink);
    }
  }

  private ShapeMatch.Question question(int frame, BaseLabels held) {
    return new ShapeMatch.Question(
        itemId,
        item.size(),
        sent::find,
        held.isEmpty() ? List.of() : sent.leftOut(frame, held),
        held,
        numbers.local(frame),
        f -> false);
  }

  private void tellShapes(int frame, BaseLabels held, ItemAnswer answer) {
    List<CvatShape> shapes = shapes(frame);
    if (!shapes.isEmpty() || !held.isEmpty()) {
      match.match(question(frame, held), shapes, elsewhere, answer);
    }
  }

  private int opened = -1;
  private Map<Integer, List<CvatShape>> byFrame = Map.of();

  /** The tags and shapes of a frame, in an order that does not depend on the server's. */
  private List<CvatShape> shapes(int frame) {
    int wanted = frame / window;
    if (wanted != opened) {
      opened = wanted;
      byFrame = new HashMap<>();
      Integer group = windows.get(wanted);
      if (group != null) {
        spool
            .of(group)
            .forEachRemaining(
                s -> byFrame.computeIfAbsent(s.frame(), f -> new ArrayList<>()).add(s));
      }
      Comparator<CvatShape> tagsFirst = Comparator.comparing(s -> !s.type().equals(CvatShape.TAG));
      byFrame.values().forEach(list -> list.sort(tagsFirst.thenComparingLong(CvatShape::id)));
    }
    return byFrame.getOrDefault(frame, List.of());
  }

  /** The tracks that show something, frame after frame. */
  private final class Running {
    private final List<AnsweredTrack> toCome = new ArrayList<>(tracks);
    private final List<AnsweredTrack> now = new ArrayList<>();
    private int next;

    Running() {
      toCome.removeIf(t -> t.field() == null);
      toCome.sort(Comparator.comparingInt(AnsweredTrack::start));
    }

    void tell(int frame, Members members, ItemAnswer answer) {
      boolean more = false;
      while (next < toCome.size() && toCome.get(next).start() <= frame) {
        AnsweredTrack track = toCome.get(next++);
        track.begin(spool);
        now.add(track);
        more = true;
      }
      if (more) {
        now.sort(Comparator.comparingInt(AnsweredTrack::ordinal));
      }
      boolean over = false;
      for (AnsweredTrack track : now) {
        track.tell(frame, numbers.local(frame), members, answer, decoder, newIds, item.size());
        over |= track.isOver();
      }
      if (over) {
        now.removeIf(AnsweredTrack::isOver);
      }
    }
  }

  // --- labels that went to other frames -------------------------------------------------------

  /**
   * Tells what was put off because it is the label of another frame: that label, if nothing on its
   * own frame is it any more; else a new one, as of any copy.
   */
  private void tellElsewhere(AnswerSink sink) {
    if (elsewhere.isEmpty()) {
      return;
    }
    Set<ObjectId> wanted = new HashSet<>();
    elsewhere.forEach(
        s -> {
          ObjectId label = labelOf(s);
          if (label != null) {
            wanted.add(label);
          }
        });
    Map<ObjectId, BaseLabels.Held> free = new HashMap<>();
    Set<ObjectId> held = new HashSet<>();
    findHomes(wanted, held, free);
    for (CvatShape shape : elsewhere) {
      ObjectId label = labelOf(shape);
      BaseLabels.Held home = label == null ? null : free.remove(label);
      SentItem.Sent was = home == null && held.contains(label) ? null : sent.find(shape);
      ItemAnswer answer = new ItemAnswer(itemId);
      match.match(
          new ShapeMatch.Question(
              itemId,
              item.size(),
              s -> was,
              List.of(),
              home == null ? BaseLabels.NONE : BaseLabels.of(home),
              numbers.local(shape.frame()),
              f -> false),
          List.of(shape),
          answer);
      answer.tell(sink);
    }
  }

  private @Nullable ObjectId labelOf(CvatShape shape) {
    SentItem.Sent was = sent.find(shape);
    return was != null ? was.label() : match.ownId(shape.labelId(), shape.attributes());
  }

  /**
   * Looks for labels in the whole base.
   *
   * @param held takes those that are there
   * @param free takes those of them that no shape on their own frame is
   */
  private void findHomes(
      Set<ObjectId> wanted, Set<ObjectId> held, Map<ObjectId, BaseLabels.Held> free) {
    try (BaseFrames base = new BaseFrames(run, itemId)) {
      while (base.frame() < BaseFrames.END) {
        int frame = numbers.remote(base.frame());
        BaseLabels labels = base.next();
        Set<ObjectId> claimed = null;
        for (BaseLabels.Held each : frame < 0 ? List.<BaseLabels.Held>of() : labels.labels()) {
          ObjectId id = each.label().id();
          if (wanted.contains(id)) {
            held.add(id);
            if (claimed == null) {
              claimed = match.claimed(question(frame, labels), shapes(frame));
            }
            if (!claimed.contains(id)) {
              free.put(id, each);
            }
          }
        }
      }
    }
  }

  @Override
  public void close() {
    spool.close();
  }
}
