// Frames of videos: numbers from 1, times in seconds, and the pieces in which their labels are fetched.
import type { Sample, Task } from '../api/client';
import type { Clock } from './clock';

const CHUNK = 120;

/** What tells how a sample is shown. */
type Media = Pick<Sample, 'metadata'>;

const isVideoFile = (media: Media, name: string): boolean => media.metadata._cls === 'VideoMetadata' || /\.(mp4|m4v|mov|webm|mkv)$/i.test(name);

export const isVideo = (sample: Sample): boolean => isVideoFile(sample, sample.filepath);

/** Whether a task of a run is a video. */
export const isVideoTask = (task: Task): boolean => isVideoFile(task, task.summary.name);

const positive = (value: unknown): number | undefined => (typeof value === 'number' && value > 0 ? value : undefined);

/** Frames a second; 30 where the file does not say. */
export const frameRate = (sample: Media): number => positive(sample.metadata.frame_rate) ?? 30;

/** Whether the metadata tell how many frames a second there are. */
export const isRateKnown = (sample: Media): boolean => positive(sample.metadata.frame_rate) !== undefined;

/** The number of frames: by the metadata, else by the file, else by the length in seconds. */
export const frameCount = (sample: Media, seconds: number, clock?: Clock): number =>
  positive(sample.metadata.total_frame_count) ?? clock?.count ?? Math.max(1, Math.round((Number.isFinite(seconds) ? seconds : 0) * frameRate(sample)));

export const chunkOf = (frame: number): number => Math.floor((frame - 1) / CHUNK);
export const chunkRange = (chunk: number): [first: number, last: number] => [chunk * CHUNK + 1, (chunk + 1) * CHUNK];

export function clock(seconds: number): string {
  const s = Math.max(0, seconds);
  return `${Math.floor(s / 60)}:${(s % 60).toFixed(2).padStart(5, '0')}`;
}
