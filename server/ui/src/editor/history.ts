// What gestures changed, so that each can be undone and done again. Pure data.
import type { Label, VideoEdit } from '../api/client';

export type ScalarValue = string | number | boolean;
/** Of which frames of a video an edit is, and what it says of them; see VideoEdit in the REST interface. */
export interface Span { form: VideoEdit['form']; track: string; first: number; last: number; towardFrame?: number; toward?: Label; source?: string }
/** A label of a field, or the value of a scalar field; with a span an edit of a video's frames. */
export interface Shape { field: string; label: Label; at?: Span }
/** One label before and after a gesture; null where it does not exist. */
export interface ShapeChange { id: string; before: Shape | null; after: Shape | null }
export type Gesture = ShapeChange[];

export class History {
  private done: Gesture[] = [];
  private undone: Gesture[] = [];

  push(gesture: Gesture): void {
    this.done.push(gesture);
    this.undone = [];
  }

  /** What to apply to take the last gesture back. */
  undo(): Gesture | null {
    const last = this.done.pop();
    if (!last) return null;
    this.undone.push(last);
    return inverse(last);
  }

  redo(): Gesture | null {
    const last = this.undone.pop();
    if (!last) return null;
    this.done.push(last);
    return last;
  }

  get canUndo(): boolean { return this.done.length > 0; }
  get canRedo(): boolean { return this.undone.length > 0; }
}

export const inverse = (gesture: Gesture): Gesture => [...gesture].reverse().map((c) => ({ id: c.id, before: c.after, after: c.before }));

/** What makes `after` of `before`, in one gesture. */
export function difference(before: Map<string, Shape>, after: Map<string, Shape>): Gesture {
  const changed = [...after].filter(([id, shape]) => !same(before.get(id), shape)).map(([id, shape]) => ({ id, before: before.get(id) ?? null, after: shape }));
  const gone = [...before].filter(([id]) => !after.has(id)).map(([id, shape]) => ({ id, before: shape, after: null }));
  return [...changed, ...gone];
}

/** The part of a gesture that still changes something, told as a change of what is there now. */
export function outstanding(shapes: Map<string, Shape>, gesture: Gesture): Gesture {
  return gesture.map((c) => ({ ...c, before: shapes.get(c.id) ?? null })).filter((c) => !same(c.before ?? undefined, c.after ?? undefined));
}

/** Whether somebody else changed a label that a gesture changes, to something else. */
export const clashes = (shapes: Map<string, Shape>, gesture: Gesture): boolean =>
  gesture.some((c) => { const now = shapes.get(c.id); return !same(now, c.before ?? undefined) && !same(now, c.after ?? undefined); });

/** The shapes after a gesture; an order of ids is kept where they stood. */
export function apply(shapes: Map<string, Shape>, gesture: Gesture): Map<string, Shape> {
  const next = new Map(shapes);
  for (const c of gesture) {
    if (c.after) next.set(c.id, c.after);
    else next.delete(c.id);
  }
  return next;
}

/**
 * Both sides' work: what I changed since `base` over what they have now. A label I did not touch is
 * theirs, one I deleted is gone.
 */
export function merge(base: Map<string, Shape>, mine: Map<string, Shape>, theirs: Map<string, Shape>): Map<string, Shape> {
  const out = new Map(theirs);
  for (const [id, shape] of mine) if (!same(base.get(id), shape)) out.set(id, shape);
  for (const id of base.keys()) if (!mine.has(id)) out.delete(id);
  return out;
}

export const same = (a: Shape | undefined, b: Shape | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && canonical(a) === canonical(b));

/** Text that is equal for labels that mean the same: empty properties count as absent. */
const canonical = ({ field, label, at }: Shape): string => JSON.stringify(at === undefined ? [field, plain(label)] : [field, plain(label), { ...sorted(at), toward: at.toward && plain(at.toward) }, at.form === 'track' && sorted(label.attributes ?? {})]);

const sorted = (of: object): Record<string, unknown> => Object.fromEntries(Object.entries(of).filter(([, v]) => v !== undefined).sort(([a], [b]) => (a < b ? -1 : 1)));

function plain(of: Label): Record<string, unknown> {
  const label: Record<string, unknown> = {};
  for (const key of Object.keys(of).sort()) {
    const value = (of as Record<string, unknown>)[key];
    if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) continue;
    if (key === 'attributes') {
      const kept = Object.entries(value as object).filter(([, v]) => v !== undefined && v !== null).sort(([a], [b]) => (a < b ? -1 : 1));
      if (kept.length > 0) label[key] = kept;
    } else label[key] = value;
  }
  return label;
}
