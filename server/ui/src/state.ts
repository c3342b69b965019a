// What the user set on the page of a dataset; kept for the tab, so that reloading changes nothing.
import { create } from 'zustand';
import { NO_FILTER, WHOLE, type FieldFilter, type Sort, type ViewState } from './model/filters';
import type { Stage } from './api/client';

export interface Anchor { id: string; at: number; top: number | null }

interface Explore {
  dataset: string;
  view: ViewState;
  selected: string[];
  hidden: string[];
  /** Fields whose filters are unfolded. */
  expanded: string[];
  zoom: number;
  /** The sample that was looked at last, so that the grid shows it again: its place, and where on the screen its picture was. */
  anchor: Anchor | null;
  open(dataset: string): void;
  setFilter(field: string, change: Partial<FieldFilter>): void;
  setTags(tags: string[]): void;
  setSort(sort: Sort): void;
  /** Shows stages in place of all filters; `saved` is the name of the saved view they are. */
  setStages(stages: Stage[], saved?: string): void;
  clear(key?: string): void;
  toggleSelected(id: string): void;
  clearSelection(): void;
  toggleHidden(field: string): void;
  toggleExpanded(field: string): void;
  setZoom(zoom: number): void;
  setAnchor(anchor: Anchor): void;
}

const stored = (dataset: string): ViewState => {
  try {
    return { ...WHOLE, ...JSON.parse(sessionStorage.getItem('postil.view.' + dataset) ?? '{}') };
  } catch {
    return WHOLE;
  }
};

export const useExplore = create<Explore>((set, get) => {
  const setView = (view: ViewState) => {
    sessionStorage.setItem('postil.view.' + get().dataset, JSON.stringify(view));
    set({ view, selected: [], anchor: null });
  };
  return {
    dataset: '',
    view: WHOLE,
    selected: [],
    hidden: [],
    expanded: [],
    zoom: 210,
    anchor: null,
    open: (dataset) => { if (get().dataset !== dataset) set({ dataset, view: stored(dataset), selected: [], hidden: [], expanded: [], anchor: null }); },
    setFilter: (field, change) => {
      const { view } = get();
      setView({ ...view, filters: { ...view.filters, [field]: { ...NO_FILTER, ...view.filters[field], ...change } } });
    },
    setTags: (tags) => setView({ ...get().view, tags }),
    setSort: (sort) => setView({ ...get().view, sort }),
    setStages: (stages, saved = '') => setView({ ...WHOLE, stages, saved }),
    clear: (key) => {
      const { view } = get();
      if (key === undefined) setView({ ...WHOLE, sort: view.sort });
      else if (key === 'tags') setView({ ...view, tags: [] });
      else if (key === 'stages') setView({ ...view, stages: [], saved: '' });
      else setView({ ...view, filters: { ...view.filters, [key]: NO_FILTER } });
    },
    toggleSelected: (id) => set((s) => ({ selected: s.selected.includes(id) ? s.selected.filter((x) => x !== id) : [...s.selected, id] })),
    clearSelection: () => set({ selected: [] }),
    toggleHidden: (field) => set((s) => ({ hidden: s.hidden.includes(field) ? s.hidden.filter((x) => x !== field) : [...s.hidden, field] })),
    toggleExpanded: (field) => set((s) => ({ expanded: s.expanded.includes(field) ? s.expanded.filter((x) => x !== field) : [...s.expanded, field] })),
    setZoom: (zoom) => set({ zoom }),
    setAnchor: (anchor) => set((s) => ({ anchor: { ...anchor, top: anchor.top ?? (s.anchor?.id === anchor.id ? s.anchor.top : null) } })),
  };
});
