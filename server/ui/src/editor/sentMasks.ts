// Which masks go to the server with a save: it keeps those that it is not sent.
import type { Mask } from '../api/client';
import type { Gesture, Shape } from './history';

export class MasksToSend {
  private readonly served: Map<string, Mask | undefined>;
  /** Labels whose mask was another for a while: what the server holds of them is not known. */
  private readonly painted = new Set<string>();

  /** Begins with what the server holds. */
  constructor(shapes: Map<string, Shape>) {
    this.served = new Map([...shapes].map(([id, s]) => [id, s.label.mask]));
  }

  /** Notes what a gesture paints. */
  note(gesture: Gesture): void {
    for (const c of gesture) if (c.before?.label.mask !== c.after?.label.mask) this.painted.add(c.id);
  }

  /** Shapes without the masks that need not be sent. */
  without(shapes: Map<string, Shape>): Map<string, Shape> {
    return new Map([...shapes].map(([id, s]) => [id, this.painted.has(id) || this.served.get(id) !== s.label.mask ? s : withoutMask(s)]));
  }
}

export function withoutMask(shape: Shape): Shape {
  if (!shape.label.mask) return shape;
  const { mask: _, ...label } = shape.label;
  return { ...shape, label };
}

/** Changes without the masks that they leave as they are. */
export const lean = (changes: Gesture): Gesture =>
  changes.map((c) => (c.before && c.after && c.before.label.mask === c.after.label.mask ? { ...c, before: withoutMask(c.before), after: withoutMask(c.after) } : c));

/** Shapes as lean changes tell of them: with masks only where the changes have some. */
export function asTold(shapes: Map<string, Shape>, changes: Gesture): Map<string, Shape> {
  const masks = new Set(changes.filter((c) => c.before?.label.mask ?? c.after?.label.mask).map((c) => c.id));
  return new Map([...shapes].map(([id, s]) => [id, masks.has(id) ? s : withoutMask(s)]));
}
