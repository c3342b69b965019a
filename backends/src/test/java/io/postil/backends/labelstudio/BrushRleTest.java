package io.postil.backends.labelstudio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.postil.core.PostilException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BrushRleTest {
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
