// A picture fitted into its room, with labels over it.
import { useElementSize } from '@mantine/hooks';
import { useState } from 'react';
import type { Sample } from '../api/client';
import { aspect } from '../grid/Grid';
import { fit, Overlay } from './Overlay';
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
  const [natural, setNatural] = useState<number | null>(null);
  const place = fit(natural ?? aspect(sample), width, height);
  return (
    <div ref={ref} style={{ position: 'absolute', inset: 0 }}>
      <img src={url} alt={sample.name} style={{ ...place }} onLoad={(e) => setNatural(e.currentTarget.naturalWidth / e.currentTarget.naturalHeight)} />
      <Overlay place={place} labels={labels} edges={edges} chosen={chosen} />
    </div>
  );
}
