package io.postil.formats.media;

import io.postil.core.dataset.MediaType;
import io.postil.core.value.Document;
import org.jspecify.annotations.Nullable;

/** What the header of an image or video says. */
public sealed interface MediaInfo {
  /** Width in pixels, as a browser shows it. */
  int width();

  /** Height in pixels, as a browser shows it. */
  int height();

  /** The MIME type, such as {@code image/png}. */
  String mimeType();

  /** The sample metadata with FiftyOne's names. */
  Document toMetadata(long sizeBytes);

  /** Image or video. */
  MediaType mediaType();

  /**
   * An image.
   *
   * @param width width after its EXIF orientation was applied
   * @param height height after its EXIF orientation was applied
   * @param channels samples a pixel: 1 grey, 2 grey and alpha, 3 colour, 4 colour and alpha or CMYK
   * @param orientation the EXIF orientation, 1 to 8; 1 if it has none
   * @param mimeType its MIME type
   */
  record Image(int width, int height, int channels, int orientation, String mimeType)
      implements MediaInfo {
    /** An image as stored, to be shown by an orientation; 5 to 8 swap width and height. */
    static Image oriented(int width, int height, int channels, int orientation, String mimeType) {
      boolean swapped = orientation >= 5;
      return new Image(
          swapped ? height : width, swapped ? width : height, channels, orientation, mimeType);
    }

    @Override
    public MediaType mediaType() {
      return MediaType.IMAGE;
    }

    @Override
    public Document toMetadata(long sizeBytes) {
      return Document.builder()
          .append("_cls", "ImageMetadata")
          .append("size_bytes", sizeBytes)
          .append("mime_type", mimeType)
          .append("width", width)
          .append("height", height)
          .append("num_channels", channels)
          .build();
    }
  }

  /**
   * A video; what its header leaves open is null.
   *
   * @param width width of its picture
   * @param height height of its picture
   * @param frameRate frames a second
   * @param frameCount number of frames
   * @param duration length in seconds
   * @param mimeType its MIME type
   */
  record Video(
      int width,
      int height,
      @Nullable Double frameRate,
      @Nullable Integer frameCount,
      @Nullable Double duration,
      String mimeType)
      implements MediaInfo {
    @Override
    public MediaType mediaType() {
      return MediaType.VIDEO;
    }

    @Override
    public Document toMetadata(long sizeBytes) {
      return Document.builder()
          .append("_cls", "VideoMetadata")
          .append("size_bytes", sizeBytes)
          .append("mime_type", mimeType)
          .append("frame_width", width)
          .append("frame_height", height)
          .putIfPresent("frame_rate", frameRate)
          .putIfPresent("total_frame_count", frameCount)
          .putIfPresent("duration", duration)
          .build();
    }
  }
}
