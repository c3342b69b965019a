// The editor's work on a video: the labels of the frame that is shown, and what gestures on them mean for their tracks.
import type { Attribute, Label, Restrictions, SentTrack, Task, TaskFrame } from '../api/client';
import { frameCount } from '../model/video';
import { cleared, endedBefore, framesNeeded, isKey, isVisible, labelAt, labelOf, laid, nextKey, NOTHING_SENT, outside, pieceAt, spansOf, toggledOutside, visibleSpans, withKey, within, withoutKey, type Course, type Piece, type Sent } from './course';
import { apply, same, type Gesture, type Shape } from './history';
import { drawKind, EditorModel, isClassField, newId } from './model';
import { SentFrames } from './sentFrames';
import { isFrameField, isScalarField, scalarShape } from './work';

const MARK = 'keyframe';

/** An object of the video: a track, or a label that stands alone. */
export interface VideoObject { id: string; field: string; label: string | undefined; index: number | undefined; spans: [number, number][] }

/** The edits of one track. */
interface OfTrack { whole?: Shape; pieces: Piece[]; taken: Shape[]; field: string }

export class VideoModel extends EditorModel {
  frame = 1;
  frameCount: number;
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
  /** What is saved: labels and values of the video itself, and edits of its frames, by id. */
  private items: Map<string, Shape>;
  private readonly tracks: Map<string, SentTrack>;
  private readonly trackIds: Map<string, string>;
  /** Tracks that a gesture has given numbers so far. */
  private numbered = 0;
  /** Labels that were sent and stand alone, with their frames, as far as they were seen. */
  private readonly alone = new Map<string, number>();
  private byTrack: Map<string, OfTrack> | null = null;
  private objectList: VideoObject[] | null = null;

  constructor(task: Task, width: number, height: number, onEdit: () => void, fetch: (first: number, last: number) => Promise<TaskFrame[]>) {
    super(task, width, height, onEdit);
    this.items = this.shapes;
    this.frameCount = frameCount(task, 0);
    this.tracks = new Map(task.tracks.map((t) => [t.id, t]));
    this.trackIds = new Map(task.tracks.map((t) => [keyOf(t.field, t.index, t.label), t.id]));
    this.draws = task.tracks.length === 0 && task.schema.some((f) => f.existing && isFrameField(f.field) && drawKind(f)) ? 'frame' : 'track';
    this.sent = new SentFrames(fetch, () => { this.loadError = null; this.refresh(); }, (e) => { this.loadError = e; this.changed(); });
    this.show(1);
  }

  override all(): Map<string, Shape> {
    return this.items;
  }

  override replace(items: Map<string, Shape>): void {
    this.items = items;
    this.forgetCourses();
    super.replace(this.shapesOfFrame());
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
    this.frameCount = frames;
    this.forgetCourses();
    this.refresh();
  }

  /** Whether the labels of the frame are here. */
  get ready(): boolean { return this.sent.has(this.frame); }

  private refresh(): void {
    this.shapes = this.shapesOfFrame();
    this.edits++;
    if (!this.playing) this.needNeighbours();
    this.onFrame();
    if (!this.playing) this.changed();
  }

  /** Key frames between which something moves may be far: they are fetched before somebody changes it. */
  private needNeighbours(): void {
    for (const s of this.shapes.values()) {
      if (!isFrameField(s.field) || !this.tracks.get(s.label.id)?.keys.length) continue;
      framesNeeded(this.course(s.label.id), this.frame).forEach((f) => void this.sent.need(f));
    }
  }

  // ---- the labels of a frame

  private trackOf(field: string, label: Label, seen: Set<string>): string {
    const id = label.index === undefined ? undefined : this.trackIds.get(keyOf(field, label.index, label.label));
    if (id === undefined || seen.has(id)) return label.id;
    seen.add(id);
    return id;
  }

