package io.postil.backends.labelstudio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.postil.core.PostilException;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.testkit.SharedFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BrushRleTest {
  private static byte[] bytes(List<?> numbers) {
    byte[] bytes = new byte[numbers.size()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = ((Number) numbers.get(i)).byteValue();
    }
    return bytes;
  }

  private static byte[] mask(List<?> runs) {
    byte[] mask = new byte[0];
    for (Object run : runs) {
      List<?> pair = (List<?>) run;
      int start = mask.length;
      mask = Arrays.copyOf(mask, start + ((Number) pair.get(1)).intValue());
      Arrays.fill(mask, start, mask.length, ((Number) pair.get(0)).byteValue());
    }
    return mask;
  }

  @Test
  void givesTheSameBytesAsLabelStudiosOwnTools() throws IOException {
    Document recorded =
        Json.readDocument(
            Files.readString(SharedFiles.find("exchanges/labelstudio/brush_rle_vectors.json")));
    assertThat(recorded.getList("vectors")).hasSize(6);
    for (Object entry : recorded.getList("vectors")) {
      Document vector = (Document) entry;
      byte[] mask = mask(vector.getList("mask_runs"));
      byte[] code = bytes(vector.getList("rle"));
      assertThat(BrushRle.encode(mask)).as(vector.getString("name")).isEqualTo(code);
      assertThat(BrushRle.decode(code)).as(vector.getString("name")).isEqualTo(mask);
    }
  }

  @Test
  void anyMaskComesBack() {
    Random random = new Random(7);
    for (int i = 0; i < 200; i++) {
      byte[] mask = new byte[1 + random.nextInt(40_000)];
      for (int at = 0; at < mask.length; ) {
        int end = Math.min(mask.length, at + 1 + random.nextInt(i < 20 ? 30_000 : 200));
        Arrays.fill(mask, at, end, (byte) random.nextInt(256));
        at = end;
      }
      assertThat(BrushRle.decode(BrushRle.encode(mask))).isEqualTo(mask);
    }
  }

  @Test
  void refusesWhatIsDamaged() {
    byte[] code = BrushRle.encode(new byte[] {1, 2, 3, 3});
    assertThatThrownBy(() -> BrushRle.decode(Arrays.copyOf(code, code.length - 3)))
        .isInstanceOf(PostilException.class)
        .hasMessageContaining("cut off");
    byte[] huge = code.clone();
    Arrays.fill(huge, 0, 4, (byte) 0xFC);
    assertThatThrownBy(() -> BrushRle.decode(huge)).hasMessageContaining("claims");
  }
}
