package io.postil.backends.labelstudio;

import static org.assertj.core.api.Assertions.assertThat;

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

/** Every type goes to the real server and comes back, untouched and submitted as it was. */
@Tag("labelstudio")
class RoundTripTest {
  @TempDir Path home;

  private static final double THIRD = 1 / 3.0;

  /** Sends a sample, submits what is shown, loads: nothing may change. */
  private void roundTrip(DatasetInfo info, Sample sample, AnnotationRequest request) {
    Sample untouched = LabelStudioFixture.image(home, "untouched").withFields(sample.fields());
    untouched = new Fresh().sample(untouched);
    try (LabelStudioFixture fixture = new LabelStudioFixture(home, info, sample, untouched)) {
      fixture.annotate("run", request);
      Document task = fixture.task("run", sample.id());
      assertThat(LabelStudioFixture.prelabels(task)).isNotEmpty();
      fixture.submit(task, LabelStudioFixture.prelabels(task));
      List<Change> changes = new ArrayList<>();

      LoadReport report = fixture.load("run", changes);

      assertThat(changes).filteredOn(c -> c.kind() != Change.Kind.UNCHANGED).isEmpty();
      assertThat(report.changesAnything()).isFalse();
      assertThat(fixture.sample(sample.id()).fields()).isEqualTo(sample.fields());
      assertThat(fixture.sample(untouched.id()).fields()).isEqualTo(untouched.fields());
    }
  }

  /** The same labels under other ids, as no two labels of a dataset have one. */
  private static final class Fresh {
    Sample sample(Sample sample) {
      Sample fresh = sample;
      for (var field : sample.fields().entrySet()) {
        fresh = fresh.with(field.getKey(), value(field.getValue()));
      }
      return fresh;
    }

    private Object value(Object value) {
      ObjectId id = ObjectId.create();
      return switch (value) {
        case Detections d ->
            new Detections(d.labels().stream().map(l -> l.withId(ObjectId.create())).toList());
        case Classifications c ->
            new Classifications(c.labels().stream().map(l -> l.withId(ObjectId.create())).toList());
        case Polylines p ->
            new Polylines(p.labels().stream().map(l -> l.withId(ObjectId.create())).toList());
        case Keypoints k ->
            new Keypoints(k.labels().stream().map(l -> l.withId(ObjectId.create())).toList());
        case Classification c -> c.withId(id);
        case Segmentation s -> s.withId(id);
        default -> value;
      };
    }
  }

  private static DatasetInfo images(String field, String labelClass) {
    return DatasetInfo.create("round trip", MediaType.IMAGE)
        .withField(field, FieldSpec.embedded(field, labelClass));
  }

  private Sample image() {
    return LabelStudioFixture.image(home, "image");
  }

  @Test
  void detections() {
    Detection cat =
        Detection.of("cat", new BoundingBox(0.07, THIRD, 0.1234567890123, 0.2)).withConfidence(0.7);
    Detection outside = Detection.of("dog", new BoundingBox(-0.1, 0.8, 0.5, 0.4));
    Detection nowhere = Detection.of("dog", new BoundingBox(1.2, 0.8, 0.5, 0.4));
    roundTrip(
        images("gt", "Detections"),
        image().with("gt", new Detections(List.of(cat, outside, nowhere))),
        AnnotationRequest.ofField("gt"));
  }

  @Test
  void detectionsWithRotationAndAttributes() {
    Detection turned =
        Detection.of("cat", new BoundingBox(0.2, 0.3, 0.3, 0.2))
            .withAttributes(
                Document.builder()
                    .put("rotation", 33.3)
                    .put("occluded", true)
                    .put("note", "a < b & \"c\"")
                    .put("age", 3)
                    .put("breed", "manx")
                    .put("own", Values.listOf(1, 2))
                    .build());
    Detection plain = Detection.of("dog", new BoundingBox(0.5, 0.5, 0.25, 0.25));
    AnnotationRequest request =
        AnnotationRequest.ofField("gt")
            .with(
                "attributes",
                Document.builder()
                    .put("rotation", Document.of("type", "number"))
                    .put("occluded", Document.of("type", "checkbox"))
                    .put("note", Document.of("type", "text"))
                    .put("age", Document.of("type", "number"))
                    .put(
                        "breed",
                        Document.of("type", "select", "values", Values.listOf("pug", "siamese")))
                    .build());
    roundTrip(
        images("gt", "Detections"),
        image().with("gt", new Detections(List.of(turned, plain))),
        request);
  }