  private shapesOfFrame(): Map<string, Shape> {
    const { frame } = this;
    const out = new Map([...this.items].filter(([, s]) => !s.at));
    const edits = this.editsByTrack();
    const takenBy = new Map<string, string>();
    for (const [track, e] of edits) for (const t of e.taken) if (covers(t, frame)) takenBy.set(t.at!.source!, track);
    const seen = new Set<string>();
    const sent = this.sent.get(frame);
    for (const [field, group] of Object.entries(sent?.labels ?? {})) {
      for (const label of group.labels) {
        const own = this.trackOf(field, label, seen);
        if (!this.tracks.has(own)) this.alone.set(own, frame);
        const track = takenBy.get(own) ?? own;
        const piece = out.has(track) ? undefined : pieceAt(edits.get(track)?.pieces ?? [], frame);
        if (piece && !piece.label) continue;
        const shown = piece ? this.over(label, field, labelOf(piece, frame)!) : label;
        const id = out.has(track) ? label.id : track;
        out.set(id, { field, label: { ...this.ofTrack(track, shown), id } });
      }
    }
    for (const [track, e] of edits) {
      const piece = pieceAt(e.pieces, frame);
      if (piece?.label && !out.has(track)) out.set(track, { field: e.field, label: { ...this.ofTrack(track, this.made(track, labelOf(piece, frame)!)), id: track } });
    }
    for (const [field, value] of Object.entries(sent?.values ?? {})) out.set(field, scalarShape(field, value));
    for (const s of this.items.values()) {
      if (s.at?.form !== 'value' || s.at.first !== frame) continue;
      if (s.label.value === undefined) out.delete(s.field);
      else out.set(s.field, scalarShape(s.field, s.label.value));
    }
    return out;
  }

  /** A label that was sent, in the place and with the mutable attributes of an edit. */
  private over(label: Label, field: string, shape: Label): Label {
    const attributes = { ...label.attributes };
    for (const a of this.attributesOf({ field, label: shape })) {
      if (!a.mutable || a.readOnly) continue;
      const value = shape.attributes?.[a.name];
      if (value === undefined || value === null) delete attributes[a.name];
      else attributes[a.name] = value;
    }
    const { box, points, closed, filled } = shape;
    return { ...label, ...defined({ box, points, closed, filled }), attributes };
  }

  private made(track: string, shape: Label): Label {
    const sent = this.tracks.get(track);
    return sent ? { ...shape, index: sent.index, ...defined({ label: sent.label }) } : shape;
  }

  /** A label with what holds for its whole track. */
  private ofTrack(track: string, label: Label): Label {
    const whole = this.editsByTrack().get(track)?.whole?.label;
    const index = whole?.index ?? this.tracks.get(track)?.index;
    if (!whole) return index === undefined ? label : { ...label, index };
    const attributes = { ...label.attributes, ...whole.attributes };
    for (const [name, value] of Object.entries(attributes)) if (value === null) delete attributes[name];
    return { ...label, ...defined({ label: whole.label, index }), attributes };
  }

  // ---- tracks

  private editsByTrack(): Map<string, OfTrack> {
    if (!this.byTrack) {
      this.byTrack = new Map();
      for (const s of this.items.values()) {
        if (!s.at || s.at.form === 'value') continue;
        const own = this.byTrack.get(s.at.track) ?? { pieces: [], taken: [], field: s.field };
        this.byTrack.set(s.at.track, own);
        if (s.at.form === 'track') own.whole = s;
        else if (s.at.form === 'taken') own.taken.push(s);
        else own.pieces.push(pieceOf(s));
      }
      for (const e of this.byTrack.values()) e.pieces.sort((a, b) => a.first - b.first);
    }
    return this.byTrack;
  }

  private forgetCourses(): void {
    this.byTrack = null;
    this.objectList = null;
  }

  /** The course of a track through the video. */
  course(track: string): Course {
    return { pieces: this.editsByTrack().get(track)?.pieces ?? [], sent: this.sentOf(track), count: this.frameCount };
  }

