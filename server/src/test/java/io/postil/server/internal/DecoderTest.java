package io.postil.server.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.postil.core.PostilException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DecoderTest {
  private static final long PLENTY = 100 << 20;

  @TempDir Path directory;

  private Path written(BufferedImage image, String format) throws IOException {
    Path file = directory.resolve("a." + format);
    ImageIO.write(image, format, file.toFile());
    return file;
  }

  /** A picture of two by two pixels with 16 bits. */
  private static BufferedImage deep(int... values) {
    BufferedImage image = new BufferedImage(2, 2, BufferedImage.TYPE_USHORT_GRAY);
    image.getRaster().setSamples(0, 0, 2, 2, 0, values);
    return image;
  }

  private static int[] grey(BufferedImage image) {
    return image.getRaster().getSamples(0, 0, image.getWidth(), image.getHeight(), 0, (int[]) null);
  }

  @Test
  void isForWhatBrowsersDoNotShow() throws IOException {
    BufferedImage colours = new BufferedImage(2, 2, BufferedImage.TYPE_INT_RGB);

    assertThat(Decoder.isFor(written(colours, "tiff"))).isTrue();
    assertThat(Decoder.isFor(written(deep(1, 2, 3, 4), "png"))).isTrue();
    assertThat(Decoder.isFor(written(colours, "png"))).isFalse();
    assertThat(Decoder.isFor(written(colours, "jpg"))).isFalse();
    assertThat(Decoder.isFor(directory.resolve("gone.tif"))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"png", "tiff"})
  void sixteenBitsAreScaledByTheLeastAndTheGreatestValue(String format) throws IOException {
    Path file = written(deep(1000, 1100, 1150, 1200), format);

    assertThat(grey(Decoder.decode(file, 0, PLENTY))).containsExactly(0, 128, 191, 255);
  }

  @Test
  void eightBitsStayAsTheyAre() throws IOException {
    BufferedImage image = new BufferedImage(2, 2, BufferedImage.TYPE_INT_RGB);
    image.setRGB(0, 0, 0x102030);
    image.setRGB(1, 1, 0xA0B0C0);
    BufferedImage greys = new BufferedImage(2, 2, BufferedImage.TYPE_BYTE_GRAY);
    greys.getRaster().setSamples(0, 0, 2, 2, 0, new int[] {10, 20, 30, 40});

    BufferedImage colours = Decoder.decode(written(image, "tiff"), 0, PLENTY);

    assertThat(colours.getRGB(0, 0)).isEqualTo(0xFF102030);
    assertThat(colours.getRGB(1, 1)).isEqualTo(0xFFA0B0C0);
    assertThat(grey(Decoder.decode(written(greys, "tiff"), 0, PLENTY)))
        .containsExactly(10, 20, 30, 40);
  }

  @Test
  void ofSeveralPagesTheFirstIsShown() throws IOException {
    Path file = directory.resolve("pages.tif");
    ImageWriter writer = ImageIO.getImageWritersByFormatName("tiff").next();
    try (ImageOutputStream out = ImageIO.createImageOutputStream(file.toFile())) {
      writer.setOutput(out);
      writer.prepareWriteSequence(null);
      writer.writeToSequence(new IIOImage(deep(0, 1, 2, 3), null, null), null);
      writer.writeToSequence(
          new IIOImage(new BufferedImage(9, 9, BufferedImage.TYPE_INT_RGB), null, null), null);
      writer.endWriteSequence();
    } finally {
      writer.dispose();
    }

    BufferedImage shown = Decoder.decode(file, 0, PLENTY);

    assertThat(shown.getWidth()).isEqualTo(2);
    assertThat(grey(shown)).containsExactly(0, 85, 170, 255);
  }

  /** A TIFF of two rows of three pixels, 1 to 6, with an orientation. */
  private Path oriented(int orientation) throws IOException {
    int[][] entries = {
      {256, 3},
      {257, 2},
      {258, 8},
      {259, 1},
      {262, 1},
      {273, 122},
      {274, orientation},
      {278, 2},
      {279, 6},
    };
    ByteBuffer tiff = ByteBuffer.allocate(128);
    tiff.put(new byte[] {'M', 'M', 0, 42}).putInt(8).putShort((short) entries.length);
    for (int[] entry : entries) {
      tiff.putShort((short) entry[0]).putShort((short) 3).putInt(1);
      tiff.putShort((short) entry[1]).putShort((short) 0);
    }
    tiff.putInt(0).put(new byte[] {1, 2, 3, 4, 5, 6});
    return Files.write(directory.resolve("turned.tif"), tiff.array());
  }

  @ParameterizedTest
  @CsvSource({
    "1, 3, 1 2 3 4 5 6",
    "2, 3, 3 2 1 6 5 4",
    "3, 3, 6 5 4 3 2 1",
    "4, 3, 4 5 6 1 2 3",
    "5, 2, 1 4 2 5 3 6",
    "6, 2, 4 1 5 2 6 3",
    "7, 2, 6 3 5 2 4 1",
    "8, 2, 3 6 2 5 1 4"
  })
  void pixelsAreTurnedAsTheFileAsks(int orientation, int width, String pixels) throws IOException {
    BufferedImage shown = Decoder.decode(oriented(orientation), 0, PLENTY);

    assertThat(shown.getWidth()).isEqualTo(width);
    assertThat(grey(shown))
        .containsExactly(
            java.util.Arrays.stream(pixels.split(" ")).mapToInt(Integer::parseInt).toArray());
  }

  @Test
  void aPictureThatIsTooLargeIsRefusedWithWhatToDo() throws IOException {
    Path file = written(new BufferedImage(2000, 1000, BufferedImage.TYPE_INT_RGB), "tiff");

    assertThatThrownBy(() -> Decoder.decode(file, 0, 1 << 20))
        .isInstanceOf(PostilException.class)
        .hasMessageContaining("2000 x 1000 pixels take")
        .hasMessageContaining("POSTIL_JAVA_OPTS");
    assertThat(Decoder.decode(file, 100, 1 << 20).getWidth()).isEqualTo(100);
  }

  @Test
  void aDamagedPictureIsRefused() throws IOException {
    byte[] whole = Files.readAllBytes(written(deep(1, 2, 3, 4), "tiff"));
    Path cut = Files.write(directory.resolve("cut.tif"), java.util.Arrays.copyOf(whole, 12));

    assertThatThrownBy(() -> Decoder.decode(cut, 0, PLENTY)).isInstanceOf(PostilException.class);
  }

  @Test
  void whatWasDecodedIsKeptUntilItIsTooMuch() throws IOException {
    Path file = written(deep(1, 2, 3, 4), "tiff");
    Path plain = written(new BufferedImage(2, 2, BufferedImage.TYPE_INT_RGB), "png");
    ShownPictures pictures = new ShownPictures(directory, 1, PLENTY);

    Path shown = pictures.of(file);

    assertThat(pictures.of(plain)).isEqualTo(plain);
    assertThat(grey(ImageIO.read(shown.toFile()))).containsExactly(0, 85, 170, 255);
    assertThat(pictures.of(file)).isEqualTo(shown);
    Path other = pictures.of(oriented(1));
    assertThat(other).exists();
    assertThat(shown).doesNotExist();
  }
}
