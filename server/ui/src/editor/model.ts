// The editor's work on one sample: labels, selection, tool and history. React hears of it by version; shapes never live in React state.
import type { Attribute, FieldLabels, FieldSchema, Label, Restrictions, Task } from '../api/client';
import { learnClasses } from '../model/colors';
import { around, limitMove, move, type Box, type Point } from './geometry';
import { apply, History, type Gesture, type Shape } from './history';

export type Tool = 'select' | 'draw';

const CLASSES: Record<string, string> = {
  detection: 'Detection', detections: 'Detections', instance: 'Detection', instances: 'Detections', classification: 'Classification', classifications: 'Classifications',
  polyline: 'Polyline', polylines: 'Polylines', polygon: 'Polyline', polygons: 'Polylines', keypoint: 'Keypoint', keypoints: 'Keypoints', segmentation: 'Segmentation',
};

export const clipboard: { shapes: Shape[] } = { shapes: [] };

export class EditorModel {
  shapes = new Map<string, Shape>();
  selected = new Set<string>();
  hidden = new Set<string>();
  allHidden = false;
  tool: Tool = 'select';
  field: string;
  activeClass = new Map<string, string>();
  attributeMode: number | null = null;
  version = 0;
  /** Counts changes of labels only. */
  edits = 0;
  private history = new History();
  private listeners = new Set<() => void>();

