// Boxes [x, y, width, height] relative to the picture, and how gestures change them. No state.
export type Box = [number, number, number, number];
export type Point = [number, number];
/** Which edges a handle moves: -1 left/top, 1 right/bottom, 0 neither. */
export interface Handle { dx: -1 | 0 | 1; dy: -1 | 0 | 1 }

export const HANDLES: Handle[] = [
  { dx: -1, dy: -1 }, { dx: 0, dy: -1 }, { dx: 1, dy: -1 }, { dx: 1, dy: 0 },
  { dx: 1, dy: 1 }, { dx: 0, dy: 1 }, { dx: -1, dy: 1 }, { dx: -1, dy: 0 },
];

export const boxOf = (a: Point, b: Point): Box => [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.abs(a[0] - b[0]), Math.abs(a[1] - b[1])];

/** Cut to the picture. */
export function clip(box: Box): Box {
  const x0 = Math.min(1, Math.max(0, box[0]));
  const y0 = Math.min(1, Math.max(0, box[1]));
  const x1 = Math.min(1, Math.max(0, box[0] + box[2]));
  const y1 = Math.min(1, Math.max(0, box[1] + box[3]));
  return [x0, y0, x1 - x0, y1 - y0];
}

/** How far boxes can move before the first leaves the picture; a box beyond it already may not go further. */
export function limitMove(boxes: Box[], d: Point): Point {
  let [x, y] = d;
  for (const b of boxes) {
    x = Math.min(Math.max(x, Math.min(0, -b[0])), Math.max(0, 1 - b[0] - b[2]));
    y = Math.min(Math.max(y, Math.min(0, -b[1])), Math.max(0, 1 - b[1] - b[3]));
  }
  return [x, y];
}

export const move = (b: Box, d: Point): Box => [b[0] + d[0], b[1] + d[1], b[2], b[3]];

/** Moves the edges of a handle to a point; edges that cross swap. */
export function resize(b: Box, handle: Handle, to: Point): Box {
  const p: Point = [Math.min(1, Math.max(0, to[0])), Math.min(1, Math.max(0, to[1]))];
  const x0 = handle.dx === -1 ? p[0] : b[0];
  const x1 = handle.dx === 1 ? p[0] : b[0] + b[2];
  const y0 = handle.dy === -1 ? p[1] : b[1];
  const y1 = handle.dy === 1 ? p[1] : b[1] + b[3];
  return boxOf([x0, y0], [x1, y1]);
}

export const contains = (b: Box, p: Point, tx = 0, ty = 0): boolean =>
  p[0] >= b[0] - tx && p[0] <= b[0] + b[2] + tx && p[1] >= b[1] - ty && p[1] <= b[1] + b[3] + ty;

export const overlaps = (a: Box, b: Box): boolean =>
  a[0] <= b[0] + b[2] && b[0] <= a[0] + a[2] && a[1] <= b[1] + b[3] && b[1] <= a[1] + a[3];

/** The position of a handle on a box. */
export const handleAt = (b: Box, h: Handle): Point => [b[0] + (b[2] * (h.dx + 1)) / 2, b[1] + (b[3] * (h.dy + 1)) / 2];

/** The handle near a point, or null; distances are relative to the picture. */
export function hitHandle(b: Box, p: Point, tx: number, ty: number): Handle | null {
  for (const h of HANDLES) {
    const at = handleAt(b, h);
    if (Math.abs(at[0] - p[0]) <= tx && Math.abs(at[1] - p[1]) <= ty) return h;
  }
  return null;
}

/** The smallest box around points. */
export function around(points: Point[]): Box {
  const xs = points.map((p) => p[0]);
  const ys = points.map((p) => p[1]);
  return boxOf([Math.min(...xs), Math.min(...ys)], [Math.max(...xs), Math.max(...ys)]);
}
