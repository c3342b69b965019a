package io.postil.core.view;

import io.postil.core.value.Document;

/** One step of a view. */
public interface Stage {
  /** FiftyOne's serialised form, {@code {"_cls": .., "kwargs": [[name, value], ..]}}. */
  Document toDocument();
}
