package io.postil.formats.media;

import io.postil.formats.media.MediaProbe.BadMedia;
import java.io.IOException;

/**
 * The head of an element of WebM and Matroska: its id, and where its content is.
 *
 * @param id the id with its marker, as in the list of elements
 * @param content where the content begins
 * @param length the length of the content; {@link #UNKNOWN} if the file does not tell
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8794">RFC 8794</a>
 */
record EbmlElement(long id, long content, long length) {
  static final long UNKNOWN = Long.MAX_VALUE;
  static final long SEGMENT = 0x18538067L;
  static final long INFO = 0x1549A966L;
  static final long TIMESTAMP_SCALE = 0x2AD7B1L;
  static final long TRACKS = 0x1654AE6BL;
  static final long TRACK = 0xAEL;
  static final long TRACK_TYPE = 0x83L;
  static final long CLUSTER = 0x1F43B675L;

  /** The type of a track with pictures. */
  static final long VIDEO_TRACK = 1;

  /** The element whose head begins at a byte. */
  static EbmlElement read(ByteSource in, long at) throws IOException, BadMedia {
    int idLength = length(in, at);
    if (idLength > 4) {
      throw new BadMedia("is a damaged video: no element at byte " + at);
    }
    long lengthAt = at + idLength;
    int lengthLength = length(in, lengthAt);
    if (lengthLength > 8) {
      throw new BadMedia("is a damaged video: no length at byte " + lengthAt);
    }
    long most = most(lengthLength);
    long length = number(in, lengthAt, lengthLength) & most;
    return new EbmlElement(
        number(in, at, idLength), lengthAt + lengthLength, length == most ? UNKNOWN : length);
  }

  /** How many bytes a number of variable length has, by its first one; 9 if it is none. */
  static int length(ByteSource in, long at) throws IOException {
    return Integer.numberOfLeadingZeros(in.u8(at)) - 23;
  }

  /** The largest number of a variable length, which is also what its marker leaves of a number. */
  static long most(int length) {
    return (1L << 7 * length) - 1;
  }

  /** The number of some bytes, of which the highest comes first. */
  static long number(ByteSource in, long at, int bytes) throws IOException {
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      value = value << 8 | in.u8(at + i);
    }
    return value;
  }

  /** The number that is the content of an element, of eight bytes at most. */
  long number(ByteSource in) throws IOException {
    return number(in, content, (int) Math.min(8, length));
  }
}
