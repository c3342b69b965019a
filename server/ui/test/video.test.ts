import { expect, test } from 'vitest';
import type { Sample } from '../src/api/client';
import { chunkOf, chunkRange, clock, frameAt, frameCount, frameRate, isRateKnown, timeOf } from '../src/model/video';

const sample = (metadata: Record<string, unknown>): Sample => ({ id: 'a', name: 'a.mp4', filepath: '/v/a.mp4', tags: [], metadata, labels: {}, values: {} });

test.each([24, 25, 29.97, 30, 59.94])('each frame of a video at %s frames a second is found again at its time', (rate) => {
  for (let frame = 1; frame <= 2000; frame++) expect(frameAt(timeOf(frame, rate), rate)).toBe(frame);
});

test('pieces of frames touch and do not overlap', () => {
  expect(chunkRange(0)[0]).toBe(1);
  expect(chunkRange(1)[0]).toBe(chunkRange(0)[1] + 1);
  expect(chunkOf(chunkRange(3)[0])).toBe(3);
  expect(chunkOf(chunkRange(3)[1])).toBe(3);
});

test('frames are counted by the metadata, else by length', () => {
  expect(frameCount(sample({ total_frame_count: 91, frame_rate: 25 }), 10)).toBe(91);
  expect(frameCount(sample({ frame_rate: 25 }), 4)).toBe(100);
  expect(frameCount(sample({}), NaN)).toBe(1);
});

test('times read as a clock', () => expect(clock(75.5)).toBe('1:15.50'));

test('a rate that the metadata do not tell is taken, and known to be so', () => {
  expect([frameRate(sample({ frame_rate: 25 })), isRateKnown(sample({ frame_rate: 25 }))]).toEqual([25, true]);
  expect([frameRate(sample({})), isRateKnown(sample({}))]).toEqual([30, false]);
});
