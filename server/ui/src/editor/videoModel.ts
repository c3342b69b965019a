// The editor's work on a video: the labels of the frame that is shown, and what gestures on them mean for their tracks.
import type { Attribute, Label, Restrictions, Task, TaskFrame } from '../api/client';
import { frameCount } from '../model/video';
import { cleared, endedBefore, framesNeeded, isKey, isVisible, labelAt, laid, nextKey, outside, pieceAt, toggledOutside, visibleSpans, withKey, within, withoutKey, type Course } from './course';
import { apply, type Gesture, type Shape } from './history';
import { drawKind, EditorModel, isClassField, newId } from './model';
import { SentFrames } from './sentFrames';
import { defined, VideoFrames, type VideoObject } from './videoFrames';
import { isFrameField, isScalarField } from './work';

const MARK = 'keyframe';

export class VideoModel extends EditorModel {
  frame = 1;
  playing = false;
  /** Whether what is drawn becomes a track, rather than a label of one frame. */
  draws: 'track' | 'frame';
  /** Shows another frame; set by the page. */
  onGo: (frame: number) => void = (frame) => this.show(frame);
  /** Hears of each frame that is shown; React hears of those while it plays only when it stops. */
  onFrame: () => void = () => undefined;
  readonly sent: SentFrames;
  loadError: unknown = null;
  /** Why something was not done; until the next gesture. */
  notice: string | null = null;
  asking: 'propagate' | null = null;
  private readonly video: VideoFrames;
  /** Tracks that a gesture has given numbers so far. */
  private numbered = 0;

  constructor(task: Task, width: number, height: number, onEdit: () => void, fetch: (first: number, last: number) => Promise<TaskFrame[]>) {
    super(task, width, height, onEdit);
    this.draws = task.tracks.length === 0 && task.schema.some((f) => f.existing && isFrameField(f.field) && drawKind(f)) ? 'frame' : 'track';
    this.sent = new SentFrames(fetch, () => { this.loadError = null; this.refresh(); }, (e) => { this.loadError = e; this.changed(); });
    this.video = new VideoFrames(task, this.sent, this.shapes, frameCount(task, 0), (shape) => this.attributesOf(shape));
    this.show(1);
  }

  get frameCount(): number { return this.video.count; }

  override all(): Map<string, Shape> {
    return this.video.all;
  }

  override replace(items: Map<string, Shape>): void {
    this.video.set(items);
    super.replace(this.video.shapesOn(this.frame));
  }

  /** Shows the labels of a frame, and asks for those of frames near it. */
  show(frame: number): void {
    this.frame = frame;
    const ahead = [frame, frame + 90, frame - 60].filter((f) => f >= 1 && f <= this.frameCount);
    ahead.forEach((f) => void this.sent.need(f));
    this.refresh();
  }

  /** Says whether the video plays. */
  setPlaying(playing: boolean): void {
    this.playing = playing;
    this.refresh();
  }

  /** How long the video is, where its metadata do not say. */
  setLength(frames: number): void {
    if (frames === this.frameCount) return;
    this.video.set(this.video.all, frames);
    this.refresh();
  }

  /** Whether the labels of the frame are here. */
  get ready(): boolean { return this.sent.has(this.frame); }

  private refresh(): void {
    this.shapes = this.video.shapesOn(this.frame);
    this.edits++;
    if (!this.playing) this.needNeighbours();
    this.onFrame();
    if (!this.playing) this.changed();
  }

  /** Key frames between which something moves may be far: they are fetched before somebody changes it. */
  private needNeighbours(): void {
    for (const s of this.shapes.values()) {
      if (!isFrameField(s.field) || !this.video.sentTrack(s.label.id)?.keys.length) continue;
      framesNeeded(this.course(s.label.id), this.frame).forEach((f) => void this.sent.need(f));
    }
  }

  /** What was added in this run may be changed and taken back. */
  override mayChange(shape: Shape, what: keyof Restrictions): boolean {
    return this.may(shape.field, what) || (isFrameField(shape.field) && !isScalarField(this.schema(shape.field)) && this.video.isOwn(shape.label.id) && this.may(shape.field, 'additions'));
  }

  /** The course of a track through the video. */
  course(track: string): Course {
    return this.video.course(track);
  }

  isTrack(id: string): boolean {
    return this.video.isTrack(id);
  }

