package io.postil.server.internal;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.concurrent.Semaphore;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Small versions of large pictures for the grid, kept on disk. Pictures that are small already are
 * sent as they are, as is what cannot be decoded here. Thread-safe.
 */
final class Thumbnails {
  /** Files up to this size are quicker to send than to shrink. */
  private static final long SMALL = 96 * 1024;

  private static final int WIDTH = 480;
  private static final long MAX_PIXELS = 400_000_000L;

  private final Path directory;
  private final Semaphore decoders =
      new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors()));

  Thumbnails(Path home) {
    directory = home.resolve("cache").resolve("thumbnails");
  }

  /** The file to send for a picture in the grid. */
  Path of(Path picture) throws IOException {
    if (Decoder.isFor(picture)) {
      return ofDecoded(picture);
    }
    if (!Media.type(picture).startsWith("image/")
        || !Files.isRegularFile(picture)
        || Files.size(picture) <= SMALL
        || ExifOrientation.isTurned(picture)) {
      return picture;
    }
    Path thumbnail = directory.resolve(ShownPictures.key(picture) + ".jpg");
    if (Files.isRegularFile(thumbnail)) {
      return thumbnail;
    }
    decoders.acquireUninterruptibly();
    try {
      BufferedImage small = shrink(picture);
      return small == null ? picture : ShownPictures.write(small, "jpg", directory, thumbnail);
    } finally {
      decoders.release();
    }
  }

  /** Of a picture that browsers do not show, however small. */
  private Path ofDecoded(Path picture) throws IOException {
    Path thumbnail = directory.resolve(ShownPictures.key(picture) + ".jpg");
    if (Files.isRegularFile(thumbnail)) {
      return thumbnail;
    }
    decoders.acquireUninterruptibly();
    try {
      BufferedImage decoded =
          Decoder.decode(picture, 2 * WIDTH, Runtime.getRuntime().maxMemory() / 4);
      int width = Math.min(WIDTH, decoded.getWidth());
      int height = Math.max(1, (int) ((long) decoded.getHeight() * width / decoded.getWidth()));
      return ShownPictures.write(scale(decoded, width, height), "jpg", directory, thumbnail);
    } finally {
      decoders.release();
    }
  }

  private static @Nullable BufferedImage shrink(Path picture) throws IOException {
    ImageIO.setUseCache(false);
    try (ImageInputStream in = ImageIO.createImageInputStream(picture.toFile())) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      if (!readers.hasNext()) {
        return null;
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(in, true, true);
        int width = reader.getWidth(0);
        int height = reader.getHeight(0);
        if (width <= WIDTH || (long) width * height > MAX_PIXELS) {
          return null;
        }
        ImageReadParam param = reader.getDefaultReadParam();
        int step = Math.max(1, width / (2 * WIDTH));
        param.setSourceSubsampling(step, step, 0, 0);
        return scale(reader.read(0, param), WIDTH, Math.max(1, height * WIDTH / width));
      } finally {
        reader.dispose();
      }
    } catch (IOException | RuntimeException e) {
      return null;
    }
  }

  private static BufferedImage scale(BufferedImage image, int width, int height) {
    BufferedImage small = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = small.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    graphics.drawImage(image, 0, 0, width, height, null);
    graphics.dispose();
    return small;
  }
}
