package io.postil.backends.labelstudio;

import io.postil.core.value.Document;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the picture or video of an item.
 *
 * @param width in pixels, or 0
 * @param height in pixels, or 0
 * @param frames number of frames of a video, or 0
 * @param frameRate frames a second of a video, or 0
 */
record ItemMedia(int width, int height, int frames, double frameRate) {
  static final ItemMedia UNKNOWN = new ItemMedia(0, 0, 0, 0);

  /** From a sample's metadata. */
  static ItemMedia of(@Nullable Document metadata) {
    if (metadata == null) {
      return UNKNOWN;
    }
    Double rate = metadata.getDouble("frame_rate");
    return new ItemMedia(
        (int) metadata.getLong("width", metadata.getLong("frame_width", 0)),
        (int) metadata.getLong("height", metadata.getLong("frame_height", 0)),
        (int) metadata.getLong("total_frame_count", 0),
        rate == null ? 0 : rate);
  }

  /** From a task's data, as {@link #put} left it. */
  static ItemMedia ofTask(Document data) {
    Double rate = data.getDouble("frame_rate");
    return new ItemMedia(
        (int) data.getLong("width", 0),
        (int) data.getLong("height", 0),
        (int) data.getLong("frames", 0),
        rate == null ? 0 : rate);
  }

  /** Adds it to a task's data. */
  void put(Document.Builder data) {
    if (hasSize()) {
      data.put("width", width).put("height", height);
    }
    if (frames > 0) {
      data.put("frames", frames);
    }
    if (frameRate > 0) {
      data.put("frame_rate", frameRate);
    }
  }

  boolean hasSize() {
    return width > 0 && height > 0;
  }

  /** With the size that the editor noted in an answer, where ours is not known. */
  ItemMedia orSizeOf(List<Region> rows) {
    if (hasSize()) {
      return this;
    }
    for (Region row : rows) {
      if (row.width() > 0 && row.height() > 0) {
        return new ItemMedia(row.width(), row.height(), frames, frameRate);
      }
    }
    return this;
  }
}