  /** Every track, and the labels of this frame that stand alone. */
  objects(): VideoObject[] {
    const tracks = this.video.objects();
    const known = new Set(tracks.map((o) => o.id));
    const here = [...this.shapes.values()].filter((s) => isFrameField(s.field) && drawKind(this.schema(s.field)) && !known.has(s.label.id));
    return [...tracks, ...here.map((s): VideoObject => ({ id: s.label.id, field: s.field, label: s.label.label, index: s.label.index, spans: [[this.frame, this.frame]] }))];
  }

  // ---- gestures

  /** A gesture on the labels of the frame as changes of tracks; it waits until the labels it is about are here. */
  override commit(gesture: Gesture): void {
    if (gesture.length === 0) return;
    const { frame } = this;
    const needed = gesture.filter((c) => isFrameField((c.after ?? c.before)!.field)).flatMap((c) => framesNeeded(this.course(c.id), frame)).filter((f) => !this.sent.has(f));
    const go = () => {
      this.numbered = 0;
      this.take(gesture.flatMap((c) => this.translated(c, frame)));
    };
    if (needed.length === 0) return go();
    void Promise.all(needed.map((f) => this.sent.need(f))).then(go);
  }

  private translated(c: Gesture[number], frame: number): Gesture {
    const shape = (c.after ?? c.before)!;
    if (!isFrameField(shape.field)) return [c];
    if (isScalarField(this.schema(shape.field))) return this.valueChange(shape.field, c.after, frame);
    if (!c.before) return this.added(c.after!, frame);
    if (!c.after) return this.removed(c.id, c.before.field);
    return this.edited(c.id, c.before, c.after, frame);
  }

  private valueChange(field: string, after: Shape | null, frame: number): Gesture {
    const id = `${field}@${frame}`;
    const now = after?.label.value;
    const asSent = this.sent.get(frame)?.values[field] === now;
    const edit: Shape = { field, label: { id: field, cls: 'Scalar', ...(now === undefined ? {} : { value: now }) }, at: { form: 'value', track: field, first: frame, last: frame } };
    return [{ id, before: this.video.all.get(id) ?? null, after: asSent ? null : edit }];
  }

  private added({ field, label }: Shape, frame: number): Gesture {
    const { id } = label;
    const single = this.draws === 'frame' || isClassField(this.schema(field));
    if (single) return this.video.coursed(id, field, [{ first: frame, last: frame, label: shapeOnly(label) }]);
    const whole = this.fixedAttributes(field, label);
    const track: Shape = { field, label: { id, cls: label.cls, ...defined({ label: label.label }), index: this.nextNumber(field), attributes: whole }, at: { form: 'track', track: id, first: 0, last: 0 } };
    const last = this.className(field).endsWith('s') ? this.frameCount : this.freeUntil(field, frame);
    return [{ id, before: null, after: track }, ...this.video.coursed(id, field, [{ first: frame, last, label: marked(shapeOnly(label)) }])];
  }

  /** A field of one label has room until the next object begins. */
  private freeUntil(field: string, frame: number): number {
    return Math.min(this.frameCount, ...this.objects().filter((o) => o.field === field).flatMap((o) => o.spans).filter(([a]) => a > frame).map(([a]) => a - 1));
  }

  /** Several tracks of one gesture follow each other. */
  private nextNumber(field: string): number {
    return this.video.nextIndex(field) + this.numbered++;
  }

  private removed(id: string, field: string): Gesture {
    const course = this.course(id);
    const gone = course.sent.spans.length === 0 ? [] : outside({ ...course, pieces: [] }, course.sent.spans[0]![0], course.sent.spans.at(-1)![1]);
    const whole = this.video.all.get(id);
    const isTrackEdit = whole?.at?.form === 'track' && (this.video.edited(id)?.taken.length ?? 0) === 0;
    return [...this.video.coursed(id, field, gone), ...(isTrackEdit ? [{ id, before: whole, after: null }] : [])];
  }

