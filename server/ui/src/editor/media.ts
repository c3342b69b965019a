// Brings the picture or video of a task onto the canvas.
import { mediaProblem, type ApiError, type VideoFile } from '../api/client';
import { clockOf } from '../model/clock';
import { Player } from '../model/player';
import { frameCount } from '../model/video';
import type { CanvasView } from './canvas';
import type { EditorModel } from './model';
import type { VideoModel } from './videoModel';

/** Shows a picture. The stage says when it is there, or that it cannot be shown. */
export function showPicture(view: CanvasView, model: EditorModel, url: string, onProblem: (problem: ApiError) => void): void {
  const image = new Image();
  image.onload = () => { model.setSize(image.naturalWidth, image.naturalHeight); view.setImage(image); view.host.dataset.ready = 'true'; };
  image.onerror = () => { view.host.dataset.ready = 'true'; void mediaProblem(image.src).then(onProblem); };
  image.src = url;
}

/** A video to be shown, and who hears of it. */
interface Film {
  url: string;
  /** What its file says, which may still be on its way; null if that cannot be known. */
  file: Promise<VideoFile | null>;
  onFrame(frame: number): void;
  onUnplayable(): void;
}

/** Shows a video, and the labels of the frame that it is at; answers what goes through it. */
export function showVideo(view: CanvasView, model: VideoModel, { url, file, onFrame, onUnplayable }: Film): { player: Player; destroy(): void } {
  const video = document.createElement('video');
  video.muted = true;
  video.playsInline = true;
  video.preload = 'auto';
  video.className = 'editor-video';
  video.setAttribute('aria-hidden', 'true');
  const { host } = view;
  const player = new Player(video, clockOf(model.task, null), model.frameCount, (frame) => { onFrame(frame); model.show(frame); }, (frame) => { host.dataset.frame = String(frame); view.redraw(); });
  video.addEventListener('loadedmetadata', () => {
    model.setSize(video.videoWidth, video.videoHeight);
  });
  const unplayable = () => { host.dataset.ready = 'true'; onUnplayable(); };
  video.addEventListener('loadeddata', () => {
    // A file whose sound the browser plays, but not its pictures.
    if (video.videoWidth === 0) return unplayable();
    // Where a frame is must be known before somebody looks for it.
    void file.then((known) => {
      const clock = clockOf(model.task, known);
      model.setLength(frameCount(model.task, video.duration, clock));
      player.count = model.frameCount;
      player.goBy(clock);
      view.setImage(video);
      host.dataset.ready = 'true';
    });
  });
  video.addEventListener('error', unplayable);
  video.addEventListener('play', () => model.setPlaying(true));
  video.addEventListener('pause', () => model.setPlaying(false));
  const stop = (e: Event) => { if (player.playing && (e.target === host || e.target instanceof HTMLCanvasElement)) video.pause(); };
  host.addEventListener('pointerdown', stop, true);
  model.onGo = (frame) => { video.pause(); player.seek(frame); };
  model.onFrame = () => view.redraw();
  host.prepend(video);
  video.src = url;
  return {
    player,
    destroy: () => {
      host.removeEventListener('pointerdown', stop, true);
      model.onFrame = () => undefined;
      model.destroy();
      player.destroy();
      video.pause();
      video.removeAttribute('src');
      video.remove();
    },
  };
}
