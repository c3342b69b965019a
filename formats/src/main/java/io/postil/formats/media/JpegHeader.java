package io.postil.formats.media;

import io.postil.formats.media.MediaProbe.BadMedia;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** JPEG: segments up to the frame header; APP1 holds the orientation. */
final class JpegHeader {
  /**
   * How far from its end a file may have its end marker; what follows is padding or a thumbnail.
   */
  private static final long TAIL = 64 * 1024L;

  private JpegHeader() {}

  static @Nullable MediaInfo read(ByteSource in) throws IOException, BadMedia {
    if (!in.has(0, "\u00ff\u00d8\u00ff")) {
      return null;
    }
    int orientation = 1;
    long at = 2;
    while (true) {
      if (in.u8(at) != 0xFF) {
        throw new BadMedia("is a damaged JPEG: no marker at byte " + at);
      }
      int marker = in.u8(at + 1);
      if (marker == 0xFF) {
        at++;
        continue;
      }
      if (marker == 0x01 || marker >= 0xD0 && marker <= 0xD8) {
        at += 2;
        continue;
      }
      if (marker == 0xDA || marker == 0xD9) {
        throw new BadMedia("is a damaged JPEG: it has no frame header");
      }
      int length = in.u16(at + 2);
      if (marker == 0xE1 && in.has(at + 4, "Exif\0\0")) {
        orientation = Exif.orientation(in, at + 10, length - 8L);
      }
      if (isFrameHeader(marker)) {
        requireEnd(in);
        return MediaInfo.Image.oriented(
            in.u16(at + 7), in.u16(at + 5), in.u8(at + 9), orientation, "image/jpeg");
      }
      at += 2L + length;
    }
  }

  private static boolean isFrameHeader(int marker) {
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
  }

  private static void requireEnd(ByteSource in) throws IOException, BadMedia {
    if (in.has(in.size() - 2, "\u00ff\u00d9")) {
      return;
    }
    for (long at = Math.max(0, in.size() - TAIL); at < in.size() - 1; at++) {
      if (in.u8(at) == 0xFF && in.u8(at + 1) == 0xD9) {
        return;
      }
    }
    throw new BadMedia("is a JPEG that is cut off");
  }
}
