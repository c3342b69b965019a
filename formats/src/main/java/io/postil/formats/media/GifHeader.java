package io.postil.formats.media;

import java.io.IOException;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** GIF: the logical screen descriptor. */
final class GifHeader {
  private GifHeader() {}

  static @Nullable MediaInfo read(ByteSource in) throws IOException {
    if (!in.has(0, "GIF87a") && !in.has(0, "GIF89a")) {
      return null;
    }
    in.order(ByteOrder.LITTLE_ENDIAN);
    return new MediaInfo.Image(in.u16(6), in.u16(8), 3, 1, "image/gif");
  }
}
