// Questions about something that has a name: another name, or whether it is to go.
import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { ErrorNote } from './Errors';

interface RenameProps { name: string; description?: string; rename(key: string): Promise<unknown>; onDone(): void; onClose(): void }

export function RenameDialog({ name, description, rename, onDone, onClose }: RenameProps) {
  const [key, setKey] = useState(name);
  const asked = useMutation({ mutationFn: () => rename(key), onSuccess: () => { onDone(); onClose(); } });
  return (
    <Modal opened onClose={onClose} title={`Rename ${name}`} size="sm" zIndex={400}>
      <form onSubmit={(e) => { e.preventDefault(); asked.mutate(); }}>
        <Stack>
          <TextInput label="New key" description={description} value={key} onChange={(e) => setKey(e.currentTarget.value)} data-autofocus />
          {asked.error && <ErrorNote error={asked.error} />}
          <Group justify="flex-end"><Button variant="default" onClick={onClose}>Cancel</Button><Button type="submit" loading={asked.isPending} disabled={key === name || key === ''}>Rename</Button></Group>
        </Stack>
      </form>
    </Modal>
  );
}

interface DeleteProps { title: string; text: string; remove(): Promise<unknown>; onDone(): void; onClose(): void }

export function DeleteDialog({ title, text, remove, onDone, onClose }: DeleteProps) {
  const asked = useMutation({ mutationFn: remove, onSuccess: () => { onDone(); onClose(); } });
  return (
    <Modal opened onClose={onClose} title={title} size="sm" zIndex={400}>
      <Stack>
        <Text size="sm">{text}</Text>
        {asked.error && <ErrorNote error={asked.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>Keep</Button>
          <Button color="red" loading={asked.isPending} onClick={() => asked.mutate()}>Delete</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
