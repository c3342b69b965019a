// The editor on one sample: canvas, tools, keys, side panel, saving.
import { ActionIcon, Alert, Badge, Button, Group, Modal, Stack, Table, Text, Tooltip } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { IconArrowBackUp, IconArrowForwardUp, IconArrowLeft, IconCheck, IconChevronLeft, IconChevronRight, IconHelp, IconPointer, IconSquarePlus, IconTrash, IconZoomScan } from '@tabler/icons-react';
import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { api, ApiError, CODEC_WARNING, mediaUrl, videoProblem, type Dataset, type Task, type VideoFile } from '../api/client';
import { SchemeSwitch } from '../DatasetPage';
import { ErrorNote } from '../Errors';
import { videoQuery } from '../hooks';
import { clockOf } from '../model/clock';
import { isVideoTask } from '../model/video';
import { go } from '../route';
import { Autosave, type SaveState } from './autosave';
import { CanvasView } from './canvas';
import { difference, merge, outstanding, type Shape } from './history';
import { editing, journalOf } from './journal';
import { commandOf, help as helpOf, videoCommandOf, type Command, type VideoCommand } from './keys';
import { showPicture, showVideo } from './media';
import { clipboard, drawKind, EditorModel, extent, isBrush, isPaintTool, takesOrAdds, type PaintTool } from './model';
import { paintHint, PaintTools } from './PaintTools';
import { Pointer } from './pointer';
import { Propagate } from './Propagate';
import { SidePanel } from './SidePanel';
import { ToolButton } from './ToolButton';
import { asTold, lean } from './sentMasks';
import { FrameSource, Timeline } from './Timeline';
import { onVideo } from './videoCommands';
import { VideoModel } from './videoModel';
import { labelShapes, shapesOf, videoChanges, type Work as Saved } from './work';

interface Work extends Saved { state: Task['summary']['state'] }
interface Props { dataset: string; run: string; task: Task; skeletons: Dataset['skeletons'] }

