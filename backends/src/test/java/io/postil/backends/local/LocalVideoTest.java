package io.postil.backends.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.postil.core.PostilException;
import io.postil.core.ProgressListener;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.FieldType;
import io.postil.core.dataset.Frame;
import io.postil.core.dataset.MediaType;
import io.postil.core.dataset.Sample;
import io.postil.core.label.BoundingBox;
import io.postil.core.label.Classification;
import io.postil.core.label.Detection;
import io.postil.core.label.Detections;
import io.postil.core.label.SingleLabel;
import io.postil.core.store.Cursor;
import io.postil.core.store.Projection;
import io.postil.core.store.StoredDataset;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import io.postil.core.view.ViewDefinition;
import io.postil.engine.annotation.AnnotationRequest;
import io.postil.engine.annotation.Annotations;
import io.postil.engine.annotation.Change;
import io.postil.engine.annotation.LoadOptions;
import io.postil.engine.annotation.LoadReport;
import io.postil.testkit.TestSamples;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A car drives through a video of ten frames; on the first five is a dog without a track. */
class LocalVideoTest {
  private static final int FRAMES = 10;
  private static final String FIELD = "frames.objects";

  @TempDir Path home;

  private final Sample video =
      TestSamples.video("/videos/street.mp4", FRAMES, Map.of("weather", Classification.of("rain")));
  private final List<Detection> cars = new ArrayList<>();
  private final List<Detection> dogs = new ArrayList<>();
  private LocalRuns runs;
  private StoredDataset dataset;
  private Annotations annotations;

  @BeforeEach
  void open() {
    runs =
        new LocalRuns(
            home,
            DatasetInfo.create("clips", MediaType.VIDEO)
                .withSampleFields(List.of(FieldSpec.embedded("weather", "Classification")))
                .withFrameFields(
                    List.of(
                        FieldSpec.embedded("objects", "Detections"),
                        FieldSpec.of("speed", FieldType.FLOAT))));
    dataset = runs.dataset;
    annotations = runs.annotations;
  }

  @AfterEach
  void close() {
    runs.close();
  }

  /** Stores the video; the car is a key frame where {@code marks} says so. */
  private void insert(Integer... marks) {
    for (int number = 1; number <= FRAMES; number++) {
      Detection car =
          Detection.of("car", box(0.05 * number))
              .withIndex(3)
              .withConfidence(0.5)
              .withAttributes(Document.of("occluded", number == 2));
      cars.add(
          Arrays.asList(marks).contains(number)
              ? car.withAttributes(car.attributes().with("keyframe", true))
              : car);
      dogs.add(Detection.of("dog", box(0.7)));
    }
    dataset.write(
        writer -> {
          writer.insert(video);
          for (int number = 1; number <= FRAMES; number++) {
            List<Detection> labels = new ArrayList<>(List.of(car(number)));
            if (number <= 5) {
              labels.add(dogs.get(number - 1));
            }
            writer.insertFrame(
                TestSamples.frame(
                    video,
                    number,
                    Map.of("objects", new Detections(labels, Document.empty()), "speed", 1.5)));
          }
          return null;
        });
  }

  private static BoundingBox box(double x) {
    return new BoundingBox(x, 0.1, 0.1, 0.1);
  }

  private Detection car(int number) {
    return cars.get(number - 1);
  }

  private void annotate() {
    annotations.annotate(
        "fix",
        ViewDefinition.ALL,
        new AnnotationRequest(
            Document.of(
                "label_schema",
                Document.of(FIELD, Document.empty(), "weather", Document.empty())
                    .with("frames.speed", Document.empty()))),
        ProgressListener.NONE);
  }

  private LocalQueue queue() {
    return LocalQueue.open(home, annotations.run("fix").record().id());
  }

  private void save(VideoEdit... edits) {
    try (LocalQueue queue = queue()) {
      LocalTask task = queue.task(video.id());
      queue.save(
          video.id(),
          task.revision(),
          LocalTask.State.COMPLETED,
          task.work(),
          new VideoChanges(List.of(edits), List.of()));
    }
  }