  constructor(readonly task: Task, public width: number, public height: number, private readonly onEdit: () => void) {
    this.shapes = shapesOf(task.labels);
    this.field = (task.schema.find(isBoxField) ?? task.schema.find((f) => !isClassField(f)) ?? task.schema[0])?.field ?? '';
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

  /** One gesture of the user: applied, remembered, saved. */
  commit(gesture: Gesture): void {
    if (gesture.length === 0) return;
    this.history.push(gesture);
    this.perform(gesture);
  }

  undo(): void { const g = this.history.undo(); if (g) this.perform(g); }
  redo(): void { const g = this.history.redo(); if (g) this.perform(g); }

  /** Replaces all labels, as after a merge with somebody else's work. */
  replace(shapes: Map<string, Shape>): void {
    this.shapes = shapes;
    this.history = new History();
    this.prune();
    this.edits++;
    this.changed();
  }

  private perform(gesture: Gesture): void {
    this.shapes = apply(this.shapes, gesture);
    this.prune();
    this.edits++;
    this.changed();
    this.onEdit();
  }

  private prune(): void {
    for (const id of this.selected) if (!this.shapes.has(id)) this.selected.delete(id);
    if (this.selected.size === 0) this.attributeMode = null;
  }

  select(ids: Iterable<string>): void {
    this.selected = new Set(ids);
    const first = this.first();
    if (first && !isClassField(this.schema(first.field))) this.field = first.field;
    if (this.selected.size === 0) this.attributeMode = null;
    this.changed();
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
    if (tool === 'draw') {
      const target = this.task.schema.find((f) => f.field === this.field && isBoxField(f)) ?? this.task.schema.find(isBoxField);
      if (!target || !this.may(target.field, 'additions')) return;
      this.field = target.field;
      this.selected = new Set();
    }
    this.tool = tool;
    this.changed();
  }

  addBox(box: Box): void {
    const f = this.schema(this.field);
    if (!f || !this.may(this.field, 'additions')) return;
    const label: Label = { id: newId(), cls: 'Detection', ...withClass(this.activeClass.get(this.field)), box, attributes: defaults(f, this.activeClass.get(this.field)) };
    this.tool = 'select';
    this.selected = new Set([label.id]);
    this.commit([{ id: label.id, before: null, after: { field: this.field, label } }]);
  }

  setBoxes(boxes: Map<string, Box>): void {
    this.commit([...boxes].flatMap(([id, box]) => {
      const before = this.shapes.get(id);
      return before && this.may(before.field, 'spatialEdits') ? [{ id, before, after: { ...before, label: { ...before.label, box } } }] : [];
    }));
  }

  nudge(dx: number, dy: number): void {
    const movable = this.chosen().filter((s) => s.label.box && this.may(s.field, 'spatialEdits'));
    const d = limitMove(movable.map((s) => s.label.box as Box), [dx / this.width, dy / this.height]);
    if (d[0] !== 0 || d[1] !== 0) this.setBoxes(new Map(movable.map((s) => [s.label.id, move(s.label.box as Box, d)])));
  }

  setClass(name: string): void {
    this.activeClass.set(this.field, name);
    const gesture: Gesture = this.chosen()
      .filter((s) => s.field === this.field && s.label.label !== name && this.may(s.field, 'labelEdits'))
      .map((s) => ({ id: s.label.id, before: s, after: { ...s, label: { ...s.label, label: name } } }));
    if (gesture.length > 0) this.commit(gesture);
    else this.changed();
  }

  setAttribute(attribute: Attribute, value: unknown): void {
    if (attribute.readOnly) return;
    this.commit(this.chosen().filter((s) => this.may(s.field, 'labelEdits') && this.attributesOf(s).some((a) => a.name === attribute.name) && s.label.attributes?.[attribute.name] !== value).map((s) => {
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

  remove(): void {
    this.commit(this.chosen().filter((s) => this.may(s.field, 'deletions')).map((s) => ({ id: s.label.id, before: s, after: null })));
  }

  /** Adds copies with ids of their own. */
  addCopies(shapes: Shape[], offset: Point): void {
    const gesture: Gesture = shapes.filter((s) => this.may(s.field, 'additions')).map((s) => {
      const { confidence: _, ...rest } = s.label;
      const label: Label = { ...rest, id: newId() };
      if (label.box) label.box = move(label.box as Box, limitMove([label.box as Box], offset));
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

  className(field: string): string {
    return classNameOf(this.task, field);
  }

  /** The labels as they are saved. */
  labels(): FieldLabels {
    return fieldLabels(this.task, this.shapes);
  }
}

const classNameOf = (task: Task, field: string): string =>
  task.labels[field]?.cls ?? CLASSES[task.schema.find((f) => f.field === field)?.type ?? ''] ?? 'Detections';

/** The labels of a task as they are saved. */
export function fieldLabels(task: Task, shapes: Map<string, Shape>): FieldLabels {
  const out: FieldLabels = {};
  for (const f of task.schema) {
    const cls = classNameOf(task, f.field);
    const labels = [...shapes.values()].filter((s) => s.field === f.field).map((s) => withoutMask(s.label));
    if (labels.length > 0 || (cls.endsWith('s') && task.labels[f.field])) out[f.field] = { cls, labels };
  }
  return out;
}

export function shapesOf(groups: FieldLabels): Map<string, Shape> {
  return new Map(Object.entries(groups).flatMap(([field, g]) => g.labels.map((label) => [label.id, { field, label }] as [string, Shape])));
}

export const isBoxField = (f: FieldSchema | undefined): boolean => f !== undefined && /^(detection|instance)s?$/.test(f.type);
export const isClassField = (f: FieldSchema | undefined): boolean => f !== undefined && /^classifications?$/.test(f.type);

/** The box of a label, or of its points; null for a label without a place. */
export function extent(label: Label): Box | null {
  if (label.box) return label.box as Box;
  const points = (label.points ?? []).flat().filter((p): p is Point => Array.isArray(p));
  return points.length > 0 ? around(points) : null;
}

// The server keeps the mask it has; only what the editor can change is sent.
function withoutMask(label: Label): Label {
  const { mask: _, ...rest } = label;
  return rest;
}

/** The shapes as the editor can change them. */
export const withoutMasks = (shapes: Map<string, Shape>): Map<string, Shape> =>
  new Map([...shapes].map(([id, s]) => [id, s.label.mask ? { ...s, label: withoutMask(s.label) } : s]));

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
