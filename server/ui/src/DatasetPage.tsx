// Explore: the grid with its filters, and on top of it the sample page, the request dialog and the runs.
import { ActionIcon, Button, CloseButton, Drawer, Group, Menu, Pill, Select, Slider, Text, Tooltip, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { useDisclosure, useMediaQuery } from '@mantine/hooks';
import { IconAdjustmentsHorizontal, IconChartDots, IconChevronDown, IconDatabase, IconMoon, IconPencilPlus, IconPlayerPlay, IconSortDescending, IconSun, IconTags } from '@tabler/icons-react';
import { useCallback, useMemo } from 'react';
import type { Dataset } from './api/client';
import { AnnotateDialog } from './annotate/AnnotateDialog';
import { ErrorNote } from './Errors';
import { EvaluationPage } from './evaluations/EvaluationPage';
import { EvaluationsPanel } from './evaluations/EvaluationsPanel';
import { EmptyGrid, Grid } from './grid/Grid';
import { labelFields, useAppInfo, useFirstPage, useStages } from './hooks';
import { DATASET_ORDER, describe, type Sort } from './model/filters';
import { classesOf, learnClasses } from './model/colors';
import { number } from './model/number';
import { go } from './route';
import { RunsPanel } from './runs/RunsPanel';
import { UndeliveredWork } from './runs/UndeliveredWork';
import { SamplePage } from './sample/SamplePage';
import { Sidebar } from './sidebar/Sidebar';
import { useExplore } from './state';
import { TagDialog } from './tags/TagDialog';
import { SavedViews } from './views/SavedViews';

interface PageProps { dataset: Dataset; sample: string | null; evaluation: string | null }

export function DatasetPage({ dataset, sample, evaluation }: PageProps) {
  const view = useExplore((s) => s.view);
  const hidden = useExplore((s) => s.hidden);
  const { clearSelection, clear, setStages } = useExplore.getState();
  const chosen = useExplore((s) => s.selected);
  const stages = useStages(dataset);
  const all = useMemo(() => labelFields(dataset).map((f) => f.name), [dataset]);
  const fields = useMemo(() => all.filter((f) => !hidden.includes(f)), [all, hidden]);
  const ofSamples = useMemo(() => fields.filter((f) => !f.startsWith('frames.')), [fields]);
  const edges = useMemo(() => Object.fromEntries(Object.entries(dataset.skeletons).map(([f, s]) => [f, s.edges])), [dataset]);
  const page = useFirstPage(dataset.name, stages, ofSamples, true);
  useMemo(() => learnClasses([...Object.values(dataset.classes).flat(), ...classesOf(page.data?.samples ?? [])]), [dataset, page.data]);
  const narrow = useMediaQuery('(max-width: 700px)');
  const [filtersOpen, filters] = useDisclosure(false);
  const [annotateOpen, annotate] = useDisclosure(false);
  const [runsOpen, runs] = useDisclosure(false);
  const [tagsOpen, tags] = useDisclosure(false);
  const [evaluationsOpen, evaluations] = useDisclosure(false);
  const open = useCallback((id: string, at: number) => go({ page: 'sample', dataset: dataset.name, sample: id }, false, at), [dataset.name]);
  const chips = describe(view);
  const filtered = chips.length > 0;
  return (
    <div className="app">
      <TopBar dataset={dataset} onEvaluations={evaluations.open} onRuns={runs.open} onAnnotate={annotate.open} />
      <UndeliveredWork dataset={dataset.name} />
      <div className="body">
        {evaluation ? (
          <EvaluationPage dataset={dataset.name} evaluation={evaluation} />
        ) : sample ? (
          <SamplePage dataset={dataset} sample={sample} stages={stages} fields={fields} edges={edges} first={page.data} />
        ) : (
          <>
            <aside className="side"><Sidebar dataset={dataset} stages={stages} ready={!page.isFetching} /></aside>
            <main className="main">
              <div className="viewbar">
                <Button className="narrow-only" display={narrow ? undefined : 'none'} size="xs" variant="default" leftSection={<IconAdjustmentsHorizontal size={16} />} onClick={filters.open}>Filters</Button>
                <SavedViews dataset={dataset} stages={stages} />
                <Text size="sm" className="tabular" data-testid="sample-count" aria-live="polite">
                  {page.data ? `${number(page.data.total)} / ${number(dataset.samples)} samples` : 'counting…'}
                </Text>
                {chips.map((c) => <Pill key={c.key} withRemoveButton onRemove={() => clear(c.key)} removeButtonProps={{ 'aria-label': `remove ${c.text}`, 'aria-hidden': false, tabIndex: 0 }}>{c.text}</Pill>)}
                {filtered && <Button size="compact-xs" variant="subtle" onClick={() => clear()}>Clear all</Button>}
                <span className="spacer" />
                <Tooltip label="Tag what is shown or selected"><ActionIcon variant="default" size={30} aria-label="tags" onClick={tags.open}><IconTags size={16} /></ActionIcon></Tooltip>
                <SortSelect dataset={dataset} />
                {!narrow && <Zoom />}
              </div>
              {page.error ? <Group p="md"><ErrorNote error={page.error} /></Group>
                : page.data && page.data.total === 0 ? <EmptyGrid filtered={filtered} />
                : page.data && <Grid dataset={dataset.name} stages={stages} fields={ofSamples} edges={edges} total={page.data.total} snapshot={page.data.snapshot} first={page.data.samples} onOpen={open} />}
            </main>
            {chosen.length > 0 && (
              <div className="selection" role="region" aria-label="selection">
                <Text size="sm" fw={600}>{chosen.length} selected</Text>
                <Button size="xs" variant="default" onClick={() => setStages([{ _cls: 'fiftyone.core.stages.Select', kwargs: [['sample_ids', chosen], ['ordered', false]] }])}>Show only these</Button>
                <Button size="xs" variant="default" onClick={tags.open}>Tag</Button>
                <Button size="xs" onClick={annotate.open}>Annotate</Button>
                <CloseButton aria-label="clear the selection" onClick={clearSelection} />
              </div>
            )}
          </>
        )}
      </div>
      <Drawer opened={filtersOpen} onClose={filters.close} title="Filters" size="min(340px, 92vw)"><Sidebar dataset={dataset} stages={stages} ready={!page.isFetching} /></Drawer>
      <AnnotateDialog dataset={dataset} stages={stages} sample={sample} count={page.data?.total} opened={annotateOpen} onClose={annotate.close} onMade={runs.open} />
      {tagsOpen && <TagDialog dataset={dataset} stages={stages} count={page.data?.total} onClose={tags.close} />}
      <EvaluationsPanel dataset={dataset} opened={evaluationsOpen} onClose={evaluations.close} />
      <RunsPanel dataset={dataset} opened={runsOpen} onClose={runs.close} />
    </div>
  );
}

function TopBar({ dataset, onEvaluations, onRuns, onAnnotate }: { dataset: Dataset; onEvaluations(): void; onRuns(): void; onAnnotate(): void }) {
  const info = useAppInfo();
  return (
    <header className="topbar">
      <a className="brand" href="/" onClick={(e) => { e.preventDefault(); go({ page: 'grid', dataset: dataset.name }); }} aria-label="Postil, back to the grid">
        <img src="/favicon.svg" alt="" /><span>Postil</span>
      </a>
      <Menu position="bottom-start">
        <Menu.Target>
          <Button variant="subtle" color="gray" size="sm" px={6} className="compact" leftSection={<IconDatabase size={16} />} rightSection={<IconChevronDown size={14} />} styles={{ label: { maxWidth: '32vw' } }}>{dataset.name}</Button>
        </Menu.Target>
        <Menu.Dropdown mah="70dvh" style={{ overflowY: 'auto' }}>
          {info.data?.datasets.map((d) => (
            <Menu.Item key={d.name} onClick={() => go({ page: 'grid', dataset: d.name })} rightSection={<Text size="xs" c="dimmed">{number(d.samples)}</Text>}>{d.name}</Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <span className="spacer" />
      <SchemeSwitch />
      <Tooltip label="Evaluations">
        <ActionIcon variant="default" size={36} aria-label="evaluations" onClick={onEvaluations}><IconChartDots size={18} /></ActionIcon>
      </Tooltip>
      <Button size="sm" className="compact" variant="default" onClick={onRuns} leftSection={<IconPlayerPlay size={16} />}>Runs</Button>
      <Button size="sm" className="compact" onClick={onAnnotate} leftSection={<IconPencilPlus size={16} />}>Annotate</Button>
    </header>
  );
}

export function SchemeSwitch() {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  const next = scheme === 'dark' ? 'light' : 'dark';
  return (
    <Tooltip label={`Switch to ${next}`}>
      <ActionIcon variant="subtle" color="gray" size="lg" aria-label={`switch to ${next} colours`} onClick={() => setColorScheme(next)}>
        {scheme === 'dark' ? <IconSun size={18} /> : <IconMoon size={18} />}
      </ActionIcon>
    </Tooltip>
  );
}

function SortSelect({ dataset }: { dataset: Dataset }) {
  const sort = useExplore((s) => s.view.sort);
  const setSort = useExplore((s) => s.setSort);
  const options = useMemo(() => sortOptions(dataset), [dataset]);
  const value = JSON.stringify(sort);
  const known = options.some((g) => g.items.some((o) => o.value === value));
  return (
    <Select
      size="xs" w={210} aria-label="sort" allowDeselect={false} data={options} leftSection={<IconSortDescending size={16} />}
      value={known ? value : JSON.stringify(DATASET_ORDER)} onChange={(v) => v && setSort(JSON.parse(v) as Sort)} comboboxProps={{ width: 270, position: 'bottom-end' }} maxDropdownHeight={360}
    />
  );
}

function sortOptions(dataset: Dataset) {
  const option = (label: string, sort: Sort) => ({ label, value: JSON.stringify(sort) });
  const groups = [{ group: 'Dataset', items: [option('Dataset order', DATASET_ORDER)] }];
  for (const field of labelFields(dataset)) {
    const items = [
      option(`Most confident ${field.name}`, { by: 'confidence', field: field.name, descending: true }),
      option(`Least confident ${field.name}`, { by: 'confidence', field: field.name, descending: false }),
    ];
    if (field.list) {
      items.push(option(`Most ${field.name}`, { by: 'count', field: field.name, descending: true }), option(`Fewest ${field.name}`, { by: 'count', field: field.name, descending: false }));
    }
    groups.push({ group: field.name, items });
  }
  const plain = dataset.fields.filter((f) => !f.label && ['int', 'float', 'str', 'date', 'datetime'].includes(f.type));
  if (plain.length > 0) {
    groups.push({ group: 'Values', items: plain.flatMap((f) => [option(`${f.name}, highest first`, { by: 'value', field: f.name, descending: true }), option(`${f.name}, lowest first`, { by: 'value', field: f.name, descending: false })]) });
  }
  return groups;
}

function Zoom() {
  const zoom = useExplore((s) => s.zoom);
  const setZoom = useExplore((s) => s.setZoom);
  return <Slider w={110} size="sm" min={90} max={480} value={zoom} onChange={setZoom} label={null} thumbLabel="size of the pictures" />;
}