  @Test
  void instances() {
    byte[] mask = new byte[30 * 20];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = (byte) (i % 3 == 0 ? 0 : 1);
    }
    Detection object =
        Detection.of("cat", new BoundingBox(0.1, 0.1, 20 / 320.0, 30 / 240.0))
            .withMask(NdArray.ofBooleans(30, 20, mask));
    Detection coarse =
        Detection.of("dog", new BoundingBox(0.333, 0.51, 0.377, 0.41))
            .withMask(NdArray.ofBooleans(2, 2, new byte[] {1, 0, 1, 1}));
    roundTrip(
        images("gt", "Detections"),
        image().with("gt", new Detections(List.of(object, coarse))),
        AnnotationRequest.ofField("gt").labelType("instances"));
  }

  @Test
  void segmentation() {
    byte[] mask = new byte[LabelStudioFixture.WIDTH * LabelStudioFixture.HEIGHT];
    for (int i = 0; i < mask.length; i++) {
      int x = i % LabelStudioFixture.WIDTH;
      mask[i] = (byte) (x < 50 ? 1 : x < 120 ? 2 : x > 300 ? 255 : 0);
    }
    roundTrip(
        images("gt", "Segmentation"),
        image()
            .with(
                "gt",
                Segmentation.of(
                    NdArray.ofBytes(LabelStudioFixture.HEIGHT, LabelStudioFixture.WIDTH, mask))),
        AnnotationRequest.ofField("gt")
            .with("mask_targets", Document.of("1", "road", "2", "sky").with("0", "background")));
  }

  @Test
  void polygons() {
    Points ring = Points.wrap(0.1, 0.1, THIRD, 0.15, 0.3, 0.6);
    Points second = Points.wrap(0.6, 0.6, 0.9, 0.6, 0.9, 0.9, 0.6, 0.9);
    roundTrip(
        images("gt", "Polylines"),
        image()
            .with(
                "gt",
                new Polylines(
                    List.of(
                        Polyline.of("cat", List.of(ring), true, true),
                        Polyline.of("dog", List.of(ring, second), true, true)))),
        AnnotationRequest.ofField("gt").labelType("polygons"));
  }

  @Test
  void polylines() {
    Points line = Points.wrap(0.1, 0.1, THIRD, 0.15, 0.3, 0.6);
    Points loop = Points.wrap(0.6, 0.6, 0.9, 0.6, 0.9, 0.9);
    roundTrip(
        images("gt", "Polylines"),
        image()
            .with(
                "gt",
                new Polylines(
                    List.of(
                        Polyline.of("lane", List.of(line), false, false),
                        Polyline.of("kerb", List.of(loop, line), true, false)))),
        AnnotationRequest.ofField("gt").labelType("polylines"));
  }

  @Test
  void keypoints() {
    roundTrip(
        images("gt", "Keypoints"),
        image()
            .with(
                "gt",
                new Keypoints(
                    List.of(
                        Keypoint.of(
                            "person",
                            Points.wrap(0.1, THIRD, Double.NaN, Double.NaN, 0.7, 0.123456789)),
                        Keypoint.of("ball", Points.wrap(0.5, 0.5))))),
        AnnotationRequest.ofField("gt"));
  }

  @Test
  void classificationsAndScalars() {
    DatasetInfo info =
        DatasetInfo.create("round trip", MediaType.IMAGE)
            .withField("weather", FieldSpec.embedded("weather", "Classification"))
            .withField("tags_of", FieldSpec.embedded("tags_of", "Classifications"))
            .withField("score", FieldSpec.of("score", FieldType.FLOAT))
            .withField("count", FieldSpec.of("count", FieldType.INT))
            .withField("title", FieldSpec.of("title", FieldType.STRING))
            .withField("good", FieldSpec.of("good", FieldType.BOOLEAN));
    Sample sample =
        image()
            .with(
                "weather",
                Classification.of("rain <3 & \"4\"")
                    .withConfidence(0.5)
                    .withAttributes(Document.of("by", "model")))
            .with(
                "tags_of",
                new Classifications(List.of(Classification.of("day"), Classification.of("wet"))))
            .with("score", 7.0)
            .with("count", 3)
            .with("title", "hello\nworld")
            .with("good", false);
    roundTrip(
        info,
        sample,
        AnnotationRequest.create()
            .with(
                "label_schema",
                Document.builder()
                    .put("weather", Document.empty())
                    .put("tags_of", Document.empty())
                    .put("score", Document.of("type", "scalar"))
                    .put("count", Document.of("type", "scalar"))
                    .put("title", Document.of("type", "scalar"))
                    .put("good", Document.of("type", "scalar"))
                    .build()));
  }

  @Test
  void attributesOfClassifications() {
    DatasetInfo info =
        DatasetInfo.create("round trip", MediaType.IMAGE)
            .withField("weather", FieldSpec.embedded("weather", "Classification"))
            .withField("times", FieldSpec.embedded("times", "Classifications"));
    Document attributes =
        Document.builder()
            .put("sure", Document.of("type", "checkbox"))
            .put("note", Document.of("type", "text"))
            .put("strength", Document.of("type", "number"))
            .put("kind", Document.of("type", "select", "values", Values.listOf("a, b", "c")))
            .build();
    Classification rain =
        Classification.of("rain, or <sleet>")
            .withConfidence(0.5)
            .withAttributes(
                Document.builder()
                    .put("sure", false)
                    .put("note", "a < b & \"c\"")
                    .put("strength", 3)
                    .put("kind", "a, b")
                    .put("own", Values.listOf(1, 2))
                    .build());
    Classification day =
        Classification.of("day").withAttributes(Document.of("strength", 0.25, "kind", "unknown"));
    Classification night = Classification.of("night").withAttributes(Document.of("sure", true));
    roundTrip(
        info,
        image()
            .with("weather", rain)
            .with("times", new Classifications(List.of(day, Classification.of("wet"), night))),
        AnnotationRequest.create()
            .with(
                "label_schema",
                Document.of(
                    "weather",
                    Document.of("attributes", attributes),
                    "times",
                    Document.of("attributes", attributes))));
  }

  @Test
  void tracksOfAVideo() {
    DatasetInfo info =
        DatasetInfo.create("round trip", MediaType.VIDEO)
            .withField("frames.objects", FieldSpec.embedded("objects", "Detections"))
            .withField("scene", FieldSpec.embedded("scene", "Classification"));
    Sample video =
        LabelStudioFixture.video(home, "clip", 20).with("scene", Classification.of("street"));
    try (LabelStudioFixture fixture = new LabelStudioFixture(home, info, video)) {
      fixture.dataset.write(
          writer -> {
            for (int frame = 1; frame <= 20; frame++) {
              List<Detection> boxes = new ArrayList<>();
              if (frame <= 8 || frame >= 12) {
                boxes.add(
                    Detection.of("car", new BoundingBox(0.05 * frame * THIRD, 0.2, 0.2, 0.3))
                        .withIndex(7));
              }
              if (frame == 5) {
                boxes.add(Detection.of("dog", new BoundingBox(0.6, 0.6, 0.1, 0.1)));
              }
              writer.insertFrame(
                  new Frame(ObjectId.create(), video.id(), frame, Map.of(), Document.empty())
                      .with("objects", boxes.isEmpty() ? null : new Detections(boxes)));
            }
            return null;
          });
      List<Frame> before = fixture.frames(video.id());
      fixture.annotate(
          "run",
          AnnotationRequest.create()
              .with(
                  "label_schema",
                  Document.of("frames.objects", Document.empty(), "scene", Document.empty())));
      Document task = fixture.task("run", video.id());
      assertThat(LabelStudioFixture.prelabels(task)).hasSize(3);
      fixture.submit(task, LabelStudioFixture.prelabels(task));

      LoadReport report = fixture.load("run");

      assertThat(report.changesAnything()).isFalse();
      assertThat(fixture.frames(video.id())).isEqualTo(before);
    }
  }
}
