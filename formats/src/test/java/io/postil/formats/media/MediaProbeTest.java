package io.postil.formats.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.postil.core.PostilException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MediaProbeTest {
  @TempDir Path directory;

  private static byte[] picture(String format, int type) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertThat(ImageIO.write(new BufferedImage(30, 20, type), format, out)).isTrue();
    return out.toByteArray();
  }

  private Path file(String name, byte[] content) throws IOException {
    return Files.write(directory.resolve(name), content);
  }

  @ParameterizedTest
  @CsvSource({
    "png,image/png",
    "jpeg,image/jpeg",
    "gif,image/gif",
    "bmp,image/bmp",
    "tiff,image/tiff"
  })
  void readsSizeAndChannels(String format, String mimeType) throws IOException {
    Path file = file("a.bin", picture(format, BufferedImage.TYPE_INT_RGB));

    assertThat(MediaProbe.probe(file)).isEqualTo(new MediaInfo.Image(30, 20, 3, 1, mimeType));
    assertThat(MediaProbe.metadata(file).get("size_bytes")).isEqualTo(Files.size(file));
  }

  @Test
  void tellsGreyAndTransparentPicturesApart() throws IOException {
    MediaInfo grey = MediaProbe.probe(file("g", picture("png", BufferedImage.TYPE_BYTE_GRAY)));
    MediaInfo clear = MediaProbe.probe(file("c", picture("png", BufferedImage.TYPE_INT_ARGB)));

    assertThat(((MediaInfo.Image) grey).channels()).isEqualTo(1);
    assertThat(((MediaInfo.Image) clear).channels()).isEqualTo(4);
  }

  /** A JPEG with an EXIF segment behind its first marker. */
  private static byte[] oriented(int orientation) throws IOException {
    byte[] jpeg = picture("jpeg", BufferedImage.TYPE_INT_RGB);
    byte[] exif = {
      (byte) 0xFF,
      (byte) 0xE1,
      0,
      34,
      'E',
      'x',
      'i',
      'f',
      0,
      0,
      'M',
      'M',
      0,
      42,
      0,
      0,
      0,
      8,
      0,
      1,
      1,
      0x12,
      0,
      3,
      0,
      0,
      0,
      1,
      0,
      (byte) orientation,
      0,
      0,
      0,
      0,
      0,
      0
    };
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(jpeg, 0, 2);
    out.write(exif);
    out.write(jpeg, 2, jpeg.length - 2);
    return out.toByteArray();
  }

  @ParameterizedTest
  @CsvSource({"1,30,20", "3,30,20", "6,20,30", "8,20,30", "9,30,20"})
  void appliesTheOrientationAsBrowsersDo(int orientation, int width, int height)
      throws IOException {
    MediaInfo info = MediaProbe.probe(file("a.jpg", oriented(orientation)));

    assertThat(info.width()).isEqualTo(width);
    assertThat(info.height()).isEqualTo(height);
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpeg"})
  void refusesAPictureThatIsCutOff(String format) throws IOException {
    byte[] whole = picture(format, BufferedImage.TYPE_INT_RGB);
    for (int length = 8; length < whole.length - 8; length += 7) {
      Path file = file("cut.bin", Arrays.copyOf(whole, length));
      assertThatExceptionOfType(PostilException.class)
          .isThrownBy(() -> MediaProbe.probe(file))
          .withMessageContaining("cut.bin");
    }
  }

  @Test
  void refusesWhatIsNoPicture() throws IOException {
    Path text = file("notes.jpg", "no picture at all".getBytes());
    Path empty = file("empty.png", new byte[0]);
    byte[] png = picture("png", BufferedImage.TYPE_INT_RGB);
    Arrays.fill(png, 16, 20, (byte) 0);
    Path zero = file("zero.png", png);

    refuses(text, "is not an image or video");
    refuses(empty, "is empty");
    refuses(zero, "has no pixels: 0 x 20");
    refuses(directory.resolve("gone.png"), "there is no file");
  }

  private static void refuses(Path file, String message) {
    assertThatExceptionOfType(PostilException.class)
        .isThrownBy(() -> MediaProbe.probe(file))
        .withMessageContaining(file.getFileName().toString())
        .withMessageContaining(message);
  }
}
