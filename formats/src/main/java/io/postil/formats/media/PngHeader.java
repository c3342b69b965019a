package io.postil.formats.media;

import io.postil.formats.media.MediaProbe.BadMedia;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** PNG: the chunk IHDR; eXIf holds an orientation and IEND closes a whole file. */
final class PngHeader {
  private static final int CHUNK_OVERHEAD = 12;

  private PngHeader() {}

  static @Nullable MediaInfo read(ByteSource in) throws IOException, BadMedia {
    if (!in.has(0, "\u0089PNG\r\n\u001a\n")) {
      return null;
    }
    if (!in.has(12, "IHDR")) {
      throw new BadMedia("is a damaged PNG: it does not start with its header");
    }
    int width = in.s32(16);
    int height = in.s32(20);
    boolean transparent = false;
    int orientation = 1;
    long at = 8;
    // Up to the pixels; what follows them matters only for whether the file is whole.
    while (!in.has(at + 4, "IDAT")) {
      long length = in.u32(at);
      transparent |= in.has(at + 4, "tRNS");
      if (in.has(at + 4, "eXIf")) {
        orientation = Exif.orientation(in, at + 8, length);
      }
      at += length + CHUNK_OVERHEAD;
    }
    if (!in.has(in.size() - 8, "IEND")) {
      requireEnd(in, at);
    }
    int channels =
        switch (in.u8(25)) {
          case 0 -> 1;
          case 3 -> transparent ? 4 : 3;
          case 4 -> 2;
          case 6 -> 4;
          default -> 3;
        };
    return MediaInfo.Image.oriented(width, height, channels, orientation, "image/png");
  }

  private static void requireEnd(ByteSource in, long from) throws IOException, BadMedia {
    long at = from;
    while (at + CHUNK_OVERHEAD <= in.size()) {
      if (in.has(at + 4, "IEND")) {
        return;
      }
      at += in.u32(at) + CHUNK_OVERHEAD;
    }
    throw new BadMedia("is a PNG that is cut off");
  }
}
