// Filters by field: class, outcome of an evaluation, confidence. Counts say shown / total.
import { ActionIcon, Button, Checkbox, Collapse, Group, RangeSlider, Stack, Text, TextInput, Tooltip, UnstyledButton } from '@mantine/core';
import { IconChevronDown, IconChevronRight, IconEye, IconEyeOff } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import type { Dataset, Facet, Field, Stage } from '../api/client';
import { labelFields, useFacets } from '../hooks';
import { classColor, learnClasses } from '../model/colors';
import { isActive, NO_FILTER } from '../model/filters';
import { number } from '../model/number';
import { useExplore } from '../state';
import { TagFilter } from '../tags/TagFilter';
import { FacetRow } from './FacetRow';

const NO_STAGES: Stage[] = [];
const OUTCOMES: Record<string, string> = { tp: 'true positive', fp: 'false positive', fn: 'false negative' };

/** `ready` is false while the grid waits for its samples: they come first, counts after. */
export function Sidebar({ dataset, stages, ready }: { dataset: Dataset; stages: Stage[]; ready: boolean }) {
  const fields = labelFields(dataset);
  const open = useExplore((s) => s.expanded);
  const toggle = useExplore((s) => s.toggleExpanded);
  const view = useExplore((s) => s.view);
  const shown = fields.filter((f) => open.includes(f.name)).map((f) => f.name);
  return (
    <Stack gap={2} component="nav" aria-label="Fields and filters">
      <TagFilter dataset={dataset.name} stages={stages} ready={ready} />
      <Text size="xs" fw={700} c="dimmed" tt="uppercase" px="xs" pt={4}>Labels</Text>
      {fields.map((field) => (
        <FieldSection
          key={field.name}
          dataset={dataset.name}
          field={field}
          stages={stages}
          ready={ready}
          open={shown.includes(field.name)}
          active={isActive(view.filters[field.name])}
          onToggle={() => toggle(field.name)}
        />
      ))}
      {fields.length === 0 && <Text size="sm" c="dimmed" px="xs">No label fields yet. Annotate to make one.</Text>}
    </Stack>
  );
}

function FieldSection({ dataset, field, stages, ready, open, active, onToggle }: { dataset: string; field: Field; stages: Stage[]; ready: boolean; open: boolean; active: boolean; onToggle(): void }) {
  const hidden = useExplore((s) => s.hidden.includes(field.name));
  const toggleHidden = useExplore((s) => s.toggleHidden);
  const whole = useFacets(dataset, NO_STAGES, [field.name], open);
  const now = useFacets(dataset, stages, [field.name], open && stages.length > 0 && ready);
  const total = whole.data?.[0];
  const shown = stages.length > 0 ? now.data?.[0] : total;
  return (
    <div className="field-section" data-field={field.name}>
      <Group gap={4} wrap="nowrap">
        <UnstyledButton className="field-head" onClick={onToggle} aria-expanded={open}>
          {open ? <IconChevronDown size={16} aria-hidden /> : <IconChevronRight size={16} aria-hidden />}
          <Text size="sm" fw={600} truncate>{field.name}</Text>
          {active && <span className="dot" role="img" aria-label="filtered" />}
          <Text size="xs" c="dimmed" ml="auto">{field.type}</Text>
        </UnstyledButton>
        <Tooltip label={hidden ? 'Show on pictures' : 'Hide on pictures'}>
          <ActionIcon variant="subtle" color="gray" onClick={() => toggleHidden(field.name)} aria-label={`${hidden ? 'show' : 'hide'} ${field.name}`} aria-pressed={hidden}>
            {hidden ? <IconEyeOff size={16} /> : <IconEye size={16} />}
          </ActionIcon>
        </Tooltip>
      </Group>
      <Collapse expanded={open}>
        {open && (total ? <FieldFilters field={field.name} total={total} shown={shown} busy={now.isFetching} /> : <Text size="xs" c="dimmed" p="xs">counting…</Text>)}
      </Collapse>
    </div>
  );
}

