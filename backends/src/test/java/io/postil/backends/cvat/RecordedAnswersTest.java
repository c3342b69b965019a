package io.postil.backends.cvat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonParser;
import io.postil.core.PostilException;
import io.postil.core.ProgressListener;
import io.postil.core.annotation.LabelSchema;
import io.postil.core.annotation.RunContext;
import io.postil.core.annotation.RunEvent;
import io.postil.core.annotation.RunMemory;
import io.postil.core.dataset.MediaType;
import io.postil.core.store.Cursor;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.core.value.ObjectId;
import io.postil.testkit.SharedFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a real CVAT 2.15 answered means to our client what it should. */
@Tag("exchanges")
class RecordedAnswersTest {
  private static Document recording(String name) throws IOException {
    return Json.readDocument(Files.readString(SharedFiles.find("exchanges/cvat/" + name)));
  }

  private static Map<String, Document> exchanges(String name) throws IOException {
    Map<String, Document> exchanges = new HashMap<>();
    for (Object exchange : recording(name).getList("exchanges")) {
      exchanges.put(((Document) exchange).getString("name", ""), (Document) exchange);
    }
    return exchanges;
  }

  private static List<CvatTrack> tracks(Document body) throws IOException {
    List<CvatTrack> tracks = new ArrayList<>();
    for (Object track : body.getList("tracks")) {
      try (JsonParser json = parser(track)) {
        tracks.add(CvatTrack.read(json));
      }
    }
    return tracks;
  }

  /** A parser that has read the first brace. */
  private static JsonParser parser(Object document) throws IOException {
    JsonParser parser = Json.factory().createParser(Json.write(document));
    parser.nextToken();
    return parser;
  }

  @Test
  void tracksOfOneJobAreSeenOnTheFramesTheyWereSentFor() throws IOException {
    Map<String, Document> exchanges = exchanges("21-keyframes.json");
    int compared = 0;
    for (Map.Entry<String, Document> entry : exchanges.entrySet()) {
      if (!entry.getKey().endsWith(", segment all")) {
        continue;
      }
      CvatTrack sent = tracks(entry.getValue().getDocument("request").getDocument("body")).get(0);
      List<CvatTrack> back =
          tracks(
              java.util.Objects.requireNonNull(exchanges.get(entry.getKey() + ", back"))
                  .getDocument("response")
                  .getDocument("body"));
      assertThat(back).as(entry.getKey()).hasSize(1);
      for (int frame = 0; frame < 60; frame++) {
        CvatShape before = TrackFrames.at(sent.shapes(), frame);
        CvatShape after = TrackFrames.at(back.get(0).shapes(), frame);
        String place = entry.getKey() + ", frame " + frame;
        assertThat(isVisible(after)).as(place).isEqualTo(isVisible(before));
        if (before != null && after != null && !before.outside()) {
          assertThat(after.withElements(List.of()).sameGeometry(before.withElements(List.of())))
              .as(place)
              .isTrue();
          compared++;
        }
      }
    }
    assertThat(compared).isGreaterThan(200);
  }

  private static boolean isVisible(@Nullable CvatShape shape) {
    return shape != null && !shape.outside();
  }

  @Test
  void everyKindOfShapeIsRead() throws IOException {
    Document body =
        java.util.Objects.requireNonNull(exchanges("13-shapes.json").get("GET them"))
            .getDocument("response")
            .getDocument("body");
    PixelSize size = new PixelSize(640, 480);
    Map<String, CvatShape> byType = new HashMap<>();
    for (Object shape : body.getList("shapes")) {
      try (JsonParser json = parser(shape)) {
        CvatShape read = CvatShape.read(json);
        byType.put(read.type(), read);
      }
    }
    assertThat(byType.keySet())
        .containsExactlyInAnyOrder(
            "rectangle", "polygon", "polyline", "points", "ellipse", "cuboid", "mask", "skeleton");
    CvatShape box = byType.get("rectangle");
    assertThat(box.rotation()).isEqualTo(30);
    assertThat(box.occluded()).isTrue();
    assertThat(box.group()).isEqualTo(7);
    assertThat(Boxes.decode(box, size).x()).isEqualTo(10.5 / 640);
    Masks.Pixels mask = Masks.decode(byType.get("mask"));
    assertThat(mask).isNotNull();
    assertThat(mask.width()).isEqualTo(4);
    assertThat(mask.height()).isEqualTo(3);
    assertThat(mask.set()).containsExactly(0, 1, 1, 1, 0, 1, 1, 0, 1, 1, 1, 1);
    assertThat(Masks.encode(mask).points()).isEqualTo(byType.get("mask").points());
    assertThat(KeypointShapes.decode(byType.get("skeleton"), size, null, List.of()).isMissing(2))
        .isTrue();
  }

  /** The bytes that the server signed: JSON as Python writes it. */
  private static String python(@Nullable Object value) {
    if (value instanceof Document document) {
      List<String> entries = new ArrayList<>();
      document.forEach((name, entry) -> entries.add(Json.write(name) + ": " + python(entry)));
      return "{" + String.join(", ", entries) + "}";
    }
    if (value instanceof List<?> list) {
      return "[" + String.join(", ", list.stream().map(v -> python(v)).toList()) + "]";
    }
    return Json.write(value);
  }

  @Test
  void recordedWebhooksAreBelieved() throws IOException {
    Document recording = recording("webhook-deliveries.json");
    CvatOptions options =
        CvatOptions.of(Document.of("webhook_secret", recording.getString("secret_used", "")));
    List<@Nullable RunEvent> events = new ArrayList<>();
    for (Object entry : recording.getList("deliveries")) {
      Document delivery = (Document) entry;
      String signature = delivery.getDocument("headers").getString("X-Signature-256", "");
      byte[] body = python(delivery.getDocument("body")).getBytes(StandardCharsets.UTF_8);
      Map<String, String> headers = Map.of("x-signature-256", signature);
      events.add(Webhooks.read(run(145), options, Instant.EPOCH, headers, body));
      body[5] ^= 1;
      assertThatThrownBy(() -> Webhooks.read(run(145), options, Instant.EPOCH, headers, body))
          .isInstanceOf(PostilException.class);
    }
    assertThat(events)
        .containsExactly(
            null,
            new RunEvent("create:task", "task 145", Instant.parse("2026-11-22T10:41:21.892337Z")),
            new RunEvent("update:task", "task 145", Instant.parse("2026-11-22T10:41:21.986526Z")));
  }

  /** A run with one item in a task. */
  private static RunContext run(int task) {
    RunMemory memory =
        new RunMemory() {
          @Override
          public void put(ObjectId item, Document value) {}

          @Override
          public Map<ObjectId, Document> get(Collection<ObjectId> items) {
            return Map.of();
          }

          @Override
          public Cursor<Entry> all() {
            return Cursor.of(List.of(new Entry(ObjectId.create(), Document.of("t", task))));
          }
        };
    return new RunContext(
        ObjectId.create(),
        "streets",
        "run",
        MediaType.IMAGE,
        new LabelSchema(List.of()),
        Map.of(),
        ProgressListener.NONE,
        items -> Map.of(),
        memory,
        state -> {});
  }
}
