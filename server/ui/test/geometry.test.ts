import { describe, expect, test } from 'vitest';
import { clip, handleAt, hitHandle, limitMove, resize, type Box } from '../src/editor/geometry';

const box: Box = [0.2, 0.3, 0.4, 0.2];

describe('boxes', () => {
  test('a handle moves only its edges', () => {
    const [x, y, w, h] = resize(box, { dx: 1, dy: 0 }, [0.7, 0.9]);
    expect([x, y, h]).toEqual([0.2, 0.3, 0.2]);
    expect(w).toBeCloseTo(0.5);
  });

  test('edges that cross swap, so that no side is negative', () => {
    const [x, , w] = resize(box, { dx: -1, dy: 0 }, [0.8, 0]);
    expect(x).toBeCloseTo(0.6);
    expect(w).toBeCloseTo(0.2);
  });

  test('a move stops at the edge of the picture for all boxes together', () => {
    const d = limitMove([box, [0.9, 0, 0.1, 0.1]], [0.5, -0.5]);
    expect(d[0]).toBe(0);
    expect(d[1]).toBeCloseTo(0);
  });

  test('a box beyond the picture already can be moved back in', () => {
    expect(limitMove([[-0.1, 0, 0.2, 0.2]], [0.3, 0])[0]).toBeCloseTo(0.3);
    expect(limitMove([[-0.1, 0, 0.2, 0.2]], [-0.3, 0])[0]).toBe(0);
  });

  test('clipping keeps what is inside', () => {
    expect(clip([-0.5, 0.5, 1, 1])).toEqual([0, 0.5, 0.5, 0.5]);
  });

  test('a handle is hit within reach only', () => {
    const at = handleAt(box, { dx: 1, dy: 1 });
    expect(hitHandle(box, [at[0] + 0.005, at[1]], 0.01, 0.01)).toEqual({ dx: 1, dy: 1 });
    expect(hitHandle(box, [0.4, 0.4], 0.01, 0.01)).toBeNull();
  });
});
