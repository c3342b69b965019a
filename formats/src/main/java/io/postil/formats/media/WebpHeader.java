package io.postil.formats.media;

import io.postil.formats.media.MediaProbe.BadMedia;
import java.io.IOException;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** WebP: a lossy (VP8), lossless (VP8L) or extended (VP8X) header in a RIFF container. */
final class WebpHeader {
  private static final int ALPHA = 0x10;
  private static final int EXIF = 0x08;

  private WebpHeader() {}

  static @Nullable MediaInfo read(ByteSource in) throws IOException, BadMedia {
    if (!in.has(0, "RIFF") || !in.has(8, "WEBP")) {
      return null;
    }
    in.order(ByteOrder.LITTLE_ENDIAN);
    if (in.u32(4) + 8 > in.size() + 1) {
      throw new BadMedia("is a WebP that is cut off");
    }
    return switch (in.text(12, 4)) {
      case "VP8 " -> image(in.u16(26) & 0x3FFF, in.u16(28) & 0x3FFF, 3, 1);
      case "VP8L" -> {
        long bits = in.u32(21);
        boolean alpha = (bits >> 28 & 1) != 0;
        yield image((int) (bits & 0x3FFF) + 1, (int) (bits >> 14 & 0x3FFF) + 1, alpha ? 4 : 3, 1);
      }
      case "VP8X" -> {
        int flags = in.u8(20);
        int width = in.u24(24) + 1;
        int height = in.u24(27) + 1;
        int orientation = (flags & EXIF) == 0 ? 1 : orientation(in);
        yield image(width, height, (flags & ALPHA) == 0 ? 3 : 4, orientation);
      }
      default -> throw new BadMedia("is a WebP of an unknown kind " + in.text(12, 4));
    };
  }

  private static MediaInfo image(int width, int height, int channels, int orientation) {
    return MediaInfo.Image.oriented(width, height, channels, orientation, "image/webp");
  }

  private static int orientation(ByteSource in) throws IOException {
    long at = 12;
    while (at + 8 <= in.size()) {
      in.order(ByteOrder.LITTLE_ENDIAN);
      long length = in.u32(at + 4);
      if (in.has(at, "EXIF")) {
        long start = at + 8 + (in.has(at + 8, "Exif\0\0") ? 6 : 0);
        return Exif.orientation(in, start, length);
      }
      at += 8 + length + (length & 1);
    }
    return 1;
  }
}
