package io.postil.formats.media;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.postil.core.PostilException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Headers of WebP, MP4, QuickTime, WebM and Matroska, built by the books of those formats. */
class ContainerHeaderTest {
  @TempDir Path directory;

  private MediaInfo probe(byte[] content) throws IOException {
    return MediaProbe.probe(Files.write(directory.resolve("media.bin"), content));
  }

  private void refuses(byte[] content, String message) {
    assertThatExceptionOfType(PostilException.class)
        .isThrownBy(() -> probe(content))
        .withMessageContaining("media.bin")
        .withMessageContaining(message);
  }

  private static byte[] bytes(int... values) {
    byte[] out = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      out[i] = (byte) values[i];
    }
    return out;
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(ISO_8859_1);
  }

  private static byte[] u16(int value) {
    return bytes(value >> 8, value);
  }

  private static byte[] u32(long value) {
    return ByteBuffer.allocate(4).putInt((int) value).array();
  }

  // --- WebP -------------------------------------------------------------------------------------

  private static byte[] little(int value, int length) {
    byte[] out = new byte[length];
    for (int i = 0; i < length; i++) {
      out[i] = (byte) (value >> 8 * i);
    }
    return out;
  }

  private static byte[] chunk(String name, byte[] content) {
    return join(ascii(name), little(content.length, 4), content, new byte[content.length % 2]);
  }

  private static byte[] webp(byte[]... chunks) {
    byte[] content = join(chunks);
    return join(ascii("RIFF"), little(content.length + 4, 4), ascii("WEBP"), content);
  }

  private static byte[] lossy(int width, int height) {
    return chunk(
        "VP8 ",
        join(bytes(0, 0, 0, 0x9d, 0x01, 0x2a), little(width, 2), little(height, 2), new byte[8]));
  }

  @Test
  void readsEachKindOfWebp() throws IOException {
    byte[] lossless =
        chunk("VP8L", join(bytes(0x2f), little(29 | 19 << 14 | 1 << 28, 4), new byte[5]));
    byte[] extended = chunk("VP8X", join(bytes(0x10, 0, 0, 0), little(4999, 3), little(2999, 3)));

    assertThat(probe(webp(lossy(30, 20))))
        .isEqualTo(new MediaInfo.Image(30, 20, 3, 1, "image/webp"));
    assertThat(probe(webp(lossless))).isEqualTo(new MediaInfo.Image(30, 20, 4, 1, "image/webp"));
    assertThat(probe(webp(extended, lossy(5000, 3000))))
        .isEqualTo(new MediaInfo.Image(5000, 3000, 4, 1, "image/webp"));
  }

  @Test
  void turnsAWebpByItsOrientation() throws IOException {
    byte[] extended = chunk("VP8X", join(bytes(0x08, 0, 0, 0), little(29, 3), little(19, 3)));
    byte[] tiff =
        join(
            ascii("MM"),
            u16(42),
            u32(8),
            u16(1),
            join(u16(0x112), u16(3), u32(1), u16(6), u16(0)),
            u32(0));

    assertThat(probe(webp(extended, lossy(30, 20), chunk("EXIF", tiff))))
        .isEqualTo(new MediaInfo.Image(20, 30, 3, 6, "image/webp"));
  }

  @Test
  void refusesAWebpThatIsCutOffOrUnknown() {
    byte[] whole = webp(lossy(30, 20));
    refuses(Arrays.copyOf(whole, whole.length - 6), "is a WebP that is cut off");
    refuses(webp(chunk("WHAT", new byte[30])), "is a WebP of an unknown kind WHAT");
  }

  // --- MP4 and QuickTime ------------------------------------------------------------------------

  private static byte[] box(String name, byte[]... content) {
    byte[] joined = join(content);
    return join(u32(joined.length + 8L), ascii(name), joined);
  }

  /** A track of 90 frames in 3 seconds. */
  private static byte[] track(String handler, int width, int height, boolean turned) {
    byte[] matrix =
        turned
            ? join(u32(0), u32(0x10000), u32(0), u32(0xFFFF0000L), u32(0), u32(0))
            : join(u32(0x10000), u32(0), u32(0), u32(0), u32(0x10000), u32(0));
    byte[] head =
        box(
            "tkhd",
            new byte[40],
            matrix,
            join(u32(0), u32(0), u32(0x40000000)),
            join(u16(width), u16(0), u16(height), u16(0)));
    byte[] clock = box("mdhd", new byte[12], u32(600), u32(1800), new byte[4]);
    byte[] kind = box("hdlr", new byte[8], ascii(handler), new byte[13]);
    byte[] times = box("stts", new byte[4], u32(2), u32(60), u32(20), u32(30), u32(20));
    return box("trak", head, box("mdia", clock, kind, box("minf", box("stbl", times))));
  }

  private static byte[] movie(String brand, byte[]... tracks) {
    return join(
        box("ftyp", ascii(brand), u32(0)),
        box("mdat", new byte[100]),
        box("moov", box("mvhd", new byte[100]), join(tracks)));
  }

  @ParameterizedTest
  @CsvSource({"isom,video/mp4", "'qt  ',video/quicktime"})
  void readsTheFirstVideoTrack(String brand, String mimeType) throws IOException {
    byte[] content = movie(brand, track("soun", 0, 0, false), track("vide", 640, 480, false));

    assertThat(probe(content)).isEqualTo(new MediaInfo.Video(640, 480, 30.0, 90, 3.0, mimeType));
  }

  @Test
  void turnsAVideoAsPlayersDo() throws IOException {
    MediaInfo info = probe(movie("isom", track("vide", 640, 480, true)));

    assertThat(info.width()).isEqualTo(480);
    assertThat(info.height()).isEqualTo(640);
  }

  @Test
  void refusesVideosWithoutIndexOrPicture() {
    byte[] whole = movie("isom", track("vide", 640, 480, false));
    byte[] deep = box("mdia");
    for (int i = 0; i < 10_000; i++) {
      deep = join(u32(deep.length + 8L), ascii("mdia"), deep);
    }

    refuses(Arrays.copyOf(whole, 120), "is a video that is cut off: it has no index");
    refuses(movie("isom", track("soun", 0, 0, false)), "has no video track");
    refuses(movie("isom", box("trak", deep)), "boxes nested too deeply");
    refuses(join(box("ftyp", ascii("isom")), u32(3), ascii("moov")), "box of 3 bytes");
    refuses(box("ftyp", ascii("heic")), "is a HEIF or AVIF image");
  }

  // --- WebM and Matroska ------------------------------------------------------------------------

  private static byte[] element(long id, byte[]... content) {
    byte[] joined = join(content);
    byte[] name = ByteBuffer.allocate(8).putLong(id).array();
    int start = 0;
    while (name[start] == 0) {
      start++;
    }
    return join(
        Arrays.copyOfRange(name, start, 8),
        ByteBuffer.allocate(8).putLong(joined.length | 1L << 56).array(),
        joined);
  }

  private static byte[] matroska(String type, byte[]... tracks) {
    byte[] info =
        element(
            0x1549A966,
            element(0x2AD7B1, u32(1_000_000)),
            element(0x4489, ByteBuffer.allocate(8).putDouble(2000).array()));
    return join(
        element(0x1A45DFA3, element(0x4286, bytes(1)), element(0x4282, ascii(type))),
        element(0x18538067, info, element(0x1654AE6B, tracks)));
  }

  private static byte[] pictures() {
    return element(
        0xAE,
        element(0x83, bytes(1)),
        element(0x23E383, u32(40_000_000)),
        element(0xE0, element(0xB0, u16(1280)), element(0xBA, u16(720))));
  }

  private static byte[] sound() {
    return element(0xAE, element(0x83, bytes(2)), element(0x23E383, u32(20_000_000)));
  }

  @ParameterizedTest
  @CsvSource({"webm,video/webm", "matroska,video/x-matroska"})
  void readsSizeRateAndLength(String type, String mimeType) throws IOException {
    assertThat(probe(matroska(type, pictures())))
        .isEqualTo(new MediaInfo.Video(1280, 720, 25.0, 50, 2.0, mimeType));
  }

  @Test
  void takesTheRateOfTheVideoTrackWhereverItStands() throws IOException {
    MediaInfo.Video expected = new MediaInfo.Video(1280, 720, 25.0, 50, 2.0, "video/webm");

    assertThat(probe(matroska("webm", sound(), pictures()))).isEqualTo(expected);
    assertThat(probe(matroska("webm", pictures(), sound()))).isEqualTo(expected);
  }

  @Test
  void refusesDamagedMatroska() {
    byte[] deep = new byte[0];
    for (int i = 0; i < 2_000; i++) {
      deep = element(0xE0, deep);
    }

    refuses(matroska("webm", sound()), "has no video track");
    refuses(matroska("webm", deep), "elements nested too deeply");
    refuses(join(element(0x1A45DFA3), bytes(0, 0, 0)), "no element at byte 12");
  }
}