  /** What a track was sent with, less what others took of it, more what it took. */
  private sentOf(track: string): Sent {
    const alone = this.alone.get(track);
    if (alone !== undefined) return { spans: [[alone, alone]], keys: null, label: (f) => this.sentLabel(track, f) };
    const own = this.tracks.get(track);
    const taken = this.editsByTrack().get(track)?.taken ?? [];
    const lost = this.lost(track);
    if (!own && taken.length === 0) return NOTHING_SENT;
    const parts = [
      ...(own ? cut([1, this.frameCount], lost).map(([a, b]) => ({ source: own, a, b })) : []),
      ...taken.flatMap((t) => { const source = this.tracks.get(t.at!.source!); return source ? [{ source, a: t.at!.first, b: t.at!.last }] : []; }),
    ];
    const spans = parts.flatMap(({ source, a, b }) => spansOf(source).map(([x, y]) => [Math.max(a, x), Math.min(b, y)] as [number, number]).filter(([x, y]) => x <= y)).sort((p, q) => p[0] - q[0]);
    const marked = parts.some(({ source }) => source.keys.length > 0);
    // Where a track was cut, the ends of its parts are key frames.
    const keys = marked ? [...new Set([...parts.flatMap(({ source, a, b }) => source.keys.filter((k) => k >= a && k <= b)), ...spans.flat()])].sort((p, q) => p - q) : null;
    return { spans, keys, label: (f) => { const part = parts.find(({ source, a, b }) => f >= a && f <= b && spansOf(source).some(([x, y]) => f >= x && f <= y)); return part && this.sentLabel(part.source.id, f); } };
  }

  /** What other tracks took of one. */
  private lost(track: string): Shape[] {
    return [...this.editsByTrack()].flatMap(([other, e]) => (other === track ? [] : e.taken.filter((t) => t.at!.source === track)));
  }

  private sentLabel(track: string, frame: number): Label | undefined {
    const seen = new Set<string>();
    for (const [field, group] of Object.entries(this.sent.get(frame)?.labels ?? {})) {
      for (const label of group.labels) if (this.trackOf(field, label, seen) === track) return label;
    }
    return undefined;
  }

  /** Every track, and the labels of this frame that stand alone. */
  objects(): VideoObject[] {
    this.objectList ??= this.listTracks();
    const known = new Set(this.objectList.map((o) => o.id));
    const here = [...this.shapes.values()].filter((s) => isFrameField(s.field) && drawKind(this.schema(s.field)) && !known.has(s.label.id));
    return [...this.objectList, ...here.map((s): VideoObject => ({ id: s.label.id, field: s.field, label: s.label.label, index: s.label.index, spans: [[this.frame, this.frame]] }))];
  }

  private listTracks(): VideoObject[] {
    const out: VideoObject[] = [];
    const edits = this.editsByTrack();
    const taken = new Set([...edits.values()].flatMap((e) => e.taken.map((t) => t.at!.source!)));
    for (const t of this.tracks.values()) {
      const whole = edits.get(t.id)?.whole?.label;
      const spans = edits.has(t.id) || taken.has(t.id) ? visibleSpans(this.course(t.id)) : spansOf(t);
      if (spans.length > 0) out.push({ id: t.id, field: t.field, label: whole?.label ?? t.label, index: t.index, spans });
    }
    for (const [id, e] of edits) {
      if (this.tracks.has(id) || e.whole?.label.index === undefined) continue;
      const spans = visibleSpans(this.course(id));
      if (spans.length > 0) out.push({ id, field: e.field, label: e.whole.label.label, index: e.whole.label.index, spans });
    }
    return out;
  }

  isTrack(id: string): boolean {
    return this.tracks.has(id) || this.editsByTrack().get(id)?.whole?.label.index !== undefined;
  }

  /** Whether a track or label was made in this run. */
  private isOwn(id: string): boolean {
    return !this.tracks.has(id) && !this.alone.has(id) && (this.editsByTrack().get(id)?.taken.length ?? 0) === 0;
  }

  /** What was added in this run may be changed and taken back. */
  override mayChange(shape: Shape, what: keyof Restrictions): boolean {
    return this.may(shape.field, what) || (isFrameField(shape.field) && !isScalarField(this.schema(shape.field)) && this.isOwn(shape.label.id) && this.may(shape.field, 'additions'));
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
    return [{ id, before: this.items.get(id) ?? null, after: asSent ? null : edit }];
  }

