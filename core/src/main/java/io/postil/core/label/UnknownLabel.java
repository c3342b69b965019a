package io.postil.core.label;

import io.postil.core.value.Document;
import org.jspecify.annotations.Nullable;

/**
 * A label whose class Postil does not know, or whose document does not fit its class. It is carried
 * and written back, not understood.
 *
 * @param document as stored
 */
public record UnknownLabel(Document document) implements Label {
  @Override
  public String className() {
    return document.getString("_cls", "");
  }

  @Override
  public @Nullable Object property(String name) {
    return document.get(name);
  }

  @Override
  public boolean hasProperty(String name) {
    return document.contains(name);
  }
}
