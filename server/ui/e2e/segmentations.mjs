// Segmentations in the editor: classes painted, erased, filled, undone, restricted, and in the dataset pixel for pixel.
import { execFileSync } from 'node:child_process';
import { args, check, drag, editorReady, play, saved, scene, shot, toScreen } from './browser.mjs';
import { decode, stored } from './pixels.mjs';

const stamp = Date.now().toString(36);
const dataset = 'quickstart';
const [first, fixed, again, colours] = ['first_', 'fixed_', 'again_', 'colours_'].map((k) => k + stamp);
const field = 'surface_' + stamp;
const painted = 'paint_' + stamp;
const postil = (...words) => execFileSync(args.postil, words, { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'inherit'] });
const load = (key) => JSON.parse(postil('load-annotations', dataset, key, '--json')).total;
const annotate = (key, ...words) => postil('annotate', dataset, key, '--view', 'limit(2)', ...words);
const targets = JSON.stringify({ 1: 'road', 2: 'sky', 0: 'background' });
annotate(first, '--label-field', field, '--label-type', 'segmentation', '--mask-targets', targets);
annotate(colours, '--label-field', painted, '--label-type', 'segmentation', '--mask-targets', JSON.stringify({ '#ff8000': 'lane' }));

const count = (mask, value) => decode(mask).reduce((sum, v) => sum + (v === value ? 1 : 0), 0);

await play({ colorScheme: 'dark' }, async ({ page }) => {
  const read = async (path) => (await page.request.get(new URL(`/api/v1/datasets/${dataset}/${path}`, args.url).href)).json();
  const served = async (key, name = field) => { await saved(page); return (await read(`runs/${key}/tasks/${sample}`)).labels[name]?.labels[0].mask; };
  const inDataset = (name) => stored(JSON.parse(postil('datasets', 'head', dataset, '--select', sample, '--json'))[0][name].mask.$binary.base64);
  const open = async (key) => {
    await page.goto(new URL(`/datasets/${dataset}/runs/${key}`, args.url).href);
    await editorReady(page);
    await page.locator('[data-testid=stage]').focus();
  };
  const stroke = async (from, to) => drag(page, await toScreen(page, ...from), await toScreen(page, ...to));
  await page.goto(args.url);
  await page.locator('[data-sample]').first().waitFor();
  await open(first);
  const sample = page.url().split('/').pop();
  const { width, height } = (await read(`runs/${first}/tasks/${sample}`)).metadata;

  // ---- a new segmentation
  await page.keyboard.press('b');
  await page.keyboard.press('2');
  await stroke([0.2, 0.2], [0.6, 0.2]);
  const { brushSize } = await scene(page);
  const sky = await served(first);
  const area = brushSize * 0.4 * width;
  check(sky.width === width && sky.height === height, 'a new segmentation has the size of the picture');
  check(Math.abs(count(sky, 2) - area) < 0.1 * area && count(sky, 1) === 0, 'the brush gives pixels the chosen class');

  await page.keyboard.press('1');
  await page.keyboard.press('p');
  for (const p of [[0.1, 0.7], [0.9, 0.7], [0.9, 0.95], [0.1, 0.95]]) await page.mouse.click(...await toScreen(page, ...p));
  await page.keyboard.press('Enter');
  const road = await served(first);
  const square = 0.8 * width * 0.25 * height;
  check(Math.abs(count(road, 1) - square) < 0.05 * square && count(road, 2) === count(sky, 2), 'an outline is filled with another class');
  await page.keyboard.press('b');
  await stroke([0.4, 0.1], [0.4, 0.9]);
  const crossed = await served(first);
  check(count(crossed, 1) > count(road, 1) && count(crossed, 2) < count(sky, 2), 'painting a class over another replaces it');
  await page.keyboard.press('e');
  await stroke([0.5, 0.1], [0.5, 0.9]);
  const erased = await served(first);
  check(count(erased, 0) > count(crossed, 0), 'the eraser leaves the background');
  await page.keyboard.press('Control+z');
  check((await served(first)).runs === crossed.runs, 'undo takes back one stroke, to the pixel');
  await shot(page, 'segmentation-dark');
  await page.keyboard.press('Escape');
  await page.reload();
  await editorReady(page);
  check((await served(first)).runs === crossed.runs, 'it is there after a reload');
  await page.locator('[data-testid=stage]').focus();
  await page.keyboard.press('Delete');
  check(await served(first) === undefined, 'Del deletes it whole');
  await page.keyboard.press('Control+z');
  check((await served(first)).runs === crossed.runs, 'and undo brings it back');
  await page.setViewportSize({ width: 400, height: 800 });
  await page.keyboard.press('b');
  await shot(page, 'segmentation-400');
  await page.setViewportSize({ width: 1280, height: 800 });
  check(load(first).added === 1, 'it is loaded');
  check(Buffer.from(Uint8Array.from(decode(crossed))).equals(inDataset(field)), 'the dataset has the pixels that were painted');

  // ---- one that was there
  annotate(fixed, '--label-field', field, '--mask-targets', targets, '--no-allow-spatial-edits');
  annotate(again, '--label-field', field, '--mask-targets', targets);
  await open(fixed);
  await page.keyboard.press('b');
  check((await scene(page)).tool === 'select' && (await page.getByTestId('restrictions').textContent()).includes('places fixed'), 'where places are fixed nothing can be painted');
  await open(again);
  await page.keyboard.press('e');
  await stroke([0.3, 0.2], [0.3, 0.9]);
  await page.keyboard.press('Control+z');
  await saved(page);
  check(load(again).edited === 0, 'what was painted and taken back is as it was');
  await page.keyboard.press('Control+y');
  const less = await served(again);
  check(load(again).edited === 1 && Buffer.from(Uint8Array.from(decode(less))).equals(inDataset(field)), 'a changed mask replaces the one of the dataset');

  // ---- colours as values
  await open(colours);
  await page.keyboard.press('b');
  await stroke([0.5, 0.5], [0.7, 0.5]);
  const lane = await served(colours, painted);
  check(count(lane, 0xff8000) > 0 && load(colours).added === 1, 'targets may be colours');
  const rgb = inDataset(painted);
  const at = decode(lane).indexOf(0xff8000) * 3;
  check(rgb.length === width * height * 3 && rgb[at] === 255 && rgb[at + 1] === 128 && rgb[at + 2] === 0, 'which the dataset has as red, green and blue');
});
for (const key of [first, fixed, again, colours]) postil('runs', 'delete', dataset, key);
