// Polylines, polygons and keypoints in the editor: drawn, changed point by point, loaded into the dataset.
import { execFileSync } from 'node:child_process';
import { args, check, drag, editorReady, play, saved, scene, shot, toScreen, until } from './browser.mjs';

const key = 'points_' + Date.now().toString(36);
const dataset = 'quickstart';
const postil = (...words) => execFileSync(args.postil, words, { stdio: ['ignore', 'ignore', 'inherit'] });
const schema = { areas: { type: 'polygons', classes: ['road', 'sky'] }, lanes: { type: 'polylines', classes: ['lane'] }, keypoints: {} };
postil('annotate', dataset, key, '--label-schema', JSON.stringify(schema), '--view', 'limit(2)');

const labels = async (page, field) => (await scene(page)).labels[field]?.labels ?? [];
const near = (p, q) => Math.hypot(p[0] - q[0], p[1] - q[1]) < 0.004;
const all = (points, wanted) => points.length === wanted.length && points.every((p, i) => (p === null ? wanted[i] === null : near(p, wanted[i])));
const click = async (page, p) => page.mouse.click(...await toScreen(page, ...p));
const choose = (page, field) => page.getByRole('radiogroup', { name: 'field' }).getByText(field, { exact: true }).click();
const hint = (page) => page.locator('.stage-hint').textContent();

await play({}, async ({ page }) => {
  await page.goto(args.url);
  await page.locator('[data-sample]').first().waitFor();
  await page.goto(new URL(`/datasets/${dataset}/runs/${key}`, args.url).href);
  await editorReady(page);
  const sample = page.url().split('/').pop();
  const stage = page.locator('[data-testid=stage]');

  // ---- a polygon
  await choose(page, 'areas');
  await stage.focus();
  await page.keyboard.press('2');
  await page.keyboard.press('n');
  check((await hint(page)).includes('Click each corner'), 'it says how a polygon is drawn');
  const corners = [[0.2, 0.1], [0.4, 0.1], [0.4, 0.3], [0.2, 0.3]];
  for (const p of corners) await click(page, p);
  await click(page, [0.3, 0.5]);
  await page.keyboard.press('Backspace');
  check((await scene(page)).sketch.length === 4, 'Backspace takes the last point back');
  await page.keyboard.press('Control+z');
  await click(page, corners[3]);
  await shot(page, 'polygon-1280');
  await click(page, corners[0]);
  let [area] = await labels(page, 'areas');
  check(area.cls === 'Polyline' && area.label === 'sky' && area.closed && area.filled && all(area.points[0], corners), 'a click on the first point ends a polygon');

  await drag(page, await toScreen(page, 0.4, 0.3), await toScreen(page, 0.45, 0.35));
  [area] = await labels(page, 'areas');
  check(near(area.points[0][2], [0.45, 0.35]) && near(area.points[0][1], corners[1]), 'a point is moved alone');
  await drag(page, await toScreen(page, 0.3, 0.1), await toScreen(page, 0.3, 0.05));
  [area] = await labels(page, 'areas');
  check(area.points[0].length === 5 && near(area.points[0][1], [0.3, 0.05]), 'the middle of an edge makes a new point');
  await page.mouse.dblclick(...await toScreen(page, 0.3, 0.05));
  [area] = await labels(page, 'areas');
  check(area.points[0].length === 4, 'a double click takes a point out');
  await drag(page, await toScreen(page, 0.3, 0.2), await toScreen(page, 0.35, 0.25));
  [area] = await labels(page, 'areas');
  check(near(area.points[0][0], [0.25, 0.15]) && near(area.points[0][2], [0.5, 0.4]), 'a polygon is moved as a whole');
  await page.keyboard.press('Shift+ArrowLeft');
  check((await labels(page, 'areas'))[0].points[0][0][0] < area.points[0][0][0], 'arrows nudge it');
  for (let i = 0; i < 5; i++) await page.keyboard.press('Control+z');
  check(all((await labels(page, 'areas'))[0].points[0], corners), 'undo takes all of it back, step by step');

  // ---- a polyline
  await page.keyboard.press('Escape');
  await choose(page, 'lanes');
  await stage.focus();
  await page.keyboard.press('n');
  const lane = [[0.1, 0.9], [0.3, 0.8], [0.6, 0.9]];
  for (const p of lane) await click(page, p);
  await page.keyboard.press('Enter');
  let [line] = await labels(page, 'lanes');
  check(!line.closed && !line.filled && all(line.points[0], lane), 'Enter ends a polyline');
  await page.keyboard.press('Control+d');
  check((await labels(page, 'lanes')).length === 2, 'it is duplicated');
  await page.keyboard.press('Delete');
  await page.keyboard.press('n');
  await click(page, [0.2, 0.6]);
  await click(page, [0.3, 0.6]);
  await page.keyboard.press('Escape');
  check((await labels(page, 'lanes')).length === 1 && (await scene(page)).sketch === null, 'Escape drops what is being drawn');
  await page.keyboard.press('Escape');

  // ---- keypoints with a skeleton
  await choose(page, 'keypoints');
  const before = await labels(page, 'keypoints');
  const count = before[0].points[0].length;
  await stage.focus();
  await page.keyboard.press('n');
  check((await hint(page)).includes(`(1 of ${count})`), 'it names the keypoint to click');
  await click(page, [0.7, 0.1]);
  await page.keyboard.press('m');
  await click(page, [0.72, 0.15]);
  await shot(page, 'keypoints-1280');
  await page.keyboard.press('Enter');
  const person = (await labels(page, 'keypoints')).find((l) => !before.some((b) => b.id === l.id));
  check(all(person.points[0], [[0.7, 0.1], null, [0.72, 0.15], ...Array(count - 3).fill(null)]), 'keypoints that cannot be seen are missing, the others keep their numbers');
  await page.keyboard.press('Escape');

  // ---- what is half drawn when the sample is left
  await choose(page, 'lanes');
  await stage.focus();
  await page.keyboard.press('n');
  for (const p of [[0.5, 0.5], [0.6, 0.6]]) await click(page, p);
  await page.keyboard.press('f');
  await until('the next sample opens', () => page.url().split('/').pop() !== sample);
  await editorReady(page);

  postil('load-annotations', dataset, key);
  const loaded = await (await page.request.get(new URL(`/api/v1/datasets/${dataset}/samples/${sample}`, args.url).href)).json();
  const lanes = loaded.labels.lanes.labels;
  check(lanes.length === 2 && lanes.some((l) => all(l.points[0], lane)), 'lines are in the dataset, the one that was left half drawn included');
  check(loaded.labels.areas.labels.some((l) => l.closed && l.filled && all(l.points[0], corners)), 'the polygon, too');
  check(loaded.labels.keypoints.labels.length === before.length + 1 && loaded.labels.keypoints.labels.some((l) => l.points[0][1] === null && near(l.points[0][0], [0.7, 0.1])), 'and the keypoints');
});
postil('runs', 'undo', dataset, key);
postil('runs', 'delete', dataset, key);
