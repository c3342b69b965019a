package io.postil.backends.masks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.postil.core.PostilException;
import io.postil.core.label.BoundingBox;
import io.postil.core.label.Detection;
import io.postil.core.value.NdArray;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pictures of masks are read by what their pixels mean. */
class MaskFilesTest {
  @TempDir Path home;

  private String written(BufferedImage image) throws IOException {
    Path file = home.resolve("mask.png");
    ImageIO.write(image, "png", file.toFile());
    return file.toString();
  }

  private static double[] values(NdArray mask) {
    double[] values = new double[mask.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = mask.get(i);
    }
    return values;
  }

  @Test
  void greyValuesAreTheValues() throws IOException {
    BufferedImage grey = new BufferedImage(3, 2, BufferedImage.TYPE_BYTE_GRAY);
    grey.getRaster().setSamples(0, 0, 3, 2, 0, new int[] {0, 1, 2, 100, 128, 255});
    NdArray mask = MaskFiles.read(written(grey), false);
    assertThat(mask.shape()).containsExactly(2, 3);
    assertThat(values(mask)).containsExactly(0, 1, 2, 100, 128, 255);

    BufferedImage deep = new BufferedImage(2, 1, BufferedImage.TYPE_USHORT_GRAY);
    deep.getRaster().setSamples(0, 0, 2, 1, 0, new int[] {7, 1000});
    assertThat(values(MaskFiles.read(written(deep), false))).containsExactly(7, 1000);
  }

  @Test
  void aPaletteIsReadByNumberUnlessColoursAreMeant() throws IOException {
    byte[] red = {0, (byte) 128, 0};
    byte[] green = {0, 0, (byte) 128};
    byte[] blue = {0, 0, 64};
    BufferedImage palette =
        new BufferedImage(
            3, 1, BufferedImage.TYPE_BYTE_INDEXED, new IndexColorModel(8, 3, red, green, blue));
    palette.getRaster().setSamples(0, 0, 3, 1, 0, new int[] {2, 1, 0});
    String file = written(palette);
    assertThat(values(MaskFiles.read(file, false))).containsExactly(2, 1, 0);
    assertThat(values(MaskFiles.read(file, true))).containsExactly(0x008040, 0x800000, 0);
  }

  @Test
  void greyKeptAsColoursIsGrey() throws IOException {
    BufferedImage rgb = new BufferedImage(2, 1, BufferedImage.TYPE_INT_RGB);
    rgb.setRGB(0, 0, 0x050505);
    assertThat(values(MaskFiles.read(written(rgb), false))).containsExactly(5, 0);
    rgb.setRGB(1, 0, 0x0000FF);
    assertThat(values(MaskFiles.read(written(rgb), false))).containsExactly(0x050505, 0x0000FF);
  }

  @Test
  void whatIsNoMaskIsNamed() throws IOException {
    Path text = Files.writeString(home.resolve("notes.png"), "no picture");
    assertThatThrownBy(() -> MaskFiles.read(text.toString(), false))
        .isInstanceOf(PostilException.class)
        .hasMessageContaining("notes.png");
    Detection label =
        Detection.of("cat", new BoundingBox(0, 0, 1, 1)).withMaskPath("/nowhere/mask.png");
    assertThat(MaskFiles.problem(label, "gt", "image.png").message())
        .contains("/nowhere/mask.png", "'gt'", "image.png");
    assertThat(MaskFiles.problem(label.withMaskPath(text.toString()), "gt", "image.png")).isNull();
  }
}
