package io.postil.backends.cvat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.annotation.AnnotationBackend;
import io.postil.core.annotation.BackendConfig;
import io.postil.core.annotation.RunContext;
import io.postil.core.annotation.RunEvent;
import io.postil.core.annotation.RunMemory;
import io.postil.core.annotation.RunProgress;
import io.postil.core.annotation.WorkUnit;
import io.postil.core.dataset.MediaType;
import io.postil.core.dataset.Sample;
import io.postil.core.label.BoundingBox;
import io.postil.core.label.Detection;
import io.postil.core.label.Detections;
import io.postil.core.store.Cursor;
import io.postil.core.value.Document;
import io.postil.core.value.Values;
import io.postil.engine.annotation.AnnotationRequest;
import io.postil.engine.annotation.LoadOptions;
import io.postil.engine.annotation.LoadReport;
import io.postil.engine.annotation.RunState;
import io.postil.testkit.TestMedia;
import io.postil.testkit.cvat.CvatEmulator;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What surrounds the labels: where media come from, who works, what is left behind. */
@Tag("cvat")
class LifeCycleTest {
  private static final AnnotationRequest LABELS = AnnotationRequest.ofField("labels");

  @TempDir Path home;

  private static Detections boxes() {
    return new Detections(List.of(Detection.of("car", new BoundingBox(0.1, 0.2, 1 / 3.0, 0.3))));
  }

  private static CvatFixture pictures(CvatFixture cvat, int count) {
    cvat.field("labels", "Detections");
    for (int i = 0; i < count; i++) {
      cvat.image("p" + i + ".png", "labels", boxes());
    }
    return cvat;
  }

  private CvatFixture pictures(int count) {
    return pictures(CvatFixture.images(home, CvatEmulator.OLD), count);
  }

  // --- media ----------------------------------------------------------------------------------

  @Test
  void filesOfOneNameInTwoFoldersAreBothSent() {
    try (CvatFixture cvat = CvatFixture.images(home, CvatEmulator.OLD)) {
      cvat.field("labels", "Detections");
      cvat.image("left/a.png", "labels", boxes());
      cvat.image("right/a.png", "labels", boxes());
      cvat.image("right/ü \"b\".png", "labels", boxes());
      cvat.annotate(LABELS);

      assertThat(frames(cvat)).containsExactly("000000_a.png", "000001_a.png", "ü _b_.png");
      assertThat(cvat.load().changesAnything()).isFalse();
    }
  }

  private static List<String> frames(CvatFixture cvat) {
    List<String> names = new ArrayList<>();
    cvat.annotator
        .call("GET", "/tasks/" + cvat.annotator.onlyTask() + "/data/meta", null)
        .getList("frames")
        .forEach(f -> names.add(((Document) f).getString("name", "")));
    return names;
  }

  @Test
  void filesThatTheServerSeesAreNotSent() {
    Path share = home.resolve("pictures");
    TestMedia.write(share.resolve("x"), new byte[0]);
    try (CvatFixture cvat =
        pictures(
            new CvatFixture(
                CvatEmulator.Options.of(CvatEmulator.NEW).withShare(share), home, MediaType.IMAGE),
            3)) {
      cvat.with("share", share.toString()).annotate(LABELS);

      assertThat(frames(cvat)).containsExactly("p0.png", "p1.png", "p2.png");
      assertThat(cvat.server.requests())
          .filteredOn(r -> r.matches("POST /api/tasks/\\d+/data"))
          .hasSize(1);
      assertThat(cvat.load().changesAnything()).isFalse();
    }
  }

  @Test
  void keysOfACloudStorageAreNotSent() {
    try (CvatFixture cvat = pictures(2)) {
      int storage = cvat.server.addCloudStorage(home.resolve("pictures"));
      cvat.with("cloud_storage_id", storage)
          .with("cloud_prefix", home.resolve("pictures").toString())
          .annotate(LABELS);

      assertThat(frames(cvat)).containsExactly("p0.png", "p1.png");
      assertThat(cvat.load().changesAnything()).isFalse();
    }
  }