  private LoadReport load() {
    return annotations.load("fix", LoadOptions.DEFAULT, change -> {});
  }

  private List<Detection> objects(int number) {
    try (Cursor<Frame> frames = dataset.frames(video.id(), number, number, Projection.ALL)) {
      return frames.hasNext() && frames.next().fields().get("objects") instanceof Detections d
          ? d.labels()
          : List.of();
    }
  }

  private VideoEdit edit(VideoEdit.Form form, ObjectId track, int first, int last) {
    return new VideoEdit(
        track + "@" + first, form, FIELD, track, first, last, null, 0, null, null, null);
  }

  private VideoEdit shape(ObjectId track, int first, int last, SingleLabel label) {
    return new VideoEdit(
        track + "@" + first,
        VideoEdit.Form.SHAPE,
        FIELD,
        track,
        first,
        last,
        label,
        0,
        null,
        null,
        null);
  }

  private static VideoEdit toward(VideoEdit edit, int frame, SingleLabel label) {
    return new VideoEdit(
        edit.id(),
        edit.form(),
        edit.field(),
        edit.track(),
        edit.first(),
        edit.last(),
        edit.label(),
        frame,
        label,
        null,
        null);
  }

  private static VideoEdit whole(ObjectId track, SingleLabel label) {
    return new VideoEdit(
        track.toString(), VideoEdit.Form.TRACK, FIELD, track, 0, 0, label, 0, null, null, null);
  }

  private static VideoEdit taken(ObjectId track, ObjectId source, int first, int last) {
    return new VideoEdit(
        track + "&" + source,
        VideoEdit.Form.TAKEN,
        FIELD,
        track,
        first,
        last,
        null,
        0,
        null,
        source,
        null);
  }

  @Test
  void whatNobodyTouchedIsUnchanged() {
    insert();
    annotate();

    LoadReport report = load();

    assertThat(report.changesAnything()).isFalse();
    assertThat(report.total().of(Change.Kind.UNCHANGED)).isEqualTo(10 + 5 + 10 + 1);
  }

  @Test
  void tracksAreFoundByFieldIndexAndClass() {
    insert();
    annotate();

    try (LocalQueue queue = queue()) {
      assertThat(queue.task(video.id()).tracks())
          .containsExactly(
              new SentTrack(car(1).id(), FIELD, 3, "car", List.of(1, FRAMES), List.of()));
    }
  }

  @Test
  void keyFramesAreTheMarkedOnesAndTheEnds() {
    insert(4, 8);
    annotate();

    try (LocalQueue queue = queue()) {
      assertThat(queue.task(video.id()).tracks())
          .extracting(SentTrack::keys)
          .containsExactly(List.of(1, 4, 8, 10));
    }
  }

  @Test
  void aSaveThatChangesNothingChangesNoLabel() {
    insert(4, 8);
    annotate();
    save();

    LoadReport report = load();

    assertThat(report.changesAnything()).isFalse();
    assertThat(objects(6)).containsExactly(car(6));
  }

  @Test
  void oneFrameIsMovedAndNoOtherIsTouched() {
    insert();
    annotate();
    Detection moved = car(4).withBoundingBox(box(0.33));
    save(shape(car(1).id(), 4, 4, moved));

    LoadReport report = load();

    assertThat(report.total().of(Change.Kind.EDITED)).isEqualTo(1);
    assertThat(objects(4)).containsExactly(moved, dogs.get(3));
    assertThat(objects(3)).containsExactly(car(3), dogs.get(2));
    assertThat(objects(5)).containsExactly(car(5), dogs.get(4));
  }

