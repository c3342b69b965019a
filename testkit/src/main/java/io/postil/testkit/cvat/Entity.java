package io.postil.testkit.cvat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A JSON object in the making; values may be null. */
final class Entity extends LinkedHashMap<String, @Nullable Object> {
  private static final long serialVersionUID = 1L;

  /** An object of names and values in turn. */
  static Entity of(@Nullable Object... namesAndValues) {
    Entity entity = new Entity();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      entity.put(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
    }
    return entity;
  }

  static Entity copyOf(Map<String, ? extends @Nullable Object> other) {
    Entity entity = new Entity();
    entity.putAll(other);
    return entity;
  }

  /** The same with one more entry. */
  Entity and(String name, @Nullable Object value) {
    put(name, value);
    return this;
  }
}
