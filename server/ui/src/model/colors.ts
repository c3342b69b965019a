// One colour a class, the same on every page of a tab. The first names met get colours that are easy
// to tell apart; a name met before its turn is hashed.
import type { Sample } from '../api/client';

const WHEEL = ['#e6194b', '#3cb44b', '#4363d8', '#f58231', '#42d4f4', '#f032e6', '#bfef45', '#fabed4', '#2aa198', '#dcbeff',
  '#b5651d', '#ffe119', '#c0392b', '#aaffc3', '#8a8a00', '#ffd8b1', '#5b6ee1', '#ff7f7f', '#7fb3ff', '#a0a0a0'];
const STORED = 'postil.colors';
const known = new Map<string, string>(stored());

function stored(): [string, string][] {
  try {
    return JSON.parse(globalThis.sessionStorage?.getItem(STORED) ?? '[]');
  } catch {
    return [];
  }
}

/** Gives colours to names, in alphabetical order, where they have none. */
export function learnClasses(names: Iterable<string>): void {
  const before = known.size;
  for (const name of [...new Set(names)].sort()) {
    if (!known.has(name)) known.set(name, WHEEL[known.size % WHEEL.length]!);
  }
  if (known.size > before) globalThis.sessionStorage?.setItem(STORED, JSON.stringify([...known]));
}

/** The classes of the labels of samples or frames. */
export function classesOf(shown: Pick<Sample, 'labels'>[]): string[] {
  return shown.flatMap((s) => Object.values(s.labels).flatMap((g) => g.labels.flatMap((l) => l.label ?? [])));
}

export function classColor(name: string | undefined): string {
  const key = name ?? '';
  const color = known.get(key);
  if (color) return color;
  let hash = 7;
  for (let i = 0; i < key.length; i++) hash = (hash * 31 + key.charCodeAt(i)) | 0;
  return WHEEL[Math.abs(hash) % WHEEL.length]!;
}

export function withAlpha(color: string, alpha: number): string {
  return color + Math.round(alpha * 255).toString(16).padStart(2, '0');
}

/** Black or white, whichever is read more easily on a colour. */
export function textOn(color: string): string {
  const [r, g, b] = [1, 3, 5].map((i) => parseInt(color.slice(i, i + 2), 16) / 255) as [number, number, number];
  const linear = (c: number) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b) > 0.18 ? '#000000' : '#ffffff';
}