  @Test
  void addressesAreFetchedByTheServer() throws IOException {
    HttpServer pictures =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    pictures.createContext(
        "/",
        exchange -> {
          byte[] picture = TestMedia.png(CvatFixture.WIDTH, CvatFixture.HEIGHT, 5);
          exchange.sendResponseHeaders(200, picture.length);
          exchange.getResponseBody().write(picture);
          exchange.close();
        });
    pictures.start();
    try (CvatFixture cvat = CvatFixture.images(home, CvatEmulator.OLD)) {
      cvat.field("labels", "Detections");
      String root = "http://127.0.0.1:" + pictures.getAddress().getPort() + "/";
      cvat.insert(Sample.of(root + "z.png").with("labels", boxes()));
      cvat.insert(Sample.of(root + "a.png").with("labels", boxes()));
      cvat.annotate(LABELS);

      assertThat(frames(cvat)).containsExactly("z.png", "a.png");
      assertThat(cvat.load().changesAnything()).isFalse();
    } finally {
      pictures.stop(0);
    }
  }

  // --- people ---------------------------------------------------------------------------------

  @Test
  void tasksAndJobsAreDealtInTurn() {
    try (CvatFixture cvat = pictures(6)) {
      cvat.annotator.call(
          "POST", "/organizations", Document.of("slug", "team", "name", "The team"));
      cvat.annotator.call(
          "POST",
          "/invitations?org=team",
          Document.of("email", "review1@example.org", "role", "worker"));
      cvat.with("organization", "team")
          .with("task_size", 3)
          .with("segment_size", 1)
          .with("task_assignee", Values.listOf("worker1", "review1"))
          .with("job_assignees", "review1")
          .with("issue_tracker", "https://bugs.example.org/1")
          .with("task_name", "Night shift")
          .annotate(LABELS);

      List<Document> tasks = cvat.annotator.list("/tasks?sort=id");
      assertThat(tasks)
          .extracting(t -> t.getString("name"))
          .containsExactly("Night shift_1", "Night shift_2");
      assertThat(tasks)
          .extracting(t -> t.getDocument("assignee").getString("username"))
          .containsExactly("worker1", "review1");
      assertThat(tasks.get(0).getString("bug_tracker")).isEqualTo("https://bugs.example.org/1");
      assertThat(cvat.annotator.jobs(tasks.get(0).getLong("id", 0)))
          .hasSize(3)
          .allMatch(j -> "review1".equals(j.getDocument("assignee").getString("username")));
      assertThat(cvat.load().changesAnything()).isFalse();
    }
  }

  @Test
  void statusTellsOfEachJobAndWhatReviewersSaid() {
    try (CvatFixture cvat = pictures(3)) {
      cvat.with("segment_size", 2).annotate(LABELS);
      long task = cvat.annotator.onlyTask();
      long job = cvat.annotator.jobs(task).get(0).getLong("id", 0);
      cvat.annotator.call(
          "PATCH", "/jobs/" + job, Document.of("stage", "validation", "state", "completed"));
      Document issue =
          cvat.annotator.call(
              "POST",
              "/issues",
              Document.builder()
                  .put("job", job)
                  .put("frame", 1)
                  .put("position", Values.listOf(1, 1))
                  .put("message", "too loose")
                  .build());
      cvat.annotator.call(
          "POST", "/comments", Document.of("issue", issue.get("id"), "message", "mended"));

      assertThat(cvat.annotations().progress("run", cvat.parameters()))
          .isEqualTo(new RunProgress(3, 2, 2));
      assertThat(cvat.annotations().address("run", cvat.parameters()))
          .isEqualTo(cvat.server.url() + "/tasks/" + task);
      List<WorkUnit> units = cvat.units();
      assertThat(units).hasSize(2);
      assertThat(units.get(0).stage()).isEqualTo("validation");
      assertThat(units.get(0).state()).isEqualTo("completed");
      assertThat(units.get(0).items()).isEqualTo(2);
      assertThat(units.get(0).comments())
          .containsExactly("frame 1, worker1: too loose", "frame 1, worker1: mended");
      assertThat(units.get(1).state()).isEqualTo("new");
    }
  }

  // --- projects and cleaning up ---------------------------------------------------------------

  @Test
  void aProjectThatTheRunMadeGoesWithItsTasks() {
    try (CvatFixture cvat = pictures(3)) {
      long other =
          cvat.annotator
              .call(
                  "POST",
                  "/tasks",
                  Document.of(
                      "name", "not ours", "labels", Values.listOf(Document.of("name", "x"))))
              .getLong("id", 0);
      cvat.with("project_name", "Streets").with("task_size", 2).annotate(LABELS);
      assertThat(cvat.annotator.list("/projects")).hasSize(1);
      assertThat(cvat.load().changesAnything()).isFalse();

      cvat.annotations().cleanup("run", cvat.parameters());

      assertThat(cvat.annotator.tasks()).containsExactly(other);
      assertThat(cvat.annotator.list("/projects")).isEmpty();
      assertThat(cvat.annotations().run("run").state()).isEqualTo(RunState.CLEANED);
    }
  }

