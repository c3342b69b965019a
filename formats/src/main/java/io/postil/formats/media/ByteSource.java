package io.postil.formats.media;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Numbers at positions of a file, read through one small window. Not thread-safe. */
final class ByteSource implements AutoCloseable {
  private static final int WINDOW = 4096;

  private final SeekableByteChannel channel;
  private final long size;
  private final ByteBuffer window = ByteBuffer.allocate(WINDOW);
  private long start;
  private ByteOrder order = ByteOrder.BIG_ENDIAN;

  private ByteSource(SeekableByteChannel channel) throws IOException {
    this.channel = channel;
    this.size = channel.size();
    window.limit(0);
  }

  static ByteSource open(Path file) throws IOException {
    return new ByteSource(FileChannel.open(file));
  }

  long size() {
    return size;
  }

  /** Chooses the byte order of what is read from now on. */
  ByteSource order(ByteOrder order) {
    this.order = order;
    return this;
  }

  /** Positions the window so that so many bytes can be read from it. */
  private int at(long position, int count) throws IOException {
    if (position < 0 || position + count > size) {
      throw new EOFException();
    }
    if (position < start || position + count > start + window.limit()) {
      window.clear();
      start = position;
      channel.position(position);
      while (window.hasRemaining() && channel.read(window) >= 0) {
        // Until the window or the file is full.
      }
      window.flip();
      if (window.limit() < count) {
        throw new EOFException();
      }
    }
    return (int) (position - start);
  }

  int u8(long position) throws IOException {
    return window.get(at(position, 1)) & 0xFF;
  }

  int u16(long position) throws IOException {
    int index = at(position, 2);
    return window.order(order).getShort(index) & 0xFFFF;
  }

  int u24(long position) throws IOException {
    return order == ByteOrder.BIG_ENDIAN
        ? u8(position) << 16 | u16(position + 1)
        : u16(position) | u8(position + 2) << 16;
  }

  int s32(long position) throws IOException {
    int index = at(position, 4);
    return window.order(order).getInt(index);
  }

  long u32(long position) throws IOException {
    return s32(position) & 0xFFFF_FFFFL;
  }

  long s64(long position) throws IOException {
    int index = at(position, 8);
    return window.order(order).getLong(index);
  }

  double f32(long position) throws IOException {
    return Float.intBitsToFloat(s32(position));
  }

  double f64(long position) throws IOException {
    return Double.longBitsToDouble(s64(position));
  }

  /** Four or so characters of Latin-1. */
  String text(long position, int length) throws IOException {
    int index = at(position, length);
    return new String(window.array(), index, length, StandardCharsets.ISO_8859_1);
  }

  /** Whether the file has the characters at a position; false past its end. */
  boolean has(long position, String characters) throws IOException {
    return position + characters.length() <= size
        && text(position, characters.length()).equals(characters);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
