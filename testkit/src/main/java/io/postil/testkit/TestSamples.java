package io.postil.testkit;

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
import io.postil.core.label.FrameRange;
import io.postil.core.label.GeoLocation;
import io.postil.core.label.Heatmap;
import io.postil.core.label.Keypoint;
import io.postil.core.label.Keypoints;
import io.postil.core.label.Label;
import io.postil.core.label.Points;
import io.postil.core.label.Polyline;
import io.postil.core.label.Polylines;
import io.postil.core.label.Regression;
import io.postil.core.label.Segmentation;
import io.postil.core.label.TemporalDetection;
import io.postil.core.label.TemporalDetections;
import io.postil.core.label.UnknownLabel;
import io.postil.core.value.Binary;
import io.postil.core.value.Document;
import io.postil.core.value.Doubles;
import io.postil.core.value.NdArray;
import io.postil.core.value.ObjectId;
import io.postil.core.value.OtherValue;
import io.postil.core.value.Values;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Builds datasets, samples and labels for tests. Stateless. */
public final class TestSamples {
  private TestSamples() {}

  /** An image dataset with the fields {@code ground_truth}, {@code weather} and {@code score}. */
  public static DatasetInfo imageDataset(String name) {
    return DatasetInfo.create(name, MediaType.IMAGE)
        .withField("ground_truth", FieldSpec.embedded("ground_truth", "Detections"))
        .withField("weather", FieldSpec.embedded("weather", "Classification"))
        .withField("score", FieldSpec.of("score", FieldType.FLOAT));
  }

  /** A video dataset with {@code scene} and the frame fields {@code objects}, {@code blur}. */
  public static DatasetInfo videoDataset(String name) {
    return DatasetInfo.create(name, MediaType.VIDEO)
        .withField("scene", FieldSpec.embedded("scene", "Classification"))
        .withField("frames.objects", FieldSpec.embedded("objects", "Detections"))
        .withField("frames.blur", FieldSpec.of("blur", FieldType.FLOAT));
  }

  /** An image with as many ground truth boxes as said, a weather and a score. */
  public static Sample image(String filepath, int boxes) {
    return Sample.of(filepath)
        .withTags(List.of("train"))
        .withMetadata(Document.of("width", 640, "height", 480))
        .with("ground_truth", boxes(boxes))
        .with("weather", Classification.of("sunny"))
        .with("score", 0.5);
  }

  /** A video of so many frames, with fields of its own. */
  public static Sample video(String filepath, int frames, Map<String, Object> fields) {
    return new Sample(
        ObjectId.create(),
        filepath,
        List.of(),
        Document.of("_cls", "VideoMetadata", "total_frame_count", frames),
        fields,
        Document.empty());
  }

  /** A frame of a video. */
  public static Frame frame(Sample video, int number, Map<String, Object> fields) {
    return new Frame(ObjectId.create(), video.id(), number, fields, Document.empty());
  }

  /** So many boxes in a row, alternately cats and dogs. */
  public static Detections boxes(int count) {
    List<Detection> boxes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      boxes.add(box(i % 2 == 0 ? "cat" : "dog", i / (double) count));
    }
    return new Detections(boxes);
  }

  /** A box of a tenth of the image's size. */
  public static Detection box(String label, double x) {
    return Detection.of(label, new BoundingBox(x, 0.25, 0.1, 0.1));
  }

  /** A frame with boxes. */
  public static Frame frame(ObjectId sampleId, int number, int boxes) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("objects", boxes(boxes));
    fields.put("blur", number / 10.0);
    return new Frame(ObjectId.create(), sampleId, number, fields, Document.empty());
  }

  /** A mask with a pattern that hardly compresses. */
  public static NdArray mask(int height, int width, int seed) {
    byte[] pixels = new byte[height * width];
    new java.util.Random(seed).nextBytes(pixels);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] &= 1;
    }
    return NdArray.ofBooleans(height, width, pixels);
  }

  /** A document with one entry of each BSON type. */
  public static Document everyType() {
    return Document.builder()
        .put("null", null)
        .put("true", true)
        .put("false", false)
        .put("int", Integer.MIN_VALUE)
        .put("small", 7)
        .put("long", Long.MAX_VALUE)
        .put("double", 0.1)
        .put("whole double", 3.0)
        .put("negative zero", -0.0)
        .put("nan", Double.NaN)
        .put("infinity", Double.NEGATIVE_INFINITY)
        .put("text", "Grüße, 世界 🌍")
        .put("empty text", "")
        .put("hex", "0123456789abcdef01234567")
        .put("upper hex", "0123456789ABCDEF01234567")
        .put("long text", "x".repeat(5_000))
        .put("binary", Binary.wrap((byte) 4, new byte[] {0, -1, 127}))
        .put("object id", ObjectId.of("5f0000000000000000000001"))
        .put("date", Instant.ofEpochMilli(-1))
        .put("list", Values.listOf(1, "a", null, Values.listOf(), 2.5))
        .put("doubles", Values.listOf(1.0, Double.NaN))
        .put("document", Document.of("", Document.empty(), "$odd.name", 1))
        .put("decimal", new OtherValue(Document.of("$numberDecimal", "1.50")))
        .build();
  }

  /** A label of each type with all of its properties, by class name. */
  public static Map<String, Label> everyLabel() {
    ObjectId id = ObjectId.of("5f00000000000000000000aa");
    List<String> tags = List.of("checked", "");
    Document attributes = everyType();
    Points points = Points.wrap(0.1, 0.2, Double.NaN, Double.NaN, -1, 2);
    double[] many = new double[2_000];
    for (int i = 0; i < many.length; i++) {
      many[i] = i / 2_000.0;
    }
    NdArray mask = mask(300, 300, 1);
    Classification classification =
        new Classification(
            id,
            tags,
            "cat",
            0.9,
            NdArray.ofDoubles(new int[] {2}, new double[] {1, 2}),
            attributes);
    Detection detection =
        new Detection(
            id,
            tags,
            "cat",
            new BoundingBox(0.1, 0.2, 0.3, 0.4),
            mask,
            "m.png",
            0.9,
            3,
            attributes);
    Polyline polyline =
        new Polyline(
            id, tags, "road", List.of(points, Points.wrap(many)), true, true, 0.5, 1, attributes);
    Keypoint keypoint =
        new Keypoint(id, tags, "body", points, Doubles.wrap(1, 0, 0.5), -1, attributes);
    TemporalDetection event =
        new TemporalDetection(id, tags, "jump", new FrameRange(2, 9), 0.5, attributes);
    Document extras = Document.of("logits", 1);
    List<Label> labels =
        List.of(
            classification,
            new Classifications(List.of(classification, Classification.of("dog")), extras),
            detection,
            new Detections(List.of(detection, box("dog", 0)), extras),
            polyline,
            new Polylines(List.of(polyline), extras),
            keypoint,
            new Keypoints(List.of(keypoint), extras),
            new Segmentation(id, tags, mask, "s.png", attributes),
            new Regression(id, tags, 1.5, 0.5, attributes),
            event,
            new TemporalDetections(List.of(event), extras),
            new Heatmap(id, tags, mask, "h.png", Doubles.wrap(0, 1), attributes),
            new GeoLocation(id, tags, "GeoLocation", attributes),
            new UnknownLabel(Document.of("_cls", "Mesh", "faces", attributes)));
    Map<String, Label> byClass = new LinkedHashMap<>();
    labels.forEach(label -> byClass.put(label.className(), label));
    return byClass;
  }
}
