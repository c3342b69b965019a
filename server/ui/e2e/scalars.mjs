// Scalar fields in the editor: a number, a text, choices and a boolean; saved, undone, restricted, loaded into the dataset.
import { execFileSync } from 'node:child_process';
import { args, check, editorReady, openRuns, play, saved, scene, shot, until } from './browser.mjs';

const stamp = Date.now().toString(36);
const dataset = 'quickstart';
const postil = (...words) => execFileSync(args.postil, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
const report = (...words) => JSON.parse(postil(...words, '--json'));
const [all, fixed, digits] = ['all_', 'fixed_', 'digits_'].map((k) => k + stamp);
const scalar = { type: 'scalar' };
postil('annotate', dataset, all, '--view', 'limit(2)', '--label-schema', JSON.stringify({ people: {}, remark: scalar, place: { ...scalar, classes: ['street', 'park'] } }));
postil('annotate', dataset, fixed, '--label-field', 'people', '--no-allow-deletions', '--view', 'limit(1)');
postil('annotate', dataset, digits, '--label-schema', JSON.stringify({ place: { ...scalar, classes: ['street', 'park'] } }), '--view', 'limit(1)');

const values = async (page) => (await scene(page)).values;
const open = async (page, key) => { await page.goto(new URL(`/datasets/${dataset}/runs/${key}`, args.url).href); await editorReady(page); };
const stage = (page) => page.locator('[data-testid=stage]');

await play({ colorScheme: 'dark' }, async ({ page }) => {
  await page.goto(args.url);
  await page.locator('[data-sample]').first().waitFor();

  await open(page, all);
  const sample = page.url().split('/').pop();
  const people = (await values(page)).people;
  check(Number.isInteger(people), 'a field that has values shows them');
  const number = page.getByRole('textbox', { name: 'people' });
  await number.fill('many');
  await number.press('Enter');
  await page.getByText('not a whole number').waitFor();
  check((await values(page)).people === people, 'a text is no number, and says so');
  await number.fill(String(people + 1));
  await number.press('Enter');
  await until('the number is taken over', async () => (await values(page)).people === people + 1);
  await page.getByRole('textbox', { name: 'remark' }).fill('glare from the left');
  await page.getByRole('region', { name: 'place' }).getByRole('button', { name: 'park' }).click();
  await until('text and choice are taken over', async () => { const now = await values(page); return now.remark === 'glare from the left' && now.place === 'park'; });
  await shot(page, 'scalars-dark');
  await saved(page);
  await page.reload();
  await editorReady(page);
  check(JSON.stringify(await values(page)) === JSON.stringify({ people: people + 1, remark: 'glare from the left', place: 'park' }), 'all of it is there after a reload');

  await page.getByRole('region', { name: 'place' }).getByRole('button', { name: 'street' }).click();
  await stage(page).focus();
  await page.keyboard.press('Control+z');
  check((await values(page)).place === 'park', 'undo takes a choice back');
  await page.keyboard.press('Control+y');
  check((await values(page)).place === 'street', 'and redo makes it again');
  await saved(page);

  await page.setViewportSize({ width: 400, height: 800 });
  await shot(page, 'scalars-400');
  await page.setViewportSize({ width: 1280, height: 800 });

  await open(page, fixed);
  const only = page.getByRole('textbox', { name: 'people' });
  await only.fill('');
  await only.press('Enter');
  await page.getByText('must have a value').waitFor();
  check((await values(page)).people === people, 'where nothing may be deleted a value cannot be emptied');

  await open(page, digits);
  await page.keyboard.press('2');
  check((await values(page)).place === 'park', 'a digit chooses, where nothing can be drawn');
  await page.keyboard.press('2');
  check(!('place' in await values(page)), 'the same takes it back');

  await page.goto(args.url);
  await page.locator('[data-sample]').first().waitFor();
  await openRuns(page);
  await page.locator(`[data-run="${all}"]`).getByRole('button', { name: 'Load…' }).click();
  await page.locator('[data-kind=edited] figcaption').getByText(`after: ${people + 1}`).waitFor();
  await shot(page, 'scalars-preview');

  const loaded = report('load-annotations', dataset, all);
  check(loaded.changed_samples === 1, 'one sample has changed');
  const { values: stored } = await (await page.request.get(new URL(`/api/v1/datasets/${dataset}/samples/${sample}`, args.url).href)).json();
  check(stored.people === people + 1 && stored.remark === 'glare from the left' && stored.place === 'street', 'the dataset has the values, new fields included');
  report('runs', 'undo', dataset, all);
  const { values: undone } = await (await page.request.get(new URL(`/api/v1/datasets/${dataset}/samples/${sample}`, args.url).href)).json();
  check(undone.people === people && !undone.remark, 'undo restores them');
});
for (const key of [all, fixed, digits]) postil('runs', 'delete', dataset, key);
