package io.postil.formats.media;

import io.postil.formats.media.MediaProbe.BadMedia;
import io.postil.formats.media.VideoIndex.FrameTimes;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** MP4 and QuickTime: the boxes of the first video track. */
final class Mp4Header {
  /** Boxes within boxes that a track needs at most; more is an attack on the stack. */
  private static final int MAX_DEPTH = 8;

  private int width;
  private int height;
  private long timescale;
  private long duration;
  private long samples = -1;
  private boolean video;
  private boolean edited;
  private boolean fragmented;

  private Mp4Header() {}

  static @Nullable MediaInfo read(ByteSource in) throws IOException, BadMedia {
    if (!isKind(in)) {
      return null;
    }
    String mime = in.has(8, "qt  ") || !in.has(4, "ftyp") ? "video/quicktime" : "video/mp4";
    if (in.has(8, "avif") || in.has(8, "heic") || in.has(8, "mif1")) {
      throw new BadMedia("is a HEIF or AVIF image, which Postil does not read");
    }
    Mp4Header header = new Mp4Header();
    long at = 0;
    while (at + 8 <= in.size()) {
      long length = length(in, at, in.size());
      if (in.has(at + 4, "moov")) {
        header.tracks(in, at + 8, at + length);
        if (!header.video) {
          throw new BadMedia("has no video track");
        }
        if (header.edited || header.fragmented) {
          header.recount(in);
        }
        return header.info(mime);
      }
      at += length;
    }
    throw new BadMedia("is a video that is cut off: it has no index (moov)");
  }

  /** Whether a file begins as MP4 and QuickTime files do. */
  static boolean isKind(ByteSource in) throws IOException {
    return in.has(4, "ftyp") || in.has(4, "moov") || in.has(4, "mdat") || in.has(4, "wide");
  }

  /** The length of a box with its header. */
  static long length(ByteSource in, long at, long end) throws IOException, BadMedia {
    long length = in.u32(at);
    if (length == 0) {
      return end - at;
    }
    if (length == 1) {
      length = in.s64(at + 8);
    }
    if (length < 8) {
      throw new BadMedia("is a damaged video: box of " + length + " bytes at byte " + at);
    }
    return length;
  }

  private void tracks(ByteSource in, long from, long to) throws IOException, BadMedia {
    long at = from;
    while (at + 8 <= to) {
      long length = length(in, at, to);
      fragmented |= in.has(at + 4, "mvex");
      if (!video && in.has(at + 4, "trak")) {
        samples = -1;
        edited = false;
        track(in, at + 8, at + length, 0);
      }
      at += length;
    }
  }

  private void track(ByteSource in, long from, long to, int depth) throws IOException, BadMedia {
    if (depth > MAX_DEPTH) {
      throw new BadMedia("is a damaged video: boxes nested too deeply at byte " + from);
    }
    long at = from;
    while (at + 8 <= to) {
      long length = length(in, at, to);
      switch (in.text(at + 4, 4)) {
        case "tkhd" -> size(in, at + 8);
        case "mdhd" -> clock(in, at + 8);
        // QuickTime has a second one, of the file that holds the data.
        case "hdlr" -> video |= in.has(at + 16, "vide");
        case "stts" -> count(in, at + 8);
        case "elst" -> edited = true;
        case "edts", "mdia", "minf", "stbl" -> track(in, at + 8, at + length, depth + 1);
        default -> {}
      }
      at += length;
    }
  }

  /** The size in whole pixels; a rotation by a quarter turn swaps it, as players do. */
  private void size(ByteSource in, long at) throws IOException {
    long matrix = at + (in.u8(at) == 1 ? 52 : 40);
    int w = in.u16(matrix + 36);
    int h = in.u16(matrix + 40);
    boolean turned = in.s32(matrix) == 0 && in.s32(matrix + 4) != 0;
    width = turned ? h : w;
    height = turned ? w : h;
  }

  private void clock(ByteSource in, long at) throws IOException {
    boolean wide = in.u8(at) == 1;
    timescale = in.u32(at + (wide ? 20 : 12));
    duration = wide ? in.s64(at + 24) : in.u32(at + 16);
  }

  private void count(ByteSource in, long at) throws IOException {
    long entries = in.u32(at + 4);
    samples = 0;
    for (long i = 0; i < entries; i++) {
      samples += in.u32(at + 8 + 8 * i);
    }
  }

  /** Counts the frames that edits leave, or those of fragments. */
  private void recount(ByteSource in) throws IOException, BadMedia {
    FrameTimes times = new FrameTimes(VideoIndex.MOST_FRAMES);
    Mp4Index index = Mp4Index.read(in, times);
    VideoIndex shown = new VideoIndex(index.codec(), times.sorted(), index.timescale(), false);
    if (shown.frameCount() > 0 && shown.frameCount() != samples) {
      double rate =
          samples > 0 && duration > 0 ? samples * (double) timescale / duration : shown.rate();
      samples = shown.frameCount();
      duration = rate > 0 ? Math.round(samples / rate * timescale) : duration;
    }
  }

  private MediaInfo info(String mime) {
    Double seconds =
        timescale > 0 && duration > 0 ? (Double) (duration / (double) timescale) : null;
    Integer frames = samples > 0 && samples <= Integer.MAX_VALUE ? (Integer) (int) samples : null;
    Double rate = seconds != null && frames != null ? (Double) (frames / seconds) : null;
    return new MediaInfo.Video(width, height, rate, frames, seconds, mime);
  }
}
