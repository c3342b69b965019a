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

/** A TIFF whose values, of 16 bits, are the dark ones only: 1000 at the left to 3000 at the right. */
function tiff(width, height) {
  const out = Buffer.alloc(8 + 2 + 9 * 12 + 4 + width * height * 2);
  out.write('II*\0', 'latin1');
  out.writeUInt32LE(8, 4);
  out.writeUInt16LE(9, 8);
  [[256, width], [257, height], [258, 16], [259, 1], [262, 1], [273, 122], [277, 1], [278, height], [279, width * height * 2]].forEach(([tag, value], i) => {
    out.writeUInt16LE(tag, 10 + 12 * i);
    out.writeUInt16LE(value > 65_535 ? 4 : 3, 12 + 12 * i);
    out.writeUInt32LE(1, 14 + 12 * i);
    out.writeUInt32LE(value, 18 + 12 * i);
  });
  for (let i = 0; i < width * height; i++) out.writeUInt16LE(1000 + Math.round((2000 * (i % width)) / (width - 1)), 122 + 2 * i);
  return out;
}

const scans = dataset + '_scans';
const tiffs = mkdtempSync(join(tmpdir(), 'postil-scans-'));
writeFileSync(join(tiffs, 'a scan.tif'), tiff(300, 200));
writeFileSync(join(tiffs, 'b large.tif'), tiff(1200, 600));
postil('datasets', 'import', scans, '--data', tiffs);
postil('annotate', scans, 'scans', '--label-field', 'things', '--label-type', 'detections', '--classes', 'thing');
writeFileSync(join(tiffs, 'b large.tif'), tiff(1200, 600).subarray(0, 60_000));

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
// Pictures that browsers do not read.
await play({}, async ({ page }) => {
  const at = (path) => new URL(`/datasets/${scans}${path}`, args.url).href;
  await page.goto(args.url);
  await page.goto(at(''));
  const seen = (image) => image.evaluate((i) => [i.naturalWidth, i.naturalHeight].join());
  await until('the grid shows the scan', async () => (await seen(page.getByRole('button', { name: /a scan/ }).locator('img'))) === '300,200');
  await page.getByText('cannot be shown').waitFor();
  await shot(page, 'scans-grid');
  check(await page.getByRole('button', { name: /b large/ }).textContent().then((t) => t.includes('cannot be shown')), 'of a TIFF that is cut off the grid says that it cannot be shown');
  await page.getByRole('button', { name: /a scan/ }).click();
  await until('its page shows it', async () => (await seen(page.locator('.sample-stage img'))) === '300,200');
  await shot(page, 'scans-page');
  await page.goto(at('/runs/scans'));
  await editorReady(page);
  const brightness = ([x, y]) => page.evaluate(([px, py]) => {
    const canvas = document.querySelector('[data-testid=stage] canvas');
    const room = canvas.getBoundingClientRect();
    return canvas.getContext('2d').getImageData((px - room.left) * (canvas.width / room.width), (py - room.top) * (canvas.height / room.height), 1, 1).data[0];
  }, [x, y]);
  for (const part of [0.02, 0.25, 0.5, 0.75, 0.98]) {
    await until(`the editor shows ${part} of the white`, async () => Math.abs((await brightness(await toScreen(page, part, 0.5))) - 255 * part) < 6);
  }
  await shot(page, 'scans-editor');
  await page.keyboard.press('f');
  await page.getByRole('alert').getByText(/b large.tif cannot be shown/).waitFor();
  check(true, 'and says why the other cannot be shown');
  await shot(page, 'scans-broken');
});
postil('datasets', 'delete', scans);
rmSync(tiffs, { recursive: true });
// A part of the page that fails: here drawing, as in a browser without room for a canvas.
await play({ forgive: /./ }, async ({ page }) => {
  await page.addInitScript(() => { HTMLCanvasElement.prototype.getContext = () => { throw new Error('no canvas'); }; });
  await page.goto(args.url);
  await page.getByRole('alert').getByText('This page failed: no canvas').waitFor();
  check(await page.getByRole('button', { name: 'Load again' }).isVisible(), 'a page that fails says so, and what to do');
});
postil('datasets', 'delete', dataset);
rmSync(dir, { recursive: true });
