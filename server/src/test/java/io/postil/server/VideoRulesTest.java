package io.postil.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.postil.backends.local.LocalQueue;
import io.postil.backends.local.VideoChanges;
import io.postil.backends.local.VideoEdit;
import io.postil.backends.local.VideoEdit.Form;
import io.postil.core.PostilException;
import io.postil.core.ProgressListener;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.MediaType;
import io.postil.core.dataset.Sample;
import io.postil.core.label.BoundingBox;
import io.postil.core.label.Classification;
import io.postil.core.label.Detection;
import io.postil.core.label.Detections;
import io.postil.core.label.SingleLabel;
import io.postil.core.store.DatasetStore;
import io.postil.core.store.StoredDataset;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.view.ViewDefinition;
import io.postil.engine.annotation.AnnotationRequest;
import io.postil.engine.annotation.Annotations;
import io.postil.engine.config.AnnotationConfig;
import io.postil.engine.config.Backends;
import io.postil.store.sqlite.SqliteStoreProvider;
import io.postil.testkit.TestSamples;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run forbids on a video of five frames with one car, whatever an editor sends. */
class VideoRulesTest {
  private static final String FIELD = "frames.objects";

  @TempDir Path home;

  private final Sample video = TestSamples.video("/videos/street.mp4", 5, Map.of());
  private final List<Detection> cars = new ArrayList<>();
  private DatasetStore store;
  private Annotations annotations;

  @BeforeEach
  void insert() {
    store = new SqliteStoreProvider().open(URI.create("sqlite:/"), home);
    StoredDataset dataset =
        store.create(
            DatasetInfo.create("clips", MediaType.VIDEO)
                .withFrameFields(List.of(FieldSpec.embedded("objects", "Detections"))));
    dataset.write(
        writer -> {
          writer.insert(video);
          for (int number = 1; number <= 5; number++) {
            Detection car = Detection.of("car", new BoundingBox(0.1 * number, 0.1, 0.1, 0.1));
            cars.add(car.withIndex(1));
            writer.insertFrame(
                TestSamples.frame(
                    video,
                    number,
                    Map.of(
                        "objects",
                        new Detections(List.of(cars.get(number - 1)), Document.empty()))));
          }
          return null;
        });
    var providers = Backends.installed(home);
    var config = AnnotationConfig.read(Map.of(), home, providers);
    annotations = new Annotations(dataset, new Backends(providers, config, home), home);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private ObjectId car() {
    return cars.get(0).id();
  }

  private static VideoEdit edit(
      Form form,
      String field,
      ObjectId track,
      int first,
      int last,
      @Nullable SingleLabel label,
      @Nullable ObjectId source) {
    return new VideoEdit(
        track + "@" + first, form, field, track, first, last, label, 0, null, source, null);
  }

  private VideoEdit shape(int frame, SingleLabel label) {
    return edit(Form.SHAPE, FIELD, car(), frame, frame, label, null);
  }

  private Detection moved(int frame) {
    return cars.get(frame - 1).withBoundingBox(new BoundingBox(0, 0, 0.5, 0.5));
  }

  /** Asks for a save in a run that forbids something. */
  private void save(@Nullable String forbidden, VideoEdit... edits) {
    AnnotationRequest request = AnnotationRequest.ofField(FIELD);
    String key = "run" + ObjectId.create();
    annotations.annotate(
        key,
        ViewDefinition.ALL,
        forbidden == null ? request : request.with(forbidden, false),
        ProgressListener.NONE);
    var run = annotations.run(key);
    try (LocalQueue queue = LocalQueue.open(home, run.record().id())) {
      new VideoRules(run.schema(), Map.of(), queue, queue.task(video.id()))
          .check(new VideoChanges(List.of(edits), List.of()));
    }
  }

  private List<String> refusals(@Nullable String forbidden, VideoEdit... edits) {
    PostilException e = catchThrowableOfType(PostilException.class, () -> save(forbidden, edits));
    return e.problems().stream().map(PostilException.Problem::message).toList();
  }

  @Test
  void whatIsNotForbiddenMayBeSaved() {
    assertThatCode(() -> save(null, shape(3, moved(3)))).doesNotThrowAnyException();
    assertThatCode(() -> save("allow_deletions", shape(3, moved(3)))).doesNotThrowAnyException();
    // A key frame that changes nothing.
    assertThatCode(
            () ->
                save(
                    "allow_spatial_edits",
                    shape(3, cars.get(2).withAttributes(Document.of(SingleLabel.KEYFRAME, true)))))
        .doesNotThrowAnyException();
  }

  @Test
  void aMoveThatIsForbiddenIsRefusedWithItsFrame() {
    assertThat(refusals("allow_spatial_edits", shape(3, moved(3))))
        .containsExactly(
            "frame 3: labels of 'frames.objects' must not be moved or reshaped: "
                + cars.get(2).id());
  }

  @Test
  void aTrackThatMustNotBeDeletedCannotEnd() {
    assertThat(refusals("allow_deletions", edit(Form.OUTSIDE, FIELD, car(), 4, 5, null, null)))
        .hasSize(2)
        .first()
        .asString()
        .startsWith("frame 4: labels of 'frames.objects' must not be deleted");
  }

  @Test
  void nothingCanBeDrawnWhereNothingMayBeAdded() {
    ObjectId track = ObjectId.create();
    assertThat(refusals("allow_additions", edit(Form.SHAPE, FIELD, track, 2, 3, moved(2), null)))
        .hasSize(2);
  }

  @Test
  void classAndNumberOfATrackAreChecked() {
    Detection bus = moved(1).withLabel("bus").withIndex(null);
    assertThat(refusals("allow_label_edits", edit(Form.TRACK, FIELD, car(), 0, 0, bus, null)))
        .hasSize(5);
    ObjectId other = ObjectId.create();
    assertThat(
            refusals(
                "allow_index_edits",
                edit(Form.TRACK, FIELD, other, 0, 0, moved(1).withIndex(2), null),
                edit(Form.TAKEN, FIELD, other, 4, 5, null, car())))
        .hasSize(2);
  }

  @Test
  void editsMustBeOfTheRun() {
    assertThat(
            refusals(
                null,
                edit(Form.OUTSIDE, "frames.other", car(), 1, 1, null, null),
                shape(3, Classification.of("car")),
                edit(Form.OUTSIDE, FIELD, car(), 3, 6, null, null)))
        .hasSize(3)
        .anyMatch(m -> m.contains("frames.other"))
        .anyMatch(m -> m.contains("a Classification does not belong"))
        .anyMatch(m -> m.contains("up to 6, and the video has 5"));
  }
}
