package io.postil.testkit;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import javax.imageio.ImageIO;

/** Pictures and videos for tests, made by code. Stateless. */
public final class TestMedia {
  private TestMedia() {}

  /** A JPEG picture; pictures of different seeds differ. */
  public static byte[] jpeg(int width, int height, int seed) {
    return picture("jpg", width, height, seed);
  }

  /** A PNG picture; pictures of different seeds differ. */
  public static byte[] png(int width, int height, int seed) {
    return picture("png", width, height, seed);
  }

  private static byte[] picture(String format, int width, int height, int seed) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(new Color(seed * 40503 & 0xffffff));
    graphics.fillRect(0, 0, width, height);
    graphics.setColor(Color.WHITE);
    graphics.fillOval(seed * 7 % width, seed * 5 % height, width / 4, height / 4);
    graphics.dispose();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, format, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /**
   * An MP4 video as far as its index: it has a video track of a size and a number of frames, but
   * the frames hold nothing that could be decoded.
   */
  public static byte[] mp4(int width, int height, int frames) {
    byte[] tkhd = new byte[84];
    ByteBuffer.wrap(tkhd).putInt(0, 7).putInt(12, 1).putInt(20, frames * 40);
    ByteBuffer.wrap(tkhd).putInt(76, width << 16).putInt(80, height << 16);
    byte[] mvhd = new byte[100];
    ByteBuffer.wrap(mvhd).putInt(12, 1000).putInt(16, frames * 40);
    byte[] mdhd = new byte[24];
    ByteBuffer.wrap(mdhd).putInt(12, 1000).putInt(16, frames * 40);
    byte[] hdlr = new byte[25];
    System.arraycopy(ascii("vide"), 0, hdlr, 8, 4);
    byte[] stsz = new byte[12];
    ByteBuffer.wrap(stsz).putInt(4, 1).putInt(8, frames);
    byte[] stts = new byte[16];
    ByteBuffer.wrap(stts).putInt(4, 1).putInt(8, frames).putInt(12, 40);
    byte[] entry = new byte[78];
    ByteBuffer.wrap(entry).putShort(24, (short) width).putShort(26, (short) height);
    byte[] stsd = join(new byte[] {0, 0, 0, 0, 0, 0, 0, 1}, box("avc1", entry));
    byte[] stbl = box("stbl", join(box("stsd", stsd), box("stts", stts), box("stsz", stsz)));
    byte[] mdia = box("mdia", join(box("mdhd", mdhd), box("hdlr", hdlr), box("minf", stbl)));
    byte[] trak = box("trak", join(box("tkhd", tkhd), mdia));
    return join(
        box("ftyp", ascii("isom\0\0\0\1isom")),
        box("moov", join(box("mvhd", mvhd), trak)),
        box("mdat", new byte[frames]));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] box(String name, byte[] content) {
    byte[] head = Arrays.copyOf(ByteBuffer.allocate(4).putInt(content.length + 8).array(), 8);
    System.arraycopy(ascii(name), 0, head, 4, 4);
    return join(head, content);
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  /** Writes a file, with the folders above it. */
  public static Path write(Path file, byte[] content) {
    try {
      Path parent = file.getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      return Files.write(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
