package io.postil.formats.media;

import io.postil.formats.media.MediaProbe.BadMedia;
import io.postil.formats.media.VideoIndex.FrameTimes;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** WebM and Matroska: the elements Info and Tracks of the segment. */
final class WebmHeader {
  private static final long DURATION = 0x4489L;
  private static final long DEFAULT_DURATION = 0x23E383L;
  private static final long VIDEO = 0xE0L;
  private static final long PIXEL_WIDTH = 0xB0L;
  private static final long PIXEL_HEIGHT = 0xBAL;
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
      EbmlElement element = EbmlElement.read(in, at);
      long end =
          element.length() > to - element.content() ? to : element.content() + element.length();
      element(in, element, end, depth);
      at = end;
    }
  }

  private void element(ByteSource in, EbmlElement element, long to, int depth)
      throws IOException, BadMedia {
    long id = element.id();
    long from = element.content();
    if (id == EBML
        || id == EbmlElement.SEGMENT
        || id == EbmlElement.INFO
        || id == EbmlElement.TRACKS
        || id == VIDEO) {
      elements(in, from, to, depth + 1);
    } else if (id == EbmlElement.TRACK) {
      track(in, from, to, depth);
    } else if (id == DOCUMENT_TYPE) {
      matroska = in.has(from, "matroska");
    } else if (id == EbmlElement.TIMESTAMP_SCALE) {
      nanosPerTick = element.number(in);
    } else if (id == DURATION) {
      ticks = element.length() == 4 ? in.f32(from) : in.f64(from);
    } else if (id == EbmlElement.TRACK_TYPE) {
      trackType = element.number(in);
    } else if (id == DEFAULT_DURATION) {
      trackNanos = element.number(in);
    } else if (id == PIXEL_WIDTH && width == 0) {
      width = (int) element.number(in);
    } else if (id == PIXEL_HEIGHT && height == 0) {
      height = (int) element.number(in);
    } else if (id == EbmlElement.CLUSTER) {
      ended = true;
    }
  }

  private void track(ByteSource in, long from, long to, int depth) throws IOException, BadMedia {
    trackType = 0;
    trackNanos = 0;
    elements(in, from, to, depth + 1);
    if (trackType == EbmlElement.VIDEO_TRACK && frameNanos == 0) {
      frameNanos = trackNanos;
    }
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
