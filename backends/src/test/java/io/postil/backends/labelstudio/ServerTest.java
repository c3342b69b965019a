package io.postil.backends.labelstudio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.postil.backends.http.Credentials;
import io.postil.backends.http.HttpApi;
import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.ProgressListener;
import io.postil.core.annotation.AnnotationBackend;
import io.postil.core.annotation.BackendConfig;
import io.postil.core.annotation.RunEvent;
import io.postil.core.annotation.WorkUnit;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.MediaType;
import io.postil.core.dataset.Sample;
import io.postil.core.label.BoundingBox;
import io.postil.core.label.Detection;
import io.postil.core.label.Detections;
import io.postil.core.store.Cursor;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.core.value.Values;
import io.postil.core.view.ViewDefinition;
import io.postil.engine.annotation.AnnotationRequest;
import io.postil.engine.annotation.AnnotationRun;
import io.postil.engine.annotation.Annotations;
import io.postil.engine.annotation.LoadOptions;
import io.postil.engine.annotation.RunState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Media, tokens, projects, and what goes wrong with a server. */
@Tag("labelstudio")
class ServerTest {
  @TempDir Path home;

  private static DatasetInfo info(String name) {
    return DatasetInfo.create(name, MediaType.IMAGE)
        .withField("gt", FieldSpec.embedded("gt", "Detections"));
  }

  private Sample boxed(Path directory, String name) {
    return LabelStudioFixture.image(directory, name)
        .with(
            "gt",
            new Detections(List.of(Detection.of("cat", new BoundingBox(0.1, 0.1, 0.3, 0.4)))));
  }

  private LabelStudioFixture fixture(int samples) {
    List<Sample> all = new ArrayList<>();
    for (int i = 0; i < samples; i++) {
      all.add(boxed(home, "image" + i));
    }
    return new LabelStudioFixture(home, info("server"), all.toArray(Sample[]::new));
  }

  private static PostilException failure(Runnable action) {
    return catchThrowableOfType(PostilException.class, action::run);
  }

  private static AnnotationRun annotate(Annotations annotations, String key) {
    return annotations.annotate(
        key, ViewDefinition.ALL, AnnotationRequest.ofField("gt"), ProgressListener.NONE);
  }

  private static String image(Document task) {
    return task.getDocument("data").getString("image", "");
  }

  /** Whether the server shows a task's media. */
  private static long bytes(LabelStudioFixture fixture, Document task) {
    return fixture.api.get(image(task)).send().bytes().length;
  }

  // --- media ----------------------------------------------------------------------------------

  /** FiftyOne fails here and leaves an empty project behind. */
  @Test
  void moreFilesThanOneRequestTakes() throws IOException {
    try (LabelStudioFixture fixture = fixture(130)) {
      fixture.annotate("run", AnnotationRequest.ofField("gt"));

      Document project =
          fixture.api.get("/api/projects/" + fixture.project("run").id()).send().document();
      assertThat(project.getLong("task_number", 0)).isEqualTo(130);
      assertThat(project.getLong("total_predictions_number", 0)).isEqualTo(130);
      Set<String> images = new HashSet<>();
      for (Sample sample : fixture.samples().subList(95, 105)) {
        Document task = fixture.task("run", sample.id());
        images.add(image(task));
        assertThat(bytes(fixture, task)).isEqualTo(Files.size(Path.of(sample.filepath())));
      }
      assertThat(images).hasSize(10);
      assertThat(fixture.load("run").changesAnything()).isFalse();
    }
  }

  @Test
  void filesOfTheServersOwnDisk() {
    Path root = Path.of(System.getenv("LABEL_STUDIO_FILES"));
    Path directory = root.resolve("postil test " + home.getFileName());
    Sample sample = boxed(directory, "image #1");
    try (LabelStudioFixture fixture = new LabelStudioFixture(home, info("server"), sample)) {
      annotate(fixture.annotations("LOCAL_FILES_ROOT", root.toString()), "run");

      Document task = fixture.task("run", sample.id());
      assertThat(image(task)).startsWith("/data/local-files/?d=postil%20test%20");
      assertThat(bytes(fixture, task)).isPositive();
      assertThat(fixture.project("run").storages()).hasSize(1);
      assertThat(fixture.load("run").changesAnything()).isFalse();
    }
  }

