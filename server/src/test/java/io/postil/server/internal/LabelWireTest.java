package io.postil.server.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.postil.core.PostilException;
import io.postil.core.label.BoundingBox;
import io.postil.core.label.Classification;
import io.postil.core.label.Detection;
import io.postil.core.label.Detections;
import io.postil.core.label.Keypoint;
import io.postil.core.label.Keypoints;
import io.postil.core.label.Label;
import io.postil.core.label.Points;
import io.postil.core.label.Polyline;
import io.postil.core.label.Polylines;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.core.value.NdArray;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class LabelWireTest {
  private static final Detection CAR =
      Detection.of("car", new BoundingBox(0.1, 0.2, 0.3, 0.4))
          .withMask(NdArray.ofBooleans(2, 3, new byte[] {1, 0, 1, 0, 1, 0}))
          .withConfidence(0.5)
          .withAttributes(Document.of("seen", Instant.EPOCH, "doors", 4L));

  /** What the browser gets, as text and back, without masks, as the editor sends it. */
  private static Document sent(Label label) {
    Document group = LabelWire.group(label, MaskForm.thinned(64));
    Document copy = Json.readDocument(Json.write(group));
    List<Object> labels =
        copy.getList("labels").stream().map(l -> (Object) ((Document) l).without("mask")).toList();
    return copy.with("labels", labels);
  }

  @Test
  void whatTheEditorDoesNotTouchStaysAsItWas() {
    List<Label> all =
        List.of(
            new Detections(List.of(CAR), Document.of("note", "kept")),
            new Polylines(
                List.of(
                    Polyline.of(
                        "lane",
                        List.of(Points.wrap(0, 0, 0.5, 1), Points.wrap(1, 1)),
                        true,
                        false)),
                Document.empty()),
            new Keypoints(
                List.of(Keypoint.of("person", Points.wrap(0.1, 0.2, Double.NaN, Double.NaN))),
                Document.empty()),
            Classification.of("sunny").withConfidence(0.25));
    for (Label label : all) {
      assertThat(LabelWire.read("f", sent(label), label, MaskForm.NONE)).isEqualTo(label);
    }
  }

  @Test
  void anEditChangesJustThat() {
    Label before = new Detections(List.of(CAR), Document.empty());
    Document group = sent(before);
    Document label = (Document) group.getList("labels").get(0);
    Document edited =
        label
            .with("label", "bus")
            .with("box", Values.listOf(0.2, 0.2, 0.3, 0.4))
            .with("attributes", label.getDocument("attributes").without("doors"));
    Detections after =
        (Detections)
            LabelWire.read("f", group.with("labels", List.of(edited)), before, MaskForm.NONE);
    assertThat(after.labels().get(0))
        .isEqualTo(
            CAR.withLabel("bus")
                .withBoundingBox(new BoundingBox(0.2, 0.2, 0.3, 0.4))
                .withAttributes(Document.of("seen", Instant.EPOCH)));
  }

  @Test
  void aNewLabelIsReadWhole() {
    ObjectId id = ObjectId.create();
    Document group =
        Json.readDocument(
            "{\"cls\":\"Detections\",\"labels\":[{\"id\":\"%s\",\"cls\":\"Detection\",\"label\":\"dog\",\"box\":[0,0,0.5,1],\"attributes\":{\"age\":3}}]}"
                .formatted(id));
    Detections labels = (Detections) LabelWire.read("f", group, null, MaskForm.NONE);
    Detection dog = labels.labels().get(0);
    assertThat(dog.id()).isEqualTo(id);
    assertThat(dog.boundingBox()).isEqualTo(new BoundingBox(0, 0, 0.5, 1));
    assertThat(dog.attributes().getLong("age", 0)).isEqualTo(3);
  }

  @Test
  void whatIsNoLabelIsRefusedNamingTheField() {
    for (String text :
        List.of(
            "{\"cls\":\"Spaceship\",\"labels\":[]}",
            "{\"cls\":\"Detections\",\"labels\":[{\"id\":\"7\",\"cls\":\"Detection\"}]}",
            "{\"cls\":\"Classification\",\"labels\":[]}",
            "{\"cls\":\"Detections\",\"labels\":[3]}")) {
      assertThatThrownBy(() -> LabelWire.read("cars", Json.readDocument(text), null, MaskForm.NONE))
          .as(text)
          .isInstanceOf(PostilException.class)
          .hasMessageContaining("'cars'");
    }
  }

  @Test
  void masksAreThinnedOutForTheGrid() {
    byte[] left = new byte[100 * 50];
    for (int i = 0; i < left.length; i++) {
      left[i] = (byte) (i % 50 < 25 ? 1 : 0);
    }
    Document mask = MaskBits.pack(NdArray.ofBooleans(100, 50, left), 16);
    assertThat(mask).isNotNull();
    assertThat(mask.getLong("width", 0)).isEqualTo(8);
    assertThat(mask.getLong("height", 0)).isEqualTo(16);
    byte[] bits = java.util.Base64.getDecoder().decode(mask.getString("bits"));
    assertThat(bits).hasSize(16).containsOnly((byte) 0xF0);
  }
}
