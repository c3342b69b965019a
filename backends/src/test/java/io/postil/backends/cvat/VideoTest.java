package io.postil.backends.cvat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.postil.core.dataset.Sample;
import io.postil.core.label.BoundingBox;
import io.postil.core.label.Classification;
import io.postil.core.label.Detection;
import io.postil.core.label.Detections;
import io.postil.core.label.Keypoint;
import io.postil.core.label.Keypoints;
import io.postil.core.label.Points;
import io.postil.core.label.Polyline;
import io.postil.core.label.Polylines;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.Document;
import io.postil.core.value.Values;
import io.postil.core.view.Stage;
import io.postil.core.view.ViewDefinition;
import io.postil.engine.annotation.AnnotationRequest;
import io.postil.engine.annotation.Change;
import io.postil.engine.annotation.LoadReport;
import io.postil.testkit.cvat.CvatEmulator;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tracks with gaps, key frames, and parts of videos. */
@Tag("cvat")
class VideoTest {
  private static final double W = CvatFixture.WIDTH;
  private static final double H = CvatFixture.HEIGHT;

  /** So little at once that a scene takes several requests, and several windows of frames. */
  private static final CvatLimits SMALL = new CvatLimits(200, 32 << 20, 64 << 20, 8 << 20, 4, 3);

  @TempDir Path home;

  private static Detection box(String label, int index, double x) {
    return Detection.of(label, new BoundingBox(x, 0.2, 1 / 3.0, 0.25)).withIndex(index);
  }

  /** Boxes by frame: two tracks, one with a gap, and a box without track. */
  private static Map<Integer, Detections> scene() {
    Map<Integer, Detections> frames = new LinkedHashMap<>();
    for (int frame = 2; frame <= 12; frame++) {
      List<Detection> boxes = new ArrayList<>();
      if (frame < 6 || frame > 8) {
        boxes.add(box("car", 1, frame / 37.0));
      }
      if (frame >= 4 && frame <= 10) {
        boxes.add(
            box("bus", 2, 0.5 - frame / 41.0)
                .withAttributes(frame < 7 ? Document.of("speed", 10 + frame) : Document.empty()));
      }
      if (frame == 5) {
        boxes.add(Detection.of("car", new BoundingBox(0.7, 0.7, 0.1, 1 / 7.0)));
      }
      if (!boxes.isEmpty()) {
        frames.put(frame, new Detections(boxes));
      }
    }
    return frames;
  }

  private static CvatFixture fixture(Path home, String version) {
    return CvatFixture.videos(home, version).with(SMALL).field("frames.objects", "Detections");
  }

  private static Sample fill(CvatFixture cvat, Map<Integer, Detections> frames) {
    Sample video = cvat.video("v.mp4", 20);
    frames.forEach((number, value) -> cvat.frame(video, number, "objects", value));
    return video;
  }

  @ParameterizedTest
  @ValueSource(strings = {CvatEmulator.OLD, CvatEmulator.NEW})
  void untouchedTracksComeBackAsTheyWere(String version) {
    try (CvatFixture cvat = fixture(home, version)) {
      Sample video = fill(cvat, scene());
      Map<Integer, Object> before = cvat.values(video, "objects");
      cvat.annotate(AnnotationRequest.ofField("frames.objects"));
      List<Document> tracks = cvat.annotator.get(cvat.annotator.onlyTask(), "tracks");
      assertThat(tracks).hasSize(2);
      assertThat(cvat.annotator.get(cvat.annotator.onlyTask(), "shapes")).hasSize(1);

      LoadReport report = cvat.load();

      assertThat(report.changesAnything()).as(cvat.changes.toString()).isFalse();
      assertThat(report.total().of(Change.Kind.UNCHANGED)).isEqualTo(16);
      assertThat(cvat.values(video, "objects")).isEqualTo(before);
      assertThat(cvat.load().changesAnything()).as(cvat.changes.toString()).isFalse();
    }
  }

  private static Document observation(int frame, boolean outside, double... points) {
    return Annotator.shape(0, "rectangle", frame, points)
        .without("label_id")
        .with("outside", outside);
  }

