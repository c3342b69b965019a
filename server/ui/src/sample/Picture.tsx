// A picture fitted into its room, with labels over it.
import { useElementSize, useHotkeys } from '@mantine/hooks';
import { useCallback, useEffect, useState, type PointerEvent } from 'react';
import { mediaProblem, type ApiError, type Sample } from '../api/client';
import { ErrorNote } from '../Errors';
import { aspect } from '../grid/Grid';
import { fit, Overlay, type Place } from './Overlay';
import type { Placed } from './placed';
import { limited, panned, WHOLE, zoomAt, zoomed, type Zoom } from './zoom';

interface PictureProps {
  url: string;
  sample: Sample;
  labels: Placed[];
  edges: Record<string, number[][]>;
  chosen: string | null;
}

export function Picture({ url, sample, labels, edges, chosen }: PictureProps) {
  const { ref, width, height } = useElementSize<HTMLDivElement>();
  const [natural, setNatural] = useState<number | null>(null);
  const [problem, setProblem] = useState<ApiError | null>(null);
  useEffect(() => { setProblem(null); setNatural(null); }, [url]);
  const fitted = fit(natural ?? aspect(sample), width, height);
  const { zoom, handlers, setHost } = useZoom(fitted, url);
  const place = zoomed(fitted, zoom);
  const attach = useCallback((host: HTMLDivElement | null) => { ref(host); setHost(host); }, [ref, setHost]);
  return (
    <div ref={attach} className="picture" data-testid="picture" data-zoom={zoom.scale.toFixed(2)} data-zoomed={zoom.scale > 1 || undefined} {...handlers}>
      {!problem && <img src={url} alt={sample.name} draggable={false} style={{ ...place }} onLoad={(e) => setNatural(e.currentTarget.naturalWidth / e.currentTarget.naturalHeight)} onError={() => void mediaProblem(url).then(setProblem)} />}
      <Overlay place={place} labels={labels} edges={edges} chosen={chosen} {...(zoom.scale > 1 ? { seen: { left: 0, top: 0, width, height } } : {})} />
      {problem && <div className="media-problem"><ErrorNote error={problem} /></div>}
    </div>
  );
}

/** The wheel, + and - zoom, a drag moves, 0 and a double click show all of the picture again. */
function useZoom(fitted: Place, url: string) {
  const [zoom, setZoom] = useState<Zoom>(WHOLE);
  const [host, setHost] = useState<HTMLDivElement | null>(null);
  const { left, top, width, height } = fitted;
  useEffect(() => setZoom(WHOLE), [url]);
  // The room changes with the window, and with the true size of a picture that was still on its way.
  useEffect(() => setZoom((z) => limited(z, { left, top, width, height })), [left, top, width, height]);
  useEffect(() => {
    if (!host) return;
    const area = { left, top, width, height };
    // React's wheel listeners cannot keep the page from scrolling.
    const wheel = (e: WheelEvent) => {
      e.preventDefault();
      const room = host.getBoundingClientRect();
      const factor = Math.exp(-e.deltaY * (e.deltaMode === 1 ? 0.05 : 0.0018));
      setZoom((z) => zoomAt(z, e.clientX - room.left, e.clientY - room.top, factor, area));
    };
    host.addEventListener('wheel', wheel, { passive: false });
    return () => host.removeEventListener('wheel', wheel);
  }, [host, left, top, width, height]);
  const step = (factor: number) => setZoom((z) => zoomAt(z, left + width / 2, top + height / 2, factor, fitted));
  useHotkeys([['0', () => setZoom(WHOLE)], ['+', () => step(1.5)], ['=', () => step(1.5)], ['-', () => step(1 / 1.5)]]);
  const handlers = {
    onPointerDown: (e: PointerEvent<HTMLDivElement>) => { if (e.button === 0) e.currentTarget.setPointerCapture(e.pointerId); },
    onPointerMove: (e: PointerEvent<HTMLDivElement>) => { if (e.currentTarget.hasPointerCapture(e.pointerId)) setZoom((z) => panned(z, e.movementX, e.movementY, fitted)); },
    onDoubleClick: () => setZoom(WHOLE),
  };
  return { zoom, handlers, setHost };
}