  @Test
  void filesOutsideTheServersDirectoryAreNamed() {
    try (LabelStudioFixture fixture = fixture(1)) {
      PostilException e =
          failure(
              () ->
                  annotate(
                      fixture.annotations("MEDIA", "local", "LOCAL_FILES_ROOT", "/srv/elsewhere"),
                      "run"));
      assertThat(e).hasMessageContaining("image0.png").hasMessageContaining("/srv/elsewhere");
      PostilException unserved =
          failure(
              () ->
                  annotate(
                      fixture.annotations(
                          "MEDIA", "local", "LOCAL_FILES_ROOT", home.getParent().toString()),
                      "run"));
      assertThat(unserved.remedy()).contains("LABEL_STUDIO_LOCAL_FILES_SERVING_ENABLED");
      assertThat(fixture.annotations().run("run").state()).isEqualTo(RunState.FAILED);
    }
  }

  @Test
  void mediaByAddress() {
    Sample cloud = boxed(home, "cloud");
    Sample bucket =
        new Sample(
            cloud.id(),
            "s3://bucket/a b.png",
            cloud.tags(),
            cloud.metadata(),
            cloud.fields(),
            cloud.system());
    Sample disk = boxed(home, "im age");
    try (LabelStudioFixture fixture = new LabelStudioFixture(home, info("server"), bucket, disk)) {
      annotate(
          fixture.annotations(
              "MEDIA_ROOT", home.toString(), "MEDIA_URL", "https://media.example.com/x/"),
          "run");

      assertThat(image(fixture.task("run", bucket.id()))).isEqualTo("s3://bucket/a b.png");
      assertThat(image(fixture.task("run", disk.id())))
          .isEqualTo("https://media.example.com/x/im%20age.png");
    }
  }

  @Test
  void aFileThatTheServerRefusesIsSaidAndNothingStays() throws IOException {
    Path file = Files.writeString(home.resolve("notes.exe"), "no image");
    Sample sample = boxed(home, "image");
    Sample refused =
        new Sample(
            sample.id(),
            file.toString(),
            sample.tags(),
            sample.metadata(),
            sample.fields(),
            sample.system());
    try (LabelStudioFixture fixture = new LabelStudioFixture(home, info("server"), refused)) {
      PostilException e = failure(() -> annotate(fixture.annotations(), "run"));
      assertThat(e.code()).isEqualTo(ErrorCode.BACKEND_UPLOAD_FAILED);
      assertThat(e).hasMessageContaining("exe extension is not supported");
      long project = fixture.project("run").id();
      fixture.annotations().cleanup("run", Document.empty());
      assertThat(LabelStudioFixture.server().project(project)).isNull();
    }
  }

  // --- going on, cleaning up ------------------------------------------------------------------

  @Test
  void aRunThatBrokeOffGoesOnWithoutDoublingATask() {
    try (LabelStudioFixture fixture = fixture(3)) {
      fixture.annotate("run", AnnotationRequest.ofField("gt"));
      // As if the process had died after the import, before its end was noted.
      fixture.dataset.write(
          writer -> {
            var run = writer.run("annotation", "run").orElseThrow();
            Document state = run.state().getDocument("backend");
            writer.putRun(
                run.withState(
                    run.state()
                        .with("state", "failed")
                        .with("batches", 0)
                        .with("samples", 0)
                        .with("labels", 0)
                        .with("backend", state.with("tasks", 0).with("predictions", 0))));
            return null;
          });

      fixture.annotations().resume("run", Document.empty(), ProgressListener.NONE);

      Project project = fixture.project("run");
      assertThat(project.tasks()).isEqualTo(3);
      assertThat(project.predictions()).isEqualTo(3);
      assertThat(LabelStudioFixture.server().project(project.id()).getLong("task_number", 0))
          .isEqualTo(3);
    }
  }

