// The sample grid: justified rows, virtualised by chunks of samples that are fetched as they come into sight.
import { Center, Loader, Text } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useMemo, useRef } from 'react';
import type { Sample, Stage } from '../api/client';
import { CHUNK, usePage } from '../hooks';
import { useExplore, type Anchor } from '../state';
import { justify } from './justify';
import { Tile } from './Tile';

const GAP = 4;

interface GridProps {
  dataset: string;
  stages: Stage[];
  fields: string[];
  edges: Record<string, number[][]>;
  total: number;
  snapshot: string;
  first: Sample[];
  onOpen(sample: string, at: number): void;
}

export function Grid(props: GridProps) {
  const { ref, width } = useElementSize<HTMLDivElement>();
  const scroller = useRef<HTMLDivElement>(null);
  const zoom = useExplore((s) => s.zoom);
  const target = width > 0 && width < 500 ? Math.min(zoom, 130) : zoom;
  const chunks = Math.ceil(props.total / CHUNK);
  const ratio = average(props.first);
  const rowsOf = (n: number) => Math.ceil((n * ratio * target) / Math.max(200, width));
  const virtual = useVirtualizer({
    count: chunks,
    getScrollElement: () => scroller.current,
    estimateSize: (i) => rowsOf(Math.min(CHUNK, props.total - i * CHUNK)) * (target + GAP),
    overscan: 0,
  });
  useEffect(() => virtual.measure(), [virtual, width, target]);
  const laidOut = width > 0;
  useEffect(() => {
    const { anchor } = useExplore.getState();
    if (!laidOut || !anchor || anchor.at >= props.total) return;
    virtual.scrollToIndex(Math.floor(anchor.at / CHUNK), { align: 'start' });
    return returnTo(scroller.current!, anchor);
  // Once, when the grid comes back.
  }, [laidOut]);
  return (
    <div ref={scroller} className="grid-scroller" data-testid="grid" tabIndex={-1}>
      <div ref={ref} style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {width > 0 && virtual.getVirtualItems().map((item) => (
          <div key={item.key} ref={virtual.measureElement} data-index={item.index} className="grid-chunk" style={{ transform: `translateY(${item.start}px)` }}>
            <Chunk {...props} chunk={item.index} width={width} target={target} estimate={item.size} />
          </div>
        ))}
      </div>
    </div>
  );
}

function Chunk(props: GridProps & { chunk: number; width: number; target: number; estimate: number }) {
  const page = usePage(props.dataset, props.stages, props.fields, props.chunk, props.snapshot, props.chunk > 0);
  const samples = props.chunk === 0 ? props.first : page.data?.samples;
  const { chunk, onOpen } = props;
  const open = useCallback((id: string, tile: HTMLElement) => {
    const at = chunk * CHUNK + (samples ?? []).findIndex((s) => s.id === id);
    const top = tile.getBoundingClientRect().top - tile.closest('.grid-scroller')!.getBoundingClientRect().top;
    useExplore.getState().setAnchor({ id, at, top });
    onOpen(id, at);
  }, [chunk, samples, onOpen]);
  const rows = useMemo(
    () => (samples ? justify(samples.map(aspect), props.width, props.target, GAP, (props.chunk + 1) * CHUNK < props.total) : []),
    [samples, props.width, props.target, props.chunk, props.total],
  );
  if (!samples) return <Center h={props.estimate}><Loader size="sm" aria-label="loading samples" /></Center>;
  return (
    <>
      {rows.map((row) => (
        <div key={row.first} className="grid-row" style={{ height: row.height, marginBottom: GAP, gap: GAP }}>
          {row.widths.map((w, i) => {
            const sample = samples[row.first + i]!;
            return <Tile key={sample.id} dataset={props.dataset} sample={sample} fields={props.fields} edges={props.edges} width={w} height={row.height} onOpen={open} />;
          })}
        </div>
      ))}
    </>
  );
}

/** Scrolls to the sample that was looked at last, as soon as it is there and until its surroundings have their sizes. Answers how to stop. */
function returnTo(scroller: HTMLElement, anchor: Anchor): () => void {
  let frame = 0;
  let left = 240;
  let settled = 0;
  const step = () => {
    const tile = scroller.querySelector<HTMLElement>(`[data-sample="${anchor.id}"]`);
    if (tile) {
      const room = scroller.clientHeight - tile.offsetHeight;
      const wanted = anchor.top ?? room / 2;
      scroller.scrollTop += tile.getBoundingClientRect().top - scroller.getBoundingClientRect().top - wanted;
      if (settled++ === 0) tile.focus({ preventScroll: true });
    }
    if (--left > 0 && settled < 12) frame = requestAnimationFrame(step);
  };
  frame = requestAnimationFrame(step);
  const stop = () => cancelAnimationFrame(frame);
  scroller.addEventListener('wheel', stop, { once: true, passive: true });
  scroller.addEventListener('pointerdown', stop, { once: true });
  return stop;
}

export function EmptyGrid({ filtered }: { filtered: boolean }) {
  return (
    <Center flex={1} p="xl">
      <Text c="dimmed" ta="center">{filtered ? 'No sample has such labels. Loosen a filter to see more.' : 'This dataset has no samples yet.'}</Text>
    </Center>
  );
}

export function aspect(sample: Sample): number {
  const w = Number(sample.metadata.width ?? sample.metadata.frame_width ?? 4);
  const h = Number(sample.metadata.height ?? sample.metadata.frame_height ?? 3);
  return w > 0 && h > 0 ? w / h : 4 / 3;
}

const average = (samples: Sample[]) => (samples.length === 0 ? 4 / 3 : samples.reduce((sum, s) => sum + aspect(s), 0) / samples.length);