  @Test
  void betweenKeyFramesALabelMovesAndKeepsItsIdAndWhatIsNotShown() {
    insert(1, 10);
    annotate();
    Detection moved =
        car(5)
            .withBoundingBox(box(0.45))
            .withAttributes(Document.of("occluded", true, "keyframe", true));
    save(
        toward(shape(car(1).id(), 1, 4, car(1)), 5, moved),
        toward(shape(car(1).id(), 5, 9, moved), 10, car(10)));

    LoadReport report = load();

    assertThat(objects(1).get(0)).isEqualTo(car(1));
    assertThat(objects(3).get(0)).isEqualTo(car(3).withBoundingBox(box(0.25)));
    assertThat(objects(5).get(0)).isEqualTo(moved);
    assertThat(objects(6).get(0).attributes().get("occluded")).isEqualTo(true);
    assertThat(objects(6).get(0).id()).isEqualTo(car(6).id());
    assertThat(objects(6).get(0).confidence()).isEqualTo(0.5);
    assertThat(objects(10)).containsExactly(car(10));
    // Frame 2 was occluded, and has the attributes of its key frame now.
    assertThat(objects(2).get(0).attributes().get("occluded")).isEqualTo(false);
    assertThat(report.total().of(Change.Kind.EDITED)).isEqualTo(8);
  }

  @Test
  void aDrawnTrackIsOnAllItsFramesUnderTheNextNumber() {
    insert();
    annotate();
    ObjectId track = ObjectId.create();
    Detection bus = Detection.of("bus", box(0.2)).withId(track);
    save(
        whole(track, bus.withIndex(4)),
        toward(shape(track, 7, 8, bus), 9, bus.withBoundingBox(box(0.4))),
        shape(track, 9, 10, bus.withBoundingBox(box(0.4))));

    LoadReport report = load();

    assertThat(report.total().of(Change.Kind.ADDED)).isEqualTo(4);
    assertThat(objects(6)).containsExactly(car(6));
    Detection drawn = objects(8).get(1);
    assertThat(drawn.boundingBox()).isEqualTo(box(0.2 + (0.4 - 0.2) * 0.5));
    assertThat(drawn.label()).isEqualTo("bus");
    assertThat(drawn.index()).isEqualTo(4);
    assertThat(objects(10).get(1).boundingBox()).isEqualTo(box(0.4));
    assertThat(load().changesAnything()).isFalse();
  }

  @Test
  void aTrackIsOutsideDeletedAndGivenAnotherClass() {
    insert();
    annotate();
    save(
        edit(VideoEdit.Form.OUTSIDE, car(1).id(), 6, 10),
        edit(VideoEdit.Form.OUTSIDE, dogs.get(0).id(), 1, 1),
        whole(car(1).id(), Detection.of("bus", box(0)).withId(car(1).id())));

    LoadReport report = load();

    assertThat(report.total().of(Change.Kind.DELETED)).isEqualTo(6);
    assertThat(objects(1)).containsExactly(car(1).withLabel("bus"));
    assertThat(objects(5)).containsExactly(car(5).withLabel("bus"), dogs.get(4));
    assertThat(objects(6)).isEmpty();
  }

  @Test
  void aTrackIsSplit() {
    insert();
    annotate();
    ObjectId other = ObjectId.create();
    save(
        whole(other, Detection.of("car", box(0)).withId(other).withIndex(4)),
        taken(other, car(1).id(), 6, 10));

    LoadReport report = load();

    assertThat(report.total().of(Change.Kind.EDITED)).isEqualTo(5);
    assertThat(objects(5).get(0)).isEqualTo(car(5));
    assertThat(objects(6)).containsExactly(car(6).withIndex(4));
  }

  @Test
  void valuesOfFramesAndLabelsOfTheVideoAreEdited() {
    insert();
    annotate();
    try (LocalQueue queue = queue()) {
      LocalTask task = queue.task(video.id());
      SingleLabel rain = task.work().labels().get("weather").get(0);
      queue.save(
          video.id(),
          task.revision(),
          LocalTask.State.COMPLETED,
          LocalWork.ofLabels(Map.of("weather", List.of(((Classification) rain).withLabel("snow")))),
          new VideoChanges(List.of(value(2, 7.5), value(3, null)), List.of()));
    }

    LoadReport report = load();

    assertThat(report.total().of(Change.Kind.EDITED)).isEqualTo(2);
    assertThat(report.total().of(Change.Kind.DELETED)).isEqualTo(1);
    assertThat(speeds())
        .isEqualTo(Values.listOf(1.5, 7.5, null, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5));
  }

