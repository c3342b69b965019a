package io.postil.testkit.cvat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The size of a picture or MP4 video, read from its header.
 *
 * @param width in pixels
 * @param height in pixels
 * @param frames how many frames it has; 1 for a picture
 */
record MediaFile(int width, int height, int frames) {
  private static final int MAX_INDEX = 64 << 20;

  static boolean isVideo(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return name.endsWith(".mp4") || name.endsWith(".mov") || name.endsWith(".avi");
  }

  /** Reads a file, or gives null if it is neither. */
  static @Nullable MediaFile read(Path file, boolean video) throws IOException {
    if (!Files.exists(file)) {
      return null;
    }
    return video ? readVideo(file) : readImage(file);
  }

  private static @Nullable MediaFile readImage(Path file) throws IOException {
    try (ImageInputStream in = ImageIO.createImageInputStream(file.toFile())) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      if (!readers.hasNext()) {
        return null;
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(in, true, true);
        return new MediaFile(reader.getWidth(0), reader.getHeight(0), 1);
      } finally {
        reader.dispose();
      }
    }
  }

  /** Looks for the index ({@code moov}) of an MP4 file and for the video track in it. */
  private static @Nullable MediaFile readVideo(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      long at = 0;
      while (at + 8 <= channel.size()) {
        ByteBuffer head = ByteBuffer.allocate(16);
        channel.read(head, at);
        head.flip();
        long length = Integer.toUnsignedLong(head.getInt());
        int type = head.getInt();
        if (length == 1 && head.remaining() == 8) {
          length = head.getLong();
        } else if (length == 0) {
          length = channel.size() - at;
        }
        if (length < 8) {
          return null;
        }
        if (type == code("moov")) {
          if (length > MAX_INDEX) {
            return null;
          }
          ByteBuffer moov = ByteBuffer.allocate((int) length - 8);
          channel.read(moov, at + 8);
          return track(moov.flip());
        }
        at += length;
      }
      return null;
    }
  }

  private static int code(String name) {
    return name.charAt(0) << 24 | name.charAt(1) << 16 | name.charAt(2) << 8 | name.charAt(3);
  }

  private static @Nullable MediaFile track(ByteBuffer moov) {
    ByteBuffer rest = moov;
    for (ByteBuffer trak = box(rest, "trak"); trak != null; trak = box(rest, "trak")) {
      ByteBuffer mdia = box(trak.duplicate(), "mdia");
      ByteBuffer handler = mdia == null ? null : box(mdia.duplicate(), "hdlr");
      if (mdia == null || handler == null || handler.getInt(8) != code("vide")) {
        continue;
      }
      ByteBuffer tkhd = box(trak.duplicate(), "tkhd");
      ByteBuffer minf = box(mdia.duplicate(), "minf");
      ByteBuffer stbl = minf == null ? null : box(minf, "stbl");
      ByteBuffer stsz = stbl == null ? null : box(stbl, "stsz");
      if (tkhd == null || stsz == null) {
        return null;
      }
      int end = tkhd.limit();
      return new MediaFile(
          tkhd.getInt(end - 8) >>> 16, tkhd.getInt(end - 4) >>> 16, stsz.getInt(8));
    }
    return null;
  }

  /** What is in the next box of a name; moves behind it. */
  private static @Nullable ByteBuffer box(ByteBuffer in, String name) {
    while (in.remaining() >= 8) {
      int start = in.position();
      int length = in.getInt();
      int type = in.getInt();
      if (length < 8 || start + length > in.limit()) {
        return null;
      }
      in.position(start + length);
      if (type == code(name)) {
        return in.slice(start + 8, length - 8);
      }
    }
    return null;
  }
}
