// What is known of the frames of a video: what was sent, and the edits over it; as labels of a frame, and as courses of tracks.
import type { Attribute, Label, SentTrack, Task } from '../api/client';
import { labelOf, NOTHING_SENT, pieceAt, spansOf, visibleSpans, type Course, type Piece, type Sent } from './course';
import { same, type Gesture, type Shape } from './history';
import type { SentFrames } from './sentFrames';
import { scalarShape } from './work';

/** An object of the video: a track, or a label that stands alone. */
export interface VideoObject { id: string; field: string; label: string | undefined; index: number | undefined; spans: [number, number][] }

/** The edits of one track. */
export interface OfTrack { whole?: Shape; pieces: Piece[]; taken: Shape[]; field: string }

export class VideoFrames {
  private readonly tracks: Map<string, SentTrack>;
  private readonly trackIds: Map<string, string>;
  /** Labels that were sent and stand alone, with their frames, as far as they were seen. */
  private readonly alone = new Map<string, number>();
  private tracksOfEdits: Map<string, OfTrack> | null = null;
  private list: VideoObject[] | null = null;

  /**
   * The frames of a task.
   *
   * @param all labels and values of the video itself, and edits of its frames, by id
   * @param count how many frames it has
   * @param attributesOf the attributes that a label has by its field and class
   */
  constructor(task: Task, private readonly sent: SentFrames, public all: Map<string, Shape>, public count: number, private readonly attributesOf: (shape: Shape) => Attribute[]) {
    this.tracks = new Map(task.tracks.map((t) => [t.id, t]));
    this.trackIds = new Map(task.tracks.map((t) => [keyOf(t.field, t.index, t.label), t.id]));
  }

  /** Puts other work in place. */
  set(all: Map<string, Shape>, count = this.count): void {
    this.all = all;
    this.count = count;
    this.tracksOfEdits = null;
    this.list = null;
  }

  // ---- the labels of a frame

  private trackOf(field: string, label: Label, seen: Set<string>): string {
    const id = label.index === undefined ? undefined : this.trackIds.get(keyOf(field, label.index, label.label));
    if (id === undefined || seen.has(id)) return label.id;
    seen.add(id);
    return id;
  }

