// How far a picture is zoomed into, and which part of it is seen. No state.
import type { Place } from './Overlay';

/** Magnification, and where the left upper corner of the fitted picture is shown. */
export interface Zoom { scale: number; x: number; y: number }

export const WHOLE: Zoom = { scale: 1, x: 0, y: 0 };
const MOST = 16;

/** Zooms so that what is under a point of the room stays under it; never smaller than the whole picture. */
export function zoomAt(z: Zoom, x: number, y: number, factor: number, fitted: Place): Zoom {
  const scale = Math.min(MOST, Math.max(1, z.scale * factor));
  const k = scale / z.scale;
  return limited({ scale, x: x - fitted.left - (x - fitted.left - z.x) * k, y: y - fitted.top - (y - fitted.top - z.y) * k }, fitted);
}

/** Moves what is seen. */
export const panned = (z: Zoom, dx: number, dy: number, fitted: Place): Zoom => limited({ ...z, x: z.x + dx, y: z.y + dy }, fitted);

/** Keeps the picture over the place it has when all of it is seen. */
export function limited(z: Zoom, fitted: Place): Zoom {
  const within = (v: number, size: number) => Math.min(0, Math.max(size - size * z.scale, v));
  return { scale: z.scale, x: within(z.x, fitted.width), y: within(z.y, fitted.height) };
}

export const zoomed = (fitted: Place, z: Zoom): Place => ({ left: fitted.left + z.x, top: fitted.top + z.y, width: fitted.width * z.scale, height: fitted.height * z.scale });
