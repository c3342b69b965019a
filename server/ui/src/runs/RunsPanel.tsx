// The annotation runs of a dataset: state, load with preview, undo, rename, clean up, delete.
import { ActionIcon, Alert, Anchor, Button, Card, Drawer, Group, Menu, Modal, Progress, Stack, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { IconArrowBackUp, IconDotsVertical, IconDownload, IconExternalLink, IconEye, IconPencil, IconTrash, IconWashDry } from '@tabler/icons-react';
import { useState } from 'react';
import { api, type Dataset, type Run } from '../api/client';
import { RenameDialog } from '../Dialogs';
import { ErrorNote } from '../Errors';
import { useRefresh } from '../hooks';
import { go } from '../route';
import { number } from '../model/number';
import { useExplore } from '../state';
import { LoadDialog } from './LoadDialog';
import { stateBadge } from './stateBadge';

interface PanelProps { dataset: Dataset; opened: boolean; onClose(): void }

export function RunsPanel({ dataset, opened, onClose }: PanelProps) {
  const runs = useQuery({ queryKey: ['runs', dataset.name], queryFn: () => api.runs(dataset.name), enabled: opened, refetchInterval: opened ? 2500 : false, staleTime: 0 });
  const [loading, setLoading] = useState<string | null>(null);
  const [notice, setNotice] = useState<string | null>(null);
  return (
    <Drawer opened={opened} onClose={onClose} position="right" size="min(460px, 100vw)" title="Annotation runs" closeButtonProps={{ 'aria-label': 'close' }} keepMounted={false}>
      <Stack gap="sm">
        {notice && <Alert color="teal" variant="light" withCloseButton closeButtonLabel="dismiss" onClose={() => setNotice(null)} role="status">{notice}</Alert>}
        {runs.error && <ErrorNote error={runs.error} />}
        {runs.data?.length === 0 && <Text size="sm" c="dimmed">No runs yet. Choose samples and press Annotate.</Text>}
        {runs.data?.map((run) => <RunCard key={run.key} dataset={dataset} run={run} onLoad={() => setLoading(run.key)} onNotice={setNotice} onClose={onClose} />)}
      </Stack>
      {loading && <LoadDialog dataset={dataset} run={loading} onClose={() => setLoading(null)} onLoaded={(text) => { setLoading(null); setNotice(text); }} />}
    </Drawer>
  );
}

interface CardProps { dataset: Dataset; run: Run; onLoad(): void; onNotice(text: string): void; onClose(): void }

function RunCard({ dataset, run, onLoad, onNotice, onClose }: CardProps) {
  const refresh = useRefresh(dataset.name);
  const [asking, setAsking] = useState<'delete' | 'cleanup' | 'rename' | null>(null);
  const act = useMutation({
    mutationFn: async (what: 'undo' | 'cleanup' | 'delete') => {
      if (what === 'undo') return (await api.undo(dataset.name, run.key)) && `The load of ${run.key} was undone.`;
      if (what === 'cleanup') return (await api.cleanup(dataset.name, run.key)) && `${run.key} was cleaned up on ${run.backend}.`;
      return (await api.deleteRun(dataset.name, run.key)) && `${run.key} was deleted.`;
    },
    onSuccess: (text) => { setAsking(null); onNotice(text); refresh(); },
  });
  const show = async () => {
    useExplore.getState().setStages(await api.runView(dataset.name, run.key));
    go({ page: 'grid', dataset: dataset.name });
    onClose();
  };
  const open = () => go({ page: 'editor', dataset: dataset.name, run: run.key, sample: null });
  const usable = run.state !== 'cleaned';
  return (
    <Card withBorder padding="sm" data-run={run.key}>
      <Stack gap={8}>
        <Group justify="space-between" wrap="nowrap">
          <Text fw={600} style={{ overflowWrap: 'anywhere' }}>{run.key}</Text>
          <Group gap={4} wrap="nowrap">
            {stateBadge(run.state)}
            <Menu position="bottom-end">
              <Menu.Target><ActionIcon variant="subtle" color="gray" aria-label={`more about ${run.key}`}><IconDotsVertical size={18} /></ActionIcon></Menu.Target>
              <Menu.Dropdown>
                <Menu.Item leftSection={<IconEye size={16} />} onClick={show}>Show its samples</Menu.Item>
                <Menu.Item leftSection={<IconPencil size={16} />} onClick={() => setAsking('rename')}>Rename</Menu.Item>
                <Menu.Item leftSection={<IconWashDry size={16} />} onClick={() => setAsking('cleanup')} disabled={!usable}>Clean up</Menu.Item>
                <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={() => setAsking('delete')}>Delete</Menu.Item>
              </Menu.Dropdown>
            </Menu>
          </Group>
        </Group>
        <Text size="xs" c="dimmed">{run.backend} · {run.fields.join(', ')} · {new Date(run.createdAt).toLocaleString()}</Text>
        <ProgressLine run={run} />
        {run.problem && <Alert color="red" variant="light" p="xs">{run.problem}{run.remedy && <><br /><em>{run.remedy}</em></>}</Alert>}
        {act.error && <ErrorNote error={act.error} />}
        <Group gap="xs">
          {run.local && usable && <Button size="xs" variant="light" leftSection={<IconPencil size={16} />} onClick={open}>Edit</Button>}
          {run.url && <Anchor href={run.url} target="_blank" rel="noreferrer" size="xs">Open in {run.backend} <IconExternalLink size={12} /></Anchor>}
          {usable && <Button size="xs" leftSection={<IconDownload size={16} />} onClick={onLoad}>Load…</Button>}
          {run.canUndo && <Button size="xs" variant="default" leftSection={<IconArrowBackUp size={16} />} loading={act.isPending} onClick={() => act.mutate('undo')}>Undo the load</Button>}
        </Group>
        <History run={run} />
      </Stack>
      <Confirm asking={asking} run={run} busy={act.isPending} error={act.error} onNo={() => setAsking(null)} onYes={(what) => act.mutate(what)} />
      {asking === 'rename' && <RenameDialog name={run.key} rename={(to) => api.rename(dataset.name, run.key, to)} onDone={refresh} onClose={() => setAsking(null)} />}
    </Card>
  );
}

function ProgressLine({ run }: { run: Run }) {
  const uploading = run.state === 'uploading';
  const done = uploading ? run.uploaded : run.completed;
  const percent = run.samples > 0 ? (100 * done) / run.samples : 0;
  const text = uploading ? `uploading ${number(done)} / ${number(run.samples)} samples` : `${number(done)} of ${number(run.samples)} samples done${run.started > done ? `, ${number(run.started - done)} started` : ''}`;
  return (
    <div>
      <Progress value={percent} size="sm" aria-label={text} />
      <Text size="xs" mt={4} className="tabular">{text}</Text>
    </div>
  );
}

function History({ run }: { run: Run }) {
  if (run.loads.length === 0) return null;
  return (
    <Stack gap={2}>
      {run.loads.slice(-4).map((l) => (
        <Text key={l.at} size="xs" c="dimmed" td={l.undone ? 'line-through' : undefined}>
          {new Date(l.at).toLocaleTimeString()} {l.by}: +{l.counts.added} ~{l.counts.edited} −{l.counts.deleted}{l.undone ? ' (undone)' : ''}
        </Text>
      ))}
    </Stack>
  );
}

function Confirm({ asking, run, busy, error, onNo, onYes }: { asking: string | null; run: Run; busy: boolean; error: unknown; onNo(): void; onYes(what: 'cleanup' | 'delete'): void }) {
  if (asking !== 'cleanup' && asking !== 'delete') return null;
  const text = asking === 'delete'
    ? 'The run is forgotten. Labels that were loaded stay; work that was not loaded can no longer be loaded.'
    : `Everything this run made on ${run.backend} is removed, work that was not loaded included. The run itself stays listed.`;
  return (
    <Modal opened onClose={onNo} title={asking === 'delete' ? `Delete ${run.key}?` : `Clean up ${run.key}?`} size="sm" zIndex={400}>
      <Stack>
        <Text size="sm">{text}</Text>
        {error != null && <ErrorNote error={error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onNo} data-autofocus>Keep</Button>
          <Button color="red" loading={busy} onClick={() => onYes(asking)}>{asking === 'delete' ? 'Delete' : 'Clean up'}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
