package io.postil.core.store;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * A stream of values that holds resources until it is closed. Holds one element, or one batch of
 * bounded size, in memory. Not thread-safe.
 *
 * @param <T> what it yields
 */
public interface Cursor<T> extends Iterator<T>, AutoCloseable {
  @Override
  void close();

  /** Reads the rest into a list and closes the cursor. */
  default List<T> toList() {
    try (this) {
      List<T> list = new ArrayList<>();
      forEachRemaining(list::add);
      return list;
    }
  }

  /** A cursor over values that are already in memory. */
  static <T> Cursor<T> of(Iterable<T> values) {
    Iterator<T> iterator = values.iterator();
    return new Cursor<>() {
      @Override
      public boolean hasNext() {
        return iterator.hasNext();
      }

      @Override
      public T next() {
        return iterator.next();
      }

      @Override
      public void close() {}
    };
  }
}
