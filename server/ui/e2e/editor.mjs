// The editor by hand: keys, undo, autosave, a crash, a conflict, restrictions.
import { annotate, args, boxes, check, clickLabel, deleteRun, drag, editorReady, openRuns, play, reachable, saved, scene, shot, toScreen, until } from './browser.mjs';

const stamp = Date.now().toString(36);
const key = 'editor_' + stamp;
const strict = 'strict_' + stamp;
const selected = async (page) => (await scene(page)).selected;
const byId = async (page, id) => (await boxes(page)).find((b) => b.id === id);
const near = (a, b) => Math.abs(a - b) < 1e-6;

async function start(page, name, options, samples) {
  await page.goto(args.url);
  await page.locator('[data-sample]').first().waitFor();
  for (let i = 0; i < samples; i++) {
    const tile = page.locator('.tile').nth(i);
    await tile.hover();
    await tile.getByRole('checkbox').check();
  }
  const dialog = await annotate(page, name, options);
  await dialog.getByRole('button', { name: 'Annotate now' }).click();
  await editorReady(page);
}

// The page is cut off from its server on purpose.
await play({ forgive: /status of 409|net::ERR_FAILED/ }, async ({ page, context }) => {
  await start(page, key, {}, 3);
  const all = await boxes(page);

  // ---- keys
  const one = await reachable(page);
  await clickLabel(page, one);
  check((await selected(page)).join() === one.id, 'a click selects');
  const { width } = await page.evaluate(() => ({ width: document.querySelector('[data-testid=stage]').clientWidth }));
  check(width > 700, 'the picture gets the room');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Shift+ArrowDown');
  const nudged = await byId(page, one.id);
  check(nudged.box[0] > one.box[0] && nudged.box[1] > one.box[1] && (nudged.box[1] - one.box[1]) > (nudged.box[0] - one.box[0]) * 5, 'arrows nudge by one and ten pixels');
  await page.keyboard.press('Control+z');
  await page.keyboard.press('Control+z');
  check((await byId(page, one.id)).box.every((v, i) => near(v, one.box[i])), 'undo takes both gestures back');
  await page.keyboard.press('Control+Shift+z');
  await page.keyboard.press('Control+y');
  check((await byId(page, one.id)).box.every((v, i) => near(v, nudged.box[i])), 'redo does them again, by either key');
  await page.keyboard.press('2');
  const second = (await page.locator('.class-chip').nth(1).textContent()).replace(/^\d/, '');
  check((await byId(page, one.id)).label === second, 'a digit sets the class');
  await page.keyboard.press('Control+d');
  check((await boxes(page)).length === all.length + 1 && (await selected(page))[0] !== one.id, 'Ctrl D makes a copy with an id of its own');
  await page.keyboard.press('Delete');
  check((await boxes(page)).length === all.length, 'Delete removes the copy');

  await page.keyboard.press('Control+a');
  check((await selected(page)).length === all.length, 'Ctrl A selects all');
  await page.keyboard.press('Escape');
  check((await selected(page)).length === 0, 'Escape deselects');
  const beyond = await toScreen(page, 1, 1);
  await drag(page, [beyond[0] + 6, beyond[1] - 6], await toScreen(page, 0.002, 0.002));
  check((await selected(page)).length === all.length, 'a rubber band selects what it meets');
  await page.keyboard.press('Escape');

  await page.keyboard.press('n');
  await drag(page, await toScreen(page, one.box[0] + one.box[2] * 0.3, one.box[1] + one.box[3] * 0.3), await toScreen(page, one.box[0] + one.box[2] * 0.7, one.box[1] + one.box[3] * 0.7));
  check((await boxes(page)).length === all.length + 1, 'the drawing tool grabs no shape beneath');
  await page.keyboard.press('Control+z');

  const before = await page.evaluate(() => window.__postil.toScreen(1, 1)[0] - window.__postil.toScreen(0, 0)[0]);
  const stage = await page.locator('[data-testid=stage]').boundingBox();
  await page.mouse.move(stage.x + stage.width / 2, stage.y + stage.height / 2);
  const under = await page.evaluate(([x, y]) => { const a = window.__postil.toScreen(0, 0), b = window.__postil.toScreen(1, 1); return [(x - a[0]) / (b[0] - a[0]), (y - a[1]) / (b[1] - a[1])]; }, [stage.x + stage.width / 2, stage.y + stage.height / 2]);
  await page.mouse.wheel(0, -400);
  await until('the wheel zooms', async () => (await page.evaluate(() => window.__postil.toScreen(1, 1)[0] - window.__postil.toScreen(0, 0)[0])) > before * 1.3);
  const still = await toScreen(page, ...under);
  check(Math.abs(still[0] - stage.x - stage.width / 2) < 1, 'the wheel zooms to the pointer');
  await page.keyboard.press('0');
  check(near(before, await page.evaluate(() => window.__postil.toScreen(1, 1)[0] - window.__postil.toScreen(0, 0)[0])), '0 fits the picture');
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor();
  await shot(page, 'keys-1280');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor({ state: 'detached' });

  // ---- autosave
  await saved(page);
  const here = page.url();
  await page.reload();
  await editorReady(page);
  check((await byId(page, one.id)).label === second, 'a reload finds the saved work');

  // ---- a server that is away, and a tab that closes
  await page.route('**/tasks/*', (r) => (r.request().method() === 'PUT' ? r.abort() : r.continue()));
  await page.locator(`[data-label="${one.id}"]`).click();
  await page.locator('[data-testid=stage]').focus();
  await page.keyboard.press('3');
  await page.locator('[data-testid=save-state][data-state=offline]').waitFor();
  check(true, 'it says when the server is away');
  await shot(page, 'offline-1280');
  await page.goto('about:blank');
  await page.unroute('**/tasks/*');
  await page.goto(here);
  await editorReady(page);
  const third = (await page.locator('.class-chip').nth(2).textContent()).replace(/^\d/, '');
  check((await byId(page, one.id)).label === third, 'the journal brings the work back');
  await saved(page);

  // ---- two tabs
  const other = await context.newPage();
  await other.goto(here);
  await editorReady(other);
  const two = await reachable(other, [one.id]);
  await clickLabel(other, two);
  await other.keyboard.press('Delete');
  await saved(other);
  await page.bringToFront();
  await page.locator(`[data-label="${one.id}"]`).click();
  await page.locator('[data-testid=stage]').focus();
  await page.keyboard.press('1');
  const dialog = page.getByRole('dialog', { name: 'Somebody else saved this sample' });
  await dialog.waitFor();
  await shot(page, 'conflict-1280');
  await dialog.getByRole('button', { name: /Merge/ }).click();
  await saved(page);
  const first = (await page.locator('.class-chip').nth(0).textContent()).replace(/^\d/, '');
  check((await byId(page, one.id)).label === first && !(await byId(page, two.id)), 'a merge keeps both sides');
  await other.close();

  // ---- the queue
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+Enter');
  await until('the next sample opens', () => page.url() !== here);
  await editorReady(page);
  await page.keyboard.press('Control+a');
  const copied = (await boxes(page)).length;
  await page.keyboard.press('Control+c');
  await page.keyboard.press('Escape');
  await page.keyboard.press('d');
  await until('the previous sample opens', () => page.url() === here);
  await editorReady(page);
  await until('it is marked as done', () => page.getByText('· done').isVisible());
  const had = (await boxes(page)).length;
  await page.keyboard.press('Control+v');
  check((await boxes(page)).length === had + copied, 'labels are pasted across samples');
  await page.keyboard.press('Control+z');
  await saved(page);
  await page.getByLabel('back to the dataset').click();
  await page.locator('[data-testid=sample-count]').waitFor();
  await openRuns(page);
  await deleteRun(page, key);
});

