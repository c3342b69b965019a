// A picture fitted into its room, with labels over it.
import { useElementSize } from '@mantine/hooks';
import { useEffect, useState } from 'react';
import { mediaProblem, type ApiError, type Sample } from '../api/client';
import { ErrorNote } from '../Errors';
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
  const [problem, setProblem] = useState<ApiError | null>(null);
  useEffect(() => { setProblem(null); setNatural(null); }, [url]);
  const place = fit(natural ?? aspect(sample), width, height);
  return (
    <div ref={ref} style={{ position: 'absolute', inset: 0 }}>
      {!problem && <img src={url} alt={sample.name} style={{ ...place }} onLoad={(e) => setNatural(e.currentTarget.naturalWidth / e.currentTarget.naturalHeight)} onError={() => void mediaProblem(url).then(setProblem)} />}
      <Overlay place={place} labels={labels} edges={edges} chosen={chosen} />
      {problem && <div className="media-problem"><ErrorNote error={problem} /></div>}
    </div>
  );
}
