// What mouse, pen and fingers do on the picture.
import { boxOf, clip, hitHandle, limitMove, resize, type Box, type Handle, type Point } from './geometry';
import type { CanvasView } from './canvas';
import { bounds, drawKind, isBrush, movePlace, pointsKind, type EditorModel, type Place } from './model';
import { isSegmentationField } from './segments';
import { hitMiddle, hitVertex, inPicture, inserted, placed, removed, type Points, type Vertex } from './points';

type Gesture =
  | { kind: 'pan'; at: Point }
  | { kind: 'move'; from: Point; places: Map<string, Place> }
  | { kind: 'vertex'; id: string; at: Vertex; isNew: boolean; points: Points }
  | { kind: 'resize'; handle: Handle; id: string; box: Box }
  | { kind: 'draw'; from: Point }
  | { kind: 'paint' | 'lasso'; points: Point[]; erase: boolean }
  | { kind: 'bucket'; at: Point; erase: boolean }
  | { kind: 'band'; from: Point; add: boolean }
  | { kind: 'pinch'; distance: number; center: Point };

const CURSORS = ['nwse-resize', 'ns-resize', 'nesw-resize', 'ew-resize'];

export class Pointer {
  panKey = false;
  /** Whether the picture was dragged since the key for that was pressed. */
  panned = false;
  private gesture: Gesture | null = null;
  private readonly fingers = new Map<number, Point>();
  private readonly off: (() => void)[] = [];

  constructor(private readonly view: CanvasView, private readonly model: EditorModel) {
    const on = <K extends keyof HTMLElementEventMap>(type: K, f: (e: HTMLElementEventMap[K]) => void) => {
      view.host.addEventListener(type, f, { passive: false });
      this.off.push(() => view.host.removeEventListener(type, f));
    };
    on('pointerdown', this.down);
    on('pointermove', this.moved);
    on('pointerup', this.up);
    on('pointercancel', this.cancel);
    on('pointerleave', () => { view.draft = { ...view.draft }; delete view.draft.cross; view.redrawActive(); });
    on('wheel', (e) => {
      e.preventDefault();
      const [x, y] = this.local(e);
      view.zoomAt(x, y, Math.exp(-e.deltaY * (e.deltaMode === 1 ? 0.05 : 0.0018)));
    });
    on('dblclick', this.twice);
    on('contextmenu', (e) => e.preventDefault());
  }

  destroy(): void { this.off.forEach((f) => f()); }

  get busy(): boolean { return this.gesture !== null || this.model.sketch !== null; }

  /** Drops the gesture; nothing has changed. */
  abort(): void {
    this.gesture = null;
    this.view.draft = {};
    if (this.model.sketch) this.model.dropSketch();
    this.view.redrawActive();
  }

  private local(e: MouseEvent): Point {
    const r = this.view.host.getBoundingClientRect();
    return [e.clientX - r.left, e.clientY - r.top];
  }

  private down = (e: PointerEvent): void => {
    if (e.target !== this.view.host && !(e.target instanceof HTMLCanvasElement)) return;
    this.view.host.focus({ preventScroll: true });
    this.view.host.setPointerCapture(e.pointerId);
    const at = this.local(e);
    this.fingers.set(e.pointerId, at);
    if (this.fingers.size === 2) {
      this.view.draft = {};
      this.gesture = { kind: 'pinch', ...this.pinch() };
    } else if (e.button === 1 || e.button === 2 || this.panKey) this.gesture = { kind: 'pan', at };
    else if (e.button === 0) this.gesture = this.begin(this.view.toPicture(at[0], at[1]), e.shiftKey || e.ctrlKey, e.pointerType === 'touch' ? 16 : 7);
  };

