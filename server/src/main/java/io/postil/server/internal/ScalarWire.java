package io.postil.server.internal;

import io.postil.core.value.Document;
import io.postil.core.value.Values;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Values of scalar fields as the App sees them, and what it sends back: a value that it shows as it
 * was keeps its type and all its digits, which JavaScript's numbers may not have. Stateless.
 */
final class ScalarWire {
  private ScalarWire() {}

  static Document values(Map<String, Object> values) {
    Document.Builder out = Document.builder();
    values.forEach((field, value) -> out.put(field, shown(value)));
    return out.build();
  }

  /** A value in place of a label. */
  static Document label(Object value) {
    return Document.builder()
        .append("id", "")
        .append("cls", "Scalar")
        .append("value", shown(value))
        .build();
  }

  /** Numbers that JSON does not have are texts. */
  private static Object shown(Object value) {
    return value instanceof Number n && !Double.isFinite(n.doubleValue()) ? value + "" : value;
  }

  /**
   * The values that the App sent.
   *
   * @param known those it was given
   */
  static Map<String, Object> read(Document sent, Map<String, Object> known) {
    Map<String, Object> values = new LinkedHashMap<>();
    sent.forEach(
        (field, value) -> {
          Object before = known.get(field);
          if (value != null) {
            values.put(field, before != null && isShown(before, value) ? before : value);
          }
        });
    return values;
  }

  private static boolean isShown(Object value, @Nullable Object sent) {
    return Values.same(shown(value), sent)
        || value instanceof Number a
            && sent instanceof Number b
            && a.doubleValue() == b.doubleValue();
  }
}
