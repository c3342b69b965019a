package io.postil.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.MediaType;
import io.postil.core.dataset.Sample;
import io.postil.core.label.BoundingBox;
import io.postil.core.label.Classification;
import io.postil.core.label.Detection;
import io.postil.core.label.Detections;
import io.postil.core.value.Document;
import io.postil.engine.Workspace;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The commands that evaluate, and manage evaluations. */
class EvaluationCommandsTest extends CommandTest {
  @BeforeEach
  void aDatasetWithPredictions() {
    try (Workspace workspace =
        Workspace.open(Workspace.home(environment), URI.create("sqlite:/"), environment)) {
      workspace
          .createDataset(
              DatasetInfo.create("street", MediaType.IMAGE)
                  .withField("truth", FieldSpec.embedded("truth", "Detections"))
                  .withField("predictions", FieldSpec.embedded("predictions", "Detections"))
                  .withField("weather", FieldSpec.embedded("weather", "Classification"))
                  .withField("guess", FieldSpec.embedded("guess", "Classification")))
          .stored()
          .write(
              writer -> {
                for (int i = 0; i < 4; i++) {
                  writer.insert(
                      Sample.of("/data/" + i + ".png")
                          .with("truth", box(0.1))
                          .with("predictions", box(i == 0 ? 0.6 : 0.1))
                          .with("weather", Classification.of(i < 2 ? "sun" : "rain"))
                          .with(
                              "guess",
                              Classification.of(i == 1 ? "rain" : "sun")
                                  .withConfidence(0.2 * (i + 1))));
                }
                return null;
              });
    }
  }

  private static Detections box(double x) {
    return new Detections(
        List.of(Detection.of("cat", new BoundingBox(x, 0.1, 0.2, 0.2)).withConfidence(0.9)));
  }

  private void detections(String... more) {
    List<String> words =
        new ArrayList<>(
            List.of("evaluate", "detections", "street", "predictions", "--gt-field", "truth"));
    words.addAll(List.of(more));
    done(words.toArray(String[]::new));
  }

  @Test
  void keepsEvaluationsUntilTheyAreDeleted() {
    detections("--eval-key", "eval", "--compute-map");
    done("evaluate", "list", "street");
    assertThat(out).contains("eval", "coco", "predictions", "0.750");

    done("evaluate", "rename", "street", "eval", "first");
    Document shown = json("evaluate", "show", "street", "first");
    assertThat(shown.getDocument("metrics").get("precision")).isEqualTo(0.75);
    assertThat(shown.getDocument("confusion").getList("counts")).hasToString("[[3, 1], [1, 0]]");
    assertThat(shown.getDocument("curves").getDocument("precision").getList("cat")).hasSize(10);
    done("evaluate", "show", "street", "first");
    assertThat(out).contains("cat", "mAP: ", "AP75");

    done("evaluate", "delete", "street", "first");
    done("evaluate", "list", "street");
    assertThat(out).isEqualTo("No evaluations.\n");
    assertThat(json("datasets", "info", "street").toString()).doesNotContain("first_tp");
    assertThat(run("evaluate", "show", "street", "first")).isEqualTo(2);
    assertThat(err).contains("no evaluation 'first'");
  }

  @Test
  void refusesAViewThatShowsNothing() {
    List<String> words =
        List.of("evaluate", "detections", "street", "predictions", "--gt-field", "truth");
    List<String> nothing = new ArrayList<>(words);
    nothing.addAll(List.of("--view", "matchTags('typo')", "--eval-key", "eval"));
    assertThat(run(nothing.toArray(String[]::new))).isEqualTo(2);
    assertThat(err).contains("shows no sample that could be evaluated");
  }

  @Test
  void evaluatesClassifications() {
    Document results =
        json(
            "evaluate",
            "classifications",
            "street",
            "guess",
            "--gt-field=weather",
            "--eval-key=dry",
            "--method=binary",
            "--classes=rain,sun");
    assertThat(results.getDocument("metrics").get("accuracy")).isEqualTo(0.25);
    assertThat(results.getDocument("binary").get("averagePrecision")).isInstanceOf(Double.class);
    run("views", "save", "street", "wet", "--view", "match(dry == \"FP\")");
    assertThat(out).contains("shows 2 samples");

    assertThat(run("evaluate", "classifications", "street", "gues", "--gt-field=truth"))
        .isEqualTo(2);
    assertThat(err).contains("'gues'", "Did you mean guess?");
  }

  @Test
  void writesAReportThatNeedsNoNetwork() throws IOException {
    Path report = directory.resolve("report.html");
    detections("--compute-map", "--report", report.toString());
    assertThat(out).contains("Report: " + report);
    assertThat(Files.readString(report))
        .startsWith("<!doctype html>")
        .contains("\"dataset\":\"street\"");

    Path nowhere = directory.resolve("missing/report.html");
    assertThat(
            run(
                "evaluate",
                "detections",
                "street",
                "predictions",
                "--gt-field=truth",
                "--eval-key=eval",
                "--report=" + nowhere))
        .isEqualTo(1);
    assertThat(err).contains("there is no directory");
    done("evaluate", "list", "street");
    assertThat(out).isEqualTo("No evaluations.\n");
  }

  /**
   * Forty images of the benchmarks' workload (gen.py --images-count 40 --seed 11), and what
   * pycocotools 2.0.11 says of them.
   */
  @Test
  void agreesWithPycocotools() {
    Path coco = Path.of("src/test/resources/io/postil/cli/coco").toAbsolutePath();
    done(
        "datasets",
        "import",
        "coco",
        "--labels=" + coco.resolve("ground_truth.json"),
        "--no-check-media");
    done(
        "datasets",
        "import",
        "coco",
        "--labels=" + coco.resolve("predictions.json"),
        "--label-field=predictions");
    Document summary =
        json(
                "evaluate",
                "detections",
                "coco",
                "predictions",
                "--gt-field=ground_truth",
                "--compute-map")
            .getDocument("coco");
    double[] expected = {
      0.375859964131649,
      0.6377621491753914,
      0.4135133781770462,
      0.40241304899720737,
      0.4293211928170056,
      0.4143733659881125,
      0.412270514385899,
      0.4796236028928336,
      0.4796236028928336,
      0.44647435897435894,
      0.49892640692640694,
      0.49862161647875936
    };
    assertThat(summary.size()).isEqualTo(expected.length);
    for (int i = 0; i < expected.length; i++) {
      assertThat(summary.getDouble(summary.nameAt(i)))
          .as(summary.nameAt(i))
          .isCloseTo(expected[i], within(1e-9));
    }
  }
}
