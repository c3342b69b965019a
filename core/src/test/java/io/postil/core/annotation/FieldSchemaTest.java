package io.postil.core.annotation;

import static org.assertj.core.api.Assertions.assertThat;

import io.postil.core.value.Document;
import io.postil.core.value.Json;
import org.junit.jupiter.api.Test;

class FieldSchemaTest {
  @Test
  void anAttributeIsReadOnlyIfEveryDescriptionOfItSaysSo() {
    FieldSchema field =
        schema(
            """
            {"type": "detections", "existing_field": true,
             "classes": [
               {"classes": ["cat", "dog"], "attributes": {
                 "age": {"type": "text", "read_only": true},
                 "breed": {"type": "text", "read_only": true}}},
               "bird"],
             "attributes": {
               "age": {"type": "text"},
               "chip": {"type": "text", "read_only": true}}}
            """);
    assertThat(field.attributesOf("cat").stream().filter(a -> !a.isReadOnly()))
        .extracting(AttributeSchema::name)
        .containsExactly("age");
    assertThat(field.attributesOf("bird"))
        .extracting(AttributeSchema::name)
        .containsExactly("age", "chip");
  }

  private static FieldSchema schema(String json) {
    Document document = Json.readDocument(json);
    return FieldSchema.fromDocument("gt", document);
  }
}
