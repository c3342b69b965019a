// The labels of a sample or frame in one list, each with its field.
import type { Label, Sample } from '../api/client';

export interface Placed { field: string; label: Label }

export const flatten = (labels: Sample['labels'], fields: string[]): Placed[] =>
  fields.flatMap((field) => (labels[field]?.labels ?? []).map((label) => ({ field, label })));
