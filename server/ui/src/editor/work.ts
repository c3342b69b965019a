// The work on a sample: as the server gives and takes it, and as the shapes that gestures change. No state.
import type { FieldLabels, FieldSchema, Save, Task } from '../api/client';
import type { Shape } from './history';

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

/** All work on a sample as shapes by id. */
export function shapesOf(task: Pick<Task, 'labels' | 'values'>): Map<string, Shape> {
  const shapes = labelShapes(task.labels);
  for (const [field, value] of Object.entries(task.values)) shapes.set(field, scalarShape(field, value));
  return shapes;
}

/** The work on a sample as it is saved; the server keeps masks that are left out. */
export function workOf(task: Task, shapes: Map<string, Shape>): Work {
  const work: Work = { labels: {}, values: {} };
  for (const f of task.schema) {
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
