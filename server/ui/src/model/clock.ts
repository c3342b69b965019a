// When each frame of a video is shown, and which frame is shown at a time. No state.
import type { Sample, VideoFile } from '../api/client';
import { frameRate } from './video';

export interface Clock {
  /** How many frames the file has, as far as it is known. */
  readonly count: number | null;
  /** The time in seconds at which a frame begins. */
  startOf(frame: number): number;
  /**
   * A time to seek to for a frame: a quarter into it. Files round where it begins, to milliseconds, and browsers round where they
   * look to the clock of the file, which may be as coarse as a frame: beyond its middle they may find the next.
   */
  within(frame: number): number;
  /** The frame that is shown from a time on that a browser tells. */
  frameAt(time: number): number;
}

/** Frames that follow each other at one rate; the first one may begin late. */
export function evenClock(rate: number, start = 0, count: number | null = null): Clock {
  return {
    count,
    startOf: (frame) => start + (frame - 1) / rate,
    within: (frame) => start + (frame - 0.75) / rate,
    frameAt: (time) => Math.max(1, Math.round((time - start) * rate) + 1),
  };
}

/** Frames of which each has a time of its own, in order. */
export function listedClock(times: number[]): Clock {
  const startOf = (frame: number) => times[Math.min(times.length, Math.max(1, frame)) - 1]!;
  return {
    count: times.length,
    startOf,
    within: (frame) => {
      const start = startOf(frame);
      const step = frame < times.length ? startOf(frame + 1) - start : start - startOf(frame - 1);
      return start + step / 4;
    },
    frameAt: (time) => {
      let [low, high] = [1, times.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (startOf(middle) + startOf(middle + 1) < 2 * time) low = middle + 1;
        else high = middle;
      }
      return low;
    },
  };
}

/** The clock of a video: what its file says, else the rate of its metadata. */
export function clockOf(media: Pick<Sample, 'metadata'>, file: VideoFile | null | undefined): Clock {
  if (file?.times) return listedClock(file.times);
  if (file?.rate !== undefined && file.frames !== undefined) return evenClock(file.rate, file.start ?? 0, file.frames);
  return evenClock(frameRate(media));
}