  private edited(id: string, before: Shape, after: Shape, frame: number): Gesture {
    const gesture: Gesture = [];
    const { field } = after;
    const course = this.course(id);
    const ownSingle = this.video.isOwn(id) && !this.isTrack(id);
    const names = new Set([...Object.keys(before.label.attributes ?? {}), ...Object.keys(after.label.attributes ?? {})]);
    const changed = [...names].filter((n) => JSON.stringify(before.label.attributes?.[n]) !== JSON.stringify(after.label.attributes?.[n]));
    const fixed = changed.filter((n) => ownSingle ? false : !this.isMutable(after, n));
    const newClass = before.label.label !== after.label.label;
    if (!ownSingle && (newClass || fixed.length > 0)) {
      const was = this.video.edited(id)?.whole ?? null;
      const attributes = { ...was?.label.attributes, ...Object.fromEntries(fixed.map((n) => [n, after.label.attributes?.[n] ?? null])) };
      const label: Label = { ...(was?.label ?? { id, cls: after.label.cls }), ...(newClass ? defined({ label: after.label.label }) : {}), attributes };
      gesture.push({ id, before: was, after: { field, label, at: { form: 'track', track: id, first: 0, last: 0 } } });
    }
    const moved = (['box', 'points', 'closed', 'filled'] as const).some((p) => JSON.stringify(before.label[p]) !== JSON.stringify(after.label[p]));
    if (moved || changed.length > fixed.length || (ownSingle && newClass)) {
      const label = shapeOnly(after.label);
      gesture.push(...this.video.coursed(id, field, withKey(course, frame, this.isTrack(id) ? marked(label) : label)));
    }
    return gesture;
  }

  private isMutable(shape: Shape, name: string): boolean {
    return this.attributesOf(shape).find((a) => a.name === name)?.mutable ?? true;
  }

  /** The immutable attributes of a label. */
  private fixedAttributes(field: string, label: Label): Record<string, unknown> {
    const fixed = this.attributesOf({ field, label }).filter((a: Attribute) => !a.mutable && label.attributes?.[a.name] !== undefined);
    return Object.fromEntries(fixed.map((a) => [a.name, label.attributes![a.name]]));
  }

  protected override applied(gesture: Gesture): void {
    this.notice = null;
    this.video.set(apply(this.video.all, gesture));
    this.shapes = this.video.shapesOn(this.frame);
    if (!this.playing) this.needNeighbours();
  }

  protected override prune(): void {
    const there = new Set(this.objects().map((o) => o.id));
    for (const id of this.selected) if (!this.shapes.has(id) && !there.has(id)) this.selected.delete(id);
    if (!this.first()) this.attributeMode = null;
  }

  override undo(): Gesture | null { return this.showing(super.undo()); }
  override redo(): Gesture | null { return this.showing(super.redo()); }

  /** What is undone is to be seen. */
  private showing(gesture: Gesture | null): Gesture | null {
    const spans = (gesture ?? []).flatMap((c) => [c.before?.at, c.after?.at]).filter((at) => at !== undefined && at.first > 0);
    const near = spans.find((at) => at!.first <= this.frame && this.frame <= at!.last) ?? spans[0];
    if (near && !(near.first <= this.frame && this.frame <= near.last)) this.onGo(near.first);
    return gesture;
  }

  /** The courses of the selected tracks on this frame, with what their fields allow. */
  private chosenTracks(): { id: string; field: string; course: Course; shape: Shape }[] {
    return [...this.selected].flatMap((id) => {
      const field = this.shapes.get(id)?.field ?? this.objects().find((o) => o.id === id)?.field;
      if (field === undefined) return [];
      return [{ id, field, course: this.course(id), shape: this.shapes.get(id) ?? { field, label: { id, cls: '' } } }];
    });
  }

  /** Waits for the labels that a change of the selected tracks is about, then makes it. */
  private change(make: (t: { id: string; field: string; course: Course; shape: Shape }) => Gesture, alsoNeeded: (c: Course) => number[] = () => []): void {
    const { frame } = this;
    const needed = this.chosenTracks().flatMap((t) => [...framesNeeded(t.course, frame), ...alsoNeeded(t.course)]).filter((f) => !this.sent.has(f));
    const go = () => {
      this.numbered = 0;
      this.take(this.chosenTracks().flatMap(make));
    };
    if (needed.length === 0) go();
    else void Promise.all(needed.map((f) => this.sent.need(f))).then(go);
  }

