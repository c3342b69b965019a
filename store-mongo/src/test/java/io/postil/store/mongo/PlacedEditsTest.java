package io.postil.store.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import io.postil.core.label.Detection;
import io.postil.core.label.Detections;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.testkit.TestSamples;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Updates by places, and the same by ids. */
class PlacedEditsTest {
  private final Detections boxes = TestSamples.boxes(12);
  private final PlacedEdits.Paths paths = new PlacedEdits.Paths();

  private ObjectId id(int place) {
    return boxes.labels().get(place).id();
  }

  private FieldUpdate marks(String field, Map<ObjectId, Document> marks) {
    List<LabelEdit> edits = LabelEdit.additions(boxes, marks);
    String list = field + ".detections";
    return FieldUpdate.edits(MergedEdits.of(list, edits), list, edits);
  }

  @Test
  void setsByPlacesAndTellsTheSameByIds() {
    FieldUpdate truths =
        marks("truth", Map.of(id(1), Document.of("eval", "tp"), id(11), Document.of("eval", "")));
    FieldUpdate predictions =
        marks("truth_2", Map.of(id(0), Document.of("eval", "fp", "eval_iou", null)));
    FieldUpdate count = FieldUpdate.of(Document.empty(), Document.of("eval_tp", 7), List.of());
    List<FieldUpdate> parts = List.of(truths, count, predictions);

    assertThat(PlacedEdits.canMake(parts)).isTrue();
    PlacedEdits placed = PlacedEdits.of(parts, paths);

    Document body = BsonValues.fromRaw(placed.body());
    assertThat(body.getDocument("$set"))
        .isEqualTo(
            Document.builder()
                .put("truth.detections.1.eval", "tp")
                .put("truth.detections.11.eval", "")
                .put("eval_tp", 7)
                .put("truth_2.detections.0.eval", "fp")
                .put("truth_2.detections.0.eval_iou", null)
                .build());
    assertThat(body.getDocument("$currentDate")).isEqualTo(Document.of("last_modified_at", true));
    assertThat(BsonValues.fromBson(placed.byId()))
        .isEqualTo(BsonValues.fromBson(BsonValues.toBson(FieldUpdate.body(parts))));
  }

  @Test
  void keepsTheNamesOfPropertiesOfListsOfAnyLength() {
    List<Detection> many = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      many.add(TestSamples.box("cat", 0.1));
    }
    ObjectId last = many.get(299).id();
    List<LabelEdit> edits =
        LabelEdit.additions(new Detections(many), Map.of(last, Document.of("eval", "tp")));

    PlacedEdits placed =
        PlacedEdits.of(
            List.of(FieldUpdate.edits(Condition.of(Document.empty()), "a.detections", edits)),
            paths);

    assertThat(BsonValues.fromRaw(placed.body()).getDocument("$set"))
        .isEqualTo(Document.of("a.detections.299.eval", "tp"));
  }

  @Test
  void areNotMadeWhereAPlaceIsNotKnownOrSomethingElseIsDone() {
    FieldUpdate marks = marks("truth", Map.of(id(1), Document.of("eval", "tp")));
    LabelEdit somewhere =
        new LabelEdit(
            id(2), Document.empty(), Document.of("a", 1), List.of("a"), LabelEdit.NOWHERE);
    Condition none = Condition.of(Document.empty());

    assertThat(PlacedEdits.canMake(List.of())).isFalse();
    assertThat(PlacedEdits.canMake(List.of(marks))).isTrue();
    assertThat(PlacedEdits.canMake(List.of(FieldUpdate.edits(none, "b", List.of(somewhere)))))
        .isFalse();
    assertThat(
            PlacedEdits.canMake(
                List.of(marks, FieldUpdate.of(Document.empty(), Document.empty(), List.of("x")))))
        .isFalse();
    assertThat(
            PlacedEdits.canMake(
                List.of(marks, FieldUpdate.computed(none, "x", Document.of("$add", List.of(1))))))
        .isFalse();
  }

  @Test
  void leavesToTheCommonWayWhatIsMoreThanAdding() {
    Detections marked =
        boxes.withLabels(List.of(boxes.labels().get(0).withAttributes(Document.of("eval", "tp"))));
    ObjectId there = marked.labels().get(0).id();

    assertThat(LabelEdit.additions(marked, Map.of(there, Document.of("eval", "fp")))).isNull();
    assertThat(LabelEdit.additions(marked, Map.of(there, Document.of("a.b", 1)))).isNull();
    assertThat(LabelEdit.additions(marked, Map.of(there, Document.of("label", "cat")))).isNull();
    assertThat(LabelEdit.additions(marked, Map.of(ObjectId.create(), Document.of("a", 1))))
        .isNull();
    Detections twice = boxes.withLabels(List.of(marked.labels().get(0), marked.labels().get(0)));
    assertThat(LabelEdit.additions(twice, Map.of(there, Document.of("a", 1)))).isNull();
  }
}