function FieldFilters({ field, total, shown, busy }: { field: string; total: Facet; shown: Facet | undefined; busy: boolean }) {
  const filter = useExplore((s) => s.view.filters[field]) ?? NO_FILTER;
  const setFilter = useExplore((s) => s.setFilter);
  const [search, setSearch] = useState('');
  const [all, setAll] = useState(false);
  learnClasses(total.classes.map((c) => c.value ?? ''));
  const matching = total.classes.filter((c) => (c.value ?? '').toLowerCase().includes(search.toLowerCase()));
  const count = (list: Facet['classes'] | undefined, value: string | null) => list?.find((c) => c.value === value)?.count ?? 0;
  return (
    <Stack gap="xs" px="xs" pb="sm" aria-busy={busy}>
      <Text size="xs" c="dimmed" data-testid="label-count">{number(shown?.labels)} / {number(total.labels)} labels</Text>
      {total.outcomes.length > 0 && (
        <Checkbox.Group value={filter.outcomes} onChange={(outcomes) => setFilter(field, { outcomes })} label="eval" size="xs">
          <Stack gap={4} mt={4}>
            {total.outcomes.map((o) => (
              <FacetRow key={o.value} value={o.value ?? ''} label={OUTCOMES[o.value ?? ''] ? `${o.value} · ${OUTCOMES[o.value ?? '']}` : (o.value ?? '')} shown={count(shown?.outcomes, o.value)} total={o.count} />
            ))}
          </Stack>
        </Checkbox.Group>
      )}
      {total.confidence && <Confidence field={field} bounds={total.confidence as [number, number]} value={filter.confidence} />}
      <Checkbox.Group value={filter.classes} onChange={(classes) => setFilter(field, { classes })} label="class" size="xs">
        {total.classes.length > 10 && <TextInput size="xs" placeholder="Search classes" aria-label={`search classes of ${field}`} value={search} onChange={(e) => setSearch(e.currentTarget.value)} mt={4} />}
        <Stack gap={4} mt={4}>
          {matching.slice(0, all ? 500 : 10).map((c) => (
            <FacetRow key={c.value} value={c.value ?? ''} label={c.value ?? ''} color={classColor(c.value ?? '')} shown={count(shown?.classes, c.value)} total={c.count} />
          ))}
        </Stack>
      </Checkbox.Group>
      {matching.length > 10 && <Button size="compact-xs" variant="subtle" onClick={() => setAll(!all)}>{all ? 'Fewer' : `All ${matching.length} classes`}</Button>}
    </Stack>
  );
}

function Confidence({ field, bounds, value }: { field: string; bounds: [number, number]; value: [number, number] | null }) {
  const setFilter = useExplore((s) => s.setFilter);
  const [draft, setDraft] = useState<[number, number]>(value ?? [0, 1]);
  const latest = useRef(draft);
  const waiting = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    const [low, high] = value ?? [0, 1];
    if (latest.current[0] === low && latest.current[1] === high) return;
    latest.current = [low, high];
    setDraft(latest.current);
  }, [value]);
  const top = Math.max(1, bounds[1]);
  const take = () => {
    const [low, high] = latest.current;
    setFilter(field, { confidence: low <= 0 && high >= top ? null : [low, high] });
  };
  return (
    <div>
      <Group justify="space-between"><Text size="xs" fw={500}>confidence</Text><Text size="xs" c="dimmed" className="tabular">{draft[0].toFixed(2)} – {draft[1].toFixed(2)}</Text></Group>
      <RangeSlider
        size="sm" min={0} max={top} step={0.01} minRange={0} label={null} value={draft}
        onChange={(v) => { latest.current = v; setDraft(v); }}
        // The slider tells the value before a quick click here; the latest is known a moment later. A key held down is one change.
        onChangeEnd={() => { clearTimeout(waiting.current); waiting.current = setTimeout(take); }}
        thumbFromLabel={`least confidence of ${field}`} thumbToLabel={`greatest confidence of ${field}`} my={6}
      />
    </div>
  );
}
