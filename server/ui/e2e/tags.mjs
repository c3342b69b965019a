// Tags: of selected samples, of the labels that filters show, a filter by tag, removal; on a phone, too.
import { args, check, play, sampleCount, shot, until } from './browser.mjs';

const tag = 'look ' + Date.now().toString(36);
const loaded = (page) => page.locator('[data-sample]').first().waitFor();

await play({}, async ({ page }) => {
  await page.goto(args.url);
  await loaded(page);
  const all = await sampleCount(page);
  const dialog = page.getByRole('dialog', { name: 'Tags' });
  const say = async (button, done) => {
    await dialog.getByLabel('Tags', { exact: true }).fill(tag);
    await page.keyboard.press('Enter');
    await dialog.getByRole('button', { name: button }).click();
    await dialog.getByRole('status').getByText(done).waitFor();
  };

  for (const at of [0, 1]) await page.locator('.tile-check').nth(at).check({ force: true });
  await page.getByRole('region', { name: 'selection' }).getByRole('button', { name: 'Tag' }).click();
  await say('Add', 'Added to 2 samples');
  await shot(page, 'tags-dialog-1280');
  await dialog.getByRole('button', { name: 'Close' }).last().click();

  await page.getByRole('checkbox', { name: tag }).check();
  await until('the filter by tag narrows the grid', async () => (await sampleCount(page)).startsWith('2 /'));
  await page.getByText(`tagged ${tag}`).waitFor();
  await shot(page, 'tags-filter-1280');

  await page.getByRole('button', { name: 'tags', exact: true }).click();
  await dialog.getByText('Their labels, as shown').click();
  await say('Add', /Added to [1-9]\d* labels/);
  check(true, 'labels are tagged');
  await say('Remove', /Removed from [1-9]\d* labels/);
  await dialog.getByText('Samples', { exact: true }).click();
  await page.setViewportSize({ width: 400, height: 800 });
  await shot(page, 'tags-dialog-400');
  await say('Remove', 'Removed from 2 samples');
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  check((await page.evaluate(() => document.documentElement.scrollWidth)) <= 400, 'nothing sticks out at 400 pixels');
  await until('nothing has the tag any more', async () => (await sampleCount(page)).startsWith('0 /'));
  await page.getByRole('button', { name: 'Clear all' }).click();
  await until('all samples are back', async () => (await sampleCount(page)) === all);
});
