// A picture fitted into its room, with labels over it.
import { useElementSize } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';
import type { Sample } from '../api/client';
import { drawLabel } from '../model/draw';
import { aspect } from '../grid/Grid';
import type { Placed } from './SamplePage';

interface PictureProps {
  url: string;
  sample: Sample;
  labels: Placed[];
  edges: Record<string, number[][]>;
  chosen: string | null;
}

export function Picture({ url, sample, labels, edges, chosen }: PictureProps) {
  const { ref, width, height } = useElementSize<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [natural, setNatural] = useState<number | null>(null);
  const ratio = natural ?? aspect(sample);
  const w = Math.min(width, height * ratio);
  const h = w / ratio;
  useEffect(() => {
    const c = canvas.current;
    if (!c || w <= 0) return;
    const scale = window.devicePixelRatio || 1;
    c.width = Math.round(w * scale);
    c.height = Math.round(h * scale);
    const context = c.getContext('2d')!;
    context.scale(scale, scale);
    const primary = labels[0]?.field;
    const frame = { x: 0, y: 0, width: w, height: h };
    for (const { field, label } of labels) {
      context.globalAlpha = chosen && chosen !== label.id ? 0.35 : 1;
      drawLabel(context, label, frame, { captions: labels.length < 60 || chosen === label.id, dashed: field !== primary && label.confidence !== undefined, line: chosen === label.id ? 4 : 2, edges: edges[field] ?? [] });
    }
  }, [labels, edges, chosen, w, h]);
  const place = { left: (width - w) / 2, top: (height - h) / 2, width: w, height: h };
  return (
    <div ref={ref} style={{ position: 'absolute', inset: 0 }}>
      <img src={url} alt={sample.name} style={place} onLoad={(e) => setNatural(e.currentTarget.naturalWidth / e.currentTarget.naturalHeight)} />
      <canvas ref={canvas} style={place} aria-hidden />
    </div>
  );
}
