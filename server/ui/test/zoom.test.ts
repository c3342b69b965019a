import { describe, expect, test } from 'vitest';
import { panned, WHOLE, zoomAt, zoomed } from '../src/sample/zoom';

const fitted = { left: 100, top: 50, width: 400, height: 300 };

describe('zoom of the sample page', () => {
  test('keeps what is under the pointer', () => {
    const z = zoomAt(zoomAt(WHOLE, 300, 200, 2, fitted), 350, 220, 1.5, fitted);
    const before = zoomed(fitted, zoomAt(WHOLE, 300, 200, 2, fitted));
    const after = zoomed(fitted, z);
    expect((350 - after.left) / after.width).toBeCloseTo((350 - before.left) / before.width);
    expect((220 - after.top) / after.height).toBeCloseTo((220 - before.top) / before.height);
  });

  test('ends at the whole picture', () => {
    const z = zoomAt(zoomAt(WHOLE, 480, 330, 4, fitted), 110, 60, 0.1, fitted);
    expect(zoomed(fitted, z)).toEqual(fitted);
  });

  test('shows nothing beyond the picture', () => {
    const far = zoomed(fitted, panned(zoomAt(WHOLE, 300, 200, 2, fitted), 5000, -5000, fitted));
    expect(far).toEqual({ left: 100, top: 50 - 300, width: 800, height: 600 });
  });
});
