package io.postil.core.dataset;

import io.postil.core.label.LabelDocuments;
import io.postil.core.value.Document;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The declaration of a field of samples or frames.
 *
 * @param name without {@code frames.} for a frame field
 * @param type its type
 * @param documentClass for {@link FieldType#EMBEDDED} the simple class name, such as {@code
 *     Detections}; else null
 * @param element for a list the type of its elements, if known
 * @param fields the declared properties of an embedded document or dict, dynamic attributes
 *     included
 * @param extras everything else the declaration holds, kept and written back
 */
public record FieldSpec(
    String name,
    FieldType type,
    @Nullable String documentClass,
    @Nullable FieldSpec element,
    List<FieldSpec> fields,
    Document extras) {
  /** Copies the list. */
  public FieldSpec {
    fields = List.copyOf(fields);
  }

  // Written out, as the one of a record is linked at each start.
  @Override
  public boolean equals(@Nullable Object o) {
    return o == this
        || o instanceof FieldSpec s
            && name.equals(s.name)
            && type == s.type
            && Objects.equals(documentClass, s.documentClass)
            && Objects.equals(element, s.element)
            && fields.equals(s.fields)
            && extras.equals(s.extras);
  }

  @Override
  public int hashCode() {
    return Objects.hash(name, type, documentClass, element, fields, extras);
  }

  /** A field of a scalar or other plain type. */
  public static FieldSpec of(String name, FieldType type) {
    return new FieldSpec(name, type, null, null, List.of(), Document.empty());
  }

  /** A field of labels, or of another embedded document, by its simple class name. */
  public static FieldSpec embedded(String name, String documentClass) {
    return new FieldSpec(
        name, FieldType.EMBEDDED, documentClass, null, List.of(), Document.empty());
  }

  /** A field of lists whose elements have a type. */
  public static FieldSpec listOf(String name, FieldType element) {
    return new FieldSpec(name, FieldType.LIST, null, of("", element), List.of(), Document.empty());
  }

  /** The declaration of one value: of a list's elements if they are declared, else its own. */
  public FieldSpec held() {
    return type == FieldType.LIST && element != null ? element : this;
  }

  /** Whether the field holds labels. */
  public boolean isLabel() {
    return type == FieldType.EMBEDDED && LabelDocuments.isLabelClass(documentClass);
  }

  /** This field under another name. */
  public FieldSpec withName(String name) {
    return new FieldSpec(name, type, documentClass, element, fields, extras);
  }

  /** This field with other declared properties. */
  public FieldSpec withFields(List<FieldSpec> fields) {
    return new FieldSpec(name, type, documentClass, element, fields, extras);
  }

  /** A short description of the type, such as {@code Detections} or {@code list of str}. */
  public String describe() {
    if (type == FieldType.EMBEDDED) {
      return String.valueOf(documentClass);
    }
    return element == null ? type.id() : type.id() + " of " + element.describe();
  }
}
