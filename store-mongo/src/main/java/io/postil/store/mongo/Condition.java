package io.postil.store.mongo;

import io.postil.core.value.Document;
import java.util.List;

/**
 * What must hold of a document for an update to be made. It is asked for late, and often never, so
 * it remembers little where the update itself tells the rest. Immutable.
 */
interface Condition {
  /** The paths it is about. */
  List<String> paths();

  /**
   * The condition as a filter.
   *
   * @param set the values and expressions that the update sets, by path
   */
  Document filter(Document set);

  /** Whether both are about different paths, so that an update can have both. */
  default boolean isApartFrom(Condition other) {
    List<String> own = paths();
    for (String path : other.paths()) {
      if (own.contains(path)) {
        return false;
      }
    }
    return true;
  }

  /** A condition that is made already. */
  static Condition of(Document filter) {
    return new Made(filter);
  }

  /** A condition that is made already. */
  record Made(Document filter) implements Condition {
    @Override
    public List<String> paths() {
      return filter.names();
    }

    @Override
    public Document filter(Document set) {
      return filter;
    }
  }
}
