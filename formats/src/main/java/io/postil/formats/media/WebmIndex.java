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
  private static final long SEGMENT = 0x18538067L;
  private static final long INFO = 0x1549A966L;
  private static final long TIMESTAMP_SCALE = 0x2AD7B1L;
  private static final long TRACKS = 0x1654AE6BL;
  private static final long TRACK = 0xAEL;
  private static final long TRACK_NUMBER = 0xD7L;
  private static final long TRACK_TYPE = 0x83L;
  private static final long CODEC = 0x86L;
  private static final long CLUSTER = 0x1F43B675L;
  private static final long TIMESTAMP = 0xE7L;
  private static final long SIMPLE_BLOCK = 0xA3L;
  private static final long BLOCK_GROUP = 0xA0L;
  private static final long BLOCK = 0xA1L;
  private static final long VIDEO = 1;

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
    int idLength = Integer.numberOfLeadingZeros(in.u8(at)) - 23;
    if (idLength > 4) {
      throw new BadMedia("is a damaged video: no element at byte " + at);
    }
    long id = bytes(in, at, idLength);
    int lengthLength = Integer.numberOfLeadingZeros(in.u8(at + idLength)) - 23;
    if (lengthLength > 8) {
      throw new BadMedia("is a damaged video: no length at byte " + (at + idLength));
    }
    long mask = (1L << 7 * lengthLength) - 1;
    long length = bytes(in, at + idLength, lengthLength) & mask;
    long from = at + idLength + lengthLength;
    if (id == SEGMENT || id == INFO || id == TRACKS || id == BLOCK_GROUP) {
      return from;
    }
    if (id == CLUSTER || id == TRACK) {
      chooseTrack();
      return from;
    }
    if (length == mask) {
      throw new BadMedia("is a damaged video: an element without a length at byte " + at);
    }
    content(in, id, from, length);
    // The last block of a recording that was stopped may end early.
    return Math.min(in.size(), from + length);
  }

  private void content(ByteSource in, long id, long from, long length) throws IOException {
    int short_ = (int) Math.min(8, length);
    if (id == TIMESTAMP_SCALE) {
      nanosPerTick = bytes(in, from, short_);
    } else if (id == TRACK_NUMBER) {
      number = bytes(in, from, short_);
    } else if (id == TRACK_TYPE) {
      video = bytes(in, from, short_) == VIDEO;
    } else if (id == CODEC) {
      name = in.text(from, (int) Math.min(64, length)).replace("\0", "");
    } else if (id == TIMESTAMP) {
      cluster = bytes(in, from, short_);
    } else if (id == SIMPLE_BLOCK || id == BLOCK) {
      block(in, from);
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
    int numberLength = Integer.numberOfLeadingZeros(in.u8(from)) - 23;
    long mask = (1L << 7 * numberLength) - 1;
    if (numberLength <= 8 && (bytes(in, from, numberLength) & mask) == track) {
      times.add(cluster + (short) in.u16(from + numberLength));
    }
  }

  private static long bytes(ByteSource in, long at, int count) throws IOException {
    long value = 0;
    for (int i = 0; i < count; i++) {
      value = value << 8 | in.u8(at + i);
    }
    return value;
  }
}
