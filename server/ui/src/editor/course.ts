// The course of one track through a video: pieces that were edited, over the labels it was sent with. Gestures make other pieces. No state.
import type { Label, SentTrack } from '../api/client';
import { between } from './motion';

/** From a key frame on: what the track looks like and where it is going; without a label it is outside, on no frame. */
export interface Piece { first: number; last: number; label: Label | null; towardFrame?: number; toward?: Label }

/** What a track was sent with. */
export interface Sent {
  /** First and last frames, ascending. */
  spans: [number, number][];
  /** Its key frames, ascending; null if every label stands for itself. */
  keys: number[] | null;
  /** The label on a frame that is here. */
  label(frame: number): Label | undefined;
}

export interface Course {
  /** In order, none over another. */
  pieces: Piece[];
  sent: Sent;
  /** How many frames the video has. */
  count: number;
}

export const NOTHING_SENT: Sent = { spans: [], keys: null, label: () => undefined };

export const spansOf = (track: SentTrack): [number, number][] =>
  Array.from({ length: track.spans.length / 2 }, (_, i) => [track.spans[2 * i]!, track.spans[2 * i + 1]!]);

const covers = (p: { first: number; last: number }, frame: number): boolean => p.first <= frame && frame <= p.last;

/** The edited piece that a frame is in; of several the one that begins last. */
export function pieceAt(pieces: Piece[], frame: number): Piece | undefined {
  let found: Piece | undefined;
  for (const p of pieces) if (covers(p, frame) && (!found || p.first >= found.first)) found = p;
  return found;
}

export const wasSent = (sent: Sent, frame: number): boolean => sent.spans.some(([a, b]) => a <= frame && frame <= b);

/** A piece's label on a frame. */
export const labelOf = (p: Piece, frame: number): Label | null =>
  p.label && p.toward && p.towardFrame !== undefined && frame > p.first ? between(p.label, p.toward, (frame - p.first) / (p.towardFrame - p.first)) : p.label;

export function isVisible({ pieces, sent }: Course, frame: number): boolean {
  const p = pieceAt(pieces, frame);
  return p ? p.label !== null : wasSent(sent, frame);
}

/** What the track looks like on a frame; null where it is not. */
export function labelAt(course: Course, frame: number): Label | null {
  const p = pieceAt(course.pieces, frame);
  return p ? labelOf(p, frame) : course.sent.label(frame) ?? null;
}

const isSentKey = (sent: Sent, frame: number): boolean => wasSent(sent, frame) && (sent.keys === null || sent.keys.includes(frame));

/** Whether somebody set the track on this frame, rather than that it is on its way there. */
export function isKey(course: Course, frame: number): boolean {
  const p = pieceAt(course.pieces, frame);
  return p ? p.label !== null && p.first === frame : isSentKey(course.sent, frame);
}

/** The nearest key frame before or after a frame, where the track begins and ends to be outside included; null if there is none. */
export function nextKey(course: Course, frame: number, step: 1 | -1): number | null {
  const candidates = course.pieces.map((p) => p.first);
  const { sent } = course;
  const free = (f: number) => !pieceAt(course.pieces, f);
  if (sent.keys) candidates.push(...sent.keys.filter(free));
  else {
    const near = frame + step;
    for (const [a, b] of sent.spans) {
      // Every frame of a span is a key frame; the next one that no piece covers is enough.
      let f = step > 0 ? Math.max(a, near) : Math.min(b, near);
      while (f >= a && f <= b && !free(f)) {
        const p = pieceAt(course.pieces, f)!;
        f = step > 0 ? p.last + 1 : p.first - 1;
      }
      if (f >= a && f <= b) candidates.push(f);
    }
  }
  const ahead = candidates.filter((f) => (step > 0 ? f > frame : f < frame));
  return ahead.length === 0 ? null : step > 0 ? Math.min(...ahead) : Math.max(...ahead);
}

/** The sent key frames around a frame of a span, as far as no piece is between; of a frame that is one itself those beside it. */
function sentKeysAround(course: Course, frame: number): [number, number] {
  const span = course.sent.spans.find(([a, b]) => a <= frame && frame <= b)!;
  if (!course.sent.keys) return [frame - 1, frame + 1];
  let before = frame - 1;
  let after = frame + 1;
  for (const k of course.sent.keys) {
    if (k < frame && k >= span[0]) before = k;
    if (k > frame && k <= span[1]) { after = k; break; }
  }
  for (const p of course.pieces) {
    if (p.last < frame) before = Math.max(before, p.last + 1);
    if (p.first > frame) after = Math.min(after, p.first);
  }
  return [before, after];
}

/** Frames whose sent labels a change on a frame needs to know. */
export function framesNeeded(course: Course, frame: number): number[] {
  if (!wasSent(course.sent, frame) || pieceAt(course.pieces, frame)) return [frame, frame - 1, frame + 1].filter((f) => wasSent(course.sent, f));
  return [...sentKeysAround(course, frame), frame, frame - 1, frame + 1].filter((f) => wasSent(course.sent, f));
}

/** Pieces without some frames; the rest of one begins with a key frame. */
export function cleared(pieces: Piece[], first: number, last: number): Piece[] {
  return pieces.flatMap((p) => {
    if (p.last < first || p.first > last) return [p];
    const rest: Piece[] = [];
    if (p.first < first) rest.push({ ...p, last: first - 1 });
    if (p.last > last) rest.push(from(p, last + 1));
    return rest;
  });
}

