import { describe, expect, test } from 'vitest';
import { Autosave, type Journal, type SaveState } from '../src/editor/autosave';

/** Time that moves only when the test moves it. */
class Clock {
  private due: { action: () => void; id: number }[] = [];
  private next = 1;
  set = (action: () => void) => { this.due.push({ action, id: this.next }); return this.next++; };
  clear = (id: unknown) => { this.due = this.due.filter((d) => d.id !== id); };
  async tick(): Promise<void> {
    const due = this.due;
    this.due = [];
    due.forEach((d) => d.action());
    for (let i = 0; i < 10; i++) await Promise.resolve();
  }
  get waiting(): boolean { return this.due.length > 0; }
}

function memory(): Journal<string> & { held: { revision: number; work: string } | null } {
  return {
    held: null,
    read() { return this.held; },
    write(revision, work) { this.held = { revision, work }; return true; },
    clear() { this.held = null; },
  };
}

function start(send: (work: string, revision: number) => Promise<number>) {
  const clock = new Clock();
  const journal = memory();
  const states: SaveState[] = [];
  const save = new Autosave<string>({ revision: 5, journal, send, classify: (e) => e as 'offline' | 'conflict' | 'refused', onState: (s) => states.push(s), timers: clock });
  return { clock, journal, states, save };
}

describe('autosave', () => {
  test('sends the latest work once, and empties the journal', async () => {
    const sent: [string, number][] = [];
    const { clock, journal, save } = start(async (w, r) => { sent.push([w, r]); return r + 1; });
    save.change('one');
    save.change('two');
    expect(journal.held).toEqual({ revision: 5, work: 'two' });
    await clock.tick();
    expect(sent).toEqual([['two', 5]]);
    expect(save.state).toBe('saved');
    expect(journal.held).toBeNull();
  });

  test('work that comes while saving is sent on the new revision', async () => {
    const sent: [string, number][] = [];
    let finish: (revision: number) => void = () => undefined;
    const { clock, save } = start((w, r) => { sent.push([w, r]); return sent.length > 1 ? Promise.resolve(r + 1) : new Promise((ok) => { finish = ok; }); });
    save.change('one');
    await clock.tick();
    save.change('two');
    finish(6);
    await clock.tick();
    expect(await save.flush()).toBe(true);
    expect(sent).toEqual([['one', 5], ['two', 6]]);
  });

  test('a server that is away is tried again and the journal keeps the work', async () => {
    let away = true;
    const { clock, journal, save } = start(async (_w, r) => { if (away) throw 'offline'; return r + 1; });
    save.change('one');
    await clock.tick();
    expect(save.state).toBe('offline');
    expect(journal.held?.work).toBe('one');
    away = false;
    await clock.tick();
    expect(save.state).toBe('saved');
  });

  test('tells when the journal could not keep what is not saved', async () => {
    const { clock, journal, save } = start(async () => { throw 'offline'; });
    journal.write = () => false;
    save.change('one');
    await clock.tick();
    expect([save.state, save.kept]).toEqual(['offline', false]);
  });

  test('a conflict stops saving until it is decided', async () => {
    let fail = true;
    const { clock, journal, save } = start(async (_w, r) => { if (fail) throw 'conflict'; return r + 1; });
    save.change('mine');
    await clock.tick();
    expect(save.state).toBe('conflict');
    save.change('more of mine');
    expect(clock.waiting).toBe(false);
    expect(journal.held?.work).toBe('more of mine');
    fail = false;
    save.rebase(9, 'merged');
    await clock.tick();
    expect([save.state, save.revision]).toEqual(['saved', 10]);
  });
});
