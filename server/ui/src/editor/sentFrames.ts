// What a video was sent with, frame by frame: fetched in pieces around the frame that is shown, and kept for a while. It never changes.
import type { TaskFrame } from '../api/client';
import { chunkOf, chunkRange } from '../model/video';

/** Pieces that are kept; the ones that were not used for longest are dropped. */
const MOST = 60;

export class SentFrames {
  private readonly chunks = new Map<number, Map<number, TaskFrame>>();
  private readonly loading = new Map<number, Promise<void>>();
  private closed = false;

  /** Frames that `fetch` gets. Hears of each piece that has come. */
  constructor(private readonly fetch: (first: number, last: number) => Promise<TaskFrame[]>, private readonly onCome: () => void, private readonly onError: (error: unknown) => void) {}

  has(frame: number): boolean {
    return this.chunks.has(chunkOf(frame));
  }

  /** A frame; undefined if it was sent without anything or is not here yet. */
  get(frame: number): TaskFrame | undefined {
    const chunk = chunkOf(frame);
    const frames = this.chunks.get(chunk);
    if (!frames) return undefined;
    this.chunks.delete(chunk);
    this.chunks.set(chunk, frames);
    return frames.get(frame);
  }

  /** Waits until a frame is here; after an error it tries again. */
  async need(frame: number): Promise<void> {
    const chunk = chunkOf(frame);
    if (this.chunks.has(chunk)) return;
    let coming = this.loading.get(chunk);
    if (!coming) {
      coming = this.load(chunk).finally(() => this.loading.delete(chunk));
      this.loading.set(chunk, coming);
    }
    return coming;
  }

  /** Stops asking. */
  close(): void {
    this.closed = true;
  }

  private async load(chunk: number): Promise<void> {
    while (!this.closed) {
      try {
        const frames = await this.fetch(...chunkRange(chunk));
        this.chunks.set(chunk, new Map(frames.map((f) => [f.number, f])));
        if (this.chunks.size > MOST) this.chunks.delete(this.chunks.keys().next().value!);
        if (!this.closed) this.onCome();
        return;
      } catch (e) {
        this.onError(e);
        await new Promise((again) => setTimeout(again, 1500));
      }
    }
  }
}
