package io.postil.store.mongo;

import io.postil.core.value.Binary;
import io.postil.core.value.Document;
import io.postil.core.value.Doubles;
import io.postil.core.value.ObjectId;
import io.postil.core.value.OtherValue;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.bson.BsonArray;
import org.bson.BsonBinary;
import org.bson.BsonDocument;
import org.bson.BsonMaxKey;
import org.bson.BsonMinKey;
import org.bson.BsonSerializationException;
import org.bson.BsonValue;
import org.bson.ByteBuf;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.jspecify.annotations.Nullable;

/** Writes documents of the core as the bytes of BSON. For one document; not thread-safe. */
final class BsonEncoder {
  private static final BsonDocumentCodec TREES = new BsonDocumentCodec();

  private int at;

  /** Longest buffer that is kept for the next document of a thread. */
  private static final int LARGEST = 1 << 16;

  private static final ThreadLocal<byte[]> BUFFER = ThreadLocal.withInitial(() -> new byte[4096]);

  private byte[] bytes;

  private BsonEncoder(byte[] bytes) {
    this.bytes = bytes;
  }

  static RawBsonDocument encode(Document document) {
    BsonEncoder encoder = begin();
    encoder.document(document);
    return encoder.finish();
  }

  /** Writes a document piece by piece; {@link #finish} gives it. */
  static BsonEncoder begin() {
    return new BsonEncoder(BUFFER.get());
  }

  /** As {@link #begin()}, for a document of about that many bytes. */
  static BsonEncoder begin(int length) {
    return new BsonEncoder(new byte[length]);
  }

  /** The document whose pieces were written, which is not kept for long. */
  RawBsonDocument finishLarge() {
    return new RawBsonDocument(bytes, 0, at);
  }

  /** The document whose pieces were written. */
  RawBsonDocument finish() {
    if (bytes.length <= LARGEST) {
      BUFFER.set(bytes);
    }
    // What is remembered of a change is many of these, so none holds more than it needs.
    return new RawBsonDocument(Arrays.copyOf(bytes, at));
  }

  /** Writes an entry whose name is bytes already. */
  void entry(byte[] name, @Nullable Object value) {
    int type = at;
    byteOf(0);
    copy(name);
    byteOf(0);
    int found = value(value);
    bytes[type] = (byte) found;
  }

  /** Begins a list that is the value of a name; gives what {@link #end} wants. */
  int startList(byte[] name) {
    byteOf(0x04);
    copy(name);
    byteOf(0);
    return start();
  }

  /** Begins a document that is an element of a list; gives what {@link #end} wants. */
  int startElement(int index) {
    byteOf(0x03);
    number(index);
    return start();
  }

  /** Begins a document that is the value of a name; gives what {@link #end} wants. */
  int start(byte[] name) {
    byteOf(0x03);
    copy(name);
    byteOf(0);
    return start();
  }

