import { describe, expect, test } from 'vitest';
import { apply, clashes, difference, History, merge, outstanding, same, type Shape } from '../src/editor/history';

const shape = (id: string, label: string): Shape => ({ field: 'gt', label: { id, cls: 'Detection', label } });
const map = (...shapes: Shape[]) => new Map(shapes.map((s) => [s.label.id, s]));

describe('undo', () => {
  test('takes gestures back in reverse and does them again', () => {
    const history = new History();
    let now = map(shape('a', 'car'));
    const add = [{ id: 'b', before: null, after: shape('b', 'dog') }];
    const both = [{ id: 'a', before: shape('a', 'car'), after: null }, { id: 'b', before: shape('b', 'dog'), after: shape('b', 'cat') }];
    for (const g of [add, both]) { history.push(g); now = apply(now, g); }
    expect([...now.values()].map((s) => s.label.label)).toEqual(['cat']);
    now = apply(now, history.undo()!);
    expect([...now.values()].map((s) => s.label.label).sort()).toEqual(['car', 'dog']);
    now = apply(now, history.undo()!);
    expect([...now.keys()]).toEqual(['a']);
    expect(history.canUndo).toBe(false);
    now = apply(apply(now, history.redo()!), history.redo()!);
    expect([...now.values()].map((s) => s.label.label)).toEqual(['cat']);
  });

  test('a new gesture forgets what was undone', () => {
    const history = new History();
    history.push([{ id: 'a', before: null, after: shape('a', 'car') }]);
    history.undo();
    history.push([{ id: 'b', before: null, after: shape('b', 'car') }]);
    expect(history.redo()).toBeNull();
  });
});

describe('merge with somebody else', () => {
  const base = map(shape('kept', 'car'), shape('mine', 'car'), shape('theirs', 'car'), shape('gone', 'car'));

  test('my changes and deletions go over theirs, theirs stay elsewhere', () => {
    const mine = map(shape('kept', 'car'), shape('mine', 'bus'), shape('theirs', 'car'), shape('new', 'dog'));
    const now = map(shape('kept', 'car'), shape('mine', 'car'), shape('theirs', 'cat'), shape('gone', 'car'), shape('added', 'tree'));
    const merged = merge(base, mine, now);
    expect(Object.fromEntries([...merged].map(([id, s]) => [id, s.label.label]))).toEqual({ kept: 'car', mine: 'bus', theirs: 'cat', added: 'tree', new: 'dog' });
  });

  test('empty properties do not make labels differ', () => {
    const a: Shape = { field: 'gt', label: { id: 'a', cls: 'Detection', tags: [], attributes: {} } };
    expect(same(a, { field: 'gt', label: { id: 'a', cls: 'Detection' } })).toBe(true);
    expect(same(a, { field: 'gt', label: { id: 'a', cls: 'Detection', attributes: { x: 1 } } })).toBe(false);
  });
});

describe('changes that are sent later', () => {
  const base = map(shape('a', 'car'), shape('b', 'dog'), shape('c', 'bus'));
  const mine = map(shape('a', 'truck'), shape('b', 'dog'), shape('d', 'cat'));
  const changes = difference(base, mine);

  test('hold what was edited, added and deleted, and nothing else', () => {
    expect(changes.map((c) => [c.id, c.after?.label.label])).toEqual([['a', 'truck'], ['d', 'cat'], ['c', undefined]]);
    expect(apply(base, changes)).toEqual(mine);
  });

  test('keep what others did meanwhile to other labels', () => {
    const theirs = map(shape('a', 'car'), shape('b', 'wolf'), shape('c', 'bus'), shape('e', 'new'));
    expect(clashes(theirs, changes)).toBe(false);
    expect([...apply(theirs, changes).values()].map((s) => s.label.label).sort()).toEqual(['cat', 'new', 'truck', 'wolf']);
  });

  test('clash where others changed the same label to something else', () => {
    expect(clashes(map(shape('a', 'van'), shape('b', 'dog'), shape('c', 'bus')), changes)).toBe(true);
    expect(clashes(map(shape('b', 'dog'), shape('c', 'bus')), changes)).toBe(true);
  });

  test('are nothing where they have arrived already', () => {
    expect(clashes(mine, changes)).toBe(false);
    expect(outstanding(mine, changes)).toEqual([]);
    expect(outstanding(map(shape('b', 'dog'), shape('d', 'cat')), changes)).toEqual([{ id: 'a', before: null, after: shape('a', 'truck') }]);
  });
});
