// Every object of a video as a list for keyboard and screen reader: tracks with their frames, and the labels of this frame that stand alone.
import { Text } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import { classColor } from '../model/colors';
import type { VideoObject } from './videoFrames';
import type { VideoModel } from './videoModel';

export function ObjectList({ model }: { model: VideoModel }) {
  const scroller = useRef<HTMLDivElement>(null);
  const objects = model.objects();
  const rows = useVirtualizer({ count: objects.length, getScrollElement: () => scroller.current, estimateSize: () => 28, overscan: 6 });
  const chosen = [...model.selected][0];
  const at = chosen === undefined ? -1 : objects.findIndex((o) => o.id === chosen);
  useEffect(() => { if (at >= 0) rows.scrollToIndex(at); }, [at, rows]);
  const here = objects.filter((o) => model.shapes.has(o.id)).length;
  return (
    <section aria-label="all labels">
      <Text size="xs" fw={700} c="dimmed" mb={4} data-testid="label-total">{objects.length} {objects.length === 1 ? 'object' : 'objects'}, {here} on this frame</Text>
      <div ref={scroller} style={{ maxHeight: 300, overflowY: 'auto' }} role="listbox" aria-label="labels" aria-multiselectable tabIndex={-1}>
        <div style={{ height: rows.getTotalSize(), position: 'relative' }}>
          {rows.getVirtualItems().map((row) => {
            const o = objects[row.index]!;
            const shown = model.shapes.has(o.id);
            return (
              <button key={o.id} type="button" role="option" aria-selected={model.selected.has(o.id)} className="label-row" data-label={o.id} data-off={!shown || undefined} style={{ position: 'absolute', top: 0, transform: `translateY(${row.start}px)` }}
                onClick={(e) => (e.shiftKey || e.ctrlKey ? model.toggle(o.id) : model.visit(o.id))}>
                <span className="swatch" style={{ background: classColor(o.label) }} />
                <span>{o.label ?? o.field}{o.index === undefined ? '' : ` ${o.index}`}</span>
                <span className="dim tabular">{model.hidden.has(o.id) ? 'hidden' : framesOf(o)}</span>
              </button>
            );
          })}
        </div>
      </div>
    </section>
  );
}

const range = ([a, b]: [number, number]): string => (a === b ? `${a}` : `${a}–${b}`);

function framesOf({ spans }: VideoObject): string {
  if (spans.length === 0) return '';
  return spans.length < 3 ? spans.map(range).join(', ') : `${range([spans[0]![0], spans.at(-1)![1]])}, ${spans.length - 1} gaps`;
}

/** What is selected, in words. */
export function trackNote(model: VideoModel, id: string): string {
  if (!model.isTrack(id)) return 'A label of this frame.';
  const track = model.objects().find((o) => o.id === id);
  return `Track ${track?.index ?? ''}, frames ${track ? framesOf(track) : ''}. ${model.atKey ? 'Key frame here.' : 'Between key frames.'}`;
}
