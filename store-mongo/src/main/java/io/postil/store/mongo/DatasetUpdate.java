package io.postil.store.mongo;

import io.postil.core.value.Document;
import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.bson.BsonValue;
import org.jspecify.annotations.Nullable;

/**
 * How keys of a dataset's document are set and removed. A list of declared fields is stored as a
 * whole; what another program declared since it was read stays at its end. Stateless.
 */
final class DatasetUpdate {
  private static final Set<String> FIELD_LISTS = Set.of("sample_fields", "frame_fields");

  private DatasetUpdate() {}

  /**
   * The body of an update.
   *
   * @param now the document as it is known to be
   * @param set keys and values to set
   * @param unset keys to remove
   */
  static BsonValue body(Document now, Document set, List<String> unset) {
    if (FIELD_LISTS.stream().noneMatch(list -> now.contains(list) && set.contains(list))) {
      return BsonValues.toBson(FieldUpdate.operators(set, unset));
    }
    Document.Builder values = Document.builder();
    set.forEach(
        (name, value) ->
            values.put(
                name,
                FIELD_LISTS.contains(name) && now.contains(name)
                    ? withOthers(name, now.getList(name), set.getList(name))
                    : literal(value)));
    return BsonValues.toBson(FieldUpdate.stages(values.build(), unset));
  }

  /** A list of fields, and behind it those that are neither in it nor in the one it replaces. */
  private static Document withOthers(String name, List<?> now, List<?> wanted) {
    Set<Object> names = new LinkedHashSet<>();
    for (List<?> fields : List.of(now, wanted)) {
      for (Object field : fields) {
        if (field instanceof Document d && d.get("name") instanceof String own) {
          names.add(own);
        }
      }
    }
    Document isOurs =
        Document.of(
            "$in",
            Values.list(List.of("$$field.name", literal(Values.list(new ArrayList<>(names))))));
    Document others =
        Document.builder()
            .put("input", "$" + name)
            .put("as", "field")
            .put("cond", Document.of("$not", Values.list(List.of(isOurs))))
            .build();
    return Document.of(
        "$concatArrays", Values.list(List.of(literal(wanted), Document.of("$filter", others))));
  }

  private static Document literal(@Nullable Object value) {
    return Document.of("$literal", value);
  }
}
