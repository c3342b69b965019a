package io.postil.backends.labelstudio;

import static org.assertj.core.api.Assertions.assertThat;

import io.postil.core.annotation.AnswerKind;
import io.postil.core.annotation.AnswerSink;
import io.postil.core.annotation.FieldSchema;
import io.postil.core.annotation.LabelSchema;
import io.postil.core.annotation.UploadItem.Content;
import io.postil.core.dataset.MediaType;
import io.postil.core.label.BoundingBox;
import io.postil.core.label.Detection;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import io.postil.testkit.SharedFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What Label Studio's editor once stored is read as the person meant it. */
@Tag("exchanges")
class RecordedAnswersTest {
  private static final ObjectId ITEM = ObjectId.of("65a1b2c3d4e5f6a7b8c90064");
  private static final ItemMedia MEDIA = new ItemMedia(160, 120, 0, 0);

  /** The result of the only annotation in a recording. */
  private static List<?> result(String recording) throws IOException {
    Document recorded =
        Json.readDocument(
            Files.readString(SharedFiles.find("exchanges/labelstudio/" + recording + ".json")));
    for (Object exchange : recorded.getList("exchanges")) {
      Document request = ((Document) exchange).getDocument("request");
      if (request.getString("path", "").contains("/export?")) {
        List<?> tasks = ((Document) exchange).getDocument("response").getList("body");
        List<?> annotations = ((Document) tasks.get(0)).getList("annotations");
        return ((Document) annotations.get(0)).getList("result");
      }
    }
    throw new IllegalStateException("no export in " + recording);
  }

  private static FieldSchema field(String name, Document spec) {
    return FieldSchema.fromDocument(name, spec);
  }

  private static Document spec(String type, String... classes) {
    return Document.of("type", type, "classes", Values.list(List.of(classes)));
  }

  private static Map<String, List<? extends SingleLabel>> read(
      String recording, FieldSchema field, MediaType mediaType, String object, Content... base)
      throws IOException {
    return read(recording, field, mediaType, object, Map.of(), base);
  }

  private static Map<String, List<? extends SingleLabel>> read(
      String recording,
      FieldSchema field,
      MediaType mediaType,
      String object,
      Map<String, String> names,
      Content... base)
      throws IOException {
    List<Region> rows = new ArrayList<>();
    for (Object row : result(recording)) {
      rows.add(Region.read(row));
    }
    Map<String, List<? extends SingleLabel>> told = new LinkedHashMap<>();
    AnswerSink sink = new Collected(told);
    Controls controls =
        new Controls(
            new LabelSchema(List.of(field)), mediaType, Map.of(), new Names(object, object, names));
    if (mediaType == MediaType.VIDEO) {
      Videos.tell(controls, ITEM, MEDIA, List.of(base), result(recording), sink);
      return told;
    }
    FieldControl.Answer answer =
        new FieldControl.Answer(ITEM, MEDIA, List.of(base), rows, Document.empty());
    controls.all().forEach(c -> c.decode(answer, sink));
    return told;
  }

  /** Collects labels by {@code frame/field}. */
  private record Collected(Map<String, List<? extends SingleLabel>> told) implements AnswerSink {
    @Override
    public void delivered(ObjectId item) {}

    @Override
    public void undelivered(ObjectId item, String reason) {}

    @Override
    public void unchanged(ObjectId item) {}

    @Override
    public void labels(
        ObjectId item,
        int frameNumber,
        String field,
        AnswerKind kind,
        List<? extends SingleLabel> labels) {
      told.put(frameNumber + "/" + field, labels);
    }

    @Override
    public void scalar(ObjectId item, int frameNumber, String field, Object value) {}
  }

  @Test
  void aBoxThatWasMovedAndOneThatWasDrawn() throws IOException {
    Detection cat =
        Detection.of("cat", new BoundingBox(0.1, 0.2, 0.3, 0.4))
            .withId(ObjectId.of("65a1b2c3d4e5f6a7b8c90003"))
            .withConfidence(0.5);
    Detection deleted =
        Detection.of("dog", new BoundingBox(0.5, 0.5, 0.25, 0.25))
            .withId(ObjectId.of("65a1b2c3d4e5f6a7b8c90004"));
    List<? extends SingleLabel> labels =
        read(
                "ui_detections_edit",
                field("dets", spec("detections", "cat", "dog")),
                MediaType.IMAGE,
                "image",
                new Content(0, "dets", AnswerKind.DETECTIONS, List.of(cat, deleted), null))
            .get("0/dets");
    assertThat(labels).hasSize(2);
    assertThat(labels.get(0))
        .isEqualTo(
            cat.withBoundingBox(
                new BoundingBox(14.934210526315786 / 100, 23.28947368421053 / 100, 0.3, 0.4)));
    assertThat(labels.get(1).label()).isEqualTo("cat");
    assertThat(labels.get(1).id()).isEqualTo(Region.derived(ITEM, "uBHN_0Z2jm"));
  }