export function Workbench({ dataset, run, task, skeletons }: Props) {
  const client = useQueryClient();
  const sample = task.summary.sample;
  const [saving, setSaving] = useState<{ state: SaveState; error: unknown }>({ state: 'saved', error: null });
  const [help, setHelp] = useState(false);
  const [theirs, setTheirs] = useState<Task | null>(null);
  const [takenUp, setTakenUp] = useState(0);
  const [unshown, setUnshown] = useState<ApiError | null>(null);
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<CanvasView | null>(null);
  const pointer = useRef<Pointer | null>(null);
  const film = useRef<ReturnType<typeof showVideo> | null>(null);
  const frames = useMemo(() => new FrameSource(), []);
  const videoFile = useQuery({ ...videoQuery(dataset, sample), enabled: isVideoTask(task) }).data;
  const times = useMemo(() => clockOf(task, videoFile), [task, videoFile]);
  const session = useMemo(() => open(dataset, run, task, (state, error) => setSaving({ state, error })), [dataset, run, task]);
  const { model, save } = session;
  const version = useSyncExternalStore(model.subscribe, () => model.version);

  useEffect(() => {
    if (saving.state !== 'conflict') return;
    let timer: ReturnType<typeof setTimeout>;
    let live = true;
    const look = () => void api.task(dataset, run, sample).then(
      (now) => { if (live && !session.accept(now)) setTheirs(now); },
      () => { if (live) timer = setTimeout(look, 1500); },
    );
    look();
    return () => { live = false; clearTimeout(timer); };
  }, [saving.state, session, dataset, run, sample]);

  useEffect(() => {
    // A text that is being typed is taken over when its field is left.
    const leaving = () => { if (document.activeElement instanceof HTMLElement) document.activeElement.blur(); };
    const ask = (e: BeforeUnloadEvent) => { leaving(); if (save.state !== 'saved' && !save.kept) e.preventDefault(); };
    window.addEventListener('pagehide', leaving);
    window.addEventListener('beforeunload', ask);
    return () => { window.removeEventListener('pagehide', leaving); window.removeEventListener('beforeunload', ask); };
  }, [save]);

  useEffect(() => {
    const h = host.current!;
    const edges = Object.fromEntries(Object.entries(skeletons).map(([f, s]) => [f, s.edges]));
    model.skeletons = skeletons;
    const v = new CanvasView(h, model, edges);
    const p = new Pointer(v, model);
    view.current = v;
    pointer.current = p;
    const observer = new ResizeObserver(() => v.resize(h.clientWidth, h.clientHeight));
    // At once: the picture may be here before the observer first speaks.
    v.resize(h.clientWidth, h.clientHeight);
    observer.observe(h);
    const url = mediaUrl(dataset, sample);
    if (model instanceof VideoModel) {
      film.current = showVideo(v, model, {
        url,
        // Without an answer the metadata must do.
        file: client.fetchQuery(videoQuery(dataset, sample)).catch(() => null),
        onFrame: (frame) => frames.tell(frame),
        onUnplayable: () => void videoProblem(dataset, sample).then(setUnshown),
      });
    } else showPicture(v, model, url, setUnshown);
    h.focus({ preventScroll: true });
    const edited = editing(dataset, run, sample);
    setTakenUp(session.recover());
    (window as unknown as Record<string, unknown>).__postil = {
      scene: () => ({ ...model.work(), ...(model instanceof VideoModel ? model.scene() : {}), selected: [...model.selected], tool: model.tool, brushSize: model.brushSize, sketch: model.sketch?.points ?? null, revision: save.revision, state: save.state }),
      toScreen: (x: number, y: number) => { const r = h.getBoundingClientRect(); const q = v.toScreen([x, y]); return [q[0] + r.left, q[1] + r.top]; },
    };
    return () => {
      observer.disconnect();
      film.current?.destroy();
      film.current = null;
      p.destroy();
      v.destroy();
      void save.flush().finally(() => { save.close(); edited(); });
    };
  }, [session, model, save, client, dataset, run, sample, skeletons, frames]);

  useEffect(() => view.current?.redraw(), [version]);

  const leave = useCallback(async (to: string | undefined, state?: Work['state']) => {
    if (model.sketch) model.setTool('select');
    if (state) session.mark(state);
    if (to === undefined && !state) return;
    const saved = await save.flush();
    if (!saved && save.state !== 'offline') return;
    void client.removeQueries({ queryKey: ['task', dataset, run, sample] });
    if (to) go({ page: 'editor', dataset, run, sample: to });
    else if (saved) back();
  }, [session, model, save, client, dataset, run, sample]);
  const back = useCallback(() => {
    for (const key of ['data', 'runs']) void client.invalidateQueries({ queryKey: [key, dataset] });
    go({ page: 'grid', dataset });
  }, [client, dataset]);

  const perform = useCallback((command: Command): void => {
    const v = view.current!;
    if (command.startsWith('nudge:')) {
      const [dx, dy] = command.slice(6).split(',').map(Number) as [number, number];
      return model.nudge(dx, dy);
    }
    if (command.startsWith('digit:')) return digit(model, Number(command.slice(6)));
    if (model instanceof VideoModel && film.current && onVideo(command, model, film.current.player)) return;
    switch (command as Exclude<Command, VideoCommand | `nudge:${number},${number}` | `digit:${number}`>) {
      case 'next': return void leave(task.next);
      case 'previous': return void leave(task.previous);
      case 'complete': return void leave(task.next, 'completed');
      case 'skip': return void leave(task.next, 'skipped');
      case 'draw': return model.sketch ? void model.finishSketch() : model.setTool('draw');
      case 'brush': case 'erase': case 'fill': case 'lasso': case 'bucket': return model.setTool(command as PaintTool);
      case 'takeAway': return takesOrAdds(model.tool) ? model.setTakesAway(!model.takesAway) : undefined;
      case 'narrower': return isBrush(model.tool) ? model.resizeBrush(Math.min(model.brushSize - 1, model.brushSize / 1.2)) : undefined;
      case 'wider': return isBrush(model.tool) ? model.resizeBrush(Math.max(model.brushSize + 1, model.brushSize * 1.2)) : undefined;
      case 'finish': return void model.finishSketch();
      case 'missing': return model.tool === 'draw' ? model.sketchPoint(null) : undefined;
      case 'select': return model.setTool('select');
      case 'undo': return void (model.sketch ? model.sketchBack() : model.undo());
      case 'redo': return void model.redo();
      case 'hide': return hide(model);
      case 'hideAll': model.allHidden = !model.allHidden; return model.changed();
      case 'copy': clipboard.shapes = model.chosen(); return;
      case 'cut': clipboard.shapes = model.chosen(); return model.selected.size > 0 ? model.remove() : undefined;
      case 'paste': return model.addCopies(clipboard.shapes, clipboard.shapes.some((s) => model.shapes.has(s.label.id)) ? [10 / model.width, 10 / model.height] : [0, 0]);
      case 'duplicate': return model.addCopies(model.chosen(), [10 / model.width, 10 / model.height]);
      case 'repeat':
        if (task.previous) void api.task(dataset, run, task.previous).then((t) => model.addCopies([...labelShapes(t.labels).values()].filter((s) => extent(s.label)), [0, 0]));
        return;
      case 'selectAll': return model.select(model.visible().map((s) => s.label.id));
      case 'delete': return model.sketch ? model.sketchBack() : model.remove();
      case 'zoomTo': { const s = model.first(); return s ? v.zoomTo(extent(s.label) ?? [0, 0, 1, 1]) : v.fit(); }
      case 'fit': return v.fit();
      case 'zoomIn': return v.zoomAt(v.width / 2, v.height / 2, 1.25);
      case 'zoomOut': return v.zoomAt(v.width / 2, v.height / 2, 0.8);
      case 'help': return setHelp(true);
      case 'save': return void save.flush();
      case 'attributes': return nextAttribute(model);
      case 'searchClass': return document.querySelector<HTMLElement>('[data-testid=class-search]')?.focus();
      case 'cycle': return cycle(model, 1);
      case 'cycleBack': return cycle(model, -1);
      case 'escape':
        if (pointer.current?.busy) return pointer.current.abort();
        if (model.attributeMode !== null) { model.attributeMode = null; return model.changed(); }
        if (model.tool !== 'select') return model.setTool('select');
        return model.select([]);
    }
  }, [model, save, leave, task, dataset, run]);

  useKeys(perform, model, host, view, pointer);
  const restore = (choice: 'merge' | 'mine' | 'theirs') => {
    if (!theirs) return;
    const now = shapesOf(theirs);
    if (choice === 'theirs') model.replace(now);
    else if (choice === 'merge') model.replace(merge(session.base(), model.all(), now));
    session.rebased(theirs, choice === 'theirs');
    setTheirs(null);
  };
  const isVideo = model instanceof VideoModel;
  const kind = drawKind(model.schema(model.field));
  const paints = model.task.schema.some((f) => model.mayPaint(f.field));
  const may = { add: model.mayDraw(model.field) || (kind === 'segmentation' && model.mayPaint(model.field)), remove: model.removable().length > 0 };
  return (
    <div className="app">
      <header className="topbar">
        <Tooltip label="Back to the dataset"><ActionIcon variant="subtle" color="gray" size="lg" aria-label="back to the dataset" onClick={() => void save.flush().then(back)}><IconArrowLeft size={20} /></ActionIcon></Tooltip>
        <div style={{ minWidth: 0, flex: 1 }}>
          <Text size="sm" fw={600} truncate>{run}</Text>
          <Text size="xs" c="dimmed" truncate className="tabular">{task.summary.position + 1} / {task.total} · {task.summary.name}{task.summary.state === 'completed' ? ' · done' : task.summary.state === 'skipped' ? ' · skipped' : ''}</Text>
        </div>
        <SaveBadge state={saving.state} kept={save.kept} />
        <ActionIcon.Group>
          <ActionIcon variant="default" size="lg" aria-label="previous sample" disabled={!task.previous} onClick={() => perform('previous')}><IconChevronLeft size={18} /></ActionIcon>
          <ActionIcon variant="default" size="lg" aria-label="next sample" disabled={!task.next} onClick={() => perform('next')}><IconChevronRight size={18} /></ActionIcon>
        </ActionIcon.Group>
        <span className="wide-only"><SchemeSwitch /></span>
        <Tooltip label="Ctrl Enter"><Button size="sm" leftSection={<IconCheck size={16} />} onClick={() => perform('complete')}>{task.next ? 'Done, next' : 'Done'}</Button></Tooltip>
      </header>
      {(saving.state === 'refused' || isShutOut(saving.error)) && <div style={{ padding: 8 }}><ErrorNote error={saving.error} /></div>}
      {takenUp > 0 && (
        <Alert color="blue" variant="light" p="xs" m={8} role="status" data-testid="taken-up" withCloseButton closeButtonLabel="dismiss" onClose={() => setTakenUp(0)}>
          {takenUp === 1 ? 'A change' : `${takenUp} changes`} that had not reached the server {takenUp === 1 ? 'was' : 'were'} kept in this browser and {takenUp === 1 ? 'is' : 'are'} here again. Undo takes {takenUp === 1 ? 'it' : 'them'} back.
        </Alert>
      )}
      {!unshown && <VideoWarnings file={videoFile} />}
      <div className="editor">
        <div className="editor-main">
          <div ref={host} className="editor-stage" tabIndex={0} role="application" aria-label={`${isVideo ? 'video' : 'picture'} ${task.summary.name}; press question mark for keys`} data-testid="stage">
            <div className="editor-tools" role="toolbar" aria-label="tools" aria-orientation="vertical">
              <ToolButton label="Select" keys="V" active={model.tool === 'select'} onClick={() => perform('select')}><IconPointer size={19} /></ToolButton>
              <ToolButton label={DRAW[kind ?? 'box']} keys="N" active={model.tool === 'draw'} disabled={!may.add} onClick={() => perform('draw')}><IconSquarePlus size={19} /></ToolButton>
              {paints && <PaintTools model={model} perform={perform} />}
              <ToolButton label="Delete" keys="Del" disabled={!may.remove} onClick={() => perform('delete')}><IconTrash size={19} /></ToolButton>
              <ToolButton label="Undo" keys="Ctrl Z" disabled={!model.canUndo && !model.sketch} onClick={() => perform('undo')}><IconArrowBackUp size={19} /></ToolButton>
              <ToolButton label="Redo" keys="Ctrl Shift Z" disabled={!model.canRedo} onClick={() => perform('redo')}><IconArrowForwardUp size={19} /></ToolButton>
              <ToolButton label="Fit" keys="0" onClick={() => perform('fit')}><IconZoomScan size={19} /></ToolButton>
              <ToolButton label="Keys" keys="?" onClick={() => perform('help')}><IconHelp size={19} /></ToolButton>
            </div>
            {model.tool !== 'select' && <div className="stage-hint" role="status">{drawHint(model)}</div>}
            {model instanceof VideoModel && <VideoNote model={model} />}
            {unshown && <div className="media-problem"><ErrorNote error={unshown} /></div>}
          </div>
          {model instanceof VideoModel && <Timeline model={model} version={version} times={times} perform={perform} frames={frames} onSeek={(frame) => model.onGo(frame)} />}
        </div>
        <SidePanel model={model} version={version} />
      </div>
      {model instanceof VideoModel && <Propagate model={model} />}
      <Modal opened={help} onClose={() => setHelp(false)} title="Keys" size="lg" closeButtonProps={{ 'aria-label': 'close' }}><KeyHelp video={isVideo} /></Modal>
      <Modal opened={saving.state === 'conflict' && theirs !== null} onClose={() => undefined} withCloseButton={false} title="Somebody else saved this sample" closeOnEscape={false} closeOnClickOutside={false}>
        <Stack>
          <Text size="sm">Your changes are kept here and in this browser. Choose how to go on:</Text>
          <Button onClick={() => restore('merge')} disabled={!theirs} data-autofocus>Merge: my changes over theirs</Button>
          <Button variant="default" onClick={() => restore('theirs')} disabled={!theirs}>Reload theirs, drop mine</Button>
          <Button variant="subtle" color="red" onClick={() => restore('mine')} disabled={!theirs}>Overwrite with all of mine</Button>
        </Stack>
      </Modal>
    </div>
  );
}