  @Test
  void aKeyFrameThatWasMovedIsTheOnlyEdit() {
    try (CvatFixture cvat = fixture(home, CvatEmulator.OLD)) {
      Sample video = fill(cvat, scene());
      Map<Integer, Object> before = cvat.values(video, "objects");
      cvat.annotate(AnnotationRequest.ofField("frames.objects"));
      long task = cvat.annotator.onlyTask();
      Document track =
          cvat.annotator.get(task, "tracks").stream()
              .filter(t -> t.getLong("label_id", 0) == cvat.annotator.label(task, "car"))
              .findFirst()
              .orElseThrow();
      List<Object> shapes = new ArrayList<>(track.getList("shapes"));
      shapes.replaceAll(
          s ->
              ((Document) s).getLong("frame", 0) == 2
                  ? Annotator.withPoints((Document) s, 16, 12, 32, 24)
                  : s);
      cvat.annotator.change(task, "update", "tracks", track.with("shapes", Values.list(shapes)));

      LoadReport report = cvat.load();

      assertThat(report.total().of(Change.Kind.EDITED)).isEqualTo(1);
      Map<Integer, Object> after = cvat.values(video, "objects");
      Detection moved = ((Detections) after.get(3)).labels().get(0);
      assertThat(moved.boundingBox()).isEqualTo(new BoundingBox(0.25, 0.25, 0.25, 0.25));
      assertThat(moved.index()).isEqualTo(1);
      before.remove(3);
      after.remove(3);
      assertThat(after).isEqualTo(before);
      assertThat(cvat.load().changesAnything()).as(cvat.changes.toString()).isFalse();
    }
  }

  @Test
  void aTrackThatWasDrawnIsALabelOnEachOfItsFrames() {
    try (CvatFixture cvat = fixture(home, CvatEmulator.OLD)) {
      Sample video = fill(cvat, scene());
      cvat.annotate(AnnotationRequest.ofField("frames.objects"));
      long task = cvat.annotator.onlyTask();
      cvat.annotator.change(
          task,
          "create",
          "tracks",
          Document.builder()
              .put("frame", 14)
              .put("label_id", cvat.annotator.label(task, "bus"))
              .put(
                  "shapes",
                  Values.listOf(
                      observation(14, false, 0, 0, 8, 8),
                      observation(16, false, 8, 0, 16, 8),
                      observation(18, true, 8, 0, 16, 8)))
              .build());

      LoadReport report = cvat.load();

      assertThat(report.total().of(Change.Kind.ADDED)).isEqualTo(4);
      Map<Integer, Object> after = cvat.values(video, "objects");
      Detection between = ((Detections) after.get(16)).labels().get(0);
      assertThat(between.boundingBox()).isEqualTo(new BoundingBox(4 / W, 0, 8 / W, 8 / H));
      assertThat(between.index()).isEqualTo(3);
      assertThat(after).containsKeys(15, 17, 18).doesNotContainKey(19);
      assertThat(cvat.load().changesAnything()).as(cvat.changes.toString()).isFalse();
    }
  }

  @Test
  void aTrackThatWasDeletedOrCutLosesItsLabels() {
    try (CvatFixture cvat = fixture(home, CvatEmulator.OLD)) {
      Sample video = fill(cvat, scene());
      cvat.annotate(AnnotationRequest.ofField("frames.objects"));
      long task = cvat.annotator.onlyTask();
      long car = cvat.annotator.label(task, "car");
      for (Document track : cvat.annotator.get(task, "tracks")) {
        if (track.getLong("label_id", 0) == car) {
          cvat.annotator.change(task, "delete", "tracks", track);
        } else {
          List<Object> shapes = new ArrayList<>(track.getList("shapes"));
          shapes.removeIf(s -> ((Document) s).getLong("frame", 0) > 6);
          shapes.add(
              ((Document) shapes.get(shapes.size() - 1))
                  .without("id")
                  .with("frame", 7)
                  .with("outside", true));
          cvat.annotator.change(
              task, "update", "tracks", track.with("shapes", Values.list(shapes)));
        }
      }

      LoadReport report = cvat.load();

      assertThat(report.total().of(Change.Kind.DELETED)).isEqualTo(8 + 3);
      Map<Integer, Object> after = cvat.values(video, "objects");
      assertThat(((Detections) after.get(7)).labels()).hasSize(1);
      assertThat(((Detections) after.get(5)).labels()).hasSize(2);
    }
  }

