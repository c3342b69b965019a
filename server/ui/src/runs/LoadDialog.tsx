// Shows what a load would change, side by side, before anything changes; then applies it.
import { Alert, Button, Checkbox, Group, Loader, Modal, SegmentedControl, Select, Stack, Text } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { api, mediaUrl, thumbnailUrl, type Change, type Counts, type Dataset, type Label, type LoadOptions } from '../api/client';
import { leftWork } from '../editor/journal';
import { ErrorNote, Problems } from '../Errors';
import { useRefresh, videoQuery } from '../hooks';
import { captionText, drawLabel } from '../model/draw';
import { number } from '../model/number';
import { still } from '../model/stills';
import { clockOf } from '../model/clock';
import { isVideo } from '../model/video';

const KINDS: [keyof Counts, string, string][] = [['added', 'Added', '#2f9e44'], ['edited', 'Edited', '#1c7ed6'], ['deleted', 'Deleted', '#e03131'], ['conflicting', 'Conflicts', '#e8590c'], ['refused', 'Refused', '#9c36b5'], ['unexpected', 'Unexpected', '#b5830c'], ['unchanged', 'Unchanged', '#868e96']];

interface Props { dataset: Dataset; run: string; onClose(): void; onLoaded(text: string): void }

export function LoadDialog({ dataset, run, onClose, onLoaded }: Props) {
  const narrow = useMediaQuery('(max-width: 700px)') ?? false;
  const refresh = useRefresh(dataset.name);
  const [options, setOptions] = useState<LoadOptions>({ onConflict: 'theirs', unexpected: 'ignore' });
  const [kind, setKind] = useState('all');
  const [limit, setLimit] = useState(24);
  const preview = useQuery({
    queryKey: ['data', dataset.name, 'preview', run, options, kind, limit],
    queryFn: () => api.preview(dataset.name, run, { options, offset: 0, limit, ...(kind === 'all' ? {} : { kind }) }),
    placeholderData: keepPreviousData, retry: false, staleTime: 0, gcTime: 0,
  });
  const load = useMutation({
    mutationFn: () => api.load(dataset.name, run, options),
    onSuccess: (r) => { refresh(); onLoaded(`Loaded ${run}: ${r.total.added} added, ${r.total.edited} edited, ${r.total.deleted} deleted.`); },
  });
  const left = leftWork(dataset.name).filter((l) => l.run === run).length;
  const total = preview.data?.total;
  const nothing = total && KINDS.slice(0, 4).every(([k]) => total[k] === 0);
  const mass = preview.data?.problems.some((p) => p.code === 'MASS_DELETION') || options.allowMassDeletion;
  return (
    <Modal opened onClose={onClose} title={`Load ${run}: preview`} size="xl" fullScreen={narrow} zIndex={300} closeButtonProps={{ 'aria-label': 'close' }}>
      <Stack gap="sm">
        {preview.error && <ErrorNote error={preview.error} />}
        {!preview.data && !preview.error && <Group><Loader size="sm" /><Text size="sm">Comparing…</Text></Group>}
        {total && (
          <div className="counts" data-testid="preview-counts">
            {KINDS.map(([k, text, color]) => <div key={k} className="count" data-kind={k} style={{ ['--kind' as string]: color }}><b>{number(total[k])}</b><span>{text}</span></div>)}
          </div>
        )}
        {preview.data && preview.data.problems.length > 0 && <Problems problems={preview.data.problems} />}
        <Group gap="sm" align="end">
          <Select size="xs" label="If the dataset changed, too" value={options.onConflict ?? 'theirs'} onChange={(v) => v && setOptions({ ...options, onConflict: v as 'theirs' })} data={[{ value: 'theirs', label: 'take the annotator’s label' }, { value: 'ours', label: 'keep the dataset’s label' }, { value: 'fail', label: 'load nothing' }]} allowDeselect={false} w={230} comboboxProps={{ zIndex: 500 }} />
          <Checkbox size="xs" label="Only completed samples" checked={options.only === 'completed'} onChange={(e) => { const { only: _, ...rest } = options; setOptions(e.currentTarget.checked ? { ...rest, only: 'completed' } : rest); }} />
          {mass && <Checkbox size="xs" color="red" label="Yes, delete that many labels" checked={options.allowMassDeletion ?? false} onChange={(e) => setOptions({ ...options, allowMassDeletion: e.currentTarget.checked })} />}
        </Group>
        {total && !nothing && <SegmentedControl size="xs" value={kind} onChange={setKind} style={{ overflowX: 'auto' }} data={[{ value: 'all', label: 'All changes' }, ...KINDS.slice(0, 6).filter(([k]) => total[k] > 0).map(([k, text]) => ({ value: k, label: text }))]} />}
        {nothing && <Text size="sm">Nothing to load: the work equals what the dataset holds.</Text>}
        <Stack gap="xs" style={{ maxHeight: narrow ? undefined : '46dvh', overflowY: 'auto' }}>
          {preview.data?.changes.map((c) => <ChangeRow key={c.label + c.kind} dataset={dataset} change={c} />)}
          {preview.data && preview.data.matching > preview.data.changes.length && <Button size="xs" variant="subtle" onClick={() => setLimit(limit + 48)}>Show more of {number(preview.data.matching)}</Button>}
        </Stack>
        {left > 0 && <Alert color="orange" variant="light" p="xs">Work on {left === 1 ? 'one sample' : `${number(left)} samples`} is only in this browser and would not be loaded.</Alert>}
        {load.error && <ErrorNote error={load.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>Close</Button>
          <Button disabled={!preview.data || preview.data.problems.length > 0 || preview.isFetching} loading={load.isPending} onClick={() => load.mutate()}>Apply</Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function ChangeRow({ dataset, change }: { dataset: Dataset; change: Change }) {
  const kind = KINDS.find(([k]) => k === change.kind)!;
  return (
    <div className="change" data-kind={change.kind} style={{ borderLeft: `3px solid ${kind[2]}` }}>
      <Text size="xs" fw={600} style={{ gridColumn: '1 / -1' }}>{kind[1]} · {change.field}{change.frame > 0 ? `, frame ${change.frame}` : ''} · {(change.after ?? change.before)?.label ?? ''}{change.note ? `: ${change.note}` : ''}</Text>
      <Crop title="before" dataset={dataset} change={change} label={change.before} />
      <Crop title="after" dataset={dataset} change={change} label={change.after} />
    </div>
  );
}

/** The surroundings of a change, the same for both sides. */
function window_(change: Change): [number, number, number, number] {
  const boxes = [change.before, change.after].map((l) => l && extent(l)).filter((b) => b !== undefined && b !== null);
  if (boxes.length === 0) return [0, 0, 1, 1];
  const x0 = Math.min(...boxes.map((b) => b![0]));
  const y0 = Math.min(...boxes.map((b) => b![1]));
  const x1 = Math.max(...boxes.map((b) => b![2]));
  const y1 = Math.max(...boxes.map((b) => b![3]));
  const side = Math.min(1, Math.max(x1 - x0, y1 - y0, 0.08) * 1.6);
  const clamp = (v: number) => Math.min(1 - side, Math.max(0, v));
  return [clamp((x0 + x1 - side) / 2), clamp((y0 + y1 - side) / 2), side, side];
}

function extent(label: Label): [number, number, number, number] | null {
  if (label.box) return [label.box[0]!, label.box[1]!, label.box[0]! + label.box[2]!, label.box[1]! + label.box[3]!];
  const points = (label.points ?? []).flat().filter((p): p is number[] => p !== null);
  if (points.length === 0) return null;
  return [Math.min(...points.map((p) => p[0]!)), Math.min(...points.map((p) => p[1]!)), Math.max(...points.map((p) => p[0]!)), Math.max(...points.map((p) => p[1]!))];
}

function Crop({ title, dataset, change, label }: { title: string; dataset: Dataset; change: Change; label: Label | undefined }) {
  const client = useQueryClient();
  const canvas = useRef<HTMLCanvasElement>(null);
  const ofFrame = change.frame > 0;
  const sample = useQuery({ queryKey: ['data', dataset.name, 'sample', change.sample], queryFn: () => api.sample(dataset.name, change.sample), enabled: ofFrame }).data;
  useEffect(() => {
    let live = true;
    const draw = (image: CanvasImageSource, width: number, height: number) => { if (live && canvas.current) drawCrop(canvas.current, image, height / width, window_(change), label); };
    if (ofFrame && sample && isVideo(sample)) {
      client.fetchQuery(videoQuery(dataset.name, change.sample)).catch(() => null)
        .then((file) => still(mediaUrl(dataset.name, change.sample), clockOf(sample, file).within(change.frame)))
        .then((picture) => draw(picture, picture.width, picture.height), () => undefined);
    } else if (!ofFrame || sample) {
      const image = new Image();
      image.onload = () => draw(image, image.naturalWidth, image.naturalHeight);
      image.src = thumbnailUrl(dataset.name, change.sample);
    }
    return () => { live = false; };
  }, [client, dataset.name, change, label, ofFrame, sample]);
  return (
    <figure>
      <canvas ref={canvas} width={360} height={200} role="img" aria-label={`${title}: ${label ? captionText(label) || 'label' : 'no label'}`} />
      <figcaption>{title}: {label ? summary(label, title === 'after' ? change.before : undefined) : 'none'}</figcaption>
    </figure>
  );
}

function drawCrop(c: HTMLCanvasElement, image: CanvasImageSource, ratio: number, [x, y, w, h]: [number, number, number, number], label: Label | undefined): void {
  c.width = 360;
  c.height = Math.round(Math.min(300, (360 * h * ratio) / w));
  const context = c.getContext('2d')!;
  const frame = { width: c.width / w, height: (c.width / w) * ratio, x: 0, y: 0 };
  frame.x = -x * frame.width;
  frame.y = -y * frame.height;
  context.drawImage(image, frame.x, frame.y, frame.width, frame.height);
  if (label) drawLabel(context, label, frame, { captions: false, line: 3 });
}

function summary(label: Label, before: Label | undefined): string {
  const changed = Object.entries(label.attributes ?? {}).filter(([k, v]) => before && JSON.stringify(before.attributes?.[k]) !== JSON.stringify(v)).map(([k, v]) => `${k} = ${String(v)}`);
  return [label.value !== undefined ? String(label.value) : label.label ?? label.cls, ...changed].join(', ');
}
