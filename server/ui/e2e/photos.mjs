// Real pictures, by command line and editor: photographs get a new field with two classes and an attribute; a COCO file of another
// tool is corrected. Both are exported at the end.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { args, boxes, check, clickLabel, drag, editorReady, play, reachable, saved, shot, toScreen, until } from './browser.mjs';

// As in a container: no language is set, and names have letters beyond ASCII.
const env = { ...process.env, LANG: '', LC_ALL: 'C' };
const name = 'Fotos für 東京';
const postil = (...words) => execFileSync(args.postil, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], env });
const json = (...words) => JSON.parse(postil(...words, '--json'));
const folder = mkdtempSync(join(tmpdir(), name));

/** Opens the editor on a run, as a link to colleagues would. */
async function openEditor(page, dataset, run) {
  const address = new URL(args.url);
  address.pathname = `/datasets/${dataset}/runs/${run}`;
  await page.goto(address.href);
  await editorReady(page);
}

/** The exported labels file of a dataset. */
function exported(dataset, field) {
  const out = join(folder, dataset);
  postil('datasets', 'export', dataset, '--format', 'coco', '--label-field', field, '--out', out);
  return { coco: JSON.parse(readFileSync(join(out, 'labels.json'), 'utf8')), files: readdirSync(join(out, 'data')) };
}

const draw = async (page, from, to) => drag(page, await toScreen(page, ...from), await toScreen(page, ...to));

/** How much neighbouring pixels in the middle of the shown picture differ, of 255; a picture blown up from a thumbnail has next to none. */
const sharpness = (page) => page.evaluate(() => Math.max(...[...document.querySelectorAll('[data-testid=stage] canvas')].map((canvas) => {
  const size = 200;
  const { data } = canvas.getContext('2d').getImageData((canvas.width - size) / 2, (canvas.height - size) / 2, size, size);
  let sum = 0;
  for (let i = 4; i < data.length; i += 4) sum += Math.abs(data[i] - data[i - 4]);
  return sum / (size * size);
})));

await play({}, async ({ page }) => {
  const photos = readdirSync(args.photos).length;
  check(json('datasets', 'import', name, '--data', args.photos).samples_added === photos, `${photos} photographs are imported`);
  check(json('datasets', 'list').some((d) => d.name === name), 'the dataset keeps its name');
  postil('annotate', name, 'things', '--label-field', 'objects', '--label-type', 'detections', '--classes', 'face,thing',
    '--attributes', '{"blurred": {"type": "checkbox", "default": false}}', '--view', 'sortBy(filepath)');

  await openEditor(page, name, 'things');
  const first = page.url();
  check((await boxes(page)).length === 0, 'the editor opens on a photograph without labels');
  await page.keyboard.press('n');
  await page.keyboard.press('1');
  await draw(page, [0.3, 0.1], [0.6, 0.5]);
  await page.keyboard.press('Escape');
  await page.keyboard.press('n');
  await page.keyboard.press('2');
  await draw(page, [0.62, 0.55], [0.95, 0.9]);
  await page.getByRole('checkbox', { name: 'blurred' }).check();
  check((await boxes(page)).map((b) => b.label).join() === 'face,thing', 'two boxes of two classes are drawn');
  await shot(page, 'photo-1280');
  await saved(page);
  await page.keyboard.press('Control+Enter');
  await until('the next photograph', () => page.url() !== first);
  await editorReady(page);
  await until('its picture is sharp', async () => (await sharpness(page)) > 1.5);
  await page.keyboard.press('n');
  await draw(page, [0.1, 0.1], [0.5, 0.6]);
  await saved(page);

  const report = json('load-annotations', name, 'things');
  check(report.total.added === 3, 'three boxes are loaded');
  const { coco, files } = exported(name, 'objects');
  check(files.length === photos && coco.images.length === photos, 'all photographs are exported');
  check(coco.annotations.length === 3 && coco.annotations.filter((a) => a.blurred === true || a.attributes?.blurred === true).length === 1, 'the labels are exported with their attribute');
  const face = coco.annotations.find((a) => coco.categories.find((c) => c.id === a.category_id).name === 'face');
  const image = coco.images.find((i) => i.id === face.image_id);
  const near = (value, share, size) => Math.abs(value - share * size) < 0.02 * size;
  check(near(face.bbox[0], 0.3, image.width) && near(face.bbox[3], 0.4, image.height), 'a box is where it was drawn, in pixels of the photograph');

  if (!args.coco) return;
  postil('datasets', 'import', 'foreign', '--labels', join(args.coco, 'annotations/instances_train.json'), '--data', join(args.coco, 'images/train'));
  postil('annotate', 'foreign', 'fix', '--label-field', 'ground_truth', '--view', 'match(length(ground_truth.detections) > 1)');
  await openEditor(page, 'foreign', 'fix');
  const start = await boxes(page);
  const moved = await reachable(page);
  await clickLabel(page, moved);
  await page.keyboard.press('Shift+ArrowRight');
  await saved(page);
  check(json('load-annotations', 'foreign', 'fix').total.edited === 1, `a box of another tool's file, one of ${start.length}, is corrected`);
  const before = JSON.parse(readFileSync(join(args.coco, 'annotations/instances_train.json'), 'utf8'));
  const after = exported('foreign', 'ground_truth').coco;
  check(after.annotations.length === before.annotations.length, 'no annotation of that file is lost');
  const changed = after.annotations.filter((a, i) => a.bbox.some((v, at) => Math.abs(v - before.annotations[i].bbox[at]) > 1e-6));
  check(changed.length === 1, 'and the box that was moved is the only one that differs');
});

rmSync(folder, { recursive: true });
