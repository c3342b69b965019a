package io.postil.formats.media;

import io.postil.formats.media.MediaProbe.BadMedia;
import java.io.IOException;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** BMP: the file header and the DIB header of 12 (OS/2) or at least 40 bytes. */
final class BmpHeader {
  private BmpHeader() {}

  static @Nullable MediaInfo read(ByteSource in) throws IOException, BadMedia {
    if (!in.has(0, "BM")) {
      return null;
    }
    in.order(ByteOrder.LITTLE_ENDIAN);
    long header = in.u32(14);
    if (header != 12 && (header < 40 || header > 256)) {
      return null;
    }
    boolean old = header == 12;
    int width = old ? in.u16(18) : in.s32(18);
    int height = old ? in.u16(20) : Math.abs(in.s32(22));
    int bits = in.u16(old ? 24 : 28);
    if (in.u32(10) >= in.size()) {
      throw new BadMedia("is a BMP that is cut off");
    }
    return new MediaInfo.Image(width, height, bits == 32 ? 4 : 3, 1, "image/bmp");
  }
}
