// The evaluations of a dataset: their numbers, their mistakes in the grid, rename, delete.
import { ActionIcon, Button, Card, Drawer, Group, Menu, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { IconChartDots, IconDotsVertical, IconPencil, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { api, type Dataset, type Evaluation } from '../api/client';
import { DeleteDialog, RenameDialog } from '../Dialogs';
import { ErrorNote } from '../Errors';
import { useEvaluations, useRefresh } from '../hooks';
import { outcomes } from '../model/outcomes';
import { go } from '../route';
import { useExplore } from '../state';

interface PanelProps { dataset: Dataset; opened: boolean; onClose(): void }

export function EvaluationsPanel({ dataset, opened, onClose }: PanelProps) {
  const all = useEvaluations(dataset.name, opened);
  return (
    <Drawer opened={opened} onClose={onClose} position="right" size="min(460px, 100vw)" title="Evaluations" closeButtonProps={{ 'aria-label': 'close' }} keepMounted={false}>
      <Stack gap="sm">
        {all.error && <ErrorNote error={all.error} />}
        {all.data?.length === 0 && <NoEvaluations dataset={dataset.name} />}
        {all.data?.map((evaluation) => <EvaluationCard key={evaluation.key ?? ''} dataset={dataset} evaluation={evaluation} onClose={onClose} />)}
      </Stack>
    </Drawer>
  );
}

const NoEvaluations = ({ dataset }: { dataset: string }) => (
  <Stack gap={6}>
    <Text size="sm" c="dimmed">No evaluations yet. Compare a model's predictions with the truth by</Text>
    <Text size="xs" ff="monospace" style={{ overflowWrap: 'anywhere' }}>postil evaluate detections {dataset} predictions --gt-field ground_truth --eval-key eval</Text>
  </Stack>
);

const NUMBERS = ['precision', 'recall', 'fscore', 'mAP'] as const;
const shown = (e: Evaluation) => NUMBERS.flatMap((name) => {
  const value = name === 'mAP' ? e.mAP : e.metrics?.[name];
  return value === undefined ? [] : [{ name: name === 'fscore' ? 'F1' : name, value: value.toFixed(3) }];
});

function EvaluationCard({ dataset, evaluation, onClose }: { dataset: Dataset; evaluation: Evaluation; onClose(): void }) {
  const key = evaluation.key ?? '';
  const [asking, setAsking] = useState<'rename' | 'delete' | null>(null);
  const changed = useChanged(dataset.name);
  const open = () => { go({ page: 'evaluation', dataset: dataset.name, evaluation: key }); onClose(); };
  return (
    <Card withBorder padding="sm" data-evaluation={key}>
      <Stack gap={8}>
        <Group justify="space-between" wrap="nowrap">
          <Text fw={600} style={{ overflowWrap: 'anywhere' }}>{key}</Text>
          <Menu position="bottom-end">
            <Menu.Target><ActionIcon variant="subtle" color="gray" aria-label={`more about ${key}`}><IconDotsVertical size={18} /></ActionIcon></Menu.Target>
            <Menu.Dropdown>
              <Menu.Item leftSection={<IconPencil size={16} />} onClick={() => setAsking('rename')}>Rename</Menu.Item>
              <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={() => setAsking('delete')}>Delete</Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </Group>
        <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {evaluation.predictions} against {evaluation.groundTruth} · {evaluation.method || evaluation.type}{evaluation.made ? ` · ${new Date(evaluation.made).toLocaleString()}` : ''}
        </Text>
        <Group gap="lg">
          {shown(evaluation).map((n) => (
            <div key={n.name}><Text fw={600} className="tabular">{n.value}</Text><Text size="xs" c="dimmed">{n.name}</Text></div>
          ))}
        </Group>
        <Outcomes dataset={dataset} evaluation={evaluation} onClose={onClose} />
        {evaluation.metrics && <Group><Button size="xs" leftSection={<IconChartDots size={16} />} onClick={open}>Classes and curves</Button></Group>}
      </Stack>
      {asking === 'rename' && <RenameDialog name={key} description="What it wrote to labels and samples gets the new name, too." rename={(to) => api.renameEvaluation(dataset.name, key, to)} onDone={changed} onClose={() => setAsking(null)} />}
      {asking === 'delete' && <DeleteDialog title={`Delete the evaluation ${key}?`} text="Its numbers go, and what it wrote to labels and samples. The labels themselves stay." remove={() => api.deleteEvaluation(dataset.name, key)} onDone={changed} onClose={() => setAsking(null)} />}
    </Card>
  );
}

/** What can be shown in the grid: right, wrong and missing labels. */
function Outcomes({ dataset, evaluation, onClose }: { dataset: Dataset; evaluation: Evaluation; onClose(): void }) {
  const show = useMutation({
    mutationFn: (text: string) => api.readView(dataset.name, text),
    onSuccess: (stages) => { useExplore.getState().setStages(stages); go({ page: 'grid', dataset: dataset.name }); onClose(); },
  });
  return (
    <>
      <Group gap={6}>
        {outcomes(evaluation).map((o) => (
          <Button key={o.name} size="compact-xs" variant="default" title={o.view} disabled={show.isPending} onClick={() => show.mutate(o.view)}>{o.name}</Button>
        ))}
      </Group>
      {show.error && <ErrorNote error={show.error} />}
    </>
  );
}

/** Reads anew what an evaluation wrote to the samples and the list of evaluations. */
function useChanged(dataset: string): () => void {
  const client = useQueryClient();
  const refresh = useRefresh(dataset);
  return () => { refresh(); void client.invalidateQueries({ queryKey: ['evaluations', dataset] }); };
}
