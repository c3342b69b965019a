package io.postil.core.packed;

import io.postil.core.packed.PackedReader.Malformed;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Goes through the entries of a packed document without making their values: to look at their
 * names, or to copy them to where texts have other numbers. Not thread-safe; for one document.
 */
final class PackedEntries extends PackedCursor {
  private final int end;

  /** Where the entries are copied to, if they are. */
  private @Nullable PackedWriter copy;

  /** Up to where they were. */
  private int copied;

  PackedEntries(PackedDocument document) {
    super(document.texts());
    bytes = document.bytes();
    position = document.from();
    end = document.from() + document.length();
  }

  /** Whether all names pass a test; those behind the first that does not are not asked for. */
  boolean allNames(Predicate<String> test) throws Malformed {
    for (int entries = size(2); entries > 0; entries--) {
      long kind = unsigned();
      if (!isNumbered(kind) || !test.test(numbered(kind)) || !skip(0)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Writes the entries as they are, except that texts get the writer's numbers. False if there is
   * something that this does not know, after a part may have been written.
   */
  boolean copyTo(PackedWriter writer) throws Malformed {
    copy = writer;
    copied = position;
    if (!skipDocument(0)) {
      return false;
    }
    writer.raw(bytes, copied, position - copied);
    return position == end;
  }

  private boolean skipDocument(int depth) throws Malformed {
    for (int entries = size(2); entries > 0; entries--) {
      skipText(true);
      if (!skip(depth)) {
        return false;
      }
    }
    return true;
  }

  /** Goes behind a value; false for a kind of value that is rare here, such as a label. */
  private boolean skip(int depth) throws Malformed {
    switch (octet()) {
      case Packed.NULL, Packed.FALSE, Packed.TRUE -> {}
      case Packed.INT, Packed.LONG, Packed.INSTANT -> unsigned();
      case Packed.DOUBLE -> move(8);
      case Packed.STRING -> skipText(false);
      case Packed.OBJECT_ID -> move(12);
      case Packed.DOUBLE_LIST -> move(8 * size(8));
      case Packed.DOCUMENT -> {
        return depth < Packed.MAX_DEPTH && skipDocument(depth + 1);
      }
      case Packed.LIST -> {
        return depth < Packed.MAX_DEPTH && skipList(depth + 1);
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean skipList(int depth) throws Malformed {
    for (int elements = size(1); elements > 0; elements--) {
      if (!skip(depth)) {
        return false;
      }
    }
    return true;
  }

  private void skipText(boolean repeats) throws Malformed {
    int from = position;
    long kind = unsigned();
    if (kind == Packed.TEXT_INLINE) {
      move(size(1));
    } else if (kind == Packed.TEXT_HEX) {
      move(12);
    } else if (copy != null) {
      if (!isNumbered(kind)) {
        throw new Malformed("unknown kind of text " + kind);
      }
      copy.raw(bytes, copied, from - copied);
      copy.text(numbered(kind), repeats);
      copied = position;
    }
  }

  private void move(int size) throws Malformed {
    need(size);
    position += size;
  }
}
