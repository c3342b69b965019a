// What the sidebar sets, and the view stages it means (FiftyOne's serialised form).
import type { Field, Stage } from '../api/client';

export interface FieldFilter {
  classes: string[];
  outcomes: string[];
  confidence: [number, number] | null;
}

export interface Sort {
  by: 'dataset' | 'confidence' | 'count' | 'value';
  field: string;
  descending: boolean;
}

export interface ViewState {
  filters: Record<string, FieldFilter>;
  /** Only samples with one of these tags; all if there are none. */
  tags: string[];
  sort: Sort;
  /** Only these samples, as when samples were chosen by hand or a run's view is shown. */
  stages: Stage[];
  /** The name of the saved view that the stages are, or empty. */
  saved: string;
}

export const NO_FILTER: FieldFilter = { classes: [], outcomes: [], confidence: null };
export const DATASET_ORDER: Sort = { by: 'dataset', field: '', descending: false };
export const WHOLE: ViewState = { filters: {}, tags: [], sort: DATASET_ORDER, stages: [], saved: '' };

export const isActive = (f: FieldFilter | undefined): boolean =>
  f !== undefined && (f.classes.length > 0 || f.outcomes.length > 0 || f.confidence !== null);

export const stage = (name: string, ...kwargs: [string, unknown][]): Stage => ({
  _cls: 'fiftyone.core.stages.' + name,
  kwargs,
});

export const selectStage = (ids: string[]): Stage => stage('Select', ['sample_ids', ids], ['ordered', false]);

function condition(filter: FieldFilter): unknown {
  const parts: unknown[] = [];
  if (filter.classes.length > 0) parts.push({ $in: ['$$this.label', filter.classes] });
  if (filter.outcomes.length > 0) parts.push({ $in: ['$$this.eval', filter.outcomes] });
  if (filter.confidence) {
    parts.push({ $gte: ['$$this.confidence', filter.confidence[0]] });
    if (filter.confidence[1] < 1) parts.push({ $lte: ['$$this.confidence', filter.confidence[1]] });
  }
  return parts.length === 1 ? parts[0] : { $and: parts };
}

function sortStage(sort: Sort, fields: Field[]): Stage[] {
  const field = fields.find((f) => f.name === sort.field);
  if (sort.by === 'dataset' || !field) return [];
  const path = '$' + field.name + (field.list ? '.' + field.list : '');
  const expression = sort.by === 'confidence'
    ? { [sort.descending ? '$max' : '$min']: path + '.confidence' }
    : sort.by === 'count' ? { $size: { $ifNull: [path, []] } } : field.name;
  return [stage('SortBy', ['field_or_expr', expression], ['reverse', sort.descending], ['create_index', true])];
}

/** The stages of a view: chosen samples, then tags and filters, then the sort. */
export function toStages(view: ViewState, fields: Field[]): Stage[] {
  const out = [...view.stages];
  if (view.tags.length > 0) out.push(stage('MatchTags', ['tags', view.tags], ['bool', true], ['all', false]));
  for (const field of fields) {
    const filter = view.filters[field.name];
    if (!filter || !isActive(filter)) continue;
    if (field.list) {
      out.push(stage('FilterLabels', ['field', field.name], ['filter', condition(filter)], ['only_matches', true], ['trajectories', false]));
    } else {
      out.push(stage('FilterField', ['field', field.name], ['filter', condition(filter)], ['only_matches', true]));
    }
  }
  return [...out, ...sortStage(view.sort, fields)];
}

/** The view in a few words, for chips and the request dialog. */
export function describe(view: ViewState): { key: string; text: string }[] {
  const out: { key: string; text: string }[] = [];
  if (view.saved) {
    out.push({ key: 'stages', text: `view: ${view.saved}` });
  } else if (view.stages.length > 0) {
    const ids = view.stages[0]?._cls.endsWith('.Select') ? (view.stages[0].kwargs[0]?.[1] as unknown[]) : null;
    out.push({ key: 'stages', text: ids && view.stages.length === 1 ? `${ids.length} chosen` : `${view.stages.length} view stage${view.stages.length > 1 ? 's' : ''}` });
  }
  if (view.tags.length > 0) out.push({ key: 'tags', text: `tagged ${view.tags.join(' or ')}` });
  for (const [field, f] of Object.entries(view.filters)) {
    if (!isActive(f)) continue;
    const parts: string[] = [];
    if (f.classes.length > 0) parts.push(f.classes.length > 2 ? `${f.classes.length} classes` : f.classes.join(', '));
    if (f.outcomes.length > 0) parts.push(f.outcomes.join(', '));
    if (f.confidence) parts.push(`${f.confidence[0].toFixed(2)}–${f.confidence[1].toFixed(2)}`);
    out.push({ key: field, text: `${field}: ${parts.join(' · ')}` });
  }
  return out;
}
