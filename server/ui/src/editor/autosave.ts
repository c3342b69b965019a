// Saves by itself, a moment after each change. Until the server has a change it is also in a local journal,
// so that a closed tab, a crash or a server that is away loses nothing.
export type SaveState = 'saved' | 'dirty' | 'saving' | 'offline' | 'conflict' | 'refused';

export interface Journal<T> {
  read(): { revision: number; work: T } | null;
  /** Answers whether the work is kept; storage may be full or forbidden. */
  write(revision: number, work: T): boolean;
  clear(): void;
}

export interface Timers { set(action: () => void, ms: number): unknown; clear(timer: unknown): void }

interface Options<T> {
  revision: number;
  journal: Journal<T>;
  /** Sends the work; answers the new revision. */
  send(work: T, revision: number): Promise<number>;
  /** What an error means: `conflict` if somebody else saved, `offline` if it is worth trying again, else `refused`. */
  classify(error: unknown): 'conflict' | 'offline' | 'refused';
  onState(state: SaveState, error: unknown): void;
  timers?: Timers;
}

const BROWSER: Timers = { set: (a, ms) => setTimeout(a, ms), clear: (t) => clearTimeout(t as number) };

export class Autosave<T> {
  private pending: T | null = null;
  private running: Promise<void> | null = null;
  private timer: unknown = null;
  private closed = false;
  revision: number;
  state: SaveState = 'saved';
  /** Whether what is not saved yet would outlive the tab. */
  kept = true;

  constructor(private readonly o: Options<T>) {
    this.revision = o.revision;
  }

  /** Notes new work; it is sent soon. */
  change(work: T): void {
    this.pending = work;
    this.kept = this.o.journal.write(this.revision, work);
    if (this.state !== 'conflict') {
      this.enter('dirty');
      this.later(350);
    }
  }

  /** Sends what is pending now; answers whether everything is saved. */
  async flush(): Promise<boolean> {
    this.stopTimer();
    while (this.running) await this.running;
    if (this.pending !== null && this.state !== 'conflict') {
      this.running = this.send().finally(() => { this.running = null; });
      await this.running;
      if (this.pending !== null && this.state === 'dirty') return this.flush();
    }
    return this.state === 'saved';
  }

  /** After a conflict was decided: the work goes on from another revision. */
  rebase(revision: number, work: T | null): void {
    this.revision = revision;
    this.pending = null;
    this.enter('saved');
    this.o.journal.clear();
    if (work !== null) this.change(work);
  }

  /** Stops; what is pending stays in the journal. */
  close(): void {
    this.closed = true;
    this.stopTimer();
  }

  private async send(): Promise<void> {
    const work = this.pending as T;
    this.enter('saving');
    try {
      this.revision = await this.o.send(work, this.revision);
      if (this.pending === work) {
        this.pending = null;
        this.o.journal.clear();
        this.enter('saved');
      } else {
        this.kept = this.o.journal.write(this.revision, this.pending as T);
        this.enter('dirty');
        this.later(0);
      }
    } catch (error) {
      const kind = this.o.classify(error);
      this.enter(kind, error);
      if (kind === 'offline') this.later(1500);
    }
  }

  private later(ms: number): void {
    this.stopTimer();
    if (!this.closed) this.timer = (this.o.timers ?? BROWSER).set(() => { this.timer = null; void this.flush(); }, ms);
  }

  private stopTimer(): void {
    if (this.timer !== null) (this.o.timers ?? BROWSER).clear(this.timer);
    this.timer = null;
  }

  private enter(state: SaveState, error: unknown = null): void {
    this.state = state;
    this.o.onState(state, error);
  }
}
