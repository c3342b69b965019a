package io.postil.formats.media;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteOrder;

/** The orientation tag of EXIF data, a TIFF structure inside another file. */
final class Exif {
  private static final int ORIENTATION = 0x0112;

  private Exif() {}

  /** The orientation 1 to 8; 1 if there is none or the data is damaged, as browsers do. */
  static int orientation(ByteSource in, long start, long length) throws IOException {
    try {
      if (!in.has(start, "II") && !in.has(start, "MM")) {
        return 1;
      }
      in.order(in.has(start, "II") ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
      long directory = in.u32(start + 4);
      if (directory + 2 > length) {
        return 1;
      }
      int entries = in.u16(start + directory);
      for (int i = 0; i < entries; i++) {
        long entry = start + directory + 2 + 12L * i;
        if (in.u16(entry) == ORIENTATION) {
          int value = in.u16(entry + 8);
          return value >= 1 && value <= 8 ? value : 1;
        }
      }
      return 1;
    } catch (EOFException damaged) {
      return 1;
    } finally {
      in.order(ByteOrder.BIG_ENDIAN);
    }
  }
}
