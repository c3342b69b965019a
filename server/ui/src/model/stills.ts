// Single pictures of videos, one after the other: a browser decodes only few videos at once.
let film: { url: string; video: HTMLVideoElement } | null = null;
let last: { url: string; time: number; picture: ImageBitmap } | null = null;
let queue: Promise<unknown> = Promise.resolve();

/** The picture of a video at a time. */
export function still(url: string, time: number): Promise<ImageBitmap> {
  const next = queue.then(() => take(url, time));
  queue = next.catch(() => undefined);
  return next;
}

async function take(url: string, time: number): Promise<ImageBitmap> {
  if (last?.url === url && last.time === time) return last.picture;
  if (film?.url !== url) {
    film = { url, video: document.createElement('video') };
    film.video.muted = true;
    film.video.preload = 'auto';
    const there = once(film.video, 'loadeddata');
    film.video.src = url;
    await there;
  }
  const { video } = film;
  const sought = once(video, 'seeked');
  video.currentTime = time;
  await sought;
  last = { url, time, picture: await createImageBitmap(video) };
  return last.picture;
}

function once(video: HTMLVideoElement, event: string): Promise<void> {
  return new Promise((done, fail) => {
    video.addEventListener(event, () => done(), { once: true });
    video.addEventListener('error', () => fail(new Error('the video cannot be shown')), { once: true });
  });
}
