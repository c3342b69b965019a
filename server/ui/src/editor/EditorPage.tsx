// The page of the editor: loads a task, keeps it saved, and moves through the queue.
import { Button, Center, Loader, Stack, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { api, mediaUrl, type Dataset } from '../api/client';
import { ErrorNote } from '../Errors';
import { isVideoTask } from '../model/video';
import { go } from '../route';
import { useUndelivered } from './delivery';
import { Workbench } from './Workbench';

interface Props { dataset: string; run: string; sample: string | null; skeletons: Dataset['skeletons'] }

export function EditorPage({ dataset, run, sample, skeletons }: Props) {
  const queue = useQuery({ queryKey: ['queue', dataset, run], queryFn: () => firstOpen(dataset, run), enabled: sample === null, staleTime: 0 });
  useEffect(() => {
    if (sample === null && queue.data) go({ page: 'editor', dataset, run, sample: queue.data }, true);
  }, [queue.data, sample, dataset, run]);
  const task = useQuery({ queryKey: ['task', dataset, run, sample], queryFn: () => api.task(dataset, run, sample!), enabled: sample !== null, staleTime: 0, gcTime: 60_000, refetchOnReconnect: false });
  const client = useQueryClient();
  useUndelivered(dataset);
  const next = task.data?.next;
  const picture = task.data !== undefined && !isVideoTask(task.data);
  useEffect(() => {
    if (!next) return;
    if (picture) new Image().src = mediaUrl(dataset, next);
    void client.prefetchQuery({ queryKey: ['task', dataset, run, next], queryFn: () => api.task(dataset, run, next), staleTime: 5000 });
  }, [next, picture, client, dataset, run]);
  const error = queue.error ?? task.error;
  if (error) return <Center h="100dvh" p="md"><Stack><ErrorNote error={error} /><Button variant="default" onClick={() => go({ page: 'grid', dataset })}>Back to the dataset</Button></Stack></Center>;
  if (sample === null && queue.data === '') return <Center h="100dvh"><Text>This run has no samples.</Text></Center>;
  // A task that was prefetched may be old: work starts from what the server holds now.
  if (!task.data || (task.isFetching && task.isStale)) return <Center h="100dvh"><Loader aria-label="loading" /></Center>;
  return <Workbench key={task.data.summary.sample} dataset={dataset} run={run} task={task.data} skeletons={skeletons} />;
}

/** The first sample that is not done yet, else the first; empty if there is none. */
async function firstOpen(dataset: string, run: string): Promise<string> {
  let first = '';
  for (let offset = 0; ; offset += 1000) {
    const page = await api.tasks(dataset, run, offset, 1000);
    first ||= page.tasks[0]?.sample ?? '';
    const open = page.tasks.find((t) => t.state === 'new' || t.state === 'started');
    if (open) return open.sample;
    if (offset + 1000 >= page.total) return first;
  }
}
