package io.postil.store.mongo;

import io.postil.core.label.Detections;
import io.postil.core.value.Binary;
import io.postil.core.value.Document;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.bson.BsonBinaryReader;
import org.jspecify.annotations.Nullable;

/**
 * Reads documents of the core out of the bytes of BSON, a third of the work the driver's reader
 * makes of it. Values of rare types, and whatever is not as it should be, are left to the driver's
 * reader. For one document; not thread-safe.
 */
final class BsonDecoder {

  /** Longest texts that are worth keeping. */
  private static final int SHORT = 24;

  /**
   * Names, classes and other short texts seen last, by a hash of their bytes. Threads may overwrite
   * each other's entries: each is complete, and one that is gone is only made again.
   */
  private static final @Nullable Text[] KNOWN = new @Nullable Text[1 << 10];

  private record Text(byte[] bytes, String text) {}

  /** Thrown inside where the driver's reader must do it. */
  private static final class Unusual extends RuntimeException {
    private static final long serialVersionUID = 1L;
    static final Unusual INSTANCE = new Unusual();

    private Unusual() {
      super(null, null, false, false);
    }
  }

  private final byte[] bytes;
  private int at;
  private @Nullable Object[] stack = new @Nullable Object[64];
  private int top;

  private BsonDecoder(byte[] bytes, int at) {
    this.bytes = bytes;
    this.at = at;
  }

  /** The document that begins at a position. */
  static Document decode(byte[] bytes, int offset, int length) {
    return decode(bytes, offset, length, Set.of());
  }

  /**
   * The document that begins at a position.
   *
   * @param detections names of fields whose values become {@link Detections} at once, where they
   *     are what most are
   */
  static Document decode(byte[] bytes, int offset, int length, Set<String> detections) {
    try {
      return new BsonDecoder(bytes, offset).document(detections);
    } catch (Unusual | IndexOutOfBoundsException e) {
      try (BsonBinaryReader reader =
          new BsonBinaryReader(ByteBuffer.wrap(bytes, offset, length).slice())) {
        return BsonValues.read(reader);
      }
    }
  }

  /** The type of the next entry, or 0 at the end of a document. */
  int type() {
    return bytes[at++];
  }

  /** The length of the document or list that begins here, which is not read by that. */
  int length() {
    return BsonBytes.int32(bytes, at);
  }

  void skip(int length) {
    at += length;
  }

  void skipName() {
    while (bytes[at++] != 0) {
      // It is the number of an element.
    }
  }

  /** The number that is one of the first ten elements of a list. */
  double element() {
    if (bytes[at] != 0x01 || bytes[at + 2] != 0) {
      throw Unusual.INSTANCE;
    }
    at += 11;
    return BsonBytes.real(bytes, at - 8);
  }

  int int32() {
    int value = BsonBytes.int32(bytes, at);
    at += 4;
    return value;
  }

  private void push(@Nullable Object value) {
    if (top == stack.length) {
      stack = Arrays.copyOf(stack, 2 * top);
    }
    stack[top++] = value;
  }

  /** As the other, for a document of which some fields are lists of detections. */
  private Document document(Set<String> detections) {
    if (detections.isEmpty()) {
      return document();
    }
    at += 4;
    int from = top;
    for (int type = bytes[at++]; type != 0; type = bytes[at++]) {
      String name = name();
      push(name);
      push(type == 0x03 && detections.contains(name) ? detections() : value(type));
    }
    Document document = Document.ofEntries(Arrays.copyOfRange(stack, from, top));
    top = from;
    return document;
  }

  private Object detections() {
    int start = at;
    int below = top;
    Detections found = DetectionsDecoder.read(this);
    if (found != null) {
      return found;
    }
    at = start;
    top = below;
    return document();
  }

  private Document document() {
    at += 4;
    int from = top;
    for (int type = bytes[at++]; type != 0; type = bytes[at++]) {
      push(name());
      push(value(type));
    }
    Document document = Document.ofEntries(Arrays.copyOfRange(stack, from, top));
    top = from;
    return document;
  }

  private List<@Nullable Object> list() {
    at += 4;
    int from = top;
    for (int type = bytes[at++]; type != 0; type = bytes[at++]) {
      skipName();
      push(value(type));
    }
    List<@Nullable Object> list =
        Collections.unmodifiableList(Arrays.asList(Arrays.copyOfRange(stack, from, top)));
    top = from;
    return list;
  }

  @Nullable Object value(int type) {
    switch (type) {
      case 0x01:
        at += 8;
        return BsonBytes.real(bytes, at - 8);
      case 0x02:
        return string();
      case 0x03:
        return document();
      case 0x04:
        return list();
      case 0x05:
        return binary();
      case 0x07:
        at += 12;
        return BsonBytes.id(bytes, at - 12);
      case 0x08:
        return bytes[at++] != 0;
      case 0x09:
        at += 8;
        return Instant.ofEpochMilli(BsonBytes.int64(bytes, at - 8));
      case 0x0A:
        return null;
      case 0x10:
        return int32();
      case 0x12:
        at += 8;
        return BsonBytes.int64(bytes, at - 8);
      default:
        throw Unusual.INSTANCE;
    }
  }

  private Object binary() {
    int length = int32();
    byte subtype = bytes[at++];
    // Length and form of the oldest kind are written twice.
    if (subtype == 0x02 || length < 0) {
      throw Unusual.INSTANCE;
    }
    at += length;
    return Binary.wrap(subtype, Arrays.copyOfRange(bytes, at - length, at));
  }

  String name() {
    int from = at;
    int hash = 0;
    for (byte b = bytes[at++]; b != 0; b = bytes[at++]) {
      hash = 31 * hash + b;
    }
    return text(from, at - 1, hash, true);
  }

  private String string() {
    int from = at + 4;
    int end = from + int32() - 1;
    if (end < from || bytes[end] != 0) {
      throw Unusual.INSTANCE;
    }
    at = end + 1;
    if (end - from >= SHORT) {
      return new String(bytes, from, end - from, StandardCharsets.UTF_8);
    }
    int hash = 0;
    for (int i = from; i < end; i++) {
      hash = 31 * hash + bytes[i];
    }
    return text(from, end, hash, false);
  }

  /**
   * A text.
   *
   * @param isName whether it is compared with names in the code, which the same object makes quick
   */
  private String text(int from, int end, int hash, boolean isName) {
    int slot = (hash ^ hash >>> 10 ^ hash >>> 20) & KNOWN.length - 1;
    Text known = KNOWN[slot];
    if (known != null && Arrays.equals(known.bytes, 0, known.bytes.length, bytes, from, end)) {
      return known.text;
    }
    String text = new String(bytes, from, end - from, StandardCharsets.UTF_8);
    if (end - from < SHORT) {
      text = isName ? text.intern() : text;
      KNOWN[slot] = new Text(Arrays.copyOfRange(bytes, from, end), text);
    }
    return text;
  }
}
