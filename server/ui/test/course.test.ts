import { describe, expect, test } from 'vitest';
import type { Label } from '../src/api/client';
import { endedBefore, framesNeeded, isKey, labelAt, nextKey, NOTHING_SENT, toggledOutside, visibleSpans, withKey, withoutKey, type Course, type Piece } from '../src/editor/course';

const at = (x: number): Label => ({ id: 't', cls: 'Detection', label: 'car', box: [x, 0.1, 0.2, 0.2] });
const x = (label: Label | null): number | undefined => label?.box && Math.round(label.box[0]! * 1e6) / 1e6;
const drawn = (pieces: Piece[], count = 100): Course => ({ pieces, sent: NOTHING_SENT, count });
/** A track that was sent with x = frame / 1000, on some frames. */
const sent = (spans: [number, number][], keys: number[] | null = null, pieces: Piece[] = []): Course =>
  ({ pieces, count: 100, sent: { spans, keys, label: (f) => (spans.some(([a, b]) => a <= f && f <= b) ? at(f / 1000) : undefined) } });
const with_ = (course: Course, pieces: Piece[]): Course => ({ ...course, pieces });

describe('a drawn track', () => {
  const held = drawn([{ first: 10, last: 100, label: at(0) }]);

  test('stays where it was drawn until the end', () => {
    expect(visibleSpans(held)).toEqual([[10, 100]]);
    expect(labelAt(held, 9)).toBeNull();
    expect(x(labelAt(held, 100))).toBe(0);
  });

  test('moves evenly between key frames', () => {
    const moved = with_(held, withKey(held, 20, at(0.5)));
    expect([10, 12, 15, 20, 40].map((f) => x(labelAt(moved, f)))).toEqual([0, 0.1, 0.25, 0.5, 0.5]);
    expect([9, 10, 15, 20, 21].map((f) => isKey(moved, f))).toEqual([false, true, false, true, false]);
  });

  test('a key frame between two others changes only the way between them', () => {
    const two = with_(held, withKey(held, 20, at(0.5)));
    const three = with_(two, withKey(two, 15, at(0)));
    expect([10, 15, 16, 20, 30].map((f) => x(labelAt(three, f)))).toEqual([0, 0, 0.1, 0.5, 0.5]);
    const first = with_(three, withKey(three, 10, at(0.4)));
    expect([10, 12, 15, 20].map((f) => x(labelAt(first, f)))).toEqual([0.4, 0.24, 0, 0.5]);
  });

  test('a key frame that is taken out leaves the straight way', () => {
    const two = with_(held, withKey(held, 20, at(0.5)));
    const three = with_(two, withKey(two, 15, at(0)));
    expect(withoutKey(three, 15)).toEqual(two.pieces);
    const last = with_(two, withoutKey(two, 20));
    expect(x(labelAt(last, 30))).toBe(0);
    expect(visibleSpans(with_(two, withoutKey(two, 10)))).toEqual([[20, 100]]);
  });

  test('is outside until its next key frame, and back again', () => {
    const two = with_(held, withKey(held, 20, at(0.5)));
    const gone = with_(two, toggledOutside(two, 15, null));
    expect(visibleSpans(gone)).toEqual([[10, 14], [20, 100]]);
    expect(x(labelAt(gone, 14))).toBe(0.2);
    const back = with_(gone, toggledOutside(gone, 17, at(0.3)));
    expect(visibleSpans(back)).toEqual([[10, 14], [17, 100]]);
    expect(x(labelAt(back, 19))).toBe(0.3);
  });

  test('can end', () => {
    expect(visibleSpans(with_(held, endedBefore(held, 50)))).toEqual([[10, 49]]);
    expect(endedBefore(held, 10)).toEqual([]);
  });

  test('knows the next key frames', () => {
    const two = with_(held, withKey(held, 20, at(0.5)));
    expect([nextKey(two, 10, 1), nextKey(two, 20, 1), nextKey(two, 20, -1), nextKey(two, 10, -1)]).toEqual([20, null, 10, null]);
  });
});

describe('a track that was sent without marks', () => {
  const course = sent([[1, 40]]);

  test('every label is a key frame, so that a change is of one frame', () => {
    const moved = with_(course, withKey(course, 20, at(0.9)));
    expect(moved.pieces).toEqual([{ first: 20, last: 20, label: at(0.9) }]);
    expect([19, 20, 21].map((f) => x(labelAt(moved, f)))).toEqual([0.019, 0.9, 0.021]);
    expect([nextKey(moved, 20, 1), nextKey(moved, 20, -1), nextKey(moved, 40, 1)]).toEqual([21, 19, null]);
  });

  test('a label that is no key frame any more is between its neighbours', () => {
    const moved = with_(course, withKey(course, 20, at(0.9)));
    expect(x(labelAt(with_(moved, withoutKey(moved, 20)), 20))).toBe(0.02);
  });

  test('ends, or leaves out a frame', () => {
    expect(visibleSpans(with_(course, endedBefore(course, 30)))).toEqual([[1, 29]]);
    const out = with_(course, toggledOutside(course, 20, null));
    expect(visibleSpans(out)).toEqual([[1, 19], [21, 40]]);
    expect(toggledOutside(out, 20, at(0))).toEqual([]);
  });

  test('goes on after its end', () => {
    const longer = with_(course, withKey(course, 41, at(0.3)));
    expect(visibleSpans(longer)).toEqual([[1, 100]]);
  });
});

describe('a track that was sent with marks', () => {
  const course = sent([[1, 40]], [1, 10, 20, 40]);

  test('a new key frame leads from the key frame before to the one after', () => {
    const moved = with_(course, withKey(course, 15, at(0.5)));
    expect([10, 15, 20, 21].map((f) => x(labelAt(moved, f)))).toEqual([0.01, 0.5, 0.02, 0.021]);
    expect(x(labelAt(moved, 12))).toBe(Math.round((0.01 + 0.49 * 0.4) * 1e6) / 1e6);
    expect(moved.pieces.map((p) => [p.first, p.last])).toEqual([[10, 14], [15, 19]]);
    expect(framesNeeded(course, 15)).toEqual(expect.arrayContaining([10, 15, 20]));
  });

  test('a key frame that is moved takes the ways beside it with it', () => {
    const moved = with_(course, withKey(course, 20, at(0.5)));
    expect(moved.pieces.map((p) => [p.first, p.last])).toEqual([[10, 19], [20, 39]]);
    expect(x(labelAt(moved, 30))).toBe((0.5 + 0.04) / 2);
    expect(x(labelAt(moved, 9))).toBe(0.009);
  });

  test('two changes side by side meet in their key frame', () => {
    const one = with_(course, withKey(course, 20, at(0.5)));
    const two = with_(one, withKey(one, 10, at(0.3)));
    expect([1, 10, 15, 20].map((f) => x(labelAt(two, f)))).toEqual([0.001, 0.3, 0.4, 0.5]);
  });

  test('is outside until its next key frame', () => {
    expect(visibleSpans(with_(course, toggledOutside(course, 12, null)))).toEqual([[1, 11], [20, 40]]);
  });

  test('a marked frame that is no key frame any more is on the way', () => {
    const without = with_(course, withoutKey(course, 20));
    expect(x(labelAt(without, 25))).toBe(0.025);
    expect(isKey(without, 20)).toBe(false);
  });
});
