package io.postil.formats.media;

import io.postil.formats.media.MediaProbe.BadMedia;
import io.postil.formats.media.VideoIndex.FrameTimes;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** WebM and Matroska: the elements Info and Tracks of the segment. */
final class WebmHeader {
  private static final long UNKNOWN_LENGTH = Long.MAX_VALUE;
  private static final long SEGMENT = 0x18538067L;
  private static final long INFO = 0x1549A966L;
  private static final long TIMESTAMP_SCALE = 0x2AD7B1L;
  private static final long DURATION = 0x4489L;
  private static final long TRACKS = 0x1654AE6BL;
  private static final long TRACK = 0xAEL;
  private static final long TRACK_TYPE = 0x83L;
  private static final long VIDEO_TRACK = 1;
  private static final long DEFAULT_DURATION = 0x23E383L;
  private static final long VIDEO = 0xE0L;
  private static final long PIXEL_WIDTH = 0xB0L;
  private static final long PIXEL_HEIGHT = 0xBAL;
  private static final long CLUSTER = 0x1F43B675L;
  private static final long EBML = 0x1A45DFA3L;
  private static final long DOCUMENT_TYPE = 0x4282L;

  /** Elements within elements that a header needs at most; more is an attack on the stack. */
  private static final int MAX_DEPTH = 8;

  private long nanosPerTick = 1_000_000;
  private double ticks;
  private long frameNanos;
  private long trackNanos;
  private long trackType;
  private int width;
  private int height;
  private boolean ended;
  private boolean matroska;

  private WebmHeader() {}

  static @Nullable MediaInfo read(ByteSource in) throws IOException, BadMedia {
    if (!in.has(0, "\u001a\u0045\u00df\u00a3")) {
      return null;
    }
    WebmHeader header = new WebmHeader();
    header.elements(in, 0, in.size(), 0);
    if (header.width == 0) {
      throw new BadMedia("has no video track");
    }
    return header.info(frames(in));
  }

  /** The frames themselves, of which the header tells a length and a usual duration at most. */
  private static @Nullable VideoIndex frames(ByteSource in) throws IOException {
    try {
      FrameTimes times = new FrameTimes(VideoIndex.MOST_FRAMES);
      WebmIndex index = WebmIndex.read(in, times);
      return new VideoIndex(index.codec(), times.sorted(), index.ticksPerSecond(), false);
    } catch (BadMedia e) {
      return null;
    }
  }

  private void elements(ByteSource in, long from, long to, int depth) throws IOException, BadMedia {
    if (depth > MAX_DEPTH) {
      throw new BadMedia("is a damaged video: elements nested too deeply at byte " + from);
    }
    long at = from;
    while (at < to && !ended) {
      int idLength = Integer.numberOfLeadingZeros(in.u8(at)) - 23;
      if (idLength > 4) {
        throw new BadMedia("is a damaged video: no element at byte " + at);
      }
      long id = 0;
      for (int i = 0; i < idLength; i++) {
        id = id << 8 | in.u8(at + i);
      }
      long content = at + idLength;
      int lengthLength = Integer.numberOfLeadingZeros(in.u8(content)) - 23;
      if (lengthLength > 8) {
        throw new BadMedia("is a damaged video: no length at byte " + content);
      }
      long length = in.u8(content) & (0xFF >> lengthLength);
      boolean unknown = length == 0xFF >> lengthLength;
      for (int i = 1; i < lengthLength; i++) {
        int next = in.u8(content + i);
        unknown &= next == 0xFF;
        length = length << 8 | next;
      }
      content += lengthLength;
      long end = unknown || length > to - content ? to : content + length;
      element(in, id, content, end, unknown ? UNKNOWN_LENGTH : length, depth);
      at = end;
    }
  }

  private void element(ByteSource in, long id, long from, long to, long length, int depth)
      throws IOException, BadMedia {
    if (id == EBML || id == SEGMENT || id == INFO || id == TRACKS || id == VIDEO) {
      elements(in, from, to, depth + 1);
    } else if (id == TRACK) {
      track(in, from, to, depth);
    } else if (id == DOCUMENT_TYPE) {
      matroska = in.has(from, "matroska");
    } else if (id == TIMESTAMP_SCALE) {
      nanosPerTick = number(in, from, length);
    } else if (id == DURATION) {
      ticks = length == 4 ? in.f32(from) : in.f64(from);
    } else if (id == TRACK_TYPE) {
      trackType = number(in, from, length);
    } else if (id == DEFAULT_DURATION) {
      trackNanos = number(in, from, length);
    } else if (id == PIXEL_WIDTH && width == 0) {
      width = (int) number(in, from, length);
    } else if (id == PIXEL_HEIGHT && height == 0) {
      height = (int) number(in, from, length);
    } else if (id == CLUSTER) {
      ended = true;
    }
  }

  private void track(ByteSource in, long from, long to, int depth) throws IOException, BadMedia {
    trackType = 0;
    trackNanos = 0;
    elements(in, from, to, depth + 1);
    if (trackType == VIDEO_TRACK && frameNanos == 0) {
      frameNanos = trackNanos;
    }
  }

  private static long number(ByteSource in, long at, long length) throws IOException {
    long value = 0;
    for (int i = 0; i < Math.min(8, length); i++) {
      value = value << 8 | in.u8(at + i);
    }
    return value;
  }

  private MediaInfo info(@Nullable VideoIndex index) {
    Double seconds = ticks > 0 ? (Double) (ticks * nanosPerTick / 1e9) : null;
    Double rate = frameNanos > 0 ? (Double) (1e9 / frameNanos) : null;
    Integer frames =
        seconds != null && rate != null ? (Integer) (int) Math.round(seconds * rate) : null;
    if (index != null && index.frameCount() > 1) {
      frames = index.frameCount();
      rate = rate != null && index.isEven() ? rate : (Double) index.rate();
      seconds = seconds == null && rate > 0 ? (Double) (frames / rate) : seconds;
    }
    String mime = matroska ? "video/x-matroska" : "video/webm";
    return new MediaInfo.Video(width, height, rate, frames, seconds, mime);
  }
}