  @Test
  void onlyKeyFramesTravelIfTheyAreMarked() {
    try (CvatFixture cvat = fixture(home, CvatEmulator.OLD)) {
      Map<Integer, Detections> frames = new LinkedHashMap<>();
      for (int frame = 1; frame <= 9; frame++) {
        // Between the key frames the labels are not where a straight line would put them.
        double x = frame == 1 || frame == 5 || frame == 9 ? frame / 20.0 : frame / 21.0;
        Detection box = box("car", 4, x);
        boolean key = frame == 1 || frame == 5 || frame == 9;
        frames.put(
            frame,
            new Detections(List.of(box.withAttributes(Document.of(SingleLabel.KEYFRAME, key)))));
      }
      Sample video = fill(cvat, frames);
      Map<Integer, Object> before = cvat.values(video, "objects");
      cvat.annotate(AnnotationRequest.ofField("frames.objects"));
      long task = cvat.annotator.onlyTask();
      Document track = cvat.annotator.get(task, "tracks").get(0);
      assertThat(track.getList("shapes"))
          .extracting(s -> ((Document) s).getLong("frame", -1))
          .containsExactly(0L, 4L, 8L, 9L);

      assertThat(cvat.load().changesAnything()).as(cvat.changes.toString()).isFalse();
      assertThat(cvat.values(video, "objects")).isEqualTo(before);

      List<Object> shapes = new ArrayList<>(track.getList("shapes"));
      shapes.set(2, Annotator.withPoints((Document) shapes.get(2), 32, 12, 48, 24));
      cvat.annotator.change(task, "update", "tracks", track.with("shapes", Values.list(shapes)));

      LoadReport report = cvat.load();

      assertThat(report.total().of(Change.Kind.EDITED)).isEqualTo(4);
      Map<Integer, Object> after = cvat.values(video, "objects");
      for (int frame = 1; frame <= 5; frame++) {
        assertThat(after.get(frame)).isEqualTo(before.get(frame));
      }
      Detection last = ((Detections) after.get(9)).labels().get(0);
      assertThat(last.boundingBox()).isEqualTo(new BoundingBox(0.5, 0.25, 0.25, 0.25));
      assertThat(last.isKeyframe()).isTrue();
      assertThat(cvat.load().changesAnything()).as(cvat.changes.toString()).isFalse();
    }
  }

  @Test
  void otherKindsOfTracksComeBackAsTheyWere() {
    try (CvatFixture cvat =
        CvatFixture.videos(home, CvatEmulator.OLD)
            .field("frames.lanes", "Polylines")
            .field("frames.bodies", "Keypoints")
            .field("frames.weather", "Classification")) {
      Sample video = cvat.video("v.mp4", 12);
      for (int frame = 1; frame <= 12; frame++) {
        Polyline lane =
            Polyline.of(
                    "lane",
                    List.of(Points.wrap(0.1, frame / 13.0, 0.9, 1 / 3.0, 0.5, 0.6)),
                    true,
                    true)
                .withIndex(1);
        cvat.frame(video, frame, "lanes", new Polylines(List.of(lane)));
      }
      Sample second = cvat.video("w.mp4", 5);
      for (int frame = 1; frame <= 5; frame += 2) {
        cvat.frame(
            second,
            frame,
            "bodies",
            new Keypoints(
                List.of(
                    Keypoint.of("body", Points.wrap(0.1, frame / 7.0, Double.NaN, Double.NaN))
                        .withIndex(1))));
      }
      Sample third = cvat.video("x.mp4", 5);
      cvat.frame(third, 2, "weather", Classification.of("sunny"));
      Map<Integer, Object> bodies = cvat.values(second, "bodies");
      cvat.annotate(
          AnnotationRequest.create()
              .with(
                  "label_schema",
                  Values.listOf("frames.lanes", "frames.bodies", "frames.weather")));
      assertThat(cvat.annotator.tasks()).hasSize(3);

      LoadReport report = cvat.load();

      assertThat(report.changesAnything()).as(cvat.changes.toString()).isFalse();
      assertThat(cvat.values(second, "bodies")).isEqualTo(bodies);
    }
  }

  @Test
  void labelsOnFramesThatWereNotSentStay() {
    try (CvatFixture cvat =
        fixture(home, CvatEmulator.OLD).with("frame_start", 3).with("frame_stop", 8)) {
      Sample video = fill(cvat, scene());
      Map<Integer, Object> before = cvat.values(video, "objects");
      cvat.annotate(AnnotationRequest.ofField("frames.objects"));
      long task = cvat.annotator.onlyTask();

      assertThat(cvat.load().changesAnything()).as(cvat.changes.toString()).isFalse();

      cvat.annotator.call("DELETE", "/tasks/" + task + "/annotations", null);
      cvat.load();

      Map<Integer, Object> after = cvat.values(video, "objects");
      assertThat(after.get(3)).isEqualTo(before.get(3));
      assertThat(after.get(10)).isEqualTo(before.get(10));
      assertThat(((Detections) after.get(4)).labels()).isEmpty();
    }
  }

