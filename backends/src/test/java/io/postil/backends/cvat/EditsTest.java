package io.postil.backends.cvat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.postil.core.annotation.AnswerKind;
import io.postil.core.annotation.WorkFilter;
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
import io.postil.core.label.Points;
import io.postil.core.label.Polyline;
import io.postil.core.label.Polylines;
import io.postil.core.label.Segmentation;
import io.postil.core.value.Document;
import io.postil.core.value.NdArray;
import io.postil.core.value.Values;
import io.postil.engine.annotation.AnnotationRequest;
import io.postil.engine.annotation.Change;
import io.postil.engine.annotation.LoadOptions;
import io.postil.engine.annotation.LoadReport;
import io.postil.testkit.cvat.CvatEmulator;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What somebody else does in CVAT comes back exactly, and nothing else does. */
@Tag("cvat")
class EditsTest {
  private static final double W = CvatFixture.WIDTH;
  private static final double H = CvatFixture.HEIGHT;

  @TempDir Path home;
  private CvatFixture cvat;
  private final Detection car =
      Detection.of("car", new BoundingBox(0.1, 0.2, 1 / 3.0, 0.3)).withConfidence(0.9);
  private final Detection bus = Detection.of("bus", new BoundingBox(0.5, 0.5, 0.25, 0.25));

  @BeforeEach
  void start() {
    cvat = CvatFixture.images(home, CvatEmulator.OLD);
  }

  @AfterEach
  void stop() {
    cvat.close();
  }

  private Sample boxes() {
    cvat.field("labels", "Detections");
    return cvat.image("a.png", "labels", new Detections(List.of(car, bus)));
  }

  private List<Detection> detections(Sample sample) {
    return cvat.value(sample, "labels") instanceof Detections d ? d.labels() : List.of();
  }