  /** Makes this frame a key frame of the selected tracks, or none. */
  toggleKey(): void {
    const { frame } = this;
    this.change(({ id, field, course, shape }) => {
      const label = labelAt(course, frame);
      if (!label || !this.isTrack(id) || !this.mayChange(shape, 'spatialEdits')) return [];
      if (!isKey(course, frame)) return this.video.coursed(id, field, withKey(course, frame, marked(shapeOnly(label))));
      const without = withoutKey(course, frame);
      const leaves = isVisible({ ...course, pieces: without }, frame);
      return leaves || this.mayChange(shape, 'deletions') ? this.video.coursed(id, field, without) : [];
    }, (course) => { const p = pieceAt(course.pieces, frame); return p ? [p.last + 1] : []; });
  }

  /** Ends the selected tracks on this frame until their next key frame, or brings them back. */
  toggleOutside(): void {
    const { frame } = this;
    const near = (course: Course) => nearest(visibleSpans(course), frame);
    this.change(({ id, field, course, shape }) => {
      const visible = isVisible(course, frame);
      if (!this.mayChange(shape, visible ? 'deletions' : 'additions')) return [];
      const from = near(course);
      const back = visible || from === null ? null : labelAt(course, from);
      return this.video.coursed(id, field, toggledOutside(course, frame, back && (this.isTrack(id) ? marked(shapeOnly(back)) : shapeOnly(back))));
    }, (course) => { const from = near(course); return from !== null && !pieceAt(course.pieces, from) ? [from] : []; });
  }

  /** Deletes the selected tracks from this frame on. */
  removeFromHere(): void {
    const { frame } = this;
    this.change(({ id, field, course, shape }) => {
      if (!this.mayChange(shape, 'deletions')) return [];
      const ended = endedBefore(course, frame);
      return visibleSpans({ ...course, pieces: ended }).length === 0 ? this.removed(id, field) : this.video.coursed(id, field, ended);
    });
  }

  /** The selected labels as they are here on the frames that follow, up to one: tracks stay there, others are copied. */
  propagate(to: number): void {
    const { frame } = this;
    const last = Math.min(this.frameCount, to);
    this.change(({ id, field, course, shape }) => {
      const label = labelAt(course, frame);
      if (!label || last <= frame || !this.mayChange(shape, 'additions')) return [];
      const whole = { ...shapeOnly(this.shapes.get(id)?.label ?? label) };
      if (!this.isTrack(id)) return Array.from({ length: last - frame }, (_, i) => frame + 1 + i).flatMap((f) => this.video.coursed(newId(), field, [{ first: f, last: f, label: whole }]));
      return this.mayChange(shape, 'spatialEdits') ? this.video.coursed(id, field, laid(course.pieces, { first: frame, last, label: marked(whole) })) : [];
    });
  }

  /** Splits the selected tracks: from this frame on each is another one. */
  split(): void {
    const { frame } = this;
    this.change(({ id, field, course, shape }) => {
      const spans = visibleSpans(course);
      if (!this.isTrack(id) || spans.length === 0 || spans[0]![0] >= frame || spans.at(-1)![1] < frame || !this.mayChange(shape, 'indexEdits')) return [];
      const index = this.nextNumber(field);
      const other = newId();
      const whole = this.video.edited(id)?.whole?.label;
      const label = whole?.label ?? this.video.sentTrack(id)?.label;
      const cls = whole?.cls ?? shape.label.cls;
      const track: Shape = { field, label: { id: other, cls, ...defined({ label }), index, attributes: whole?.attributes ?? {} }, at: { form: 'track', track: other, first: 0, last: 0 } };
      return [
        { id: other, before: null, after: track },
        ...this.video.coursed(id, field, within(course.pieces, 1, frame - 1)),
        ...this.video.coursed(other, field, within(course.pieces, frame, this.frameCount)),
        ...this.video.handedOver(id, other, field, frame, this.frameCount),
      ];
    });
  }

