// An evaluation's report, made by the command line and opened as a file: plots are drawn, numbers can be copied as views that
// work, it fits a telephone, asks for nothing. Needs --postil=COMMAND, and POSTIL_HOME to be that of the server.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { args, check, play, shot, until } from './browser.mjs';

const postil = (...words) => execFileSync(args.postil, words, { encoding: 'utf8' });
const folder = mkdtempSync(join(tmpdir(), 'report-'));
const file = join(folder, 'report.html');
const api = '/api/v1/datasets/quickstart/evaluations';

await play({}, async ({ page }) => {
  postil('evaluate', 'detections', 'quickstart', 'predictions', '--gt-field', 'ground_truth', '--eval-key', 'told', '--compute-map', '--report', file);

  await page.goto(pathToFileURL(file).href);
  await until('the report is drawn', () => page.locator('table.matrix td').count());
  check((await page.title()).includes('“told” of quickstart'), 'the report is titled');
  const curves = await page.locator('polyline.curve').count();
  check(curves >= 2, `${curves} curves are drawn`);
  check((await page.locator('svg rect').count()) === 40, 'the confidences of right and wrong predictions are drawn');
  await page.locator('.legend button').nth(1).click();
  check((await page.locator('polyline.curve').count()) === curves - 1, 'a class can be hidden');
  await page.getByLabel('IoU').selectOption('0');
  await shot(page, 'report-1280');

  await page.locator('.classes .copy').first().click();
  // The browser's clipboard answers later than the click.
  const view = (await until('a number is copied', () => page.locator('#said').textContent())).replace('Copied: ', '');
  check(view.startsWith('filterLabels(predictions, label == '), `a number is copied as ${view}`);
  check(/shows [1-9]\d* samples/.test(postil('views', 'save', 'quickstart', 'copied', '--view', view)), 'the command line takes that view');
  postil('views', 'delete', 'quickstart', 'copied');

  await page.setViewportSize({ width: 400, height: 800 });
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  check(width <= 400, `on 400 pixels it is ${width} wide`);
  await shot(page, 'report-400');

  // The same numbers by REST, where every answer is held against its description.
  await page.goto(args.url);
  const get = (path) => page.evaluate((p) => fetch(p).then((r) => r.json()), path);
  check((await get(api)).some((e) => e.key === 'told' && e.mAP > 0), 'the evaluation is listed');
  check((await get(api + '/told')).confusion.counts.length > 1, 'it has a confusion matrix');
  check((await get(api + '/told/curves')).thresholds.length === 10, 'it has curves');
  await page.evaluate((p) => fetch(p, { method: 'DELETE' }), api + '/told');
  check((await get(api)).every((e) => e.key !== 'told'), 'it is deleted');
});
rmSync(folder, { recursive: true });
