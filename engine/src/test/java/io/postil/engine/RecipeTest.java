package io.postil.engine;

import static io.postil.core.view.Expression.F;
import static io.postil.engine.View.Order.DESCENDING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.MediaType;
import io.postil.core.dataset.Sample;
import io.postil.core.label.BoundingBox;
import io.postil.core.label.Detection;
import io.postil.core.label.Detections;
import io.postil.core.label.SingleLabel;
import io.postil.engine.annotation.AnnotationRequest;
import io.postil.engine.annotation.Change;
import io.postil.engine.annotation.LoadReport;
import io.postil.testkit.MemoryBackend;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The recipe of the README: find the worst sample, have its labels corrected, merge them back. */
class RecipeTest {
  @TempDir Path home;
  private Workspace workspace;
  private Dataset dataset;

  @BeforeEach
  void aStreetWithConfidentMistakes() {
    workspace = Workspace.open(home);
    dataset =
        workspace.createDataset(
            DatasetInfo.create("street", MediaType.IMAGE)
                .withField("ground_truth", FieldSpec.embedded("ground_truth", "Detections"))
                .withField("predictions", FieldSpec.embedded("predictions", "Detections")));
    dataset
        .stored()
        .write(
            writer -> {
              writer.insert(
                  Sample.of("/data/1.png")
                      .with("ground_truth", new Detections(List.of(box("cat", 0.1))))
                      .with("predictions", new Detections(List.of(box("cat", 0.1, 0.9)))));
              writer.insert(
                  Sample.of("/data/2.png")
                      .with("ground_truth", new Detections(List.of(box("cat", 0.1))))
                      .with(
                          "predictions",
                          new Detections(
                              List.of(
                                  box("cat", 0.1, 0.7),
                                  box("dog", 0.5, 0.9),
                                  box("dog", 0.7, 0.95)))));
              return null;
            });
  }

  @AfterEach
  void close() {
    workspace.close();
    MemoryBackend.clear();
  }

  private static Detection box(String label, double x) {
    return Detection.of(label, new BoundingBox(x, 0.1, 0.2, 0.2));
  }

  private static Detection box(String label, double x, double confidence) {
    return box(label, x).withConfidence(confidence);
  }

  @Test
  void findsCorrectsAndMerges() {
    dataset.evaluateDetections("predictions", "ground_truth", "eval");

    View mostFalsePositives =
        dataset
            .filterLabels("predictions", F("confidence").gt(0.8).and(F("eval").eq("fp")))
            .sortBy(F("predictions.detections").length(), DESCENDING);
    View view = dataset.select(mostFalsePositives.first().id());

    view.annotate("basic_recipe", AnnotationRequest.ofField("ground_truth").backend("memory"));
    MemoryBackend.edit("ground_truth", labels -> with(labels, box("dog", 0.5)));

    LoadReport preview = dataset.previewAnnotations("basic_recipe");
    assertThat(preview.total().of(Change.Kind.ADDED)).isEqualTo(1);
    assertThat(dataset.count("ground_truth.detections")).isEqualTo(2);

    LoadReport report = dataset.loadAnnotations("basic_recipe");
    assertThat(report.total().toDocument()).isEqualTo(preview.total().toDocument());
    assertThat(dataset.countValues("ground_truth.detections.label"))
        .containsExactly(entry("cat", 2L), entry("dog", 1L));

    assertThat(dataset.undo("basic_recipe")).isEqualTo(1);
    assertThat(dataset.count("ground_truth.detections")).isEqualTo(2);

    dataset.cleanupAnnotationRun("basic_recipe");
    dataset.deleteAnnotationRun("basic_recipe");
    assertThat(dataset.runs()).isEmpty();
  }

  private static List<SingleLabel> with(List<SingleLabel> labels, SingleLabel added) {
    List<SingleLabel> longer = new ArrayList<>(labels);
    longer.add(added);
    return longer;
  }

  @Test
  void answersQuestionsAboutViews() {
    assertThat(dataset.count()).isEqualTo(2);
    assertThat(dataset.skip(1).limit(5).first().filepath()).isEqualTo("/data/2.png");
    assertThat(dataset.exclude(dataset.first().id()).count()).isEqualTo(1);
    assertThat(dataset.match(F("predictions.detections").length().gt(1)).count()).isEqualTo(1);
    assertThat(dataset.bounds("predictions.detections.confidence"))
        .isEqualTo(new View.Bounds(0.7, 0.95));
    assertThat(dataset.distinct("predictions.detections.label").toString()).isEqualTo("[cat, dog]");
    assertThat(dataset.view("filterLabels(predictions, label == \"dog\")").count()).isEqualTo(1);
    try (Stream<Sample> samples = dataset.sortBy("filepath").stream()) {
      assertThat(samples.map(Sample::filepath)).containsExactly("/data/1.png", "/data/2.png");
    }
  }

  @Test
  void savesViewsByName() {
    dataset.saveView("dogs", dataset.view("filterLabels(predictions, label == \"dog\")"));

    assertThat(dataset.savedViews()).containsExactly("dogs");
    assertThat(dataset.savedView("dogs").count()).isEqualTo(1);
    assertThatThrownBy(() -> dataset.savedView("dog"))
        .isInstanceOfSatisfying(
            PostilException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.UNKNOWN_VIEW);
              assertThat(e.remedy()).contains("dogs");
            });
    dataset.deleteSavedView("dogs");
    assertThat(dataset.savedViews()).isEmpty();
  }

  @Test
  void saysThatAViewIsEmpty() {
    assertThatThrownBy(() -> dataset.limit(0).first())
        .isInstanceOfSatisfying(
            PostilException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.EMPTY_COLLECTION));
  }
}
