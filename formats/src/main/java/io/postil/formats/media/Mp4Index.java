package io.postil.formats.media;

import io.postil.formats.media.MediaProbe.BadMedia;
import io.postil.formats.media.VideoIndex.FrameTimes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * MP4 and QuickTime: when the frames of the first video track are shown, by its tables, or by the
 * fragments of a file that was written as it was recorded. Edit lists are done as players do: a
 * frame is shown if it begins within an edit. Not thread-safe.
 */
final class Mp4Index {
  /** More edits than people make; a list of more is damaged. */
  private static final int MOST_EDITS = 10_000;

  private static final long EMPTY_EDIT = -1;

  /** A stretch of the media in its ticks; of an empty one the player waits. */
  private record Edit(long from, long length) {}

  private final FrameTimes times;
  private final List<Edit> edits = new ArrayList<>();
  private long movieTimescale = 1;
  private long timescale;
  private long track;
  private long defaultDuration;
  private long next;
  private @Nullable String codec;
  private boolean video;
  private boolean reordered;

  private Mp4Index(FrameTimes times) {
    this.times = times;
  }

  /** Reads the index; times are those of the player's clock, in any order. */
  static Mp4Index read(ByteSource in, FrameTimes times) throws IOException, BadMedia {
    Mp4Index index = new Mp4Index(times);
    long at = 0;
    while (at + 8 <= in.size() && !(index.video && times.isFull())) {
      long length = Mp4Header.length(in, at, in.size());
      if (in.has(at + 4, "moov")) {
        index.movie(in, at + 8, at + length);
        if (!index.video) {
          throw new BadMedia("has no video track");
        }
      } else if (in.has(at + 4, "moof") && index.video) {
        index.fragment(in, at + 8, at + length);
      }
      at += length;
    }
    if (!index.video) {
      throw new BadMedia("is a video that is cut off: it has no index (moov)");
    }
    index.edit();
    return index;
  }

  @Nullable String codec() {
    return codec;
  }

  /**
   * Whether the first frame is shown later than it is decoded, and no edit list makes up for it.
   */
  boolean isLateByReordering() {
    return reordered && edits.isEmpty();
  }

  long timescale() {
    return Math.max(1, timescale);
  }

  private void movie(ByteSource in, long from, long to) throws IOException, BadMedia {
    for (long at = from; at + 8 <= to; at += Mp4Header.length(in, at, to)) {
      long length = Mp4Header.length(in, at, to);
      switch (in.text(at + 4, 4)) {
        case "mvhd" -> movieTimescale = in.u32(at + (in.u8(at + 8) == 1 ? 28 : 20));
        case "trak" -> {
          if (!video) {
            edits.clear();
            times.clear();
            boxes(in, at + 8, at + length);
          }
        }
        case "mvex" -> extension(in, at + 8, at + length);
        default -> {}
      }
    }
  }

  /** The boxes of a track; those of one with sound are read as well, and forgotten. */
  private void boxes(ByteSource in, long from, long to) throws IOException, BadMedia {
    List<long[]> tables = new ArrayList<>();
    List<long[]> inside = new ArrayList<>();
    inside.add(new long[] {from, to});
    for (int i = 0; i < inside.size() && i < 32; i++) {
      long end = inside.get(i)[1];
      for (long at = inside.get(i)[0]; at + 8 <= end; at += Mp4Header.length(in, at, end)) {
        long length = Mp4Header.length(in, at, end);
        switch (in.text(at + 4, 4)) {
          case "mdia", "minf", "stbl", "edts" -> inside.add(new long[] {at + 8, at + length});
          case "tkhd" -> track = in.u32(at + (in.u8(at + 8) == 1 ? 28 : 20));
          case "mdhd" -> timescale = in.u32(at + (in.u8(at + 8) == 1 ? 28 : 20));
          case "hdlr" -> video |= in.has(at + 16, "vide");
          case "elst" -> edits(in, at + 8);
          case "stsd" -> codec = in.u32(at + 12) > 0 ? in.text(at + 20, 4) : null;
          case "stts" -> tables.add(0, new long[] {at + 8});
          case "ctts" -> tables.add(new long[] {at + 8});
          default -> {}
        }
      }
    }
    if (!video) {
      return;
    }
    for (int i = 0; i < tables.size(); i++) {
      if (i == 0) {
        durations(in, tables.get(i)[0]);
      } else {
        offsets(in, tables.get(i)[0]);
      }
    }
  }

  private void edits(ByteSource in, long at) throws IOException, BadMedia {
    boolean wide = in.u8(at) == 1;
    long count = in.u32(at + 4);
    if (count > MOST_EDITS) {
      throw new BadMedia("is a damaged video: an edit list of " + count + " entries");
    }
    for (long i = 0; i < count; i++) {
      long entry = at + 8 + i * (wide ? 20 : 12);
      long length = wide ? in.s64(entry) : in.u32(entry);
      long from = wide ? in.s64(entry + 8) : in.s32(entry + 4);
      edits.add(new Edit(from, length));
    }
  }

