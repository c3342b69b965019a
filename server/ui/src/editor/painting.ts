// Masks of objects and what strokes make of them. A mask covers the box of its label, whatever its resolution; it is painted in
// the pixels of the picture. No state.
import type { Label, Mask } from '../api/client';
import { maskOf, pixelsOf } from '../model/masks';
import type { Box, Point } from './geometry';
import { Raster } from './raster';

/** How points become pixels: a stroke so wide, half of it in pixels of the picture; the inside of an outline; or the pixels that are joined to the first point and like it. */
export type Nib = number | 'outline' | 'flood';

/** What is painted; a value of 0 erases. */
export interface Paint { points: Point[]; nib: Nib; value: number }

/** A picture's pixels that are in the mask of a label. Without a label none is. */
function rasterOf(label: Label | null, width: number, height: number): Raster {
  const raster = new Raster(width, height);
  if (!label?.mask || !label.box) return raster;
  const mask = label.mask;
  const pixels = pixelsOf(mask);
  const [x0, y0, x1, y1] = pixelBox(label.box as Box, width, height);
  // A mask of the box's own resolution is taken pixel by pixel, another at the nearest.
  const column = (x: number) => Math.floor(((x - x0 + 0.5) * mask.width) / (x1 - x0));
  for (let y = Math.max(0, y0); y < Math.min(height, y1); y++) {
    const row = Math.floor(((y - y0 + 0.5) * mask.height) / (y1 - y0)) * mask.width;
    for (let x = Math.max(0, x0); x < Math.min(width, x1); x++) if (pixels[row + column(x)] !== 0) raster.pixels[y * width + x] = 1;
  }
  return raster;
}

/** The pixels that a box covers: from column and row up to others. */
function pixelBox(box: Box, width: number, height: number): Box {
  const x0 = Math.round(box[0] * width);
  const y0 = Math.round(box[1] * height);
  return [x0, y0, Math.max(x0 + 1, Math.round((box[0] + box[2]) * width)), Math.max(y0 + 1, Math.round((box[1] + box[3]) * height))];
}

export function apply(raster: Raster, { points, nib, value }: Paint): void {
  const line = points.map((p): Point => [p[0] * raster.width, p[1] * raster.height]);
  if (nib === 'outline') raster.fill(line, value);
  else if (nib === 'flood') raster.flood(line[0]!, value);
  else raster.stroke(line, nib, value);
}

/** The box and mask of a label after something was painted; null if nothing is left, undefined if nothing has changed. */
export function painted(label: Label | null, paint: Paint, width: number, height: number): { box: Box; mask: Mask } | null | undefined {
  const raster = rasterOf(label, width, height);
  apply(raster, paint);
  if (!raster.changed) return undefined;
  const part = raster.bounds();
  if (!part) return null;
  const [x, y, w, h] = part;
  return { box: [x / width, y / height, w / width, h / height], mask: maskOf(raster.pixels, width, x, y, w, h) };
}

/** Whether a place is in the mask of a label, or so near that it is meant. */
export function hitMask(label: Label, p: Point, reach: Point): boolean {
  const mask = label.mask;
  const box = label.box as Box | undefined;
  if (!mask || !box) return false;
  const pixels = pixelsOf(mask);
  return [[0, 0], [-1, 0], [1, 0], [0, -1], [0, 1]].some(([dx, dy]) => {
    const x = Math.floor(((p[0] + dx! * reach[0] - box[0]) / box[2]) * mask.width);
    const y = Math.floor(((p[1] + dy! * reach[1] - box[1]) / box[3]) * mask.height);
    return x >= 0 && y >= 0 && x < mask.width && y < mask.height && pixels[y * mask.width + x] !== 0;
  });
}
