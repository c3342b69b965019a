package io.postil.server.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.postil.core.PostilException;
import io.postil.core.label.BoundingBox;
import io.postil.core.label.Detection;
import io.postil.core.label.Detections;
import io.postil.core.label.Label;
import io.postil.core.value.Document;
import io.postil.core.value.NdArray;
import io.postil.core.value.Values;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Masks go to the editor exactly, and one that it paints comes back as it painted it. */
class MaskFormTest {
  private static final MaskForm INSTANCES = new MaskForm.Exact(false, false);

  private final NdArray bytes = NdArray.ofBytes(2, 2, new byte[] {0, -1, -1, 0});
  private final Detection cat =
      Detection.of("cat", new BoundingBox(0, 0, 0.5, 0.5)).withMask(bytes);

  private static Label saved(Detection before, Document sent) {
    Document group = Document.of("cls", "Detection", "labels", Values.listOf(sent));
    return LabelWire.read("f", group, before, INSTANCES);
  }

  private Document shown(Detection label) {
    return LabelWire.single(label, INSTANCES);
  }

  private static Document mask(String runs) {
    return Document.builder().append("width", 2).append("height", 2).append("runs", runs).build();
  }

  @Test
  void aMaskIsPairsOfValueAndLength() {
    assertThat(shown(cat).getDocument("mask")).isEqualTo(mask("AAEBAgAB"));
  }

  @Test
  void aMaskThatShowsWhatWasThereStaysAsItWas() {
    assertThat(saved(cat, shown(cat))).isEqualTo(cat);
    Document moved = shown(cat).with("box", Values.listOf(0.5, 0.5, 0.5, 0.5));
    assertThat(((Detection) saved(cat, moved)).mask()).isEqualTo(bytes);
    assertThat(((Detection) saved(cat, moved.without("mask"))).mask()).isEqualTo(bytes);
  }

  @Test
  void aPaintedMaskIsOneOfBooleans() {
    Detection painted = (Detection) saved(cat, shown(cat).with("mask", mask("AAMBAQ==")));

    assertThat(painted.mask()).isEqualTo(NdArray.ofBooleans(2, 2, new byte[] {0, 0, 0, 1}));
  }

  @Test
  void aMaskInAFileIsShownAndLeavesItOnceItIsPainted(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("cat.png");
    BufferedImage grey = new BufferedImage(2, 2, BufferedImage.TYPE_BYTE_GRAY);
    grey.getRaster().setSample(1, 1, 0, 255);
    ImageIO.write(grey, "png", file.toFile());
    Detection inFile = cat.withMask(null).withMaskPath(file.toString());

    assertThat(shown(inFile).getDocument("mask")).isEqualTo(mask("AAMBAQ=="));
    assertThat(saved(inFile, shown(inFile))).isEqualTo(inFile);
    Detection painted = (Detection) saved(inFile, shown(inFile).with("mask", mask("AQQ=")));
    assertThat(painted.maskPath()).isNull();
    assertThat(painted.mask()).isEqualTo(NdArray.ofBooleans(2, 2, new byte[] {1, 1, 1, 1}));
  }

  @Test
  void valuesAndColoursComeBack() {
    int[] values = {0, 7, 300, 300, 7, 0};
    NdArray deep = NdArray.ofInts(new int[] {2, 3}, values);
    byte[] colours = {0, 0, 0, -1, 0, 127, -1, 0, 127, 1, 2, 3};
    NdArray rgb = NdArray.ofBytes(new int[] {2, 2, 3}, colours);

    assertThat(MaskRuns.values(MaskRuns.pack(deep, false), false)).isEqualTo(deep);
    assertThat(MaskRuns.values(MaskRuns.pack(rgb, false), true)).isEqualTo(rgb);
  }

  @ParameterizedTest
  @ValueSource(strings = {"AAM=", "AAU=", "AAMBg", "no base64!", "gICAgICAgIAB"})
  void aDamagedMaskIsRefused(String runs) {
    assertThatThrownBy(() -> saved(cat, shown(cat).with("mask", mask(runs))))
        .isInstanceOf(PostilException.class)
        .hasMessageContaining("a mask cannot be read");
  }

  @Test
  void thinnedMasksAreOnlyToBeLookedAt() {
    MaskForm thinned = MaskForm.thinned(64);
    Document sent = LabelWire.single(cat, thinned);
    Document group = Document.of("cls", "Detections", "labels", Values.listOf(sent));

    assertThat(sent.getDocument("mask").contains("bits")).isTrue();
    assertThat(LabelWire.read("f", group, new Detections(List.of(cat)), thinned))
        .isEqualTo(new Detections(List.of(cat)));
  }
}
