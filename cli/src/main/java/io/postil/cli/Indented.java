package io.postil.cli;

import io.postil.core.value.Document;
import io.postil.core.value.Json;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** JSON indented by four spaces, as FiftyOne prints its configuration. Stateless. */
final class Indented {
  private Indented() {}

  static String write(@Nullable Object value) {
    return write(value, "");
  }

  private static String write(@Nullable Object value, String indent) {
    String deeper = indent + "    ";
    List<String> parts = new ArrayList<>();
    if (value instanceof Document document && !document.isEmpty()) {
      document.forEach((name, v) -> parts.add(deeper + Json.write(name) + ": " + write(v, deeper)));
      return "{\n" + String.join(",\n", parts) + "\n" + indent + "}";
    }
    if (value instanceof List<?> list && !list.isEmpty()) {
      list.forEach(v -> parts.add(deeper + write(v, deeper)));
      return "[\n" + String.join(",\n", parts) + "\n" + indent + "]";
    }
    return Json.write(value);
  }
}