/** The work on one task: its model and its saving, tied together. */
function open(dataset: string, run: string, task: Task, onState: (state: SaveState, error: unknown) => void) {
  const sample = task.summary.sample;
  const kept = journalOf(dataset, run, sample);
  let state: Work['state'] = task.summary.state;
  let base = shapesOf(task);
  let sent = base;
  const save = new Autosave<Work>({
    revision: task.revision,
    journal: {
      read: () => null,
      write: (revision, work) => kept.write(revision, { changes: lean(difference(base, model.all())), state: work.state }),
      clear: kept.clear,
    },
    send: async (work, revision) => {
      const shapes = model.all();
      sent = shapes;
      const saved = await api.save(dataset, run, sample, { revision, ...work, edits: videoChanges(difference(base, shapes)) });
      base = shapes;
      return saved.revision;
    },
    classify: (e) => (e instanceof ApiError && e.code === 'STALE_REVISION' ? 'conflict' : e instanceof ApiError && (isShutOut(e) || /^(OFFLINE|STORE_LOCKED|STORE_UNAVAILABLE)$/.test(e.code)) ? 'offline' : 'refused'),
    onState,
  });
  const size = task.metadata as { width?: number; height?: number; frame_width?: number; frame_height?: number };
  const onEdit = () => {
    if (state === 'new') state = 'started';
    save.change({ ...model.work(), state });
  };
  const model: EditorModel = isVideoTask(task)
    ? new VideoModel(task, size.frame_width ?? 1000, size.frame_height ?? 1000, onEdit, (first, last) => api.taskFrames(dataset, run, sample, first, last))
    : new EditorModel(task, size.width ?? 1000, size.height ?? 1000, onEdit);
  return {
    model,
    save,
    base: () => base,
    mark: (next: Work['state']) => { state = next; save.change({ ...model.work(), state }); },
    /** Takes up work that never reached the server, as one gesture; answers how many labels it changed. */
    recover: (): number => {
      const left = kept.read()?.work;
      if (!left) return 0;
      const changes = outstanding(asTold(model.all(), left.changes), left.changes)
        .map((c) => ({ ...c, before: model.all().get(c.id) ?? null, after: c.after && withMask(c.after, model.all()) }));
      if (changes.length === 0 && left.state === state) {
        kept.clear();
        return 0;
      }
      state = left.state;
      model.take(changes);
      save.change({ ...model.work(), state });
      return changes.length;
    },
    rebased: (theirs: Task, drop: boolean) => {
      base = shapesOf(theirs);
      model.served(base);
      if (drop) state = theirs.summary.state;
      save.rebase(theirs.revision, drop ? null : { ...model.work(), state });
    },
    /** Goes on if the work of somebody else is this work: its save arrived and only the answer was lost, or it was sent from elsewhere. */
    accept: (now: Task): boolean => {
      const theirs = shapesOf(now);
      const equal = (shapes: Map<string, Shape>) => difference(theirs, shapes).length === 0;
      if (!equal(sent) && !equal(model.all())) return false;
      base = theirs;
      model.served(theirs);
      save.rebase(now.revision, equal(model.all()) && now.summary.state === state ? null : { ...model.work(), state });
      return true;
    },
  };
}