  @Test
  void aProjectThatIsGoneIsSaidEvenIfItsNumberIsTakenAgain() {
    try (LabelStudioFixture fixture = fixture(1)) {
      fixture.annotate("run", AnnotationRequest.ofField("gt"));
      fixture.api.delete("/api/projects/" + fixture.project("run").id() + "/").send();
      PostilException gone = failure(() -> fixture.load("run"));
      assertThat(gone).hasMessageContaining("was deleted on " + LabelStudioFixture.URL);

      long other =
          fixture
              .api
              .post("/api/projects/")
              .json(Document.of("title", "another one"))
              .send()
              .document()
              .getLong("id", 0);
      fixture.dataset.write(
          writer -> {
            var run = writer.run("annotation", "run").orElseThrow();
            Document state = run.state().getDocument("backend").with("project", other);
            writer.putRun(run.withState(run.state().with("backend", state)));
            return null;
          });
      assertThat(failure(() -> fixture.load("run"))).hasMessageContaining("was deleted");
      fixture.annotations().cleanup("run", Document.empty());
      assertThat(LabelStudioFixture.server().project(other)).isNotNull();
      fixture.api.delete("/api/projects/" + other + "/").send();
    }
  }

  // --- projects that were there ---------------------------------------------------------------

  private static long project(LabelStudioFixture fixture, String config) {
    return fixture
        .api
        .post("/api/projects/")
        .json(Document.of("title", "there before", "label_config", config))
        .send()
        .document()
        .getLong("id", 0);
  }

  @Test
  void anExistingProjectIsUsedAndOnlyOurTasksAreRemoved() {
    try (LabelStudioFixture fixture = fixture(2)) {
      long there =
          project(
              fixture,
              "<View><Image name=\"img\" value=\"$picture\"/><RectangleLabels name=\"objects\""
                  + " toName=\"img\"><Label value=\"cat\"/><Label value=\"dog\"/>"
                  + "</RectangleLabels></View>");
      fixture
          .api
          .post("/api/projects/" + there + "/import")
          .json(Values.listOf(Document.of("data", Document.of("picture", "other.png"))))
          .send();
      annotate(fixture.annotations("PROJECT_ID", String.valueOf(there)), "run");
      Document task = fixture.task("run", fixture.samples().get(0).id());
      assertThat(task.getDocument("data").getString("picture")).contains("/data/upload/");
      fixture.submit(task, LabelStudioFixture.prelabels(task));

      assertThat(fixture.load("run").changesAnything()).isFalse();
      assertThat(fixture.annotations().progress("run", Document.empty()).items()).isEqualTo(2);
      fixture.annotations().cleanup("run", Document.empty());

      assertThat(LabelStudioFixture.server().project(there).getLong("task_number", 0)).isEqualTo(1);
      fixture.api.delete("/api/projects/" + there + "/").send();
    }
  }

  @Test
  void aProjectThatDoesNotFitIsRefusedWithAllThatIsMissing() {
    try (LabelStudioFixture fixture = fixture(1)) {
      long there =
          project(
              fixture,
              "<View><Image name=\"img\" value=\"$picture\"/><RectangleLabels name=\"objects\""
                  + " toName=\"img\"><Label value=\"horse\"/></RectangleLabels></View>");
      PostilException e =
          failure(
              () ->
                  fixture
                      .annotations("PROJECT_ID", String.valueOf(there))
                      .annotate(
                          "run",
                          ViewDefinition.ALL,
                          AnnotationRequest.ofField("gt")
                              .attributes(Map.of("age", Document.of("type", "number"))),
                          ProgressListener.NONE));
      assertThat(e.problems()).hasSize(2);
      assertThat(e).hasMessageContaining("RectangleLabels for 'gt' with cat");
      assertThat(e).hasMessageContaining("Number for 'gt.age'");
      fixture.api.delete("/api/projects/" + there + "/").send();
    }
  }

  // --- tokens and addresses -------------------------------------------------------------------

  @Test
  void aPersonalTokenWorks() {
    try (LabelStudioFixture fixture = fixture(1)) {
      fixture
          .api
          .post("/api/jwt/settings")
          .json(Document.of("api_tokens_enabled", true, "legacy_api_tokens_enabled", true))
          .send();
      String token =
          fixture
              .api
              .post("/api/token/")
              .json(Document.empty())
              .send()
              .document()
              .getString("token");
      try {
        annotate(fixture.annotations("API_KEY", token), "run");
        assertThat(fixture.project("run").tasks()).isEqualTo(1);
      } finally {
        fixture.api.post("/api/token/blacklist/").json(Document.of("refresh", token)).send();
      }
      PostilException revoked =
          failure(
              () ->
                  fixture
                      .annotations("API_KEY", token)
                      .load("run", LoadOptions.DEFAULT, change -> {}));
      assertThat(revoked.code()).isEqualTo(ErrorCode.BACKEND_REFUSED_CREDENTIALS);
      assertThat(revoked).hasMessageNotContaining(token);
    }
  }

