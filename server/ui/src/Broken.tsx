// What is shown in place of a page that failed: never nothing.
import { Button, Center, Stack } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import { Problems } from './Errors';

export class Broken extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render() {
    const { error } = this.state;
    if (!error) return this.props.children;
    const message = `This page failed: ${error.message}`;
    return (
      <Center h="100dvh" p="md">
        <Stack>
          <Problems problems={[{ code: 'PAGE', message, remedy: 'Load it again; work in the editor is kept. If it fails again, please report it.' }]} />
          <Button onClick={() => location.reload()}>Load again</Button>
          <Button variant="default" onClick={() => location.assign('/')}>To the datasets</Button>
        </Stack>
      </Center>
    );
  }
}