  @Test
  void aProjectThatWasThereIsUsedAndStays() {
    try (CvatFixture cvat = pictures(1)) {
      cvat.annotator.call(
          "POST",
          "/projects",
          Document.of(
              "name",
              "Streets",
              "labels",
              Values.listOf(
                  Document.of("name", "car", "attributes", Values.listOf()),
                  Document.of("name", "bus", "attributes", Values.listOf()))));
      cvat.with("project_name", "Streets").annotate(LABELS);
      long task = cvat.annotator.onlyTask();

      assertThat(cvat.annotator.attribute(task, "car", Catalogue.LABEL_ID)).isPositive();
      assertThat(cvat.load().changesAnything()).isFalse();
      // A label of the project that the schema does not name is a class all the same.
      cvat.annotator.create(
          task, Annotator.shape(cvat.annotator.label(task, "bus"), "rectangle", 0, 1, 1, 9, 9));
      cvat.load();
      assertThat(cvat.changes.toString()).contains("label=bus");

      cvat.annotations().cleanup("run", cvat.parameters());

      assertThat(cvat.annotator.tasks()).isEmpty();
      assertThat(cvat.annotator.list("/projects")).hasSize(1);
    }
  }

  @Test
  void aProjectNeedsNoSchema() {
    try (CvatFixture cvat = CvatFixture.images(home, CvatEmulator.OLD)) {
      cvat.image("a.png");
      Document project =
          cvat.annotator.call(
              "POST",
              "/projects",
              Document.of(
                  "name",
                  "Streets",
                  "labels",
                  Values.listOf(Document.of("name", "car", "attributes", Values.listOf()))));
      cvat.with("project_id", (int) project.getLong("id", 0)).annotate(AnnotationRequest.create());
      long task = cvat.annotator.onlyTask();
      cvat.annotator.create(
          task, Annotator.shape(cvat.annotator.label(task, "car"), "rectangle", 0, 1, 1, 9, 9));

      LoadReport report =
          cvat.load(LoadOptions.DEFAULT.withUnexpected(LoadOptions.Unexpected.RETURN));

      assertThat(report.unexpected()).hasSize(1);
      assertThat(report.unexpected().get(0).labels().toString()).contains("label=car");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/api/tasks", "/api/projects"})
  void whatWasMadeWithoutOurHearingOfItIsNotMadeTwice(String path) {
    try (CvatFixture cvat = pictures(2)) {
      cvat.with("project_name", "Streets");
      cvat.server.faults().on("POST", path).dropAnswer();

      cvat.annotate(LABELS);

      assertThat(cvat.annotator.tasks()).hasSize(1);
      assertThat(cvat.annotator.list("/projects")).hasSize(1);
      assertThat(cvat.load().changesAnything()).isFalse();
      cvat.annotations().cleanup("run", cvat.parameters());
      assertThat(cvat.annotator.list("/projects")).isEmpty();
    }
  }

  @Test
  void aRunThatFailedIsCleanedWhenItsKeyIsUsedAgain() {
    try (CvatFixture cvat = pictures(2)) {
      cvat.server.faults().on("PATCH", "/api/tasks/\\d+/annotations").times(9).answer(400);
      assertThatThrownBy(() -> cvat.annotate(LABELS)).isInstanceOf(PostilException.class);
      assertThat(cvat.annotator.tasks()).hasSize(1);
      cvat.server.faults().clear();

      cvat.annotate(LABELS);

      assertThat(cvat.annotator.tasks()).hasSize(1);
      assertThat(cvat.load().changesAnything()).isFalse();
    }
  }

  @Test
  void theRunRecordHoldsNoSecret() {
    try (CvatFixture cvat = pictures(1)) {
      cvat.with("password", "hunter2").with("headers", Document.of("X-Gate", "sesame"));
      cvat.annotate(LABELS);

      String record = cvat.annotations().run("run").record().toString();
      assertThat(record)
          .doesNotContain("hunter2")
          .doesNotContain("sesame")
          .doesNotContain(cvat.server.token(CvatEmulator.USER));
    }
  }

  @Test
  void renamingARunRenamesItsTasks() {
    try (CvatFixture cvat = pictures(1)) {
      cvat.annotate(LABELS);

      cvat.annotations().rename("run", "second");

      assertThat(cvat.annotator.list("/tasks").get(0).getString("name"))
          .isEqualTo("Postil_streets_second");
    }
  }

  // --- webhooks -------------------------------------------------------------------------------

  @Test
  void aWebhookIsBelievedOnlyIfItIsSigned() throws IOException {
    List<Map<String, String>> headers = new ArrayList<>();
    List<byte[]> bodies = new ArrayList<>();
    HttpServer receiver =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    receiver.createContext(
        "/",
        exchange -> {
          Map<String, String> lower = new HashMap<>();
          exchange
              .getRequestHeaders()
              .forEach((k, v) -> lower.put(k.toLowerCase(java.util.Locale.ROOT), v.get(0)));
          headers.add(lower);
          bodies.add(exchange.getRequestBody().readAllBytes());
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    receiver.start();
    try (CvatFixture cvat = pictures(1)) {
      cvat.with("project_name", "Streets").with("webhook_secret", "hook-secret").annotate(LABELS);
      long task = cvat.annotator.onlyTask();
      cvat.annotator.call(
          "POST",
          "/webhooks",
          Document.builder()
              .put("target_url", "http://127.0.0.1:" + receiver.getAddress().getPort() + "/")
              .put("type", "project")
              .put("project_id", cvat.annotator.list("/projects").get(0).get("id"))
              .put("content_type", "application/json")
              .put("secret", "hook-secret")
              .put("events", Values.listOf("update:task", "create:task"))
              .build());
      cvat.annotator.call("PATCH", "/tasks/" + task, Document.of("subset", "Train"));
      cvat.annotator.call(
          "POST",
          "/tasks",
          Document.of(
              "name", "other", "project_id", cvat.annotator.list("/projects").get(0).get("id")));
      assertThat(bodies).hasSize(2);
      try (AnnotationBackend backend = cvat.backend()) {
        RunContext run = cvat.context();
        RunEvent event = backend.webhook(run, Document.empty(), headers.get(0), bodies.get(0));
        assertThat(event).isNotNull();
        assertThat(event.kind()).isEqualTo("update:task");
        assertThat(event.unit()).isEqualTo("task " + task);
        assertThat(backend.webhook(run, Document.empty(), headers.get(1), bodies.get(1))).isNull();
        bodies.get(0)[20] ^= 1;
        for (Map<String, String> wrong : List.of(headers.get(0), Map.<String, String>of())) {
          assertThatThrownBy(() -> backend.webhook(run, Document.empty(), wrong, bodies.get(0)))
              .isInstanceOfSatisfying(
                  PostilException.class,
                  e -> assertThat(e.code()).isEqualTo(ErrorCode.BACKEND_REFUSED_CREDENTIALS));
        }
      }
    } finally {
      receiver.stop(0);
    }
  }

  @Test
  void theProviderAnswersToBothNamesAndAllParameters() {
    CvatBackendProvider provider = new CvatBackendProvider();
    assertThat(provider.configClasses())
        .contains("fiftyone.utils.cvat.CVATBackendConfig", CvatBackendProvider.CONFIG_CLASS);
    assertThat(provider.parameters())
        .extracting(p -> p.name())
        .containsAll(
            Set.of(
                "url",
                "username",
                "password",
                "email",
                "headers",
                "task_size",
                "segment_size",
                "image_quality",
                "use_cache",
                "use_zip_chunks",
                "chunk_size",
                "task_assignee",
                "job_assignees",
                "job_reviewers",
                "task_name",
                "project_name",
                "project_id",
                "occluded_attr",
                "group_id_attr",
                "issue_tracker",
                "organization",
                "frame_start",
                "frame_stop",
                "frame_step",
                "coerce_text_attrs"));
    try (AnnotationBackend backend =
        provider.open(new BackendConfig("cvat", Document.empty(), home))) {
      assertThat(backend.capabilities().clipsViews()).isTrue();
    }
    RunMemory none =
        new RunMemory() {
          @Override
          public void put(io.postil.core.value.ObjectId item, Document value) {}

          @Override
          public Map<io.postil.core.value.ObjectId, Document> get(
              java.util.Collection<io.postil.core.value.ObjectId> items) {
            return Map.of();
          }

          @Override
          public Cursor<Entry> all() {
            return Cursor.of(List.of());
          }
        };
    assertThat(SentItem.places(none)).isEmpty();
  }
}
