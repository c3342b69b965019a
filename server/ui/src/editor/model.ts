// The editor's work on one sample: labels, selection, tool and history. React hears of it by version; shapes never live in React state.
import type { Attribute, Dataset, FieldSchema, Label, Restrictions, Task } from '../api/client';
import { learnClasses } from '../model/colors';
import { around, limitMove, move, type Box, type Point } from './geometry';
import { apply, History, type Gesture, type ScalarValue, type Shape } from './history';
import { present, shifted, type Points } from './points';
import { painted, type Nib } from './painting';
import { isSegmentationField, segmented, targetsOf } from './segments';
import { MasksToSend } from './sentMasks';
import { classNameOf, isScalarField, scalarShape, shapesOf, workOf, type Work } from './work';

export type Tool = 'select' | 'draw' | PaintTool;
/** The brush, the eraser, an outline of corners whose inside is painted, one that is drawn by hand, and what fills all pixels that are joined. */
export type PaintTool = 'brush' | 'erase' | 'fill' | 'lasso' | 'bucket';
/** What is drawn in a field; the labels of others are drawn nowhere. */
export type DrawKind = 'box' | 'keypoint' | 'line' | 'outline' | 'mask' | 'segmentation';
/** A shape of points that is being drawn. */
export interface Sketch { field: string; kind: Exclude<DrawKind, 'box' | 'mask' | 'segmentation'>; points: (Point | null)[] }

export const clipboard: { shapes: Shape[] } = { shapes: [] };
/** The size that the brush was given last, on whichever sample. */
const lastBrush: { size: number | null } = { size: null };

export class EditorModel {
  shapes = new Map<string, Shape>();
  selected = new Set<string>();
  hidden = new Set<string>();
  allHidden = false;
  tool: Tool = 'select';
  /** How wide the brush is, in pixels of the picture. */
  brushSize: number;
  /** Whether lasso and bucket take away. */
  takesAway = false;
  sketch: Sketch | null = null;
  skeletons: Dataset['skeletons'] = {};
  field: string;
  activeClass = new Map<string, string>();
  attributeMode: number | null = null;
  version = 0;
  /** Counts changes of labels only. */
  edits = 0;
  protected history = new History();
  private masks: MasksToSend;
  private listeners = new Set<() => void>();

