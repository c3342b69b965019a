import { describe, expect, test } from 'vitest';
import type { Label, Restrictions, Task, TaskFrame, VideoEdit } from '../src/api/client';
import { difference } from '../src/editor/history';
import { VideoModel } from '../src/editor/videoModel';
import { shapesOf, videoChanges } from '../src/editor/work';

const FIELD = 'frames.objects';
const COUNT = 300;
const ALL: Restrictions = { additions: true, deletions: true, labelEdits: true, indexEdits: true, spatialEdits: true };

const label = (id: string, name: string, x: number, index?: number): Label => ({ id, cls: 'Detection', label: name, box: [x, 0.1, 0.1, 0.1], attributes: { occluded: false, colour: 'red' }, ...(index === undefined ? {} : { index }) });

/** A car with number 1 on frames 1 to 200, a bus with number 2 from 201 on, and on frame 5 a dog that stands alone. */
function frame(number: number): TaskFrame {
  const labels = [number <= 200 ? label(`car${number}`, 'car', number / 1000, 1) : label(`bus${number}`, 'bus', number / 1000, 2)];
  if (number === 5) labels.push(label('dog', 'dog', 0.7));
  return { number, labels: { [FIELD]: { cls: 'Detections', labels } }, values: { 'frames.speed': 1 } };
}

const attribute = (name: string, mutable: boolean) => ({ name, type: 'text', values: [], readOnly: false, mutable });

function taskOf({ edits = [] as VideoEdit[], restrictions = ALL, keys = [] as number[] } = {}): Task {
  return {
    summary: { sample: 's', name: 's.mp4', position: 0, state: 'new' }, total: 1, metadata: { total_frame_count: COUNT, frame_rate: 25 }, labels: {}, values: {}, revision: 1, edits,
    tracks: [{ id: 'car1', field: FIELD, index: 1, label: 'car', spans: [1, 200], keys }, { id: 'bus201', field: FIELD, index: 2, label: 'bus', spans: [201, COUNT], keys: [] }],
    schema: [
      { field: FIELD, type: 'detections', existing: true, classes: ['car', 'bus', 'dog'].map((name) => ({ name, attributes: [] })), attributes: [attribute('occluded', true), attribute('colour', false)], maskTargets: {}, restrictions },
      { field: 'frames.speed', type: 'scalar', existing: true, valueType: 'float', classes: [], attributes: [], maskTargets: {}, restrictions },
    ],
  } as unknown as Task;
}

/** A model whose frames are here, and what it asked to save. */
async function open(task = taskOf()) {
  let edits = 0;
  const model = new VideoModel(task, 640, 480, () => { edits++; }, (first, last) => Promise.resolve(Array.from({ length: Math.max(0, Math.min(last, COUNT) - first + 1) }, (_, i) => frame(first + i))));
  for (let f = 1; f <= COUNT; f += 60) await model.sent.need(f);
  model.show(1);
  const changes = () => videoChanges(difference(shapesOf(task), model.all())).put;
  return { model, changes, saves: () => edits };
}

const shown = (model: VideoModel, frame: number): Label[] => { model.show(frame); return [...model.shapes.values()].filter((s) => s.field === FIELD).map((s) => s.label); };
const x = (model: VideoModel, frame: number, id: string): number | undefined => { const l = shown(model, frame).find((s) => s.id === id); return l && Math.round(l.box![0]! * 1e4) / 1e4; };
const move = (model: VideoModel, id: string, to: number) => model.setPlaces(new Map([[id, { box: [to, 0.1, 0.1, 0.1] }]]));

describe('labels of frames', () => {
  test('those of a track have one id on all its frames', async () => {
    const { model } = await open();
    expect(shown(model, 1).map((l) => l.id)).toEqual(['car1']);
    expect(shown(model, 5).map((l) => l.id)).toEqual(['car1', 'dog']);
    expect(shown(model, 201).map((l) => l.id)).toEqual(['bus201']);
    expect(model.objects().map((o) => [o.label, o.index, o.spans])).toEqual([['car', 1, [[1, 200]]], ['bus', 2, [[201, COUNT]]]]);
  });

  test('a selected track stays selected from frame to frame', async () => {
    const { model } = await open();
    model.select(['car1']);
    model.show(250);
    expect([...model.selected]).toEqual(['car1']);
    expect(model.first()).toBeUndefined();
    model.show(100);
    expect(model.first()?.label.box?.[0]).toBe(0.1);
  });
});

