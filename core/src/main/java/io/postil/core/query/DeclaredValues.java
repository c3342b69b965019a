package io.postil.core.query;

import io.postil.core.dataset.FieldSpec;
import io.postil.core.label.Label;
import io.postil.core.value.Document;
import io.postil.core.value.Values;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Values that a view shows, in the types that their fields declare. An expression can make another
 * type of a value than its field has, for instance half of an int: as in FiftyOne the view then
 * shows what the field's type makes of it. What cannot be converted stays. Stateless.
 */
public final class DeclaredValues {
  private DeclaredValues() {}

  /** A value, a list of values or a document of a field, in the declared types. */
  public static @Nullable Object fit(FieldSpec field, @Nullable Object value) {
    if (value == null || value instanceof Label) {
      return value;
    }
    return switch (field.type()) {
      case INT, FRAME_NUMBER -> integer(value);
      case FLOAT -> real(value);
      case BOOLEAN -> Values.isTruthy(value);
      case DATE -> value instanceof Instant at ? at.truncatedTo(ChronoUnit.DAYS) : value;
      case LIST -> elements(field, value);
      case EMBEDDED -> properties(field, value);
      default -> value;
    };
  }

  /** As Python's {@code int}: towards 0. */
  private static Object integer(Object value) {
    if (value instanceof Boolean b) {
      return b ? 1 : 0;
    }
    if (!(value instanceof Double d) || !(Math.abs(d) < Long.MAX_VALUE)) {
      return value;
    }
    long whole = d.longValue();
    return (int) whole == whole ? (Object) (int) whole : (Object) whole;
  }

  private static Object real(Object value) {
    return switch (value) {
      case Boolean b -> b ? 1.0 : 0.0;
      case Integer i -> (double) i;
      case Long l -> (double) l;
      default -> value;
    };
  }

  private static Object elements(FieldSpec field, Object value) {
    if (!(value instanceof List<?> list) || field.element() == null) {
      return value;
    }
    List<@Nullable Object> fitted = new ArrayList<>(list.size());
    for (Object element : list) {
      fitted.add(fit(field.element(), element));
    }
    return Values.list(fitted);
  }

  private static Object properties(FieldSpec field, Object value) {
    if (!(value instanceof Document document)) {
      return value;
    }
    Document.Builder fitted = Document.builder();
    document.forEach(
        (name, v) -> {
          FieldSpec property =
              BuiltinFields.isDeclared(field.documentClass(), name)
                  ? BuiltinFields.property(field, name)
                  : null;
          fitted.append(name, property == null ? v : fit(property, v));
        });
    return fitted.build();
  }
}
