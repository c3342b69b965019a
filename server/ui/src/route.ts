// The address bar as state: /datasets/D, /datasets/D/samples/ID, /datasets/D/evaluations/KEY, /datasets/D/runs/KEY[/ID].
import { useSyncExternalStore } from 'react';

export type Route =
  | { page: 'home' }
  | { page: 'grid'; dataset: string }
  | { page: 'sample'; dataset: string; sample: string }
  | { page: 'evaluation'; dataset: string; evaluation: string }
  | { page: 'editor'; dataset: string; run: string; sample: string | null };

const listeners = new Set<() => void>();

export function parse(path: string): Route {
  const parts = path.split('/').filter(Boolean).map(decodeURIComponent);
  const [root, dataset, kind, id, sample] = parts;
  if (root !== 'datasets' || !dataset) return { page: 'home' };
  if (kind === 'samples' && id) return { page: 'sample', dataset, sample: id };
  if (kind === 'evaluations' && id) return { page: 'evaluation', dataset, evaluation: id };
  if (kind === 'runs' && id) return { page: 'editor', dataset, run: id, sample: sample ?? null };
  return { page: 'grid', dataset };
}

export function href(route: Route): string {
  const e = encodeURIComponent;
  switch (route.page) {
    case 'home': return '/';
    case 'grid': return `/datasets/${e(route.dataset)}`;
    case 'sample': return `/datasets/${e(route.dataset)}/samples/${route.sample}`;
    case 'evaluation': return `/datasets/${e(route.dataset)}/evaluations/${e(route.evaluation)}`;
    case 'editor': return `/datasets/${e(route.dataset)}/runs/${e(route.run)}${route.sample ? '/' + route.sample : ''}`;
  }
}

/** Goes to a page; `at` is the place of a sample in what is shown. */
export function go(route: Route, replace = false, at?: number): void {
  const target = href(route);
  if (target === location.pathname) return;
  const state = at === undefined ? null : { at };
  if (replace) history.replaceState(state, '', target);
  else history.pushState(state, '', target);
  listeners.forEach((l) => l());
}

/** The place, in what is shown, of the sample that this page is about; undefined if the address was typed. */
export const place = (): number | undefined => (history.state as { at?: number } | null)?.at;

/** Takes the token, which the server has turned into a cookie, out of the address bar. */
export function dropToken(): void {
  const url = new URL(location.href);
  if (url.searchParams.has('token')) {
    url.searchParams.delete('token');
    history.replaceState(null, '', url.pathname + url.search + url.hash);
  }
}

window.addEventListener('popstate', () => listeners.forEach((l) => l()));

export const usePath = (): string =>
  useSyncExternalStore((l) => (listeners.add(l), () => listeners.delete(l)), () => location.pathname);
