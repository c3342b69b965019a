// One sample, large, with all its labels, values and facts.
import { ActionIcon, Button, Code, Group, Kbd, Stack, Switch, Table, Text, Title, Tooltip } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { IconArrowLeft, IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { useEffect, useMemo, useState } from 'react';
import { api, mediaUrl, type Dataset, type Label, type Sample, type SamplePage as Page, type Stage } from '../api/client';
import { ErrorNote } from '../Errors';
import { classColor } from '../model/colors';
import { CHUNK, usePage } from '../hooks';
import { number } from '../model/number';
import { go, place } from '../route';
import { useExplore } from '../state';
import { isVideo } from '../model/video';
import { Film } from './Film';
import { flatten, type Placed } from './placed';
import { Picture } from './Picture';

interface Props {
  dataset: Dataset;
  sample: string;
  stages: Stage[];
  fields: string[];
  edges: Record<string, number[][]>;
  first: Page | undefined;
}

export function SamplePage({ dataset, sample: id, stages, fields, edges, first }: Props) {
  const [wholeView, setWholeView] = useState(stages.length > 0);
  const [chosen, setChosen] = useState<string | null>(null);
  const whole = useQuery({ queryKey: ['data', dataset.name, 'sample', id], queryFn: () => api.sample(dataset.name, id) });
  const ofSamples = useMemo(() => fields.filter((f) => !f.startsWith('frames.')), [fields]);
  const { at, previous, here: inView, next } = useAround(dataset.name, stages, ofSamples, first, id);
  const sample: Sample | undefined = whole.data ?? inView;
  const shown = wholeView && inView ? inView.labels : sample?.labels;
  const to = (step: 1 | -1) => { const target = step > 0 ? next : previous; if (target) go({ page: 'sample', dataset: dataset.name, sample: target.id }, true, at + step); };
  useEffect(() => { if (at >= 0) useExplore.getState().setAnchor({ id, at, top: null }); }, [id, at]);
  const back = () => go({ page: 'grid', dataset: dataset.name });
  useHotkeys([['ArrowLeft', () => to(-1)], ['d', () => to(-1)], ['ArrowRight', () => to(1)], ['f', () => to(1)], ['Escape', back]]);
  useEffect(() => { if (next && dataset.mediaType === 'image') new Image().src = mediaUrl(dataset.name, next.id); }, [next, dataset]);
  const [ofFrame, setOfFrame] = useState<Placed[]>([]);
  const ofSample = useMemo(() => flatten(shown ?? {}, fields), [shown, fields]);
  const video = sample !== undefined && isVideo(sample);
  const labels = video ? [...ofSample, ...ofFrame] : ofSample;
  return (
    <main className="sample-page" aria-label="sample">
      <div className="sample-stage">
        {sample && video && <Film key={id} dataset={dataset.name} url={mediaUrl(dataset.name, id)} sample={sample} fields={fields} edges={edges} chosen={chosen} onLabels={setOfFrame} />}
        {sample && !video && <Picture url={mediaUrl(dataset.name, id)} sample={sample} labels={labels} edges={edges} chosen={chosen} />}
        <Group pos="absolute" top={8} left={8} gap={6}>
          <Button size="xs" variant="default" leftSection={<IconArrowLeft size={16} />} onClick={back}>Grid</Button>
          <Tooltip label={<>Previous <Kbd size="xs">D</Kbd></>}><ActionIcon size={30} variant="default" aria-label="previous sample" disabled={!previous} onClick={() => to(-1)}><IconChevronLeft size={18} /></ActionIcon></Tooltip>
          <Tooltip label={<>Next <Kbd size="xs">F</Kbd></>}><ActionIcon size={30} variant="default" aria-label="next sample" disabled={!next} onClick={() => to(1)}><IconChevronRight size={18} /></ActionIcon></Tooltip>
          {at >= 0 && first && <Text size="xs" className="tabular sample-place">{number(at + 1)} / {number(first.total)}</Text>}
        </Group>
      </div>
      <aside className="sample-side">
        {whole.error && <ErrorNote error={whole.error} />}
        {sample && (
          <Stack gap="sm">
            <Title order={1} size="h5" style={{ overflowWrap: 'anywhere' }}>{sample.name}</Title>
            {stages.length > 0 && inView && <Switch size="xs" label="Only what the filters show" checked={wholeView} onChange={(e) => setWholeView(e.currentTarget.checked)} />}
            <LabelList labels={labels} chosen={chosen} onChoose={setChosen} />
            <Facts sample={sample} />
          </Stack>
        )}
      </aside>
    </main>
  );
}

const AHEAD = 10;

interface Around { at: number; previous: Sample | undefined; here: Sample | undefined; next: Sample | undefined }

/** A sample as the view shows it, with its neighbours: by its place, as the grid told it, else looked for among the first. */
function useAround(dataset: string, stages: Stage[], fields: string[], first: Page | undefined, id: string): Around {
  const told = place();
  const known = told ?? first?.samples.findIndex((s) => s.id === id) ?? -1;
  const far = useQuery({
    queryKey: ['data', dataset, 'order', stages],
    queryFn: async () => (await api.samples(dataset, { view: stages, offset: 0, limit: 1000, fields: [] })).samples.map((s) => s.id),
    enabled: first !== undefined && known < 0 && first.total > first.samples.length,
  });
  const at = known >= 0 ? known : (far.data?.indexOf(id) ?? -1);
  const snapshot = first?.snapshot ?? '';
  const chunkOf = (i: number) => Math.max(0, Math.floor(i / CHUNK));
  // Neighbours are fetched some steps ahead.
  const pages = [at - AHEAD, at, at + AHEAD].map(chunkOf);
  const use = (chunk: number) => usePage(dataset, stages, fields, chunk, snapshot, first !== undefined && at >= 0 && chunk > 0 && chunk * CHUNK < first.total).data?.samples;
  const loaded = [use(pages[0]!), use(pages[1]!), use(pages[2]!)];
  const sampleAt = (i: number) => { const samples = chunkOf(i) === 0 ? first?.samples : loaded[pages.indexOf(chunkOf(i))]; return i < 0 || at < 0 ? undefined : samples?.[i % CHUNK]; };
  const here = sampleAt(at);
  // The view has changed since: what stands there now is another sample.
  if (here && here.id !== id) return { at: -1, previous: undefined, here: undefined, next: undefined };
  return { at, previous: sampleAt(at - 1), here, next: sampleAt(at + 1) };
}

function LabelList({ labels, chosen, onChoose }: { labels: Placed[]; chosen: string | null; onChoose(id: string | null): void }) {
  if (labels.length === 0) return <Text size="sm" c="dimmed">No labels.</Text>;
  const fields = [...new Set(labels.map((l) => l.field))];
  return (
    <>
      {fields.map((field) => (
        <section key={field} aria-label={field}>
          <Text size="xs" fw={700} c="dimmed" mb={2}>{field} · {labels.filter((l) => l.field === field).length}</Text>
          {labels.filter((l) => l.field === field).slice(0, 300).map(({ label }) => (
            <button key={label.id} type="button" className="label-row" aria-pressed={chosen === label.id} onClick={() => onChoose(chosen === label.id ? null : label.id)}>
              <span className="swatch" style={{ background: classColor(label.label) }} />
              <span>{label.label ?? label.cls}</span>
              <span className="dim tabular">{detail(label)}</span>
            </button>
          ))}
          {labels.filter((l) => l.field === field && l.label.id === chosen).map(({ label }) => <Attributes key={label.id} label={label} />)}
        </section>
      ))}
    </>
  );
}

function detail(label: Label): string {
  const parts = [];
  if (label.attributes?.eval) parts.push(String(label.attributes.eval));
  if (label.confidence !== undefined) parts.push(label.confidence.toFixed(2));
  return parts.join(' · ');
}

function Attributes({ label }: { label: Label }) {
  const rows: [string, unknown][] = [['id', label.id], ...(label.index === undefined ? [] : [['index', label.index] as [string, unknown]]), ...Object.entries(label.attributes ?? {})];
  if (label.tags?.length) rows.push(['tags', label.tags.join(', ')]);
  return <Rows rows={rows} />;
}

function Facts({ sample }: { sample: Sample }) {
  const rows: [string, unknown][] = [...Object.entries(sample.values), ...Object.entries(sample.metadata), ['id', sample.id], ['file', sample.filepath]];
  if (sample.tags.length > 0) rows.unshift(['tags', sample.tags.join(', ')]);
  return <section aria-label="facts"><Text size="xs" fw={700} c="dimmed" mb={2}>sample</Text><Rows rows={rows} /></section>;
}

function Rows({ rows }: { rows: [string, unknown][] }) {
  return (
    <Table verticalSpacing={2} horizontalSpacing={4} fz="xs" layout="fixed">
      <Table.Tbody>{rows.map(([name, value]) => (
        <Table.Tr key={name}><Table.Th w="46%" fw={500} style={{ overflowWrap: 'anywhere' }}>{name}</Table.Th><Table.Td style={{ overflowWrap: 'anywhere' }}>{typeof value === 'object' && value !== null ? <Code>{JSON.stringify(value)}</Code> : plain(value)}</Table.Td></Table.Tr>
      ))}</Table.Tbody>
    </Table>
  );
}

const plain = (v: unknown) => (typeof v === 'number' && !Number.isInteger(v) ? v.toFixed(3) : String(v));
