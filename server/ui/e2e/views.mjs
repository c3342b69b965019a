// Views: filter, save what is shown, leave it, load it again, on a phone too, delete it; write one as text.
import { args, check, play, sampleCount, shot, until } from './browser.mjs';

const name = 'checked ' + Date.now().toString(36);
const menu = async (page) => { await page.getByRole('button', { name: 'Views', exact: true }).click(); return page.getByRole('menu'); };
const loaded = (page) => page.locator('[data-sample]').first().waitFor();

await play({}, async ({ page }) => {
  await page.goto(args.url);
  await loaded(page);
  const all = await sampleCount(page);
  const field = page.locator('[data-field=predictions]');
  await field.getByRole('button', { name: /predictions/ }).first().click();
  // Classes are listed by number: the last one is in the fewest pictures.
  await field.getByRole('checkbox').last().check();
  await until('the filter narrows the grid', async () => (await sampleCount(page)) !== all && /\d/.test(await sampleCount(page)));
  const filtered = await sampleCount(page);

  await (await menu(page)).getByRole('menuitem', { name: 'Save this view as…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Save this view' });
  await dialog.getByLabel('Name').fill(name);
  await shot(page, 'views-save-1280');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByText(`view: ${name}`).waitFor();
  await until('the saved view shows what was filtered', async () => (await sampleCount(page)) === filtered);

  await page.getByRole('button', { name: 'Clear all' }).click();
  await until('all samples are back', async () => (await sampleCount(page)) === all);
  const list = await menu(page);
  await shot(page, 'views-menu-1280');
  await list.getByRole('menuitem', { name }).click();
  await until('the view is loaded', async () => (await sampleCount(page)) === filtered);
  check(true, 'a saved view is loaded');

  await (await menu(page)).getByRole('menuitem', { name: 'Write a view…' }).click();
  const writing = page.getByRole('dialog', { name: 'Write a view' });
  await writing.getByLabel('Stages').fill('limit(3) | sortBy(score +)');
  await writing.getByRole('button', { name: 'Show' }).click();
  await writing.getByRole('alert').getByText('where a value was expected').waitFor();
  await shot(page, 'views-write-1280');
  await writing.getByLabel('Stages').fill('sortBy(length(predictions.detections), desc) | limit(3)');
  await page.keyboard.press('Enter');
  await until('the view that was written is shown', async () => (await sampleCount(page)).startsWith('3 /'));
  check(true, 'a view is written as text');
  await (await menu(page)).getByRole('menuitem', { name }).click();
  await until('the saved view is back', async () => (await sampleCount(page)) === filtered);

  await page.setViewportSize({ width: 400, height: 800 });
  const narrow = await menu(page);
  await shot(page, 'views-menu-400');
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  check(!wide, 'nothing sticks out at 400 pixels');
  await narrow.getByRole('button', { name: `delete the view ${name}` }).click();
  const ask = page.getByRole('dialog', { name: `Delete the view ${name}?` });
  await shot(page, 'views-delete-400');
  await ask.getByRole('button', { name: 'Delete' }).click();
  await until('the view is gone and all samples are back', async () => (await sampleCount(page)) === all);
  check(true, 'a saved view is deleted');
});
