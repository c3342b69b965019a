package io.postil.backends.labelstudio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.FieldType;
import io.postil.core.dataset.Frame;
import io.postil.core.dataset.MediaType;
import io.postil.core.dataset.Sample;
import io.postil.core.label.BoundingBox;
import io.postil.core.label.Classification;
import io.postil.core.label.Classifications;
import io.postil.core.label.Detection;
import io.postil.core.label.Detections;
import io.postil.core.label.Keypoint;
import io.postil.core.label.Keypoints;
import io.postil.core.label.Points;
import io.postil.core.label.Polyline;
import io.postil.core.label.Polylines;
import io.postil.core.label.Segmentation;
import io.postil.core.value.Document;
import io.postil.core.value.NdArray;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import io.postil.engine.annotation.AnnotationRequest;
import io.postil.engine.annotation.Change;
import io.postil.engine.annotation.LoadReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A person works in Label Studio's own editor; the load brings back exactly that. */
@Tag("labelstudio")
class EditorTest {
  @TempDir Path home;

  private static DatasetInfo images(String field, String labelClass) {
    return DatasetInfo.create("edited", MediaType.IMAGE)
        .withField(field, FieldSpec.embedded(field, labelClass));
  }

  private Sample image(String name) {
    return LabelStudioFixture.image(home, name);
  }

  private static List<?> at(double x, double y) {
    return Values.listOf(x, y);
  }

  private static List<?> from(double x, double y, double toX, double toY) {
    return Values.listOf(at(x, y), at(toX, toY));
  }

  private static long count(LoadReport report, Change.Kind kind) {
    return report.total().of(kind);
  }

  private static double[] numbers(Document value, String... names) {
    double[] numbers = new double[names.length];
    for (int i = 0; i < names.length; i++) {
      numbers[i] = Percent.number(value, names[i]) / 100;
    }
    return numbers;
  }

  @Test
  void boxesAreMovedDeletedAndDrawn() {
    Detection cat = Detection.of("cat", new BoundingBox(0.1, 0.2, 0.3, 0.4)).withConfidence(0.5);
    Detection dog = Detection.of("dog", new BoundingBox(0.5, 0.1, 0.2, 0.2));
    Detection bird = Detection.of("bird", new BoundingBox(1 / 3.0, 0.7, 0.07, 0.1));
    Sample sample = image("boxes").with("gt", new Detections(List.of(cat, dog, bird)));
    try (LabelStudioFixture fixture =
        new LabelStudioFixture(home, images("gt", "Detections"), sample)) {
      fixture.annotate("run", AnnotationRequest.ofField("gt"));

      fixture.edit(
          "run",
          sample.id(),
          "drag",
          from(25, 40, 35, 45),
          "key",
          "Escape",
          "click",
          at(60, 20),
          "key",
          "Backspace",
          "expectRegions",
          2,
          "label",
          "dog",
          "drag",
          from(70, 70, 90, 90),
          "expectRegions",
          3);
      LoadReport report = fixture.load("run");

      assertThat(count(report, Change.Kind.EDITED)).isEqualTo(1);
      assertThat(count(report, Change.Kind.DELETED)).isEqualTo(1);
      assertThat(count(report, Change.Kind.ADDED)).isEqualTo(1);
      assertThat(count(report, Change.Kind.UNCHANGED)).isEqualTo(1);
      List<Region> rows = fixture.submitted("run", sample.id());
      Detections now = (Detections) fixture.sample(sample.id()).fields().get("gt");
      assertThat(now.labels()).hasSize(3);
      Detection moved = now.labels().get(0);
      double[] drawn = numbers(rows.get(0).value(), "x", "y", "width", "height");
      assertThat(moved)
          .isEqualTo(cat.withBoundingBox(new BoundingBox(drawn[0], drawn[1], drawn[2], drawn[3])));
      assertThat(moved.boundingBox().x()).isCloseTo(0.2, within(0.01));
      assertThat(moved.boundingBox().y()).isCloseTo(0.25, within(0.01));
      assertThat(now.labels().get(1)).isEqualTo(bird);
      assertThat(now.labels().get(2).label()).isEqualTo("dog");
      assertThat(now.labels().get(2).boundingBox().x()).isCloseTo(0.7, within(0.01));

      assertThat(fixture.load("run").changesAnything()).isFalse();
    }
  }