  /** The labels and values of a frame, by id; those of a track have its id. With what belongs to the video itself. */
  shapesOn(frame: number): Map<string, Shape> {
    const out = new Map([...this.all].filter(([, s]) => !s.at));
    const edits = this.byTrack();
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
    for (const s of this.all.values()) {
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
    const whole = this.byTrack().get(track)?.whole?.label;
    const index = whole?.index ?? this.tracks.get(track)?.index;
    if (!whole) return index === undefined ? label : { ...label, index };
    const attributes = { ...label.attributes, ...whole.attributes };
    for (const [name, value] of Object.entries(attributes)) if (value === null) delete attributes[name];
    return { ...label, ...defined({ label: whole.label, index }), attributes };
  }

  // ---- tracks

  private byTrack(): Map<string, OfTrack> {
    if (!this.tracksOfEdits) {
      this.tracksOfEdits = new Map();
      for (const s of this.all.values()) {
        if (!s.at || s.at.form === 'value') continue;
        const own = this.tracksOfEdits.get(s.at.track) ?? { pieces: [], taken: [], field: s.field };
        this.tracksOfEdits.set(s.at.track, own);
        if (s.at.form === 'track') own.whole = s;
        else if (s.at.form === 'taken') own.taken.push(s);
        else own.pieces.push(pieceOf(s));
      }
      for (const e of this.tracksOfEdits.values()) e.pieces.sort((x, y) => x.first - y.first);
    }
    return this.tracksOfEdits;
  }

  /** What was edited of a track. */
  edited(track: string): OfTrack | undefined {
    return this.byTrack().get(track);
  }

  /** A track as it was sent. */
  sentTrack(track: string): SentTrack | undefined {
    return this.tracks.get(track);
  }

  /** The course of a track through the video. */
  course(track: string): Course {
    return { pieces: this.byTrack().get(track)?.pieces ?? [], sent: this.sentOf(track), count: this.count };
  }

  /** What a track was sent with, less what others took of it, more what it took. */
  private sentOf(track: string): Sent {
    const alone = this.alone.get(track);
    if (alone !== undefined) return { spans: [[alone, alone]], keys: null, label: (f) => this.sentLabel(track, f) };
    const own = this.tracks.get(track);
    const taken = this.byTrack().get(track)?.taken ?? [];
    const lost = this.lost(track);
    if (!own && taken.length === 0) return NOTHING_SENT;
    const parts = [
      ...(own ? cut([1, this.count], lost).map(([a, b]) => ({ source: own, a, b })) : []),
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
    return [...this.byTrack()].flatMap(([other, e]) => (other === track ? [] : e.taken.filter((t) => t.at!.source === track)));
  }

  private sentLabel(track: string, frame: number): Label | undefined {
    const seen = new Set<string>();
    for (const [field, group] of Object.entries(this.sent.get(frame)?.labels ?? {})) {
      for (const label of group.labels) if (this.trackOf(field, label, seen) === track) return label;
    }
    return undefined;
  }

  /** Every track that is on any frame. */
  objects(): VideoObject[] {
    this.list ??= this.listTracks();
    return this.list;
  }

  private listTracks(): VideoObject[] {
    const out: VideoObject[] = [];
    const edits = this.byTrack();
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

  /** Whether it is a track, rather than a label that stands alone. */
  isTrack(id: string): boolean {
    return this.tracks.has(id) || this.byTrack().get(id)?.whole?.label.index !== undefined;
  }

  /** Whether a track or label was made in this run. */
  isOwn(id: string): boolean {
    return !this.tracks.has(id) && !this.alone.has(id) && (this.byTrack().get(id)?.taken.length ?? 0) === 0;
  }

  /** The number after all those of a field's tracks. */
  nextIndex(field: string): number {
    let highest = 0;
    for (const t of this.tracks.values()) if (t.field === field) highest = Math.max(highest, t.index);
    for (const s of this.all.values()) if (s.at?.form === 'track' && s.field === field) highest = Math.max(highest, s.label.index ?? 0);
    return highest + 1;
  }

  // ---- changes

  /** The changes that make the pieces of a track others. */
  coursed(track: string, field: string, pieces: Piece[]): Gesture {
    const now = new Map(pieces.map((p) => [`${track}@${p.first}`, shapeOf(track, field, p)]));
    const was = new Map((this.byTrack().get(track)?.pieces ?? []).map((p) => { const id = `${track}@${p.first}`; return [id, this.all.get(id)!]; }));
    return [
      ...[...was].filter(([id]) => !now.has(id)).map(([id, before]) => ({ id, before, after: null })),
      ...[...now].filter(([id, s]) => !same(was.get(id), s)).map(([id, after]) => ({ id, before: was.get(id) ?? null, after })),
    ];
  }

  /** The changes that give another track the labels that one was sent with on some frames. */
  handedOver(from: string, to: string, field: string, first: number, last: number): Gesture {
    const gesture: Gesture = [];
    const give = (source: string, from: number, until: number) => {
      const sent = this.tracks.get(source);
      if (!sent || source === to) return;
      const a = Math.max(from, sent.spans[0]!);
      const b = Math.min(until, sent.spans.at(-1)!);
      if (a > b) return;
      const id = `${to}&${source}&${a}`;
      gesture.push({ id, before: this.all.get(id) ?? null, after: { field, label: { id, cls: '' }, at: { form: 'taken', track: to, source, first: a, last: b } } });
    };
    for (const t of this.byTrack().get(from)?.taken ?? []) {
      const { source, first: a, last: b } = t.at!;
      if (a > last || b < first) continue;
      const id = `${from}&${source!}&${a}`;
      give(source!, Math.max(a, first), Math.min(b, last));
      gesture.push({ id, before: t, after: a < first ? { ...t, at: { ...t.at!, last: first - 1 } } : null });
      if (b > last) gesture.push({ id: `${from}&${source!}&${last + 1}`, before: null, after: { ...t, at: { ...t.at!, first: last + 1 } } });
    }
    for (const [a, b] of cut([first, last], this.lost(from))) give(from, a, b);
    return gesture;
  }
}

const keyOf = (field: string, index: number, label: string | undefined): string => `${field}\n${index}\n${label ?? ''}`;

const covers = (s: Shape, frame: number): boolean => s.at !== undefined && s.at.first <= frame && frame <= s.at.last;

export const defined = <T extends object>(of: T): Partial<T> => Object.fromEntries(Object.entries(of).filter(([, v]) => v !== undefined)) as Partial<T>;

const pieceOf = ({ label, at }: Shape): Piece => ({
  first: at!.first, last: at!.last, label: at!.form === 'outside' ? null : label, ...(at!.toward && at!.towardFrame !== undefined ? { towardFrame: at!.towardFrame, toward: at!.toward } : {}),
});

function shapeOf(track: string, field: string, { first, last, label, towardFrame, toward }: Piece): Shape {
  const at = { track, first, last };
  if (!label) return { field, label: { id: `${track}@${first}`, cls: '' }, at: { form: 'outside', ...at } };
  return { field, label: { ...label, id: track }, at: { form: 'shape', ...at, ...(toward && towardFrame !== undefined ? { towardFrame, toward: { ...toward, id: track } } : {}) } };
}

/** A range without what edits are about. */
function cut(range: [number, number], edits: Shape[]): [number, number][] {
  return edits.reduce<[number, number][]>((parts, { at }) => parts.flatMap(([a, b]): [number, number][] => {
    const inner: [number, number][] = [[a, Math.min(b, at!.first - 1)], [Math.max(a, at!.last + 1), b]];
    return at!.first > b || at!.last < a ? [[a, b]] : inner.filter(([x, y]) => x <= y);
  }), [range]);
}
