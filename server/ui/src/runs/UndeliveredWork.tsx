// Tells of work on runs that is only in this browser, and where to look after it.
import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { useUndelivered, type Undelivered } from '../editor/delivery';
import { number } from '../model/number';
import { go } from '../route';

export function UndeliveredWork({ dataset }: { dataset: string }) {
  const left = useUndelivered(dataset);
  const runs = [...new Set(left.map((l) => l.run))];
  if (left.length === 0) return null;
  return (
    <Stack gap="xs" p="xs" data-testid="undelivered">
      {runs.map((run) => <Run key={run} dataset={dataset} run={run} left={left.filter((l) => l.run === run)} />)}
    </Stack>
  );
}

function Run({ dataset, run, left }: { dataset: string; run: string; left: Undelivered[] }) {
  const reasons = [...new Set(left.map((l) => l.reason).filter((r) => r !== null))];
  return (
    <Alert color="orange" variant="light" p="xs" role="status">
      <Group gap="sm" justify="space-between">
        <Text size="sm">
          Work on {left.length === 1 ? 'one sample' : `${number(left.length)} samples`} of {run} is only in this browser. {reasons.length > 0 ? reasons.join(' ') : 'It is being sent.'}
        </Text>
        <Button size="compact-xs" variant="light" color="orange" onClick={() => go({ page: 'editor', dataset, run, sample: left[0]!.sample })}>Open it</Button>
      </Group>
    </Alert>
  );
}
