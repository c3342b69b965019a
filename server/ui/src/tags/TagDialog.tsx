// Adds and removes tags: of the samples that are selected or shown, or of their labels as far as they are shown.
import { Button, Group, Modal, MultiSelect, SegmentedControl, Stack, TagsInput, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type Dataset, type Stage } from '../api/client';
import { ErrorNote } from '../Errors';
import { labelFields, useRefresh, useTags } from '../hooks';
import { isActive, selectStage } from '../model/filters';
import { number } from '../model/number';
import { useExplore } from '../state';

interface Props { dataset: Dataset; stages: Stage[]; count: number | undefined; onClose(): void }

export function TagDialog({ dataset, stages, count, onClose }: Props) {
  const selected = useExplore((s) => s.selected);
  const filters = useExplore((s) => s.view.filters);
  const fields = labelFields(dataset).map((f) => f.name);
  const filtered = fields.filter((f) => isActive(filters[f]));
  const known = useTags(dataset.name, [], true);
  const refresh = useRefresh(dataset.name);
  const [of, setOf] = useState('samples');
  const [labels, setLabels] = useState(filtered.length > 0 ? filtered : fields.slice(0, 1));
  const [tags, setTags] = useState<string[]>([]);
  const change = useMutation({
    mutationFn: (remove: boolean) => api.tag(dataset.name, {
      view: selected.length > 0 ? [...stages, selectStage(selected)] : stages, tags, labels: of === 'labels' ? labels : [], remove,
    }),
    onSuccess: refresh,
  });
  const choose = (chosen: string[]) => { setTags(chosen); change.reset(); };
  const others = (known.data ?? []).flatMap((t) => t.value ?? []).filter((t) => !tags.includes(t)).slice(0, 12);
  const done = change.data && (of === 'labels' ? `${number(change.data.labels)} labels` : `${number(change.data.samples)} samples`);
  const ready = tags.length > 0 && (of === 'samples' || labels.length > 0);
  return (
    <Modal opened onClose={onClose} title="Tags" size="md">
      <Stack>
        <Text size="sm">{selected.length > 0 ? `Of the ${number(selected.length)} selected samples` : `Of the ${number(count)} samples shown`}:</Text>
        <SegmentedControl value={of} onChange={setOf} aria-label="what is tagged" data={[{ value: 'samples', label: 'Samples' }, { value: 'labels', label: 'Their labels, as shown' }]} />
        {of === 'labels' && <MultiSelect label="Label fields" data={fields} value={labels} onChange={setLabels} />}
        <TagsInput label="Tags" placeholder={tags.length === 0 ? 'check, night, …' : ''} value={tags} onChange={choose} acceptValueOnBlur data-autofocus />
        {others.length > 0 && (
          <Group gap={6} aria-label="tags in use" role="group">
            {others.map((t) => <Button key={t} size="compact-xs" variant="default" onClick={() => choose([...tags, t])}>{t}</Button>)}
          </Group>
        )}
        {change.error && <ErrorNote error={change.error} />}
        {done && <Text size="sm" c="teal" role="status">{change.variables ? 'Removed from' : 'Added to'} {done}.</Text>}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>Close</Button>
          <Button variant="default" disabled={!ready} loading={change.isPending && change.variables} onClick={() => change.mutate(true)}>Remove</Button>
          <Button disabled={!ready} loading={change.isPending && !change.variables} onClick={() => change.mutate(false)}>Add</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
