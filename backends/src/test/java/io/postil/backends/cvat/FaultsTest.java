package io.postil.backends.cvat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.dataset.Sample;
import io.postil.core.label.BoundingBox;
import io.postil.core.label.Detection;
import io.postil.core.label.Detections;
import io.postil.core.value.Document;
import io.postil.engine.annotation.AnnotationRequest;
import io.postil.engine.annotation.AnnotationRun;
import io.postil.engine.annotation.LoadReport;
import io.postil.engine.annotation.RunState;
import io.postil.testkit.TestMedia;
import io.postil.testkit.cvat.CvatEmulator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers and connections that fail: nothing is lost, doubled or left behind. */
@Tag("cvat")
class FaultsTest {
  private static final AnnotationRequest LABELS = AnnotationRequest.ofField("labels");

  @TempDir Path home;
  private CvatFixture cvat;
  private final List<Sample> samples = new ArrayList<>();

  @BeforeEach
  void start() {
    cvat = CvatFixture.images(home, CvatEmulator.OLD).field("labels", "Detections");
    for (int i = 0; i < 6; i++) {
      Detection box = Detection.of("car", new BoundingBox(0.1, i / 11.0, 1 / 3.0, 0.2));
      samples.add(cvat.image("p" + i + ".png", "labels", new Detections(List.of(box))));
    }
  }

  @AfterEach
  void stop() {
    cvat.close();
  }

  /** Everything is on the server once, and comes back as it was. */
  private void assertComplete(int tasks) {
    assertThat(cvat.annotator.tasks()).hasSize(tasks);
    int shapes = 0;
    for (long task : cvat.annotator.tasks()) {
      shapes += cvat.annotator.get(task, "shapes").size();
    }
    assertThat(shapes).isEqualTo(samples.size());
    LoadReport report = cvat.load();
    assertThat(report.changesAnything()).as(cvat.changes.toString()).isFalse();
    assertThat(report.deliveredItems()).isEqualTo(samples.size());
  }

  @ParameterizedTest
  @CsvSource({
    "POST, /api/tasks/\\d+/data, 503",
    "PATCH, /api/tasks/\\d+/annotations, 502",
    "GET, /api/tasks/\\d+/status, 503",
    "GET, /api/tasks/\\d+/data/meta, 504",
    "POST, /api/tasks, 429"
  })
  void aServerThatIsOverloadedForAMomentIsWaitedFor(String method, String path, int status) {
    cvat.server.faults().on(method, path).answer(status, Map.of("Retry-After", "3"), "overloaded");

    cvat.annotate(LABELS);

    assertComplete(1);
  }

  /** A server that is started anew answers nothing for a while, wherever the run stands then. */
  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
  void aServerThatIsStartedAnewIsWaitedFor(int calls) {
    cvat.with("project_name", "Streets").with(new CvatLimits(2, 1 << 20, 1 << 20, 1 << 20, 9, 9));
    cvat.server.faults().on(".*", "/api/.*").after(calls).times(6).breakConnection();

    cvat.annotate(LABELS);

    cvat.server.faults().clear();
    assertComplete(1);
    assertThat(cvat.annotator.list("/projects")).hasSize(1);
  }

  @Test
  void aServerThatIsStartedAnewWhileWorkIsLoadedIsWaitedFor() {
    cvat.annotate(LABELS);
    cvat.server.faults().on("GET", "/api/tasks/\\d+/annotations").times(7).answer(502);

    assertThat(cvat.load().changesAnything()).isFalse();
  }

  @Test
  void whoCannotGoOnIsToldThatTheRunCanBeResumed() {
    cvat.server.faults().on("GET", "/api/tasks/\\d+/status").times(100).answer(502);

    assertThatThrownBy(() -> cvat.annotate(LABELS))
        .isInstanceOfSatisfying(
            PostilException.class,
            e -> assertThat(e.remedy()).contains("later").contains("resume the run 'run'"));
  }

