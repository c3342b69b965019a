package io.postil.backends.cvat;

import static org.assertj.core.api.Assertions.assertThat;

import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.FieldType;
import io.postil.core.dataset.Sample;
import io.postil.core.label.BoundingBox;
import io.postil.core.label.Classification;
import io.postil.core.label.Classifications;
import io.postil.core.label.Detection;
import io.postil.core.label.Detections;
import io.postil.core.label.Keypoint;
import io.postil.core.label.Keypoints;
import io.postil.core.label.Label;
import io.postil.core.label.Points;
import io.postil.core.label.Polyline;
import io.postil.core.label.Polylines;
import io.postil.core.label.Segmentation;
import io.postil.core.value.Document;
import io.postil.core.value.NdArray;
import io.postil.core.value.Values;
import io.postil.engine.annotation.AnnotationRequest;
import io.postil.engine.annotation.Change;
import io.postil.engine.annotation.LoadReport;
import io.postil.testkit.TestSamples;
import io.postil.testkit.cvat.CvatEmulator;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What nobody touched in CVAT comes back as it was: nothing changes, to the last digit. */
@Tag("cvat")
class UntouchedTest {
  @TempDir Path home;

  /** A field with labels that are hard to bring back exactly. */
  record Case(String name, String labelType, String labelClass, Label value, int labels) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Detection box(String label, double x, double y, double w, double h) {
    return Detection.of(label, new BoundingBox(x, y, w, h));
  }

