// Work must not be lost: the server dies and comes back, tabs close in the middle of an edit, an answer does not arrive.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { args, check, clickLabel, editorReady, play, reachable, saved, scene, shot, until } from './browser.mjs';

const key = 'lost_' + Date.now().toString(36);
const dataset = 'quickstart';

async function serve(port) {
  const process = spawn(args.postil, ['app', 'launch', dataset, '--no-browser', '--port', port], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  process.stdout.on('data', (d) => { text += d; });
  const url = await until('the server starts', () => /Open (\S+)/.exec(text)?.[1], 30_000);
  return { url, port: new URL(url).port, kill: async () => { process.kill('SIGKILL'); await once(process, 'exit'); } };
}

const classOf = async (page, id) => Object.values((await scene(page)).labels).flatMap((g) => g.labels).find((l) => l.id === id)?.label;
const className = (page, n) => page.locator('.class-chip').nth(n).textContent().then((t) => t.replace(/^\d/, ''));
const kept = (page) => page.evaluate(() => Object.keys(localStorage).filter((k) => k.startsWith('postil.journal/')).length);

async function openTask(page, sample) {
  await page.goto(`${base}/datasets/${dataset}/runs/${key}${sample ? '/' + sample : ''}`);
  await editorReady(page);
}

/** What the server holds of one sample. */
const stored = async (page, sample) => (await page.request.get(`${base}/api/v1/datasets/${dataset}/runs/${key}/tasks/${sample}`)).json();
const storedClass = async (page, sample, id) => Object.values((await stored(page, sample)).labels).flatMap((g) => g.labels).find((l) => l.id === id)?.label;

/** Gives a label the class with a number. */
async function relabel(page, label, n) {
  await page.locator(`[data-label="${label.id}"]`).click();
  await page.locator('[data-testid=stage]').focus();
  await page.keyboard.press(String(n + 1));
  await page.keyboard.press('Escape');
  return className(page, n);
}

let server = await serve('0');
const base = new URL(server.url).origin;
execFileSync(args.postil, ['annotate', dataset, key, '--label-field', 'ground_truth', '--view', 'limit(4)']);
args.url = server.url;

await play({ forgive: /status of (400|401|404|409)|net::ERR_/ }, async ({ page, context }) => {
  const restart = async () => { server = await serve(server.port); };
  await page.goto(server.url);
  await page.locator('[data-sample]').first().waitFor();

  // ---- the server dies, the annotator goes on and closes the tab
  await openTask(page);
  const sample = page.url().split('/').pop();
  const one = await reachable(page);
  await server.kill();
  const third = await relabel(page, one, one.label === await className(page, 2) ? 3 : 2);
  await page.locator('[data-testid=save-state][data-state=offline]').waitFor();
  await page.keyboard.press('f');
  await page.goto('about:blank');
  await restart();
  await page.goto(server.url);
  await page.locator('[data-testid=undelivered]').getByText('only in this browser').waitFor();
  check(true, 'the grid tells of work that is only in this browser');
  await shot(page, 'undelivered-1280');
  await until('the work reaches the server', async () => await kept(page) === 0);
  check(await storedClass(page, sample, one.id) === third, 'work on a sample that nobody opened again reaches the server');
  await page.locator('[data-testid=undelivered]').waitFor({ state: 'detached' });

  // ---- the tab stays open, and the server comes back with another token
  await openTask(page, sample);
  await server.kill();
  const fourth = await relabel(page, one, third === await className(page, 4) ? 5 : 4);
  await restart();
  await page.getByRole('alert').getByText('started anew').waitFor();
  await shot(page, 'started-anew-1280');
  const other = await context.newPage();
  await other.goto(server.url);
  await other.locator('[data-sample]').first().waitFor();
  await saved(page);
  check(await storedClass(page, sample, one.id) === fourth, 'the page goes on when its browser is let in again');
  check(await page.getByRole('alert').count() === 0, 'and says no more of it');

  // ---- the answer to a save does not arrive
  await page.route('**/tasks/*', async (r) => { if (r.request().method() !== 'PUT') return r.continue(); await r.fetch(); return r.abort(); }, { times: 1 });
  await relabel(page, one, 0);
  await saved(page);
  check(await page.getByRole('dialog').count() === 0, 'nobody is told of a conflict with his own save');

  // ---- the tab closes while a text is typed
  await clickLabel(page, one);
  const text = page.getByTestId('attributes').getByRole('textbox').first();
  const name = await text.evaluate((e) => e.labels[0].textContent);
  await text.fill('7');
  await page.reload();
  await editorReady(page);
  await until('the text is saved', async () => { const l = Object.values((await stored(page, sample)).labels).flatMap((g) => g.labels).find((x) => x.id === one.id); return String(l.attributes?.[name]) === '7'; });
  check(true, `the text of ${name} is not lost by a reload`);
  await saved(page);

  // ---- somebody else changes the same label meanwhile
  await page.route('**/tasks/*', (r) => (r.request().method() === 'PUT' ? r.abort() : r.continue()));
  const mine = await relabel(page, one, 3);
  await page.locator('[data-testid=save-state][data-state=offline]').waitFor();
  await page.goto('about:blank');
  await page.unroute('**/tasks/*');
  const task = await stored(other, sample);
  Object.values(task.labels).flatMap((g) => g.labels).find((l) => l.id === one.id).label = third;
  for (const g of Object.values(task.labels)) for (const l of g.labels) delete l.mask;
  const put = await other.request.put(`${base}/api/v1/datasets/${dataset}/runs/${key}/tasks/${sample}`, { data: { revision: task.revision, state: 'started', labels: task.labels } });
  check(put.ok(), 'another annotator saves the same label');
  const grid = await context.newPage();
  await grid.goto(base + '/datasets/' + dataset);
  await grid.getByText('Somebody else changed the same labels').waitFor();
  check(await storedClass(grid, sample, one.id) === third, 'nothing is overwritten silently');
  await grid.getByTestId('undelivered').getByRole('button', { name: 'Open it' }).click();
  await editorReady(grid);
  await grid.getByTestId('taken-up').waitFor();
  check(await classOf(grid, one.id) === mine, 'the work is there to look at');
  await shot(grid, 'taken-up-1280');
  await grid.locator('[data-testid=stage]').focus();
  await grid.keyboard.press('Control+z');
  await saved(grid);
  check(await classOf(grid, one.id) === third && await kept(grid) === 0, 'and undo takes it back');
});
await server.kill();
execFileSync(args.postil, ['runs', 'delete', dataset, key]);
