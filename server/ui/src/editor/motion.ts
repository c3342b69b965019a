// Where a label is between two key frames: all points move straight and evenly. The server does the same, see Motion.java. No state.
import type { Label } from '../api/client';

type Point = number[] | null;

const mix = (a: number, b: number, share: number): number => a + (b - a) * share;

/** A label on its way to another: at 0 the first, at 1 the second; all but the place is kept. */
export function between(from: Label, to: Label, share: number): Label {
  if (from.box && to.box) return { ...from, box: from.box.map((v, i) => mix(v, to.box![i]!, share)) };
  if (from.points && to.points && sameSizes(from.points, to.points)) {
    return { ...from, points: from.points.map((ring, r) => ring.map((p, i) => point(p, to.points![r]![i]!, share))) };
  }
  return from;
}

/** A point that is missing in one of them is as in the first. */
const point = (a: Point, b: Point, share: number): Point => (a && b ? [mix(a[0]!, b[0]!, share), mix(a[1]!, b[1]!, share)] : a);

const sameSizes = (a: Point[][], b: Point[][]): boolean => a.length === b.length && a.every((ring, i) => ring.length === b[i]!.length);