  private begin(p: Point, add: boolean, reach: number): Gesture | null {
    const { model, view } = this;
    const [tx, ty] = view.tolerance(reach);
    if (model.tool === 'draw') {
      if (drawKind(model.schema(model.field)) === 'box') return { kind: 'draw', from: p };
      this.sketch(p, [tx, ty]);
      return null;
    }
    if (model.tool === 'fill') {
      this.sketch(p, [tx, ty]);
      return null;
    }
    if (model.tool === 'brush' || model.tool === 'erase') return this.beginPaint(p, model.tool === 'erase');
    if (model.tool === 'lasso') return this.beginPaint(p, model.takesAway !== add, 'lasso');
    if (model.tool === 'bucket') return this.takeUp(p) ? { kind: 'bucket', at: p, erase: model.takesAway !== add } : null;
    const only = model.selected.size === 1 ? model.first() : undefined;
    const vertex = this.vertexAt(p, [tx, ty]);
    if (only && vertex) return { kind: 'vertex', id: only.label.id, ...vertex, points: only.label.points as Points };
    if (only?.label.box && model.mayChange(only, 'spatialEdits')) {
      const handle = hitHandle(only.label.box as Box, p, tx, ty);
      if (handle) return { kind: 'resize', handle, id: only.label.id, box: only.label.box as Box };
    }
    const hit = view.hit(p);
    if (!hit) return { kind: 'band', from: p, add };
    if (add) {
      model.toggle(hit.id);
      return null;
    }
    if (!model.selected.has(hit.id)) model.select([hit.id]);
    return { kind: 'move', from: p, places: model.movable() };
  }

  /** A stroke of the brush. The eraser takes the object it is put on, if none is selected. */
  private beginPaint(p: Point, erase: boolean, kind: 'paint' | 'lasso' = 'paint'): Gesture | null {
    const { model, view } = this;
    if (erase && !model.paintTarget() && !this.takeUp(p)) return null;
    view.draft = { stroke: { points: [p], erase, outline: kind === 'lasso' } };
    view.redrawActive();
    return { kind, points: [p], erase };
  }

  /** Takes the object at a place to be painted on, if none is selected; answers whether there is something to paint on. */
  private takeUp(p: Point): boolean {
    const { model, view } = this;
    if (model.paintTarget() || isSegmentationField(model.schema(model.field))) return true;
    const hit = view.hit(p);
    if (hit) model.select([hit.id]);
    return model.paintTarget() !== null;
  }

  /** A click while a shape of points is drawn: one more point, or its end. */
  private sketch(p: Point, reach: Point): void {
    const { model } = this;
    const sketch = model.sketch?.field === model.field ? model.sketch : null;
    if (sketch && sketch.kind !== 'keypoint') {
      const at = hitVertex([sketch.points], p, reach)?.index;
      if (at === 0 && sketch.points.length > 2 && model.finishSketch(true)) return;
      // The second click of a double click.
      if (at !== undefined && at > 0 && at === sketch.points.length - 1 && model.finishSketch()) return;
      if (at !== undefined && at === sketch.points.length - 1) return;
    }
    model.sketchPoint(inPicture(p));
  }

  /** The point of the only selected shape at a place, or the middle of an edge, where a new one can be made. */
  private vertexAt(p: Point, reach: Point): { at: Vertex; isNew: boolean } | null {
    const { model } = this;
    const only = model.selected.size === 1 ? model.first() : undefined;
    if (!only?.label.points || only.label.box || !model.mayChange(only, 'spatialEdits')) return null;
    const points = only.label.points as Points;
    const at = hitVertex(points, p, reach);
    if (at) return { at, isNew: false };
    const middle = only.label.cls === 'Keypoint' ? null : hitMiddle(points, only.label.closed ?? false, p, reach);
    return middle && { at: middle, isNew: true };
  }

  /** A double click takes a point out of a shape. */
  private twice = (e: MouseEvent): void => {
    const { model, view } = this;
    const only = model.first();
    if (model.tool !== 'select' || !only) return;
    const [x, y] = this.local(e);
    const vertex = this.vertexAt(view.toPicture(x, y), view.tolerance(7));
    if (!vertex || vertex.isNew) return;
    const points = removed(only.label.points as Points, vertex.at, pointsKind(only.label));
    if (points) model.setPlaces(new Map([[only.label.id, { points }]]));
  };

