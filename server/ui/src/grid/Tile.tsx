// One picture of the grid with its labels and a box to select it.
import { memo, useEffect, useRef, useState } from 'react';
import { mediaUrl, thumbnailUrl, type Sample } from '../api/client';
import { drawLabel, type Area } from '../model/draw';
import { clock, isVideo } from '../model/video';
import { useExplore } from '../state';

interface TileProps {
  dataset: string;
  sample: Sample;
  fields: string[];
  edges: Record<string, number[][]>;
  width: number;
  height: number;
  onOpen(sample: string, tile: HTMLElement): void;
}

export const Tile = memo(function Tile({ dataset, sample, fields, edges, width, height, onOpen }: TileProps) {
  const selected = useExplore((s) => s.selected.includes(sample.id));
  const choosing = useExplore((s) => s.selected.length > 0);
  const toggle = useExplore((s) => s.toggleSelected);
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const c = canvas.current;
    if (!c) return;
    const scale = window.devicePixelRatio || 1;
    c.width = width * scale;
    c.height = height * scale;
    const context = c.getContext('2d')!;
    context.scale(scale, scale);
    const frame = { x: 0, y: 0, width, height };
    const taken: Area[] = [];
    fields.forEach((field, i) => {
      for (const label of sample.labels[field]?.labels ?? []) {
        drawLabel(context, label, frame, { captions: width > 240, taken, dashed: i > 0 && label.confidence !== undefined, line: 1.5, edges: edges[field] ?? [] });
      }
    });
  }, [sample, fields, edges, width, height]);
  const [broken, setBroken] = useState(false);
  const count = fields.reduce((n, f) => n + (sample.labels[f]?.labels.length ?? 0), 0);
  return (
    <div className="tile" data-selected={selected || undefined} data-choosing={choosing || undefined} style={{ width, height }}>
      <button type="button" className="tile-open" data-sample={sample.id} onClick={(e) => onOpen(sample.id, e.currentTarget)} aria-label={`${sample.name}, ${count} labels`}>
        {isVideo(sample) ? <Clip dataset={dataset} sample={sample} hidden={broken} onBroken={() => setBroken(true)} /> : <img src={thumbnailUrl(dataset, sample.id)} alt="" hidden={broken} width={width} height={height} loading="lazy" decoding="async" draggable={false} onError={() => setBroken(true)} />}
        {broken && <span className="tile-broken">{sample.name}<br />cannot be shown</span>}
        <canvas ref={canvas} style={{ width, height }} aria-hidden />
      </button>
      <input type="checkbox" className="tile-check" checked={selected} onChange={() => toggle(sample.id)} aria-label={`select ${sample.name}`} />
    </div>
  );
});

/** A video that plays while the pointer is on it. */
function Clip({ dataset, sample, hidden, onBroken }: { dataset: string; sample: Sample; hidden: boolean; onBroken(): void }) {
  const seconds = sample.metadata.duration;
  return (
    <>
      <video
        src={mediaUrl(dataset, sample.id) + '#t=0.001'} hidden={hidden} onError={onBroken} muted loop playsInline preload="metadata"
        // Of some files the browser plays the sound only.
        onLoadedMetadata={(e) => { if (e.currentTarget.videoWidth === 0) onBroken(); }}
        onMouseEnter={(e) => void e.currentTarget.play().catch(() => undefined)} onMouseLeave={(e) => e.currentTarget.pause()}
      />
      <span className="tile-length tabular">{typeof seconds === 'number' ? clock(seconds).split('.')[0] : 'video'}</span>
    </>
  );
}