  @Test
  void aPolygonIsMovedAndItsSecondRingStays() {
    Points first = Points.wrap(0.1, 0.1, 0.5, 0.12, 0.4, 0.6);
    Points second = Points.wrap(0.6, 0.6, 0.9, 1 / 1.5, 0.9, 0.9);
    Polyline cat = Polyline.of("cat", List.of(first, second), true, true);
    Polyline dog =
        Polyline.of("dog", List.of(Points.wrap(0.7, 0.1, 0.9, 0.1, 0.9, 0.3)), true, true);
    Sample sample = image("polygons").with("gt", new Polylines(List.of(cat, dog)));
    try (LabelStudioFixture fixture =
        new LabelStudioFixture(home, images("gt", "Polylines"), sample)) {
      fixture.annotate("run", AnnotationRequest.ofField("gt").labelType("polygons"));

      fixture.edit("run", sample.id(), "drag", from(33, 25, 38, 30));
      LoadReport report = fixture.load("run");

      assertThat(count(report, Change.Kind.EDITED)).isEqualTo(1);
      assertThat(count(report, Change.Kind.UNCHANGED)).isEqualTo(1);
      Polylines now = (Polylines) fixture.sample(sample.id()).fields().get("gt");
      Points moved = now.labels().get(0).points().get(0);
      assertThat(now.labels()).containsExactly(cat.withPoints(List.of(moved, second)), dog);
      assertThat(moved.x(2)).isCloseTo(0.45, within(0.01));
      assertThat(moved.y(2)).isCloseTo(0.65, within(0.01));
    }
  }

  @Test
  void oneKeypointOfThreeIsMoved() {
    Points points = Points.wrap(0.2, 0.3, 0.4, 0.3, Double.NaN, Double.NaN, 0.6, 1 / 3.0);
    Keypoint person = Keypoint.of("person", points);
    Sample sample = image("points").with("gt", new Keypoints(List.of(person)));
    try (LabelStudioFixture fixture =
        new LabelStudioFixture(home, images("gt", "Keypoints"), sample)) {
      fixture.annotate("run", AnnotationRequest.ofField("gt").classes("person", "ball"));

      fixture.edit(
          "run",
          sample.id(),
          "drag",
          from(40, 30, 45, 50),
          "key",
          "Escape",
          "label",
          "ball",
          "click",
          at(80, 80),
          "expectRegions",
          4);
      LoadReport report = fixture.load("run");

      assertThat(count(report, Change.Kind.EDITED)).isEqualTo(1);
      assertThat(count(report, Change.Kind.ADDED)).isEqualTo(1);
      Keypoints now = (Keypoints) fixture.sample(sample.id()).fields().get("gt");
      Points moved = now.labels().get(0).points();
      assertThat(moved.size()).isEqualTo(4);
      assertThat(moved.x(0)).isEqualTo(0.2);
      assertThat(moved.x(1)).isCloseTo(0.45, within(0.01));
      assertThat(moved.y(1)).isCloseTo(0.5, within(0.01));
      assertThat(moved.isMissing(2)).isTrue();
      assertThat(moved.y(3)).isEqualTo(1 / 3.0);
      assertThat(now.labels().get(1).label()).isEqualTo("ball");
      assertThat(now.labels().get(1).points().x(0)).isCloseTo(0.8, within(0.01));
    }
  }

