// Brings work that stayed in this browser to the server, as after a lost connection or a closed tab.
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { api, ApiError } from '../api/client';
import { apply, clashes, outstanding } from './history';
import { ABANDONED_MS, forget, leftWork, type Left } from './journal';
import { asTold } from './sentMasks';
import { shapesOf, videoChanges, workOf } from './work';

/** Work that could not be sent, and why; without a reason it has not been tried yet. */
export interface Undelivered extends Left { reason: string | null }

/** Sends the work on one sample. Answers null if the server has it, else why not. */
export async function deliver(dataset: string, left: Left): Promise<string | null> {
  const task = await api.task(dataset, left.run, left.sample);
  const theirs = asTold(shapesOf(task), left.work.changes);
  if (clashes(theirs, left.work.changes)) return 'Somebody else changed the same labels meanwhile.';
  const changes = outstanding(theirs, left.work.changes);
  if (changes.length > 0 || task.summary.state !== left.work.state) {
    await api.save(dataset, left.run, left.sample, { revision: task.revision, ...workOf(task, apply(theirs, changes)), edits: videoChanges(changes), state: left.work.state });
  }
  forget(dataset, left);
  return null;
}

/** Keeps sending what is left of a dataset's work; answers what is still here. Work on runs that this server does not know is not listed. */
export function useUndelivered(dataset: string): Undelivered[] {
  const client = useQueryClient();
  const [left, setLeft] = useState<Undelivered[]>([]);
  useEffect(() => {
    let live = true;
    let timer: ReturnType<typeof setTimeout>;
    const round = async () => {
      const still: Undelivered[] = [];
      let delivered = 0;
      for (const work of leftWork(dataset)) {
        if (Date.now() - work.at < ABANDONED_MS) { still.push({ ...work, reason: null }); continue; }
        try {
          const reason = await deliver(dataset, work);
          if (reason !== null) still.push({ ...work, reason });
          else delivered++;
        } catch (e) {
          if (!(e instanceof ApiError && /^UNKNOWN_/.test(e.code))) still.push({ ...work, reason: e instanceof Error ? e.message : String(e) });
        }
      }
      if (delivered > 0) for (const key of ['data', 'runs']) void client.invalidateQueries({ queryKey: [key, dataset] });
      if (!live) return;
      setLeft((before) => (JSON.stringify(before) === JSON.stringify(still) ? before : still));
      timer = setTimeout(round, 2000);
    };
    void round();
    return () => { live = false; clearTimeout(timer); };
  }, [dataset, client]);
  return left;
}