  /** Makes one of the selected tracks: that which begins first. */
  merge(): void {
    const tracks = this.chosenTracks().filter((t) => this.isTrack(t.id)).map((t) => ({ ...t, spans: visibleSpans(t.course) })).filter((t) => t.spans.length > 0).sort((a, b) => a.spans[0]![0] - b.spans[0]![0]);
    const [first, ...others] = tracks;
    if (!first || others.length === 0) return this.say('Select two or more tracks to merge them (Shift click, in the list as well).');
    if (others.some((o) => o.field !== first.field)) return this.say('Tracks of two fields cannot be merged.');
    const all = tracks.flatMap((t) => t.spans).sort((a, b) => a[0] - b[0]);
    if (all.some(([a], i) => i > 0 && a <= all[i - 1]![1])) return this.say('The tracks are on the same frames: delete one of them there first.');
    if (tracks.some((t) => !this.mayChange(t.shape, 'indexEdits'))) return this.say('The run does not allow to change indexes.');
    let { pieces } = first.course;
    const gesture: Gesture = [];
    for (const { id, field, course, spans } of others) {
      for (const [a, b] of spans) {
        pieces = [...cleared(pieces, a, b), ...within(course.pieces, a, b)];
        gesture.push(...this.video.handedOver(id, first.id, field, a, b));
      }
      gesture.push(...this.video.coursed(id, field, this.video.sentTrack(id) ? course.pieces.filter((p) => !p.label) : []));
      const whole = this.video.all.get(id);
      if (whole?.at?.form === 'track') gesture.push({ id, before: whole, after: null });
    }
    const name = this.objects().find((o) => o.id === first.id)?.label;
    if (others.some((o) => this.objects().find((x) => x.id === o.id)?.label !== name)) {
      const was = this.video.edited(first.id)?.whole ?? null;
      const label: Label = { ...(was?.label ?? { id: first.id, cls: this.shapes.get(first.id)?.label.cls ?? 'Detection' }), ...defined({ label: name }) };
      gesture.push({ id: first.id, before: was, after: { field: first.field, label, at: { form: 'track', track: first.id, first: 0, last: 0 } } });
    }
    gesture.push(...this.video.coursed(first.id, first.field, pieces));
    this.selected = new Set([first.id]);
    this.take(gesture);
  }

  /** Asks for a number before something is done, or no more. */
  ask(what: 'propagate' | null): void {
    this.asking = what;
    this.changed();
  }

  private say(notice: string): void {
    this.notice = notice;
    this.changed();
  }

  /** The selected tracks' next key frame ahead or back; null if there is none. */
  keyNear(step: 1 | -1): number | null {
    const found = this.chosenTracks().map((t) => nextKey(t.course, this.frame, step)).filter((f): f is number => f !== null);
    return found.length === 0 ? null : step > 0 ? Math.min(...found) : Math.max(...found);
  }

  /** Whether the first selected track has a key frame here. */
  get atKey(): boolean {
    const t = this.chosenTracks()[0];
    return t !== undefined && isKey(t.course, this.frame);
  }

  /** Selects an object, and goes to where it is if it is not here. */
  visit(id: string): void {
    this.select([id]);
    if (this.shapes.has(id)) return;
    const spans = this.objects().find((o) => o.id === id)?.spans ?? [];
    const to = nearest(spans, this.frame);
    if (to !== null) this.onGo(to);
  }

  setDraws(draws: 'track' | 'frame'): void {
    this.draws = draws;
    this.changed();
  }

  /** What is on the frame that is shown. */
  scene(): { labels: Record<string, { cls: string; labels: Label[] }>; values: Record<string, unknown>; frame: number; frames: number; ready: boolean; atKey: boolean } {
    const labels: Record<string, { cls: string; labels: Label[] }> = {};
    const values: Record<string, unknown> = {};
    for (const { field, label } of this.shapes.values()) {
      if (label.cls === 'Scalar') values[field] = label.value;
      else (labels[field] ??= { cls: this.className(field), labels: [] }).labels.push(label);
    }
    return { labels, values, frame: this.frame, frames: this.frameCount, ready: this.ready, atKey: this.atKey };
  }

  /** Stops asking for frames. */
  destroy(): void {
    this.sent.close();
  }
}

/** What of a label an edit holds. */
function shapeOnly({ id, cls, label, box, points, closed, filled, attributes }: Label): Label {
  const { [MARK]: _, ...own } = attributes ?? {};
  return { id, cls, ...defined({ label, box, points, closed, filled }), attributes: own };
}

const marked = (label: Label): Label => ({ ...label, attributes: { ...label.attributes, [MARK]: true } });

/** The frame of some spans that is nearest to a frame. */
function nearest(spans: [number, number][], frame: number): number | null {
  let best: number | null = null;
  for (const [a, b] of spans) {
    const at = Math.min(b, Math.max(a, frame));
    if (best === null || Math.abs(at - frame) < Math.abs(best - frame)) best = at;
  }
  return best;
}
