import { expect, test } from 'vitest';
import type { Task } from '../src/api/client';
import { EditorModel, valueChoices } from '../src/editor/model';
import { valueOf } from '../src/editor/ScalarField';

function modelOf(values: Task['values'], allowed = true) {
  const restrictions = { additions: allowed, deletions: allowed, labelEdits: true, indexEdits: true, spatialEdits: true };
  const task = {
    summary: { sample: 's', name: 's.jpg', position: 0, state: 'new' }, total: 1, metadata: {}, labels: {}, values, revision: 1, tracks: [], edits: [],
    schema: [{ field: 'score', type: 'scalar', classes: [], attributes: [], restrictions }],
  } as unknown as Task;
  return new EditorModel(task, 100, 100, () => undefined);
}

test('a value is set, undone and taken back', () => {
  const model = modelOf({});
  model.setValue('score', 0);
  expect(model.work()).toEqual({ labels: {}, values: { score: 0 } });
  model.setValue('score', undefined);
  expect(model.work().values).toEqual({});
  model.undo();
  expect(model.valueOf('score')).toBe(0);
});

test('where nothing is added or deleted a value may still be another', () => {
  const model = modelOf({ score: 1 }, false);
  model.setValue('score', undefined);
  expect(model.valueOf('score')).toBe(1);
  model.setValue('score', 2);
  expect(model.valueOf('score')).toBe(2);
  expect(modelOf({}, false).maySetValue('score', 1)).toBe(false);
});

test('what is typed is read as the type of the field', () => {
  expect(valueOf('7', 'int')).toBe(7);
  expect(valueOf('7.5', 'int')).toBeUndefined();
  expect(valueOf('7', 'str')).toBe('7');
  expect(valueOf('many', 'float')).toBeUndefined();
  expect(['7', 'true', 'seven'].map((t) => valueOf(t, undefined))).toEqual([7, true, 'seven']);
});

test('classes are the choices of texts, not of numbers', () => {
  const field = (valueType?: string) => ({ field: 'f', type: 'scalar', classes: [{ name: 'a', attributes: [] }], valueType }) as never;
  expect(valueChoices(field())).toEqual(['a']);
  expect(valueChoices(field('str'))).toEqual(['a']);
  expect(valueChoices(field('int'))).toBeNull();
  expect(valueChoices(field('bool'))).toEqual([true, false]);
});