  constructor(readonly task: Task, public width: number, public height: number, private readonly onEdit: () => void) {
    this.shapes = shapesOf(task);
    this.masks = new MasksToSend(this.shapes);
    this.brushSize = lastBrush.size ?? defaultSize(width, height);
    this.field = (task.schema.find(isBoxField) ?? task.schema.find(isPlacedField) ?? task.schema[0])?.field ?? '';
    for (const f of task.schema) {
      learnClasses(f.classes.map((c) => c.name));
      if (f.classes[0]) this.activeClass.set(f.field, f.classes[0].name);
    }
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  changed(): void {
    this.version++;
    this.listeners.forEach((l) => l());
  }

  /** The size of the picture as it is shown; what the dataset says of it may be missing, or not know that it is turned. */
  setSize(width: number, height: number): void {
    if (width === this.width && height === this.height) return;
    this.width = width;
    this.height = height;
    this.changed();
  }

  schema(field: string): FieldSchema | undefined {
    return this.task.schema.find((f) => f.field === field);
  }

  may(field: string, what: keyof Restrictions): boolean {
    return this.schema(field)?.restrictions[what] ?? false;
  }

  get canUndo(): boolean { return this.history.canUndo; }
  get canRedo(): boolean { return this.history.canRedo; }

  /** Whether a label may be changed so. */
  mayChange(shape: Shape, what: keyof Restrictions): boolean {
    return this.may(shape.field, what);
  }

  /** All that is saved, by id. */
  all(): Map<string, Shape> {
    return this.shapes;
  }

  /** One gesture of the user on what is shown. */
  commit(gesture: Gesture): void {
    this.take(gesture);
  }

  /** Changes of what is saved: applied, remembered, saved. */
  take(gesture: Gesture): void {
    if (gesture.length === 0) return;
    this.history.push(gesture);
    this.perform(gesture);
  }

  /** Takes the last gesture back; answers what that changed, or null. */
  undo(): Gesture | null { return this.again(this.history.undo()); }
  redo(): Gesture | null { return this.again(this.history.redo()); }

  private again(gesture: Gesture | null): Gesture | null {
    if (gesture) this.perform(gesture);
    return gesture;
  }

  /** Replaces all labels, as after a merge with somebody else's work. */
  replace(shapes: Map<string, Shape>): void {
    this.shapes = shapes;
    this.history = new History();
    this.prune();
    this.edits++;
    this.changed();
  }

  private perform(gesture: Gesture): void {
    this.applied(gesture);
    this.masks.note(gesture);
    this.prune();
    this.edits++;
    this.changed();
    this.onEdit();
  }

  protected applied(gesture: Gesture): void {
    this.shapes = apply(this.shapes, gesture);
  }

  protected prune(): void {
    for (const id of this.selected) if (!this.shapes.has(id)) this.selected.delete(id);
    if (this.selected.size === 0) this.attributeMode = null;
  }

  select(ids: Iterable<string>): void {
    this.endSketch();
    this.selected = new Set(ids);
    const first = this.first();
    if (first && isPlacedField(this.schema(first.field))) this.field = first.field;
    if (isPaintTool(this.tool) && !this.paintsIn(this.field)) this.tool = 'select';
    if (this.selected.size === 0) this.attributeMode = null;
    this.changed();
  }

  /** Turns to another field. */
  turnTo(field: string): void {
    this.endSketch();
    this.field = field;
    this.select([]);
  }

  toggle(id: string): void {
    const next = new Set(this.selected);
    if (!next.delete(id)) next.add(id);
    this.select(next);
  }

  first(): Shape | undefined {
    const id = this.selected.values().next().value;
    return id === undefined ? undefined : this.shapes.get(id);
  }

  chosen(): Shape[] {
    return [...this.selected].map((id) => this.shapes.get(id)).filter((s): s is Shape => s !== undefined);
  }

  visible(): Shape[] {
    return this.allHidden ? [] : [...this.shapes.values()].filter((s) => !this.hidden.has(s.label.id) && extent(s.label) !== null);
  }

  setTool(tool: Tool): void {
    this.endSketch();
    if (tool === 'draw' && isSegmentationField(this.schema(this.field))) tool = 'brush';
    if (tool === 'draw') {
      const target = [this.schema(this.field), ...this.task.schema].find((f) => f && drawKind(f) !== null);
      if (!target || !this.mayDraw(target.field)) return;
      this.field = target.field;
      this.selected = new Set();
      if (this.paintsIn(target.field)) tool = 'brush';
    } else if (isPaintTool(tool) && !this.choosePainted()) return;
    this.tool = tool;
    this.changed();
  }

  /** Whether a label can be drawn in a field: it may be added, and there is room for it. */
  mayDraw(field: string): boolean {
    const f = this.schema(field);
    return f !== undefined && drawKind(f) !== null && this.may(field, 'additions')
      && (this.className(field).endsWith('s') || ![...this.shapes.values()].some((s) => s.field === field));
  }

  /** Turns to a field whose masks can be painted; answers false if there is none. */
  private choosePainted(): boolean {
    const target = [this.schema(this.field), ...this.task.schema].find((f) => f && this.mayPaint(f.field));
    if (!target) return false;
    this.field = target.field;
    if (!this.paintTarget()) this.selected = new Set();
    return true;
  }

  /** Whether a field has masks that are painted. */
  paintsIn(field: string): boolean {
    const kind = drawKind(this.schema(field));
    return kind === 'mask' || kind === 'segmentation';
  }

  /** The label of a field that holds one segmentation. */
  segmentation(field: string): Shape | null {
    return isSegmentationField(this.schema(field)) ? [...this.shapes.values()].find((s) => s.field === field) ?? null : null;
  }

  /** The segmentations that are shown. */
  segmentations(): Shape[] {
    return this.allHidden ? [] : this.task.schema.flatMap((f) => this.segmentation(f.field) ?? []).filter((s) => s.label.mask);
  }

  /** Whether masks of a field can be painted: those there are, or new ones. */
  mayPaint(field: string): boolean {
    if (isSegmentationField(this.schema(field))) return this.segmentation(field) ? this.may(field, 'spatialEdits') : this.may(field, 'additions');
    return this.paintsIn(field) && (this.may(field, 'spatialEdits') || this.mayDraw(field));
  }

  /** The label whose mask is painted: the one that is selected, or the field's segmentation. Otherwise a stroke makes a new one. */
  paintTarget(): Shape | null {
    if (isSegmentationField(this.schema(this.field))) return this.segmentation(this.field);
    const only = this.selected.size === 1 ? this.first() : undefined;
    return only && only.field === this.field && this.paintsIn(only.field) ? only : null;
  }

  /** Paints on the mask of the selected label, or makes a label of it. What is erased whole is deleted. */
  paint(points: Point[], nib: Nib, erase: boolean): void {
    if (isSegmentationField(this.schema(this.field))) return this.paintSegmentation(points, nib, erase);
    const target = this.paintTarget();
    if (target ? !this.may(target.field, 'spatialEdits') : erase || nib === 'flood' || !this.mayDraw(this.field)) return;
    const now = painted(target?.label ?? null, { points, nib, value: erase ? 0 : 1 }, this.width, this.height);
    if (now === undefined || (now === null && !(target && this.may(target.field, 'deletions')))) return;
    if (target) this.commit([{ id: target.label.id, before: target, after: now && { ...target, label: { ...target.label, ...now } } }]);
    else if (now) this.addShape(this.field, { cls: 'Detection', ...now });
  }

  /** Gives pixels the chosen class, or the background. */
  private paintSegmentation(points: Point[], nib: Nib, erase: boolean): void {
    const target = targetsOf(this.schema(this.field)!).find((t) => t.name === this.activeClass.get(this.field));
    const before = this.segmentation(this.field);
    if (!this.mayPaint(this.field) || (!erase && !target) || (erase && !before)) return;
    const mask = segmented(before?.label.mask, { points, nib, value: erase ? 0 : target!.value }, this.width, this.height);
    if (!mask) return;
    const label: Label = before ? { ...before.label, mask } : { id: newId(), cls: 'Segmentation', mask };
    this.commit([{ id: label.id, before, after: { field: this.field, label } }]);
  }

  /** Lasso and bucket add from now on, or take away. */
  setTakesAway(takesAway: boolean): void {
    this.takesAway = takesAway;
    this.changed();
  }

  /** Makes the brush wider or narrower. */
  resizeBrush(size: number): void {
    this.brushSize = Math.min(Math.max(this.width, this.height), Math.max(1, Math.round(size)));
    lastBrush.size = this.brushSize;
    this.changed();
  }

  /** The names of a field's keypoints, in order; empty if there is no skeleton. */
  joints(field: string): string[] {
    const skeleton = this.skeletons[field];
    if (!skeleton) return [];
    const count = Math.max(skeleton.labels.length, ...skeleton.edges.flat().map((i) => i + 1));
    return Array.from({ length: count }, (_, i) => skeleton.labels[i] ?? `point ${i + 1}`);
  }

  /** Adds a point to the shape that is being drawn; null is a keypoint that cannot be seen. The last of a skeleton ends it. */
  sketchPoint(p: Point | null): void {
    const kind = this.tool === 'fill' ? 'outline' : drawKind(this.schema(this.field));
    if (kind === null || kind === 'box' || kind === 'mask' || kind === 'segmentation' || (p === null && kind !== 'keypoint')) return;
    if (this.sketch?.field !== this.field) this.sketch = { field: this.field, kind, points: [] };
    this.sketch.points = [...this.sketch.points, p];
    if (kind === 'keypoint' && this.sketch.points.length === this.joints(this.field).length) this.finishSketch();
    else this.changed();
  }

  /** Takes the last point of the shape that is being drawn back. */
  sketchBack(): void {
    if (!this.sketch) return;
    this.sketch.points = this.sketch.points.slice(0, -1);
    if (this.sketch.points.length === 0) this.sketch = null;
    this.changed();
  }

  dropSketch(): void {
    this.sketch = null;
    this.changed();
  }

  /** Makes a label of what is being drawn; answers false if that are too few points. */
  finishSketch(closed = false): boolean {
    const s = this.sketch;
    if (!s) return false;
    const enough = { keypoint: 1, line: closed ? 3 : 2, outline: 3 }[s.kind];
    if (present([s.points]).length < enough) return false;
    this.sketch = null;
    if (this.paintsIn(s.field)) {
      this.paint(present([s.points]), 'outline', false);
      this.changed();
      return true;
    }
    const missing = s.kind === 'keypoint' ? Math.max(0, this.joints(s.field).length - s.points.length) : 0;
    const points = [[...s.points, ...Array<null>(missing).fill(null)]];
    this.addShape(s.field, s.kind === 'keypoint' ? { cls: 'Keypoint', points } : { cls: 'Polyline', points, closed: closed || s.kind === 'outline', filled: s.kind === 'outline' });
    return true;
  }

  private endSketch(): void {
    if (this.sketch && !this.finishSketch()) this.sketch = null;
  }

  addBox(box: Box): void {
    this.addShape(this.field, { cls: 'Detection', box });
  }

  private addShape(field: string, form: Omit<Label, 'id'>): void {
    const f = this.schema(field);
    if (!f || !this.mayDraw(field)) return;
    const cls = this.activeClass.get(field);
    const label: Label = { id: newId(), ...form, ...withClass(cls), attributes: defaults(f, cls) };
    if (!isPaintTool(this.tool)) this.tool = 'select';
    this.selected = new Set([label.id]);
    this.commit([{ id: label.id, before: null, after: { field, label } }]);
  }

  /** Puts labels elsewhere, or gives them another form. */
  setPlaces(places: Map<string, Place>): void {
    this.commit([...places].flatMap(([id, place]) => {
      const before = this.shapes.get(id);
      return before && this.mayChange(before, 'spatialEdits') ? [{ id, before, after: { ...before, label: { ...before.label, ...place } } }] : [];
    }));
  }

  /** The places of the selected labels that may be moved. */
  movable(): Map<string, Place> {
    return new Map(this.chosen().filter((s) => extent(s.label) && this.mayChange(s, 'spatialEdits')).map((s) => [s.label.id, placeOf(s.label)]));
  }

  nudge(dx: number, dy: number): void {
    const places = this.movable();
    const d = limitMove([...places.values()].map(bounds), [dx / this.width, dy / this.height]);
    if (d[0] !== 0 || d[1] !== 0) this.setPlaces(new Map([...places].map(([id, p]) => [id, movePlace(p, d)])));
  }

  setClass(name: string): void {
    this.activeClass.set(this.field, name);
    const gesture: Gesture = this.chosen()
      .filter((s) => s.field === this.field && s.label.label !== name && this.mayChange(s, 'labelEdits'))
      .map((s) => ({ id: s.label.id, before: s, after: { ...s, label: { ...s.label, label: name } } }));
    if (gesture.length > 0) this.commit(gesture);
    else this.changed();
  }

  setAttribute(attribute: Attribute, value: unknown): void {
    if (attribute.readOnly) return;
    this.commit(this.chosen().filter((s) => this.mayChange(s, 'labelEdits') && this.attributesOf(s).some((a) => a.name === attribute.name) && s.label.attributes?.[attribute.name] !== value).map((s) => {
      const attributes = { ...s.label.attributes };
      if (value === undefined || value === null) delete attributes[attribute.name];
      else attributes[attribute.name] = value;
      return { id: s.label.id, before: s, after: { ...s, label: { ...s.label, attributes } } };
    }));
  }

  setIndex(value: number | undefined): void {
    this.commit(this.chosen().filter((s) => this.may(s.field, 'indexEdits') && s.label.index !== value).map((s) => {
      const { index: _, ...rest } = s.label;
      return { id: s.label.id, before: s, after: { ...s, label: value === undefined ? rest : { ...rest, index: value } } };
    }));
  }

  /** The attributes a label has by its field and class. */
  attributesOf(shape: Shape): Attribute[] {
    const f = this.schema(shape.field);
    return f ? [...f.attributes, ...(f.classes.find((c) => c.name === shape.label.label)?.attributes ?? [])] : [];
  }

  /** Deletes the selected labels, or the whole segmentation of the field. */
  remove(): void {
    this.commit(this.removable().map((s) => ({ id: s.label.id, before: s, after: null })));
  }

  removable(): Shape[] {
    const whole = this.segmentation(this.field);
    return (whole ? [whole] : this.chosen()).filter((s) => this.mayChange(s, 'deletions'));
  }

  /** Adds copies with ids of their own. */
  addCopies(shapes: Shape[], offset: Point): void {
    const gesture: Gesture = shapes.filter((s) => this.may(s.field, 'additions')).map((s) => {
      const { confidence: _, mask, ...rest } = s.label;
      // A mask that is only to be looked at cannot be copied.
      const label: Label = { ...rest, ...(mask?.runs === undefined ? {} : { mask }), id: newId() };
      if (extent(label)) Object.assign(label, movePlace(placeOf(label), limitMove([bounds(placeOf(label))], offset)));
      return { id: label.id, before: null, after: { field: s.field, label } };
    });
    this.selected = new Set(gesture.map((c) => c.id));
    this.commit(gesture);
  }

  /** Sets the classes of a field that holds classes of the whole picture. */
  setClassifications(field: string, names: string[]): void {
    const have = [...this.shapes.values()].filter((s) => s.field === field);
    const gesture: Gesture = [];
    const single = this.className(field) === 'Classification';
    if (single && have[0] && names[0]) {
      gesture.push({ id: have[0].label.id, before: have[0], after: { field, label: { ...have[0].label, label: names[0] } } });
    } else {
      for (const s of have) if (!names.includes(s.label.label ?? '')) gesture.push({ id: s.label.id, before: s, after: null });
      for (const name of names) {
        if (have.some((s) => s.label.label === name)) continue;
        const label: Label = { id: newId(), cls: 'Classification', label: name, attributes: defaults(this.schema(field)!, name) };
        gesture.push({ id: label.id, before: null, after: { field, label } });
      }
    }
    this.commit(gesture);
  }

  /** The classes of the whole picture that a field holds. */
  classesOf(field: string): string[] {
    return [...this.shapes.values()].filter((s) => s.field === field).map((s) => s.label.label ?? '');
  }

  /** The field of the picture that digits set: the first with choices, where nothing can be drawn. */
  digitField(): string | undefined {
    const { schema } = this.task;
    return schema.some(isPlacedField) ? undefined : schema.find((f) => isClassField(f) || valueChoices(f))?.field;
  }

  /** What digits choose from in a field: its classes or values. */
  toggleChoice(field: string, n: number): void {
    const f = this.schema(field);
    const value = f && isScalarField(f) ? valueChoices(f)?.[n] : undefined;
    const name = f?.classes[n]?.name;
    if (value !== undefined) this.toggleValue(field, value);
    else if (name !== undefined && isClassField(f)) this.toggleClass(field, name);
  }

  /** Whether a class of the picture may be set, or taken back if it is set. */
  mayClassify(field: string, name: string): boolean {
    const names = this.classesOf(field);
    if (names.includes(name)) return this.may(field, 'deletions');
    return this.className(field) === 'Classification' && names.length > 0 ? this.may(field, 'labelEdits') : this.may(field, 'additions');
  }

  /** Sets a class of the picture, or takes it back. A field of one class changes it. */
  toggleClass(field: string, name: string): void {
    if (!this.mayClassify(field, name)) return;
    const names = this.classesOf(field);
    const others = names.filter((n) => n !== name);
    if (names.includes(name)) this.setClassifications(field, others);
    else this.setClassifications(field, this.className(field) === 'Classification' ? [name] : [...names, name]);
  }

  className(field: string): string {
    return classNameOf(this.task, field);
  }

  /** The value of a scalar field. */
  valueOf(field: string): ScalarValue | undefined {
    return this.shapes.get(field)?.label.value;
  }

  /** Whether a scalar field may get this value, or lose the one it has. Another value in place of one is always allowed. */
  maySetValue(field: string, value: ScalarValue | undefined): boolean {
    if (value === undefined) return this.may(field, 'deletions');
    return this.valueOf(field) !== undefined || this.may(field, 'additions');
  }

  setValue(field: string, value: ScalarValue | undefined): void {
    if (value === this.valueOf(field) || !this.maySetValue(field, value)) return;
    this.commit([{ id: field, before: this.shapes.get(field) ?? null, after: value === undefined ? null : scalarShape(field, value) }]);
  }

  /** Sets a value, or takes it back. */
  toggleValue(field: string, value: ScalarValue): void {
    this.setValue(field, this.valueOf(field) === value ? undefined : value);
  }

  /** The work as it is saved. */
  work(): Work {
    return workOf(this.task, this.masks.without(this.shapes));
  }

  /** Notes what masks the server holds now. */
  served(shapes: Map<string, Shape>): void {
    this.masks = new MasksToSend(shapes);
  }
}

export const isPaintTool = (tool: Tool): tool is PaintTool => tool === 'brush' || tool === 'erase' || tool === 'fill' || tool === 'lasso' || tool === 'bucket';
/** Whether a tool paints along a line of some width. */
export const isBrush = (tool: Tool): boolean => tool === 'brush' || tool === 'erase';
/** Whether a tool either adds to a mask or takes from it. */
export const takesOrAdds = (tool: Tool): boolean => tool === 'lasso' || tool === 'bucket';

const defaultSize = (width: number, height: number): number => Math.max(3, Math.round(Math.max(width, height) / 40));

export const isBoxField = (f: FieldSchema | undefined): boolean => f !== undefined && /^(detection|instance)s?$/.test(f.type);
export const isClassField = (f: FieldSchema | undefined): boolean => f !== undefined && /^classifications?$/.test(f.type);
/** Whether a field's labels have a place in the picture. */
export const isPlacedField = (f: FieldSchema | undefined): boolean => f !== undefined && !isClassField(f) && !isScalarField(f);

/** What a scalar field can be set to by a choice; null where it is typed. */
export function valueChoices(f: FieldSchema): ScalarValue[] | null {
  if (f.valueType === 'bool') return [true, false];
  return f.classes.length > 0 && (f.valueType ?? 'str') === 'str' ? f.classes.map((c) => c.name) : null;
}

/** What is drawn in a field, or null. */
export function drawKind(f: FieldSchema | undefined): DrawKind | null {
  if (isSegmentationField(f)) return 'segmentation';
  if (f && /^instances?$/.test(f.type)) return 'mask';
  if (isBoxField(f)) return 'box';
  if (f && /^polygons?$/.test(f.type)) return 'outline';
  if (f && /^polylines?$/.test(f.type)) return 'line';
  return f && /^keypoints?$/.test(f.type) ? 'keypoint' : null;
}

/** What the points of a label are. */
export const pointsKind = (label: Label): Sketch['kind'] => (label.cls === 'Keypoint' ? 'keypoint' : label.closed ? 'outline' : 'line');

/** Where a label is: its box, its points or both. */
export interface Place { box?: Box; points?: Points }

const placeOf = (label: Label): Place => ({
  ...(label.box ? { box: label.box as Box } : {}),
  ...(label.points ? { points: label.points as Points } : {}),
});

export const bounds = (place: Place): Box => place.box ?? around(present(place.points ?? []));

export const movePlace = (place: Place, d: Point): Place => ({
  ...(place.box ? { box: move(place.box, d) } : {}),
  ...(place.points ? { points: shifted(place.points, d) } : {}),
});

/** The box of a label, or of its points; null for a label without a place. */
export function extent(label: Label): Box | null {
  if (label.box) return label.box as Box;
  const points = (label.points ?? []).flat().filter((p): p is Point => Array.isArray(p));
  return points.length > 0 ? around(points) : null;
}

const withClass = (name: string | undefined) => (name === undefined ? {} : { label: name });

function defaults(f: FieldSchema, cls: string | undefined): Record<string, unknown> {
  const all = [...f.attributes, ...(f.classes.find((c) => c.name === cls)?.attributes ?? [])];
  return Object.fromEntries(all.filter((a) => a.default !== undefined && a.default !== null).map((a) => [a.name, a.default]));
}

/** A new id of FiftyOne's form: seconds, then random. */
export function newId(): string {
  const random = crypto.getRandomValues(new Uint8Array(8));
  return Math.floor(Date.now() / 1000).toString(16).padStart(8, '0') + [...random].map((b) => b.toString(16).padStart(2, '0')).join('');
}
