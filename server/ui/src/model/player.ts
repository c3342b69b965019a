// Plays a video frame by frame: tells which frame the browser shows, exact where it can say which one that is.
import type { Clock } from './clock';

export class Player {
  /** The frame that is shown, or sought. */
  frame = 1;
  private handle = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly off: (() => void)[] = [];

  /**
   * Goes through a video. `onFrame` hears of each frame that is shown or sought; `onPicture` of each picture that is
   * there to be seen, with its frame.
   */
  constructor(readonly video: HTMLVideoElement, private clock: Clock, public count: number, private readonly onFrame: (frame: number) => void, private readonly onPicture: (frame: number) => void = () => undefined) {
    const on = (type: string, f: () => void) => { video.addEventListener(type, f); this.off.push(() => video.removeEventListener(type, f)); };
    on('waiting', this.wait);
    if ('requestVideoFrameCallback' in video) this.handle = video.requestVideoFrameCallback(this.shown);
    else on('timeupdate', () => { if (!this.video.seeking) this.tell(this.clock.frameAt(this.video.currentTime)); });
    // A frame that was there already is not shown again.
    on('seeked', () => this.onPicture(this.frame));
    on('loadeddata', () => this.onPicture(this.frame));
    // The browser may have shown one more than it told of.
    on('pause', () => { if (!video.seeking) this.seek(video.ended ? this.count : this.frame); });
  }

  destroy(): void {
    clearTimeout(this.timer);
    if (this.handle !== 0) this.video.cancelVideoFrameCallback(this.handle);
    this.off.forEach((f) => f());
  }

  /** Goes by another clock from now on: what was told of the frame that is shown may have been wrong. */
  goBy(clock: Clock): void {
    this.clock = clock;
    this.tell(Math.min(this.count, clock.frameAt(this.video.currentTime)));
    this.onPicture(this.frame);
  }

  get playing(): boolean { return !this.video.paused; }

  /** Goes to a frame; one that is beyond the video is its first or last. */
  seek(to: number): void {
    const target = Math.min(this.count, Math.max(1, to));
    this.tell(target);
    this.video.currentTime = this.clock.within(target);
  }

  /** Goes some frames on, or back; it stops playing. */
  step(by: number): void {
    this.video.pause();
    this.seek(this.frame + by);
  }

  toggle(): void {
    if (this.video.paused) void this.video.play();
    else this.video.pause();
  }

  private tell(frame: number): void {
    this.frame = frame;
    this.onFrame(frame);
  }

  /** Not the frames on the way to one that is sought. Where the browser shows another than was sought, it is that. */
  private shown: VideoFrameRequestCallback = (_now, shown) => {
    if (!this.video.seeking) {
      this.tell(Math.min(this.count, this.clock.frameAt(shown.mediaTime)));
      this.onPicture(this.frame);
    }
    this.handle = this.video.requestVideoFrameCallback(this.shown);
  };

  /** Chromium's decoder may stop in the middle of a video that is all there; seeking to where it stands wakes it. */
  private wait = (): void => {
    const { video } = this;
    const stopped = video.currentTime;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (!video.paused && !video.seeking && Math.abs(video.currentTime - stopped) < 0.05 && isLoaded(video, stopped)) video.currentTime = stopped;
    }, 400);
  };
}

function isLoaded(v: HTMLVideoElement, time: number): boolean {
  for (let i = 0; i < v.buffered.length; i++) {
    if (v.buffered.start(i) <= time && v.buffered.end(i) > time + 0.2) return true;
  }
  return false;
}
