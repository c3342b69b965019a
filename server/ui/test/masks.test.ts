import { describe, expect, test } from 'vitest';
import type { Label } from '../src/api/client';
import { hitMask, painted } from '../src/editor/painting';
import { Raster } from '../src/editor/raster';
import { apply, clashes, outstanding, type Gesture } from '../src/editor/history';
import { asTold, lean, MasksToSend } from '../src/editor/sentMasks';
import { segmented, targetsOf } from '../src/editor/segments';
import { maskOf, pixelsOf } from '../src/model/masks';
import { trace } from '../src/model/outline';

const grid = (rows: string[]) => Uint8Array.from(rows.join(''), (c) => (c === '#' ? 1 : 0));
const rowsOf = (pixels: ArrayLike<number>, width: number) => Array.from({ length: pixels.length / width }, (_, y) => Array.from({ length: width }, (_, x) => (pixels[y * width + x] ? '#' : '.')).join(''));
const labelOf = (box: number[], rows: string[]): Label => ({ id: 'a', cls: 'Detection', box, mask: maskOf(grid(rows), rows[0]!.length) });

describe('masks on the way', () => {
  test('are what they were', () => {
    const pixels = Uint32Array.from({ length: 600 }, (_, i) => (i < 300 ? 0 : i % 7 === 0 ? 0x80ff00 : 200));
    expect([...pixelsOf({ ...maskOf(pixels, 30) })]).toEqual([...pixels]);
    expect(maskOf(grid(['....', '.##.']), 4).runs).toBe('AAUBAgAB');
  });

  test('may be a part', () => {
    expect(rowsOf(pixelsOf({ ...maskOf(grid(['....', '.##.', '.#..']), 4, 1, 1, 2, 2) }), 2)).toEqual(['##', '#.']);
  });

  test('are sent where they were painted, also when that was taken back', () => {
    const shape = { field: 'f', label: labelOf([0, 0, 1, 1], ['#']) };
    const other = { field: 'f', label: labelOf([0, 0, 1, 1], ['##']) };
    const masks = new MasksToSend(new Map([['a', shape]]));
    const sent = () => masks.without(new Map([['a', shape]])).get('a')!.label.mask;
    expect(sent()).toBeUndefined();
    masks.note([{ id: 'a', before: shape, after: other }]);
    masks.note([{ id: 'a', before: other, after: shape }]);
    expect(sent()).toBe(shape.label.mask);
  });
});

test('kept work tells of masks only where they were painted, and clashes only there', () => {
  const [a, b] = [labelOf([0, 0, 1, 1], ['#.']), { ...labelOf([0, 0, 1, 1], ['##']), id: 'b' }].map((label) => ({ field: 'f', label }));
  const moved = { ...a!, label: { ...a!.label, box: [0.5, 0, 0.5, 1] } };
  const painted = { ...b!, label: { ...b!.label, mask: maskOf(grid(['.#']), 2) } };
  const kept: Gesture = JSON.parse(JSON.stringify(lean([{ id: 'a', before: a!, after: moved }, { id: 'b', before: b!, after: painted }])));
  expect(kept[0]!.after!.label.mask).toBeUndefined();
  const server = new Map([['a', { ...a!, label: { ...a!.label, mask: maskOf(grid(['..', '##']), 2) } }], ['b', b!]]);
  const told = asTold(server, kept);
  expect(clashes(told, kept)).toBe(false);
  expect([...apply(told, outstanding(told, kept)).values()].map((s) => s.label.mask)).toEqual([undefined, painted.label.mask]);
  expect(clashes(asTold(new Map([['b', { ...b!, label: { ...b!.label, mask: maskOf(grid(['..']), 2) } }]]), kept), kept)).toBe(true);
});

