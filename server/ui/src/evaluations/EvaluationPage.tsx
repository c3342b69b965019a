// One evaluation: the page about it that the server makes, in a frame. A number that is clicked there shows its labels in the grid.
import { Button, Center, Group, useComputedColorScheme } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { api, ApiError, reportUrl } from '../api/client';
import { ErrorNote } from '../Errors';
import { useEvaluations } from '../hooks';
import { go } from '../route';
import { useExplore } from '../state';

export function EvaluationPage({ dataset, evaluation }: { dataset: string; evaluation: string }) {
  const frame = useRef<HTMLIFrameElement>(null);
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false });
  const [failed, setFailed] = useState<unknown>(null);
  const all = useEvaluations(dataset, true);
  const known = all.data?.some((e) => e.key === evaluation);
  const gone = known === false ? new ApiError('UNKNOWN_EVAL_KEY', `There is no evaluation ${evaluation}.`, 'It may have been renamed or deleted.', []) : null;
  const error = gone ?? all.error ?? failed;
  useEffect(() => {
    const show = async (event: MessageEvent) => {
      const text: unknown = event.source === frame.current?.contentWindow && event.origin === location.origin ? event.data?.view : null;
      if (typeof text !== 'string') return;
      try {
        useExplore.getState().setStages(await api.readView(dataset, text));
        go({ page: 'grid', dataset });
      } catch (e) {
        setFailed(e);
      }
    };
    addEventListener('message', show);
    return () => removeEventListener('message', show);
  }, [dataset]);
  return (
    <main className="main">
      <Group p={8}><Button size="xs" variant="default" leftSection={<IconArrowLeft size={16} />} onClick={() => go({ page: 'grid', dataset })}>Grid</Button></Group>
      {error != null && <Center p="sm"><ErrorNote error={error} /></Center>}
      {known && <iframe ref={frame} key={scheme} className="report" src={`${reportUrl(dataset, evaluation)}#${scheme}`} title={`evaluation ${evaluation}`} />}
    </main>
  );
}