await play({}, async ({ page }) => {
  await start(page, strict, { forbid: ['Add labels', 'Delete labels', 'Move and resize'] }, 1);
  check((await page.getByTestId('restrictions').textContent()).includes('no deleting'), 'the restrictions are shown');
  const all = await boxes(page);
  const one = await reachable(page);
  await clickLabel(page, one);
  await page.keyboard.press('Delete');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Control+d');
  const from = await toScreen(page, one.box[0] + one.box[2] / 2, one.box[1] + one.box[3] / 2);
  await drag(page, from, [from[0] + 40, from[1] + 20]);
  await page.keyboard.press('n');
  check((await scene(page)).tool === 'select', 'nothing can be drawn');
  check(JSON.stringify((await boxes(page)).map((b) => b.box)) === JSON.stringify(all.map((b) => b.box)), 'nothing is moved, added or deleted');
  await page.keyboard.press('2');
  const second = (await page.locator('.class-chip').nth(1).textContent()).replace(/^\d/, '');
  check((await byId(page, one.id)).label === second, 'the class can be changed');
  await shot(page, 'restrictions-1280');
  await saved(page);
  await page.getByLabel('back to the dataset').click();
  await page.locator('[data-testid=sample-count]').waitFor();
  await openRuns(page);
  await deleteRun(page, strict);
});