/** Work that was stored without a mask gets that of the label as it was loaded. */
function withMask(shape: Shape, from: Map<string, Shape>): Shape {
  const mask = shape.label.mask ?? from.get(shape.label.id)?.label.mask;
  return mask ? { ...shape, label: { ...shape.label, mask } } : shape;
}

/** Whether the server asks for a new token, as after it was started anew. */
const isShutOut = (error: unknown): boolean => error instanceof ApiError && error.code === 'UNAUTHORIZED';

function digit(model: EditorModel, n: number): void {
  const shape = model.first();
  if (model.attributeMode !== null && shape) {
    const attribute = model.attributesOf(shape)[model.attributeMode];
    if (!attribute) return;
    if (attribute.type === 'checkbox' && attribute.values.length === 0) return model.setAttribute(attribute, shape.label.attributes?.[attribute.name] !== true);
    if (attribute.values.length >= n) model.setAttribute(attribute, attribute.values[n - 1]);
    return;
  }
  const picture = model.digitField();
  if (picture) return model.toggleChoice(picture, n - 1);
  const name = model.schema(model.field)?.classes[n - 1]?.name;
  if (name) model.setClass(name);
}

function nextAttribute(model: EditorModel): void {
  const shape = model.first();
  const count = shape ? model.attributesOf(shape).length : 0;
  model.attributeMode = count === 0 ? null : model.attributeMode === null ? 0 : (model.attributeMode + 1) % count;
  model.changed();
}

