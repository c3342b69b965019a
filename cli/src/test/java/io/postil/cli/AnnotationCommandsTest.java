package io.postil.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.MediaType;
import io.postil.core.dataset.Sample;
import io.postil.core.label.BoundingBox;
import io.postil.core.label.Detection;
import io.postil.core.label.Detections;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.engine.Workspace;
import io.postil.testkit.MemoryBackend;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The commands that get labels out to annotators and back. */
class AnnotationCommandsTest extends CommandTest {
  @BeforeEach
  void aDatasetWithPredictions() {
    environment.put("FIFTYONE_ANNOTATION_DEFAULT_BACKEND", "memory");
    try (Workspace workspace = workspace()) {
      workspace
          .createDataset(
              DatasetInfo.create("street", MediaType.IMAGE)
                  .withField("truth", FieldSpec.embedded("truth", "Detections"))
                  .withField("predictions", FieldSpec.embedded("predictions", "Detections")))
          .stored()
          .write(
              writer -> {
                for (int i = 0; i < 3; i++) {
                  writer.insert(
                      Sample.of("/data/" + i + ".png")
                          .with("truth", boxes(0.1))
                          .with("predictions", boxes(i == 0 ? 0.6 : 0.1)));
                }
                return null;
              });
    }
  }

  @AfterEach
  void forget() {
    MemoryBackend.clear();
  }

  private Workspace workspace() {
    return Workspace.open(Workspace.home(environment), URI.create("sqlite:/"), environment);
  }

  private static Detections boxes(double x) {
    return new Detections(
        List.of(
            Detection.of("cat", new BoundingBox(x, 0.1, 0.2, 0.2)).withConfidence(0.9),
            Detection.of("dog", new BoundingBox(x, 0.6, 0.2, 0.2)).withConfidence(0.8)));
  }

  private void annotate(String key) {
    done("annotate", "street", key, "--label-field", "truth");
  }

  private static List<SingleLabel> withoutLast(List<SingleLabel> labels) {
    return labels.subList(0, labels.size() - 1);
  }

  @Test
  void saysWhereToWorkOnARunOfTheEditor() {
    done("annotate", "street", "mine", "--label-field", "truth", "--backend", "local");

    assertThat(out.lines())
        .contains(
            "Annotate in the App, under Runs: postil app launch street",
            "Then: postil load-annotations street mine");
  }

  @Test
  void evaluatesAndPrintsATable() {
    assertThat(
            run(
                "evaluate",
                "detections",
                "street",
                "predictions",
                "--gt-field",
                "truth",
                "--eval-key",
                "eval"))
        .as(() -> err)
        .isZero();

    assertThat(out.lines().findFirst()).hasValueSatisfying(l -> assertThat(l).contains("f1-score"));
    assertThat(out).contains("cat", "dog", "weighted avg", "0.667");
    run("views", "save", "street", "wrong", "--view", "filterLabels(predictions, eval == \"fp\")");
    assertThat(out).isEqualTo("Saved wrong, which shows 1 samples now.\n");
  }

  @Test
  void evaluatesForScripts() {
    Document results =
        json(
            "evaluate",
            "detections",
            "street",
            "predictions",
            "--gt-field",
            "truth",
            "--compute-map");

    assertThat(results.getDocument("metrics").get("support")).isEqualTo(6);
    assertThat(results.get("mAP")).isInstanceOf(Double.class);
  }

  @Test
  void sendsPreviewsLoadsAndUndoes() {
    annotate("review");
    assertThat(out).contains("Sent 3 items with 6 labels to memory as 'review'");
    MemoryBackend.edit("truth", labels -> labels.subList(0, 1));

    done("load-annotations", "street", "review", "--preview");
    assertThat(out).contains("deleted truth of", "'dog'", "Nothing was applied");

    Document report = json("load-annotations", "street", "review");
    assertThat(report.getDocument("total").get("deleted")).isEqualTo(3);
    assertThat(report.getDocument("total").get("unchanged")).isEqualTo(3);

    assertThat(json("runs", "undo", "street", "review").get("changed_samples")).isEqualTo(3);
    assertThat(run("runs", "history", "street")).isZero();
    assertThat(out.lines()).hasSize(2);
    assertThat(out).contains("load review", "undo review");
  }

