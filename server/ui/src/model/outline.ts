// The outlines of masks: closed lines along the edges of pixels. No state beside what it has found already.
import type { Mask } from '../api/client';
import { pixelsOf, type Pixels } from './masks';

const paths = new WeakMap<Mask, Path2D>();

/** The outline of a mask in pixels of its own; filled with the rule evenodd it covers just the mask. */
export function outlineOf(mask: Mask): Path2D {
  let path = paths.get(mask);
  if (!path) {
    path = new Path2D();
    for (const loop of trace(pixelsOf(mask), mask.width, mask.height)) {
      for (let i = 0; i < loop.length; i += 2) path[i === 0 ? 'moveTo' : 'lineTo'](loop[i]!, loop[i + 1]!);
      path.closePath();
    }
    paths.set(mask, path);
  }
  return path;
}

/** Every closed line between pixels that are set and others, as corners x, y, x, y … */
export function trace(pixels: Pixels, width: number, height: number): number[][] {
  const loops: number[][] = [];
  // The upper edges that a line has passed; each line has one.
  const passed = new Uint8Array(width * height);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (pixels[i] !== 0 && passed[i] === 0 && (y === 0 || pixels[i - width] === 0)) loops.push(follow(pixels, width, height, x, y, passed));
    }
  }
  return loops;
}

// East, south, west, north.
const DX = [1, 0, -1, 0];
const DY = [0, 1, 0, -1];

/** The line that begins with the upper edge of a pixel; what is set lies on its right. */
function follow(pixels: Pixels, width: number, height: number, startX: number, startY: number, passed: Uint8Array): number[] {
  const set = (x: number, y: number) => x >= 0 && y >= 0 && x < width && y < height && pixels[y * width + x] !== 0;
  const loop = [startX, startY];
  let x = startX;
  let y = startY;
  let heading = 0;
  for (;;) {
    if (heading === 0) passed[y * width + x] = 1;
    x += DX[heading]!;
    y += DY[heading]!;
    // The pixels ahead of this corner, left and right of the way.
    const left = [set(x, y - 1), set(x, y), set(x - 1, y), set(x - 1, y - 1)][heading]!;
    const right = [set(x, y), set(x - 1, y), set(x - 1, y - 1), set(x, y - 1)][heading]!;
    const next = left ? (heading + 3) % 4 : right ? heading : (heading + 1) % 4;
    if (x === startX && y === startY && next === 0) return loop;
    if (next !== heading) loop.push(x, y);
    heading = next;
  }
}