function hide(model: EditorModel): void {
  const ids = [...model.selected];
  if (ids.length === 0) model.hidden.clear();
  const all = ids.every((id) => model.hidden.has(id));
  ids.forEach((id) => (all ? model.hidden.delete(id) : model.hidden.add(id)));
  model.changed();
}

function cycle(model: EditorModel, step: number): void {
  const ids = model.visible().map((s) => s.label.id);
  if (ids.length === 0) return;
  const at = ids.indexOf(model.first()?.label.id ?? '');
  model.select([ids[(at + step + ids.length) % ids.length] ?? ids[0]!]);
}

function useKeys(perform: (c: Command) => void, model: EditorModel, host: React.RefObject<HTMLDivElement | null>, view: React.RefObject<CanvasView | null>, pointer: React.RefObject<Pointer | null>): void {
  useEffect(() => {
    // A switch keeps the arrows once it was clicked, and no other key.
    const typing = (e: KeyboardEvent) => e.target instanceof HTMLElement && (e.target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(e.target.tagName))
      && (e.target as HTMLInputElement).type !== 'checkbox' && ((e.target as HTMLInputElement).type !== 'radio' || /^Arrow/.test(e.key));
    const inDialog = (e: KeyboardEvent) => e.target instanceof HTMLElement && e.target.closest('[role=dialog]') !== null;
    const peek = (on: boolean) => { const v = view.current; if (v && v.peeking !== on) { v.peeking = on; v.redraw(); } };
    const down = (e: KeyboardEvent) => {
      if (e.key === 'Alt') { e.preventDefault(); peek(true); return; }
      if (typing(e) || inDialog(e) || e.defaultPrevented) return;
      const onStage = e.target === host.current || e.target === document.body;
      if (e.key === ' ' && !e.ctrlKey && onStage) {
        e.preventDefault();
        if (pointer.current && !pointer.current.panKey) { pointer.current.panKey = true; pointer.current.panned = false; }
        return;
      }
      const command = (model instanceof VideoModel ? videoCommandOf : commandOf)(e, model.selected.size > 0);
      if (!command || ((command === 'attributes' || command === 'finish') && !onStage)) return;
      e.preventDefault();
      perform(command);
    };
    const up = (e: KeyboardEvent) => {
      if (e.key === 'Alt') peek(false);
      if (e.key !== ' ' || !pointer.current?.panKey) return;
      pointer.current.panKey = false;
      if (model instanceof VideoModel && !pointer.current.panned) perform('play');
    };
    const blur = () => { peek(false); if (pointer.current) pointer.current.panKey = false; };
    window.addEventListener('keydown', down);
    window.addEventListener('keyup', up);
    window.addEventListener('blur', blur);
    return () => {
      window.removeEventListener('keydown', down);
      window.removeEventListener('keyup', up);
      window.removeEventListener('blur', blur);
    };
  }, [perform, model, host, view, pointer]);
}

