// Lines, outlines and keypoints: lists of points relative to the picture, and how gestures change them. No state.
import type { Point } from './geometry';

/** Rings of a polyline, or one list of keypoints; a missing keypoint is null. */
export type Points = (Point | null)[][];
/** A point of a shape: its ring and its number in it. */
export interface Vertex { ring: number; index: number }

export const inPicture = (p: Point): Point => [Math.min(1, Math.max(0, p[0])), Math.min(1, Math.max(0, p[1]))];

export const present = (points: Points): Point[] => points.flat().filter((p): p is Point => p !== null);

/** The nearest point of a shape within a reach, or null; the reach is relative to the picture. */
export function hitVertex(points: Points, at: Point, reach: Point): Vertex | null {
  return nearest(points.flatMap((ring, r) => ring.map((p, i) => ({ vertex: { ring: r, index: i }, p }))), at, reach);
}

/** The nearest middle of an edge within a reach, as the point that would be inserted there. */
export function hitMiddle(points: Points, closed: boolean, at: Point, reach: Point): Vertex | null {
  return nearest(middles(points, closed), at, reach);
}

/** The middles of all edges, each with the number that a point inserted there gets. */
export function middles(points: Points, closed: boolean): { vertex: Vertex; p: Point }[] {
  return points.flatMap((ring, r) => ring.flatMap((p, i) => {
    const q = i + 1 < ring.length ? ring[i + 1] : closed && ring.length > 2 ? ring[0] : null;
    return p && q ? [{ vertex: { ring: r, index: i + 1 }, p: [(p[0] + q[0]) / 2, (p[1] + q[1]) / 2] as Point }] : [];
  }));
}

function nearest(candidates: { vertex: Vertex; p: Point | null }[], at: Point, reach: Point): Vertex | null {
  let best: Vertex | null = null;
  let least = 1;
  for (const { vertex, p } of candidates) {
    if (!p) continue;
    const distance = Math.hypot((p[0] - at[0]) / reach[0], (p[1] - at[1]) / reach[1]);
    if (distance <= least) {
      least = distance;
      best = vertex;
    }
  }
  return best;
}

const change = (points: Points, ring: number, f: (ring: (Point | null)[]) => (Point | null)[]): Points => points.map((r, i) => (i === ring ? f([...r]) : r));

/** A point put elsewhere, not beyond the picture. */
export const placed = (points: Points, { ring, index }: Vertex, p: Point): Points => change(points, ring, (r) => { r[index] = inPicture(p); return r; });

/** A point put in before another. */
export const inserted = (points: Points, { ring, index }: Vertex, p: Point): Points => change(points, ring, (r) => { r.splice(index, 0, inPicture(p)); return r; });

/** A point taken out; null if too few would be left. A keypoint is missing then: the others keep their numbers. */
export function removed(points: Points, { ring, index }: Vertex, kind: 'keypoint' | 'line' | 'outline'): Points | null {
  if (kind === 'keypoint') return present(points).length > 1 ? change(points, ring, (r) => { r[index] = null; return r; }) : null;
  if (points[ring]!.length > (kind === 'outline' ? 3 : 2)) return change(points, ring, (r) => { r.splice(index, 1); return r; });
  return points.length > 1 ? points.filter((_, i) => i !== ring) : null;
}

export const shifted = (points: Points, d: Point): Points => points.map((ring) => ring.map((p) => p && [p[0] + d[0], p[1] + d[1]]));
