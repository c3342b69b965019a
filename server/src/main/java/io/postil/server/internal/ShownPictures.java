package io.postil.server.internal;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/**
 * Pictures as a browser can show them: most as they are, others decoded to PNG files, which are
 * kept on disk until they are too many. One is decoded at a time, so that the memory is bounded.
 * Thread-safe.
 */
final class ShownPictures {
  private static final long MOST_ON_DISK = 2L << 30;

  private final Path directory;
  private final long mostOnDisk;
  private final long mostBytes;
  private final Semaphore one = new Semaphore(1);

  ShownPictures(Path home) {
    this(home, MOST_ON_DISK, Runtime.getRuntime().maxMemory() / 2);
  }

  ShownPictures(Path home, long mostOnDisk, long mostBytes) {
    this.directory = home.resolve("cache").resolve("pictures");
    this.mostOnDisk = mostOnDisk;
    this.mostBytes = mostBytes;
  }

  /** The file to send for a picture or video. */
  Path of(Path media) throws IOException {
    if (!Decoder.isFor(media)) {
      return media;
    }
    Path shown = directory.resolve(key(media) + ".png");
    if (Files.isRegularFile(shown)) {
      return shown;
    }
    one.acquireUninterruptibly();
    try {
      if (!Files.isRegularFile(shown)) {
        write(Decoder.decode(media, 0, mostBytes), "png", directory, shown);
        dropOldest(shown);
      }
      return shown;
    } finally {
      one.release();
    }
  }

  /** A name for what is made of a file as it is now. */
  static String key(Path file) throws IOException {
    String identity =
        file + "\n" + Files.getLastModifiedTime(file).toMillis() + "\n" + Files.size(file);
    return UUID.nameUUIDFromBytes(identity.getBytes(StandardCharsets.UTF_8)).toString();
  }

  /** Writes a picture so that nobody sees half of it. */
  static Path write(BufferedImage image, String format, Path directory, Path file)
      throws IOException {
    Files.createDirectories(directory);
    Path part = Files.createTempFile(directory, "part", "." + format);
    try {
      ImageIO.write(image, format, part.toFile());
      return Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  /** Deletes what was decoded longest ago, but never what is about to be sent. */
  private void dropOldest(Path kept) throws IOException {
    List<Path> files = new ArrayList<>();
    try (Stream<Path> all = Files.list(directory)) {
      all.filter(file -> file.toString().endsWith(".png") && !file.equals(kept))
          .forEach(files::add);
    }
    files.sort(Comparator.comparing(ShownPictures::made));
    long total = Files.size(kept);
    for (Path file : files) {
      total += Files.size(file);
    }
    for (Path file : files) {
      if (total <= mostOnDisk) {
        return;
      }
      total -= Files.size(file);
      Files.deleteIfExists(file);
    }
  }

  private static FileTime made(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