  private added({ field, label }: Shape, frame: number): Gesture {
    const { id } = label;
    const single = this.draws === 'frame' || isClassField(this.schema(field));
    if (single) return this.coursed(id, field, [{ first: frame, last: frame, label: shapeOnly(label) }]);
    const whole = this.fixedAttributes(field, label);
    const track: Shape = { field, label: { id, cls: label.cls, ...defined({ label: label.label }), index: this.nextIndex(field), attributes: whole }, at: { form: 'track', track: id, first: 0, last: 0 } };
    const last = this.className(field).endsWith('s') ? this.frameCount : this.freeUntil(field, frame);
    return [{ id, before: null, after: track }, ...this.coursed(id, field, [{ first: frame, last, label: marked(shapeOnly(label)) }])];
  }

  /** A field of one label has room until the next object begins. */
  private freeUntil(field: string, frame: number): number {
    return Math.min(this.frameCount, ...this.objects().filter((o) => o.field === field).flatMap((o) => o.spans).filter(([a]) => a > frame).map(([a]) => a - 1));
  }

  private nextIndex(field: string): number {
    let highest = 0;
    for (const t of this.tracks.values()) if (t.field === field) highest = Math.max(highest, t.index);
    for (const s of this.items.values()) if (s.at?.form === 'track' && s.field === field) highest = Math.max(highest, s.label.index ?? 0);
    return highest + 1 + this.numbered++;
  }

  private removed(id: string, field: string): Gesture {
    const course = this.course(id);
    const gone = course.sent.spans.length === 0 ? [] : outside({ ...course, pieces: [] }, course.sent.spans[0]![0], course.sent.spans.at(-1)![1]);
    const whole = this.items.get(id);
    const isTrackEdit = whole?.at?.form === 'track' && (this.editsByTrack().get(id)?.taken.length ?? 0) === 0;
    return [...this.coursed(id, field, gone), ...(isTrackEdit ? [{ id, before: whole, after: null }] : [])];
  }

  private edited(id: string, before: Shape, after: Shape, frame: number): Gesture {
    const gesture: Gesture = [];
    const { field } = after;
    const course = this.course(id);
    const ownSingle = this.isOwn(id) && !this.isTrack(id);
    const names = new Set([...Object.keys(before.label.attributes ?? {}), ...Object.keys(after.label.attributes ?? {})]);
    const changed = [...names].filter((n) => JSON.stringify(before.label.attributes?.[n]) !== JSON.stringify(after.label.attributes?.[n]));
    const fixed = changed.filter((n) => ownSingle ? false : !this.isMutable(after, n));
    const newClass = before.label.label !== after.label.label;
    if (!ownSingle && (newClass || fixed.length > 0)) {
      const was = this.editsByTrack().get(id)?.whole ?? null;
      const attributes = { ...was?.label.attributes, ...Object.fromEntries(fixed.map((n) => [n, after.label.attributes?.[n] ?? null])) };
      const label: Label = { ...(was?.label ?? { id, cls: after.label.cls }), ...(newClass ? defined({ label: after.label.label }) : {}), attributes };
      gesture.push({ id, before: was, after: { field, label, at: { form: 'track', track: id, first: 0, last: 0 } } });
    }
    const moved = (['box', 'points', 'closed', 'filled'] as const).some((p) => JSON.stringify(before.label[p]) !== JSON.stringify(after.label[p]));
    if (moved || changed.length > fixed.length || (ownSingle && newClass)) {
      const label = shapeOnly(after.label);
      gesture.push(...this.coursed(id, field, withKey(course, frame, this.isTrack(id) ? marked(label) : label)));
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

  /** The changes that make the pieces of a track others. */
  private coursed(track: string, field: string, pieces: Piece[]): Gesture {
    const now = new Map(pieces.map((p) => [`${track}@${p.first}`, shapeOf(track, field, p)]));
    const was = new Map((this.editsByTrack().get(track)?.pieces ?? []).map((p) => { const id = `${track}@${p.first}`; return [id, this.items.get(id)!]; }));
    return [
      ...[...was].filter(([id]) => !now.has(id)).map(([id, before]) => ({ id, before, after: null })),
      ...[...now].filter(([id, s]) => !same(was.get(id), s)).map(([id, after]) => ({ id, before: was.get(id) ?? null, after })),
    ];
  }

  protected override applied(gesture: Gesture): void {
    this.notice = null;
    this.items = apply(this.items, gesture);
    this.forgetCourses();
    this.shapes = this.shapesOfFrame();
    if (!this.playing) this.needNeighbours();
  }

  protected override prune(): void {
    const there = this.items ? new Set(this.objects().map((o) => o.id)) : null;
    for (const id of this.selected) if (!this.shapes.has(id) && !there?.has(id)) this.selected.delete(id);
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
      if (!isKey(course, frame)) return this.coursed(id, field, withKey(course, frame, marked(shapeOnly(label))));
      const without = withoutKey(course, frame);
      const leaves = isVisible({ ...course, pieces: without }, frame);
      return leaves || this.mayChange(shape, 'deletions') ? this.coursed(id, field, without) : [];
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
      return this.coursed(id, field, toggledOutside(course, frame, back && (this.isTrack(id) ? marked(shapeOnly(back)) : shapeOnly(back))));
    }, (course) => { const from = near(course); return from !== null && !pieceAt(course.pieces, from) ? [from] : []; });
  }

