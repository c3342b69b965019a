package io.postil.formats.media;

import io.postil.formats.media.MediaProbe.BadMedia;
import io.postil.formats.media.VideoIndex.FrameTimes;
import java.io.EOFException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * WebM and Matroska: when the frames of the first video track are shown. There is no table of them:
 * each block of the file tells its own time, so the file is gone through from block to block. Not
 * thread-safe.
 */
final class WebmIndex {
  private static final long TRACK_NUMBER = 0xD7L;
  private static final long CODEC = 0x86L;
  private static final long TIMESTAMP = 0xE7L;
  private static final long SIMPLE_BLOCK = 0xA3L;
  private static final long BLOCK_GROUP = 0xA0L;
  private static final long BLOCK = 0xA1L;

  private final FrameTimes times;
  private long nanosPerTick = 1_000_000;
  private long cluster;
  private long track = -1;
  private @Nullable String codec;
  // What was read of the track that is being looked at.
  private long number;
  private @Nullable String name;
  private boolean video;

  private WebmIndex(FrameTimes times) {
    this.times = times;
  }

  static WebmIndex read(ByteSource in, FrameTimes times) throws IOException, BadMedia {
    WebmIndex index = new WebmIndex(times);
    long at = 0;
    try {
      while (at < in.size() && !times.isFull()) {
        at = index.element(in, at);
      }
    } catch (EOFException e) {
      // A recording that was stopped: what is there is played.
    }
    index.chooseTrack();
    if (index.track < 0) {
      throw new BadMedia("has no video track");
    }
    return index;
  }

  @Nullable String codec() {
    return codec;
  }

  double ticksPerSecond() {
    return 1e9 / Math.max(1, nanosPerTick);
  }

  /** Looks at an element; answers where the next is, which is inside it if it has others. */
  private long element(ByteSource in, long at) throws IOException, BadMedia {
    EbmlElement element = EbmlElement.read(in, at);
    long id = element.id();
    if (id == EbmlElement.SEGMENT
        || id == EbmlElement.INFO
        || id == EbmlElement.TRACKS
        || id == BLOCK_GROUP) {
      return element.content();
    }
    if (id == EbmlElement.CLUSTER || id == EbmlElement.TRACK) {
      chooseTrack();
      return element.content();
    }
    if (element.length() == EbmlElement.UNKNOWN) {
      throw new BadMedia("is a damaged video: an element without a length at byte " + at);
    }
    content(in, element);
    // The last block of a recording that was stopped may end early.
    return Math.min(in.size(), element.content() + element.length());
  }

  private void content(ByteSource in, EbmlElement element) throws IOException {
    long id = element.id();
    if (id == EbmlElement.TIMESTAMP_SCALE) {
      nanosPerTick = element.number(in);
    } else if (id == TRACK_NUMBER) {
      number = element.number(in);
    } else if (id == EbmlElement.TRACK_TYPE) {
      video = element.number(in) == EbmlElement.VIDEO_TRACK;
    } else if (id == CODEC) {
      int length = (int) Math.min(64, element.length());
      name = in.text(element.content(), length).replace("\0", "");
    } else if (id == TIMESTAMP) {
      cluster = element.number(in);
    } else if (id == SIMPLE_BLOCK || id == BLOCK) {
      block(in, element.content());
    }
  }

  /** Keeps the first video track, when all of a track was read. */
  private void chooseTrack() {
    if (video && track < 0) {
      track = number;
      codec = name;
    }
    video = false;
    name = null;
  }

  private void block(ByteSource in, long from) throws IOException {
    int length = EbmlElement.length(in, from);
    if (length <= 8 && (EbmlElement.number(in, from, length) & EbmlElement.most(length)) == track) {
      times.add(cluster + (short) in.u16(from + length));
    }
  }
}
