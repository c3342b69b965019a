package io.postil.formats.coco;

import com.fasterxml.jackson.core.JsonParser;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * Gives parsers for parts of a file. Reads far ahead while the parts follow one another and little
 * when they are scattered. Not thread-safe.
 */
final class WindowedFile implements AutoCloseable {
  private static final int NEAR = 8 * 1024;
  private static final int FAR = 256 * 1024;

  private final FileChannel channel;
  private byte[] window = new byte[FAR];
  private long start;
  private int length;

  WindowedFile(Path file) throws IOException {
    channel = FileChannel.open(file);
  }

  /** A parser for the bytes at a place; to be closed before the next call. */
  JsonParser parser(long offset, int size) throws IOException {
    if (offset < start || offset + size > start + length) {
      boolean following = offset >= start && offset <= start + length + FAR;
      fill(offset, Math.max(size, following ? FAR : NEAR));
      if (size > length) {
        throw new EOFException("the file became shorter while it was read");
      }
    }
    return CocoJson.factory().createParser(window, (int) (offset - start), size);
  }

  private void fill(long offset, int size) throws IOException {
    if (window.length < size) {
      window = new byte[size];
    }
    ByteBuffer buffer = ByteBuffer.wrap(window, 0, size);
    start = offset;
    while (buffer.hasRemaining() && channel.read(buffer, offset + buffer.position()) >= 0) {
      // Until the window or the file is full.
    }
    length = buffer.position();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
