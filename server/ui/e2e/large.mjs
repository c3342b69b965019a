// A dataset of thousands of samples: far down the grid a sample has neighbours and shows the view, and the grid comes back where it was.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { args, check, play, sampleCount, shot, until } from './browser.mjs';

const TOTAL = 2500;
const dataset = 'large_' + Date.now().toString(36);
const dir = mkdtempSync(join(tmpdir(), 'postil-large-'));
const ids = Array.from({ length: TOTAL }, (_, i) => i + 1);
writeFileSync(join(dir, 'labels.json'), JSON.stringify({
  images: ids.map((id) => ({ id, file_name: `${id}.png`, width: 640, height: 400 + 80 * (id % 3) })),
  categories: [{ id: 1, name: 'cat' }, { id: 2, name: 'dog' }],
  annotations: ids.flatMap((id) => [1, 2].map((c) => ({ id: 2 * id + c, image_id: id, category_id: c, bbox: [40 * c, 30, 100, 80], area: 8000, iscrowd: 0 }))),
}));
execFileSync(args.postil, ['datasets', 'import', dataset, '--labels', join(dir, 'labels.json'), '--no-check-media']);

const number = (page) => page.locator('.sample-place').textContent();
/** A tile that is wholly in sight, when all around it have loaded and it has stopped moving. */
async function tileInSight(page) {
  const look = () => page.locator('[data-testid=grid]').evaluate((grid) => {
    const { top, bottom } = grid.getBoundingClientRect();
    const tile = [...grid.querySelectorAll('.tile-open')].find((t) => { const r = t.getBoundingClientRect(); return r.top > top && r.bottom < bottom; });
    return tile && !grid.querySelector('[aria-label="loading samples"]') ? { id: tile.dataset.sample, y: tile.getBoundingClientRect().y } : undefined;
  });
  let last;
  return until('the samples far down are shown', async () => {
    const now = await look();
    const still = now && last && now.id === last.id && now.y === last.y;
    last = now;
    return still ? now : undefined;
  });
}

const scrollTop = (page) => page.locator('[data-testid=grid]').evaluate((e) => e.scrollTop);

await play({}, async ({ page }) => {
  await page.goto(args.url);
  await page.locator('[data-sample]').first().waitFor();
  await page.goto(new URL(`/datasets/${dataset}`, args.url).href);
  await page.locator('[data-sample]').first().waitFor();
  const field = page.locator('[data-field=ground_truth]');
  await field.getByRole('button', { name: /ground_truth/ }).first().click();
  await field.getByRole('checkbox', { name: /dog/ }).check();
  await page.getByText('ground_truth: dog').first().waitFor();
  check(await sampleCount(page) === '2,500 / 2,500 samples', 'the samples with a dog are all');

  await page.locator('[data-testid=grid]').evaluate((e) => { e.scrollTop = e.scrollHeight * 0.7; });
  const { id, y } = await tileInSight(page);
  await page.locator(`[data-sample="${id}"]`).click();
  await page.locator('.sample-side h1').waitFor();
  const at = Number((await number(page)).split(' ')[0].replace(',', ''));
  check(at > 1100, `a sample far down is number ${at} of ${TOTAL}`);
  const labels = page.getByRole('region', { name: 'ground_truth' }).getByRole('button');
  await until('only the dog is shown, as in the grid', async () => await labels.count() === 1);
  const forth = page.getByRole('button', { name: 'next sample' });
  check(await forth.isEnabled(), 'it has a next sample');
  await shot(page, 'far-1280');

  await page.goBack();
  const again = page.locator(`[data-sample="${id}"]`);
  await again.waitFor();
  await until('the grid is back where it was', async () => Math.abs((await again.boundingBox()).y - y) < 2);
  check(await again.evaluate((e) => e === document.activeElement), 'the sample has the focus, for the keyboard');

  await page.keyboard.press('Enter');
  await page.locator('.sample-side h1').waitFor();
  for (let i = 1; i <= 60; i++) {
    await page.keyboard.press('f');
    await until(`sample ${at + i} is shown`, async () => (await number(page)).startsWith((at + i).toLocaleString('en-US')));
  }
  check(true, 'F goes on beyond what the grid had loaded');
  const last = page.url().split('/').pop();
  await page.reload();
  await until('a reload keeps the place', async () => (await page.locator('.sample-place').count()) === 1 && (await number(page)).startsWith((at + 60).toLocaleString('en-US')));
  await page.getByRole('button', { name: 'Grid' }).click();
  const there = page.locator(`[data-sample="${last}"]`);
  await there.waitFor();
  await until('the grid shows the sample that was looked at last', async () => { const b = await there.boundingBox(); return b.y > 60 && b.y + b.height < 800; });
  check(await scrollTop(page) > 0, 'far from its top');
});
execFileSync(args.postil, ['datasets', 'delete', dataset]);
rmSync(dir, { recursive: true });
