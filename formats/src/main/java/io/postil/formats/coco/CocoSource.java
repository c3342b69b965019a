package io.postil.formats.coco;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.dataset.Filepaths;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A labels file and the directory of its media.
 *
 * @param labels the file
 * @param data the directory
 */
record CocoSource(Path labels, Path data) {
  /**
   * Finds the labels file (of {@code labels.json} and {@code data/}, or of {@code annotations/} and
   * {@code images/SUBSET/}) and its media.
   */
  static CocoSource find(Path given, @Nullable Path data) {
    Path labels = given.toAbsolutePath().normalize();
    if (Files.isDirectory(labels)) {
      labels = inside(labels);
    }
    if (!Files.isReadable(labels)) {
      throw new PostilException(
          ErrorCode.UNREADABLE_FILE,
          (Files.exists(labels) ? "no permission to read " : "there is no file ") + labels,
          "Check the path after --labels.");
    }
    if (data != null && !Files.isDirectory(data)) {
      throw new PostilException(
          ErrorCode.UNREADABLE_FILE,
          "there is no directory " + data,
          "Check the path after --data.");
    }
    Path media = data == null ? media(labels) : data;
    return new CocoSource(labels, media.toAbsolutePath().normalize());
  }

  private static Path inside(Path directory) {
    Path plain = directory.resolve("labels.json");
    if (Files.exists(plain)) {
      return plain;
    }
    Path annotations = directory.resolve("annotations");
    for (String task : List.of("instances", "person_keypoints")) {
      List<Path> files = List.of();
      if (Files.isDirectory(annotations)) {
        try (Stream<Path> list = Files.list(annotations)) {
          files =
              list.filter(f -> f.getFileName().toString().matches(task + "_.*\\.json"))
                  .sorted()
                  .toList();
        } catch (IOException e) {
          throw new PostilException(
              ErrorCode.UNREADABLE_FILE, annotations + " cannot be read", "Check it.", e);
        }
      }
      if (files.size() == 1) {
        return files.get(0);
      }
      if (files.size() > 1) {
        throw new PostilException(
            ErrorCode.INVALID_REQUEST,
            annotations + " holds several label files: " + files,
            "Name one of them after --labels.");
      }
    }
    throw new PostilException(
        ErrorCode.UNREADABLE_FILE,
        "there is neither labels.json nor annotations/instances_*.json in " + directory,
        "Name the labels file after --labels.");
  }

  private static Path media(Path labels) {
    Path directory = labels.resolveSibling("").normalize();
    String name = labels.getFileName().toString();
    String subset = name.substring(name.indexOf('_') + 1).replaceFirst("\\.json$", "");
    for (Path candidate :
        List.of(
            directory.resolve("data"),
            directory.resolve("../images/" + subset),
            directory.resolve("../" + subset),
            directory.resolve("images"))) {
      if (Files.isDirectory(candidate)) {
        return candidate;
      }
    }
    return directory;
  }

  /** The path or address of an image, or null if its name leads out of the directory. */
  @Nullable String media(String fileName) {
    if (Filepaths.isAddress(fileName)) {
      return fileName;
    }
    try {
      Path path = data.resolve(fileName).normalize();
      return path.startsWith(data) && !path.equals(data) ? path.toString() : null;
    } catch (java.nio.file.InvalidPathException e) {
      return null;
    }
  }
}