  private moved = (e: PointerEvent): void => {
    const at = this.local(e);
    if (this.fingers.has(e.pointerId)) this.fingers.set(e.pointerId, at);
    const { view } = this;
    const p = view.toPicture(at[0], at[1]);
    const g = this.gesture;
    if (!g) {
      this.hover(p);
      return;
    }
    switch (g.kind) {
      case 'pan':
        this.panned = true;
        view.pan(at[0] - g.at[0], at[1] - g.at[1]);
        g.at = at;
        return;
      case 'pinch': {
        const now = this.pinch();
        view.pan(now.center[0] - g.center[0], now.center[1] - g.center[1]);
        if (g.distance > 0) view.zoomAt(now.center[0], now.center[1], now.distance / g.distance);
        this.gesture = { kind: 'pinch', ...now };
        return;
      }
      case 'move': {
        const d = limitMove([...g.places.values()].map(bounds), [p[0] - g.from[0], p[1] - g.from[1]]);
        view.draft = { places: new Map([...g.places].map(([id, place]) => [id, movePlace(place, d)])) };
        break;
      }
      case 'vertex': view.draft = { places: new Map([[g.id, { points: (g.isNew ? inserted : placed)(g.points, g.at, p) }]]) }; break;
      case 'resize': view.draft = { places: new Map([[g.id, { box: resize(g.box, g.handle, p) }]]) }; break;
      case 'paint':
      case 'lasso': {
        const moves = e.getCoalescedEvents?.() ?? [];
        for (const m of moves.length > 0 ? moves : [e]) g.points.push(view.toPicture(...this.local(m)));
        view.draft = { stroke: { points: g.points, erase: g.erase, outline: g.kind === 'lasso' }, cross: p };
        break;
      }
      case 'draw': view.draft = { box: clip(boxOf(g.from, p)) }; break;
      case 'band': view.draft = { band: boxOf(g.from, p) }; break;
    }
    view.redrawActive();
  };

  private hover(p: Point): void {
    const { model, view } = this;
    let cursor = 'default';
    if (this.panKey) cursor = 'grab';
    else if (model.tool !== 'select') {
      cursor = isBrush(model.tool) ? 'none' : 'crosshair';
      view.draft = { cross: p };
      view.redrawActive();
    } else {
      const only = model.selected.size === 1 ? model.first() : undefined;
      const [tx, ty] = view.tolerance(7);
      const handle = only?.label.box && model.mayChange(only, 'spatialEdits') ? hitHandle(only.label.box as Box, p, tx, ty) : null;
      if (this.vertexAt(p, [tx, ty])) cursor = 'pointer';
      else if (handle) cursor = CURSORS[handle.dx === 0 ? 1 : handle.dy === 0 ? 3 : handle.dx === handle.dy ? 0 : 2]!;
      else if (view.hit(p)) cursor = 'move';
    }
    if (view.host.style.cursor !== cursor) view.host.style.cursor = cursor;
  }

  private up = (e: PointerEvent): void => {
    const g = this.gesture;
    const { draft } = this.view;
    this.release(e);
    if (!g) return;
    this.view.draft = g.kind === 'paint' ? { cross: g.points.at(-1)! } : {};
    const [tx, ty] = this.view.tolerance(3);
    if (g.kind === 'draw' && draft.box && draft.box[2] > tx && draft.box[3] > ty) this.model.addBox(draft.box);
    else if (g.kind === 'paint') this.model.paint(g.points, this.model.brushSize / 2, g.erase);
    else if (g.kind === 'lasso') this.model.paint(g.points, 'outline', g.erase);
    else if (g.kind === 'bucket') this.model.paint([g.at], 'flood', g.erase);
    else if (g.kind === 'move') this.finish(g.places, draft.places);
    else if (g.kind === 'resize') this.finish(new Map([[g.id, { box: g.box }]]), draft.places);
    else if (g.kind === 'vertex') this.finish(new Map([[g.id, { points: g.points }]]), draft.places);
    else if (g.kind === 'band') {
      const band = draft.band;
      const found = band && (band[2] > tx || band[3] > ty) ? this.view.inside(band) : [];
      this.model.select(g.add ? [...this.model.selected, ...found] : found);
    }
    this.view.redrawActive();
  };

  private finish(before: Map<string, Place>, after: Map<string, Place> | undefined): void {
    const reach = this.view.tolerance(0.5);
    const flat = (place: Place) => [...(place.box ?? []), ...(place.points ?? []).flat().flatMap((p) => p ?? [])];
    const moved = [...(after ?? [])].filter(([id, place]) => {
      const from = flat(before.get(id)!);
      const to = flat(place);
      return from.length !== to.length || from.some((v, i) => Math.abs(v - to[i]!) > reach[i % 2]!);
    });
    if (moved.length > 0) this.model.setPlaces(new Map(moved));
  }

  private cancel = (e: PointerEvent): void => {
    this.release(e);
    this.abort();
  };

  private release(e: PointerEvent): void {
    this.fingers.delete(e.pointerId);
    if (this.gesture?.kind !== 'pinch' || this.fingers.size === 0) this.gesture = null;
  }

  private pinch(): { distance: number; center: Point } {
    const [a, b] = [...this.fingers.values()];
    if (!a || !b) return { distance: 0, center: a ?? [0, 0] };
    return { distance: Math.hypot(a[0] - b[0], a[1] - b[1]), center: [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2] };
  }
}
