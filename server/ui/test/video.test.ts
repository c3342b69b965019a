import { expect, test } from 'vitest';
import type { Sample } from '../src/api/client';
import { clockOf, evenClock, listedClock } from '../src/model/clock';
import { chunkOf, chunkRange, clock, frameCount, frameRate, isRateKnown } from '../src/model/video';

const sample = (metadata: Record<string, unknown>): Sample => ({ id: 'a', name: 'a.mp4', filepath: '/v/a.mp4', tags: [], metadata, labels: {}, values: {} });

test.each([24, 25, 29.97, 30, 59.94])('each frame of a video at %s frames a second is found again at its time', (rate) => {
  for (const start of [0, 0.5]) {
    const even = evenClock(rate, start);
    for (let frame = 1; frame <= 2000; frame++) expect(even.frameAt(even.startOf(frame))).toBe(frame);
  }
});

test('a frame is sought a quarter into it: files with times in milliseconds begin it sooner or later, others count frames only', () => {
  const even = evenClock(30);
  for (let frame = 1; frame <= 2000; frame++) {
    const begins = Math.round(even.startOf(frame) * 1000) / 1000;
    const ends = Math.round(even.startOf(frame + 1) * 1000) / 1000;
    expect(even.within(frame)).toBeGreaterThan(begins);
    expect(even.within(frame)).toBeLessThan(ends);
    expect(even.frameAt(begins)).toBe(frame);
    expect(Math.round(even.within(frame) * 30)).toBe(frame - 1);
  }
});

test('frames of which each has its time are found by those', () => {
  const times = [0.5, 0.533, 0.9, 0.901, 2];
  const listed = listedClock(times);
  times.forEach((time, i) => {
    expect(listed.frameAt(time)).toBe(i + 1);
    expect(listed.startOf(i + 1)).toBe(time);
    expect(listed.within(i + 1)).toBeGreaterThan(time);
    if (i < 4) expect(listed.within(i + 1)).toBeLessThan(times[i + 1]!);
  });
  expect([listed.frameAt(0), listed.frameAt(9)]).toEqual([1, 5]);
});

test('a clock is that of the file, else of the metadata', () => {
  const media = sample({ frame_rate: 25 });
  const file = { name: 'a.mp4', warnings: [], frames: 3 };
  expect(clockOf(media, undefined).startOf(26)).toBe(1);
  expect(clockOf(media, { ...file, rate: 50, start: 0.5 }).startOf(26)).toBe(1);
  expect(clockOf(media, { ...file, times: [0, 0.1, 0.5] }).startOf(3)).toBe(0.5);
});

test('pieces of frames touch and do not overlap', () => {
  expect(chunkRange(0)[0]).toBe(1);
  expect(chunkRange(1)[0]).toBe(chunkRange(0)[1] + 1);
  expect(chunkOf(chunkRange(3)[0])).toBe(3);
  expect(chunkOf(chunkRange(3)[1])).toBe(3);
});

test('frames are counted by the metadata, else by the file, else by length', () => {
  expect(frameCount(sample({ total_frame_count: 91, frame_rate: 25 }), 10)).toBe(91);
  expect(frameCount(sample({ frame_rate: 25 }), 4)).toBe(100);
  expect(frameCount(sample({ frame_rate: 25 }), 4, evenClock(25, 0, 98))).toBe(98);
  expect(frameCount(sample({}), NaN)).toBe(1);
});

test('times read as a clock', () => expect(clock(75.5)).toBe('1:15.50'));

test('a rate that the metadata do not tell is taken, and known to be so', () => {
  expect([frameRate(sample({ frame_rate: 25 })), isRateKnown(sample({ frame_rate: 25 }))]).toEqual([25, true]);
  expect([frameRate(sample({})), isRateKnown(sample({}))]).toEqual([30, false]);
});
