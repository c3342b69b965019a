package io.postil.core.annotation;

import java.util.List;

/**
 * A class that labels can have, or a group of classes with attributes of their own.
 *
 * @param classes the names; one unless it is a group
 * @param attributes attributes that only labels of these classes have
 * @param isGroup whether it is written as a group
 */
public record ClassSchema(List<String> classes, List<AttributeSchema> attributes, boolean isGroup) {
  /** Copies the lists. */
  public ClassSchema {
    classes = List.copyOf(classes);
    attributes = List.copyOf(attributes);
  }

  /** A class without attributes of its own. */
  public static ClassSchema of(String name) {
    return new ClassSchema(List.of(name), List.of(), false);
  }
}
