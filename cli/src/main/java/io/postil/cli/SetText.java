package io.postil.cli;

import io.postil.core.ErrorCode;
import io.postil.core.Nearest;
import io.postil.core.PostilException;
import io.postil.core.query.ViewSchema;
import io.postil.core.view.Expression;
import io.postil.core.viewtext.ViewText;
import io.postil.engine.View;
import java.util.List;

/** Views that set a field to a value given as text. Stateless. */
final class SetText {
  private SetText() {}

  /**
   * A view with a field set.
   *
   * @throws PostilException if the text cannot be read or names a field that does not exist, which
   *     would remove the value
   */
  static View set(View view, String field, String text) {
    Expression value = ViewText.parseExpression(text);
    View set = view.setField(field, value);
    ViewSchema schema = view.schema();
    String parent = field.substring(0, field.lastIndexOf('.') + 1);
    // Labels may have attributes that are not declared, so formulas of them are not looked into.
    boolean ofLabels =
        !(value instanceof Expression.Field)
            && !parent.isEmpty()
            && "$$this".equals(schema.parentPrefix(parent.substring(0, parent.length() - 1)));
    for (String name : names(value)) {
      if (name.startsWith("$")) {
        requireKnown(schema, name.substring(1), name);
      } else if (!ofLabels) {
        requireKnown(schema, parent + name, name);
      }
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

  /** The names that an expression reads; those of samples begin with a dollar. */
  private static List<String> names(Expression expression) {
    return switch (expression) {
      case Expression.Field field -> field.name().isEmpty() ? List.of() : List.of(field.name());
      case Expression.Operation operation -> names(operation.argument());
      case Expression.Array array ->
          array.elements().stream().flatMap(e -> names(e).stream()).toList();
      case Expression.Entries entries ->
          entries.entries().stream().flatMap(e -> names(e.value()).stream()).toList();
      case Expression.Literal literal -> List.of();
      case Expression.Path path -> List.of();
    };
  }
}