  @Test
  void nothingIsMadeWithAWrongTokenOrAddress() {
    try (LabelStudioFixture fixture = fixture(1)) {
      PostilException token =
          failure(() -> annotate(fixture.annotations("API_KEY", "0123456789abcdef"), "run"));
      assertThat(token.code()).isEqualTo(ErrorCode.BACKEND_REFUSED_CREDENTIALS);
      assertThat(token).hasMessageNotContaining("0123456789abcdef");
      PostilException page =
          failure(
              () ->
                  annotate(
                      fixture.annotations("URL", LabelStudioFixture.URL + "/user/login"), "run"));
      assertThat(page.code()).isEqualTo(ErrorCode.BACKEND_UNREACHABLE);
      assertThat(page).hasMessageContaining("no Label Studio answers at");
      assertThat(fixture.annotations().runs()).isEmpty();
    }
  }

  @Test
  void aTokenOfAKindThatIsSwitchedOffIsRefusedWithTheReason() {
    try (LabelStudioFixture fixture = fixture(1)) {
      fixture
          .api
          .post("/api/jwt/settings")
          .json(Document.of("api_tokens_enabled", true, "legacy_api_tokens_enabled", true))
          .send();
      String personal =
          fixture
              .api
              .post("/api/token/")
              .json(Document.empty())
              .send()
              .document()
              .getString("token");
      String access =
          fixture
              .api
              .post("/api/token/refresh/")
              .json(Document.of("refresh", personal))
              .send()
              .document()
              .getString("access");
      fixture
          .api
          .post("/api/jwt/settings")
          .json(Document.of("legacy_api_tokens_enabled", false))
          .send();
      PostilException e;
      try (HttpApi other =
          HttpApi.at("Label Studio", LabelStudioFixture.URL)
              .environment(Map.of())
              .credentials(Credentials.fixed("Bearer " + access))
              .build()) {
        try {
          e = failure(() -> annotate(fixture.annotations(), "run"));
        } finally {
          other
              .post("/api/jwt/settings")
              .json(Document.of("legacy_api_tokens_enabled", true))
              .send();
        }
      }
      fixture.api.post("/api/token/blacklist/").json(Document.of("refresh", personal)).send();

      assertThat(e.code()).isEqualTo(ErrorCode.BACKEND_REFUSED_CREDENTIALS);
      assertThat(e).hasMessageContaining("has been disabled for this organization");
      assertThat(e).hasMessageNotContaining(LabelStudioFixture.TOKEN);
      assertThat(fixture.annotations().runs()).isEmpty();
    }
  }

  @Test
  void badParametersComeTogether() {
    try (LabelStudioFixture fixture = fixture(1)) {
      PostilException e =
          failure(
              () ->
                  annotate(
                      fixture.annotations(
                          "PROJECT_NAME",
                          "x".repeat(51),
                          "MEDIA",
                          "local",
                          "ANNOTATIONS_PER_TASK",
                          "0",
                          "WEBHOOK_URL",
                          "http://x"),
                      "run"));
      assertThat(e.problems()).hasSize(4);
      assertThat(e).hasMessageContaining("51 characters");
    }
  }

  @Test
  void aLongTitleIsCutOff() {
    Sample sample = boxed(home, "image");
    try (LabelStudioFixture fixture =
        new LabelStudioFixture(home, info("a dataset with a very long name indeed"), sample)) {
      fixture.annotate("and_a_key_that_is_long_too", AnnotationRequest.ofField("gt"));
      String title =
          LabelStudioFixture.server()
              .project(fixture.project("and_a_key_that_is_long_too").id())
              .getString("title");
      assertThat(title).hasSizeLessThanOrEqualTo(50).endsWith("…");
    }
  }