  @Test
  void attributesThatWereSentAgainWithAMovedBoxAreNoEdits() throws IOException {
    Document attributes =
        Document.builder()
            .put("occluded", Document.of("type", "radio", "values", Values.listOf(true, false)))
            .put("note", Document.of("type", "text"))
            .put("age", Document.of("type", "number"))
            .build();
    Detection dog =
        Detection.of("dog", new BoundingBox(0.1, 0.1, 0.3, 0.3))
            .withId(ObjectId.of("65a1b2c3d4e5f6a7b8c90010"))
            .withAttributes(
                Document.builder()
                    .put("occluded", true)
                    .put("note", "a note")
                    .put("age", 3.0)
                    .build());
    List<? extends SingleLabel> labels =
        read(
                "ui_attributes_edit",
                field("dets", spec("detections", "cat", "dog").with("attributes", attributes)),
                MediaType.IMAGE,
                "image",
                Map.of("dets.occluded", "occluded", "dets.note", "note", "dets.age", "age"),
                new Content(0, "dets", AnswerKind.DETECTIONS, List.of(dog), null))
            .get("0/dets");
    assertThat(labels.get(0).attributes()).isEqualTo(dog.attributes());
  }

  @Test
  void smoothEdgesOfAPaintedMaskCountFromHalf() throws IOException {
    List<? extends SingleLabel> labels =
        read(
                "ui_instances_paint",
                field("inst", spec("instances", "cat", "dog")),
                MediaType.IMAGE,
                "image")
            .get("0/inst");
    assertThat(labels).hasSize(2);
    Detection painted = (Detection) labels.get(0);
    byte[] pixels = MaskPixels.ofDetection(painted, 160, 120);
    Region row = Region.read(result("ui_instances_paint").get(0));
    assertThat(pixels).isEqualTo(MaskPixels.pixels(row.value()));
  }

  @Test
  void openLinesStayOpen() throws IOException {
    var line =
        (io.postil.core.label.Polyline)
            read(
                    "ui_polylines_submit",
                    field("line", spec("polylines", "cat")),
                    MediaType.IMAGE,
                    "image")
                .get("0/line")
                .get(0);
    assertThat(line.closed()).isFalse();
    assertThat(line.filled()).isFalse();
    assertThat(line.points().get(0).toList())
        .isEqualTo(
            Values.listOf(
                Values.listOf(0.1, 0.1), Values.listOf(0.5, 0.2), Values.listOf(0.8, 0.7)));
  }

  @Test
  void aTrackIsFilledInBetweenItsKeyFrames() throws IOException {
    Map<String, List<? extends SingleLabel>> frames =
        read(
            "ui_video_submit",
            field("frames.tracks", spec("detections", "car", "bus")),
            MediaType.VIDEO,
            "video",
            Map.of("frames.tracks", "tracks", "frames.tracks.box", "box"));
    assertThat(frames).hasSize(20 + 21);
    Detection middle = (Detection) frames.get("10/frames.tracks").get(0);
    assertThat(middle.label()).isEqualTo("car");
    assertThat(middle.isKeyframe()).isFalse();
    assertThat(middle.boundingBox().x())
        .isCloseTo(0.1 + 0.3 * 9 / 19, org.assertj.core.api.Assertions.within(1e-9));
    assertThat(frames).doesNotContainKey("25/frames.tracks").containsKey("50/frames.tracks");
    assertThat(frames.get("30/frames.tracks").get(0).isKeyframe()).isTrue();
  }

  @Test
  void severalClassesComeInOneRow() throws IOException {
    List<? extends SingleLabel> labels =
        read(
                "ui_classifications_submit",
                field("tags", spec("classifications", "day", "city", "wet")),
                MediaType.IMAGE,
                "image")
            .get("0/tags");
    assertThat(labels).extracting(SingleLabel::label).containsExactly("day", "wet");
  }

  private static byte[] bytes(List<?> numbers) {
    byte[] bytes = new byte[numbers.size()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = ((Number) numbers.get(i)).byteValue();
    }
    return bytes;
  }

  private static byte[] mask(List<?> runs) {
    byte[] mask = new byte[0];
    for (Object run : runs) {
      List<?> pair = (List<?>) run;
      int start = mask.length;
      mask = Arrays.copyOf(mask, start + ((Number) pair.get(1)).intValue());
      Arrays.fill(mask, start, mask.length, ((Number) pair.get(0)).byteValue());
    }
    return mask;
  }

  @Test
  void brushMasksHaveTheSameBytesAsOfLabelStudiosOwnTools() throws IOException {
    Document recorded =
        Json.readDocument(
            Files.readString(SharedFiles.find("exchanges/labelstudio/brush_rle_vectors.json")));
    assertThat(recorded.getList("vectors")).hasSize(6);
    for (Object entry : recorded.getList("vectors")) {
      Document vector = (Document) entry;
      byte[] mask = mask(vector.getList("mask_runs"));
      byte[] code = bytes(vector.getList("rle"));
      assertThat(BrushRle.encode(mask)).as(vector.getString("name")).isEqualTo(code);
      assertThat(BrushRle.decode(code)).as(vector.getString("name")).isEqualTo(mask);
    }
  }
}