  @Test
  void aMaskIsPainted() {
    byte[] pixels = new byte[70 * 70];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (i % 70 + i / 70 < 100 ? 1 : 0);
    }
    Detection cat =
        Detection.of("cat", new BoundingBox(30 / 320.0, 40 / 240.0, 70 / 320.0, 70 / 240.0))
            .withMask(NdArray.ofBooleans(70, 70, pixels));
    Sample sample = image("masks").with("gt", new Detections(List.of(cat)));
    try (LabelStudioFixture fixture =
        new LabelStudioFixture(home, images("gt", "Detections"), sample)) {
      fixture.annotate(
          "run", AnnotationRequest.ofField("gt").labelType("instances").classes("cat", "dog"));

      fixture.edit(
          "run", sample.id(), "label", "dog", "drag", from(60, 60, 80, 60), "expectRegions", 2);
      LoadReport report = fixture.load("run");

      assertThat(count(report, Change.Kind.ADDED)).isEqualTo(1);
      assertThat(count(report, Change.Kind.UNCHANGED)).isEqualTo(1);
      Detections now = (Detections) fixture.sample(sample.id()).fields().get("gt");
      assertThat(now.labels().get(0)).isEqualTo(cat);
      Detection painted = now.labels().get(1);
      assertThat(painted.label()).isEqualTo("dog");
      Region row =
          fixture.submitted("run", sample.id()).stream()
              .filter(r -> "dog".equals(Region.first(r.value(), "brushlabels")))
              .findFirst()
              .orElseThrow();
      byte[] expected = MaskPixels.pixels(row.value());
      assertThat(MaskPixels.ofDetection(painted, 320, 240)).isEqualTo(expected);
      BoundingBox box = painted.boundingBox();
      assertThat(box.x() + box.width() / 2).isCloseTo(0.7, within(0.02));
      assertThat(box.y() + box.height() / 2).isCloseTo(0.6, within(0.02));

      assertThat(fixture.load("run").changesAnything()).isFalse();
    }
  }

  @Test
  void aClassAndAnotherAreChosen() {
    DatasetInfo info =
        DatasetInfo.create("edited", MediaType.IMAGE)
            .withField("weather", FieldSpec.embedded("weather", "Classification"))
            .withField("times", FieldSpec.embedded("times", "Classifications"))
            .withField("score", FieldSpec.of("score", FieldType.FLOAT));
    Classification sun = Classification.of("sun").withConfidence(0.9);
    Classification day = Classification.of("day");
    Sample sample =
        image("classes")
            .with("weather", sun)
            .with("times", new Classifications(List.of(day)))
            .with("score", 7.5);
    try (LabelStudioFixture fixture = new LabelStudioFixture(home, info, sample)) {
      fixture.annotate(
          "run",
          AnnotationRequest.create()
              .with(
                  "label_schema",
                  Document.builder()
                      .put("weather", Document.of("classes", Values.listOf("sun", "rain")))
                      .put("times", Document.of("classes", Values.listOf("day", "rush hour")))
                      .put("score", Document.empty())
                      .build()));

      fixture.edit("run", sample.id(), "choose", "rain", "choose", "rush hour", "number", 3);
      LoadReport report = fixture.load("run");

      assertThat(count(report, Change.Kind.EDITED)).isEqualTo(2);
      assertThat(count(report, Change.Kind.ADDED)).isEqualTo(1);
      Map<String, Object> now = fixture.sample(sample.id()).fields();
      assertThat(now.get("weather")).isEqualTo(sun.withLabel("rain"));
      Classifications times = (Classifications) now.get("times");
      assertThat(times.labels().get(0)).isEqualTo(day);
      assertThat(times.labels().get(1).label()).isEqualTo("rush hour");
      assertThat(now.get("score")).isEqualTo(3.0);
    }
  }

  @Test
  void attributesOfABoxAreSet() {
    Detection cat =
        Detection.of("cat", new BoundingBox(0.1, 0.2, 0.3, 0.4))
            .withAttributes(Document.of("breed", "pug", "own", 1));
    Detection dog = Detection.of("dog", new BoundingBox(0.6, 0.2, 0.3, 0.4));
    Sample sample = image("attributes").with("gt", new Detections(List.of(cat, dog)));
    Document group =
        Document.of(
            "classes",
            Values.listOf("cat"),
            "attributes",
            Document.of(
                "breed", Document.of("type", "select", "values", Values.listOf("pug", "manx"))));
    Document attributes =
        Document.builder()
            .put("occluded", Document.of("type", "checkbox"))
            .put("note", Document.of("type", "text"))
            .put("age", Document.of("type", "number"))
            .build();
    try (LabelStudioFixture fixture =
        new LabelStudioFixture(home, images("gt", "Detections"), sample)) {
      fixture.annotate(
          "run",
          AnnotationRequest.ofField("gt")
              .with("classes", Values.listOf(group, "dog"))
              .with("attributes", attributes));

      fixture.edit(
          "run",
          sample.id(),
          "click",
          at(25, 40),
          "choose",
          "true",
          "text",
          "a < \"b\"",
          "number",
          5,
          "select",
          "manx");
      LoadReport report = fixture.load("run");

      assertThat(count(report, Change.Kind.EDITED)).isEqualTo(1);
      assertThat(count(report, Change.Kind.UNCHANGED)).isEqualTo(1);
      Detections now = (Detections) fixture.sample(sample.id()).fields().get("gt");
      assertThat(now.labels().get(1)).isEqualTo(dog);
      assertThat(now.labels().get(0))
          .isEqualTo(
              cat.withAttributes(
                  Document.builder()
                      .put("breed", "manx")
                      .put("own", 1)
                      .put("occluded", true)
                      .put("note", "a < \"b\"")
                      .put("age", 5)
                      .build()));
    }
  }

  @Test
  void attributesOfClassesAreSet() {
    DatasetInfo info =
        DatasetInfo.create("edited", MediaType.IMAGE)
            .withField("weather", FieldSpec.embedded("weather", "Classification"))
            .withField("times", FieldSpec.embedded("times", "Classifications"));
    Classification sun =
        Classification.of("sun").withAttributes(Document.of("strength", "none", "own", 1));
    Classification day = Classification.of("day").withAttributes(Document.of("crowd", "low"));
    Classification wet = Classification.of("wet").withAttributes(Document.of("crowd", "low"));
    Sample sample =
        image("class attributes")
            .with("weather", sun)
            .with("times", new Classifications(List.of(day, wet)));
    Document strength =
        Document.of(
            "strength", Document.of("type", "radio", "values", Values.listOf("weak", "strong")));
    Document delay = Document.of("delay", Document.of("type", "number"));
    Document crowd =
        Document.of("crowd", Document.of("type", "radio", "values", Values.listOf("low", "high")));
    Document schema =
        Document.builder()
            .put(
                "weather",
                Document.of(
                    "classes",
                    Values.listOf(
                        Document.of("classes", Values.listOf("rain"), "attributes", strength),
                        "sun"),
                    "attributes",
                    Document.of("note", Document.of("type", "text"))))
            .put(
                "times",
                Document.of(
                    "classes",
                    Values.listOf(
                        Document.of("classes", Values.listOf("rush hour"), "attributes", delay),
                        "day",
                        "wet"),
                    "attributes",
                    crowd))
            .build();
    try (LabelStudioFixture fixture = new LabelStudioFixture(home, info, sample)) {
      fixture.annotate("run", AnnotationRequest.create().with("label_schema", schema));

      fixture.edit(
          "run",
          sample.id(),
          "choose",
          "rain",
          "choose",
          "strong",
          "text",
          "wet & <cold>",
          "choose",
          "rush hour",
          "number",
          4,
          "choose",
          "wet",
          "shot",
          "classes");
      LoadReport report = fixture.load("run");

      assertThat(count(report, Change.Kind.EDITED)).isEqualTo(1);
      assertThat(count(report, Change.Kind.UNCHANGED)).isEqualTo(1);
      assertThat(count(report, Change.Kind.DELETED)).isEqualTo(1);
      assertThat(count(report, Change.Kind.ADDED)).isEqualTo(1);
      Map<String, Object> now = fixture.sample(sample.id()).fields();
      assertThat(now.get("weather"))
          .isEqualTo(
              sun.withLabel("rain")
                  .withAttributes(
                      Document.builder()
                          .put("strength", "strong")
                          .put("own", 1)
                          .put("note", "wet & <cold>")
                          .build()));
      Classifications times = (Classifications) now.get("times");
      assertThat(times.labels()).hasSize(2);
      assertThat(times.labels().get(0)).isEqualTo(day);
      assertThat(times.labels().get(1).label()).isEqualTo("rush hour");
      assertThat(times.labels().get(1).attributes()).isEqualTo(Document.of("delay", 4));

      assertThat(fixture.load("run").changesAnything()).isFalse();
    }
  }

  @Test
  void aTrackIsMovedInOneFrame() {
    DatasetInfo info =
        DatasetInfo.create("edited", MediaType.VIDEO)
            .withField("frames.objects", FieldSpec.embedded("objects", "Detections"));
    Sample video = LabelStudioFixture.video(home, "clip", 20);
    try (LabelStudioFixture fixture = new LabelStudioFixture(home, info, video)) {
      fixture.dataset.write(
          writer -> {
            for (int frame = 1; frame <= 20; frame++) {
              double x = 0.1 + 0.3 * (frame - 1) / 19;
              Detection car =
                  Detection.of("car", new BoundingBox(x, 0.1, 0.2, 0.2))
                      .withIndex(7)
                      .withAttributes(Document.of("keyframe", frame == 1 || frame == 20));
              writer.insertFrame(
                  new Frame(ObjectId.create(), video.id(), frame, Map.of(), Document.empty())
                      .with("objects", new Detections(List.of(car))));
            }
            return null;
          });
      List<Frame> before = fixture.frames(video.id());
      fixture.annotate("run", AnnotationRequest.ofField("frames.objects"));

      fixture.edit("run", video.id(), "click", at(20, 20), "drag", from(20, 20, 30, 30));
      LoadReport report = fixture.load("run");

      assertThat(count(report, Change.Kind.EDITED)).isEqualTo(19);
      assertThat(count(report, Change.Kind.UNCHANGED)).isEqualTo(1);
      List<Frame> after = fixture.frames(video.id());
      assertThat(after.get(19)).isEqualTo(before.get(19));
      for (int i = 0; i < 19; i++) {
        Detection old = box(before.get(i));
        Detection now = box(after.get(i));
        double part = i / 19.0;
        assertThat(now.boundingBox().x()).isCloseTo(0.2 + (0.4 - 0.2) * part, within(0.005));
        assertThat(now.boundingBox().y()).isCloseTo(0.2 + (0.1 - 0.2) * part, within(0.005));
        assertThat(now.withBoundingBox(old.boundingBox())).isEqualTo(old);
      }
    }
  }

  private static Detection box(Frame frame) {
    return ((Detections) frame.fields().get("objects")).labels().get(0);
  }

  @Test
  void allKindsOfControlsAreSubmittedAsTheyWere() {
    DatasetInfo info = DatasetInfo.create("edited", MediaType.IMAGE);
    Map<String, String> fields =
        Map.of(
            "boxes", "Detections",
            "masks", "Detections",
            "areas", "Polylines",
            "lines", "Polylines",
            "points", "Keypoints",
            "pixels", "Segmentation",
            "weather", "Classification",
            "times", "Classifications");
    for (Map.Entry<String, String> field : fields.entrySet()) {
      info = info.withField(field.getKey(), FieldSpec.embedded(field.getKey(), field.getValue()));
    }
    info =
        info.withField("count", FieldSpec.of("count", FieldType.INT))
            .withField("title", FieldSpec.of("title", FieldType.STRING))
            .withField("good", FieldSpec.of("good", FieldType.BOOLEAN));
    byte[] pixels = new byte[320 * 240];
    java.util.Arrays.fill(pixels, 0, 320 * 60, (byte) 2);
    Points line = Points.wrap(0.1, 0.1, 1 / 3.0, 0.15, 0.3, 0.6);
    Sample sample =
        image("all")
            .with(
                "boxes",
                new Detections(
                    List.of(
                        Detection.of("a < b & \"c\"", new BoundingBox(0.07, 1 / 3.0, 0.2, 0.3))
                            .withAttributes(
                                Document.builder()
                                    .put("rotation", 30.5)
                                    .put("kind", "x, y")
                                    .put("note", "n")
                                    .put("sure", false)
                                    .put("age", 1.5)
                                    .build()))))
            .with(
                "masks",
                new Detections(
                    List.of(
                        Detection.of("cat", new BoundingBox(0.5, 0.5, 0.25, 0.25))
                            .withMask(NdArray.ofBooleans(2, 2, new byte[] {1, 1, 0, 1})))))
            .with("areas", new Polylines(List.of(Polyline.of("pond", List.of(line), true, true))))
            .with(
                "lines",
                new Polylines(
                    List.of(
                        Polyline.of("lane", List.of(line), false, false),
                        Polyline.of("lane", List.of(line), true, false))))
            .with("points", new Keypoints(List.of(Keypoint.of("eye", Points.wrap(0.3, 0.3)))))
            .with("pixels", Segmentation.of(NdArray.ofBytes(240, 320, pixels)))
            .with("weather", Classification.of("rain"))
            .with("times", new Classifications(List.of(Classification.of("day"))))
            .with("count", 3)
            .with("title", "two\nlines")
            .with("good", true);
    Document attributes =
        Document.builder()
            .put("rotation", Document.of("type", "number"))
            .put("kind", Document.of("type", "select", "values", Values.listOf("x, y", "z")))
            .put("note", Document.of("type", "text"))
            .put("sure", Document.of("type", "checkbox"))
            .put("age", Document.of("type", "number"))
            .build();
    Document schema =
        Document.builder()
            .put("boxes", Document.of("attributes", attributes))
            .put("masks", Document.of("type", "instances"))
            .put("areas", Document.of("type", "polygons"))
            .put("lines", Document.of("type", "polylines"))
            .put("points", Document.empty())
            .put("pixels", Document.of("mask_targets", Document.of("1", "road", "2", "sky")))
            .put("weather", Document.of("classes", Values.listOf("rain", "sun")))
            .put("times", Document.empty())
            .put("count", Document.empty())
            .put("title", Document.empty())
            .put("good", Document.empty())
            .build();
    Sample untouched = image("untouched").with("weather", Classification.of("sun"));
    try (LabelStudioFixture fixture = new LabelStudioFixture(home, info, sample, untouched)) {
      fixture.annotate("run", AnnotationRequest.create().with("label_schema", schema));

      fixture.edit("run", sample.id(), "shot", "all");
      List<Change> changes = new ArrayList<>();
      LoadReport report = fixture.load("run", changes);

      assertThat(changes).filteredOn(c -> c.kind() != Change.Kind.UNCHANGED).isEmpty();
      assertThat(report.changesAnything()).isFalse();
      assertThat(fixture.sample(sample.id()).fields()).isEqualTo(sample.fields());
      assertThat(fixture.sample(untouched.id()).fields()).isEqualTo(untouched.fields());
    }
  }
}
