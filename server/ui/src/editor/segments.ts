// Segmentations: a value for each pixel, whose names are the mask targets of the field. No state beside pictures of the last masks.
import type { FieldSchema, Mask } from '../api/client';
import { classColor } from '../model/colors';
import { maskOfAll, pixelsOf, type Pixels } from '../model/masks';
import { apply, type Paint } from './painting';
import { Raster } from './raster';

/** What a pixel can be, beside 0, the background. */
export interface Target { value: number; name: string; color: string }

export const isSegmentationField = (f: FieldSchema | undefined): boolean => f?.type === 'segmentation';

const known = new WeakMap<FieldSchema, Target[]>();

/** The targets of a field in its order; of colours, as they are. */
export function targetsOf(f: FieldSchema): Target[] {
  const targets = known.get(f) ?? readTargets(f);
  known.set(f, targets);
  return targets;
}

function readTargets(f: FieldSchema): Target[] {
  const all = Object.entries(f.maskTargets).map(([key, name]) =>
    key.startsWith('#') ? { value: parseInt(key.slice(1), 16), name, color: key.toLowerCase() } : { value: Number(key), name, color: classColor(name) });
  return all.filter((t) => t.value !== 0).sort((a, b) => f.classes.findIndex((c) => c.name === a.name) - f.classes.findIndex((c) => c.name === b.name));
}

/** The colour of a class of a field. */
export const colorIn = (f: FieldSchema | undefined, name: string | undefined): string =>
  (f && isSegmentationField(f) ? targetsOf(f).find((t) => t.name === name)?.color : undefined) ?? classColor(name);

/**
 * A mask after something was painted; undefined if nothing has changed. It keeps its resolution, a new one has the picture's.
 * Radii are in pixels of the picture.
 */
export function segmented(mask: Mask | undefined, paint: Paint, width: number, height: number): Mask | undefined {
  const before: Pixels = mask ? pixelsOf(mask) : new Uint8Array(width * height);
  const pixels = paint.value > 255 ? Uint32Array.from(before) : before.slice();
  const raster = new Raster(mask?.width ?? width, mask?.height ?? height, pixels);
  apply(raster, { ...paint, nib: typeof paint.nib === 'number' ? (paint.nib * raster.width) / width : paint.nib });
  return raster.changed ? maskOfAll(pixels, raster.width) : undefined;
}

const pictures = new WeakMap<HTMLCanvasElement, { mask: Mask; colors: string }>();

/** Paints a mask on a canvas of its size in the colours of its targets; values without a target are grey. */
export function paintPicture(canvas: HTMLCanvasElement, mask: Mask, targets: Target[]): void {
  const colors = targets.map((t) => `${t.value}${t.color}`).join();
  const last = pictures.get(canvas);
  if (last?.mask === mask && last.colors === colors) return;
  pictures.set(canvas, { mask, colors });
  if (canvas.width !== mask.width || canvas.height !== mask.height) {
    canvas.width = mask.width;
    canvas.height = mask.height;
  }
  const image = new ImageData(mask.width, mask.height);
  const rgba = new Uint32Array(image.data.buffer);
  // Red is the lowest byte of four in the memory of every machine that has a browser.
  const packed = (color: string) => (0xff000000 | (parseInt(color.slice(5, 7), 16) << 16) | (parseInt(color.slice(3, 5), 16) << 8) | parseInt(color.slice(1, 3), 16)) >>> 0;
  const colorOf = new Map(targets.map((t) => [t.value, packed(t.color)]));
  const other = packed('#9a9a9a');
  const pixels = pixelsOf(mask);
  let value = 0;
  let color = 0;
  for (let i = 0; i < pixels.length; i++) {
    const next = pixels[i]!;
    if (next !== value) {
      value = next;
      color = value === 0 ? 0 : colorOf.get(value) ?? other;
    }
    rgba[i] = color;
  }
  canvas.getContext('2d')!.putImageData(image, 0, 0);
}
