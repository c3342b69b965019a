// Classes of whole pictures in the editor: by digit and click, one or several, and back.
import { execFileSync } from 'node:child_process';
import { args, check, editorReady, play, saved, scene, shot, until } from './browser.mjs';

const stamp = Date.now().toString(36);
const dataset = 'quickstart';
const postil = (...words) => execFileSync(args.postil, words, { stdio: ['ignore', 'ignore', 'inherit'] });
postil('annotate', dataset, 'weather_' + stamp, '--label-field', 'weather', '--label-type', 'classification', '--classes', 'sun,rain,night', '--view', 'limit(2)');
postil('annotate', dataset, 'places_' + stamp, '--label-field', 'places', '--label-type', 'classifications', '--classes', 'street,park', '--view', 'limit(2)');

const classes = async (page, field) => ((await scene(page)).labels[field]?.labels ?? []).map((l) => l.label).join();
const open = async (page, key) => { await page.goto(new URL(`/datasets/${dataset}/runs/${key}_${stamp}`, args.url).href); await editorReady(page); };

await play({}, async ({ page }) => {
  await page.goto(args.url);
  await page.locator('[data-sample]').first().waitFor();

  await open(page, 'weather');
  await page.keyboard.press('2');
  check(await classes(page, 'weather') === 'rain', 'a digit gives the picture its class');
  await page.keyboard.press('3');
  check(await classes(page, 'weather') === 'night', 'another digit changes it');
  await page.keyboard.press('3');
  check(await classes(page, 'weather') === '', 'the same takes it back');
  await page.keyboard.press('Control+z');
  check(await classes(page, 'weather') === 'night', 'undo takes that back');
  await shot(page, 'classification-1280');
  const first = page.url();
  await page.keyboard.press('Control+Enter');
  await until('the next sample opens', () => page.url() !== first);
  await editorReady(page);
  check(await classes(page, 'weather') === '', 'which has none yet');
  await page.getByRole('region', { name: 'weather' }).getByRole('button', { name: 'sun' }).click();
  check(await classes(page, 'weather') === 'sun', 'a click does the same');
  await saved(page);

  await open(page, 'places');
  await page.keyboard.press('1');
  await page.keyboard.press('2');
  check(await classes(page, 'places') === 'street,park', 'several classes');
  await page.keyboard.press('2');
  check(await classes(page, 'places') === 'street', 'one of them is taken back');
  await saved(page);

  // ---- a new field can go to any backend
  await page.goto(args.url);
  await page.locator('[data-sample]').first().waitFor();
  const dialog = await annotateOn(page, 'signs');
  check(await dialog.getByRole('combobox', { name: 'Backend' }).isVisible() && await dialog.getByRole('combobox', { name: 'Label type' }).isVisible(), 'a new field has a type and a backend');
  await dialog.getByLabel('Key').fill('signs_' + stamp);
  await dialog.getByRole('combobox', { name: 'Classes' }).fill('stop');
  await page.keyboard.press('Enter');
  await dialog.getByRole('combobox', { name: 'Attributes' }).fill('text');
  await page.keyboard.press('Enter');
  await dialog.getByTestId('plan').getByText('attributes text').waitFor();
  check(await dialog.getByText('Annotators may').count() === 0, 'and attributes, but no restrictions');
  await shot(page, 'annotate-new-1280');
});

async function annotateOn(page, field) {
  await page.getByRole('button', { name: 'Annotate', exact: true }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Annotate' });
  await dialog.getByRole('combobox', { name: 'Field' }).fill(field);
  await dialog.getByText('a new field').waitFor();
  return dialog;
}
for (const key of ['weather_', 'places_']) postil('runs', 'delete', dataset, key + stamp);
