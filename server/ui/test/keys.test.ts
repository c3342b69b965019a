import { expect, test } from 'vitest';
import { commandOf, videoCommandOf } from '../src/editor/keys';

const press = (key: string, keys: Partial<Record<'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey', boolean>> = {}, selected = false) =>
  commandOf({ key, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...keys }, selected);

test('arrows turn the page, or nudge what is selected', () => {
  expect(press('ArrowRight')).toBe('next');
  expect(press('ArrowRight', {}, true)).toBe('nudge:1,0');
  expect(press('ArrowUp', { shiftKey: true }, true)).toBe('nudge:0,-10');
  expect(press('ArrowUp')).toBeNull();
});

test('undo and both ways to redo', () => {
  expect(press('z', { ctrlKey: true })).toBe('undo');
  expect(press('Z', { ctrlKey: true, shiftKey: true })).toBe('redo');
  expect(press('y', { metaKey: true })).toBe('redo');
  expect(press('z')).toBe('zoomTo');
});

test('digits choose classes, zero fits the picture', () => {
  expect(press('3')).toBe('digit:3');
  expect(press('0')).toBe('fit');
});

test('lasso and bucket are for pictures', () => {
  expect([press('l'), press('g'), press('x')]).toEqual(['lasso', 'bucket', 'takeAway']);
  expect(videoCommandOf({ key: 'l', ctrlKey: false, metaKey: false, shiftKey: false, altKey: false }, false)).toBeNull();
});

test('done and skip', () => {
  expect(press('Enter', { ctrlKey: true })).toBe('complete');
  expect(press(' ', { ctrlKey: true })).toBe('skip');
});

test('Tab leaves the page to the browser unless something is selected', () => {
  expect(press('Tab')).toBeNull();
  expect(press('Tab', {}, true)).toBe('attributes');
  expect(press('Tab', { shiftKey: true }, true)).toBeNull();
});