  @Test
  void refusesToDeleteMostLabelsUnlessTold() {
    annotate("review");
    MemoryBackend.edit("truth", labels -> List.of());

    assertThat(run("load-annotations", "street", "review")).isEqualTo(3);
    assertThat(err.lines()).hasSize(2);

    assertThat(run("load-annotations", "street", "review", "--preview", "--json")).isEqualTo(3);
    assertThat(run("load-annotations", "street", "review", "--allow-mass-deletion")).isZero();
  }

  @Test
  void previewsChangesAsLinesOfJson() {
    annotate("review");
    MemoryBackend.edit("truth", AnnotationCommandsTest::withoutLast);

    assertThat(run("load-annotations", "street", "review", "--preview", "--json")).isZero();

    List<Document> lines = out.lines().map(Json::readDocument).toList();
    assertThat(lines).hasSize(4);
    assertThat(lines.get(0).get("change")).isEqualTo("deleted");
    assertThat(lines.get(3).getDocument("report").get("changed_samples")).isEqualTo(3);
  }

  @Test
  void sendsOnlyWhatAViewShows() {
    try (Workspace workspace = workspace()) {
      String id = workspace.dataset("street").first().id().toString();
      assertThat(
              json("annotate", "street", "a", "--label-field", "truth", "--select", id)
                  .get("items"))
          .isEqualTo(1);
    }
    run("views", "save", "street", "two", "--view", "limit(2)");
    assertThat(
            json("annotate", "street", "b", "--label-field", "truth", "--view", "two").get("items"))
        .isEqualTo(2);
    assertThat(run("annotate", "street", "c", "--label-field", "truth", "--view", "twoo"))
        .isEqualTo(2);
    assertThat(err).contains("twoo", "Did you mean two?");
  }

  @Test
  void plansWithoutSending() {
    Document plan =
        json(
            "annotate",
            "street",
            "new",
            "--dry-run",
            "--label-field",
            "signs",
            "--label-type",
            "detections",
            "--classes",
            "stop,yield");

    Document field = plan.getDocument("label_schema").getDocument("signs");
    assertThat(field.getList("classes").toString()).isEqualTo("[stop, yield]");
    assertThat(field.get("type")).isEqualTo("detections");
    Document existing =
        json(
            "annotate",
            "street",
            "k",
            "--dry-run",
            "--label-field",
            "truth",
            "--no-allow-deletions");
    assertThat(existing.getDocument("label_schema").getDocument("truth").get("allow_deletions"))
        .isEqualTo(false);
    assertThat(run("runs", "list", "street")).isZero();
    assertThat(out).contains("No runs.");
  }

  @Test
  void listsTheRunsOfABackendInAStateAboutAField() {
    assertThat(run("annotate", "street", "k", "--label-field", "truth")).isZero();

    assertThat(
            run("runs", "list", "street", "--backend=memory", "--state=waiting", "--field=truth"))
        .isZero();
    assertThat(out).contains("k    memory   waiting");
    for (String other : List.of("--backend=cvat", "--state=loaded", "--field=signs")) {
      assertThat(run("runs", "list", "street", other)).isZero();
      assertThat(out).contains("No runs.");
    }
    assertThat(run("runs", "list", "street", "--state=waitin")).isEqualTo(2);
    assertThat(err).contains("no state 'waitin'", "Did you mean waiting?");
  }

  @Test
  void saysAllThatIsWrongWithARequest() {
    assertThat(run("annotate", "street", "1 key", "--label-field", "signs")).isEqualTo(2);
    assertThat(err).contains("signs", "1 key");
    assertThat(run("annotate", "stret", "key", "--label-field", "truth")).isEqualTo(2);
    assertThat(err).contains("stret", "Did you mean street?");
  }

