package io.postil.store.mongo;

import io.postil.core.value.Document;
import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Expressions that replace values by a map. Stateless. */
final class ValueMap {
  private ValueMap() {}

  /**
   * The value of a path by a map.
   *
   * @param isList whether lists are declared there: their elements are mapped
   * @param map an object, or a list of pairs where keys are no text; the key null also stands for
   *     missing values
   */
  static Object mapped(String path, boolean isList, Object map) {
    if (!isList) {
      return chosen(path, map);
    }
    Document elements =
        Document.builder()
            .put("input", path)
            .put("as", "element")
            .put("in", chosen("$$element", map))
            .build();
    return Document.of(
        "$cond",
        Values.listOf(
            Document.of("$isArray", Values.listOf(path)), Document.of("$map", elements), path));
  }

  private static Object chosen(String path, Object map) {
    List<@Nullable Object> branches = new ArrayList<>();
    if (map instanceof Document d) {
      d.forEach((key, value) -> branches.add(branch(path, key, value)));
    } else {
      for (Object pair : (List<?>) map) {
        List<?> p = (List<?>) java.util.Objects.requireNonNull(pair);
        branches.add(branch(path, p.get(0), p.get(1)));
      }
    }
    return branches.isEmpty()
        ? path
        : Document.of("$switch", Document.of("branches", Values.list(branches), "default", path));
  }

  private static Document branch(String path, @Nullable Object key, @Nullable Object value) {
    Object equal =
        key == null
            ? Document.of("$lte", Values.listOf(path, null))
            : Document.of("$eq", Values.listOf(path, Document.of("$literal", key)));
    return Document.of("case", equal, "then", Document.of("$literal", value));
  }
}
