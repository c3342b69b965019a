package io.postil.backends.cvat;

import io.postil.core.annotation.AttributeSchema;
import io.postil.core.dataset.FieldType;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Values of attributes as the texts that CVAT keeps, and back with their types. What comes back as
 * it was sent is the value it was. Stateless.
 */
final class AttributeValues {
  private AttributeValues() {}

  static String encode(@Nullable Object value) {
    return value == null ? "" : value.toString();
  }

  /**
   * The value of a text.
   *
   * @param schema what was asked, or null if nothing was
   * @param before the value so far, or null
   * @param fresh whether the label was drawn anew, so that a default is a choice
   * @param defaultValue what the server fills in
   * @param coerce whether a text that looks like a number or boolean is one
   */
  static @Nullable Object decode(
      @Nullable AttributeSchema schema,
      String text,
      @Nullable Object before,
      boolean fresh,
      String defaultValue,
      boolean coerce) {
    if (before != null && encode(before).equals(text)) {
      return before;
    }
    if (text.isEmpty() || before == null && !fresh && text.equals(defaultValue)) {
      return null;
    }
    String type = schema == null ? "text" : schema.type();
    switch (type) {
      case "checkbox" -> {
        Object truth = truth(text);
        return truth == null ? text : truth;
      }
      case "select", "radio" -> {
        for (Object value : java.util.Objects.requireNonNull(schema).values()) {
          if (encode(value).equals(text)) {
            return value;
          }
        }
        return like(text, before, coerce);
      }
      case "number" -> {
        Object number = number(text);
        return number == null ? text : number;
      }
      default -> {
        return like(text, before, coerce);
      }
    }
  }

  /** A text as a value of the type of another one. */
  private static Object like(String text, @Nullable Object before, boolean coerce) {
    if (before == null) {
      return coerce ? coerced(text) : text;
    }
    return switch (before) {
      case String s -> text;
      case Boolean b -> orText(truth(text), text);
      case Double d -> {
        Object number = number(text);
        yield number instanceof Number n ? n.doubleValue() : text;
      }
      case Number n -> orText(number(text), text);
      default -> coerce ? coerced(text) : text;
    };
  }

  private static Object orText(@Nullable Object value, String text) {
    return value == null ? text : value;
  }

  /** Numbers and booleans, if writing them gives the same text: not 007, not 1e3. */
  private static Object coerced(String text) {
    if (text.equals("true") || text.equals("True")) {
      return true;
    }
    if (text.equals("false") || text.equals("False")) {
      return false;
    }
    Object number = number(text);
    return number != null && number.toString().equals(text) ? number : text;
  }

  private static @Nullable Boolean truth(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default -> null;
    };
  }

  private static @Nullable Object number(String text) {
    try {
      long whole = Long.parseLong(text);
      return whole == (int) whole ? (Object) (int) whole : (Object) whole;
    } catch (NumberFormatException notWhole) {
      try {
        double number = Double.parseDouble(text);
        return Double.isFinite(number) ? (Object) number : null;
      } catch (NumberFormatException none) {
        return null;
      }
    }
  }

  /** The value of a scalar field. */
  static @Nullable Object scalar(String text, @Nullable Object before, @Nullable FieldType type) {
    if (before != null && encode(before).equals(text)) {
      return before;
    }
    if (text.isEmpty()) {
      return null;
    }
    if (type == null) {
      return coerced(text);
    }
    return switch (type) {
      case STRING -> text;
      case BOOLEAN -> orText(truth(text), text);
      case INT -> orText(number(text), text);
      case FLOAT -> {
        Object number = number(text);
        yield number instanceof Number n ? n.doubleValue() : text;
      }
      default -> coerced(text);
    };
  }
}