  // --- status and webhooks --------------------------------------------------------------------

  @Test
  void tasksAreUnitsOfWorkAndReportsAreUnderstood() {
    try (LabelStudioFixture fixture = fixture(2)) {
      Annotations annotations =
          fixture.annotations(
              "WEBHOOK_URL", "http://127.0.0.1:9/hook", "WEBHOOK_SECRET", "s3cret-value");
      annotate(annotations, "run");
      Document task = fixture.task("run", fixture.samples().get(0).id());
      Document annotation = fixture.submit(task, LabelStudioFixture.prelabels(task));

      List<WorkUnit> units;
      try (Cursor<WorkUnit> all =
          new TaskUnits(
              LabelStudioFixture.server(),
              fixture.project("run"),
              annotations.run("run").record().id())) {
        units = all.toList();
      }
      assertThat(units).extracting(WorkUnit::state).containsExactly("completed", "new");
      assertThat(units.get(0).assignee()).isEqualTo("postil@example.com");
      assertThat(units.get(0).address())
          .isEqualTo(
              LabelStudioFixture.URL
                  + "/projects/"
                  + fixture.project("run").id()
                  + "/data?task="
                  + task.getLong("id", 0));
      assertThat(annotations.address("run", Document.empty()))
          .isEqualTo(LabelStudioFixture.URL + "/projects/" + fixture.project("run").id() + "/data");

      assertThat(fixture.project("run").webhook()).isPositive();
      assertThat(String.valueOf(annotations.run("run").record())).doesNotContain("s3cret");
      byte[] report =
          Json.write(
                  Document.builder()
                      .put("action", "ANNOTATION_CREATED")
                      .put("annotation", annotation)
                      .put("task", task)
                      .put("project", Document.of("id", fixture.project("run").id()))
                      .build())
              .getBytes(StandardCharsets.UTF_8);
      Project project = fixture.project("run");
      var run = annotations.run("run").record().id();
      RunEvent event =
          Webhooks.read(
              project, "s3cret-value", run, Map.of("x-postil-secret", "s3cret-value"), report);
      assertThat(event.kind()).isEqualTo("annotation_created");
      assertThat(event.unit()).isEqualTo(String.valueOf(task.getLong("id", 0)));
      PostilException forged =
          failure(() -> Webhooks.read(project, "s3cret-value", run, Map.of(), report));
      assertThat(forged.code()).isEqualTo(ErrorCode.BACKEND_REFUSED_CREDENTIALS);
    }
  }

  @Test
  void aLargeProjectIsReadFromASnapshot() {
    try (LabelStudioFixture fixture = fixture(3)) {
      fixture.annotate("run", AnnotationRequest.ofField("gt"));
      Document task = fixture.task("run", fixture.samples().get(0).id());
      fixture.submit(task, LabelStudioFixture.prelabels(task));
      long project = fixture.project("run").id();
      LabelStudioServer server = LabelStudioFixture.server();
      List<Object> exported;
      try (Cursor<Object> tasks = server.export(project, null)) {
        exported = tasks.toList();
      }
      try (Cursor<Object> tasks = server.snapshot(project, "test", null)) {
        List<Object> snapshot = tasks.toList();
        assertThat(snapshot).hasSameSizeAs(exported);
        for (int i = 0; i < snapshot.size(); i++) {
          Document a = (Document) exported.get(i);
          Document b = (Document) snapshot.get(i);
          assertThat(b.getDocument("data")).isEqualTo(a.getDocument("data"));
          assertThat(b.getList("predictions")).isEqualTo(a.getList("predictions"));
          assertThat(b.getList("annotations")).hasSameSizeAs(a.getList("annotations"));
        }
      }
      assertThat(fixture.api.get("/api/projects/" + project + "/exports/").send().list()).isEmpty();
    }
  }

  @Test
  void theBackendIsReady() {
    try (AnnotationBackend backend =
        new LabelStudioBackendProvider()
            .open(
                new BackendConfig(
                    "labelstudio",
                    Document.of("url", LabelStudioFixture.URL, "api_key", LabelStudioFixture.TOKEN),
                    home))) {
      backend.checkReady();
      assertThat(backend.capabilities().batchSamples()).isEqualTo(1000);
    }
  }
}