  private void room(int length) {
    if (length > bytes.length - at) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, at + length));
    }
  }

  private void int32(int value) {
    room(4);
    BsonBytes.putInt32(bytes, at, value);
    at += 4;
  }

  private void int64(long value) {
    room(8);
    BsonBytes.putInt64(bytes, at, value);
    at += 8;
  }

  private void real(double value) {
    room(8);
    BsonBytes.putReal(bytes, at, value);
    at += 8;
  }

  private void byteOf(int value) {
    room(1);
    bytes[at++] = (byte) value;
  }

  /** Begins a document; gives what {@link #end} wants. */
  int start() {
    int32(0);
    return at - 4;
  }

  /** Ends a document. */
  void end(int start) {
    byteOf(0);
    BsonBytes.putInt32(bytes, start, at - start);
  }

  private void document(Document document) {
    int start = start();
    for (int i = 0; i < document.size(); i++) {
      int type = at;
      byteOf(0);
      name(document.nameAt(i));
      // The array may be another one afterwards.
      int found = value(document.valueAt(i));
      bytes[type] = (byte) found;
    }
    end(start);
  }

  private void list(List<?> list) {
    int start = start();
    int n = 0;
    for (Object element : list) {
      int type = at;
      byteOf(0);
      number(n++);
      int found = value(element);
      bytes[type] = (byte) found;
    }
    end(start);
  }

  private void doubles(Doubles doubles) {
    int start = start();
    for (int i = 0; i < doubles.size(); i++) {
      byteOf(0x01);
      number(i);
      real(doubles.get(i));
    }
    end(start);
  }

  private void number(int n) {
    room(12);
    if (n < 10) {
      bytes[at++] = (byte) ('0' + n);
    } else if (n < 100) {
      bytes[at++] = (byte) ('0' + n / 10);
      bytes[at++] = (byte) ('0' + n % 10);
    } else {
      text(Integer.toString(n));
    }
    byteOf(0);
  }

  private void name(String name) {
    if (name.indexOf('\0') >= 0) {
      throw new BsonSerializationException("a name cannot hold the character 0: " + name);
    }
    text(name);
    byteOf(0);
  }

  private void text(String text) {
    int length = text.length();
    room(length);
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        byte[] encoded = text.substring(i).getBytes(StandardCharsets.UTF_8);
        copy(encoded);
        return;
      }
      bytes[at++] = (byte) c;
    }
  }

  /** Writes a value behind its name; gives the number of its type. The most common come first. */
  private int value(@Nullable Object value) {
    if (value instanceof String s) {
      return string(s);
    }
    if (value instanceof Double d) {
      real(d);
      return 0x01;
    }
    if (value instanceof Document d) {
      document(d);
      return 0x03;
    }
    if (value instanceof ObjectId id) {
      return id(id);
    }
    if (value instanceof List<?> list && !(value instanceof BsonValue)) {
      list(list);
      return 0x04;
    }
    if (value == null) {
      return 0x0A;
    }
    if (value instanceof Boolean b) {
      byteOf(b ? 1 : 0);
      return 0x08;
    }
    if (value instanceof Integer i) {
      int32(i);
      return 0x10;
    }
    return rare(value);
  }

  private int string(String text) {
    int start = start();
    text(text);
    byteOf(0);
    BsonBytes.putInt32(bytes, start, at - start - 4);
    return 0x02;
  }

  private int id(ObjectId id) {
    room(12);
    BsonBytes.putId(bytes, at, id);
    at += 12;
    return 0x07;
  }

  private int rare(Object value) {
    if (value instanceof Long l) {
      int64(l);
      return 0x12;
    }
    if (value instanceof Float f) {
      real(f);
      return 0x01;
    }
    if (value instanceof Doubles doubles) {
      doubles(doubles);
      return 0x04;
    }
    if (value instanceof Instant instant) {
      int64(instant.toEpochMilli());
      return 0x09;
    }
    if (value instanceof Binary binary) {
      return binary(binary);
    }
    if (value instanceof OtherValue other) {
      return tree(BsonValues.other(other));
    }
    if (value instanceof RawBsonDocument raw) {
      ByteBuf content = raw.getByteBuffer();
      int length = content.remaining();
      room(length);
      content.get(bytes, at, length);
      at += length;
      return 0x03;
    }
    if (value instanceof BsonArray array) {
      list(array);
      return 0x04;
    }
    if (value instanceof BsonMinKey) {
      return 0xFF;
    }
    if (value instanceof BsonMaxKey) {
      return 0x7F;
    }
    if (value instanceof BsonValue bson) {
      return tree(bson);
    }
    throw new IllegalArgumentException("no BSON type for " + value.getClass());
  }

  private int binary(Binary binary) {
    // The driver knows how the oldest kind is written.
    if (binary.subtype() == 0x02) {
      return tree(new BsonBinary(binary.subtype(), binary.bytes()));
    }
    byte[] content = binary.bytes();
    int32(content.length);
    byteOf(binary.subtype());
    copy(content);
    return 0x05;
  }

  private void copy(byte[] content) {
    copy(content, 0, content.length);
  }

  private void copy(byte[] content, int from, int length) {
    room(length);
    System.arraycopy(content, from, bytes, at, length);
    at += length;
  }

  static byte[] content(RawBsonDocument document) {
    ByteBuf buffer = document.getByteBuffer();
    byte[] content = new byte[buffer.remaining()];
    buffer.get(content);
    return content;
  }

  /** Copies what the driver makes of a value. */
  private int tree(BsonValue value) {
    byte[] document = content(new RawBsonDocument(new BsonDocument("v", value), TREES));
    // Before it are the length of the document, the type and the name; behind it is the end.
    copy(document, 7, document.length - 8);
    return document[4];
  }
}