  /** The table of how long each frame is shown: when each one is decoded. */
  private void durations(ByteSource in, long at) throws IOException {
    long entries = in.u32(at + 4);
    for (long i = 0; i < entries && !times.isFull(); i++) {
      long count = in.u32(at + 8 + 8 * i);
      long duration = in.u32(at + 12 + 8 * i);
      for (long k = 0; k < count && !times.isFull(); k++) {
        times.add(next);
        next += duration;
      }
    }
  }

  /** The table of how much later than it is decoded each frame is shown. */
  private void offsets(ByteSource in, long at) throws IOException {
    long entries = in.u32(at + 4);
    int frame = 0;
    for (long i = 0; i < entries && frame < times.size(); i++) {
      long count = in.u32(at + 8 + 8 * i);
      // Unsigned by the first version of the table, and yet written with a sign by many.
      long offset = in.s32(at + 12 + 8 * i);
      reordered |= frame == 0 && offset > 0;
      for (long k = 0; k < count && frame < times.size(); k++, frame++) {
        times.set(frame, times.get(frame) + offset);
      }
    }
  }

  private void extension(ByteSource in, long from, long to) throws IOException, BadMedia {
    for (long at = from; at + 8 <= to; at += Mp4Header.length(in, at, to)) {
      if (in.has(at + 4, "trex") && in.u32(at + 12) == track) {
        defaultDuration = in.u32(at + 20);
      }
    }
  }

  private void fragment(ByteSource in, long from, long to) throws IOException, BadMedia {
    for (long at = from; at + 8 <= to; at += Mp4Header.length(in, at, to)) {
      if (in.has(at + 4, "traf")) {
        trackFragment(in, at + 8, at + Mp4Header.length(in, at, to));
      }
    }
  }

  private void trackFragment(ByteSource in, long from, long to) throws IOException, BadMedia {
    long duration = defaultDuration;
    boolean ours = false;
    for (long at = from; at + 8 <= to; at += Mp4Header.length(in, at, to)) {
      if (in.has(at + 4, "tfhd")) {
        long flags = in.u24(at + 9);
        ours = in.u32(at + 12) == track;
        long place = at + 16 + ((flags & 1) != 0 ? 8 : 0) + ((flags & 2) != 0 ? 4 : 0);
        duration = (flags & 8) != 0 ? in.u32(place) : duration;
      } else if (ours && in.has(at + 4, "tfdt")) {
        next = in.u8(at + 8) == 1 ? in.s64(at + 12) : in.u32(at + 12);
      } else if (ours && in.has(at + 4, "trun")) {
        run(in, at + 8, duration);
      }
    }
  }

  /** The frames of a piece of a fragment. */
  private void run(ByteSource in, long at, long defaultOfFragment) throws IOException {
    long flags = in.u24(at + 1);
    long count = in.u32(at + 4);
    long entry = at + 8 + ((flags & 1) != 0 ? 4 : 0) + ((flags & 4) != 0 ? 4 : 0);
    for (long i = 0; i < count && !times.isFull(); i++) {
      long duration = defaultOfFragment;
      if ((flags & 0x100) != 0) {
        duration = in.u32(entry);
        entry += 4;
      }
      entry += ((flags & 0x200) != 0 ? 4 : 0) + ((flags & 0x400) != 0 ? 4 : 0);
      long offset = 0;
      if ((flags & 0x800) != 0) {
        offset = in.s32(entry);
        entry += 4;
      }
      reordered |= times.size() == 0 && offset > 0;
      times.add(next + offset);
      next += duration;
    }
  }

  /** Puts the frames on the player's clock, and leaves out those that no edit shows. */
  private void edit() {
    if (edits.isEmpty()) {
      return;
    }
    long[] media = times.sorted();
    times.clear();
    double perMovieTick = timescale() / (double) Math.max(1, movieTimescale);
    long shownAt = 0;
    long waits = 0;
    for (Edit edit : edits) {
      long length = Math.round(edit.length() * perMovieTick);
      if (edit.from() == EMPTY_EDIT) {
        waits += length;
      } else {
        // A length of nothing is that of a file whose fragments were not written yet.
        long end = edit.length() == 0 ? Long.MAX_VALUE : edit.from() + length;
        int found = Arrays.binarySearch(media, edit.from());
        for (int i = found < 0 ? -found - 1 : found;
            i < media.length && media[i] < end && !times.isFull();
            i++) {
          times.add(media[i] - edit.from() + shownAt);
        }
      }
      shownAt += length;
    }
    // An edit that begins in the middle of a frame leaves that out, and the next is shown at once.
    long first = Long.MAX_VALUE;
    for (int i = 0; i < times.size(); i++) {
      first = Math.min(first, times.get(i));
    }
    for (int i = 0; i < times.size() && first > waits; i++) {
      times.set(i, times.get(i) - first + waits);
    }
  }
}