describe('strokes', () => {
  test('are round, and a brush of one pixel is one pixel', () => {
    const raster = new Raster(7, 5);
    raster.stroke([[1.5, 2.5], [4.5, 2.5]], 1.2, 1);
    expect(rowsOf(raster.pixels, 7)).toEqual(['.......', '.####..', '######.', '.####..', '.......']);
    const dot = new Raster(3, 3);
    dot.stroke([[1.9, 1.1]], 0.5, 1);
    expect(rowsOf(dot.pixels, 3)).toEqual(['...', '.#.', '...']);
  });

  test('slanted ones have no gaps', () => {
    const raster = new Raster(6, 6);
    raster.stroke([[0.5, 0.5], [5.5, 5.5]], 0.8, 1);
    for (let i = 0; i < 6; i++) expect(raster.pixels[i * 6 + i]).toBe(1);
    expect(raster.pixels[5]).toBe(0);
  });

  test('outlines are filled where the middle of a pixel is inside', () => {
    const raster = new Raster(5, 4);
    raster.fill([[1, 1], [4, 1], [4, 3], [1, 3]], 1);
    expect(rowsOf(raster.pixels, 5)).toEqual(['.....', '.###.', '.###.', '.....']);
    expect(raster.bounds()).toEqual([1, 1, 3, 2]);
  });

  test('an outline that runs over itself leaves no holes', () => {
    const raster = new Raster(6, 3);
    raster.fill([[0, 0], [5, 0], [5, 3], [1, 3], [1, 0], [6, 0], [6, 3], [0, 3]], 1);
    expect(rowsOf(raster.pixels, 6)).toEqual(['######', '######', '######']);
  });

  test('a bucket fills what is joined by edges, and no corner', () => {
    const rows = ['######.', '#.#..#.', '#..#.#.', '######.'];
    const hole = new Raster(7, 4, grid(rows));
    hole.flood([1.5, 1.5], 1);
    expect(rowsOf(hole.pixels, 7)).toEqual(['######.', '###..#.', '####.#.', '######.']);
    const outside = new Raster(7, 4, grid(rows));
    outside.flood([6.9, 0], 1);
    expect(rowsOf(outside.pixels, 7)).toEqual(['#######', '#.#..##', '#..#.##', '#######']);
    const piece = new Raster(5, 2, grid(['##.#.', '.#.##']));
    piece.flood([3, 0], 0);
    expect(rowsOf(piece.pixels, 5)).toEqual(['##...', '.#...']);
    expect(piece.changed).toBe(true);
  });

  test('a bucket finds its way around corners, and one that changes nothing says so', () => {
    const spiral = ['.......', '######.', '.....#.', '.###.#.', '.#...#.', '.#####.', '.......'];
    const raster = new Raster(7, 7, grid(spiral));
    raster.flood([2, 4], 1);
    expect(rowsOf(raster.pixels, 7)).toEqual(Array(7).fill('#######'));
    const same = new Raster(7, 7, grid(spiral));
    same.flood([0, 1], 1);
    same.flood([9, 1], 1);
    same.flood([3, -0.5], 1);
    expect(same.changed).toBe(false);
  });

  test('a bucket fills many pixels of many places', () => {
    const size = 500;
    const raster = new Raster(size, size, Uint8Array.from({ length: size * size }, (_, i) => ((i % size) % 2 === 1 && Math.floor(i / size) % 2 === 1 ? 1 : 0)));
    raster.flood([0, 0], 1);
    expect(raster.pixels.every((v) => v === 1)).toBe(true);
  });

  test('beyond the picture nothing is painted', () => {
    const raster = new Raster(2, 2);
    raster.stroke([[-9, -9], [-5, 1]], 1, 1);
    raster.fill([[-4, -4], [-1, -4], [-1, 9]], 1);
    expect(raster.changed).toBe(false);
  });
});

