// Filters by tags of samples: those with one of the chosen tags. Not shown where nothing is tagged.
import { Checkbox, Stack, Text } from '@mantine/core';
import type { Stage } from '../api/client';
import { useTags } from '../hooks';
import { FacetRow } from '../sidebar/FacetRow';
import { useExplore } from '../state';

const NO_STAGES: Stage[] = [];

export function TagFilter({ dataset, stages, ready }: { dataset: string; stages: Stage[]; ready: boolean }) {
  const chosen = useExplore((s) => s.view.tags);
  const setTags = useExplore((s) => s.setTags);
  const whole = useTags(dataset, NO_STAGES, ready);
  const now = useTags(dataset, stages, stages.length > 0 && ready);
  if (!whole.data?.length) return null;
  const shown = stages.length > 0 ? now.data : whole.data;
  return (
    <>
      <Text size="xs" fw={700} c="dimmed" tt="uppercase" px="xs" pt={4}>Tags of samples</Text>
      <Checkbox.Group value={chosen} onChange={setTags} size="xs" px="xs" pb="sm" aria-label="tags of samples">
        <Stack gap={4} mt={4}>
          {whole.data.slice(0, 100).map((t) => (
            <FacetRow key={t.value} value={t.value ?? ''} label={t.value ?? ''} shown={shown?.find((s) => s.value === t.value)?.count ?? 0} total={t.count} />
          ))}
        </Stack>
      </Checkbox.Group>
    </>
  );
}
