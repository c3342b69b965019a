// What an evaluation marked, as views in their text form.
import type { Evaluation } from '../api/client';

export interface Outcome { name: string; view: string }

/** The views that show what was right and wrong; most mistakes first. */
export function outcomes(evaluation: Evaluation): Outcome[] {
  const { key, type, method, predictions, groundTruth } = evaluation;
  if (!key) return [];
  const labels = (name: string, field: string, outcome: string): Outcome => ({
    name,
    view: `filterLabels(${field}, ${key} == "${outcome}") | sortBy(${key}_${outcome}, desc)`,
  });
  if (type === 'detection') {
    return [labels('False positives', predictions, 'fp'), labels('Missed', groundTruth, 'fn'), labels('True positives', predictions, 'tp')];
  }
  if (type !== 'classification' || predictions.startsWith('frames.')) return [];
  if (method === 'binary') {
    return [['False positives', 'FP'], ['False negatives', 'FN'], ['True positives', 'TP'], ['True negatives', 'TN']]
      .map(([name, value]) => ({ name: name!, view: `match(${key} == "${value}")` }));
  }
  return [{ name: 'Wrong', view: `match(${key} == false)` }, { name: 'Right', view: `match(${key} == true)` }];
}