  private static VideoEdit value(int frame, Object value) {
    return new VideoEdit(
        "frames.speed@" + frame,
        VideoEdit.Form.VALUE,
        "frames.speed",
        null,
        frame,
        frame,
        null,
        0,
        null,
        null,
        value);
  }

  private List<Object> speeds() {
    List<Object> speeds = new ArrayList<>();
    try (Cursor<Frame> frames = dataset.frames(video.id(), 1, FRAMES, Projection.ALL)) {
      frames.forEachRemaining(f -> speeds.add(f.fields().get("speed")));
    }
    return speeds;
  }

  @Test
  void aNewFieldGetsItsTracksWithTheirKeyFrames() {
    insert();
    annotations.annotate(
        "fix",
        ViewDefinition.ALL,
        new AnnotationRequest(
            Document.of(
                "label_schema",
                Document.of(
                    "frames.found",
                    Document.of("type", "detections", "classes", Values.listOf("cat"))))),
        ProgressListener.NONE);
    ObjectId track = ObjectId.create();
    Detection cat = Detection.of("cat", box(0.2)).withId(track);
    Detection key = cat.withAttributes(Document.of("keyframe", true));
    save(
        in("frames.found", whole(track, cat.withIndex(1))),
        in("frames.found", shape(track, 4, 6, key)));

    assertThat(load().total().of(Change.Kind.ADDED)).isEqualTo(3);

    List<Boolean> marks = new ArrayList<>();
    try (Cursor<Frame> frames = dataset.frames(video.id(), 4, 6, Projection.ALL)) {
      frames.forEachRemaining(
          f -> {
            Detection found = ((Detections) f.fields().get("found")).labels().get(0);
            assertThat(found.boundingBox()).isEqualTo(cat.boundingBox());
            assertThat(found.index()).isEqualTo(1);
            marks.add(found.isKeyframe());
          });
    }
    assertThat(marks).containsExactly(true, false, false);
  }

  private static VideoEdit in(String field, VideoEdit edit) {
    return new VideoEdit(
        edit.id(),
        edit.form(),
        field,
        edit.track(),
        edit.first(),
        edit.last(),
        edit.label(),
        edit.towardFrame(),
        edit.toward(),
        edit.source(),
        edit.value());
  }

  @Test
  void aQueueThatKnewNoVideosIsBroughtToThisForm() throws Exception {
    insert();
    annotate();
    Path file = home.resolve("runs").resolve(annotations.run("fix").record().id() + ".db");
    try (var connection = java.sql.DriverManager.getConnection("jdbc:sqlite:" + file);
        var statement = connection.createStatement()) {
      for (String table : List.of("frame", "track", "edit")) {
        statement.execute("DROP TABLE " + table);
      }
      statement.execute("PRAGMA user_version = 4");
    }
    try (LocalQueue queue = queue()) {
      assertThat(queue.task(video.id()).tracks()).isEmpty();
    }
  }

  @Test
  void framesAreServedInPieces() {
    insert();
    annotate();
    List<Integer> seen = new ArrayList<>();
    try (LocalQueue queue = queue()) {
      queue.frames(
          queue.task(video.id()),
          4,
          6,
          (sent, number) -> {
            seen.add(number);
            assertThat(sent.labels().get(FIELD)).contains(car(number));
          });
    }
    assertThat(seen).containsExactly(4, 5, 6);
  }

  @Test
  void masksInFramesAreRefusedWithAWayOut() {
    insert();
    assertThatThrownBy(
            () ->
                annotations.annotate(
                    "masks",
                    ViewDefinition.ALL,
                    new AnnotationRequest(
                        Document.of(
                            "label_schema",
                            Document.of(
                                "frames.regions",
                                Document.of(
                                    "type", "instances", "classes", Values.listOf("car"))))),
                    ProgressListener.NONE))
        .isInstanceOf(PostilException.class)
        .hasMessageContaining("does not paint instances in videos");
  }
}
