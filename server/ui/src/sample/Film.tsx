// A video with the labels of the frame that is shown, and the keys and buttons to go through it.
import { ActionIcon, Group, Slider, Text, Tooltip } from '@mantine/core';
import { useElementSize, useHotkeys } from '@mantine/hooks';
import { useQueries, useQuery } from '@tanstack/react-query';
import { IconPlayerPause, IconPlayerPlay, IconPlayerTrackNext, IconPlayerTrackPrev } from '@tabler/icons-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { api, videoProblem, type ApiError, type Frame, type Sample } from '../api/client';
import { ErrorNote } from '../Errors';
import { aspect } from '../grid/Grid';
import { videoQuery } from '../hooks';
import { clockOf, evenClock } from '../model/clock';
import { classesOf, learnClasses } from '../model/colors';
import { Player } from '../model/player';
import { chunkOf, chunkRange, clock, frameCount } from '../model/video';
import { fit, Overlay } from './Overlay';
import { flatten, type Placed } from './placed';

const CONTROLS = 52;

interface FilmProps {
  dataset: string;
  url: string;
  sample: Sample;
  /** Fields with the prefix frames. */
  fields: string[];
  edges: Record<string, number[][]>;
  chosen: string | null;
  /** Hears of the labels of the frame that is shown. */
  onLabels(labels: Placed[]): void;
}

export function Film({ dataset, url, sample, fields, edges, chosen, onLabels }: FilmProps) {
  const { ref, width, height } = useElementSize<HTMLDivElement>();
  const video = useRef<HTMLVideoElement>(null);
  const [frame, setFrame] = useState(1);
  const [playing, setPlaying] = useState(false);
  const [problem, setProblem] = useState<ApiError | null>(null);
  const [length, setLength] = useState(0);
  const file = useQuery(videoQuery(dataset, sample.id)).data;
  const times = useMemo(() => clockOf(sample, file), [sample, file]);
  const count = frameCount(sample, length, times);
  const labels = useFrameLabels(dataset, sample.id, frame, count, fields);
  useEffect(() => onLabels(labels), [labels, onLabels]);
  const player = useRef<Player | null>(null);
  useEffect(() => {
    if (!video.current) return;
    const p = new Player(video.current, evenClock(1), 1, setFrame);
    player.current = p;
    return () => p.destroy();
  }, []);
  useEffect(() => {
    if (!player.current) return;
    player.current.count = count;
    player.current.goBy(times);
  }, [count, times]);
  const failed = () => void videoProblem(dataset, sample.id).then(setProblem);
  const step = (by: number) => player.current?.step(by);
  const toggle = () => player.current?.toggle();
  useHotkeys([['space', toggle], [',', () => step(-1)], ['.', () => step(1)]]);
  const place = fit(aspect(sample), width, Math.max(0, height - CONTROLS));
  return (
    <div ref={ref} style={{ position: 'absolute', inset: 0 }}>
      <video
        ref={video} src={url} style={{ ...place }} muted playsInline preload="auto" aria-label={sample.name} onClick={toggle}
        onPlay={() => setPlaying(true)} onPause={() => setPlaying(false)} onError={failed}
        // A file whose sound the browser plays, but not its pictures, is no error to it.
        onLoadedMetadata={(e) => { setLength(e.currentTarget.duration); if (e.currentTarget.videoWidth === 0) failed(); }}
      />
      <Overlay place={place} labels={labels} edges={edges} chosen={chosen} />
      {problem && <div className="media-problem"><ErrorNote error={problem} /></div>}
      <Group className="film-controls" gap={6} wrap="nowrap" role="group" aria-label="playing">
        <Tooltip label="Space"><ActionIcon size={34} aria-label={playing ? 'pause' : 'play'} onClick={toggle}>{playing ? <IconPlayerPause size={18} /> : <IconPlayerPlay size={18} />}</ActionIcon></Tooltip>
        <Tooltip label="Comma"><ActionIcon size={34} variant="default" aria-label="previous frame" disabled={frame <= 1} onClick={() => step(-1)}><IconPlayerTrackPrev size={16} /></ActionIcon></Tooltip>
        <Tooltip label="Full stop"><ActionIcon size={34} variant="default" aria-label="next frame" disabled={frame >= count} onClick={() => step(1)}><IconPlayerTrackNext size={16} /></ActionIcon></Tooltip>
        <Slider flex={1} min={1} max={Math.max(2, count)} value={frame} label={null} thumbLabel="frame" onChange={(to) => { video.current?.pause(); player.current?.seek(to); }} />
        <Text size="xs" className="tabular" data-testid="frame">{frame} / {count}<span className="wide-only"> · {clock(times.startOf(frame))}</span></Text>
      </Group>
    </div>
  );
}

/** The labels of a frame; those around it are fetched ahead. */
function useFrameLabels(dataset: string, sample: string, frame: number, count: number, fields: string[]): Placed[] {
  const chunk = chunkOf(frame);
  const wanted = [chunk, ...(chunkRange(chunk + 1)[0] <= count ? [chunk + 1] : [])];
  const frames = useQueries({
    queries: wanted.map((c) => ({ queryKey: ['data', dataset, 'frames', sample, c], queryFn: () => api.frames(dataset, sample, ...chunkRange(c)) })),
  });
  const data: Frame[] | undefined = frames[0]?.data;
  useMemo(() => learnClasses(classesOf(data ?? [])), [data]);
  return useMemo(() => {
    const found = data?.find((f) => f.number === frame);
    return found ? flatten(Object.fromEntries(Object.entries(found.labels).map(([name, group]) => ['frames.' + name, group])), fields) : [];
  }, [data, frame, fields]);
}
