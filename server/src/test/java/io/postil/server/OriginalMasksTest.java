package io.postil.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.postil.core.label.BoundingBox;
import io.postil.core.label.Detection;
import io.postil.core.value.NdArray;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What was painted and taken back is bit for bit what was sent. */
class OriginalMasksTest {
  private final Detection sent =
      Detection.of("cat", new BoundingBox(0, 0, 1, 1))
          .withMask(NdArray.ofBytes(1, 3, new byte[] {0, -1, 0}));

  @Test
  void samePixelsAreTheMaskThatWasSent() {
    Detection back = sent.withMask(NdArray.ofBooleans(1, 3, new byte[] {0, 1, 0}));

    assertThat(OriginalMasks.restore(List.of(back), List.of(sent))).containsExactly(sent);
  }

  @Test
  void otherPixelsAndNewLabelsStay() {
    Detection painted = sent.withMask(NdArray.ofBooleans(1, 3, new byte[] {1, 1, 0}));
    Detection added = Detection.of("cat", new BoundingBox(0, 0, 1, 1)).withMask(sent.mask());

    assertThat(OriginalMasks.restore(List.of(painted, added), List.of(sent)))
        .containsExactly(painted, added);
  }
}
