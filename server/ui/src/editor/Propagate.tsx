// Asks up to which frame the selected labels stay as they are here.
import { Button, Group, Modal, NumberInput, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { VideoModel } from './videoModel';

export function Propagate({ model }: { model: VideoModel }) {
  return (
    <Modal opened={model.asking === 'propagate'} onClose={() => model.ask(null)} title="Propagate" size="sm" closeButtonProps={{ 'aria-label': 'close' }} returnFocus>
      <Question model={model} />
    </Modal>
  );
}

function Question({ model }: { model: VideoModel }) {
  const [to, setTo] = useState<number | string>(Math.min(model.frameCount, model.frame + 10));
  const valid = typeof to === 'number' && to > model.frame && to <= model.frameCount;
  const go = () => {
    if (!valid) return;
    model.ask(null);
    model.propagate(to);
  };
  return (
    <form onSubmit={(e) => { e.preventDefault(); go(); }}>
      <Stack gap="sm">
        <Text size="sm">The selection as it is on frame {model.frame}, on all frames that follow. Tracks stay there; labels of one frame are copied.</Text>
        <NumberInput label="Up to frame" value={to} onChange={setTo} min={model.frame + 1} max={model.frameCount} allowDecimal={false} data-autofocus />
        <Group justify="flex-end"><Button type="submit" disabled={!valid}>Propagate</Button></Group>
      </Stack>
    </form>
  );
}
