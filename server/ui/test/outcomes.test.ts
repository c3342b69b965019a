import { expect, test } from 'vitest';
import { outcomes } from '../src/model/outcomes';

const detection = { key: 'eval', type: 'detection', method: 'coco', predictions: 'predictions', groundTruth: 'ground_truth' };

test('mistakes of detections are labels, most of them first', () => {
  expect(outcomes(detection).map((o) => o.view)).toEqual([
    'filterLabels(predictions, eval == "fp") | sortBy(eval_fp, desc)',
    'filterLabels(ground_truth, eval == "fn") | sortBy(eval_fn, desc)',
    'filterLabels(predictions, eval == "tp") | sortBy(eval_tp, desc)',
  ]);
});

test('mistakes of classifications are samples', () => {
  expect(outcomes({ ...detection, type: 'classification', method: 'simple' }).map((o) => o.view)).toEqual(['match(eval == false)', 'match(eval == true)']);
  expect(outcomes({ ...detection, type: 'classification', method: 'binary' }).map((o) => o.name)).toContain('False negatives');
});

test('an evaluation that left no marks has nothing to show', () => {
  expect(outcomes({ ...detection, key: undefined })).toEqual([]);
  expect(outcomes({ ...detection, type: 'regression' })).toEqual([]);
});