  /** The shape of a label, by our id. */
  private Document shape(long task, io.postil.core.label.SingleLabel label) {
    return cvat.annotator.get(task, "shapes").stream()
        .filter(s -> s.toString().contains(label.id().toString()))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aBoxMovedByAFractionOfAPixelIsTheOnlyChange() {
    Sample sample = boxes();
    cvat.annotate(AnnotationRequest.ofField("labels"));
    long task = cvat.annotator.onlyTask();
    cvat.annotator.update(task, Annotator.withPoints(shape(task, bus), 32.25, 24, 48, 36.125));

    LoadReport report = cvat.load();

    assertThat(report.total().of(Change.Kind.EDITED)).isEqualTo(1);
    assertThat(report.total().of(Change.Kind.UNCHANGED)).isEqualTo(1);
    assertThat(detections(sample))
        .containsExactly(
            car,
            bus.withBoundingBox(
                new BoundingBox(32.25 / W, 24 / H, (48 - 32.25) / W, (36.125 - 24) / H)));
    assertThat(cvat.load().changesAnything()).isFalse();
  }

  @Test
  void aDrawnBoxIsAddedADeletedOneIsRemovedAndBothStayThatWay() {
    Sample sample = boxes();
    cvat.annotate(AnnotationRequest.ofField("labels"));
    long task = cvat.annotator.onlyTask();
    cvat.annotator.delete(task, shape(task, car));
    cvat.annotator.create(
        task, Annotator.shape(cvat.annotator.label(task, "car"), "rectangle", 0, 1, 2, 17, 14));

    cvat.load();

    List<Detection> labels = detections(sample);
    assertThat(labels).hasSize(2).contains(bus).doesNotContain(car);
    Detection drawn = labels.get(1);
    assertThat(drawn.label()).isEqualTo("car");
    assertThat(drawn.boundingBox()).isEqualTo(new BoundingBox(1 / W, 2 / H, 16 / W, 12 / H));

    LoadReport again = cvat.load();

    assertThat(again.changesAnything()).as(cvat.changes.toString()).isFalse();
    assertThat(detections(sample)).isEqualTo(labels);
  }

  @Test
  void ofADrawnBoxItIsSaidWhetherItIsOccluded() {
    Sample sample = boxes();
    cvat.annotate(
        AnnotationRequest.ofField("labels")
            .attributes(Map.of("hidden", Document.of("type", "occluded"))));
    long task = cvat.annotator.onlyTask();
    Document open =
        Annotator.shape(cvat.annotator.label(task, "car"), "rectangle", 0, 1, 2, 17, 14);
    cvat.annotator.create(task, open);
    cvat.annotator.create(task, Annotator.withPoints(open, 3, 3, 9, 9).with("occluded", true));

    cvat.load();

    assertThat(detections(sample))
        .extracting(d -> d.attributes().get("hidden"))
        .containsExactly(null, null, false, true);
    assertThat(cvat.load().changesAnything()).as(cvat.changes.toString()).isFalse();
  }

  @Test
  void whatWasLoadedCanBeEditedAgainAndDeleted() {
    Sample sample = boxes();
    cvat.annotate(AnnotationRequest.ofField("labels"));
    long task = cvat.annotator.onlyTask();
    long label = cvat.annotator.label(task, "bus");
    cvat.annotator.create(task, Annotator.shape(label, "rectangle", 0, 1.1, 2.2, 9.3, 9.9));
    cvat.load();
    Detection drawn = detections(sample).get(2);
    Document there =
        cvat.annotator.get(task, "shapes").stream()
            .filter(s -> s.getList("points").get(0).equals(1.1))
            .findFirst()
            .orElseThrow();
    cvat.annotator.update(task, Annotator.withPoints(there, 1.1, 2.2, 9.3, 12));

    cvat.load();

    assertThat(detections(sample).get(2).id()).isEqualTo(drawn.id());
    assertThat(detections(sample).get(2).boundingBox().height())
        .isCloseTo((12 - 2.2) / H, within(1e-12));

    cvat.annotator.delete(task, there);
    cvat.load();

    assertThat(detections(sample)).containsExactly(car, bus);
  }

  @Test
  void aCopiedBoxIsANewLabelAndTheOriginalStays() {
    Sample sample = boxes();
    cvat.annotate(AnnotationRequest.ofField("labels"));
    long task = cvat.annotator.onlyTask();
    // The editor copies the attributes, our id among them.
    cvat.annotator.create(task, Annotator.withPoints(shape(task, car), 1, 1, 5, 5));

    cvat.load();

    assertThat(detections(sample)).hasSize(3).contains(car, bus);
    Detection copy = detections(sample).get(2);
    assertThat(copy.id()).isNotEqualTo(car.id());
    assertThat(copy.label()).isEqualTo("car");
    assertThat(copy.attributes().contains(Catalogue.LABEL_ID)).isFalse();
  }

  @Test
  void anIdThatSomebodyBrokeDoesNoHarm() {
    Sample sample = boxes();
    cvat.annotate(AnnotationRequest.ofField("labels"));
    long task = cvat.annotator.onlyTask();
    long carId = cvat.annotator.attribute(task, "car", Catalogue.LABEL_ID);
    long busId = cvat.annotator.attribute(task, "bus", Catalogue.LABEL_ID);
    Document first = shape(task, car);
    Document second = shape(task, bus);
    cvat.annotator.update(task, Annotator.withAttribute(first, carId, "nonsense"));
    cvat.annotator.update(task, Annotator.withAttribute(second, busId, car.id().toString()));

    assertThat(cvat.load().changesAnything()).as(cvat.changes.toString()).isFalse();
    assertThat(detections(sample)).containsExactly(car, bus);
  }

  @Test
  void aShapeThatTheServerGaveAnotherIdIsKnownByOurs() {
    Sample sample = boxes();
    cvat.annotate(AnnotationRequest.ofField("labels"));
    long task = cvat.annotator.onlyTask();
    Document first = shape(task, car);
    cvat.annotator.delete(task, first);
    cvat.annotator.create(task, first);

    assertThat(cvat.load().changesAnything()).as(cvat.changes.toString()).isFalse();
    assertThat(detections(sample)).containsExactly(car, bus);
  }

  @Test
  void classAttributesAndRotationAreTakenOver() {
    cvat.field("labels", "Detections");
    Detection parked =
        car.withAttributes(
            Document.builder()
                .put("speed", 7)
                .put("colour", "red")
                .put("parked", true)
                .put("plate", "007")
                .put("rotation", 30.0)
                .put("occluded", false)
                .build());
    Sample sample = cvat.image("a.png", "labels", new Detections(List.of(parked)));
    cvat.annotate(
        AnnotationRequest.ofField("labels")
            .classes("car", "bus")
            .attributes(
                Map.of(
                    "speed", Document.of("type", "number", "values", Values.listOf(0, 9, 1)),
                    "colour",
                        Document.of("type", "select", "values", Values.listOf("red", "blue"))
                            .with("mutable", false),
                    "parked", Document.of("type", "checkbox"),
                    "plate", Document.of("type", "text"),
                    "rotation", Document.of("type", "rotation"),
                    "occluded", Document.of("type", "occluded"))));
    long task = cvat.annotator.onlyTask();
    assertThat(cvat.load().changesAnything()).as(cvat.changes.toString()).isFalse();
    Document shape = shape(task, parked);
    assertThat(shape.get("rotation")).isEqualTo(30.0);
    Document edited = shape.with("rotation", 0.4).with("occluded", true);
    edited = Annotator.withAttribute(edited, cvat.annotator.attribute(task, "car", "speed"), "8");
    edited =
        Annotator.withAttribute(edited, cvat.annotator.attribute(task, "car", "colour"), "blue");
    edited =
        Annotator.withAttribute(edited, cvat.annotator.attribute(task, "car", "parked"), "false");
    edited = Annotator.withAttribute(edited, cvat.annotator.attribute(task, "car", "plate"), "012");
    cvat.annotator.update(task, edited);

    cvat.load();

    assertThat(detections(sample))
        .containsExactly(
            parked.withAttributes(
                Document.builder()
                    .put("speed", 8)
                    .put("colour", "blue")
                    .put("parked", false)
                    .put("plate", "012")
                    .put("rotation", 0.4)
                    .put("occluded", true)
                    .build()));

    cvat.annotator.update(task, edited.with("rotation", 0.0));
    cvat.load();

    assertThat(detections(sample).get(0).attributes().get("rotation")).isEqualTo(0.0);
  }

  @Test
  void aClassThatWasChangedIsTheOnlyEdit() {
    Sample sample = boxes();
    cvat.annotate(AnnotationRequest.ofField("labels"));
    long task = cvat.annotator.onlyTask();
    Document shape = shape(task, car);
    cvat.annotator.update(
        task,
        shape
            .with("label_id", cvat.annotator.label(task, "bus"))
            .with("attributes", Values.listOf()));

    cvat.load();

    assertThat(detections(sample)).containsExactly(car.withLabel("bus"), bus);
  }

  @Test
  void masksComeBackPixelByPixel() {
    cvat.field("labels", "Detections");
    NdArray mask = NdArray.ofBooleans(2, 3, new byte[] {1, 0, 1, 0, 1, 0});
    Detection cat = Detection.of("cat", new BoundingBox(8 / W, 8 / H, 3 / W, 2 / H)).withMask(mask);
    Sample sample = cvat.image("a.png", "labels", new Detections(List.of(cat)));
    cvat.annotate(AnnotationRequest.ofField("labels").labelType("instances"));
    long task = cvat.annotator.onlyTask();
    Document shape = shape(task, cat);
    assertThat(shape.getList("points"))
        .isEqualTo(Values.listOf(0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 8.0, 8.0, 10.0, 9.0));
    cvat.annotator.update(task, Annotator.withPoints(shape, 1, 2, 1, 4, 9, 8, 10, 11));
    cvat.annotator.create(
        task,
        Annotator.shape(
            cvat.annotator.label(task, "cat"), "polygon", 0, 20, 20, 24, 20, 24, 24, 20, 24));

    cvat.load();

    assertThat(detections(sample).get(0))
        .isEqualTo(
            cat.withBoundingBox(new BoundingBox(9 / W, 8 / H, 2 / W, 4 / H))
                .withMask(NdArray.ofBooleans(4, 2, new byte[] {0, 1, 1, 0, 1, 1, 1, 1})));
    assertThat(detections(sample).get(1).mask()).isEqualTo(NdArray.ofBooleans(4, 4, ones(16)));
    assertThat(cvat.load().changesAnything()).as(cvat.changes.toString()).isFalse();
  }

  private static byte[] ones(int count) {
    byte[] ones = new byte[count];
    java.util.Arrays.fill(ones, (byte) 1);
    return ones;
  }

  @Test
  void oneRingOfAPolygonCanBeMovedOrDeleted() {
    cvat.field("labels", "Polylines");
    Points outer = Points.wrap(0.1, 0.1, 0.9, 0.1, 0.9, 1 / 3.0);
    Points inner = Points.wrap(0.2, 0.2, 0.3, 0.2, 0.3, 0.3);
    Points tooShort = Points.wrap(0.5, 0.5);
    Polyline road = Polyline.of("road", List.of(outer, tooShort, inner), true, true);
    Sample sample = cvat.image("a.png", "labels", new Polylines(List.of(road)));
    cvat.annotate(AnnotationRequest.ofField("labels"));
    long task = cvat.annotator.onlyTask();
    List<Document> shapes = cvat.annotator.get(task, "shapes");
    cvat.annotator.update(task, Annotator.withPoints(shapes.get(1), 16, 12, 32, 12, 32, 24));

    cvat.load();

    Polyline moved =
        road.withPoints(List.of(outer, tooShort, Points.wrap(0.25, 0.25, 0.5, 0.25, 0.5, 0.5)));
    assertThat(cvat.value(sample, "labels")).isEqualTo(new Polylines(List.of(moved)));

    cvat.annotator.delete(task, shapes.get(0));
    cvat.load();

    assertThat(cvat.value(sample, "labels"))
        .isEqualTo(new Polylines(List.of(moved.withPoints(moved.points().subList(1, 3)))));
  }

  @Test
  void missingPointsStayMissingWhenOthersAreMoved() {
    cvat.field("labels", "Keypoints");
    Keypoint body =
        Keypoint.of("body", Points.wrap(0.25, 0.25, Double.NaN, Double.NaN, 0.75, 0.75));
    Sample sample = cvat.image("a.png", "labels", new Keypoints(List.of(body)));
    cvat.annotate(AnnotationRequest.ofField("labels"));
    long task = cvat.annotator.onlyTask();
    cvat.annotator.update(task, Annotator.withPoints(shape(task, body), 16, 12, 32, 24));

    cvat.load();

    assertThat(cvat.value(sample, "labels"))
        .isEqualTo(
            new Keypoints(
                List.of(
                    body.withPoints(Points.wrap(0.25, 0.25, Double.NaN, Double.NaN, 0.5, 0.5)))));
  }

  @Test
  void skeletonsOfAProjectAreKeypointsInTheirOrder() {
    Document project = cvat.annotator.call("POST", "/projects", Json.SKELETON_PROJECT);
    cvat.with("project_id", (int) project.getLong("id", 0)).field("labels", "Keypoints");
    Keypoint body =
        Keypoint.of("person", Points.wrap(0.25, 0.25, Double.NaN, Double.NaN, 0.75, 0.75));
    cvat.image("0.png");
    Sample sample = cvat.image("a.png", "labels", new Keypoints(List.of(body)));
    cvat.annotate(AnnotationRequest.ofField("labels"));
    assertThat(cvat.load().changesAnything()).as(cvat.changes.toString()).isFalse();
    long task = cvat.annotator.onlyTask();
    Document skeleton = cvat.annotator.get(task, "shapes").get(0);
    assertThat(skeleton.get("type")).isEqualTo("skeleton");
    assertThat(skeleton.getList("elements"))
        .hasSize(3)
        .allSatisfy(e -> assertThat(((Document) e).get("frame")).isEqualTo(1));
    List<Object> elements = new java.util.ArrayList<>(skeleton.getList("elements"));
    elements.replaceAll(
        e ->
            Boolean.TRUE.equals(((Document) e).get("outside"))
                ? Annotator.withPoints((Document) e, 32, 12).with("outside", false)
                : e);
    cvat.annotator.update(task, skeleton.with("elements", Values.list(elements)));

    cvat.load();

    assertThat(cvat.value(sample, "labels"))
        .isEqualTo(
            new Keypoints(
                List.of(body.withPoints(Points.wrap(0.25, 0.25, 0.5, 0.25, 0.75, 0.75)))));
  }

  @Test
  void tagsAreClassifications() {
    cvat.field("labels", "Classifications");
    Classification sunny = Classification.of("sunny").withConfidence(0.5);
    Classification windy = Classification.of("windy");
    Sample sample = cvat.image("a.png", "labels", new Classifications(List.of(sunny, windy)));
    cvat.annotate(AnnotationRequest.ofField("labels"));
    long task = cvat.annotator.onlyTask();
    List<Document> tags = cvat.annotator.get(task, "tags");
    cvat.annotator.change(task, "delete", "tags", tags.get(1));
    cvat.annotator.change(
        task,
        "update",
        "tags",
        tags.get(0)
            .with("label_id", cvat.annotator.label(task, "windy"))
            .with("attributes", Values.listOf()));

    cvat.load();

    assertThat(cvat.value(sample, "labels"))
        .isEqualTo(new Classifications(List.of(sunny.withLabel("windy"))));
  }

  @Test
  void aSegmentationIsPaintedAsItIs() {
    cvat.field("labels", "Segmentation");
    byte[] pixels = new byte[(int) (W * H)];
    java.util.Arrays.fill(pixels, 0, 64, (byte) 1);
    pixels[100] = 9;
    Segmentation before = Segmentation.of(NdArray.ofBytes((int) H, (int) W, pixels));
    Sample sample = cvat.image("a.png", "labels", before);
    cvat.annotate(
        AnnotationRequest.ofField("labels")
            .with("mask_targets", Document.of("1", "road", "2", "sky")));
    long task = cvat.annotator.onlyTask();
    Document road = cvat.annotator.get(task, "shapes").get(0);
    cvat.annotator.update(task, Annotator.withPoints(road, 0, 2, 0, 0, 1, 0));
    cvat.annotator.create(
        task, Annotator.shape(cvat.annotator.label(task, "sky"), "mask", 0, 0, 2, 1, 0, 2, 0));

    cvat.load();

    byte[] expected = new byte[pixels.length];
    expected[0] = 1;
    expected[1] = 2;
    expected[2] = 2;
    expected[100] = 9;
    assertThat(cvat.value(sample, "labels"))
        .isEqualTo(before.withMask(NdArray.ofBytes((int) H, (int) W, expected)));
  }

  @Test
  void scalarsAreValuesOfTheirType() {
    cvat.field(FieldSpec.of("score", FieldType.FLOAT));
    cvat.field(FieldSpec.of("weather", FieldType.STRING));
    Sample sample = cvat.image("a.png", "score", 0.5);
    Sample second = cvat.image("b.png", "weather", "sunny");
    cvat.annotate(
        AnnotationRequest.create()
            .with(
                "label_schema",
                Document.of(
                    "score",
                    Document.of("type", "scalar"),
                    "weather",
                    Document.of("type", "scalar", "classes", Values.listOf("sunny", "rainy")))));
    long task = cvat.annotator.onlyTask();
    List<Document> tags = cvat.annotator.get(task, "tags");
    cvat.annotator.change(
        task,
        "update",
        "tags",
        Annotator.withAttribute(
            tags.get(0), cvat.annotator.attribute(task, "score", "value"), "0.75"),
        tags.get(1).with("label_id", cvat.annotator.label(task, "rainy")));

    cvat.load();

    assertThat(cvat.value(sample, "score")).isEqualTo(0.75);
    assertThat(cvat.value(second, "weather")).isEqualTo("rainy");
  }

  @Test
  void whatTheFieldDoesNotHoldIsUnexpectedAndNeverLost() {
    Sample sample = boxes();
    cvat.annotate(AnnotationRequest.ofField("labels"));
    long task = cvat.annotator.onlyTask();
    long label = cvat.annotator.label(task, "car");
    cvat.annotator.create(task, Annotator.shape(label, "ellipse", 0, 32, 24, 42, 14));
    cvat.annotator.create(task, Annotator.shape(label, "points", 0, 1, 1, 2, 2));
    cvat.annotator.create(
        task,
        Annotator.shape(label, "cuboid", 0, 1, 1, 1, 9, 9, 1, 9, 9, 12, 1, 12, 9, 4, 1, 4, 9));

    LoadReport report =
        cvat.load(LoadOptions.DEFAULT.withUnexpected(LoadOptions.Unexpected.RETURN));

    assertThat(detections(sample)).hasSize(3);
    assertThat(detections(sample).get(2).attributes().getList(Cuboids.ATTRIBUTE)).hasSize(16);
    assertThat(report.unexpected())
        .extracting(LoadReport.Unexpected::kind)
        .containsExactlyInAnyOrder(AnswerKind.POLYLINES, AnswerKind.KEYPOINTS);
    Polyline ellipse =
        (Polyline)
            report.unexpected().stream()
                .filter(u -> u.kind() == AnswerKind.POLYLINES)
                .findFirst()
                .orElseThrow()
                .labels()
                .get(0);
    assertThat(ellipse.filled()).isTrue();
    assertThat(ellipse.points().get(0).x(0)).isCloseTo(42 / W, within(1e-12));
  }

  @Test
  void aTrackDrawnOnImagesIsALabelOnEach() {
    cvat.field("labels", "Detections");
    Sample first = cvat.image("a.png", "labels", new Detections(List.of(car)));
    Sample second = cvat.image("b.png", "labels", new Detections(List.of(bus)));
    Sample third = cvat.image("c.png", "labels", new Detections(List.of()));
    cvat.annotate(AnnotationRequest.ofField("labels"));
    long task = cvat.annotator.onlyTask();
    Document a = Annotator.shape(0, "rectangle", 0, 0, 0, 8, 8).without("label_id");
    Document b = Annotator.shape(0, "rectangle", 2, 16, 0, 24, 8).without("label_id");
    cvat.annotator.change(
        task,
        "create",
        "tracks",
        Document.builder()
            .put("frame", 0)
            .put("label_id", cvat.annotator.label(task, "car"))
            .put("shapes", Values.listOf(a, b))
            .build());

    cvat.load();

    assertThat(detections(first)).hasSize(2).contains(car);
    assertThat(detections(second)).hasSize(2).contains(bus);
    assertThat(detections(second).get(1).boundingBox().x()).isCloseTo(8 / W, within(1e-12));
    assertThat(detections(third)).hasSize(1);
    assertThat(cvat.load().changesAnything()).as(cvat.changes.toString()).isFalse();
  }

  @Test
  void onlyTheWorkThatIsAskedForIsLoaded() {
    cvat.field("labels", "Detections").with("segment_size", 1);
    Sample first = cvat.image("a.png", "labels", new Detections(List.of(car)));
    Sample second = cvat.image("b.png", "labels", new Detections(List.of(bus)));
    cvat.annotate(AnnotationRequest.ofField("labels"));
    long task = cvat.annotator.onlyTask();
    cvat.annotator.delete(task, shape(task, car));
    cvat.annotator.delete(task, shape(task, bus));
    Document job = cvat.annotator.jobs(task).get(0);
    cvat.annotator.call(
        "PATCH", "/jobs/" + job.getLong("id", 0), Document.of("state", "completed"));

    LoadReport report =
        cvat.load(LoadOptions.DEFAULT.withOnly(new WorkFilter("completed", null, null)));

    assertThat(detections(first)).isEmpty();
    assertThat(detections(second)).containsExactly(bus);
    assertThat(report.undelivered())
        .containsExactly(Map.entry("job is new in stage annotation", 1L));
  }

  @Test
  void onAFrameOfTwoJobsTheEditedCopyCounts() {
    cvat.field("labels", "Detections");
    Sample first = cvat.image("a.png", "labels", new Detections(List.of(car)));
    Sample second = cvat.image("b.png", "labels", new Detections(List.of(bus)));
    Sample third = cvat.image("c.png", "labels", new Detections(List.of()));
    cvat.annotate(AnnotationRequest.ofField("labels"));
    // Somebody set up overlapping jobs by hand: the same task again, cut in two.
    long task = cvat.annotator.onlyTask();
    cvat.server.cut(task, 2, 1);
    List<Document> jobs = cvat.annotator.jobs(task);
    assertThat(jobs).hasSize(2);
    assertThat(cvat.load().changesAnything()).as(cvat.changes.toString()).isFalse();
    long second2 = jobs.get(1).getLong("id", 0);
    Document copy =
        (Document)
            cvat.annotator
                .call("GET", "/jobs/" + second2 + "/annotations", null)
                .getList("shapes")
                .get(0);
    cvat.annotator.call(
        "PATCH",
        "/jobs/" + second2 + "/annotations?action=update",
        Document.builder()
            .put("version", 0)
            .put("tags", Values.listOf())
            .put("tracks", Values.listOf())
            .put("shapes", Values.listOf(Annotator.withPoints(copy, 0, 0, 16, 12)))
            .build());

    cvat.load();

    assertThat(detections(first)).containsExactly(car);
    assertThat(detections(second))
        .containsExactly(bus.withBoundingBox(new BoundingBox(0, 0, 0.25, 0.25)));
    assertThat(detections(third)).isEmpty();
  }
}
