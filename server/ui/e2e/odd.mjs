// Odd inputs: a picture without metadata, one whose file is gone, and more classes than fit on the screen.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { args, boxes, check, drag, editorReady, play, saved, shot, toScreen, until } from './browser.mjs';

const dataset = 'odd_' + Date.now().toString(36);
const dir = mkdtempSync(join(tmpdir(), 'postil-odd-'));
const postil = (...words) => execFileSync(args.postil, words, { stdio: ['ignore', 'ignore', 'inherit'] });

/** A grey PNG. */
function png(width, height) {
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const out = Buffer.alloc(body.length + 8);
    out.writeUInt32BE(data.length);
    body.copy(out, 4);
    out.writeUInt32BE(crc32(body), body.length + 4);
    return out;
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width);
  head.writeUInt32BE(height, 4);
  head.set([8, 0, 0, 0, 0], 8);
  const rows = Buffer.alloc((width + 1) * height, 120);
  for (let y = 0; y < height; y++) rows[y * (width + 1)] = 0;
  return Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), chunk('IHDR', head), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}

writeFileSync(join(dir, 'a wide.png'), png(600, 150));
writeFileSync(join(dir, 'b gone.png'), png(60, 40));
postil('datasets', 'import', dataset, '--data', dir);
postil('edit', 'set', dataset, 'metadata', 'null');
postil('annotate', dataset, 'many', '--label-field', 'things', '--label-type', 'detections', '--classes', Array.from({ length: 80 }, (_, i) => `class ${i}`).join(','));
rmSync(join(dir, 'b gone.png'));

await play({}, async ({ page }) => {
  await page.goto(args.url);
  await page.locator('[data-sample]').first().waitFor();
  await page.goto(new URL(`/datasets/${dataset}`, args.url).href);
  await page.getByText('cannot be shown').waitFor();
  check(true, 'the grid names the picture that cannot be shown');
  await page.getByRole('button', { name: /gone/ }).click();
  await page.getByRole('alert').getByText(/b gone.png is gone/).waitFor();
  check(true, 'its page says why');

  await page.goto(new URL(`/datasets/${dataset}/runs/many`, args.url).href);
  await editorReady(page);
  const [x0, y0] = await toScreen(page, 0, 0);
  const [x1, y1] = await toScreen(page, 1, 1);
  check(Math.abs((x1 - x0) / (y1 - y0) - 4) < 0.05, 'a picture without metadata keeps its form');
  const { width } = await page.locator('[data-testid=stage]').boundingBox();
  check(x1 - x0 > width * 0.8, 'and fits its room');

  await page.keyboard.press('/');
  await page.keyboard.type('s 7');
  await shot(page, 'classes-1280');
  check(await page.locator('.class-chip').count() === 11, 'the classes that hold a text are listed');
  await page.keyboard.press('Enter');
  await page.keyboard.press('n');
  await drag(page, await toScreen(page, 0.2, 0.2), await toScreen(page, 0.4, 0.8));
  check((await boxes(page))[0].label === 'class 7', 'the first of them is the class of the next box');
  await page.keyboard.press('/');
  await page.keyboard.type('class 42');
  await page.keyboard.press('Enter');
  check((await boxes(page))[0].label === 'class 42', 'and of the selected one, by keyboard alone');
  check(await page.locator('[data-testid=stage]').evaluate((e) => e === document.activeElement), 'the keys are the picture\'s again');
  await until('the chosen class is in sight', async () => { const b = await page.locator('.class-chip[aria-pressed=true]').boundingBox(); return b && b.y > 0 && b.y < 320; });
  await saved(page);

  await page.keyboard.press('f');
  await page.getByRole('alert').getByText(/b gone.png is gone/).waitFor();
  await shot(page, 'gone-1280');
  check(await page.getByRole('alert').getByText('put it back').count() === 1, 'the editor says what to do about a picture that is gone');
});
// A part of the page that fails: here drawing, as in a browser without room for a canvas.
await play({ forgive: /./ }, async ({ page }) => {
  await page.addInitScript(() => { HTMLCanvasElement.prototype.getContext = () => { throw new Error('no canvas'); }; });
  await page.goto(args.url);
  await page.getByRole('alert').getByText('This page failed: no canvas').waitFor();
  check(await page.getByRole('button', { name: 'Load again' }).isVisible(), 'a page that fails says so, and what to do');
});
postil('datasets', 'delete', dataset);
rmSync(dir, { recursive: true });
