package io.postil.formats.media;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.formats.media.MediaProbe.BadMedia;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What the index of a video says of its frames: how they are coded, and when each one is shown, in
 * the order in which it is shown. Frames that an edit list hides are none. Nothing is decoded.
 * Immutable and thread-safe.
 */
public final class VideoIndex {
  /** More frames than a day of video has; more are not listed. */
  static final int MOST_FRAMES = 10_000_000;

  /**
   * How far a frame may be from its place at an even rate, in frames, and still be found by
   * rounding. Files that tell times in milliseconds have every frame a little beside it.
   */
  private static final double TOLERANCE = 0.4;

  /** No codec shows a frame later behind those that are decoded after it. */
  private static final int MOST_REORDERED = 32;

  private final @Nullable String codec;
  private final long[] ticks;
  private final double ticksPerSecond;
  private final boolean lateByReordering;

  VideoIndex(
      @Nullable String codec, long[] ticks, double ticksPerSecond, boolean lateByReordering) {
    this.codec = codec;
    this.ticks = ticks;
    this.ticksPerSecond = ticksPerSecond;
    this.lateByReordering = lateByReordering;
  }

  /**
   * Reads the index of a video.
   *
   * @param mostFrames how many frames to list at most
   * @throws PostilException with {@code UNREADABLE_FILE} if the file is missing or can't be read,
   *     {@code INVALID_FILE} if it is no MP4, QuickTime, WebM or Matroska file or is damaged
   */
  public static VideoIndex read(Path file, int mostFrames) {
    try (ByteSource in = ByteSource.open(file).order(ByteOrder.BIG_ENDIAN)) {
      FrameTimes times = new FrameTimes(mostFrames);
      String codec;
      double ticksPerSecond;
      boolean lateByReordering = false;
      if (in.has(0, "\u001a\u0045\u00df\u00a3")) {
        WebmIndex index = WebmIndex.read(in, times);
        codec = index.codec();
        ticksPerSecond = index.ticksPerSecond();
      } else if (!Mp4Header.isKind(in)) {
        throw new PostilException(
            ErrorCode.INVALID_FILE,
            file + " is no video whose index Postil reads",
            "Known: MP4, MOV, WebM, Matroska.");
      } else {
        Mp4Index index = Mp4Index.read(in, times);
        codec = index.codec();
        ticksPerSecond = index.timescale();
        lateByReordering = index.isLateByReordering();
      }
      return new VideoIndex(codec, times.sorted(), ticksPerSecond, lateByReordering);
    } catch (EOFException e) {
      throw MediaProbe.invalid(file, "is cut off: its index ends too early");
    } catch (BadMedia e) {
      throw MediaProbe.invalid(file, e.getMessage());
    } catch (IOException e) {
      throw MediaProbe.unreadable(file, e);
    }
  }

  /** Reads the index of a video whole. */
  public static VideoIndex read(Path file) {
    return read(file, MOST_FRAMES);
  }

  /** The name of the codec in the file, such as {@code avc1} or {@code V_VP9}; null without one. */
  public @Nullable String codec() {
    return codec;
  }

  /** The number of frames that are shown; 0 if the file does not tell. */
  public int frameCount() {
    return ticks.length;
  }

  /** When a frame, counted from 1, is shown, in seconds. */
  public double start(int frame) {
    return ticks[frame - 1] / ticksPerSecond;
  }

  /** When each frame is shown, in seconds. */
  public double[] starts() {
    return Arrays.stream(ticks).mapToDouble(t -> t / ticksPerSecond).toArray();
  }

  /** Frames a second, from the first frame to the last; 0 if there are less than two frames. */
  public double rate() {
    long span = ticks.length < 2 ? 0 : ticks[ticks.length - 1] - ticks[0];
    return span == 0 ? 0 : (ticks.length - 1) * ticksPerSecond / span;
  }

  /**
   * Whether all frames are shown later than they are decoded, and no edit list makes up for it.
   * Browsers look for a frame by when it is decoded, and pass over some that are shown just before
   * a key frame.
   */
  public boolean isLateByReordering() {
    return lateByReordering;
  }

  /** Whether each frame is found by rounding its time at the {@link #rate}. */
  public boolean isEven() {
    double step =
        ticks.length < 2 ? 0 : (ticks[ticks.length - 1] - ticks[0]) / (ticks.length - 1.0);
    for (int i = 0; i < ticks.length; i++) {
      if (Math.abs(ticks[i] - ticks[0] - i * step) > TOLERANCE * step) {
        return false;
      }
    }
    return true;
  }

  /** A growing list of times in the order in which frames are decoded. Not thread-safe. */
  static final class FrameTimes {
    private final int most;
    private long[] times = new long[1024];
    private int size;

    FrameTimes(int mostFrames) {
      this.most = Math.min(MOST_FRAMES, mostFrames);
    }

    int size() {
      return size;
    }

    /** Whether there are as many as were asked for. */
    boolean isFull() {
      return size >= most;
    }

    void add(long time) {
      if (size == times.length) {
        times = Arrays.copyOf(times, size * 2);
      }
      times[size++] = time;
    }

    long get(int index) {
      return times[index];
    }

    void set(int index, long time) {
      times[index] = time;
    }

    void clear() {
      size = 0;
    }

    /**
     * The times in the order in which frames are shown. Where the list ends early, its last frames
     * are left out: some that are shown between them were not reached.
     */
    long[] sorted() {
      long[] sorted = Arrays.copyOf(times, size);
      Arrays.sort(sorted);
      return isFull() ? Arrays.copyOf(sorted, Math.max(0, size - MOST_REORDERED)) : sorted;
    }
  }
}
