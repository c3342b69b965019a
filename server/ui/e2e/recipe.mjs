// The recipe, played by hand in the App: find the most confident false positives, send the worst sample to the editor,
// fix it, load with preview, undo, load again, clean up, delete.
import { annotate, args, boxes, check, clickLabel, counts, deleteRun, drag, editorReady, openRuns, play, reachable, sampleCount, saved, shot, toScreen, until } from './browser.mjs';

const key = 'basic_recipe_' + Date.now().toString(36);

await play({}, async ({ page }) => {
  await page.goto(args.url);
  await page.locator('[data-sample]').first().waitFor();
  check(!page.url().includes('token='), 'the token has left the address bar');
  await shot(page, 'grid-1280');

  const predictions = page.locator('[data-field=predictions]');
  await predictions.getByRole('button', { name: /predictions/ }).first().click();
  await predictions.getByRole('checkbox', { name: /fp/ }).check();
  const low = page.getByRole('slider', { name: 'least confidence of predictions' });
  await low.focus();
  for (let i = 0; i < 80; i++) await page.keyboard.press('ArrowRight');
  await page.keyboard.up('ArrowRight');
  const before = await sampleCount(page);
  await until('the filter narrows the grid', async () => { const t = await sampleCount(page); const [a, b] = (t.match(/[\d,]+/g) ?? []).map((n) => Number(n.replaceAll(',', ''))); return a > 0 && a < b; });
  check(true, `filtered: ${before} -> ${await sampleCount(page)}`);
  await page.getByLabel('sort').first().click();
  await page.getByRole('option', { name: 'Most predictions', exact: true }).click();
  await shot(page, 'filtered-1280');

  await page.locator('[data-sample]').first().click();
  await page.locator('.sample-side h1').waitFor();
  const sample = page.url().split('/').pop();
  const picture = page.locator('[data-testid=picture]');
  await until('the picture has come', () => picture.locator('img').evaluate((e) => e.complete && e.naturalWidth > 0));
  const room = await picture.boundingBox();
  await page.mouse.move(room.x + room.width * 0.6, room.y + room.height * 0.6);
  await page.mouse.wheel(0, -600);
  await until('the wheel zooms into the sample', async () => Number(await picture.getAttribute('data-zoom')) > 2);
  const left = () => picture.locator('img').evaluate((e) => e.getBoundingClientRect().left);
  const unmoved = await left();
  await drag(page, [room.x + room.width / 2, room.y + room.height / 2], [room.x + room.width / 2 + 60, room.y + room.height / 2]);
  check(await left() > unmoved + 30, 'a drag shows another part');
  await shot(page, 'zoomed-1280');
  await page.keyboard.press('0');
  await until('0 shows all of it', async () => await picture.getAttribute('data-zoom') === '1.00');
  await shot(page, 'sample-1280');
  const dialog = await annotate(page, key);
  await shot(page, 'annotate-1280');
  await dialog.getByRole('button', { name: 'Annotate now' }).click();

  await editorReady(page);
  const start = await boxes(page);
  check(start.length >= 3, `the editor opens with ${start.length} boxes`);
  await shot(page, 'editor-1280');

  const moved = await reachable(page);
  await clickLabel(page, moved);
  const middle = await toScreen(page, moved.box[0] + moved.box[2] / 2, moved.box[1] + moved.box[3] / 2);
  await drag(page, middle, [middle[0] + 14, middle[1] + 9]);
  const after = (await boxes(page)).find((b) => b.id === moved.id);
  check(after.box[0] > moved.box[0] && after.box[1] > moved.box[1], 'a box is moved');

  await page.keyboard.press('Escape');
  const gone = await reachable(page, [moved.id]);
  await clickLabel(page, gone);
  await page.keyboard.press('Delete');
  check((await boxes(page)).length === start.length - 1, 'a box is deleted');

  await page.keyboard.press('n');
  const corner = await toScreen(page, 0.42, 0.05);
  const other = await toScreen(page, 0.55, 0.2);
  await drag(page, corner, other);
  check((await boxes(page)).length === start.length, 'a box is drawn');

  await page.keyboard.press('Escape');
  const other_ = await reachable(page, [moved.id, ...(await boxes(page)).filter((b) => !start.some((s) => s.id === b.id)).map((b) => b.id)]);
  await clickLabel(page, other_);
  const chip = page.locator('.class-chip[aria-pressed=false]').first();
  const newClass = (await chip.textContent()).replace(/^\d/, '');
  await chip.click();
  check((await boxes(page)).find((b) => b.id === other_.id).label === newClass, `a class is changed to ${newClass}`);
  await saved(page);
  await shot(page, 'editor-edited-1280');
  await page.keyboard.press('Control+Enter');

  await page.locator('[data-testid=sample-count]').waitFor();
  await openRuns(page);
  const card = page.locator(`[data-run="${key}"]`);
  await card.waitFor();
  await shot(page, 'runs-1280');
  const load = async () => {
    await card.getByRole('button', { name: 'Load…' }).click();
    const preview = page.getByRole('dialog', { name: `Load ${key}: preview` });
    await preview.getByTestId('preview-counts').waitFor();
    const c = await counts(page);
    check(c.added === 1 && c.edited === 2 && c.deleted === 1, `the preview says ${JSON.stringify(c)}`);
    check(c.unchanged === start.length - 3, 'the preview balances');
    await shot(page, 'preview-1280');
    await preview.getByRole('button', { name: 'Apply' }).click();
    await preview.waitFor({ state: 'detached' });
  };
  const inDataset = async () => {
    const answer = await page.request.get(new URL(`/api/v1/datasets/${encodeURIComponent(page.url().split('/datasets/')[1].split('/')[0])}/samples/${sample}`, page.url()).href);
    return (await answer.json()).labels.ground_truth.labels;
  };
  await load();
  await card.getByText('loaded').waitFor();
  let now = await inDataset();
  check(now.length === start.length && !now.some((l) => l.id === gone.id) && now.find((l) => l.id === other_.id).label === newClass, 'the dataset has the changes');

  await card.getByRole('button', { name: 'Undo the load' }).click();
  await page.getByRole('status').filter({ hasText: 'undone' }).waitFor();
  now = await inDataset();
  check(now.some((l) => l.id === gone.id) && JSON.stringify(now.find((l) => l.id === moved.id).box) === JSON.stringify(moved.box), 'undo restores the labels');

  await load();
  await card.getByLabel(`more about ${key}`).click();
  await page.getByRole('menuitem', { name: 'Clean up' }).click();
  await page.getByRole('dialog', { name: `Clean up ${key}?` }).getByRole('button', { name: 'Clean up' }).click();
  await card.getByText('cleaned', { exact: true }).waitFor();
  check(true, 'the run is cleaned up');
  await deleteRun(page, key);
  check(true, 'the run is deleted');
  now = await inDataset();
  check(!now.some((l) => l.id === gone.id), 'what was loaded stays');
});

