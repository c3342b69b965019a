package io.postil.backends.labelstudio;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.annotation.UploadItem;
import io.postil.core.dataset.Filepaths;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Decides how the media of an item get to annotators. Immutable. */
final class MediaAddresses {
  /**
   * Where the media of an item are for a task.
   *
   * @param address what the task says; null if the file must be sent first
   * @param directory of a file on the server's disk the directory to connect, relative to what the
   *     server serves; else null
   */
  record Place(@Nullable String address, @Nullable String directory) {}

  private final Settings settings;

  MediaAddresses(Settings settings) {
    this.settings = settings;
  }

  /**
   * The place of an item's media.
   *
   * @throws PostilException with {@code INVALID_REQUEST} if the settings do not fit the item
   */
  Place place(UploadItem item) {
    String media = item.media();
    if (Filepaths.isAddress(media)) {
      return new Place(media, null);
    }
    Path file = path(media);
    Place byUrl = byUrl(file);
    Place local = local(file);
    return switch (settings.media()) {
      case AUTO -> byUrl != null ? byUrl : local != null ? local : new Place(null, null);
      case UPLOAD -> new Place(null, null);
      case URL -> {
        if (byUrl == null) {
          throw unfit(media, "it has no address", "Give media_root and media_url.");
        }
        yield byUrl;
      }
      case LOCAL -> {
        if (local == null) {
          throw unfit(
              media,
              "it is not in a directory under local_files_root, " + settings.localFilesRoot(),
              "Move the media there, or send them (media upload).");
        }
        yield local;
      }
    };
  }

  private static PostilException unfit(String media, String reason, String remedy) {
    return new PostilException(
        ErrorCode.INVALID_REQUEST, "the server cannot show " + media + ": " + reason, remedy);
  }

  private static Path path(String media) {
    try {
      return Path.of(media).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      throw unfit(media, "that is no path", "Correct the sample's filepath.");
    }
  }

  private @Nullable Place byUrl(Path file) {
    String root = settings.mediaRoot();
    String url = settings.mediaUrl();
    List<String> parts = root == null ? null : below(root, file);
    return parts == null || url == null
        ? null
        : new Place(url.replaceAll("/+$", "") + "/" + String.join("/", encoded(parts)), null);
  }

  /** The server shows files of connected directories below the one it serves, never of that. */
  private @Nullable Place local(Path file) {
    String root = settings.localFilesRoot();
    List<String> parts = root == null ? null : below(root, file);
    return parts == null || parts.size() < 2
        ? null
        : new Place("/data/local-files/?d=" + String.join("/", encoded(parts)), parts.get(0));
  }

  /** The names from a directory down to a file, or null if it is elsewhere. */
  private static @Nullable List<String> below(String root, Path file) {
    Path directory = path(root);
    if (!file.startsWith(directory) || file.equals(directory)) {
      return null;
    }
    List<String> parts = new ArrayList<>();
    directory.relativize(file).forEach(p -> parts.add(p.toString()));
    return parts;
  }

  private static List<String> encoded(List<String> parts) {
    return parts.stream()
        .map(p -> URLEncoder.encode(p, StandardCharsets.UTF_8).replace("+", "%20"))
        .toList();
  }

  /** The directory to connect, as the server names it. */
  String onServer(String directory) {
    String root =
        settings.localFilesServerRoot() != null
            ? settings.localFilesServerRoot()
            : path(String.valueOf(settings.localFilesRoot())).toString();
    return root.replaceAll("/+$", "") + "/" + directory;
  }
}
