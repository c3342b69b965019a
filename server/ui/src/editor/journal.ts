// Work that the server does not have yet, in the browser's storage: what was changed on a sample, and on which revision.
import type { Task } from '../api/client';
import type { Journal } from './autosave';
import type { Gesture } from './history';

/** The changes of one sample's labels, and how far the work on it is. */
export interface Changes { changes: Gesture; state: Task['summary']['state'] }
interface Entry { revision: number; work: Changes; at: number; owner: string }
/** Work on one sample of a run that waits in this browser. */
export interface Left { run: string; sample: string; work: Changes; at: number }

const ROOT = 'postil.journal';
const open = new Map<string, number>();
const me = Math.random().toString(36).slice(2);

const part = encodeURIComponent;
const keyOf = (dataset: string, run: string, sample: string) => [ROOT, part(dataset), part(run), sample].join('/');

function read(key: string): Entry | null {
  try {
    const entry = JSON.parse(localStorage.getItem(key) ?? 'null') as Entry | null;
    return Array.isArray(entry?.work?.changes) ? entry : null;
  } catch {
    return null;
  }
}

/** The journal of one sample; without storage nothing is kept. */
export function journalOf(dataset: string, run: string, sample: string): Journal<Changes> {
  const key = keyOf(dataset, run, sample);
  return {
    read: () => read(key),
    write: (revision, work) => {
      try {
        localStorage.setItem(key, JSON.stringify({ revision, work, at: Date.now(), owner: me } satisfies Entry));
        return true;
      } catch {
        return false;
      }
    },
    clear: () => {
      // Another tab's work on the same sample is its own to clear.
      const entry = read(key);
      if (entry && entry.owner !== me && Date.now() - entry.at < ABANDONED_MS) return;
      try { localStorage.removeItem(key); } catch { /* nothing to clear */ }
    },
  };
}

/** Work that nothing was added to for so long is no longer being edited, or by a tab that cannot save it. */
export const ABANDONED_MS = 5000;

/** Says that a sample is being edited in this tab; answers what ends it. */
export function editing(dataset: string, run: string, sample: string): () => void {
  const key = keyOf(dataset, run, sample);
  open.set(key, (open.get(key) ?? 0) + 1);
  return () => {
    const left = (open.get(key) ?? 1) - 1;
    if (left > 0) open.set(key, left);
    else open.delete(key);
  };
}

/** The work on a dataset that no editor of this tab has open. */
export function leftWork(dataset: string): Left[] {
  const prefix = [ROOT, part(dataset), ''].join('/');
  let keys: string[] = [];
  try { keys = Object.keys(localStorage); } catch { /* no storage, no work in it */ }
  return keys.filter((k) => k.startsWith(prefix) && !open.has(k)).flatMap((key) => {
    const [run, sample] = key.slice(prefix.length).split('/');
    const entry = read(key);
    return entry && run && sample ? [{ run: decodeURIComponent(run), sample, work: entry.work, at: entry.at }] : [];
  });
}

/** Forgets work that the server has, unless more was added meanwhile. */
export function forget(dataset: string, left: Left): void {
  const key = keyOf(dataset, left.run, left.sample);
  if (read(key)?.at === left.at) localStorage.removeItem(key);
}
