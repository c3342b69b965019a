package io.postil.core.annotation;

import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A sample on its way to a backend: an image, a video, a frame of a video sent as an image, or a
 * clip of a video.
 *
 * @param id the id that answers refer to: of the sample, frame or clip
 * @param media path or URL of the media
 * @param metadata what is known of the media, or null
 * @param firstFrame of a clip the first frame, else 0
 * @param lastFrame of a clip the last frame, else 0
 * @param content the labels and values sent with it, by ascending frame; can be read several times
 *     while it is being sent, not later; a long video is read piece by piece
 */
public record UploadItem(
    ObjectId id,
    String media,
    @Nullable Document metadata,
    int firstFrame,
    int lastFrame,
    Iterable<Content> content) {

  /**
   * What a field holds.
   *
   * @param frameNumber the frame, or 0 for the item itself
   * @param field the field's name in the schema
   * @param kind what it is
   * @param labels the labels, unless it is a scalar
   * @param scalar the value, if it is a scalar
   */
  public record Content(
      int frameNumber,
      String field,
      AnswerKind kind,
      List<io.postil.core.label.SingleLabel> labels,
      @Nullable Object scalar) {}
}