  @Test
  void steppedFramesAreFoundAgain() {
    try (CvatFixture cvat =
        fixture(home, CvatEmulator.OLD).with("frame_start", 10).with("frame_step", 5)) {
      Sample video = cvat.video("v.mp4", 40);
      Detection there = Detection.of("car", new BoundingBox(0.1, 0.1, 1 / 3.0, 0.2));
      cvat.frame(video, 21, "objects", new Detections(List.of(there)));
      cvat.frame(
          video,
          22,
          "objects",
          new Detections(List.of(there.withId(io.postil.core.value.ObjectId.create()))));
      cvat.annotate(AnnotationRequest.ofField("frames.objects"));
      long task = cvat.annotator.onlyTask();
      assertThat(cvat.annotator.get(task, "shapes").get(0).get("frame")).isEqualTo(2);
      cvat.annotator.create(
          task, Annotator.shape(cvat.annotator.label(task, "car"), "rectangle", 3, 0, 0, 8, 8));

      LoadReport report = cvat.load();

      assertThat(report.total().of(Change.Kind.ADDED)).isEqualTo(1);
      assertThat(report.total().of(Change.Kind.UNCHANGED)).isEqualTo(2);
      assertThat(cvat.values(video, "objects")).containsOnlyKeys(21, 22, 26);
    }
  }

  @Test
  void aStepThatWouldTearTracksIsRefused() {
    try (CvatFixture cvat = fixture(home, CvatEmulator.OLD).with("frame_step", 2)) {
      fill(cvat, scene());

      assertThatThrownBy(() -> cvat.annotate(AnnotationRequest.ofField("frames.objects")))
          .hasMessageContaining("frame_step would tear the tracks of")
          .hasMessageContaining("v.mp4");
      assertThat(cvat.annotator.tasks()).isEmpty();
    }
  }

  @Test
  void aClipIsThatPartOfTheVideo() {
    try (CvatFixture cvat = fixture(home, CvatEmulator.OLD)) {
      Sample video = fill(cvat, scene());
      Map<Integer, Object> before = cvat.values(video, "objects");
      ViewDefinition clips =
          ViewDefinition.ALL.then(new Stage.ToClips("frames.objects", null, null));
      cvat.annotate(clips, AnnotationRequest.ofField("frames.objects"));
      long task = cvat.annotator.onlyTask();
      assertThat(cvat.annotator.jobs(task).get(0).get("stop_frame")).isEqualTo(10);

      assertThat(cvat.load().changesAnything()).as(cvat.changes.toString()).isFalse();
      assertThat(cvat.values(video, "objects")).isEqualTo(before);
    }
  }

  /** Two boxes of no track on each of twelve frames. */
  private static Map<Integer, Detections> boxes() {
    Map<Integer, Detections> frames = new LinkedHashMap<>();
    for (int frame = 1; frame <= 12; frame++) {
      frames.put(
          frame,
          new Detections(
              List.of(
                  Detection.of("car", new BoundingBox(frame / 37.0, 0.2, 1 / 3.0, 0.25)),
                  Detection.of("bus", new BoundingBox(frame / 41.0, 0.5, 0.1, 1 / 7.0)))));
    }
    return frames;
  }

  @Test
  void boxesOfNoTrackAreKnownAgainOneByOne() {
    try (CvatFixture cvat = fixture(home, CvatEmulator.OLD)) {
      Sample video = fill(cvat, boxes());
      Map<Integer, Object> before = cvat.values(video, "objects");
      cvat.annotate(AnnotationRequest.ofField("frames.objects"));
      long task = cvat.annotator.onlyTask();
      List<Document> shapes = cvat.annotator.get(task, "shapes");
      assertThat(shapes).hasSize(24);

      assertThat(cvat.load().changesAnything()).as(cvat.changes.toString()).isFalse();
      assertThat(cvat.values(video, "objects")).isEqualTo(before);

      cvat.annotator.update(task, Annotator.withPoints(shapes.get(9), 16, 12, 32, 24));
      cvat.annotator.delete(task, shapes.get(14));

      LoadReport report = cvat.load();

      assertThat(report.total().of(Change.Kind.EDITED)).isEqualTo(1);
      assertThat(report.total().of(Change.Kind.DELETED)).isEqualTo(1);
      assertThat(report.total().of(Change.Kind.UNCHANGED)).isEqualTo(22);
      assertThat(cvat.load().changesAnything()).as(cvat.changes.toString()).isFalse();
    }
  }

