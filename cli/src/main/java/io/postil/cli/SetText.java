package io.postil.cli;

import io.postil.core.ErrorCode;
import io.postil.core.Nearest;
import io.postil.core.PostilException;
import io.postil.core.query.ViewSchema;
import io.postil.core.value.Document;
import io.postil.core.view.Stage;
import io.postil.engine.View;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Views that set a field to a value given as text. Stateless. */
final class SetText {
  private static final Pattern WORD = Pattern.compile("[A-Za-z_][A-Za-z0-9_.]*");

  private SetText() {}

  /**
   * A view with a field set.
   *
   * @throws PostilException if the text cannot be read or names a field that does not exist, which
   *     would remove the value
   */
  static View set(View view, String field, String text) {
    View set = view.then("setField(" + field + ", " + text + ")");
    ViewSchema schema = view.schema();
    int dot = field.lastIndexOf('.');
    String parent = dot < 0 ? "" : field.substring(0, dot + 1);
    if (WORD.matcher(text).matches() && !List.of("true", "false", "null").contains(text)) {
      requireKnown(schema, parent + text, text);
    }
    if (set.definition().stages().getLast() instanceof Stage.SetField stage) {
      List<String> paths = new ArrayList<>();
      collect(stage.expr(), paths);
      paths.forEach(path -> requireKnown(schema, path, path));
    }
    return set;
  }

  private static void requireKnown(ViewSchema schema, String path, String shown) {
    if (schema.find(path).isEmpty()) {
      List<String> known = schema.sampleFields().stream().map(f -> f.name()).toList();
      throw new PostilException(
          ErrorCode.UNKNOWN_FIELD,
          "there is no field '" + shown + "' to take the value from",
          Nearest.hint(shown, known) + " Text needs quotes of its own: '\"" + shown + "\"'.");
    }
  }

  /** The fields of samples that an expression reads. */
  private static void collect(@Nullable Object expression, List<String> paths) {
    switch (expression) {
      case String s -> {
        if (s.startsWith("$") && !s.startsWith("$$") && s.length() > 1) {
          paths.add(s.substring(1));
        }
      }
      case List<?> list -> list.forEach(e -> collect(e, paths));
      case Document d -> {
        if (!d.contains("$literal")) {
          d.forEach((name, value) -> collect(value, paths));
        }
      }
      case null -> {}
      default -> {}
    }
  }
}
