import { describe, expect, test } from 'vitest';
import { hitMiddle, hitVertex, inserted, placed, removed, shifted, type Points } from '../src/editor/points';

const square: Points = [[[0.2, 0.2], [0.4, 0.2], [0.4, 0.4], [0.2, 0.4]]];
const person: Points = [[[0.1, 0.1], null, [0.3, 0.3]]];
const reach: [number, number] = [0.02, 0.02];

describe('points', () => {
  test('the nearest one within reach is taken', () => {
    expect(hitVertex(square, [0.405, 0.195], reach)).toEqual({ ring: 0, index: 1 });
    expect(hitVertex(square, [0.3, 0.3], reach)).toBeNull();
    expect(hitVertex(person, [0.3, 0.31], reach)).toEqual({ ring: 0, index: 2 });
  });

  test('a new one goes into the middle of an edge, the last of an outline included', () => {
    expect(hitMiddle(square, true, [0.2, 0.3], reach)).toEqual({ ring: 0, index: 4 });
    expect(hitMiddle(square, false, [0.2, 0.3], reach)).toBeNull();
    expect(inserted(square, { ring: 0, index: 1 }, [0.3, 0.1])[0]).toEqual([[0.2, 0.2], [0.3, 0.1], [0.4, 0.2], [0.4, 0.4], [0.2, 0.4]]);
  });

  test('stay in the picture, and leave the others as they are', () => {
    expect(placed(square, { ring: 0, index: 0 }, [-0.3, 0.1])[0]).toEqual([[0, 0.1], [0.4, 0.2], [0.4, 0.4], [0.2, 0.4]]);
    expect(shifted(person, [0.1, 0])[0]![1]).toBeNull();
  });

  test('are removed only as long as a shape is left', () => {
    const triangle = removed(square, { ring: 0, index: 3 }, 'outline')!;
    expect(triangle[0]).toHaveLength(3);
    expect(removed(triangle, { ring: 0, index: 0 }, 'outline')).toBeNull();
    expect(removed(triangle, { ring: 0, index: 0 }, 'line')![0]).toHaveLength(2);
  });

  test('a removed keypoint is missing, and the others keep their numbers', () => {
    const one = removed(person, { ring: 0, index: 0 }, 'keypoint')!;
    expect(one).toEqual([[null, null, [0.3, 0.3]]]);
    expect(removed(one, { ring: 0, index: 2 }, 'keypoint')).toBeNull();
  });
});
