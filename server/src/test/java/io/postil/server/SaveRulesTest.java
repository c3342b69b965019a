package io.postil.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.postil.backends.local.LocalWork;
import io.postil.core.PostilException;
import io.postil.core.annotation.FieldSchema;
import io.postil.core.annotation.LabelSchema;
import io.postil.core.dataset.FieldType;
import io.postil.core.label.BoundingBox;
import io.postil.core.label.Classification;
import io.postil.core.label.Detection;
import io.postil.core.label.SingleLabel;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The server refuses what a run forbids, whatever an editor sends. */
class SaveRulesTest {
  private static final Detection CAR =
      Detection.of("car", new BoundingBox(0.1, 0.1, 0.2, 0.2))
          .withAttributes(Document.of("weather", "rain", "occluded", false));

  private static LabelSchema schema(String... forbidden) {
    Document.Builder field =
        Document.builder()
            .put("type", "detections")
            .put("classes", Values.listOf("car", "bus"))
            .put("existing_field", true)
            .put(
                "attributes",
                Document.of(
                    "weather",
                    Document.of("type", "text", "read_only", true),
                    "occluded",
                    Document.of("type", "checkbox")));
    for (String flag : forbidden) {
      field.put(flag, false);
    }
    return new LabelSchema(List.of(FieldSchema.fromDocument("objects", field.build())));
  }

  private static void save(LabelSchema schema, SingleLabel... labels) {
    new SaveRules(schema, LocalWork.ofLabels(Map.of("objects", List.of(CAR))), Map.of())
        .check(LocalWork.ofLabels(Map.of("objects", List.of(labels))));
  }

  private static List<String> refusals(LabelSchema schema, SingleLabel... labels) {
    PostilException e = catchThrowableOfType(PostilException.class, () -> save(schema, labels));
    return e.problems().stream().map(p -> p.message() + " " + p.remedy()).toList();
  }

  private static Detection changed(String property) {
    return switch (property) {
      case "allow_label_edits" -> CAR.withLabel("bus");
      case "allow_index_edits" -> CAR.withIndex(7);
      case "allow_spatial_edits" -> CAR.withBoundingBox(new BoundingBox(0.1, 0.1, 0.3, 0.2));
      default -> throw new IllegalArgumentException(property);
    };
  }

  @Test
  void everythingThatIsNotForbiddenMayBeSaved() {
    Detection added = CAR.withId(ObjectId.create());
    Detection ticked = CAR.withAttributes(CAR.attributes().with("occluded", true));

    assertThatCode(() -> save(schema(), CAR)).doesNotThrowAnyException();
    assertThatCode(() -> save(schema(), ticked, added)).doesNotThrowAnyException();
    assertThatCode(() -> save(schema())).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(strings = {"allow_label_edits", "allow_index_edits", "allow_spatial_edits"})
  void anEditIsRefusedByTheFlagThatForbidsItAndByNoOther(String flag) {
    assertThat(refusals(schema(flag), changed(flag)))
        .singleElement()
        .asString()
        .contains(CAR.id().toString(), flag + " = false");
    for (String other : List.of("allow_label_edits", "allow_index_edits", "allow_spatial_edits")) {
      if (!other.equals(flag)) {
        assertThatCode(() -> save(schema(flag), changed(other))).doesNotThrowAnyException();
      }
    }
  }

  @Test
  void additionsAndDeletionsAreRefusedTogether() {
    Detection added = CAR.withId(ObjectId.create());

    assertThat(refusals(schema("allow_additions", "allow_deletions"), added))
        .satisfiesExactlyInAnyOrder(
            p -> assertThat(p).contains("must not be added", added.id().toString()),
            p -> assertThat(p).contains("must not be deleted", CAR.id().toString()));
  }

  @Test
  void aReadOnlyAttributeStaysAsItWasSent() {
    Detection sunny = CAR.withAttributes(CAR.attributes().with("weather", "sun"));

    assertThat(refusals(schema(), sunny))
        .singleElement()
        .asString()
        .contains("'weather'", "read-only", "Put it back to rain.");
  }

  private static List<String> refusedValue(Document field, Object before, Object now) {
    LabelSchema schema =
        new LabelSchema(
            List.of(
                FieldSchema.fromDocument(
                    "score",
                    field.toBuilder().put("type", "scalar").put("existing_field", true).build())));
    Map<String, Object> sent = before == null ? Map.of() : Map.of("score", before);
    Map<String, Object> work = now == null ? Map.of() : Map.of("score", now);
    SaveRules rules =
        new SaveRules(schema, new LocalWork(Map.of(), sent), Map.of("score", FieldType.FLOAT));
    PostilException e =
        catchThrowableOfType(
            PostilException.class, () -> rules.check(new LocalWork(Map.of(), work)));
    return e == null ? List.of() : e.problems().stream().map(p -> p.message()).toList();
  }

  @Test
  void aValueIsOfTheFieldsTypeAndMayBeGivenOrTakenAwayWhereThatIsAllowed() {
    Document closed = Document.of("allow_additions", false, "allow_deletions", false);

    assertThat(refusedValue(Document.empty(), null, 1)).isEmpty();
    assertThat(refusedValue(Document.empty(), 0.5, null)).isEmpty();
    assertThat(refusedValue(closed, 0.5, 0.75)).isEmpty();
    assertThat(refusedValue(closed, null, 1)).singleElement().asString().contains("must not get");
    assertThat(refusedValue(closed, 0.5, null)).singleElement().asString().contains("taken away");
    assertThat(refusedValue(closed, 0.5, "high")).containsExactly("'high' is no value for 'score'");
  }

  @Test
  void copiesForeignTypesAndForeignFieldsAreRefused() {
    assertThat(refusals(schema(), CAR, CAR)).singleElement().asString().contains("there twice");
    assertThat(refusals(schema(), CAR, Classification.of("car")))
        .singleElement()
        .asString()
        .contains("a Classification does not belong into 'objects'");
    PostilException e =
        catchThrowableOfType(
            PostilException.class,
            () ->
                new SaveRules(schema(), LocalWork.EMPTY, Map.of())
                    .check(LocalWork.ofLabels(Map.of("secrets", List.of(CAR)))));
    assertThat(e).hasMessageContaining("the run is not about the field 'secrets'");
  }
}
