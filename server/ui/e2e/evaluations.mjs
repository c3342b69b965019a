// Evaluations in the App: their numbers, what was wrong in the grid, the page with classes and curves, whose numbers lead to the
// grid, on a phone too; another name; deletion. Needs --postil=COMMAND, and POSTIL_HOME to be that of the server.
import { execFileSync } from 'node:child_process';
import { args, check, play, sampleCount, shot, until } from './browser.mjs';

const postil = (...words) => execFileSync(args.postil, words, { encoding: 'utf8' });
const loaded = (page) => page.locator('[data-sample]').first().waitFor();

await play({}, async ({ page }) => {
  postil('evaluate', 'detections', 'quickstart', 'predictions', '--gt-field', 'ground_truth', '--eval-key', 'seen', '--compute-map');
  await page.goto(args.url);
  await loaded(page);
  const all = await sampleCount(page);
  const panel = async () => {
    await page.getByRole('button', { name: 'evaluations', exact: true }).click();
    const card = page.locator('[data-evaluation=seen]');
    await card.getByText('mAP').waitFor();
    return card;
  };

  const card = await panel();
  check(/0\.\d{3}/.test(await card.textContent()), 'the evaluation is listed with its numbers');
  await shot(page, 'evaluations-1280');
  await card.getByRole('button', { name: 'Missed' }).click();
  await page.getByText('2 view stages').waitFor();
  await until('the missed labels are shown', async () => /^\d/.test(await sampleCount(page)));
  await until('the panel gives way to the grid', async () => (await page.getByRole('dialog').count()) === 0);
  await page.getByRole('button', { name: 'Clear all' }).click();
  await until('all samples are back', async () => (await sampleCount(page)) === all);

  await (await panel()).getByRole('button', { name: 'Classes and curves' }).click();
  const report = page.frameLocator('iframe.report');
  await report.locator('table.matrix td').first().waitFor();
  await shot(page, 'evaluation-1280');
  const number = report.locator('.classes .copy').first();
  check((await number.getAttribute('title')).startsWith('Show: filterLabels(predictions, label == '), 'a number says what it shows');
  await number.click();
  await loaded(page);
  check(page.url().endsWith('/datasets/quickstart'), 'a number leads to the grid');
  await page.getByText('1 view stage').waitFor();
  await page.goBack();
  await report.locator('table.matrix td').first().waitFor();
  check(true, 'the way back leads to the evaluation');

  await page.setViewportSize({ width: 400, height: 800 });
  await page.getByRole('button', { name: 'switch to dark colours' }).click();
  await until('the page is dark, too', () => report.locator('html.dark').count());
  check((await page.evaluate(() => document.documentElement.scrollWidth)) <= 400, 'nothing sticks out at 400 pixels');
  await shot(page, 'evaluation-400');
  await panel();
  await shot(page, 'evaluations-400');

  await page.getByRole('button', { name: 'more about seen' }).click();
  await page.getByRole('menuitem', { name: 'Rename' }).click();
  await page.getByRole('dialog', { name: 'Rename seen' }).getByLabel('New key').fill('looked_at');
  await page.getByRole('button', { name: 'Rename' }).click();
  await page.locator('[data-evaluation=looked_at]').waitFor();
  check(postil('evaluate', 'list', 'quickstart').includes('looked_at'), 'the evaluation has another key');
  await page.getByRole('button', { name: 'more about looked_at' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await page.getByRole('button', { name: 'Delete' }).click();
  await until('its page says that it is gone', () => page.getByText('There is no evaluation seen.').count());
  await until('the evaluation is gone', async () => (await page.locator('[data-evaluation=looked_at]').count()) === 0);
  check(!postil('evaluate', 'list', 'quickstart').includes('looked_at'), 'the evaluation is deleted');
});
