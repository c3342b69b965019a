import { expect, test } from 'vitest';
import type { Label } from '../src/api/client';
import { between } from '../src/editor/motion';

const line = (points: (number[] | null)[]): Label => ({ id: 'a', cls: 'Polyline', label: 'road', points: [points] });

test('points move evenly, and all else stays', () => {
  expect(between(line([[0, 0], [0.5, 0]]), { ...line([[1, 0], [0.5, 0.4]]), label: 'path' }, 0.25)).toEqual(line([[0.25, 0], [0.5, 0.1]]));
});

test('a point that is missing at an end is as at the beginning', () => {
  expect(between(line([null, [0, 0]]), line([[1, 1], [1, 0]]), 0.5)).toEqual(line([null, [0.5, 0]]));
  expect(between(line([[1, 1], [0, 0]]), line([null, [1, 0]]), 0.5)).toEqual(line([[1, 1], [0.5, 0]]));
});

test('a shape with other points stays until the next key frame', () => {
  expect(between(line([[0, 0], [1, 1]]), line([[0, 0], [1, 1], [0, 1]]), 0.5)).toEqual(line([[0, 0], [1, 1]]));
});
