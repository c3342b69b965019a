package io.postil.backends.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.ProgressListener;
import io.postil.core.annotation.AnswerKind;
import io.postil.core.annotation.LabelSchema;
import io.postil.core.annotation.RunProgress;
import io.postil.core.annotation.UploadItem;
import io.postil.core.annotation.WorkFilter;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.Sample;
import io.postil.core.label.BoundingBox;
import io.postil.core.label.Detection;
import io.postil.core.label.Detections;
import io.postil.core.label.Segmentation;
import io.postil.core.label.SingleLabel;
import io.postil.core.store.Projection;
import io.postil.core.store.StoredDataset;
import io.postil.core.value.Document;
import io.postil.core.value.NdArray;
import io.postil.core.value.ObjectId;
import io.postil.core.view.ViewDefinition;
import io.postil.engine.annotation.AnnotationRequest;
import io.postil.engine.annotation.AnnotationRun;
import io.postil.engine.annotation.Annotations;
import io.postil.engine.annotation.Change;
import io.postil.engine.annotation.LoadOptions;
import io.postil.engine.annotation.LoadReport;
import io.postil.engine.annotation.RunState;
import io.postil.testkit.TestSamples;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalBackendTest {
  @TempDir Path home;

  private final Detection car =
      Detection.of("car", new BoundingBox(0.1, 0.1, 0.2, 0.2)).withConfidence(0.7);
  private final Detection bus = Detection.of("bus", new BoundingBox(0.5, 0.5, 0.2, 0.2));
  private final Detection dog = Detection.of("dog", new BoundingBox(0.3, 0.6, 0.2, 0.2));
  private final Sample street =
      Sample.of("/pictures/street.jpg").with("ground_truth", new Detections(List.of(car, bus)));
  private final Sample park =
      Sample.of("/pictures/park.jpg").with("ground_truth", new Detections(List.of(dog)));
  private LocalRuns runs;
  private StoredDataset dataset;
  private Annotations annotations;

  @BeforeEach
  void open() {
    runs = new LocalRuns(home, TestSamples.imageDataset("streets"));
    dataset = runs.dataset;
    annotations = runs.annotations;
    dataset.write(
        writer -> {
          writer.insert(street);
          writer.insert(park);
          return null;
        });
  }

  @AfterEach
  void close() {
    runs.close();
  }

  private AnnotationRun annotate(String key) {
    return annotations.annotate(
        key, ViewDefinition.ALL, AnnotationRequest.ofField("ground_truth"), ProgressListener.NONE);
  }

  private LocalQueue queue(String key) {
    return LocalQueue.open(home, annotations.run(key).record().id());
  }

  private List<Detection> groundTruth(ObjectId sample) {
    Object label =
        dataset.samples(List.of(sample), Projection.ALL).get(0).fields().get("ground_truth");
    return label instanceof Detections detections ? detections.labels() : List.of();
  }

  @Test
  void isTheDefaultBackend() {
    assertThat(annotate("first").backend()).isEqualTo("local");
  }

  @Test
  void whatNobodyTouchedComesBackAsItWas() {
    annotate("untouched");
    List<Change> changes = new ArrayList<>();

    LoadReport report = annotations.load("untouched", LoadOptions.DEFAULT, changes::add);

    assertThat(report.changesAnything()).isFalse();
    assertThat(report.total().of(Change.Kind.UNCHANGED)).isEqualTo(3);
    assertThat(groundTruth(street.id())).containsExactly(car, bus);
  }

  @Test
  void editedWorkIsPreviewedLoadedUndoneAndCleanedUp() {
    AnnotationRun run = annotate("fix");
    Detection moved = car.withBoundingBox(new BoundingBox(0.15, 0.1, 0.2, 0.2));
    Detection drawn = Detection.of("car", new BoundingBox(0.7, 0.1, 0.1, 0.1));
    try (LocalQueue queue = queue("fix")) {
      LocalTask task = queue.task(street.id());
      assertThat(task.work().labels())
          .isEqualTo(Map.of("ground_truth", List.<SingleLabel>of(car, bus)));
      queue.save(
          street.id(),
          task.revision(),
          LocalTask.State.COMPLETED,
          LocalWork.ofLabels(Map.of("ground_truth", List.of(moved, drawn))));
    }
    assertThat(annotations.progress("fix", Document.empty())).isEqualTo(new RunProgress(2, 1, 1));

    LoadReport preview = annotations.preview("fix", LoadOptions.DEFAULT, change -> {});
    assertThat(preview.total().of(Change.Kind.ADDED)).isEqualTo(1);
    assertThat(preview.total().of(Change.Kind.EDITED)).isEqualTo(1);
    assertThat(preview.total().of(Change.Kind.DELETED)).isEqualTo(1);
    assertThat(groundTruth(street.id())).containsExactly(car, bus);

    annotations.load("fix", LoadOptions.DEFAULT, change -> {});
    assertThat(groundTruth(street.id())).containsExactlyInAnyOrder(moved, drawn);
    assertThat(groundTruth(park.id())).containsExactly(dog);

    annotations.undo("fix", null);
    assertThat(groundTruth(street.id())).containsExactly(car, bus);

    annotations.load("fix", LoadOptions.DEFAULT, change -> {});
    annotations.cleanup("fix", Document.empty());
    assertThat(LocalQueue.exists(home, run.record().id())).isFalse();
    assertThat(annotations.run("fix").state()).isEqualTo(RunState.CLEANED);
    assertThat(groundTruth(street.id())).containsExactlyInAnyOrder(moved, drawn);
  }

  @Test
  void masksRideAlongWithTheirBoxes() {
    NdArray mask = NdArray.ofBooleans(2, 2, new byte[] {1, 0, 1, 1});
    Detection cat = Detection.of("cat", new BoundingBox(0, 0, 0.5, 0.5)).withMask(mask);
    Sample roof =
        Sample.of("/pictures/roof.jpg").with("ground_truth", new Detections(List.of(cat)));
    insert(roof);
    annotate("masks");
    Detection moved = cat.withBoundingBox(new BoundingBox(0.1, 0, 0.5, 0.5));
    try (LocalQueue queue = queue("masks")) {
      assertThat(queue.task(roof.id()).work().labels())
          .isEqualTo(Map.of("ground_truth", List.<SingleLabel>of(cat)));
      queue.save(
          roof.id(),
          0,
          LocalTask.State.COMPLETED,
          LocalWork.ofLabels(Map.of("ground_truth", List.of(moved))));
    }

    annotations.load("masks", LoadOptions.DEFAULT, change -> {});

    assertThat(groundTruth(roof.id())).containsExactly(moved);
  }

  @Test
  void aMaskToBePaintedWhoseFileIsGoneIsRefusedBeforeAnythingIsSent() {
    Detection cat =
        Detection.of("cat", new BoundingBox(0, 0, 0.5, 0.5)).withMaskPath("/masks/gone.png");
    Sample roof =
        Sample.of("/pictures/roof.jpg").with("ground_truth", new Detections(List.of(cat)));
    insert(roof);
    AnnotationRequest request =
        AnnotationRequest.ofField("ground_truth").with("label_type", "instances");

    assertThatThrownBy(
            () ->
                annotations.annotate("painted", ViewDefinition.ALL, request, ProgressListener.NONE))
        .isInstanceOf(PostilException.class)
        .hasMessageContaining("there is no file /masks/gone.png");
  }

  @Test
  void valuesOfScalarFieldsAreChangedGivenTakenAwayAndUndone() {
    Sample scored = Sample.of("/pictures/scored.jpg").with("score", 0.25);
    Sample open = Sample.of("/pictures/open.jpg");
    Sample wrong = Sample.of("/pictures/wrong.jpg").with("score", 0.5);
    insert(scored, open, wrong);
    annotations.annotate(
        "scores", ViewDefinition.ALL, AnnotationRequest.ofField("score"), ProgressListener.NONE);
    try (LocalQueue queue = queue("scores")) {
      assertThat(queue.task(scored.id()).work().values()).isEqualTo(Map.of("score", 0.25));
      save(queue, scored, Map.of("score", 1));
      save(queue, open, Map.of("score", 0.75));
      save(queue, wrong, Map.of());
    }

    annotations.load("scores", LoadOptions.DEFAULT, change -> {});
    assertThat(scores(scored, open, wrong)).containsExactly(1.0, 0.75, null);

    annotations.undo("scores", null);
    assertThat(scores(scored, open, wrong)).containsExactly(0.25, null, 0.5);
  }

  @Test
  void aSegmentationIsMergedWhole() {
    Segmentation sent = Segmentation.of(NdArray.ofBytes(1, 3, new byte[] {0, 1, 2}));
    Sample roof = Sample.of("/pictures/roof.jpg").with("surface", sent);
    dataset.write(
        writer -> {
          writer.putInfo(
              dataset.info().withField("surface", FieldSpec.embedded("surface", "Segmentation")));
          writer.insert(roof);
          return null;
        });
    annotations.annotate(
        "surfaces",
        ViewDefinition.ALL,
        AnnotationRequest.ofField("surface"),
        ProgressListener.NONE);
    Segmentation painted = sent.withMask(NdArray.ofBytes(1, 3, new byte[] {1, 1, 2}));
    try (LocalQueue queue = queue("surfaces")) {
      assertThat(queue.task(roof.id()).work().labels().get("surface")).containsExactly(sent);
      queue.save(
          roof.id(),
          0,
          LocalTask.State.COMPLETED,
          LocalWork.ofLabels(Map.of("surface", List.of(painted))));
    }

    annotations.load("surfaces", LoadOptions.DEFAULT, change -> {});

    Sample now = dataset.samples(List.of(roof.id()), Projection.ALL).get(0);
    assertThat(now.fields().get("surface")).isEqualTo(painted);
  }

  private void insert(Sample... samples) {
    dataset.write(
        writer -> {
          List.of(samples).forEach(writer::insert);
          return null;
        });
  }

  private static void save(LocalQueue queue, Sample sample, Map<String, Object> values) {
    queue.save(sample.id(), 0, LocalTask.State.COMPLETED, new LocalWork(Map.of(), values));
  }

  private List<Object> scores(Sample... samples) {
    List<Object> scores = new ArrayList<>();
    for (Sample sample : samples) {
      Sample now = dataset.samples(List.of(sample.id()), Projection.ALL).get(0);
      scores.add(now.fields().get("score"));
    }
    return scores;
  }

  @Test
  void onlyCompletedWorkIsLoadedIfThatIsAsked() {
    annotate("half");
    try (LocalQueue queue = queue("half")) {
      queue.save(street.id(), 0, LocalTask.State.STARTED, LocalWork.EMPTY);
      queue.save(park.id(), 0, LocalTask.State.COMPLETED, LocalWork.EMPTY);
    }

    LoadReport report =
        annotations.load(
            "half",
            LoadOptions.DEFAULT.withOnly(new WorkFilter("completed", null, null)),
            change -> {});

    assertThat(report.undelivered()).containsExactly(Map.entry("state started", 1L));
    assertThat(groundTruth(street.id())).containsExactly(car, bus);
    assertThat(groundTruth(park.id())).isEmpty();
  }

  @Test
  void aSaveOnAnOldRevisionIsRefused() {
    annotate("two_people");
    try (LocalQueue mine = queue("two_people");
        LocalQueue yours = queue("two_people")) {
      assertThat(mine.save(street.id(), 0, LocalTask.State.STARTED, LocalWork.EMPTY)).isEqualTo(1);

      assertThatThrownBy(() -> yours.save(street.id(), 0, LocalTask.State.STARTED, LocalWork.EMPTY))
          .isInstanceOfSatisfying(
              PostilException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STALE_REVISION))
          .hasMessageContaining("at revision 1");
    }
  }

  @Test
  void anOpenQueueUnderstandsWhatAnotherProcessAddsToIt() {
    annotate("growing");
    Detection tram =
        Detection.of("tram", new BoundingBox(0, 0, 0.5, 0.5))
            .withAttributes(Document.of("line", "U4"));
    UploadItem.Content content =
        new UploadItem.Content(0, "ground_truth", AnswerKind.DETECTIONS, List.of(tram), null);
    UploadItem item =
        new UploadItem(ObjectId.create(), "/pictures/tram.jpg", null, 0, 0, List.of(content));
    try (LocalQueue open = queue("growing");
        LocalQueue sending = queue("growing")) {
      sending.add(List.of(item), new LabelSchema(List.of()));
      sending.add(List.of(item), new LabelSchema(List.of()));

      assertThat(open.task(item.id()).work().labels())
          .isEqualTo(Map.of("ground_truth", List.<SingleLabel>of(tram)));
    }
  }

  @Test
  void theQueueIsPagedInTheOrderOfTheView() {
    annotate("queue");
    try (LocalQueue queue = queue("queue")) {
      assertThat(queue.page(0, 10))
          .extracting(LocalTask.Summary::media)
          .containsExactly("/pictures/street.jpg", "/pictures/park.jpg");
      assertThat(queue.page(1, 1)).extracting(LocalTask.Summary::item).containsExactly(park.id());
    }
  }

  @Test
  void aLostQueueIsNamed() {
    AnnotationRun run = annotate("lost");
    LocalQueue.delete(home, run.record().id());

    assertThatThrownBy(() -> annotations.load("lost", LoadOptions.DEFAULT, change -> {}))
        .isInstanceOf(PostilException.class)
        .hasMessageContaining(run.record().id() + ".db");
  }
}