  @Test
  void retryAfterIsHonoured() {
    cvat.server
        .faults()
        .on("GET", "/api/labels")
        .answer(429, Map.of("Retry-After", "7"), "throttled");

    cvat.annotate(LABELS);

    assertThat(cvat.pauses).anyMatch(p -> p.compareTo(Duration.ofSeconds(7)) >= 0);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void anAnswerThatIsLostWhileSendingDoublesNothing(int after) {
    cvat.with(new CvatLimits(2, 1 << 20, 1 << 20, 1 << 20, 3, 2));
    cvat.server.faults().on("POST", "/api/tasks/\\d+/data").after(after).dropAnswer();
    cvat.server.faults().on("PATCH", "/api/tasks/\\d+/annotations").after(after % 2).dropAnswer();

    cvat.annotate(LABELS);

    assertComplete(1);
  }

  @Test
  void aCutAnswerIsFetchedAgainOrNothingChanges() {
    cvat.annotate(LABELS);
    cvat.server.faults().on("GET", "/api/tasks/\\d+/annotations").cutAnswerAfter(100);

    assertThatThrownBy(() -> cvat.load())
        .isInstanceOf(PostilException.class)
        .hasMessageContaining("/annotations");

    assertThat(cvat.load().changesAnything()).isFalse();
  }

  /** Stops the upload at each call in turn, resumes it, and looks whether all is well. */
  @ParameterizedTest
  @ValueSource(
      ints = {
        1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 24, 26
      })
  void anUploadThatStopsAnywhereGoesOn(int calls) {
    cvat.with("task_size", 3).with(new CvatLimits(2, 1 << 20, 1 << 20, 1 << 20, 2, 2));
    cvat.server.faults().on(".*", "/api/.*").after(calls).times(1000).breakConnection();

    boolean failed = false;
    try {
      cvat.annotate(LABELS);
    } catch (PostilException e) {
      failed = true;
    }
    cvat.server.faults().clear();
    if (failed && cvat.annotations().has("run")) {
      assertThat(cvat.annotations().run("run").state()).isEqualTo(RunState.FAILED);
      cvat.resume();
    } else if (failed) {
      cvat.annotate(LABELS);
    }

    assertComplete(2);
  }

  @Test
  void anImageThatTheServerRefusesIsNamedAndNothingStaysBehind() throws Exception {
    Path broken = Path.of(samples.get(3).filepath());
    byte[] good = Files.readAllBytes(broken);
    Files.writeString(broken, "no picture");

    assertThatThrownBy(() -> cvat.annotate(LABELS))
        .isInstanceOfSatisfying(
            PostilException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.BACKEND_UPLOAD_FAILED))
        .hasMessageContaining("cannot identify image file '")
        .hasMessageContaining(broken.toString());
    assertThat(cvat.annotator.tasks()).isEmpty();

    Files.write(broken, good);
    cvat.resume();

    assertComplete(1);
  }

  @Test
  void aFileThatIsMissingIsSaidBeforeAnythingIsMade() throws Exception {
    Files.delete(Path.of(samples.get(1).filepath()));
    Files.delete(Path.of(samples.get(4).filepath()));

    assertThatThrownBy(() -> cvat.annotate(LABELS))
        .hasMessageContaining("p1.png")
        .hasMessageContaining("p4.png");
    assertThat(cvat.annotator.tasks()).isEmpty();
  }

  @Test
  void waitingHasAnEnd() {
    cvat.close();
    cvat =
        new CvatFixture(
                CvatEmulator.Options.of(CvatEmulator.NEW).withPolls(1_000_000),
                home.resolve("slow"),
                io.postil.core.dataset.MediaType.IMAGE)
            .field("labels", "Detections");
    cvat.image("a.png", "labels", new Detections(List.of()));

    assertThatThrownBy(() -> cvat.annotate(LABELS.labelType("detections").classes("car")))
        .hasMessageContaining("after 30 minutes")
        .hasMessageContaining("task 1");
    assertThat(cvat.pauses).hasSizeLessThan(1000);
  }