const DRAW = { segmentation: 'Paint', mask: 'Paint a new object', box: 'Draw a box', line: 'Draw a polyline', outline: 'Draw a polygon', keypoint: 'Draw keypoints' };

/** What to do while something is drawn. */
function drawHint(model: EditorModel): string {
  if (isPaintTool(model.tool)) return paintHint(model);
  const kind = drawKind(model.schema(model.field));
  if (kind === null || kind === 'box') return 'Drag to draw a box. Esc leaves.';
  const begun = model.sketch !== null;
  const end = begun ? ' Backspace takes the last point back, Esc drops it.' : ' Esc leaves.';
  if (kind === 'outline') return `Click each corner. Enter, or a click on the first, ends the polygon.${end}`;
  if (kind === 'line') return `Click each point. Enter or a double click ends the line, a click on the first point closes it.${end}`;
  const joints = model.joints(model.field);
  const at = model.sketch?.points.length ?? 0;
  if (joints.length === 0) return `Click each keypoint. Enter ends.${end}`;
  return `Click ${joints[at]} (${at + 1} of ${joints.length}). M: it cannot be seen. Enter: the rest cannot.${end}`;
}

/** What is odd about a video that plays. */
function VideoWarnings({ file }: { file: VideoFile | undefined }) {
  const [dismissed, setDismissed] = useState(false);
  const warnings = file?.warnings.filter((w) => w.code !== CODEC_WARNING) ?? [];
  if (dismissed || warnings.length === 0) return null;
  return (
    <Alert color="yellow" variant="light" p="xs" m={8} role="status" data-testid="video-warnings" withCloseButton closeButtonLabel="dismiss" onClose={() => setDismissed(true)}>
      {warnings.map((w) => <Text size="sm" key={w.code}>{w.message} <em>{w.remedy}</em></Text>)}
    </Alert>
  );
}

