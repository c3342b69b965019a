package io.postil.core.packed;

import io.postil.core.packed.PackedReader.Malformed;

/** A place in packed bytes that moves forward, and never beyond their end. Not thread-safe. */
abstract class PackedCursor {
  final TextTable texts;
  byte[] bytes = new byte[0];
  int position;

  /** At the start of nothing; the bytes name texts of a table. */
  PackedCursor(TextTable texts) {
    this.texts = texts;
  }

  /** Whether a kind of text is a number of the table. */
  static boolean isNumbered(long kind) {
    return kind >= Packed.TEXT_FIRST && kind <= Integer.MAX_VALUE;
  }

  /** The text of such a kind. */
  final String numbered(long kind) throws Malformed {
    String text = texts.text((int) kind - Packed.TEXT_FIRST);
    if (text == null) {
      throw new Malformed("no entry " + (kind - Packed.TEXT_FIRST) + " in the dictionary");
    }
    return text;
  }

  /** Reads a number written by {@link PackedWriter#unsigned}. */
  public final long unsigned() throws Malformed {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int next = octet();
      value |= (long) (next & 0x7F) << shift;
      if (next < 0x80) {
        return value;
      }
    }
    throw new Malformed("a number of more than 64 bits");
  }

  /** A number of elements, each of which takes at least {@code bytesEach} bytes. */
  final int size(int bytesEach) throws Malformed {
    long size = unsigned();
    if (size < 0 || size > (bytes.length - position) / bytesEach) {
      throw new Malformed("it is cut off: " + size + " elements do not fit the rest");
    }
    return (int) size;
  }

  final int octet() throws Malformed {
    need(1);
    return bytes[position++] & 0xFF;
  }

  final void need(int size) throws Malformed {
    if (bytes.length - position < size) {
      throw new Malformed("it is cut off");
    }
  }
}