  @Test
  void largeFilesGoInChunksAndGoOnWhereTheyStopped() {
    cvat.with(new CvatLimits(10, 1 << 20, 100, 64, 100, 10));
    byte[] first = TestMedia.png(CvatFixture.WIDTH, CvatFixture.HEIGHT, 1);
    assertThat(first.length).isGreaterThan(100);
    cvat.server.faults().on("PATCH", "/api/tasks/\\d+/data/.*").after(1).dropAnswer();
    cvat.server.faults().on("PATCH", "/api/tasks/\\d+/data/.*").after(4).answer(503);

    cvat.annotate(LABELS);

    assertThat(cvat.server.requests()).anyMatch(r -> r.startsWith("HEAD /api/tasks/"));
    assertComplete(1);
  }

  @Test
  void aFrameThatWasDeletedInCvatKeepsItsLabels() {
    cvat.annotate(LABELS);
    long task = cvat.annotator.onlyTask();
    cvat.annotator.call("DELETE", "/tasks/" + task + "/annotations", null);
    cvat.annotator.call(
        "PATCH",
        "/tasks/" + task + "/data/meta",
        Document.of("deleted_frames", io.postil.core.value.Values.listOf(2)));

    LoadReport report = cvat.load();

    assertThat(report.undelivered())
        .containsExactly(Map.entry("the frame was deleted in CVAT", 1L));
    assertThat(((Detections) cvat.value(samples.get(2), "labels")).labels()).hasSize(1);
    assertThat(((Detections) cvat.value(samples.get(1), "labels")).labels()).isEmpty();
  }

  @Test
  void aTaskThatSomebodyDeletedDeletesNothing() {
    cvat.with("task_size", 3);
    cvat.annotate(LABELS);
    long gone = cvat.annotator.tasks().get(0);
    cvat.annotator.call("DELETE", "/tasks/" + gone, null);

    LoadReport report = cvat.load();

    assertThat(report.changesAnything()).isFalse();
    assertThat(report.undelivered())
        .containsExactly(
            Map.entry("task " + gone + " is gone from CVAT, or not visible to this account", 3L));
    assertThat(cvat.units())
        .filteredOn(u -> u.state().equals("gone"))
        .extracting(u -> u.id() + ": " + u.items())
        .containsExactly("task " + gone + ": 3");
  }

  @Test
  void jobsThatDidNotChangeAreNotFetched() {
    cvat.with("segment_size", 2);
    cvat.annotate(LABELS);
    long task = cvat.annotator.onlyTask();
    cvat.load();
    cvat.server.clearRequests();

    assertThat(cvat.load().changesAnything()).isFalse();
    assertThat(cvat.server.requests()).noneMatch(r -> r.contains("annotations"));

    Document shape = cvat.annotator.get(task, "shapes").get(2);
    cvat.annotator.call(
        "PATCH",
        "/jobs/" + cvat.annotator.jobs(task).get(1).getLong("id", 0) + "/annotations?action=delete",
        Document.of(
            Map.of(
                "version", 0, "tags", List.of(), "tracks", List.of(), "shapes", List.of(shape))));
    cvat.server.clearRequests();

    cvat.load();

    assertThat(((Detections) cvat.value(samples.get(2), "labels")).labels()).isEmpty();
    assertThat(cvat.server.requests())
        .filteredOn(r -> r.contains("annotations"))
        .containsExactly(
            "GET /api/jobs/" + cvat.annotator.jobs(task).get(1).get("id") + "/annotations");
    assertThat(cvat.annotations().undo("run", null)).isEqualTo(1);
    assertThat(((Detections) cvat.value(samples.get(2), "labels")).labels()).hasSize(1);

    cvat.load();

    assertThat(((Detections) cvat.value(samples.get(2), "labels")).labels()).isEmpty();
  }

  @Test
  void fewRequestsAreMade() {
    cvat.with("segment_size", 2);
    cvat.server.clearRequests();
    AnnotationRun run = cvat.annotate(LABELS);
    int annotate = cvat.server.requests().size();
    cvat.server.clearRequests();
    cvat.load();

    assertThat(run.backend()).isEqualTo("cvat");
    assertThat(annotate).as(cvat.server.requests().toString()).isLessThanOrEqualTo(10 + 4 * 3);
    assertThat(cvat.server.requests()).hasSizeLessThanOrEqualTo(10);
  }
}
