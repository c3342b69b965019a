package io.postil.formats.media;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.value.Document;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the header of images (PNG, JPEG, GIF, WebP, BMP, TIFF) and videos (MP4, MOV, WebM,
 * Matroska). The kind is told from the content, never from the name. Stateless and thread-safe.
 */
public final class MediaProbe {
  /** File name endings of the files that a directory import takes for images. */
  private static final Set<String> IMAGES =
      Set.of("png", "jpg", "jpeg", "jpe", "jfif", "gif", "webp", "bmp", "dib", "tif", "tiff");

  /** File name endings of the files that a directory import takes for videos. */
  private static final Set<String> VIDEOS = Set.of("mp4", "m4v", "mov", "webm", "mkv");

  /** One kind of file: a test of its first bytes and a reader of its header. */
  private interface Header {
    /** The header's content, or null if the file is of another kind. */
    @Nullable MediaInfo read(ByteSource in) throws IOException, BadMedia;
  }

  private static final List<Header> HEADERS =
      List.of(
          JpegHeader::read,
          PngHeader::read,
          WebpHeader::read,
          GifHeader::read,
          Mp4Header::read,
          WebmHeader::read,
          TiffHeader::read,
          BmpHeader::read);

  /** Says that a file is of a known kind but wrong; the message completes "FILE is ...". */
  static final class BadMedia extends Exception {
    private static final long serialVersionUID = 1L;

    BadMedia(String message) {
      super(message, null, false, false);
    }
  }

  private MediaProbe() {}

  /** Whether a file's name ends like that of an image or video. */
  public static boolean isMediaName(Path file) {
    String ending = ending(file);
    return IMAGES.contains(ending) || VIDEOS.contains(ending);
  }

  private static String ending(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
  }

  /**
   * Reads what the header of a file says.
   *
   * @throws PostilException with {@code UNREADABLE_FILE} if it is missing or can't be read, {@code
   *     INVALID_FILE} if it is no image or video, cut off, or without pixels
   */
  public static MediaInfo probe(Path file) {
    try (ByteSource in = ByteSource.open(file)) {
      if (in.size() == 0) {
        throw invalid(file, "is empty");
      }
      for (Header header : HEADERS) {
        MediaInfo info = header.read(in.order(java.nio.ByteOrder.BIG_ENDIAN));
        if (info != null) {
          return checked(file, info);
        }
      }
      throw new PostilException(
          ErrorCode.INVALID_FILE,
          file + " is not an image or video that Postil knows",
          "Known: PNG, JPEG, GIF, WebP, BMP, TIFF; MP4, MOV, WebM, Matroska.");
    } catch (EOFException e) {
      throw invalid(file, "is cut off: its header ends too early");
    } catch (BadMedia e) {
      throw invalid(file, e.getMessage());
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /** The sample metadata of a file; fails as {@link #probe}. */
  public static Document metadata(Path file) {
    MediaInfo info = probe(file);
    try {
      return info.toMetadata(Files.size(file));
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static MediaInfo checked(Path file, MediaInfo info) {
    if (info.width() <= 0 || info.height() <= 0) {
      throw invalid(file, "has no pixels: " + info.width() + " x " + info.height());
    }
    return info;
  }

  static PostilException invalid(Path file, @Nullable String what) {
    return new PostilException(
        ErrorCode.INVALID_FILE, file + " " + what, "Replace the file or leave it out.");
  }

  static PostilException unreadable(Path file, IOException e) {
    if (e instanceof NoSuchFileException) {
      return new PostilException(
          ErrorCode.UNREADABLE_FILE, "there is no file " + file, "Check its path.", e);
    }
    String why = e instanceof AccessDeniedException ? "permission denied" : e.getMessage();
    return new PostilException(
        ErrorCode.UNREADABLE_FILE,
        file + " cannot be read: " + why,
        "Check its permissions and the disk.",
        e);
  }
}
