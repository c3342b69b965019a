// Below a video: buttons and keys to go through it, where the selected objects are, and where their key frames are.
import { ActionIcon, NumberInput, SegmentedControl, Slider, Text, Tooltip } from '@mantine/core';
import { IconKeyframe, IconKeyframeFilled, IconPlayerPause, IconPlayerPlay, IconPlayerSkipBack, IconPlayerSkipForward, IconPlayerTrackNext, IconPlayerTrackPrev, IconEyeOff } from '@tabler/icons-react';
import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { classColor } from '../model/colors';
import type { Clock } from '../model/clock';
import { clock, frameRate, isRateKnown } from '../model/video';
import { isKey, isVisible } from './course';
import type { Command } from './keys';
import type { VideoModel } from './videoModel';

interface Props { model: VideoModel; version: number; times: Clock; perform(command: Command): void; onSeek(frame: number): void; frames: FrameSource }

/** Tells of the frame that is shown, while it plays as well. */
export class FrameSource {
  frame = 1;
  private readonly listeners = new Set<() => void>();

  tell(frame: number): void {
    this.frame = frame;
    this.listeners.forEach((l) => l());
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
}

export function Timeline({ model, version, times, perform, onSeek, frames }: Props) {
  const frame = useSyncExternalStore(frames.subscribe, () => frames.frame);
  const tracks = [...model.selected].filter((id) => model.isTrack(id));
  const button = (label: string, keys: string, command: Command, icon: React.ReactNode, disabled = false) => (
    <Tooltip label={`${label} (${keys})`}><ActionIcon size={32} variant="subtle" color="gray" aria-label={label} disabled={disabled} onClick={() => perform(command)} onMouseDown={(e) => e.preventDefault()}>{icon}</ActionIcon></Tooltip>
  );
  return (
    <div className="timeline" role="group" aria-label="timeline" data-version={version}>
      <div className="timeline-controls">
        <Tooltip label="Space"><ActionIcon size={34} aria-label={model.playing ? 'pause' : 'play'} onClick={() => perform('play')} onMouseDown={(e) => e.preventDefault()}>{model.playing ? <IconPlayerPause size={18} /> : <IconPlayerPlay size={18} />}</ActionIcon></Tooltip>
        {button('previous frame', 'D', 'previousFrame', <IconPlayerTrackPrev size={16} />, frame <= 1)}
        {button('next frame', 'F', 'nextFrame', <IconPlayerTrackNext size={16} />, frame >= model.frameCount)}
        <FrameInput frame={frame} count={model.frameCount} onSeek={onSeek} />
        <Text size="xs" className="tabular" style={{ whiteSpace: 'nowrap' }}>/ {model.frameCount}<span className="wide-only"> · {clock(times.startOf(frame))}</span></Text>
        {!isRateKnown(model.task) && times.count === null && <Tooltip label="Neither the file nor the metadata of the sample tell the frame rate; if it is another, labels stand on wrong pictures."><Text size="xs" c="dimmed" fw={600} style={{ whiteSpace: 'nowrap' }} data-testid="rate-unknown">{frameRate(model.task)} fps taken</Text></Tooltip>}
        <div className="timeline-tracks">
          {button('previous key frame', 'E', 'previousKey', <IconPlayerSkipBack size={16} />, tracks.length === 0)}
          {button(model.atKey ? 'no key frame here' : 'key frame here', 'K', 'key', model.atKey ? <IconKeyframeFilled size={17} /> : <IconKeyframe size={17} />, tracks.length === 0)}
          {button('next key frame', 'R', 'nextKey', <IconPlayerSkipForward size={16} />, tracks.length === 0)}
          {button('outside from here', 'O', 'outside', <IconEyeOff size={17} />, model.selected.size === 0)}
          <SegmentedControl size="xs" value={model.draws} onChange={(v) => model.setDraws(v as 'track' | 'frame')} data={[{ value: 'track', label: 'Draw tracks' }, { value: 'frame', label: 'This frame' }]} aria-label="what is drawn" />
        </div>
      </div>
      <Slider size="sm" min={1} max={Math.max(2, model.frameCount)} value={frame} label={null} thumbLabel="frame" onChange={onSeek} />
      <Marks model={model} version={version} onSeek={onSeek} />
    </div>
  );
}

function FrameInput({ frame, count, onSeek }: { frame: number; count: number; onSeek(frame: number): void }) {
  const [draft, setDraft] = useState<number | string>(frame);
  useEffect(() => setDraft(frame), [frame]);
  const go = () => { if (typeof draft === 'number' && draft !== frame) onSeek(draft); else setDraft(frame); };
  return <NumberInput size="xs" w={74} aria-label="frame" data-testid="frame" value={draft} min={1} max={count} allowDecimal={false} hideControls onChange={setDraft} onBlur={go}
    onKeyDown={(e) => { if (e.key === 'Enter') { go(); document.querySelector<HTMLElement>('[data-testid=stage]')?.focus({ preventScroll: true }); } }} />;
}

/** A line for each selected track: where it is, and its key frames. Drawn, since there may be as many as there are frames. */
function Marks({ model, version, onSeek }: { model: VideoModel; version: number; onSeek(frame: number): void }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const ids = [...model.selected].filter((id) => model.isTrack(id)).slice(0, 3);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const c = canvas.current!;
    const observer = new ResizeObserver(() => setWidth(c.clientWidth));
    observer.observe(c);
    return () => observer.disconnect();
  }, []);
  useEffect(() => { if (canvas.current) drawMarks(canvas.current, model, ids); });
  return (
    <canvas ref={canvas} className="timeline-marks" data-version={version} data-width={width} aria-hidden="true"
      onPointerDown={(e) => { const r = e.currentTarget.getBoundingClientRect(); onSeek(1 + Math.round(((e.clientX - r.left - EDGE) / Math.max(1, r.width - 2 * EDGE)) * (model.frameCount - 1))); }} />
  );
}