describe('the mask of a label', () => {
  const label = labelOf([0.2, 0.2, 0.2, 0.2], ['##', '#.']);

  test('grows with its box, and keeps every pixel', () => {
    const now = painted(label, { points: [[0.65, 0.25]], nib: 0.4, value: 1 }, 10, 10)!;
    expect(now.box).toEqual([0.2, 0.2, 0.5, 0.2]);
    expect(rowsOf(pixelsOf(now.mask), 5)).toEqual(['##..#', '#....']);
  });

  test('stays if nothing changes, and goes if nothing is left', () => {
    expect(painted(label, { points: [[0.25, 0.25]], nib: 0.4, value: 1 }, 10, 10)).toBeUndefined();
    expect(painted(label, { points: [[0.25, 0.25]], nib: 9, value: 0 }, 10, 10)).toBeNull();
  });

  test('of another resolution is taken at the nearest pixel', () => {
    const coarse = labelOf([0, 0, 0.4, 0.4], ['#.', '##']);
    const now = painted(coarse, { points: [[0.95, 0.95]], nib: 0.4, value: 1 }, 10, 10)!;
    expect(rowsOf(pixelsOf(now.mask), 10).slice(0, 4).map((r) => r.slice(0, 4))).toEqual(['##..', '##..', '####', '####']);
  });

  test('has its hole filled by a bucket, or a piece taken away', () => {
    const ring = labelOf([0.2, 0.2, 0.5, 0.3], ['###.#', '#.#.#', '###..']);
    expect(rowsOf(pixelsOf(painted(ring, { points: [[0.35, 0.35]], nib: 'flood', value: 1 }, 10, 10)!.mask), 5)).toEqual(['###.#', '###.#', '###..']);
    const less = painted(ring, { points: [[0.65, 0.25]], nib: 'flood', value: 0 }, 10, 10)!;
    expect(less.box.map((v) => Math.round(v * 10))).toEqual([2, 2, 3, 3]);
    expect(painted(ring, { points: [[0.25, 0.25]], nib: 'flood', value: 1 }, 10, 10)).toBeUndefined();
  });

  test('is hit by its pixels', () => {
    expect(hitMask(label, [0.25, 0.25], [0, 0])).toBe(true);
    expect(hitMask(label, [0.35, 0.35], [0, 0])).toBe(false);
    expect(hitMask(label, [0.35, 0.35], [0.06, 0.06])).toBe(true);
  });
});

describe('segmentations', () => {
  const field = (maskTargets: Record<string, string>) => ({ field: 'f', type: 'segmentation', classes: Object.values(maskTargets).map((name) => ({ name, attributes: [] })), maskTargets }) as never;

  test('have targets of numbers or colours, and a background', () => {
    expect(targetsOf(field({ 1: 'road', 0: 'background', 300: 'sky' })).map((t) => [t.value, t.name])).toEqual([[1, 'road'], [300, 'sky']]);
    expect(targetsOf(field({ '#FF8000': 'lane' }))).toEqual([{ value: 0xff8000, name: 'lane', color: '#ff8000' }]);
  });

  test('keep their resolution and every other pixel', () => {
    const coarse = maskOf(Uint8Array.from([1, 0, 0, 255]), 2);
    const now = segmented(coarse, { points: [[0.75, 0.25]], nib: 4, value: 2 }, 20, 20)!;
    expect([...pixelsOf({ ...now })]).toEqual([1, 2, 0, 255]);
    expect(segmented(now, { points: [[0.75, 0.25]], nib: 4, value: 2 }, 20, 20)).toBeUndefined();
  });

  test('have an area of one class made another, whatever is beside it', () => {
    const mask = maskOf(Uint8Array.from([1, 1, 2, 1, 2, 2, 3, 2, 1]), 3);
    expect([...pixelsOf({ ...segmented(mask, { points: [[0.9, 0.1]], nib: 'flood', value: 3 }, 30, 30)! })]).toEqual([1, 1, 3, 1, 3, 3, 3, 3, 1]);
    expect([...pixelsOf({ ...segmented(mask, { points: [[0.1, 0.1]], nib: 'flood', value: 0 }, 30, 30)! })]).toEqual([0, 0, 2, 0, 2, 2, 3, 2, 1]);
  });

  test('new ones are as large as the picture; values may be large', () => {
    const now = segmented(undefined, { points: [[0, 0], [1, 0], [1, 0.5], [0, 0.5]], nib: 'outline', value: 0xff8000 }, 2, 2)!;
    expect([...pixelsOf({ ...now })]).toEqual([0xff8000, 0xff8000, 0, 0]);
  });
});

test('outlines go along the edges of pixels, holes included', () => {
  expect(trace(grid(['###', '#.#', '###']), 3, 3)).toEqual([[0, 0, 3, 0, 3, 3, 0, 3], [1, 2, 2, 2, 2, 1, 1, 1]]);
});
