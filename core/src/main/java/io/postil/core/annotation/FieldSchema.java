package io.postil.core.annotation;

import io.postil.core.dataset.DatasetInfo;
import io.postil.core.value.Document;
import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of one field, all questions answered. Immutable.
 *
 * @param field its name; a frame field has the prefix {@code frames.}; empty where a backend needs
 *     no schema and none was given
 * @param type the label type, or null with an empty name
 * @param classes the classes
 * @param attributes the attributes of labels of every class
 * @param maskTargets of a segmentation the names of pixel values, keys as integers in text or
 *     {@code #rrggbb}; else null
 * @param existing whether the field was there when the run was made
 * @param flags what annotators may do; a restriction without an entry does not apply
 * @param onlyKeyframes whether only key frames are sent; null where that does not apply
 */
public record FieldSchema(
    String field,
    @Nullable LabelType type,
    List<ClassSchema> classes,
    List<AttributeSchema> attributes,
    @Nullable Map<String, String> maskTargets,
    boolean existing,
    Map<Restriction, Boolean> flags,
    @Nullable Boolean onlyKeyframes) {
  /** Copies the collections. */
  public FieldSchema {
    classes = List.copyOf(classes);
    attributes = List.copyOf(attributes);
    maskTargets =
        maskTargets == null ? null : Collections.unmodifiableMap(new LinkedHashMap<>(maskTargets));
    Map<Restriction, Boolean> copy = new EnumMap<>(Restriction.class);
    copy.putAll(flags);
    flags = Collections.unmodifiableMap(copy);
  }

  /** Whether annotators may do it. */
  public boolean allows(Restriction restriction) {
    return flags.getOrDefault(restriction, true);
  }

  /** Whether it is a field of frames. */
  public boolean isFrameField() {
    return field.startsWith(DatasetInfo.FRAMES);
  }

  /** The name without {@code frames.}. */
  public String plainName() {
    return isFrameField() ? field.substring(DatasetInfo.FRAMES.length()) : field;
  }

  /** What a backend is expected to return. */
  public AnswerKind kind() {
    return type == null ? AnswerKind.SCALAR : type.kind();
  }

  /** The names of all classes, those of groups included, in order. */
  public List<String> classNames() {
    List<String> names = new ArrayList<>();
    classes.forEach(c -> names.addAll(c.classes()));
    return names;
  }

  /**
   * The attributes of labels of a class: those of every class and those of its groups. Of several
   * descriptions of one attribute the last stands, but whoever may change it by one of them may.
   */
  public List<AttributeSchema> attributesOf(@Nullable String className) {
    boolean own = false;
    for (ClassSchema entry : classes) {
      own |= !entry.attributes().isEmpty();
    }
    if (!own) {
      return attributes;
    }
    Map<String, AttributeSchema> found = new LinkedHashMap<>();
    attributes.forEach(a -> found.put(a.name(), a));
    for (ClassSchema entry : classes) {
      if (className != null && entry.classes().contains(className)) {
        entry.attributes().forEach(a -> found.merge(a.name(), a, AttributeSchema::orWritable));
      }
    }
    return List.copyOf(found.values());
  }

  /** The form that FiftyOne writes, without the field's name. */
  public Document toDocument() {
    if (type == null) {
      return Document.empty();
    }
    Document.Builder out = Document.builder();
    out.put("type", type.id());
    List<@Nullable Object> entries = new ArrayList<>();
    for (ClassSchema entry : classes) {
      entries.add(
          entry.isGroup()
              ? Document.builder()
                  .put("classes", Values.list(entry.classes()))
                  .put("attributes", toDocument(entry.attributes()))
                  .build()
              : entry.classes().get(0));
    }
    out.put("classes", Values.list(entries));
    out.put("attributes", toDocument(attributes));
    if (maskTargets != null) {
      out.put("mask_targets", Document.of(maskTargets));
    }
    out.put("existing_field", existing);
    flags.forEach((restriction, allowed) -> out.put(restriction.id(), allowed));
    if (onlyKeyframes != null) {
      out.put("only_keyframes", onlyKeyframes);
    }
    return out.build();
  }

  private static Document toDocument(List<AttributeSchema> attributes) {
    Document.Builder out = Document.builder();
    attributes.forEach(a -> out.put(a.name(), a.spec()));
    return out.build();
  }

  /** Reads the form of {@link #toDocument()}; what it does not know is left out. */
  public static FieldSchema fromDocument(String field, Document document) {
    List<ClassSchema> classes = new ArrayList<>();
    for (Object entry : document.getList("classes")) {
      if (entry instanceof Document group) {
        classes.add(
            new ClassSchema(
                group.getList("classes").stream().map(String::valueOf).toList(),
                attributes(group.getDocument("attributes")),
                true));
      } else {
        classes.add(ClassSchema.of(String.valueOf(entry)));
      }
    }
    Map<String, String> targets = null;
    if (document.get("mask_targets") instanceof Document d) {
      Map<String, String> read = new LinkedHashMap<>();
      d.forEach((key, name) -> read.put(key, String.valueOf(name)));
      targets = read;
    }
    Map<Restriction, Boolean> flags = new EnumMap<>(Restriction.class);
    for (Restriction restriction : Restriction.values()) {
      if (document.get(restriction.id()) instanceof Boolean allowed) {
        flags.put(restriction, allowed);
      }
    }
    return new FieldSchema(
        field,
        LabelType.ofId(document.getString("type", "")),
        classes,
        attributes(document.getDocument("attributes")),
        targets,
        document.getBoolean("existing_field", false),
        flags,
        document.get("only_keyframes", Boolean.class));
  }

  private static List<AttributeSchema> attributes(Document document) {
    List<AttributeSchema> attributes = new ArrayList<>();
    document.forEach(
        (name, spec) ->
            attributes.add(
                new AttributeSchema(name, spec instanceof Document d ? d : Document.empty())));
    return attributes;
  }
}
