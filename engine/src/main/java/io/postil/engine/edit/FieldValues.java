package io.postil.engine.edit;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException.Problem;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.FieldType;
import io.postil.core.label.Label;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Checks values against the declared types of fields, and keeps the first faults, so that an edit
 * can name them together. Not thread-safe.
 */
final class FieldValues {
  private static final int LISTED = 10;

  private final List<Problem> problems = new ArrayList<>();

  /** The faults so far, at most ten. */
  List<Problem> problems() {
    return problems;
  }

  /** A value as a field stores it; a fault is noted, and the value comes back as it is. */
  @Nullable Object checked(String path, FieldSpec field, @Nullable Object value, ObjectId of) {
    Object fitting = fitting(field, value);
    if (value != null && fitting == null) {
      add(path, of, describe(value) + " does not fit its type, " + field.describe());
      return value;
    }
    return fitting;
  }

  /** Notes that a label cannot have a value. */
  void add(String path, ObjectId of, String fault) {
    if (problems.size() < LISTED) {
      problems.add(
          new Problem(
              ErrorCode.VALUE_TYPE_MISMATCH,
              "'" + path + "' of " + of + ": " + fault,
              problems.isEmpty() ? "Nothing was changed; correct the values." : null));
    }
  }

  private static String describe(Object value) {
    String text = value instanceof Label label ? label.className() : String.valueOf(value);
    String shown = text.length() > 60 ? text.substring(0, 60) + "..." : text;
    return value instanceof String ? "\"" + shown + "\"" : shown;
  }

  /** The value as the type has it; null if it does not fit. */
  private static @Nullable Object fitting(FieldSpec field, @Nullable Object value) {
    boolean fits =
        switch (field.type()) {
          case STRING -> value instanceof String;
          case INT, FRAME_NUMBER -> value instanceof Integer || value instanceof Long;
          case FLOAT -> value instanceof Number;
          case BOOLEAN -> value instanceof Boolean;
          case DATE, DATETIME -> value instanceof Instant;
          case OBJECT_ID -> value instanceof ObjectId;
          case LIST, FRAME_SUPPORT ->
              value instanceof List<?> list
                  && (field.element() == null
                      || list.stream()
                          .allMatch(e -> e == null || fitting(field.element(), e) != null));
          case DICT -> value instanceof Document;
          case EMBEDDED ->
              field.isLabel()
                  ? value instanceof Label label && label.className().equals(field.documentClass())
                  : value instanceof Document;
          case VECTOR, ARRAY, OTHER -> true;
        };
    if (!fits) {
      return null;
    }
    return field.type() == FieldType.FLOAT && value instanceof Number n
        ? (Object) n.doubleValue()
        : value;
  }

  /** Whether paths into a field lead to one value: a document or a single label. */
  static boolean holdsOne(FieldSpec field) {
    return field.type() == FieldType.DICT
        || field.type() == FieldType.EMBEDDED
            && io.postil.core.dataset.LabelAttributes.listName(field) == null;
  }

  /** The type that all values have; null if they have none in common. */
  static @Nullable FieldType typeOf(Collection<?> values) {
    FieldType common = null;
    for (Object value : values) {
      FieldType type = typeOf(value);
      if (type == null) {
        continue;
      }
      boolean numbers = (common == FieldType.INT || common == FieldType.FLOAT) && isNumber(type);
      if (common == null || common == type) {
        common = type;
      } else if (numbers) {
        common = FieldType.FLOAT;
      } else {
        return null;
      }
    }
    return common;
  }

  private static boolean isNumber(FieldType type) {
    return type == FieldType.INT || type == FieldType.FLOAT;
  }

  private static @Nullable FieldType typeOf(@Nullable Object value) {
    return switch (value) {
      case String s -> FieldType.STRING;
      case Boolean b -> FieldType.BOOLEAN;
      case Integer i -> FieldType.INT;
      case Long l -> FieldType.INT;
      case Double d -> FieldType.FLOAT;
      case Instant i -> FieldType.DATETIME;
      case ObjectId id -> FieldType.OBJECT_ID;
      case List<?> l -> FieldType.LIST;
      case Document d -> FieldType.DICT;
      case null -> null;
      default -> null;
    };
  }
}