  @Test
  void managesRuns() {
    annotate("review");
    assertThat(json("runs", "status", "street", "review").getDocument("progress").get("items"))
        .isEqualTo(3);
    assertThat(json("runs", "info", "street", "review").get("state")).isEqualTo("waiting");
    assertThat(run("runs", "rename", "street", "review", "second")).isZero();
    assertThat(run("runs", "cleanup", "street", "second")).isZero();
    assertThat(run("load-annotations", "street", "second")).isEqualTo(2);
    assertThat(err.lines().count()).isLessThanOrEqualTo(2);
    assertThat(run("runs", "delete", "street", "second")).isZero();
    assertThat(out).isEqualTo("Deleted the run second.\n");
    assertThat(run("runs", "info", "street", "second")).isEqualTo(2);
  }

  @Test
  void deletesARunWithWhatItLeftOnItsBackend() {
    Path queues = Workspace.home(environment).resolve("runs");
    done("annotate", "street", "review", "--label-field", "truth", "--backend", "local");
    assertThat(queues).isNotEmptyDirectory();
    assertThat(run("runs", "delete", "street", "review", "--cleanup")).isZero();
    assertThat(out).isEqualTo("Deleted the run review.\n");
    assertThat(queues).isEmptyDirectory();

    done("annotate", "street", "review", "--label-field", "truth", "--backend", "local");
    assertThat(run("runs", "delete", "street", "review")).isZero();
    assertThat(out).contains("what it made on local stays there");
    assertThat(queues).isNotEmptyDirectory();
  }

  @Test
  void keepsViews() {
    assertThat(run("views", "save", "street", "first", "--view", "limit(1)")).isZero();
    assertThat(run("views", "list", "street", "--json")).isZero();
    assertThat(Json.read(out).toString()).contains("first", "fiftyone.core.stages.Limit");
    assertThat(run("views", "delete", "street", "first")).isZero();
    assertThat(run("views", "list", "street")).isZero();
    assertThat(out).isEqualTo("No saved views.\n");
  }

  @Test
  void saysHowViewsAreWritten() {
    assertThat(run("views", "syntax")).isZero();
    assertThat(out)
        .contains("  take(size, seed=51)\n", "  round(x, place=0)\n", "  std(x, sample=false");
    assertThat(run("views", "syntax", "--json")).isZero();
    assertThat(Json.readDocument(out).get("stages").toString()).contains("limit(limit)");
  }

  @Test
  void showsTheConfigurationWithoutSecrets() throws Exception {
    Path file = directory.resolve("annotation.json");
    Files.writeString(file, "{\"backends\": {\"cvat\": {\"password\": \"hush\"}}}");
    environment.put("FIFTYONE_ANNOTATION_CONFIG_PATH", file.toString());
    environment.put("FIFTYONE_CVAT_URL", "http://localhost:8080");

    assertThat(run("annotation", "config")).isZero();
    assertThat(out)
        .startsWith("{\n    \"default_backend\": \"memory\",\n    \"backends\": {\n        \"")
        .doesNotContain("hush");
    assertThat(run("annotation", "config", "backends.cvat.url")).isZero();
    assertThat(out).isEqualTo("http://localhost:8080\n");
    assertThat(run("annotation", "config", "backends.cvat", "--explain")).isZero();
    assertThat(out).contains("environment", file.toString(), "default").doesNotContain("hush");
    assertThat(run("annotation", "config", "--locate")).isZero();
    assertThat(out).isEqualTo(file + "\n");
  }

  @Test
  void tellsWhatABackendCanDo() {
    assertThat(run("annotation", "backends")).isZero();
    assertThat(out).contains("memory", "yes", "image, video");
    assertThat(json("annotation", "backends", "memory").getList("label_types").toString())
        .contains("detections", "polylines");
  }

  @Test
  void helpsWithExamplesEverywhere() {
    for (CommandTable.Entry entry : CommandTable.entries()) {
      assertThat(run(entry.name(), "--help")).isZero();
      assertThat(out).as(entry.name()).contains("Usage: postil " + entry.name(), "xample");
    }
    assertThat(run("runs", "undo", "--help")).isZero();
    assertThat(out).contains("Example: postil runs undo");
  }
}
