package io.postil.server.internal;

import io.postil.core.value.Document;
import io.postil.core.value.NdArray;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Packs masks for the browser: one bit a pixel. Stateless. */
final class MaskBits {
  private MaskBits() {}

  /**
   * The wire form of a mask.
   *
   * @param maxSide longest side to send; larger masks are thinned out
   * @return null for an array that is no mask
   */
  static @Nullable Document pack(NdArray mask, int maxSide) {
    int[] shape = mask.shape();
    if (shape.length < 2 || shape[0] == 0 || shape[1] == 0) {
      return null;
    }
    int channels = mask.size() / (shape[0] * shape[1]);
    double step = Math.max(1.0, Math.max(shape[0], shape[1]) / (double) maxSide);
    int height = Math.max(1, (int) (shape[0] / step));
    int width = Math.max(1, (int) (shape[1] / step));
    byte[] bits = new byte[(width * height + 7) / 8];
    for (int y = 0, at = 0; y < height; y++) {
      int row = (int) ((y + 0.5) * shape[0] / height) * shape[1];
      for (int x = 0; x < width; x++, at++) {
        if (mask.get((row + (int) ((x + 0.5) * shape[1] / width)) * channels) != 0) {
          bits[at >> 3] |= (byte) (0x80 >> (at & 7));
        }
      }
    }
    return Document.builder()
        .append("width", width)
        .append("height", height)
        .append("bits", Base64.getEncoder().encodeToString(bits))
        .build();
  }
}
