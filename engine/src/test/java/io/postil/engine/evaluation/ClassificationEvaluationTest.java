package io.postil.engine.evaluation;

import static io.postil.core.view.Expression.F;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.postil.core.PostilException;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.FieldType;
import io.postil.core.dataset.Frame;
import io.postil.core.dataset.MediaType;
import io.postil.core.dataset.Sample;
import io.postil.core.label.Classification;
import io.postil.core.store.Cursor;
import io.postil.core.store.DatasetStore;
import io.postil.core.store.Projection;
import io.postil.core.store.StoredDataset;
import io.postil.core.value.Document;
import io.postil.core.value.NdArray;
import io.postil.core.value.ObjectId;
import io.postil.core.view.Stages;
import io.postil.core.view.ViewDefinition;
import io.postil.store.sqlite.SqliteStoreProvider;
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

/** The weather of five pictures: two are right, one is wrong, two are half known. */
class ClassificationEvaluationTest {
  private static final List<String> CLASSES = List.of("fog", "rain", "sun");

  @TempDir Path home;
  private DatasetStore store;
  private StoredDataset dataset;
  private Evaluations evaluations;

  @BeforeEach
  void fiveSamples() {
    store = new SqliteStoreProvider().open(URI.create("sqlite:/"), home);
    dataset =
        store.create(
            DatasetInfo.create("street", MediaType.IMAGE)
                .withField("weather", FieldSpec.embedded("weather", "Classification"))
                .withField("predicted", FieldSpec.embedded("predicted", "Classification"))
                .withField("boxes", FieldSpec.embedded("boxes", "Detections")));
    dataset.write(
        writer -> {
          writer.insert(sample(1, "sun", "sun", 0.9, 0, 1, 3));
          writer.insert(sample(2, "rain", "sun", 0.6, 0, 2, 3));
          writer.insert(sample(3, "rain", "rain", 0.8, 0, 3, 1));
          writer.insert(sample(4, "fog", null, 0, 0, 0, 0));
          writer.insert(sample(5, null, "fog", 0.3, 2, 0, 1));
          return null;
        });
    evaluations = new Evaluations(dataset);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private static Sample sample(
      int number,
      @Nullable String truth,
      @Nullable String predicted,
      double confidence,
      double... logits) {
    Sample sample = Sample.of("/data/" + number + ".png");
    if (truth != null) {
      sample = sample.with("weather", Classification.of(truth));
    }
    return predicted == null
        ? sample
        : sample.with(
            "predicted",
            Classification.of(predicted)
                .withConfidence(confidence)
                .withLogits(NdArray.ofDoubles(new int[] {logits.length}, logits)));
  }

  private static ClassificationEvaluation request(@Nullable String key) {
    return ClassificationEvaluation.of("predicted", "weather", key);
  }

  private ClassificationResults evaluate(ClassificationEvaluation evaluation) {
    return evaluations.evaluateClassifications(ViewDefinition.ALL, evaluation);
  }

  private List<@Nullable Object> values(String field) {
    List<@Nullable Object> values = new ArrayList<>();
    samples().forEach(sample -> values.add(sample.fields().get(field)));
    return values;
  }

  private List<Sample> samples() {
    return dataset.read(ViewDefinition.ALL, Projection.ALL).toList();
  }

  @Test
  void aPredictionIsRightIfItsClassIs() {
    ClassificationResults results = evaluate(request("right"));

    assertThat(values("right")).containsExactly(true, false, true, false, false);
    assertThat(results.classes()).isEqualTo(CLASSES);
    assertThat(results.metrics().accuracy()).isEqualTo(0.4);
    assertThat(results.scores().get("rain").precision()).isEqualTo(1);
    assertThat(results.scores().get("rain").recall()).isEqualTo(0.5);
    assertThat(results.confusionMatrix(null, false, true))
        .isDeepEqualTo(new long[][] {{0, 0, 0, 1}, {0, 1, 1, 0}, {0, 0, 1, 0}, {1, 0, 0, 0}});
    assertThat(results.confidences().correct().get(18)).isEqualTo(1);
    assertThat(results.confidences().wrong().get(12)).isEqualTo(1);
  }

  @Test
  void aPredictionIsRightIfTheTruthIsAmongItsGreatestLogits() {
    ClassificationResults results = evaluate(request("top2").withTopK(2, CLASSES));

    assertThat(values("top2")).containsExactly(true, true, true, false, false);
    assertThat(results.confusion("rain", "rain")).isEqualTo(2);
    assertThat(evaluate(request(null).withTopK(1, CLASSES)).confusion("rain", "sun")).isEqualTo(1);
  }

  @Test
  void oneClassAndItsAbsence() {
    ClassificationResults results = evaluate(request("is_rain").withBinary("other", "rain"));

    assertThat(values("is_rain")).containsExactly("TN", "FN", "TP", "TN", "TN");
    assertThat(results.scores().get("rain").recall()).isEqualTo(0.5);
    assertThat(results.metrics().accuracy()).isEqualTo(0.8);
    // Of the positive class: one of two is found, and what is found is right.
    assertThat(results.metrics().recall()).isEqualTo(0.5);
    assertThat(results.metrics().precision()).isEqualTo(1);
    assertThat(results.metrics().support()).isEqualTo(5);
    BinaryCurves curves = results.curves().orElseThrow();
    // The scores fall from 0.8 (rain), 0.7 (no rain), 0.4 (rain) to 0.1 and 0.
    assertThat(curves.averagePrecision()).isCloseTo((1 + 2 / 3.0) / 2, within(1e-12));
    assertThat(curves.rocAuc()).isCloseTo(5 / 6.0, within(1e-12));
    assertThat(curves.precision()[50]).isEqualTo(1);
    assertThat(curves.precision()[51]).isCloseTo(2 / 3.0, within(1e-12));
    assertThat(curves.truePositiveRate()[33]).isEqualTo(0.5);
    assertThat(curves.truePositiveRate()[34]).isEqualTo(1);
  }

  @Test
  void resultsAreStoredListedRenamedAndDeleted() {
    List<Sample> before = samples();
    ClassificationResults results = evaluate(request("is_rain").withBinary("other", "rain"));

    EvaluationResults again = evaluations.results("is_rain");
    assertThat(again.report(null)).isEqualTo(results.report(null));
    assertThat(again.confidences()).isEqualTo(results.confidences());
    assertThat(((ClassificationResults) again).curves().orElseThrow().precision())
        .isEqualTo(results.curves().orElseThrow().precision());
    assertThat(evaluations.summaries().get(0).getString("method")).isEqualTo("binary");

    evaluations.rename("is_rain", "wet");
    assertThat(evaluations.list()).containsExactly("wet");
    assertThat(values("wet")).containsExactly("TN", "FN", "TP", "TN", "TN");

    evaluations.delete("wet");
    assertThat(evaluations.list()).isEmpty();
    assertThat(samples())
        .extracting(Sample::fields)
        .isEqualTo(before.stream().map(Sample::fields).toList());
    assertThat(dataset.info().fieldNames()).doesNotContain("wet", "is_rain");
  }

  @Test
  void anotherMethodUnderTheSameKeyReplacesTheFirst() {
    evaluate(request("eval").withBinary("other", "rain"));
    evaluations.evaluateClassifications(ViewDefinition.ALL.then(Stages.limit(2)), request("eval"));

    assertThat(dataset.info().field("eval").orElseThrow().type()).isEqualTo(FieldType.BOOLEAN);
    assertThat(values("eval")).containsExactly(true, false, null, null, null);
    assertThat(evaluations.list()).containsExactly("eval");
    assertThat(evaluations.view("eval").stages()).hasSize(1);
  }

  @Test
  void ofFramesEachGetsItsOutcomeAndTheVideoTheShareOfRightOnes() {
    StoredDataset videos =
        store.create(
            DatasetInfo.create("videos", MediaType.VIDEO)
                .withField("frames.truth", FieldSpec.embedded("truth", "Classification"))
                .withField("frames.predicted", FieldSpec.embedded("predicted", "Classification")));
    Sample video = Sample.of("/data/1.mp4");
    videos.write(
        writer -> {
          writer.insert(video);
          writer.insert(Sample.of("/data/2.mp4"));
          for (int n = 1; n <= 4; n++) {
            Map<String, Object> labels =
                Map.of(
                    "truth",
                    Classification.of("sun"),
                    "predicted",
                    Classification.of(n == 2 ? "rain" : "sun"));
            writer.insertFrame(
                new Frame(ObjectId.create(), video.id(), n, labels, Document.empty()));
          }
          return null;
        });
    Evaluations ofVideos = new Evaluations(videos);
    ofVideos.evaluateClassifications(
        ViewDefinition.ALL,
        ClassificationEvaluation.of("frames.predicted", "frames.truth", "right"));

    assertThat(videos.read(ViewDefinition.ALL, Projection.ALL).toList())
        .extracting(sample -> sample.fields().get("right"))
        .containsExactly(0.75, null);
    try (Cursor<Frame> frames = videos.frames(video.id(), 1, 4, Projection.ALL)) {
      assertThat(frames.toList())
          .extracting(frame -> frame.fields().get("right"))
          .containsExactly(true, false, true, true);
    }
    ofVideos.delete("right");
    assertThat(videos.info().fieldNames()).doesNotContain("right", "frames.right");
  }

  private List<String> problems(ClassificationEvaluation evaluation) {
    List<Sample> before = samples();
    try {
      evaluate(evaluation);
    } catch (PostilException e) {
      assertThat(samples()).isEqualTo(before);
      assertThat(evaluations.list()).isEmpty();
      return e.problems().stream()
          .map(p -> p.message() + (p.remedy() == null ? "" : " / " + p.remedy()))
          .toList();
    }
    throw new AssertionError("nothing was wrong");
  }

  @Test
  void namesEverythingThatIsWrongWithARequestAtOnce() {
    assertThat(
            problems(
                ClassificationEvaluation.of("predictde", "boxes", "no key").withMethod("topk")))
        .satisfiesExactly(
            p -> assertThat(p).contains("'predictde'", "Did you mean predicted?"),
            p -> assertThat(p).contains("'topk'", "Did you mean top-k?"),
            p -> assertThat(p).contains("'no key'", "letters, digits"));
    assertThat(problems(ClassificationEvaluation.of("predicted", "boxes", null)))
        .singleElement()
        .satisfies(p -> assertThat(p).contains("holds Classification", "Detections"));
    assertThat(problems(ClassificationEvaluation.of("boxes", "boxes", null)))
        .singleElement()
        .satisfies(p -> assertThat(p).contains("Detections", "evaluate detections"));
    assertThat(problems(request("weather")))
        .singleElement()
        .asString()
        .contains("a field 'weather'");
    assertThat(problems(request("tags"))).singleElement().asString().contains("a field 'tags'");
    assertThat(problems(request("x").withBinary("rain", "rain"))).hasSize(1);
    assertThat(problems(request("x").withMethod("top-k").withTopK(0, List.of()))).hasSize(2);
    assertThat(problems(request("x").withClasses(List.of("sun", "raim"), "none")))
        .singleElement()
        .satisfies(p -> assertThat(p).contains("'raim'", "Did you mean rain?"));
    assertThat(problems(request("x").withBinary("other", "snow")))
        .singleElement()
        .satisfies(p -> assertThat(p).contains("'snow'", "There are: fog, rain, sun."));
  }

  @Test
  void refusesLogitsThatDoNotFitTheClasses() {
    assertThat(problems(request("x").withTopK(1, List.of("rain", "sun"))))
        .satisfiesExactly(
            p -> assertThat(p).contains("are 3 numbers, but there are 2 classes"),
            p -> assertThat(p).contains("no logit stands for: fog"));
  }

  @Test
  void samplesWithoutTheClassCanBeEvaluatedAsWell() {
    ViewDefinition sunny = ViewDefinition.ALL.then(Stages.match(F("weather.label").eq("sun")));
    ClassificationEvaluation snow = request(null).withBinary("sun", "snow");
    assertThat(evaluations.evaluateClassifications(sunny, snow).metrics().recall()).isZero();
  }

  @Test
  void ofAnEmptyViewNothingIsRight() {
    ViewDefinition none = ViewDefinition.ALL.then(Stages.limit(0));
    ClassificationResults results = evaluations.evaluateClassifications(none, request("x"));
    assertThat(results.metrics().accuracy()).isZero();
    assertThat(results.classes()).isEmpty();
    assertThat(evaluations.list()).containsExactly("x");
  }
}
