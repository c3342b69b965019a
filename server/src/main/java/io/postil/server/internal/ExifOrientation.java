package io.postil.server.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Whether a JPEG file asks to be shown turned or mirrored. Browsers do as it asks, the JDK's
 * decoder does not, so such a file is left to the browser. Stateless.
 */
final class ExifOrientation {
  private static final int TAG = 0x0112;

  private ExifOrientation() {}

  static boolean isTurned(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      ByteBuffer head = ByteBuffer.wrap(in.readNBytes(128 * 1024));
      return head.remaining() > 4 && head.getShort(0) == (short) 0xFFD8 && segments(head);
    } catch (IndexOutOfBoundsException e) {
      return false;
    }
  }

  private static boolean segments(ByteBuffer head) {
    int at = 2;
    while (at + 10 < head.limit() && head.get(at) == (byte) 0xFF) {
      int marker = head.get(at + 1) & 0xFF;
      if (marker == 0xE1 && head.getInt(at + 4) == 0x45786966) {
        return orientation(head.slice(at + 10, head.limit() - at - 10)) > 1;
      }
      if (marker == 0xDA) {
        return false;
      }
      at += 2 + (head.getShort(at + 2) & 0xFFFF);
    }
    return false;
  }

  private static int orientation(ByteBuffer tiff) {
    tiff.order(tiff.getShort(0) == 0x4949 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    int directory = tiff.getInt(4);
    int entries = tiff.getShort(directory) & 0xFFFF;
    for (int i = 0; i < entries; i++) {
      int entry = directory + 2 + 12 * i;
      if ((tiff.getShort(entry) & 0xFFFF) == TAG) {
        return tiff.getShort(entry + 8);
      }
    }
    return 1;
  }
}