/** The part of a piece from a frame on. */
const from = (p: Piece, first: number): Piece => ({ ...p, first, label: labelOf(p, first) });

/** The parts of pieces that are on some frames. */
export const within = (pieces: Piece[], first: number, last: number): Piece[] =>
  pieces.filter((p) => p.first <= last && p.last >= first).map((p) => ({ ...(p.first < first ? from(p, first) : p), last: Math.min(p.last, last) }));

/** Pieces with one laid over them. */
export const laid = (pieces: Piece[], piece: Piece): Piece[] => [...cleared(pieces, piece.first, piece.last), piece].sort((a, b) => a.first - b.first);

const toward = (frame: number | undefined, label: Label | null | undefined): Partial<Piece> => (frame !== undefined && label ? { towardFrame: frame, toward: label } : {});

const still = ({ first, last, label }: Piece): Piece => ({ first, last, label });

/** Pieces of which those that move to a frame know what is there now. */
const led = (pieces: Piece[], frame: number, label: Label): Piece[] => pieces.map((p) => (p.towardFrame === frame && p.first < frame ? { ...p, toward: label } : p));

/** A key frame: the track looks so on this frame, and moves between it and its neighbours. */
export function withKey(course: Course, frame: number, label: Label): Piece[] {
  const p = pieceAt(course.pieces, frame);
  if (p && p.label) {
    if (p.first === frame) return led(laid(course.pieces, { ...p, label }), frame, label);
    const before: Piece = { ...still(p), last: frame - 1, towardFrame: frame, toward: label };
    const after: Piece = { ...still(p), first: frame, label, ...(p.towardFrame !== undefined && p.towardFrame > frame ? toward(p.towardFrame, p.toward) : {}) };
    return laid(laid(course.pieces, before), after);
  }
  if (p) return laid(course.pieces, { first: frame, last: p.last, label });
  if (!wasSent(course.sent, frame)) return laid(course.pieces, { first: frame, last: freeUntil(course, frame), label });
  const [a, b] = sentKeysAround(course, frame);
  let pieces = course.pieces;
  if (a < frame - 1) pieces = laid(pieces, { first: a, last: frame - 1, label: course.sent.label(a) ?? label, towardFrame: frame, toward: label });
  pieces = laid(pieces, { first: frame, last: b - 1, label, ...(b > frame + 1 ? toward(b, labelAt(course, b)) : {}) });
  return led(pieces, frame, label);
}

/** The last frame before something else of the track begins. */
function freeUntil(course: Course, frame: number): number {
  const begins = [...course.pieces.map((p) => p.first), ...course.sent.spans.map(([a]) => a)].filter((f) => f > frame);
  return Math.min(course.count, ...begins.map((f) => f - 1));
}

/** Without the key frame: the track moves from the one before to the one after, or begins later. */
export function withoutKey(course: Course, frame: number): Piece[] {
  if (!isKey(course, frame)) return course.pieces;
  const own = pieceAt(course.pieces, frame);
  const last = own ? own.last : sentKeysAround(course, frame)[1] - 1;
  const next: Partial<Piece> = own?.toward ? toward(own.towardFrame, own.toward) : toward(last + 1, isVisible(course, last + 1) ? labelAt(course, last + 1) : null);
  if (!isVisible(course, frame - 1)) return outside(course, frame, last);
  const before = pieceAt(course.pieces, frame - 1);
  if (before) return laid(course.pieces, { ...still(before), last, ...next });
  const first = isSentKey(course.sent, frame - 1) ? frame - 1 : sentKeysAround(course, frame - 1)[0];
  return laid(course.pieces, { first, last, label: course.sent.label(first) ?? labelAt(course, frame), ...next });
}

/** The track on none of these frames. */
export function outside(course: Course, first: number, last: number): Piece[] {
  const pieces = laid(course.pieces, { first, last, label: null });
  return course.sent.spans.some(([a, b]) => a <= last && b >= first) ? pieces : pieces.filter((p) => p.first !== first);
}

/** Outside from a frame until the next key frame; an outside that begins here is taken back. */
export function toggledOutside(course: Course, frame: number, back: Label | null): Piece[] {
  const p = pieceAt(course.pieces, frame);
  if (isVisible(course, frame)) {
    if (p) return outside(course, frame, p.last);
    return outside(course, frame, sentKeysAround(course, frame)[1] - 1);
  }
  if (p && p.first === frame && wasSent(course.sent, frame)) return course.pieces.filter((q) => q !== p);
  return back ? withKey(course, frame, back) : course.pieces;
}

/** Nothing of the track from a frame on. */
export const endedBefore = (course: Course, frame: number): Piece[] => outside(course, frame, course.count);

/** The frames on which the track is, as first and last, ascending. */
export function visibleSpans({ pieces, sent, count }: Course): [number, number][] {
  const edges = new Set<number>([1, count + 1]);
  for (const [a, b] of sent.spans) edges.add(a).add(b + 1);
  for (const p of pieces) edges.add(p.first).add(p.last + 1);
  const sorted = [...edges].sort((a, b) => a - b);
  const out: [number, number][] = [];
  sorted.forEach((from, i) => {
    const to = (sorted[i + 1] ?? count + 1) - 1;
    if (to < from || !isVisible({ pieces, sent, count }, from)) return;
    const before = out.at(-1);
    if (before && before[1] === from - 1) before[1] = to;
    else out.push([from, to]);
  });
  return out;
}
