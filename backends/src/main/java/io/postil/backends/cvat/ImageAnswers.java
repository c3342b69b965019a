package io.postil.backends.cvat;

import com.fasterxml.jackson.core.JsonParser;
import io.postil.core.annotation.AnswerSink;
import io.postil.core.annotation.RunContext;
import io.postil.core.annotation.UploadItem.Content;
import io.postil.core.value.ObjectId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The answer of a task of images. Shapes come by ascending frame and are told frame by frame, a
 * window of frames at a time; tags and tracks, of which there are few, are kept until the end.
 */
final class ImageAnswers implements AnnotationReader.Handler {
  private final RunContext run;
  private final ShapeMatch match;
  private final NewIds newIds;
  private final List<SentItem.Place> places;
  private final FrameStates states;
  private final AnswerSink sink;
  private final int window;
  private final Map<Integer, List<CvatShape>> shapes = new HashMap<>();
  private final Map<Integer, List<CvatShape>> tags = new HashMap<>();
  private final Map<Integer, List<CvatShape>> late = new HashMap<>();
  private final List<CvatTrack> tracks = new ArrayList<>();
  private int start;

  ImageAnswers(
      RunContext run,
      ShapeMatch match,
      NewIds newIds,
      List<SentItem.Place> places,
      FrameStates states,
      AnswerSink sink,
      int window) {
    this.run = run;
    this.match = match;
    this.newIds = newIds;
    this.places = places;
    this.states = states;
    this.sink = sink;
    this.window = window;
  }

  private boolean isWanted(int frame) {
    return frame >= 0 && frame < places.size() && states.isFetched(frame);
  }

  private static void put(Map<Integer, List<CvatShape>> byFrame, CvatShape shape) {
    byFrame.computeIfAbsent(shape.frame(), f -> new ArrayList<>()).add(shape);
  }

  @Override
  public void tag(CvatShape tag) {
    if (isWanted(tag.frame())) {
      put(tag.frame() < start ? late : tags, tag);
    }
  }

  @Override
  public void shape(CvatShape shape) {
    if (!isWanted(shape.frame())) {
      return;
    }
    while (shape.frame() >= start + window) {
      tellWindow();
    }
    put(shape.frame() < start ? late : shapes, shape);
  }

  @Override
  public void track(JsonParser json) throws IOException {
    tracks.add(CvatTrack.read(json));
  }

  private void tellWindow() {
    int end = Math.min(places.size(), start + window);
    Map<Integer, List<CvatShape>> all = new HashMap<>();
    for (int frame = start; frame < end; frame++) {
      List<CvatShape> of = new ArrayList<>(shapes.getOrDefault(frame, List.of()));
      of.addAll(tags.getOrDefault(frame, List.of()));
      tags.remove(frame);
      // Within a frame the server's order is any, and another one at each call.
      of.sort((a, b) -> Long.compare(a.id(), b.id()));
      all.put(frame, of);
    }
    shapes.clear();
    tell(start, end, all, true);
    start = end;
  }

  /** Tells the rest. */
  void finish() {
    while (start < places.size()) {
      tellWindow();
    }
    // What came out of order, and the observations of tracks, are labels beside those told.
    for (CvatTrack track : tracks) {
      addObservations(track);
    }
    for (int from = 0; from < places.size() && !late.isEmpty(); from += window) {
      int end = Math.min(places.size(), from + window);
      Map<Integer, List<CvatShape>> some = new HashMap<>();
      for (int frame = from; frame < end; frame++) {
        List<CvatShape> of = late.remove(frame);
        if (of != null) {
          some.put(frame, of);
        }
      }
      if (!some.isEmpty()) {
        tell(from, end, some, false);
      }
    }
  }

  /** A track drawn on images is a label on each image that shows it. */
  private void addObservations(CvatTrack track) {
    if (track.shapes().isEmpty()) {
      return;
    }
    for (int frame = track.shapes().get(0).frame(); frame < places.size(); frame++) {
      CvatShape shape = TrackFrames.at(track.shapes(), frame);
      if (shape != null && !shape.outside() && isWanted(frame)) {
        put(late, VideoAnswer.effective(track, shape).withId(newIds.number(track.id(), frame)));
      }
    }
  }

  private void tell(int from, int to, Map<Integer, List<CvatShape>> byFrame, boolean complete) {
    List<SentItem.Place> wanted = new ArrayList<>();
    for (int frame = from; frame < to; frame++) {
      if (states.isFetched(frame) && byFrame.containsKey(frame)) {
        wanted.add(places.get(frame));
      }
    }
    if (wanted.isEmpty()) {
      return;
    }
    Map<ObjectId, SentItem> items = SentItem.of(run.memory(), wanted);
    Map<ObjectId, List<Content>> base =
        run.base().get(wanted.stream().map(SentItem.Place::item).toList());
    for (SentItem.Place place : wanted) {
      SentItem item = items.get(place.item());
      if (item == null) {
        continue;
      }
      ItemAnswer answer = new ItemAnswer(place.item());
      Map<String, SentItem.Sent> sent = item.shapes();
      match.match(
          new ShapeMatch.Question(
              place.item(),
              item.size(),
              shape -> sent.get(SentItem.key(shape)),
              complete ? item.leftOut() : List.of(),
              new BaseLabels(run.schema(), base.getOrDefault(place.item(), List.of())),
              0,
              states::isShared),
          byFrame.getOrDefault(place.frame(), List.of()),
          answer);
      answer.tell(sink);
    }
  }
}