/** Where the slider begins. */
const EDGE = 7;
const HEIGHT = 14;

function drawMarks(c: HTMLCanvasElement, model: VideoModel, ids: string[]): void {
  const ratio = window.devicePixelRatio || 1;
  const width = c.clientWidth;
  c.width = Math.max(1, width * ratio);
  c.height = HEIGHT * ratio;
  const context = c.getContext('2d')!;
  context.scale(ratio, ratio);
  const room = width - 2 * EDGE;
  const x = (frame: number) => EDGE + ((frame - 1) / Math.max(1, model.frameCount - 1)) * room;
  const high = HEIGHT / Math.max(1, ids.length);
  ids.forEach((id, row) => {
    const object = model.objects().find((o) => o.id === id);
    if (!object) return;
    const course = model.course(id);
    context.fillStyle = classColor(object.label);
    context.globalAlpha = 0.45;
    for (const [a, b] of object.spans) context.fillRect(x(a) - 1, row * high + high / 2 - 2, Math.max(2, x(b) - x(a) + 2), 4);
    context.globalAlpha = 1;
    // No more marks than there are pixels.
    const keys = course.sent.keys ?? [];
    let drawn = -10;
    const mark = (frame: number) => {
      const at = x(frame);
      if (at - drawn < 1.5 || !isVisible(course, frame) || !isKey(course, frame)) return;
      drawn = at;
      context.beginPath();
      context.moveTo(at, row * high + 1);
      context.lineTo(at + 3.5, row * high + high / 2);
      context.lineTo(at, row * high + high - 1);
      context.lineTo(at - 3.5, row * high + high / 2);
      context.fill();
    };
    const pieces = course.pieces.filter((p) => p.label).map((p) => p.first);
    if (course.sent.keys === null && course.sent.spans.length > 0) for (let px = 0; px <= room; px += Math.max(2, room / model.frameCount)) mark(Math.round(1 + (px / Math.max(1, room)) * (model.frameCount - 1)));
    drawn = -10;
    [...keys, ...pieces].sort((a, b) => a - b).forEach(mark);
  });
}
