package io.postil.backends.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * JSON in UTF-8 with null in place of the members of one name, at any depth. A parser takes several
 * times as long to pass over a value that nobody asked for as this takes to look for its end. It
 * does no more than that: where there is a blank between name and colon the member stays. Not
 * thread-safe.
 */
final class WithoutMember extends InputStream {
  private static final byte[] NULL = {'n', 'u', 'l', 'l'};

  /** Room for the null; the byte before the data is at its end. */
  private static final int START = NULL.length;

  private final InputStream in;
  private final byte[] key;

  /** How far the key can be moved on if a byte is found at the place of its last one. */
  private final int[] shifts = new int[256];

  private final byte[] buffer = new byte[1 << 16];

  /** What was read and not handed over is from here to the limit; up to ready it is to stay. */
  private int position = START;

  private int ready = START;
  private int limit = START;
  private boolean atEnd;

  /** Whether the value at the position is to be left out, once it begins at ready. */
  private boolean leaves;

  /**
   * Reads on from a stream.
   *
   * @param name without characters that JSON escapes
   */
  WithoutMember(InputStream in, String name) {
    this.in = in;
    this.key = ('"' + name + "\":").getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < shifts.length; i++) {
      shifts[i] = key.length;
    }
    for (int i = 0; i < key.length; i++) {
      shifts[key[i] & 0xFF] = key.length - 1 - i;
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (position == ready) {
      if (leaves) {
        leaveOut();
      } else if (limit - position < key.length && !atEnd) {
        fill();
      } else if (position == limit) {
        return -1;
      } else {
        find();
      }
    }
    int n = Math.min(length, ready - position);
    System.arraycopy(buffer, position, bytes, offset, n);
    position += n;
    return n;
  }

  /** Reads more behind what is not handed over, of which the byte before is kept. */
  private void fill() throws IOException {
    System.arraycopy(buffer, position - 1, buffer, START - 1, limit - position + 1);
    limit -= position - START;
    position = START;
    ready = START;
    int n = in.read(buffer, limit, buffer.length - limit);
    atEnd = n < 0;
    limit += Math.max(n, 0);
  }

  /** Makes what comes before the next value that is left out ready to be handed over. */
  private void find() {
    int last = position + key.length - 1;
    while (last < limit) {
      int shift = shifts[buffer[last] & 0xFF];
      if (shift == 0 && isKey(last - key.length + 1)) {
        ready = last + 1;
        leaves = true;
        return;
      }
      last += shift == 0 ? 1 : shift;
    }
    // The rest may be the start of a key.
    ready = atEnd ? limit : limit - key.length + 1;
  }

  /** Whether the key is at a place, and does not begin with the last letter of a longer name. */
  private boolean isKey(int at) {
    for (int i = 0; i < key.length; i++) {
      if (buffer[at + i] != key[i]) {
        return false;
      }
    }
    return buffer[at - 1] != '\\';
  }

  // --- the value that is left out -------------------------------------------------------------

  /** Goes on behind the value at the position, with a null before it. */
  private void leaveOut() throws IOException {
    int depth = 0;
    boolean begun = false;
    while (!begun || depth > 0) {
      int next = next();
      if (next < 0) {
        // The answer is cut off; the parser finds out.
        leaves = false;
        ready = position;
        return;
      }
      switch (next) {
        case '{', '[' -> depth++;
        case '}', ']' -> depth--;
        case '"' -> passText();
        case ' ', '\n', '\r', '\t', ',', ':' -> {
          continue;
        }
        default -> {
          if (depth == 0) {
            passWord();
          }
        }
      }
      begun = true;
    }
    System.arraycopy(NULL, 0, buffer, position - NULL.length, NULL.length);
    ready = position;
    position -= NULL.length;
    leaves = false;
  }

  /** The next byte, or -1 at the end. */
  private int next() throws IOException {
    while (position == limit) {
      if (atEnd) {
        return -1;
      }
      fill();
    }
    return buffer[position++] & 0xFF;
  }

  /** Goes behind the end of a text. */
  private void passText() throws IOException {
    while (true) {
      byte[] bytes = buffer;
      int end = limit;
      int at = position;
      while (at < end && bytes[at] != '"' && bytes[at] != '\\') {
        at++;
      }
      position = at;
      int next = next();
      if (next < 0 || next == '"') {
        return;
      }
      if (next == '\\') {
        next();
      } else {
        position--;
      }
    }
  }

  /** Goes to the end of a number, true, false or null. */
  private void passWord() throws IOException {
    int next = next();
    while (next >= 0 && ",]} \n\r\t".indexOf(next) < 0) {
      next = next();
    }
    if (next >= 0) {
      position--;
    }
  }

  @Override
  public int available() {
    return ready - position;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
