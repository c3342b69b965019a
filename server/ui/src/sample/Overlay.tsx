// Labels drawn over a picture or video, in its place.
import { useEffect, useMemo, useRef } from 'react';
import { drawLabel, type Area } from '../model/draw';
import type { Placed } from './placed';

export interface Place { left: number; top: number; width: number; height: number }

/** Where a picture of an aspect ratio is shown in a room. */
export function fit(ratio: number, width: number, height: number): Place {
  const w = Math.min(width, height * ratio);
  const h = w / ratio;
  return { left: (width - w) / 2, top: (height - h) / 2, width: w, height: h };
}

interface OverlayProps {
  place: Place;
  labels: Placed[];
  edges: Record<string, number[][]>;
  chosen: string | null;
  /** What of the place is seen, if not all of it: no more is drawn. */
  seen?: Place;
}

export function Overlay({ place, labels, edges, chosen, seen = place }: OverlayProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width, height } = seen;
  const frame = useMemo(() => ({ x: place.left - seen.left, y: place.top - seen.top, width: place.width, height: place.height }), [place.left, place.top, place.width, place.height, seen.left, seen.top]);
  useEffect(() => {
    const c = canvas.current;
    if (!c || width <= 0) return;
    const scale = window.devicePixelRatio || 1;
    c.width = Math.round(width * scale);
    c.height = Math.round(height * scale);
    const context = c.getContext('2d')!;
    context.scale(scale, scale);
    const primary = labels[0]?.field;
    const taken: Area[] = [];
    for (const { field, label } of labels) {
      context.globalAlpha = chosen && chosen !== label.id ? 0.35 : 1;
      drawLabel(context, label, frame, { captions: labels.length < 60 || chosen === label.id, ...(chosen === label.id ? {} : { taken }), dashed: field !== primary && label.confidence !== undefined, line: chosen === label.id ? 4 : 2, edges: edges[field] ?? [] });
    }
  }, [labels, edges, chosen, width, height, frame]);
  return <canvas ref={canvas} style={{ ...seen }} aria-hidden />;
}
