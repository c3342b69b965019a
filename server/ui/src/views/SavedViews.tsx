// Views: load a saved one, save what is shown under a name, delete one, write one as text.
import { ActionIcon, Button, Code, Group, Menu, Modal, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { IconBookmark, IconCheck, IconChevronDown, IconDeviceFloppy, IconPrompt, IconTrash } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type KeyboardEvent } from 'react';
import { api, type Dataset, type SavedView, type Stage } from '../api/client';
import { DeleteDialog } from '../Dialogs';
import { ErrorNote } from '../Errors';
import { useExplore } from '../state';

type Asking = { what: 'save' } | { what: 'write' } | { what: 'delete'; view: SavedView } | null;

/** `stages` is what is shown now, filters and order included. */
export function SavedViews({ dataset, stages }: { dataset: Dataset; stages: Stage[] }) {
  const [opened, setOpened] = useState(false);
  const [asking, setAsking] = useState<Asking>(null);
  const current = useExplore((s) => s.view.saved);
  const changed = useViewsChanged(dataset.name);
  const forgotten = (view: SavedView) => {
    changed();
    const { view: shown, clear } = useExplore.getState();
    if (shown.saved === view.name) clear('stages');
  };
  const load = (view: SavedView) => useExplore.getState().setStages(view.view, view.name);
  return (
    <>
      <Menu position="bottom-start" width={280} opened={opened} onChange={setOpened}>
        <Menu.Target>
          <Button size="xs" variant="default" leftSection={<IconBookmark size={16} />} rightSection={<IconChevronDown size={14} />}>Views</Button>
        </Menu.Target>
        <Menu.Dropdown mah="60dvh" style={{ overflowY: 'auto' }}>
          {dataset.savedViews.length === 0 && <Text size="xs" c="dimmed" px="sm" py={6}>No saved views yet. Filter, then save what you see.</Text>}
          {dataset.savedViews.map((view) => (
            <Group key={view.name} gap={2} wrap="nowrap" data-view={view.name}>
              <Menu.Item flex={1} miw={0} onClick={() => load(view)} rightSection={view.name === current ? <IconCheck size={16} aria-label="shown now" /> : null}>
                <Text size="sm" truncate>{view.name}</Text>
              </Menu.Item>
              <ActionIcon variant="subtle" color="gray" aria-label={`delete the view ${view.name}`} onClick={() => { setOpened(false); setAsking({ what: 'delete', view }); }}><IconTrash size={16} /></ActionIcon>
            </Group>
          ))}
          <Menu.Divider />
          <Menu.Item leftSection={<IconPrompt size={16} />} onClick={() => setAsking({ what: 'write' })}>Write a view…</Menu.Item>
          <Menu.Item leftSection={<IconDeviceFloppy size={16} />} disabled={stages.length === 0} onClick={() => setAsking({ what: 'save' })}>Save this view as…</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {asking?.what === 'save' && <SaveDialog dataset={dataset} stages={stages} name={current} onClose={() => setAsking(null)} />}
      {asking?.what === 'write' && <WriteDialog dataset={dataset} onClose={() => setAsking(null)} />}
      {asking?.what === 'delete' && <DeleteDialog title={`Delete the view ${asking.view.name}?`} text="The view is forgotten. Its samples and labels stay." remove={() => api.deleteView(dataset.name, asking.view.name)} onDone={() => forgotten(asking.view)} onClose={() => setAsking(null)} />}
    </>
  );
}

/** Reads the dataset again, which lists its views. */
function useViewsChanged(dataset: string): () => void {
  const client = useQueryClient();
  return () => void client.invalidateQueries({ queryKey: ['dataset', dataset] });
}

function SaveDialog({ dataset, stages, name: current, onClose }: { dataset: Dataset; stages: Stage[]; name: string; onClose(): void }) {
  const [name, setName] = useState(current);
  const changed = useViewsChanged(dataset.name);
  const save = useMutation({
    mutationFn: () => api.saveView(dataset.name, name.trim(), stages),
    onSuccess: (view) => { changed(); useExplore.getState().setStages(view.view, view.name); onClose(); },
  });
  const taken = dataset.savedViews.some((v) => v.name === name.trim());
  return (
    <Modal opened onClose={onClose} title="Save this view" size="sm">
      <form onSubmit={(e) => { e.preventDefault(); save.mutate(); }}>
        <Stack>
          <TextInput label="Name" value={name} onChange={(e) => setName(e.currentTarget.value)} data-autofocus description={taken ? 'There is a view of this name; it will be replaced.' : 'What it shows is found anew each time.'} />
          {save.error && <ErrorNote error={save.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>Cancel</Button>
            <Button type="submit" loading={save.isPending} disabled={name.trim() === ''}>{taken ? 'Replace' : 'Save'}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

/** A view in the short text form that the command line takes. */
function WriteDialog({ dataset, onClose }: { dataset: Dataset; onClose(): void }) {
  const [text, setText] = useState('');
  const read = useMutation({
    mutationFn: () => api.readView(dataset.name, text),
    onSuccess: (stages) => { useExplore.getState().setStages(stages); onClose(); },
  });
  const onKeyDown = (e: KeyboardEvent) => { if (e.key === 'Enter' && !e.shiftKey) { e.preventDefault(); read.mutate(); } };
  return (
    <Modal opened onClose={onClose} title="Write a view" size="lg">
      <form onSubmit={(e) => { e.preventDefault(); read.mutate(); }}>
        <Stack>
          <Textarea
            label="Stages, with | between them" autosize minRows={2} maxRows={8} value={text} onChange={(e) => setText(e.currentTarget.value)} onKeyDown={onKeyDown} data-autofocus
            placeholder={'filterLabels(predictions, confidence > 0.8 && label == "car") | limit(100)'} styles={{ input: { fontFamily: 'ui-monospace, monospace', fontSize: 13 } }}
            description={<>As in Java and on the command line; <Code>postil views syntax</Code> lists all stages and functions.</>}
          />
          {read.error && <ErrorNote error={read.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>Cancel</Button>
            <Button type="submit" loading={read.isPending} disabled={text.trim() === ''}>Show</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