  @Test
  void aBoxPastedIntoAnotherFrameIsANewLabel() {
    try (CvatFixture cvat = fixture(home, CvatEmulator.OLD)) {
      Sample video = fill(cvat, boxes());
      cvat.annotate(AnnotationRequest.ofField("frames.objects"));
      long task = cvat.annotator.onlyTask();
      List<Document> shapes = cvat.annotator.get(task, "shapes");
      // CVAT copies the attribute that holds our id with it.
      cvat.annotator.create(task, shapes.get(2).with("frame", 10));
      cvat.annotator.create(task, shapes.get(20).with("frame", 1));

      LoadReport report = cvat.load();

      assertThat(report.total().of(Change.Kind.ADDED)).isEqualTo(2);
      assertThat(report.total().of(Change.Kind.UNCHANGED)).isEqualTo(24);
      Map<Integer, Object> after = cvat.values(video, "objects");
      assertThat(((Detections) after.get(11)).labels()).hasSize(3);
      assertThat(((Detections) after.get(2)).labels()).hasSize(3);
      assertThat(cvat.load().changesAnything()).as(cvat.changes.toString()).isFalse();
    }
  }

  /** A shape of a frame; a server tells shapes in any order. */
  private static Document ofFrame(List<Document> shapes, int frame) {
    return shapes.stream().filter(s -> s.getLong("frame", -1) == frame).findFirst().orElseThrow();
  }

  @Test
  void aBoxThatWasMovedToAnotherFrameKeepsItsId() {
    try (CvatFixture cvat = fixture(home, CvatEmulator.OLD)) {
      Sample video = fill(cvat, boxes());
      cvat.annotate(AnnotationRequest.ofField("frames.objects"));
      long task = cvat.annotator.onlyTask();
      List<Document> shapes = cvat.annotator.get(task, "shapes");
      // Cut out and pasted: the server gives another id, ours goes along.
      Document cut = ofFrame(shapes, 1);
      cvat.annotator.delete(task, cut);
      cvat.annotator.create(task, cut.with("frame", 15));
      // A program may just as well set the frame.
      cvat.annotator.update(task, ofFrame(shapes, 10).with("frame", 17));
      Map<Integer, Object> before = cvat.values(video, "objects");

      LoadReport report = cvat.load();

      assertThat(report.total().of(Change.Kind.DELETED)).isEqualTo(2);
      assertThat(report.total().of(Change.Kind.ADDED)).isEqualTo(2);
      Map<Integer, Object> after = cvat.values(video, "objects");
      for (int from : new int[] {2, 11}) {
        int to = from == 2 ? 16 : 18;
        List<Detection> stayed = ((Detections) after.get(from)).labels();
        List<Detection> gone = new ArrayList<>(((Detections) before.get(from)).labels());
        gone.removeAll(stayed);
        assertThat(stayed).hasSize(1);
        assertThat(((Detections) after.get(to)).labels()).isEqualTo(gone);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4, 7})
  void sendingThatBreaksOffBeginsAnew(int requests) {
    try (CvatFixture cvat = fixture(home, CvatEmulator.OLD)) {
      Map<Integer, Detections> frames = boxes();
      scene().forEach((number, value) -> frames.merge(number, value, VideoTest::both));
      Sample video = fill(cvat, frames);
      Map<Integer, Object> before = cvat.values(video, "objects");
      cvat.server.faults().on("PATCH", "/api/tasks/\\d+/annotations").after(requests).dropAnswer();

      cvat.annotate(AnnotationRequest.ofField("frames.objects"));

      long task = cvat.annotator.onlyTask();
      assertThat(cvat.annotator.get(task, "shapes")).hasSize(25);
      assertThat(cvat.annotator.get(task, "tracks")).hasSize(2);
      assertThat(cvat.load().changesAnything()).as(cvat.changes.toString()).isFalse();
      assertThat(cvat.values(video, "objects")).isEqualTo(before);
    }
  }

  private static Detections both(Detections a, Detections b) {
    List<Detection> all = new ArrayList<>(a.labels());
    all.addAll(b.labels());
    return new Detections(all);
  }
}
