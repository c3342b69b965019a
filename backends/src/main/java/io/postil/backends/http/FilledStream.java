package io.postil.backends.http;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Fills whatever it is asked to fill as long as there are bytes. A form of many small files is
 * given out piece by piece otherwise, and the client sends every piece by itself. Not thread-safe.
 */
final class FilledStream extends FilterInputStream {
  FilledStream(InputStream in) {
    super(in);
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int n = in.readNBytes(bytes, offset, length);
    return n == 0 && length > 0 ? -1 : n;
  }
}
