package io.postil.formats.media;

import io.postil.formats.media.MediaProbe.BadMedia;
import java.io.IOException;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** TIFF: the first image file directory. */
final class TiffHeader {
  private static final int WIDTH = 256;
  private static final int HEIGHT = 257;
  private static final int ORIENTATION = 274;
  private static final int SAMPLES_PER_PIXEL = 277;

  private TiffHeader() {}

  static @Nullable MediaInfo read(ByteSource in) throws IOException, BadMedia {
    if (in.has(0, "II*\0")) {
      in.order(ByteOrder.LITTLE_ENDIAN);
    } else if (!in.has(0, "MM\0*")) {
      return null;
    }
    long directory = in.u32(4);
    int width = 0;
    int height = 0;
    int channels = 1;
    int orientation = 1;
    int entries = in.u16(directory);
    for (int i = 0; i < entries; i++) {
      long entry = directory + 2 + 12L * i;
      switch (in.u16(entry)) {
        case WIDTH -> width = value(in, entry);
        case HEIGHT -> height = value(in, entry);
        case SAMPLES_PER_PIXEL -> channels = value(in, entry);
        case ORIENTATION -> orientation = Math.clamp(value(in, entry), 1, 8);
        default -> {}
      }
    }
    if (entries == 0) {
      throw new BadMedia("is a damaged TIFF: its directory is empty");
    }
    return MediaInfo.Image.oriented(width, height, channels, orientation, "image/tiff");
  }

  /** The number of an entry of the type short (3) or long (4). */
  private static int value(ByteSource in, long entry) throws IOException {
    return in.u16(entry + 2) == 3 ? in.u16(entry + 8) : in.s32(entry + 8);
  }
}
