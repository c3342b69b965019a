import { describe, expect, test } from 'vitest';
import type { Task } from '../src/api/client';
import { EditorModel } from '../src/editor/model';

function modelOf(type: string, allowed = true, labels: Task['labels'] = {}) {
  const restrictions = { additions: allowed, deletions: allowed, labelEdits: true, indexEdits: true, spatialEdits: true };
  const task = {
    summary: { sample: 's', name: 's.jpg', position: 0, state: 'new' }, total: 1, metadata: {}, labels, values: {}, revision: 1, tracks: [], edits: [],
    schema: [{ field: 'f', type, classes: [{ name: 'car', attributes: [] }], attributes: [], restrictions }],
  } as unknown as Task;
  const model = new EditorModel(task, 100, 100, () => undefined);
  model.setTool('draw');
  return model;
}

const drawn = (model: EditorModel) => [...model.shapes.values()].map((s) => s.label);

describe('shapes of points', () => {
  test('an outline needs three points', () => {
    const model = modelOf('polygons');
    model.sketchPoint([0.1, 0.1]);
    model.sketchPoint([0.2, 0.1]);
    expect(model.finishSketch()).toBe(false);
    model.sketchPoint([0.2, 0.3]);
    expect(model.finishSketch()).toBe(true);
    expect(drawn(model)).toMatchObject([{ cls: 'Polyline', label: 'car', closed: true, filled: true, points: [[[0.1, 0.1], [0.2, 0.1], [0.2, 0.3]]] }]);
    expect(model.tool).toBe('select');
  });

  test('a skeleton ends with its last keypoint, or is filled up with missing ones', () => {
    const model = modelOf('keypoints');
    model.skeletons = { f: { labels: ['nose', 'tail'], edges: [[0, 1]] } };
    model.sketchPoint(null);
    model.sketchPoint([0.2, 0.2]);
    expect(model.sketch).toBeNull();
    model.setTool('draw');
    model.sketchPoint([0.5, 0.5]);
    model.finishSketch();
    expect(drawn(model).map((l) => l.points)).toEqual([[[null, [0.2, 0.2]]], [[[0.5, 0.5], null]]]);
  });

  test('keypoints that are all missing are no label', () => {
    const model = modelOf('keypoints');
    model.sketchPoint(null);
    expect(model.finishSketch()).toBe(false);
  });

  test('what is half drawn is kept when another label is selected, if it is a shape', () => {
    const model = modelOf('polylines');
    model.sketchPoint([0.1, 0.1]);
    model.select([]);
    expect(drawn(model)).toEqual([]);
    model.sketchPoint([0.1, 0.1]);
    model.sketchPoint([0.4, 0.1]);
    model.select([]);
    expect(drawn(model)).toHaveLength(1);
  });

  test('a field of one label takes no second one', () => {
    const model = modelOf('polyline');
    model.sketchPoint([0.1, 0.1]);
    model.sketchPoint([0.4, 0.1]);
    model.finishSketch();
    model.setTool('draw');
    expect(model.tool).toBe('select');
  });

  test('nothing is drawn where labels may not be added', () => {
    expect(modelOf('keypoints', false).tool).toBe('select');
  });
});

describe('classes of the picture', () => {
  const kept = { f: { cls: 'Classifications', labels: [{ id: 'a', cls: 'Classification', label: 'car' }] } };

  test('are set and taken back', () => {
    const model = modelOf('classifications');
    model.toggleClass('f', 'car');
    expect(model.classesOf('f')).toEqual(['car']);
    model.toggleClass('f', 'car');
    expect(model.classesOf('f')).toEqual([]);
  });

  test('stay as they are where labels may be neither added nor deleted', () => {
    const model = modelOf('classifications', false, kept);
    model.toggleClass('f', 'car');
    model.toggleClass('f', 'bus');
    expect(model.classesOf('f')).toEqual(['car']);
  });

  test('one in place of another needs leave to change classes only', () => {
    const model = modelOf('classification', false, { f: { cls: 'Classification', labels: kept.f.labels } });
    model.toggleClass('f', 'bus');
    expect([...model.shapes.values()].map((s) => [s.label.id, s.label.label])).toEqual([['a', 'bus']]);
  });
});