  /** Deletes the selected tracks from this frame on. */
  removeFromHere(): void {
    const { frame } = this;
    this.change(({ id, field, course, shape }) => {
      if (!this.mayChange(shape, 'deletions')) return [];
      const ended = endedBefore(course, frame);
      return visibleSpans({ ...course, pieces: ended }).length === 0 ? this.removed(id, field) : this.coursed(id, field, ended);
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
      if (!this.isTrack(id)) return Array.from({ length: last - frame }, (_, i) => frame + 1 + i).flatMap((f) => this.coursed(newId(), field, [{ first: f, last: f, label: whole }]));
      return this.mayChange(shape, 'spatialEdits') ? this.coursed(id, field, laid(course.pieces, { first: frame, last, label: marked(whole) })) : [];
    });
  }

  /** Splits the selected tracks: from this frame on each is another one. */
  split(): void {
    const { frame } = this;
    this.change(({ id, field, course, shape }) => {
      const spans = visibleSpans(course);
      if (!this.isTrack(id) || spans.length === 0 || spans[0]![0] >= frame || spans.at(-1)![1] < frame || !this.mayChange(shape, 'indexEdits')) return [];
      const index = this.nextIndex(field);
      const other = newId();
      const whole = this.editsByTrack().get(id)?.whole?.label;
      const label = whole?.label ?? this.tracks.get(id)?.label;
      const cls = whole?.cls ?? shape.label.cls;
      const track: Shape = { field, label: { id: other, cls, ...defined({ label }), index, attributes: whole?.attributes ?? {} }, at: { form: 'track', track: other, first: 0, last: 0 } };
      return [
        { id: other, before: null, after: track },
        ...this.coursed(id, field, within(course.pieces, 1, frame - 1)),
        ...this.coursed(other, field, within(course.pieces, frame, this.frameCount)),
        ...this.handedOver(id, other, field, frame, this.frameCount),
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
        gesture.push(...this.handedOver(id, first.id, field, a, b));
      }
      gesture.push(...this.coursed(id, field, this.tracks.has(id) ? course.pieces.filter((p) => !p.label) : []));
      const whole = this.items.get(id);
      if (whole?.at?.form === 'track') gesture.push({ id, before: whole, after: null });
    }
    const name = this.objects().find((o) => o.id === first.id)?.label;
    if (others.some((o) => this.objects().find((x) => x.id === o.id)?.label !== name)) {
      const was = this.editsByTrack().get(first.id)?.whole ?? null;
      const label: Label = { ...(was?.label ?? { id: first.id, cls: this.shapes.get(first.id)?.label.cls ?? 'Detection' }), ...defined({ label: name }) };
      gesture.push({ id: first.id, before: was, after: { field: first.field, label, at: { form: 'track', track: first.id, first: 0, last: 0 } } });
    }
    gesture.push(...this.coursed(first.id, first.field, pieces));
    this.selected = new Set([first.id]);
    this.take(gesture);
  }

  /** The changes that give another track the labels that one was sent with on some frames. */
  private handedOver(from: string, to: string, field: string, first: number, last: number): Gesture {
    const gesture: Gesture = [];
    const give = (source: string, a: number, b: number) => {
      if (a > b) return;
      const id = `${to}&${source}&${a}`;
      gesture.push({ id, before: this.items.get(id) ?? null, after: { field, label: { id, cls: '' }, at: { form: 'taken', track: to, source, first: a, last: b } } });
    };
    for (const t of this.editsByTrack().get(from)?.taken ?? []) {
      const { source, first: a, last: b } = t.at!;
      if (a > last || b < first) continue;
      const id = `${from}&${source!}&${a}`;
      give(source!, Math.max(a, first), Math.min(b, last));
      gesture.push({ id, before: t, after: a < first ? { ...t, at: { ...t.at!, last: first - 1 } } : null });
      if (b > last) gesture.push({ id: `${from}&${source!}&${last + 1}`, before: null, after: { ...t, at: { ...t.at!, first: last + 1 } } });
    }
    const own = this.tracks.get(from);
    if (own) for (const [a, b] of cut([first, last], this.lost(from))) if (spansOf(own).some(([x, y]) => x <= b && y >= a)) give(from, a, b);
    return gesture;
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
  scene(): { labels: Record<string, { cls: string; labels: Label[] }>; values: Record<string, unknown>; frame: number; ready: boolean; atKey: boolean } {
    const labels: Record<string, { cls: string; labels: Label[] }> = {};
    const values: Record<string, unknown> = {};
    for (const { field, label } of this.shapes.values()) {
      if (label.cls === 'Scalar') values[field] = label.value;
      else (labels[field] ??= { cls: this.className(field), labels: [] }).labels.push(label);
    }
    return { labels, values, frame: this.frame, ready: this.ready, atKey: this.atKey };
  }

  /** Stops asking for frames. */
  destroy(): void {
    this.sent.close();
  }
}

const keyOf = (field: string, index: number, label: string | undefined): string => `${field}\n${index}\n${label ?? ''}`;

const covers = (s: Shape, frame: number): boolean => s.at !== undefined && s.at.first <= frame && frame <= s.at.last;

const defined = <T extends object>(of: T): Partial<T> => Object.fromEntries(Object.entries(of).filter(([, v]) => v !== undefined)) as Partial<T>;

/** What of a label an edit holds. */
function shapeOnly({ id, cls, label, box, points, closed, filled, attributes }: Label): Label {
  const { [MARK]: _, ...own } = attributes ?? {};
  return { id, cls, ...defined({ label, box, points, closed, filled }), attributes: own };
}

const marked = (label: Label): Label => ({ ...label, attributes: { ...label.attributes, [MARK]: true } });

const pieceOf = ({ label, at }: Shape): Piece => ({
  first: at!.first, last: at!.last, label: at!.form === 'outside' ? null : label, ...(at!.toward && at!.towardFrame !== undefined ? { towardFrame: at!.towardFrame, toward: at!.toward } : {}),
});

function shapeOf(track: string, field: string, { first, last, label, towardFrame, toward }: Piece): Shape {
  const at = { track, first, last };
  if (!label) return { field, label: { id: `${track}@${first}`, cls: '' }, at: { form: 'outside', ...at } };
  return { field, label: { ...label, id: track }, at: { form: 'shape', ...at, ...(toward && towardFrame !== undefined ? { towardFrame, toward: { ...toward, id: track } } : {}) } };
}

/** The frame of some spans that is nearest to a frame. */
function nearest(spans: [number, number][], frame: number): number | null {
  let best: number | null = null;
  for (const [a, b] of spans) {
    const at = Math.min(b, Math.max(a, frame));
    if (best === null || Math.abs(at - frame) < Math.abs(best - frame)) best = at;
  }
  return best;
}

/** A range without what edits are about. */
function cut(range: [number, number], edits: Shape[]): [number, number][] {
  return edits.reduce<[number, number][]>((parts, { at }) => parts.flatMap(([a, b]): [number, number][] => {
    const inner: [number, number][] = [[a, Math.min(b, at!.first - 1)], [Math.max(a, at!.last + 1), b]];
    return at!.first > b || at!.last < a ? [[a, b]] : inner.filter(([x, y]) => x <= y);
  }), [range]);
}