describe('edits', () => {
  test('a label without marks is moved on one frame alone', async () => {
    const { model, changes } = await open();
    model.show(50);
    move(model, 'car1', 0.9);
    expect([x(model, 49, 'car1'), x(model, 50, 'car1'), x(model, 51, 'car1')]).toEqual([0.049, 0.9, 0.051]);
    expect(changes()).toMatchObject([{ id: 'car1@50', form: 'shape', field: FIELD, track: 'car1', first: 50, last: 50 }]);
    model.undo();
    expect(changes()).toEqual([]);
    expect(x(model, 50, 'car1')).toBe(0.05);
  });

  test('between marks it moves from the key frame before to the one after', async () => {
    const { model, changes } = await open(taskOf({ keys: [1, 100, 200] }));
    model.show(50);
    move(model, 'car1', 0.5);
    expect(changes().map((e) => [e.first, e.last, e.towardFrame])).toEqual([[1, 49, 50], [50, 99, 100]]);
    expect([x(model, 1, 'car1'), x(model, 75, 'car1'), x(model, 100, 'car1')]).toEqual([0.001, 0.3, 0.1]);
  });

  test('what is drawn is a track to the end, or a label of one frame', async () => {
    const { model, changes } = await open();
    model.show(100);
    model.setTool('draw');
    model.addBox([0.5, 0.5, 0.1, 0.1]);
    expect(changes()).toMatchObject([{ form: 'track', label: { label: 'car', index: 3 } }, { form: 'shape', first: 100, last: COUNT, label: { attributes: { keyframe: true } } }]);
    expect(shown(model, 250)).toHaveLength(2);
    model.setDraws('frame');
    model.show(150);
    model.setTool('draw');
    model.addBox([0.8, 0.5, 0.1, 0.1]);
    expect(shown(model, 150)).toHaveLength(3);
    expect(shown(model, 151)).toHaveLength(2);
  });

  test('class and immutable attributes are those of the track, others of a stretch', async () => {
    const { model, changes } = await open();
    model.show(50);
    model.select(['car1']);
    model.setClass('bus');
    const [occluded, colour] = model.attributesOf(model.first()!);
    model.setAttribute(colour!, 'blue');
    model.setAttribute(occluded!, true);
    expect(shown(model, 120)[0]).toMatchObject({ label: 'bus', attributes: { occluded: false, colour: 'blue' } });
    expect(shown(model, 50)[0]).toMatchObject({ label: 'bus', attributes: { occluded: true, colour: 'blue' } });
    expect(changes().map((e) => e.form).sort()).toEqual(['shape', 'track']);
    model.setAttribute(colour!, undefined);
    expect(changes().find((e) => e.form === 'track')?.label?.attributes).toEqual({ colour: null });
    expect(shown(model, 51)[0]!.attributes).toEqual({ occluded: false });
  });

  test('an object is deleted on all frames, or from one on', async () => {
    const { model, changes } = await open();
    model.show(5);
    model.select(['dog']);
    model.remove();
    expect(changes()).toMatchObject([{ form: 'outside', track: 'dog', first: 5, last: 5 }]);
    model.select(['car1']);
    model.show(100);
    model.removeFromHere();
    expect(model.objects().find((o) => o.id === 'car1')?.spans).toEqual([[1, 99]]);
    model.show(3);
    model.select(['car1']);
    model.remove();
    expect(model.objects().some((o) => o.id === 'car1')).toBe(false);
    model.undo();
    expect(model.objects().find((o) => o.id === 'car1')?.spans).toEqual([[1, 99]]);
  });

  test('a value of a frame that is as it was sent is no edit', async () => {
    const { model, changes } = await open();
    model.show(7);
    model.setValue('frames.speed', 3);
    expect(changes()).toEqual([{ id: 'frames.speed@7', form: 'value', field: 'frames.speed', first: 7, last: 7, value: 3 }]);
    expect(model.valueOf('frames.speed')).toBe(3);
    model.setValue('frames.speed', 1);
    expect(changes()).toEqual([]);
    model.setValue('frames.speed', undefined);
    expect(model.valueOf('frames.speed')).toBeUndefined();
  });

  test('a track is split, put together again, and undone', async () => {
    const { model, changes } = await open();
    model.show(80);
    model.select(['car1']);
    model.split();
    expect(model.objects().map((o) => [o.label, o.index, o.spans])).toEqual([['car', 1, [[1, 79]]], ['bus', 2, [[201, COUNT]]], ['car', 3, [[80, 200]]]]);
    expect(shown(model, 90)[0]).toMatchObject({ index: 3, box: [0.09, 0.1, 0.1, 0.1] });
    model.select(['car1', model.objects()[2]!.id]);
    model.merge();
    expect(model.objects().map((o) => o.spans)).toEqual([[[1, 200]], [[201, COUNT]]]);
    expect(changes()).toEqual([]);
    model.undo();
    model.undo();
    expect(model.objects()).toHaveLength(2);
  });

  test('two tracks are merged into the one that begins first', async () => {
    const { model } = await open();
    model.select(['car1', 'bus201']);
    model.merge();
    expect(model.objects().map((o) => [o.label, o.index, o.spans])).toEqual([['car', 1, [[1, COUNT]]]]);
    expect(shown(model, 250)[0]).toMatchObject({ id: 'car1', label: 'car', index: 1, box: [0.25, 0.1, 0.1, 0.1] });
  });

  test('tracks that are on the same frames are not merged', async () => {
    const { model, changes } = await open();
    model.setTool('draw');
    model.addBox([0.5, 0.5, 0.1, 0.1]);
    const before = changes();
    model.select(['car1', ...model.selected]);
    model.merge();
    expect(changes()).toEqual(before);
    expect(model.notice).toContain('same frames');
  });

  test('undo shows the frame that it changes', async () => {
    const { model } = await open();
    model.show(50);
    move(model, 'car1', 0.9);
    model.show(120);
    model.undo();
    expect(model.frame).toBe(50);
  });

  test('work that was saved is as it was left', async () => {
    const first = await open();
    first.model.show(50);
    move(first.model, 'car1', 0.9);
    first.model.select(['car1']);
    first.model.setClass('dog');
    const again = await open(taskOf({ edits: first.changes() }));
    expect(shown(again.model, 50)).toEqual(shown(first.model, 50));
    expect(shown(again.model, 51)).toEqual(shown(first.model, 51));
    expect(again.changes()).toEqual([]);
  });
});

