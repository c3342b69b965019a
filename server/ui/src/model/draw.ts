// Draws labels on a canvas: the same look in grid, sample page and editor.
import type { Label, Mask } from '../api/client';
import { classColor, textOn, withAlpha } from './colors';
import { pixelsOf } from './masks';
import { outlineOf } from './outline';

/** From relative coordinates to canvas pixels. */
export interface Frame { x: number; y: number; width: number; height: number }

/** Left, top, right, bottom in canvas pixels. */
export type Area = [number, number, number, number];

export interface DrawOptions {
  /** Write class names on boxes that are large enough. */
  captions: boolean;
  /** Where names stand already; a name that would cover one of them is left out, and a new one is added. */
  taken?: Area[];
  dashed?: boolean;
  line?: number;
  edges?: number[][];
  /** Show a mask by its outline, without its box. */
  outline?: boolean;
}

const bitmaps = new WeakMap<Mask, { color: string; canvas: HTMLCanvasElement }>();

function bitmap(mask: Mask, color: string): HTMLCanvasElement {
  const known = bitmaps.get(mask);
  if (known?.color === color) return known.canvas;
  const canvas = document.createElement('canvas');
  canvas.width = mask.width;
  canvas.height = mask.height;
  const context = canvas.getContext('2d')!;
  const image = context.createImageData(mask.width, mask.height);
  const pixels = pixelsOf(mask);
  const rgb = [1, 3, 5].map((i) => parseInt(color.slice(i, i + 2), 16));
  for (let i = 0; i < mask.width * mask.height; i++) {
    if (pixels[i] !== 0) {
      image.data.set([rgb[0]!, rgb[1]!, rgb[2]!, 80], i * 4);
    }
  }
  context.putImageData(image, 0, 0);
  bitmaps.set(mask, { color, canvas });
  return canvas;
}

export function drawLabel(context: CanvasRenderingContext2D, label: Label, frame: Frame, options: DrawOptions): void {
  const color = classColor(label.label);
  const px = (x: number) => frame.x + x * frame.width;
  const py = (y: number) => frame.y + y * frame.height;
  context.strokeStyle = color;
  context.lineWidth = options.line ?? 2;
  context.setLineDash(options.dashed ? [5, 3] : []);
  if (label.box) {
    const [x, y, w, h] = label.box as [number, number, number, number];
    if (label.mask && options.outline) {
      drawOutline(context, label.mask, color, [px(x), py(y), w * frame.width, h * frame.height]);
    } else if (label.mask) {
      context.imageSmoothingEnabled = false;
      context.drawImage(bitmap(label.mask, color), px(x), py(y), w * frame.width, h * frame.height);
      context.imageSmoothingEnabled = true;
    }
    if (!label.mask || !options.outline) context.strokeRect(px(x), py(y), w * frame.width, h * frame.height);
    if (options.captions && w * frame.width > 34 && h * frame.height > 16) caption(context, label, px(x), py(y), color, options.taken);
  } else if (label.mask) {
    context.drawImage(bitmap(label.mask, color), frame.x, frame.y, frame.width, frame.height);
  }
  if (label.points && label.cls === 'Keypoint') {
    drawKeypoints(context, label.points[0] ?? [], px, py, color, options.edges ?? []);
  } else if (label.points) {
    context.beginPath();
    for (const ring of label.points) {
      ring.forEach((p, i) => p && (i === 0 ? context.moveTo(px(p[0]!), py(p[1]!)) : context.lineTo(px(p[0]!), py(p[1]!))));
      if (label.closed) context.closePath();
    }
    if (label.filled) {
      context.fillStyle = withAlpha(color, 0.25);
      context.fill('evenodd');
    }
    context.stroke();
  }
  context.setLineDash([]);
}

/** A mask in a place: translucent, with a line around it that is as wide as others at every zoom. */
function drawOutline(context: CanvasRenderingContext2D, mask: Mask, color: string, [x, y, w, h]: Area): void {
  const path = new Path2D();
  path.addPath(outlineOf(mask), new DOMMatrix([w / mask.width, 0, 0, h / mask.height, x, y]));
  context.fillStyle = withAlpha(color, MASK_ALPHA);
  context.fill(path, 'evenodd');
  context.stroke(path);
}

/** How much of the picture a mask covers. */
export const MASK_ALPHA = 0.35;

function drawKeypoints(context: CanvasRenderingContext2D, points: (number[] | null)[], px: (x: number) => number, py: (y: number) => number, color: string, edges: number[][]): void {
  context.beginPath();
  for (const chain of edges) {
    let last: number[] | null = null;
    for (const i of chain) {
      const p = points[i] ?? null;
      if (last && p) {
        context.moveTo(px(last[0]!), py(last[1]!));
        context.lineTo(px(p[0]!), py(p[1]!));
      }
      last = p;
    }
  }
  context.stroke();
  context.fillStyle = color;
  for (const p of points) {
    if (p) {
      context.beginPath();
      context.arc(px(p[0]!), py(p[1]!), Math.max(2, context.lineWidth * 1.3), 0, 7);
      context.fill();
    }
  }
}

export function captionText(label: Label): string {
  const score = label.confidence === undefined ? '' : ' ' + label.confidence.toFixed(2);
  const outcome = label.attributes?.eval ? ` ${String(label.attributes.eval)}` : '';
  const track = label.index === undefined ? '' : ` ${label.index}`;
  return (label.label ?? '') + track + score + outcome;
}

function caption(context: CanvasRenderingContext2D, label: Label, x: number, y: number, color: string, taken: Area[] | undefined): void {
  const text = captionText(label);
  if (!text) return;
  context.font = '600 11px system-ui, sans-serif';
  const width = context.measureText(text).width + 8;
  const top = y >= 15 ? y - 15 : y;
  const area: Area = [x, top, x + width, top + 15];
  if (taken?.some((t) => t[0] < area[2] && area[0] < t[2] && t[1] < area[3] && area[1] < t[3])) return;
  taken?.push(area);
  context.fillStyle = color;
  context.fillRect(x - 1, top, width, 15);
  context.fillStyle = textOn(color);
  context.fillText(text, x + 3, top + 11);
}
