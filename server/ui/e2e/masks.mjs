// Instance masks in the editor: painted, erased, filled, undone, and in the dataset pixel for pixel.
import { execFileSync } from 'node:child_process';
import { args, check, drag, editorReady, play, saved, scene, shot, toScreen, until } from './browser.mjs';
import { decode, stored } from './pixels.mjs';

const key = 'masks_' + Date.now().toString(36);
const dataset = 'quickstart';
const postil = (...words) => execFileSync(args.postil, words, { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'inherit'] });

const same = (a, b) => a.mask.runs === b.mask.runs && a.mask.width === b.mask.width && JSON.stringify(a.box) === JSON.stringify(b.box);
const count = (label) => decode(label.mask).reduce((sum, v) => sum + v, 0);

await play({}, async ({ page }) => {
  const read = async (path) => (await page.request.get(new URL(`/api/v1/datasets/${dataset}/${path}`, args.url).href)).json();
  await page.goto(args.url);
  await page.locator('[data-sample]').first().waitFor();
  await page.getByRole('button', { name: 'Annotate', exact: true }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Annotate' });
  await dialog.getByLabel('Key').fill(key);
  await dialog.getByRole('combobox', { name: 'Field' }).fill('instances');
  await dialog.getByRole('combobox', { name: 'Label type' }).click();
  await page.getByRole('option', { name: 'instances', exact: true }).click();
  await dialog.getByTestId('plan').getByText('labels of instances').waitFor();
  await shot(page, 'annotate-instances-1280');
  await until('the request is ready', () => dialog.getByRole('button', { name: 'Annotate now' }).isEnabled());
  await dialog.getByRole('button', { name: 'Annotate now' }).click();
  await page.waitForURL(/runs\/.*\/[0-9a-f]{24}$/);
  await editorReady(page);
  const sample = page.url().split('/').pop();
  const stage = page.locator('[data-testid=stage]');
  const served = async () => { await saved(page); return (await read(`runs/${key}/tasks/${sample}`)).labels.instances.labels; };
  const { width, height } = (await read(`runs/${key}/tasks/${sample}`)).metadata;
  const stroke = async (from, to) => drag(page, await toScreen(page, ...from), await toScreen(page, ...to));
  const brushTo = async (wide) => {
    for (let i = 0; i < 60; i++) {
      const { brushSize } = await scene(page);
      if (brushSize === wide) return;
      await page.keyboard.press(brushSize > wide ? '[' : ']');
    }
  };
  const before = await served();
  const pixelOf = ({ box, mask }) => {
    const pixels = decode(mask);
    const at = pixels.findIndex((v, i) => v === 1 && pixels[i + 3] === 1 && pixels[i + 3 * mask.width] === 1 && pixels[i + 3 * mask.width + 3] === 1);
    return [box[0] + ((at % mask.width) + 2) / width, box[1] + (Math.floor(at / mask.width) + 2) / height];
  };

  // ---- a new object
  await stage.focus();
  await page.keyboard.press('n');
  check((await scene(page)).tool === 'brush', 'N begins a new object with the brush');
  const first = (await scene(page)).brushSize;
  await page.keyboard.press(']');
  check((await scene(page)).brushSize > first, ']  makes the brush wider');
  await page.keyboard.press('[');
  await page.keyboard.press('[');
  check((await scene(page)).brushSize < first, '[ makes it narrower');
  await stroke([0.3, 0.15], [0.5, 0.15]);
  const size = (await scene(page)).brushSize;
  let now = await served();
  const id = now.find((l) => !before.some((b) => b.id === l.id)).id;
  const mine = async () => (await served()).find((l) => l.id === id);
  const painted = await mine();
  check(Math.abs(painted.mask.width - (0.2 * width + size)) <= 3 && Math.abs(painted.mask.height - size) <= 1, 'its box is as large as the stroke');
  const area = size * 0.2 * width + Math.PI * (size / 2) ** 2;
  check(Math.abs(count(painted) - area) < 0.06 * area && decode(painted.mask)[0] === 0, 'and its pixels are round at the ends');
  await shot(page, 'masks-light');

  // ---- more of it, less of it
  await stroke([0.4, 0.1], [0.4, 0.3]);
  const cross = await mine();
  check(count(cross) > count(painted) && cross.mask.height > painted.mask.height, 'another stroke adds to it, and the box grows');
  await page.keyboard.press('e');
  await stroke([0.4, 0.05], [0.4, 0.35]);
  const erased = await mine();
  check(count(erased) < count(painted) && erased.mask.height < cross.mask.height, 'the eraser takes away, and the box shrinks');
  await page.keyboard.press('Control+z');
  check(same(await mine(), cross), 'undo takes back one stroke, to the pixel');
  await page.keyboard.press('Control+y');
  check(same(await mine(), erased), 'redo makes it again');

  await page.keyboard.press('p');
  for (const p of [[0.6, 0.1], [0.7, 0.1], [0.7, 0.3], [0.6, 0.3]]) await page.mouse.click(...await toScreen(page, ...p));
  await page.keyboard.press('Enter');
  const filled = await mine();
  const square = 0.1 * width * 0.2 * height;
  check(Math.abs(count(filled) - count(erased) - square) < 0.05 * square, 'a filled outline is added as well');

  // ---- a ring by lasso, whose hole a bucket fills; and both the other way round
  const around = async (...points) => {
    await page.mouse.move(...await toScreen(page, ...points[0]));
    await page.mouse.down();
    for (const point of [...points.slice(1), points[0]]) await page.mouse.move(...await toScreen(page, ...point), { steps: 4 });
    await page.mouse.up();
  };
  const corners = (x0, y0, x1, y1) => [[x0, y0], [x1, y0], [x1, y1], [x0, y1]];
  await page.keyboard.press('l');
  await around(...corners(0.8, 0.1, 0.9, 0.3));
  const lassoed = await mine();
  check(Math.abs(count(lassoed) - count(filled) - square) < 0.05 * square, 'what a lasso goes around is added');
  await page.keyboard.press('x');
  await around(...corners(0.83, 0.16, 0.87, 0.24));
  const ring = await mine();
  const hole = count(lassoed) - count(ring);
  check(Math.abs(hole - 0.04 * width * 0.08 * height) < 0.15 * hole, 'X makes it take away');
  await page.keyboard.press('g');
  await page.keyboard.press('x');
  await page.mouse.click(...await toScreen(page, 0.85, 0.2));
  check(same(await mine(), lassoed), 'a bucket fills the hole, to the pixel');
  await shot(page, 'masks-bucket');
  await page.keyboard.down('Shift');
  await page.mouse.click(...await toScreen(page, 0.85, 0.2));
  await page.keyboard.up('Shift');
  check(same(await mine(), filled), 'with Shift it takes the piece away that was clicked');
  for (const was of [lassoed, ring, lassoed, filled]) {
    await page.keyboard.press('Control+z');
    check(same(await mine(), was), 'undo takes back one of them');
  }
  await page.keyboard.press('l');
  await page.mouse.move(...await toScreen(page, 0.8, 0.1));
  await page.mouse.down();
  await page.mouse.move(...await toScreen(page, 0.9, 0.2), { steps: 3 });
  await page.keyboard.press('Escape');
  await page.mouse.up();
  check(same(await mine(), filled), 'Esc drops a lasso that is being drawn');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');

  // ---- masks that were there
  const [x, y] = pixelOf(before[0]);
  await page.mouse.click(...await toScreen(page, x, y));
  const chosen = (await scene(page)).selected[0];
  const was = before.find((l) => l.id === chosen);
  check(was !== undefined, 'a click on pixels of a mask selects it');
  await page.keyboard.press('b');
  await stroke([x, y], [0.5, 0.5]);
  const grown = (await served()).find((l) => l.id === chosen);
  check(count(grown) > count(was), 'it can be painted on');
  await page.keyboard.press('Control+z');
  check(same((await served()).find((l) => l.id === chosen), was), 'and undo makes it what it was');
  await page.keyboard.press('e');
  const { box } = was;
  await brushTo(400);
  await stroke([box[0] - 0.1, box[1] - 0.1], [box[0] + box[2] + 0.1, box[1] + box[3] + 0.1]);
  for (let i = 0; i <= 4; i++) await stroke([Math.max(0, box[0] - 0.05), box[1] + (i / 4) * box[3]], [Math.min(1, box[0] + box[2] + 0.05), box[1] + (i / 4) * box[3]]);
  check(!(await served()).some((l) => l.id === chosen), 'an object that is erased whole is deleted');
  await until('undo brings it back', async () => { await page.keyboard.press('Control+z'); return same((await served()).find((l) => l.id === chosen) ?? { mask: {} }, was); });
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await page.reload();
  await editorReady(page);
  now = await served();
  check(before.every((b) => same(now.find((l) => l.id === b.id), b)) && same(now.find((l) => l.id === id), filled), 'after a reload all masks are there');

  await page.setViewportSize({ width: 400, height: 800 });
  await page.keyboard.press('b');
  const tools = await page.getByRole('toolbar', { name: 'tools' }).boundingBox();
  check(tools.x >= 0 && tools.x + tools.width <= 400, 'on a narrow screen all tools are in sight');
  await shot(page, 'masks-400');
  await page.getByRole('button', { name: 'Lasso' }).click();
  await page.getByText('Take away (X)').click();
  await shot(page, 'lasso-400');
  await page.getByText('Add', { exact: true }).click();
  const finger = await page.context().newCDPSession(page);
  const touch = async (type, ...at) => finger.send('Input.dispatchTouchEvent', { type, touchPoints: at.length === 0 ? [] : [{ x: at[0], y: at[1] }] });
  const labels = (await served()).length;
  await touch('touchStart', ...await toScreen(page, 0.2, 0.4));
  for (const p of [[0.3, 0.4], [0.3, 0.5], [0.2, 0.5]]) await touch('touchMove', ...await toScreen(page, ...p));
  await touch('touchEnd');
  check((await served()).length === labels + 1, 'a finger draws a lasso, too');
  await page.getByRole('button', { name: 'Undo' }).click();
  check((await served()).length === labels, 'and the button takes it back');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+Enter');
  await saved(page);

  // ---- in the dataset
  const report = JSON.parse(postil('load-annotations', dataset, key, '--json'));
  const kinds = report.total;
  check(kinds.added === 1 && kinds.edited === 0 && kinds.deleted === 0, 'one label is added, and what was painted and taken back is as it was');
  const [head] = JSON.parse(postil('datasets', 'head', dataset, '--select', sample, '--json'));
  const label = head.instances.detections.find((d) => d._id.$oid === id);
  check(Buffer.from(decode(filled.mask)).equals(stored(label.mask.$binary.base64)), 'the dataset has the pixels that were painted');
});
postil('runs', 'undo', dataset, key);
postil('runs', 'delete', dataset, key);
