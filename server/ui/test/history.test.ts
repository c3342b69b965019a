import { describe, expect, test } from 'vitest';
import { apply, History, merge, same, type Shape } from '../src/editor/history';

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
