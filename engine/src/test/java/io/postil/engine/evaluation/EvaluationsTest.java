package io.postil.engine.evaluation;

import static io.postil.core.view.Expression.F;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.FieldType;
import io.postil.core.dataset.MediaType;
import io.postil.core.dataset.Sample;
import io.postil.core.label.BoundingBox;
import io.postil.core.label.Detection;
import io.postil.core.label.Detections;
import io.postil.core.label.Keypoint;
import io.postil.core.label.Keypoints;
import io.postil.core.label.LabelList;
import io.postil.core.label.Points;
import io.postil.core.label.Polyline;
import io.postil.core.label.Polylines;
import io.postil.core.label.SingleLabel;
import io.postil.core.store.DatasetStore;
import io.postil.core.store.Projection;
import io.postil.core.store.StoredDataset;
import io.postil.core.value.Document;
import io.postil.core.value.Doubles;
import io.postil.core.value.Json;
import io.postil.core.value.NdArray;
import io.postil.core.view.Aggregation;
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

class EvaluationsTest {
  @TempDir Path home;
  private DatasetStore store;
  private StoredDataset dataset;
  private Evaluations evaluations;

  @BeforeEach
  void twoSamples() {
    store = new SqliteStoreProvider().open(URI.create("sqlite:/"), home);
    dataset =
        store.create(
            DatasetInfo.create("street", MediaType.IMAGE)
                .withField("truth", FieldSpec.embedded("truth", "Detections"))
                .withField("predictions", FieldSpec.embedded("predictions", "Detections")));
    dataset.write(
        writer -> {
          writer.insert(
              Sample.of("/data/1.png")
                  .with("truth", boxes("cat", 0.1))
                  .with(
                      "predictions",
                      new Detections(List.of(box("cat", 0.1, 0.9), box("dog", 0.6, 0.4)))));
          writer.insert(Sample.of("/data/2.png").with("truth", boxes("dog", 0.2)));
          return null;
        });
    evaluations = new Evaluations(dataset);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private static Detections boxes(String label, double x) {
    return new Detections(List.of(Detection.of(label, new BoundingBox(x, 0.1, 0.2, 0.2))));
  }

  private static Detection box(String label, double x, double confidence) {
    return Detection.of(label, new BoundingBox(x, 0.1, 0.2, 0.2)).withConfidence(confidence);
  }

  private DetectionResults evaluate(@Nullable String key) {
    return evaluations.evaluateDetections(
        ViewDefinition.ALL, DetectionEvaluation.of("predictions", "truth", key));
  }

  private List<String> fieldNames() {
    return dataset.info().fieldNames();
  }

  private long countWith(String attribute, String value) {
    return dataset.count(
        ViewDefinition.ALL.then(Stages.filterLabels("predictions", F(attribute).eq(value))));
  }

  @Test
  void writesItsOutcomeWhereViewsFindIt() {
    DetectionResults results = evaluate("eval");

    assertThat(results.metrics().precision()).isEqualTo(0.5);
    assertThat(results.metrics().recall()).isEqualTo(0.5);
    assertThat(countWith("eval", "tp")).isEqualTo(1);
    assertThat(countWith("eval", "fp")).isEqualTo(1);
    assertThat(dataset.aggregate(ViewDefinition.ALL, List.of(Aggregation.bounds("eval_fn"))))
        .containsExactly(List.of(0, 1));
    assertThat(evaluations.results("eval").scores()).isEqualTo(results.scores());
    assertThat(evaluations.view("eval")).isEqualTo(ViewDefinition.ALL);
  }

  @Test
  void writesNothingWithoutAKey() {
    List<Sample> before = dataset.read(ViewDefinition.ALL, Projection.ALL).toList();
    DetectionResults results =
        evaluations.evaluateDetections(
            ViewDefinition.ALL, DetectionEvaluation.of("predictions", "truth", null));

    assertThat(results.confusion("cat", "cat")).isEqualTo(1);
    assertThat(dataset.read(ViewDefinition.ALL, Projection.ALL).toList()).isEqualTo(before);
    assertThat(evaluations.list()).isEmpty();
  }

  @Test
  void renamesAllItWrote() {
    evaluate("eval");
    evaluations.rename("eval", "first");

    assertThat(evaluations.list()).containsExactly("first");
    assertThat(fieldNames()).contains("first_tp").doesNotContain("eval_tp");
    assertThat(countWith("first", "tp")).isEqualTo(1);
    assertThat(countWith("eval", "tp")).isZero();
  }

  @Test
  void aNewKeyMustNotHideWhatLabelsAlreadyHave() {
    evaluate("eval");
    List<Sample> before = dataset.read(ViewDefinition.ALL, Projection.ALL).toList();

    assertThatThrownBy(() -> evaluations.rename("eval", "confidence"))
        .hasMessageContaining("labels have a property of this name");

    assertThat(evaluations.list()).containsExactly("eval");
    assertThat(dataset.read(ViewDefinition.ALL, Projection.ALL).toList()).isEqualTo(before);
  }

  @Test
  void deletesAllItWrote() {
    List<Sample> before = dataset.read(ViewDefinition.ALL, Projection.ALL).toList();
    evaluate("eval");
    evaluations.delete("eval");

    assertThat(evaluations.list()).isEmpty();
    assertThat(fieldNames()).containsExactly("truth", "predictions");
    List<Sample> after = dataset.read(ViewDefinition.ALL, Projection.ALL).toList();
    assertThat(after)
        .extracting(Sample::fields)
        .isEqualTo(before.stream().map(Sample::fields).toList());
  }

  @Test
  void equallyConfidentPredictionsCountInTheOrderOfSamplesAsPycocotoolsHasIt() {
    dataset.write(
        writer -> {
          writer.insert(
              Sample.of("/data/3.png")
                  .with("truth", boxes("cow", 0.1))
                  .with(
                      "predictions",
                      new Detections(List.of(box("cow", 0.7, 0.5), box("cow", 0.1, 0.5)))));
          return null;
        });
    DetectionEvaluation cows =
        DetectionEvaluation.of("predictions", "truth", null).withMap(null, 100);
    assertThat(averagePrecision(cows, "cow")).isEqualTo(0.5);
    assertThat(averagePrecision(cows.withTies(DetectionEvaluation.Ties.CORRECT_FIRST), "cow"))
        .isEqualTo(1);
  }

  private double averagePrecision(DetectionEvaluation evaluation, String label) {
    PrecisionRecall curves =
        evaluations
            .evaluateDetections(ViewDefinition.ALL, evaluation)
            .precisionRecall()
            .orElseThrow();
    return curves.averagePrecision().get(label);
  }

  @Test
  void cocosSummaryTellsSizesApart() {
    dataset.write(
        writer -> {
          for (Sample sample : dataset.read(ViewDefinition.ALL, Projection.ALL).toList()) {
            writer.putSample(sample.withMetadata(Document.of("width", 500, "height", 400)));
          }
          // 20 x 16 pixels, and 400 x 320.
          writer.insert(
              Sample.of("/data/3.png")
                  .withMetadata(Document.of("width", 500, "height", 400))
                  .with(
                      "truth",
                      new Detections(List.of(square("cat", 0.0, 0.04), square("cat", 0.1, 0.8))))
                  .with(
                      "predictions",
                      new Detections(List.of(square("cat", 0.0, 0.04).withConfidence(0.7)))));
          return null;
        });
    DetectionEvaluation cats =
        DetectionEvaluation.of("predictions", "truth", null)
            .withClasses(List.of("cat"), DetectionEvaluation.NONE)
            .withMap(null, 100);
    Map<String, Double> numbers =
        evaluations
            .evaluateDetections(ViewDefinition.ALL, cats)
            .precisionRecall()
            .orElseThrow()
            .coco();

    assertThat(numbers.keySet())
        .containsExactly(
            "AP",
            "AP50",
            "AP75",
            "APsmall",
            "APmedium",
            "APlarge",
            "AR1",
            "AR10",
            "AR100",
            "ARsmall",
            "ARmedium",
            "ARlarge");
    assertThat(numbers.get("AR100")).isCloseTo(2 / 3.0, within(1e-12));
    assertThat(numbers.get("APsmall")).isEqualTo(1);
    assertThat(numbers.get("APmedium")).isEqualTo(1);
    assertThat(numbers.get("APlarge")).isZero();
  }

  private static Detection square(String label, double at, double size) {
    return Detection.of(label, new BoundingBox(at, at, size, size));
  }

  @Test
  void withoutTheSizeOfPicturesTheSummaryHasNoSizes() {
    DetectionEvaluation map = DetectionEvaluation.of("predictions", "truth", null).withMap(null, 5);
    assertThat(
            evaluations
                .evaluateDetections(ViewDefinition.ALL, map)
                .precisionRecall()
                .orElseThrow()
                .coco())
        .containsOnlyKeys("AP", "AP50", "AP75", "AR1", "AR5");
  }

  @Test
  void countsHowConfidentRightAndWrongPredictionsAre() {
    Confidences confidences = evaluate(null).confidences();
    assertThat(confidences.correct().get(18)).isEqualTo(1);
    assertThat(confidences.wrong().get(8)).isEqualTo(1);
  }

  private List<String> problems(DetectionEvaluation evaluation) {
    try {
      evaluations.evaluateDetections(ViewDefinition.ALL, evaluation);
    } catch (PostilException e) {
      return e.problems().stream().map(p -> p.message() + " / " + p.remedy()).toList();
    }
    throw new AssertionError("nothing was wrong");
  }

  @Test
  void namesEverythingThatIsWrongWithARequestAtOnce() {
    DetectionEvaluation wrong =
        DetectionEvaluation.of("predictoins", "truth", "2nd")
            .withMatching(1.5, true, "iscrowd")
            .withMap(List.of(0.5, -1.0), 0);
    assertThat(problems(wrong))
        .satisfiesExactly(
            p -> assertThat(p).contains("'predictoins'", "Did you mean predictions?"),
            p -> assertThat(p).contains("IoU is 1.5", "from 0 to 1"),
            p -> assertThat(p).contains("number of predictions is 0"),
            p -> assertThat(p).contains("IoU threshold is -1.0"),
            p -> assertThat(p).contains("'2nd'", "no digit first"));
    assertThat(
            problems(
                DetectionEvaluation.of("predictions", "truth", "eval")
                    .withClasses(List.of("cat", "dogg"), "none")))
        .singleElement()
        .satisfies(p -> assertThat(p).contains("'dogg'", "Did you mean dog?"));
    assertThat(problems(DetectionEvaluation.of("predictions", "truth", "label")))
        .singleElement()
        .satisfies(p -> assertThat(p).contains("property of this name"));
    assertThat(problems(DetectionEvaluation.of("truth", "truth", "eval")))
        .singleElement()
        .satisfies(p -> assertThat(p).contains("as predictions and as truth"));
    assertThat(fieldNames()).containsExactly("truth", "predictions");
  }

  @Test
  void aKeyIsTakenByAnotherFieldOrAnEvaluationOfOtherFields() {
    dataset.write(
        writer -> {
          writer.putInfo(
              writer
                  .info()
                  .withField("a_tp", FieldSpec.of("a_tp", FieldType.STRING))
                  .withField("more", FieldSpec.embedded("more", "Detections")));
          return null;
        });
    evaluate("eval");
    evaluate("eval");

    assertThat(problems(DetectionEvaluation.of("more", "truth", "eval")))
        .singleElement()
        .satisfies(p -> assertThat(p).contains("'eval' of other fields: 'predictions'"));
    assertThat(problems(DetectionEvaluation.of("predictions", "truth", "a")))
        .singleElement()
        .satisfies(p -> assertThat(p).contains("a field 'a_tp'"));
  }

  @Test
  void aReportHoldsTheDataAndNoNameCanBreakOutOfIt() {
    dataset.write(
        writer -> {
          writer.insert(Sample.of("/data/3.png").with("truth", boxes("</script><b>\u2028&", 0.1)));
          return null;
        });
    evaluations.evaluateDetections(
        ViewDefinition.ALL,
        DetectionEvaluation.of("predictions", "truth", "eval").withMap(null, 100));

    String html = EvaluationReport.html("street", evaluations.data("eval"));
    assertThat(html).doesNotContain("</script><b>", "src=", "href=", "/*DATA*/");
    String json = html.substring(html.indexOf("id=\"data\">") + 10);
    Document data = Json.readDocument(json.substring(0, json.indexOf("</script>")));
    assertThat(data.getList("classes")).contains("</script><b>\u2028&", "cat", "dog");
    assertThat(data.getDocument("curves").getDocument("precision").getList("cat")).hasSize(10);
    assertThat(data.getDocument("confusion").getList("labels"))
        .containsExactly("</script><b>\u2028&", "cat", "dog", "(none)");
  }

  @Test
  void refusesWhatCannotBeEvaluatedAndWritesNothing() {
    assertThatThrownBy(() -> evaluations.results("eval"))
        .extracting(e -> ((PostilException) e).code())
        .isEqualTo(ErrorCode.UNKNOWN_EVAL_KEY);
    dataset.write(
        writer -> {
          writer.insert(Sample.of("/data/3.png").with("predictions", boxes("cat", 0.5)));
          return null;
        });
    assertThatThrownBy(
            () ->
                evaluations.evaluateDetections(
                    ViewDefinition.ALL,
                    DetectionEvaluation.of("predictions", "truth", "eval").withMap(null, 100)))
        .hasMessageContaining("has no confidence");
    assertThat(fieldNames()).containsExactly("truth", "predictions");
    assertThat(evaluations.list()).isEmpty();
  }

  // --- rules of the peer that its recorded cases do not show ------------------------------------

  /** Evaluates one sample with one true label. */
  private DetectionResults evaluateOne(
      @Nullable String key, SingleLabel truth, SingleLabel... predictions) {
    LabelList<?> truths = list(List.of(truth), truth);
    DatasetInfo info =
        DatasetInfo.create("one", MediaType.IMAGE)
            .withField("t", FieldSpec.embedded("t", truths.className()))
            .withField("p", FieldSpec.embedded("p", truths.className()));
    dataset = store.create(info);
    evaluations = new Evaluations(dataset);
    dataset.write(
        writer -> {
          Sample sample = Sample.of("/data/1.png").with("t", truths);
          writer.insert(sample.with("p", list(List.of(predictions), truth)));
          return null;
        });
    return evaluations.evaluateDetections(
        ViewDefinition.ALL, DetectionEvaluation.of("p", "t", key).withMatching(0.3, true, "crowd"));
  }

  @SuppressWarnings("unchecked")
  private static LabelList<?> list(List<? extends SingleLabel> labels, SingleLabel like) {
    return switch (like) {
      case Keypoint k -> new Keypoints((List<Keypoint>) labels);
      case Polyline p -> new Polylines((List<Polyline>) labels);
      default -> new Detections((List<Detection>) labels);
    };
  }

  private static Keypoint person(double... points) {
    return Keypoint.of("person", Points.wrap(points));
  }

  @Test
  void keypointsNeedNotTouchAndCountAsFarAsBothHavePoints() {
    Keypoint truth = person(0.9, 0.62, 0.61, 0.27, 0.14, 0.83);
    Keypoint above = person(0.61, 0.08, 0.23, 0.15);
    assertThat(evaluateOne(null, truth, above).metrics().recall()).isEqualTo(1);
  }

  @Test
  void keypointSigmasMustBeThoseOfThePoints() {
    evaluateOne(null, person(0.1, 0.1, 0.9, 0.9), person(0.1, 0.1, 0.9, 0.9));
    DetectionEvaluation three =
        DetectionEvaluation.of("p", "t", null).withShapes(false, false, List.of(0.1, 0.2, 0.3));
    assertThatThrownBy(() -> evaluations.evaluateDetections(ViewDefinition.ALL, three))
        .isInstanceOf(PostilException.class)
        .hasMessageContaining("3 keypoint sigmas, but a label of the truth has 2 points");
  }

  @Test
  void aClosedLineAmongTheShapesOfAPolygonAddsNoArea() {
    Points square = Points.wrap(0, 0, 1, 0, 1, 1, 0, 1);
    Points line = Points.wrap(0, 0, 1, 1);
    Polyline closed = Polyline.of("road", List.of(square, line), true, true);
    assertThat(evaluateOne(null, closed, closed).metrics().recall()).isEqualTo(1);
    store.delete("one");
    Polyline open = closed.withClosed(false);
    assertThat(evaluateOne(null, open, open).metrics().recall()).isZero();
  }

  @Test
  void aMaskLiesAtThePixelNearestToItsBox() {
    // The image is 8 pixels wide, so the box at 0.1 begins at pixel 1, not 0.
    Detection truth = mask(new BoundingBox(0.1, 0, 0.375, 1), new byte[] {1, 0, 1});
    Detection prediction = mask(new BoundingBox(0.125, 0, 0.375, 1), new byte[] {1, 0, 1});
    evaluateOne(null, truth, prediction);
    DetectionEvaluation byMask =
        DetectionEvaluation.of("p", "t", null).withShapes(true, false, null);
    List<@Nullable Double> overlaps = new ArrayList<>();
    evaluations.evaluateDetections(ViewDefinition.ALL, byMask, m -> overlaps.add(m.iou()));
    assertThat(overlaps).containsExactly(1.0);
  }

  private static Detection mask(BoundingBox box, byte[] pixels) {
    return Detection.of("cat", box).withMask(NdArray.ofBytes(1, pixels.length, pixels));
  }

  @Test
  void keypointsOfNoConfidenceStandAboveThoseWithoutAny() {
    Keypoint doubted = person(0.1, 0.1, 0.9, 0.9).withConfidence(Doubles.wrap(0, 0));
    Keypoint none = person(0.1, 0.1, 0.9, 0.9);
    List<@Nullable Double> order = new ArrayList<>();
    evaluateOne(null, person(0.1, 0.1, 0.9, 0.9), none, doubted);
    DetectionEvaluation again = DetectionEvaluation.of("p", "t", null);
    evaluations.evaluateDetections(ViewDefinition.ALL, again, m -> order.add(m.confidence()));
    assertThat(order).containsExactly(0.0, null);
  }

  @Test
  void classesThatNameWhatStandsForNoLabelAreReportedWithoutIt() {
    DetectionEvaluation evaluation =
        DetectionEvaluation.of("predictions", "truth", null)
            .withClasses(List.of("dog", "(none)"), "(none)");
    DetectionResults results = evaluations.evaluateDetections(ViewDefinition.ALL, evaluation);
    assertThat(results.report(null).names())
        .containsExactly("dog", "micro avg", "macro avg", "weighted avg");
    // The dog that nothing found, and the dog where there is none.
    assertThat(results.confusionMatrix(null, false, true))
        .isDeepEqualTo(new long[][] {{0, 1}, {1, 0}});
  }

  @Test
  void aViewNeedNotShowTheClassesThatTheDatasetHas() {
    ViewDefinition cats = ViewDefinition.ALL.then(Stages.limit(1));
    DetectionEvaluation ofDogs =
        DetectionEvaluation.of("truth", "truth", null).withClasses(List.of("dog"), "(none)");
    assertThat(evaluations.evaluateDetections(cats, ofDogs).metrics().support()).isZero();
    assertThatThrownBy(
            () ->
                evaluations.evaluateDetections(
                    cats, ofDogs.withClasses(List.of("zebra"), "(none)")))
        .hasMessageContaining("no label has the class 'zebra'");
  }

  @Test
  void ofAnEmptyViewNothingIsRight() {
    ViewDefinition none = ViewDefinition.ALL.then(Stages.limit(0));
    DetectionEvaluation evaluation =
        DetectionEvaluation.of("predictions", "truth", "eval").withMap(null, 100);
    DetectionResults results = evaluations.evaluateDetections(none, evaluation);
    assertThat(results.metrics().support()).isZero();
    assertThat(results.precisionRecall().orElseThrow().meanAveragePrecision()).isEqualTo(-1);
    assertThat(evaluations.list()).containsExactly("eval");
  }

  @Test
  void aTruthWithoutAClassCountsAsAFalsePositive() {
    Detection nameless = box("cat", 0.1, 1).withLabel(null);
    evaluateOne("run", nameless);
    assertThat(
            dataset.aggregate(
                ViewDefinition.ALL, List.of(Aggregation.sum("run_fp"), Aggregation.sum("run_fn"))))
        .isEqualTo(List.of(1, 0));
  }

  @Test
  void onlyClassesThatOccurInTheTruthNeedConfidences() {
    Detection cat = box("cat", 0.1, 0.9);
    Detection unsure = Detection.of("dog", new BoundingBox(0.6, 0.1, 0.2, 0.2));
    evaluateOne(null, cat, cat, unsure);
    DetectionEvaluation precise = DetectionEvaluation.of("p", "t", null).withMap(null, 100);
    DetectionResults results = evaluations.evaluateDetections(ViewDefinition.ALL, precise);
    assertThat(results.precisionRecall().orElseThrow().meanAveragePrecision()).isEqualTo(1);
  }

  @Test
  void ofAllClassesThereAreNoOthers() {
    DetectionResults results = evaluate(null);
    assertThat(results.confusionMatrix(null, true, true)).hasDimensions(3, 3);
    assertThat(results.confusionMatrix(List.of("cat"), true, true)).hasDimensions(3, 3);
  }

  @Test
  void aReportOfNothingHasAMicroAverage() {
    Document report = evaluateOne(null, box("cat", 0.1, 1)).report(List.of("bird"));
    assertThat(report.names()).contains("micro avg").doesNotContain("accuracy");
  }
}
