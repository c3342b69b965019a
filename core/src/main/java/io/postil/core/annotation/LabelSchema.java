package io.postil.core.annotation;

import io.postil.core.value.Document;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a run asks of people: one entry a field, in the order they are worked on. Immutable.
 *
 * @param fields the fields
 */
public record LabelSchema(List<FieldSchema> fields) {
  /** Copies the list. */
  public LabelSchema {
    fields = List.copyOf(fields);
  }

  /** The entry of a field. */
  public Optional<FieldSchema> field(String name) {
    return fields.stream().filter(f -> f.field().equals(name)).findFirst();
  }

  /** The form that FiftyOne writes: field name to entry. */
  public Document toDocument() {
    Document.Builder out = Document.builder();
    fields.forEach(f -> out.put(f.field(), f.toDocument()));
    return out.build();
  }

  /** Reads the form of {@link #toDocument()}. */
  public static LabelSchema fromDocument(Document document) {
    List<FieldSchema> fields = new ArrayList<>();
    document.forEach(
        (name, spec) ->
            fields.add(
                FieldSchema.fromDocument(name, spec instanceof Document d ? d : Document.empty())));
    return new LabelSchema(fields);
  }
}
