// The work on a sample: as the server gives and takes it, and as the shapes that gestures change. No state.
import type { FieldLabels, FieldSchema, Label, Save, Task, VideoChanges, VideoEdit } from '../api/client';
import type { Gesture, Shape, Span } from './history';

/** What is saved of a sample, beside how far it is. */
export type Work = Pick<Save, 'labels' | 'values'>;

const CLASSES: Record<string, string> = {
  detection: 'Detection', detections: 'Detections', instance: 'Detection', instances: 'Detections', classification: 'Classification', classifications: 'Classifications',
  polyline: 'Polyline', polylines: 'Polylines', polygon: 'Polyline', polygons: 'Polylines', keypoint: 'Keypoint', keypoints: 'Keypoints', segmentation: 'Segmentation',
};
const SCALAR = 'Scalar';

export const isScalarField = (f: FieldSchema | undefined): boolean => f?.type === 'scalar';

/** The class of a field's value. */
export const classNameOf = (task: Task, field: string): string =>
  task.labels[field]?.cls ?? CLASSES[task.schema.find((f) => f.field === field)?.type ?? ''] ?? 'Detections';

/** The value of a scalar field as a shape; it has no place and only one of its kind. */
export const scalarShape = (field: string, value: string | number | boolean): Shape => ({ field, label: { id: field, cls: SCALAR, value } });

/** Labels as shapes by id. */
export function labelShapes(groups: FieldLabels): Map<string, Shape> {
  return new Map(Object.entries(groups).flatMap(([field, g]) => g.labels.map((label) => [label.id, { field, label }] as [string, Shape])));
}

/** All work on a sample as shapes by id; that on the frames of a video as edits. */
export function shapesOf(task: Pick<Task, 'labels' | 'values' | 'edits'>): Map<string, Shape> {
  const shapes = labelShapes(task.labels);
  for (const [field, value] of Object.entries(task.values)) shapes.set(field, scalarShape(field, value));
  for (const edit of task.edits) shapes.set(edit.id, shapeOfEdit(edit));
  return shapes;
}

/** An edit of a video's frames as a shape. */
export function shapeOfEdit({ id, form, field, track, first, last, label, towardFrame, toward, source, value }: VideoEdit): Shape {
  const at: Span = { form, track: track ?? field, first, last, ...(toward && towardFrame !== undefined ? { towardFrame, toward } : {}), ...(source === undefined ? {} : { source }) };
  const shown: Label = form === 'value' ? { id: field, cls: SCALAR, ...(value === undefined ? {} : { value }) } : label ?? { id, cls: '' };
  return { field, label: shown, at };
}

/** A shape as the edit that it is. */
export function editOfShape(id: string, { field, label, at }: Shape & { at: Span }): VideoEdit {
  const { form, track, first, last } = at;
  const edit: VideoEdit = { id, form, field, first, last };
  if (form === 'value') return label.value === undefined ? edit : { ...edit, value: label.value };
  if (form === 'outside') return { ...edit, track };
  if (form === 'taken') return { ...edit, track, ...(at.source === undefined ? {} : { source: at.source }) };
  const of = (l: Label): Label => ({ ...l, id: track });
  return { ...edit, track, label: of(label), ...(at.toward && at.towardFrame !== undefined ? { towardFrame: at.towardFrame, toward: of(at.toward) } : {}) };
}

/** What changes of shapes mean for the edits of a video. */
export function videoChanges(changes: Gesture): VideoChanges {
  const out: VideoChanges = { put: [], removed: [] };
  for (const { id, before, after } of changes) {
    if (after?.at) out.put.push(editOfShape(id, { ...after, at: after.at }));
    else if (before?.at) out.removed.push(id);
  }
  return out;
}

/** Whether a field is one of the frames of a video. */
export const isFrameField = (field: string): boolean => field.startsWith('frames.');

/** The work on a sample itself as it is saved; the server keeps masks that are left out. */
export function workOf(task: Task, shapes: Map<string, Shape>): Work {
  const work: Work = { labels: {}, values: {} };
  for (const f of task.schema) {
    if (isFrameField(f.field)) continue;
    if (isScalarField(f)) {
      const value = shapes.get(f.field)?.label.value;
      if (value !== undefined) work.values[f.field] = value;
      continue;
    }
    const cls = classNameOf(task, f.field);
    const labels = [...shapes.values()].filter((s) => s.field === f.field).map((s) => s.label);
    if (labels.length > 0 || (cls.endsWith('s') && task.labels[f.field])) work.labels[f.field] = { cls, labels };
  }
  return work;
}
