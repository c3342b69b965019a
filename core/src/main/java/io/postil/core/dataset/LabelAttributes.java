package io.postil.core.dataset;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The declared attributes of the labels of a field, of one label or of a list. Stateless. */
public final class LabelAttributes {
  private LabelAttributes() {}

  /** The property that holds the labels, such as {@code detections}; null for a single label. */
  public static @Nullable String listName(FieldSpec field) {
    return listName(String.valueOf(field.documentClass()));
  }

  /** The property with the labels of a list class; null for the class of a single label. */
  public static @Nullable String listName(String className) {
    return switch (className) {
      case "Detections", "TemporalDetections" -> "detections";
      case "Classifications", "Polylines", "Keypoints" -> className.toLowerCase(Locale.ROOT);
      default -> null;
    };
  }

  /** The declared attributes of the labels. */
  public static List<FieldSpec> of(FieldSpec field) {
    String listName = listName(field);
    if (listName == null) {
      return field.fields();
    }
    for (FieldSpec inner : field.fields()) {
      if (inner.name().equals(listName) && inner.element() != null) {
        return inner.element().fields();
      }
    }
    return List.of();
  }

  /** The field with other declared attributes of its labels. */
  public static FieldSpec with(FieldSpec field, List<FieldSpec> attributes) {
    String listName = listName(field);
    if (listName == null) {
      return field.withFields(attributes);
    }
    List<FieldSpec> inner = new ArrayList<>(field.fields());
    inner.removeIf(f -> f.name().equals(listName));
    if (!attributes.isEmpty()) {
      String className = String.valueOf(field.documentClass());
      FieldSpec element =
          FieldSpec.embedded("", className.substring(0, className.length() - 1))
              .withFields(attributes);
      FieldSpec list = FieldSpec.listOf(listName, FieldType.EMBEDDED);
      inner.add(new FieldSpec(list.name(), list.type(), null, element, List.of(), list.extras()));
    }
    return field.withFields(inner);
  }
}
