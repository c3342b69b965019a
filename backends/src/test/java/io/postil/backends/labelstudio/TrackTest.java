package io.postil.backends.labelstudio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

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
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TrackTest {
  private static final String FIELD = "frames.objects";
  private static final ObjectId ITEM = ObjectId.of("65a1b2c3d4e5f6a7b8c90064");
  private static final ItemMedia MEDIA = new ItemMedia(100, 100, 50, 10);

  private static Controls controls(boolean onlyKeyFrames) {
    Document spec =
        Document.of("type", "detections", "classes", Values.listOf("car", "bus"))
            .with("existing_field", true)
            .with("only_keyframes", onlyKeyFrames);
    return new Controls(
        new LabelSchema(List.of(FieldSchema.fromDocument(FIELD, spec))),
        MediaType.VIDEO,
        Map.of(),
        Names.own("video"));
  }

  private static Detection box(double x, int index) {
    return Detection.of("car", new BoundingBox(x, 0.1, 0.2, 0.2)).withIndex(index);
  }

  private static Content frame(int number, Detection... labels) {
    return new Content(number, FIELD, AnswerKind.DETECTIONS, List.of(labels), null);
  }

  private static Document key(int frame, double x, boolean enabled) {
    return Document.builder()
        .put("frame", frame)
        .put("enabled", enabled)
        .put("x", x)
        .put("y", 0)
        .put("width", 10)
        .put("height", 10)
        .put("rotation", 0)
        .build();
  }

  /** The rows that are sent of some content. */
  private static List<Document> sent(boolean onlyKeyFrames, List<Content> content)
      throws IOException {
    return sent(onlyKeyFrames, MEDIA, content);
  }

  private static List<Document> sent(boolean onlyKeyFrames, ItemMedia media, List<Content> content)
      throws IOException {
    StringWriter text = new StringWriter();
    try (VideoRows rows = new VideoRows(controls(onlyKeyFrames), media, content::iterator);
        var out = Json.factory().createGenerator(text)) {
      out.writeStartArray();
      rows.write(out);
      out.writeEndArray();
    }
    List<Document> documents = new ArrayList<>();
    ((List<?>) Json.read(text.toString())).forEach(row -> documents.add((Document) row));
    return documents;
  }

  private static List<Document> sequence(Document row) {
    List<Document> keys = new ArrayList<>();
    row.getDocument("value").getList("sequence").forEach(key -> keys.add((Document) key));
    return keys;
  }

  private static List<Long> frames(List<Document> keys) {
    return keys.stream().map(key -> key.getLong("frame", 0)).toList();
  }

  /** The labels of each frame that come of a result. */
  private static Map<Integer, List<? extends SingleLabel>> told(
      boolean onlyKeyFrames, List<Content> base, List<Document> rows) throws IOException {
    return told(onlyKeyFrames, MEDIA, base, rows);
  }

  private static Map<Integer, List<? extends SingleLabel>> told(
      boolean onlyKeyFrames, ItemMedia media, List<Content> base, List<Document> rows)
      throws IOException {
    Told told = new Told();
    Videos.tell(controls(onlyKeyFrames), ITEM, media, base, rows, told);
    return told.frames;
  }

  private static final class Told implements AnswerSink {
    final Map<Integer, List<? extends SingleLabel>> frames = new LinkedHashMap<>();

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
      assertThat(frames.put(frameNumber, labels)).isNull();
    }

    @Override
    public void scalar(ObjectId item, int frameNumber, String field, Object value) {}
  }

  private static Document row(Document... keys) {
    return Document.builder()
        .put("id", "abcdefghij")
        .put("from_name", Names.own("video").of(FIELD + ".box"))
        .put("to_name", "video")
        .put("type", "videorectangle")
        .put(
            "value",
            Document.of("sequence", Values.list(List.of(keys)), "framesCount", 50)
                .with("labels", Values.listOf("bus")))
        .build();
  }

  @Test
  void theLastFrameBeforeAGapIsSwitchedOff() throws IOException {
    List<Content> content = new ArrayList<>();
    for (int frame : List.of(1, 2, 3, 10, 11)) {
      content.add(frame(frame, box(0.1, 4)));
    }

    List<Document> all = sequence(sent(false, content).get(0));
    List<Document> ends = sequence(sent(true, content).get(0));

    assertThat(frames(all)).containsExactly(1L, 2L, 3L, 10L, 11L);
    assertThat(all.get(2).getBoolean("enabled", true)).isFalse();
    assertThat(all.get(1).getBoolean("enabled", false)).isTrue();
    assertThat(frames(ends)).containsExactly(1L, 3L, 10L, 11L);
  }

  @Test
  void whatWasSentComesBackAsItWas() throws IOException {
    List<Content> content = new ArrayList<>();
    for (int frame : List.of(1, 2, 3, 4, 10, 11, 12)) {
      // Between key frames the boxes are not where a straight line would put them.
      Detection box = box(0.3 / frame, 4);
      boolean key = frame == 1 || frame == 12;
      content.add(
          frame(frame, box.withAttributes(Document.of(SingleLabel.KEYFRAME, key)), box(0.5, 7)));
    }
    for (boolean onlyKeyFrames : List.of(true, false)) {
      Map<Integer, List<? extends SingleLabel>> told =
          told(onlyKeyFrames, content, sent(onlyKeyFrames, content));

      assertThat(told).hasSize(7);
      for (Content of : content) {
        assertThat(told.get(of.frameNumber())).isEqualTo(of.labels());
      }
    }
  }

  /** Such data is wrong, but neither label may be lost over it. */
  @Test
  void twoLabelsOfOneTrackInOneFrameAreBothSent() throws IOException {
    Detection first = box(0.1, 4);
    Detection second = box(0.5, 4);
    List<Content> content = List.of(frame(1, first, second), frame(2, box(0.2, 4)));

    List<Document> rows = sent(false, content);

    assertThat(rows).hasSize(2);
    assertThat(frames(sequence(rows.get(0)))).containsExactly(1L, 2L);
    assertThat(frames(sequence(rows.get(1)))).containsExactly(1L);
    assertThat(rows.get(1).getString("id")).isEqualTo(second.id().toString());
    Map<Integer, List<? extends SingleLabel>> told = told(false, content, rows);
    assertThat(told.get(1)).extracting(SingleLabel::id).containsExactly(first.id(), second.id());
    assertThat(told.get(2)).isEqualTo(content.get(1).labels());
  }

  @Test
  void framesBetweenKeyFramesAreStraightAndTheLastGoesOnToTheEnd() {
    List<KeyFrame> keys =
        List.of(
            new KeyFrame(1, true, key(1, 10, true)),
            new KeyFrame(11, false, key(11, 20, false)),
            new KeyFrame(20, true, key(20, 40, true)));
    KeyCursor cursor = new KeyCursor(keys.iterator(), 22);
    Map<Integer, Double> seen = new LinkedHashMap<>();
    for (int frame = 1; frame <= 25; frame++) {
      Document box = cursor.at(frame);
      if (box != null) {
        seen.put(frame, Percent.number(box, "x"));
      }
    }
    assertThat(seen).hasSize(11 + 3);
    assertThat(seen.get(4)).isCloseTo(13, within(1e-9));
    assertThat(seen.get(22)).isEqualTo(40);
    assertThat(seen).doesNotContainKeys(12, 19, 23);
  }

  @Test
  void framesBeyondTheEndAreLeftOut() throws IOException {
    Map<Integer, List<? extends SingleLabel>> told =
        told(false, List.of(), List.of(row(key(49, 1, true), key(2_000_000_000, 2, true))));

    assertThat(told).containsOnlyKeys(49, 50);
  }

  @Test
  void aTrackThatWasDrawnIsKnownAgainByTheLabelsThatWereMadeOfIt() throws IOException {
    Document row = row(key(5, 1, true), key(8, 4, false));
    Map<Integer, List<? extends SingleLabel>> first = told(false, List.of(), List.of(row));
    assertThat(first).containsOnlyKeys(5, 6, 7, 8);
    List<Content> base = new ArrayList<>();
    first.forEach(
        (frame, labels) -> base.add(frame(frame, ((Detection) labels.get(0)).withIndex(3))));

    Map<Integer, List<? extends SingleLabel>> again = told(false, base, List.of(row));

    for (Content of : base) {
      assertThat(again.get(of.frameNumber()))
          .extracting(SingleLabel::id)
          .containsExactly(of.labels().get(0).id());
      assertThat(again.get(of.frameNumber())).extracting(SingleLabel::index).containsExactly(3);
    }
  }

  @Test
  void keyFramesOutOfOrderAreBroughtIntoOrderAndTheLaterOfTwoCounts() throws IOException {
    Document row = row(key(8, 9, false), key(5, 1, true), key(8, 4, false));

    Map<Integer, List<? extends SingleLabel>> told = told(false, List.of(), List.of(row));

    assertThat(told).containsOnlyKeys(5, 6, 7, 8);
    assertThat(((Detection) told.get(8).get(0)).boundingBox().x()).isCloseTo(0.04, within(1e-9));
    assertThat(((Detection) told.get(6).get(0)).boundingBox().x()).isCloseTo(0.02, within(1e-9));
  }

  @Test
  void boxesOfNoTrackAreKnownByTheirIdsInWhateverFrameTheyComeBack() throws IOException {
    ItemMedia media = new ItemMedia(100, 100, 300, 10);
    Detection alone = Detection.of("car", new BoundingBox(0.1, 0.5, 0.2, 0.2));
    List<Content> content = new ArrayList<>();
    for (int frame = 1; frame <= 300; frame++) {
      content.add(
          frame(
              frame,
              box(0.5, 7),
              alone.withId(ObjectId.of(1, 2 * frame)),
              alone.withId(ObjectId.of(1, 2 * frame + 1))));
    }
    for (boolean onlyKeyFrames : List.of(true, false)) {
      List<Document> rows = sent(onlyKeyFrames, media, content);
      assertThat(rows).hasSize(601);
      Map<Integer, List<? extends SingleLabel>> untouched =
          told(onlyKeyFrames, media, content, rows);
      assertThat(untouched).hasSize(300);
      for (Content of : content) {
        assertThat(untouched.get(of.frameNumber())).isEqualTo(of.labels());
      }

      // Row 2 * n - 1 is the first box of frame n.
      rows.set(39, withValue(rows.get(39), "sequence", Values.listOf(key(20, 55, false))));
      rows.set(59, withValue(rows.get(59), "sequence", Values.listOf(key(200, 55, false))));
      rows.set(119, withValue(rows.get(119), "labels", Values.listOf("bus")));
      rows.set(499, withValue(rows.get(499), "sequence", Values.listOf(key(40, 55, false))));
      rows.remove(19);
      Map<Integer, List<? extends SingleLabel>> told = told(onlyKeyFrames, media, content, rows);

      assertThat(ids(told, 10)).hasSize(2).doesNotContain(ObjectId.of(1, 20));
      assertThat(told.get(20).get(1))
          .isEqualTo(
              ((Detection) content.get(19).labels().get(1))
                  .withBoundingBox(new BoundingBox(0.55, 0, 0.1, 0.1)));
      assertThat(ids(told, 30)).hasSize(2).doesNotContain(ObjectId.of(1, 60));
      ObjectId later = Region.derived(ITEM, ObjectId.of(1, 60) + "@200");
      assertThat(ids(told, 200)).hasSize(4).contains(later, ObjectId.of(1, 400));
      assertThat(told.get(60).get(1))
          .isEqualTo(((Detection) content.get(59).labels().get(1)).withLabel("bus"));
      assertThat(ids(told, 250)).hasSize(2).doesNotContain(ObjectId.of(1, 500));
      ObjectId earlier = Region.derived(ITEM, ObjectId.of(1, 500) + "@40");
      assertThat(ids(told, 40)).hasSize(4).contains(earlier, ObjectId.of(1, 80));

      List<Content> loaded = new ArrayList<>();
      told.forEach((frame, labels) -> loaded.add(frame(frame, labels.toArray(Detection[]::new))));
      assertThat(told(onlyKeyFrames, media, loaded, rows)).isEqualTo(told);
    }
  }

  private static List<ObjectId> ids(Map<Integer, List<? extends SingleLabel>> told, int frame) {
    return told.get(frame).stream().map(SingleLabel::id).toList();
  }

  private static Document withValue(Document row, String name, Object value) {
    return row.with("value", row.getDocument("value").with(name, value));
  }
}