describe('restrictions', () => {
  const only = (what: Partial<Restrictions>) => taskOf({ restrictions: { additions: false, deletions: false, labelEdits: false, indexEdits: false, spatialEdits: false, ...what } });

  test('where nothing is allowed nothing changes', async () => {
    const { model, saves } = await open(only({}));
    model.show(50);
    model.select(['car1']);
    move(model, 'car1', 0.9);
    model.setClass('bus');
    model.remove();
    model.removeFromHere();
    model.toggleOutside();
    model.toggleKey();
    model.split();
    model.setTool('draw');
    model.addBox([0.5, 0.5, 0.1, 0.1]);
    expect(saves()).toBe(0);
  });

  test('where only new ones are allowed those can be changed, too', async () => {
    const { model } = await open(only({ additions: true }));
    model.setTool('draw');
    model.addBox([0.5, 0.5, 0.1, 0.1]);
    const own = [...model.selected][0]!;
    model.show(50);
    move(model, own, 0.9);
    move(model, 'car1', 0.9);
    expect([x(model, 50, own), x(model, 50, 'car1')]).toEqual([0.9, 0.05]);
    model.remove();
    expect(model.objects().map((o) => o.id)).toEqual(['car1', 'bus201']);
  });
});

test('what is pasted together gets numbers of its own', async () => {
  const { model, changes } = await open();
  model.addCopies([...model.shapes.values()].filter((s) => s.field === FIELD).flatMap((s) => [s, s]), [0.1, 0.1]);
  expect(changes().filter((e) => e.form === 'track').map((e) => e.label?.index)).toEqual([3, 4]);
});

test('a label is propagated: a track stays, another is copied', async () => {
  const { model } = await open();
  model.show(5);
  model.select(['car1', 'dog']);
  model.propagate(20);
  expect([x(model, 5, 'car1'), x(model, 12, 'car1'), x(model, 20, 'car1'), x(model, 21, 'car1')]).toEqual([0.005, 0.005, 0.005, 0.021]);
  expect([5, 6, 20, 21].map((f) => shown(model, f).filter((l) => l.label === 'dog').length)).toEqual([1, 1, 1, 0]);
  model.undo();
  expect(shown(model, 6)).toHaveLength(1);
});
