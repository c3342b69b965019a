import { describe, expect, test } from 'vitest';
import type { Field } from '../src/api/client';
import { DATASET_ORDER, describe as inWords, stage, toStages, WHOLE } from '../src/model/filters';
import { justify } from '../src/grid/justify';

const fields: Field[] = [
  { name: 'predictions', type: 'Detections', label: true, list: 'detections', properties: [] },
  { name: 'weather', type: 'Classification', label: true, list: '', properties: [] },
];

describe('filters as view stages', () => {
  test('class, outcome and confidence make one stage', () => {
    const stages = toStages({ ...WHOLE, filters: { predictions: { classes: ['car'], outcomes: ['fp'], confidence: [0.8, 1] } } }, fields);
    expect(stages).toEqual([{
      _cls: 'fiftyone.core.stages.FilterLabels',
      kwargs: [['field', 'predictions'], ['filter', { $and: [{ $in: ['$$this.label', ['car']] }, { $in: ['$$this.eval', ['fp']] }, { $gte: ['$$this.confidence', 0.8] }] }], ['only_matches', true], ['trajectories', false]],
    }]);
  });

  test('most confident first sorts by what the filters left', () => {
    const stages = toStages({ ...WHOLE, sort: { by: 'confidence', field: 'predictions', descending: true } }, fields);
    expect(stages[0]?.kwargs).toEqual([['field_or_expr', { $max: '$predictions.detections.confidence' }], ['reverse', true], ['create_index', true]]);
  });

  test('a saved view goes before the filters and has its name', () => {
    const limit = stage('Limit', ['limit', 3]);
    const view = { ...WHOLE, stages: [limit], saved: 'first three', filters: { weather: { classes: ['sunny'], outcomes: [], confidence: null } } };
    expect(toStages(view, fields)[0]).toEqual(limit);
    expect(inWords(view).map((chip) => chip.text)).toEqual(['view: first three', 'weather: sunny']);
  });

  test('nothing set is the whole dataset', () => {
    expect(toStages({ ...WHOLE, sort: DATASET_ORDER, filters: { predictions: { classes: [], outcomes: [], confidence: null } } }, fields)).toEqual([]);
  });
});

describe('rows of pictures', () => {
  const width = 1000;
  const rows = justify([1.5, 1.5, 0.7, 2, 1, 1, 1.5, 1], width, 200, 4, false);

  test('hold every picture once', () => {
    expect(rows.flatMap((r) => r.widths.map((_, i) => r.first + i))).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  test('never stick out and fill the width but for the last', () => {
    for (const row of rows) {
      const total = row.widths.reduce((a, b) => a + b, 0) + 4 * (row.widths.length - 1);
      expect(total).toBeLessThanOrEqual(width);
      if (row !== rows.at(-1)) expect(total).toBeGreaterThan(width - row.widths.length - 1);
    }
  });

  test('a lone last row is merged when more rows follow', () => {
    const some = justify([1.5, 1.5, 1.5, 1.5, 1.5], 900, 200, 0, true);
    expect(some.every((r) => r.widths.reduce((a, b) => a + b, 0) > 890)).toBe(true);
  });
});