function VideoNote({ model }: { model: VideoModel }) {
  const text = model.notice ?? (model.loadError && !model.ready ? 'The labels of this frame are not here yet: the server does not answer.' : null);
  return text && <div className="stage-hint" role="status" data-testid="video-note">{text}</div>;
}

const SAVE: Record<SaveState, [string, string]> = { saved: ['saved', 'teal'], dirty: ['unsaved', 'yellow'], saving: ['saving…', 'blue'], offline: ['offline, kept here', 'orange'], conflict: ['conflict', 'red'], refused: ['not saved', 'red'] };

function SaveBadge({ state, kept }: { state: SaveState; kept: boolean }) {
  const [text, color] = state === 'offline' && !kept ? ['offline, only in this tab', 'red'] : SAVE[state];
  return <Badge variant="light" color={color} tt="none" role="status" data-testid="save-state" data-state={state}>{text}</Badge>;
}

function KeyHelp({ video }: { video: boolean }) {
  return (
    <Group align="start" grow preventGrowOverflow={false} wrap="wrap">
      {helpOf(video).map(([title, rows]) => (
        <Table key={title} verticalSpacing={3} fz="sm" maw={300} miw={240}>
          <Table.Thead><Table.Tr><Table.Th colSpan={2}>{title}</Table.Th></Table.Tr></Table.Thead>
          <Table.Tbody>{rows.map(([k, text]) => <Table.Tr key={k}><Table.Td style={{ whiteSpace: 'nowrap' }}><kbd>{k}</kbd></Table.Td><Table.Td>{text}</Table.Td></Table.Tr>)}</Table.Tbody>
        </Table>
      ))}
    </Group>
  );
}