  static List<Case> cases() {
    byte[] spots = new byte[7 * 9];
    for (int i = 0; i < spots.length; i++) {
      spots[i] = (byte) (i % 3 == 0 || i == 1 ? 1 : 0);
    }
    byte[] classes = new byte[CvatFixture.WIDTH * CvatFixture.HEIGHT];
    for (int i = 0; i < classes.length; i++) {
      classes[i] = (byte) (i % 5);
    }
    double third = 1 / 3.0;
    return List.of(
        new Case(
            "boxes between pixels",
            "detections",
            "Detections",
            new Detections(
                List.of(
                    box("car", 0.1, 0.2, third, 0.7 / 3),
                    box("car", 0.123456789, 1e-7, 0.000001, 0.9),
                    box("bus", -0.1, -0.2, 1.4, 1.3).withConfidence(0.7),
                    box("bus", 0.5, 0.5, 0, 0).withIndex(7))),
            4),
        new Case(
            "turned boxes",
            "detections",
            "Detections",
            new Detections(
                List.of(
                    box("car", 0.1, 0.1, 0.2, 0.2).withAttributes(Document.of("rotation", 0.4)),
                    box("car", 0.3, 0.3, 0.2, 0.2).withAttributes(Document.of("rotation", -30)),
                    box("car", 0.5, 0.5, 0.2, 0.2).withAttributes(Document.of("rotation", 725.5)))),
            3),
        new Case(
            "attributes of all kinds",
            "detections",
            "Detections",
            new Detections(
                List.of(
                    box("car", 0.1, 0.1, 0.2, 0.2)
                        .withAttributes(
                            Document.builder()
                                .put("number_plate", "007")
                                .put("speed", 7)
                                .put("ratio", 7.0)
                                .put("parked", true)
                                .put("occluded", true)
                                .put("group_id", 3)
                                .put("note", "\"a\"\n<b> ü 鍵")
                                .build()),
                    box("bus", 0.2, 0.1, 0.2, 0.2)
                        .withAttributes(
                            Document.of("parked", false, "speed", null).with("other", 1e-9)),
                    box("bus", 0.3, 0.1, 0.2, 0.2))),
            3),
        new Case(
            "masks",
            "instances",
            "Detections",
            new Detections(
                List.of(
                    box("car", 0.25, 0.25, 0.25, 0.25).withMask(TestSamples.mask(12, 16, 3)),
                    box("car", 0.1, 0.2, third, 0.4).withMask(NdArray.ofBooleans(7, 9, spots)),
                    box("bus", 0.9, 0.9, 0.2, 0.2).withMask(TestSamples.mask(3, 5, 4)))),
            3),
        new Case("one detection", "detection", "Detection", box("car", 0.15, 0.25, 0.35, 0.45), 1),
        new Case(
            "a mask without pixels",
            "instance",
            "Detection",
            box("car", 0, 0, 0.5, 0.5).withMask(NdArray.ofBooleans(2, 2, new byte[4])),
            1),
        new Case(
            "polygons with rings",
            "polygons",
            "Polylines",
            new Polylines(
                List.of(
                    Polyline.of(
                        "road",
                        List.of(
                            Points.wrap(0.1, 0.1, 0.9, 0.1, 0.9, 0.9, third, 0.9),
                            Points.wrap(0.3, 0.3, 0.5, 0.3),
                            Points.wrap(0.3, 0.3, 0.5, 0.3, 0.4, 0.7)),
                        true,
                        true))),
            1),
        new Case(
            "lines",
            "polylines",
            "Polylines",
            new Polylines(
                List.of(
                    Polyline.of("lane", List.of(Points.wrap(0.1, 0.1, 0.7, third)), false, false),
                    Polyline.of(
                        "lane", List.of(Points.wrap(0.2, 0.1, 0.9, 0.9, 0.2, 0.5)), true, false),
                    Polyline.of("lane", List.of(), false, false))),
            3),
        new Case(
            "keypoints with missing ones",
            "keypoints",
            "Keypoints",
            new Keypoints(
                List.of(
                    Keypoint.of("body", Points.wrap(0.1, third, 0.5, 0.5, 0.7, 0.1)),
                    Keypoint.of("body", Points.wrap(0.2, 0.2, Double.NaN, Double.NaN, 0.7, 0.1)),
                    Keypoint.of("body", Points.wrap(Double.NaN, Double.NaN)))),
            3),
        new Case(
            "classifications",
            "classifications",
            "Classifications",
            new Classifications(
                List.of(
                    Classification.of("sunny").withConfidence(0.3),
                    Classification.of("windy"),
                    Classification.of("windy"))),
            3),
        new Case(
            "a segmentation",
            "segmentation",
            "Segmentation",
            Segmentation.of(NdArray.ofBytes(CvatFixture.HEIGHT, CvatFixture.WIDTH, classes)),
            1),
        new Case(
            "a smaller segmentation",
            "segmentation",
            "Segmentation",
            Segmentation.of(NdArray.ofBytes(5, 7, java.util.Arrays.copyOf(classes, 35))),
            1),
        new Case(
            "a cuboid",
            "detections",
            "Detections",
            new Detections(
                List.of(
                    box("car", 0.1, 0.1, 0.5, 0.5)
                        .withAttributes(
                            Document.of(
                                Cuboids.ATTRIBUTE,
                                Values.listOf(
                                    0.1, 0.1, 0.1, 0.6, third, 0.1, 0.4, 0.6, 0.6, 0.1, 0.6, 0.5,
                                    0.2, 0.1, 0.2, 0.5))))),
            1));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void comesBackAsItWas(Case given) {
    check(given, CvatEmulator.OLD);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void comesBackFromANewServerAsItWas(Case given) {
    check(given, CvatEmulator.NEW);
  }

  private void check(Case given, String version) {
    try (CvatFixture cvat = CvatFixture.images(home, version).field("labels", given.labelClass())) {
      Sample first = cvat.image("b.png", "labels", given.value());
      Sample second = cvat.image("a.png");
      AnnotationRequest request = AnnotationRequest.ofField("labels").labelType(given.labelType());
      if (given.labelType().equals("segmentation")) {
        request =
            request.with("mask_targets", Document.of(Map.of("1", "road", "2", "sky", "4", "tree")));
      }
      cvat.annotate(request);

      LoadReport report = cvat.load();

      assertThat(cvat.changes)
          .filteredOn(c -> c.kind() != Change.Kind.UNCHANGED)
          .as(report.toString())
          .isEmpty();
      assertThat(report.changesAnything()).isFalse();
      assertThat(report.total().of(Change.Kind.UNCHANGED)).isEqualTo(given.labels());
      assertThat(cvat.value(first, "labels")).isEqualTo(given.value());
      assertThat(cvat.value(second, "labels")).isNull();
      assertThat(cvat.load().changesAnything()).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {CvatEmulator.OLD, CvatEmulator.NEW})
  void valuesOfFieldsComeBackWithTheirTypes(String version) {
    try (CvatFixture cvat = CvatFixture.images(home, version)) {
      Map<String, Object> values =
          Map.of("count", 7, "ratio", 7.0, "plate", "007", "checked", false);
      Map<String, FieldType> types =
          Map.of(
              "count", FieldType.INT,
              "ratio", FieldType.FLOAT,
              "plate", FieldType.STRING,
              "checked", FieldType.BOOLEAN);
      types.forEach((name, type) -> cvat.field(FieldSpec.of(name, type)));
      Sample sample = cvat.image("a.png", "count", 7);
      Sample other = cvat.image("b.png", "count", 9);
      Sample full = sample.withId(io.postil.core.value.ObjectId.create());
      for (Map.Entry<String, Object> value : values.entrySet()) {
        full = full.with(value.getKey(), value.getValue());
      }
      cvat.insert(full);
      Document.Builder schema = Document.builder();
      types.keySet().stream()
          .sorted()
          .forEach(name -> schema.put(name, Document.of("type", "scalar")));
      cvat.annotate(AnnotationRequest.create().with("label_schema", schema.build()));

      LoadReport report = cvat.load();

      assertThat(report.changesAnything()).as(cvat.changes.toString()).isFalse();
      for (Map.Entry<String, Object> value : values.entrySet()) {
        assertThat(cvat.value(full, value.getKey())).isEqualTo(value.getValue());
      }
      assertThat(cvat.value(other, "count")).isEqualTo(9);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {CvatEmulator.OLD, CvatEmulator.NEW})
  void aClassOfTwoFieldsStaysWithEach(String version) {
    try (CvatFixture cvat =
        CvatFixture.images(home, version)
            .field("truth", "Detections")
            .field("guess", "Detections")) {
      Detections truth = new Detections(List.of(box("car", 0.1, 0.1, 0.2, 0.2)));
      Detections guess = new Detections(List.of(box("car", 0.12, 0.1, 0.2, 0.2)));
      Sample sample = cvat.image("a.png", "truth", truth);
      Sample both = sample.withId(io.postil.core.value.ObjectId.create()).with("guess", guess);
      cvat.insert(both);
      cvat.annotate(
          AnnotationRequest.create().with("label_schema", Values.listOf("truth", "guess")));

      assertThat(cvat.annotator.label(cvat.annotator.onlyTask(), "car_truth")).isPositive();
      assertThat(cvat.load().changesAnything()).as(cvat.changes.toString()).isFalse();
      assertThat(cvat.value(both, "guess")).isEqualTo(guess);
    }
  }
}