for (const colorScheme of ['light', 'dark']) {
  await play({ width: 400, height: 800, colorScheme }, async ({ page }) => {
    await page.goto(args.url);
    await page.locator('[data-sample]').first().waitFor();
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    check(overflow <= 0, `nothing sticks out at 400 px, ${colorScheme}`);
    await shot(page, `grid-400-${colorScheme}`);
    await page.getByRole('button', { name: 'Filters' }).click();
    await page.getByRole('dialog', { name: 'Filters' }).getByRole('button', { name: /predictions/ }).first().click();
    await shot(page, `filters-400-${colorScheme}`);
    await page.keyboard.press('Escape');
    await page.locator('[data-sample]').first().click();
    await page.locator('.sample-side h1').waitFor();
    await shot(page, `sample-400-${colorScheme}`);
    const narrowKey = 'narrow_' + colorScheme + '_' + Date.now().toString(36);
    const dialog = await annotate(page, narrowKey);
    await shot(page, `annotate-400-${colorScheme}`);
    await dialog.getByRole('button', { name: 'Annotate now' }).click();
    await editorReady(page);
    await shot(page, `editor-400-${colorScheme}`);
    await page.getByLabel('back to the dataset').click();
    await page.locator('[data-testid=sample-count]').waitFor();
    await openRuns(page);
    await page.locator(`[data-run="${narrowKey}"]`).waitFor();
    await shot(page, `runs-400-${colorScheme}`);
    await deleteRun(page, narrowKey);
  });
}
