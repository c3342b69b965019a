// A video in the editor: frames, key frames, tracks that are drawn, moved, ended and deleted; and in the dataset exactly that.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { args, check, drag, editorReady, openRuns, play, saved, scene, shot, toScreen, until } from './browser.mjs';

const dataset = 'tracks_' + Date.now().toString(36);
const key = 'fix';
const field = 'frames.ground_truth';
const postil = (...words) => execFileSync(args.postil, words, { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'inherit'] });
postil('zoo', 'load', 'quickstart-video', dataset);

const bare = ({ id, label, index, box, attributes }) => JSON.stringify([id, label, index, box, attributes ?? {}]);
const mix = (a, b, share) => a.map((v, i) => v + (b[i] - v) * share);
const near = (a, b, by = 1e-9) => a.every((v, i) => Math.abs(v - b[i]) < by);

await play({ forgive: /status of (400|404|409)|ERR_INTERNET_DISCONNECTED/ }, async ({ page }) => {
  const call = async (method, path, data) => page.request.fetch(new URL(`/api/v1/datasets/${dataset}/${path}`, args.url).href, { method, ...(data === undefined ? {} : { data }) });
  const read = async (path) => (await call('GET', path)).json();
  const framesNow = async (sample) => new Map((await read(`samples/${sample}/frames?first=1&last=60`)).map((f) => [f.number, f.labels.ground_truth.labels]));

  // ---- a run on the video
  await page.goto(args.url);
  const address = new URL(args.url);
  address.pathname = `/datasets/${dataset}`;
  await page.goto(address.href);
  await page.locator('[data-sample]').first().waitFor();
  await page.getByRole('button', { name: 'Annotate', exact: true }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Annotate' });
  await dialog.getByLabel('Key').fill(key);
  await dialog.getByTestId('plan').getByText(`labels of ${field}`).waitFor();
  await until('the request is ready', () => dialog.getByRole('button', { name: 'Annotate now' }).isEnabled());
  await dialog.getByRole('button', { name: 'Annotate now' }).click();
  await page.waitForURL(/runs\/.*\/[0-9a-f]{24}$/);
  await editorReady(page);
  const sample = page.url().split('/').pop();
  const before = await framesNow(sample);
  const { tracks } = await read(`runs/${key}/tasks/${sample}`);
  const stage = page.locator('[data-testid=stage]');

  const labels = async () => (await scene(page)).labels[field]?.labels ?? [];
  const shown = (frame) => until(`frame ${frame} is shown`, async () => { const s = await scene(page); return s.frame === frame && s.ready && (await stage.getAttribute('data-frame')) === String(frame); });
  const go = async (frame) => {
    await page.getByTestId('frame').fill(String(frame));
    await page.keyboard.press('Enter');
    await shown(frame);
  };
  const at = async (id) => (await labels()).find((l) => l.id === id);
  const middle = (b) => [b[0] + b[2] / 2, b[1] + b[3] / 2];
  const pick = async (id) => {
    await page.locator(`[data-label="${id}"]`).click();
    check((await scene(page)).selected.includes(id), `object ${id.slice(-4)} is selected in the list`);
    await stage.focus();
  };
  const moveBy = async (id, dx, dy) => {
    const { box } = await at(id);
    const [x, y] = middle(box);
    await drag(page, await toScreen(page, x, y), await toScreen(page, x + dx, y + dy));
  };

  // ---- frames
  await shown(1);
  check((await labels()).length === before.get(1).length, 'the first frame shows its labels');
  await stage.focus();
  await page.keyboard.press('f');
  await shown(2);
  await page.keyboard.press('Shift+F');
  await shown(12);
  await page.keyboard.press('d');
  await shown(11);
  await page.keyboard.press('End');
  await shown(60);
  await go(25);
  check((await labels()).map((l) => JSON.stringify(l.box)).sort().join() === before.get(25).map((l) => JSON.stringify(l.box)).sort().join(), 'frame 25 shows the labels of frame 25');
  await page.keyboard.press(' ');
  await until('it plays', async () => (await scene(page)).frame > 27);
  await page.keyboard.press(' ');
  await until('and stops', async () => (await page.getByRole('button', { name: 'play', exact: true }).count()) === 1);

  // ---- a key frame between those that were marked
  const long = tracks.filter((t) => t.spans[0] === 1 && t.spans[1] >= 25);
  const boxOf = (id, frame, of = before) => { const t = tracks.find((x) => x.id === id); return of.get(frame).find((l) => l.index === t.index && l.label === t.label)?.box; };
  // One that can be taken by its middle on frame 7.
  await go(7);
  const here = await labels();
  const free = (l) => { const [x, y] = middle(l.box); return l.box[2] > 0.1 && l.box[3] > 0.1 && y > 0.15 && y < 0.85 && x > 0.15 && x < 0.85 && !here.some((o) => o.id !== l.id && o.box[2] * o.box[3] <= l.box[2] * l.box[3] && x > o.box[0] - 0.02 && x < o.box[0] + o.box[2] + 0.02 && y > o.box[1] - 0.02 && y < o.box[1] + o.box[3] + 0.02); };
  const one = here.find((l) => long.some((t) => t.id === l.id) && free(l)).id;
  const keys = tracks.find((t) => t.id === one).keys;
  check([1, 13, 25].every((k) => keys.includes(k)), 'the marked frames are its key frames');
  await pick(one);
  check(!(await scene(page)).atKey, 'frame 7 is between key frames');
  await moveBy(one, 0.02, 0.04);
  await saved(page);
  const moved = (await at(one)).box;
  check(Math.abs(moved[1] - boxOf(one, 7)[1] - 0.04) < 0.01, 'it is moved on this frame');
  check((await scene(page)).atKey, 'which is a key frame now');
  await go(4);
  check(near((await at(one)).box, mix(boxOf(one, 1), moved, 3 / 6)), 'from the key frame before it moves there evenly');
  await go(13);
  check(JSON.stringify((await at(one)).box) === JSON.stringify(boxOf(one, 13)), 'the next key frame is as it was');
  await stage.focus();
  await page.keyboard.press('e');
  await shown(7);
  await page.keyboard.press('r');
  await shown(13);
  check(true, 'E and R go from key frame to key frame');
  await go(7);
  await stage.focus();
  await page.keyboard.press('k');
  check(near((await at(one)).box, mix(boxOf(one, 1), boxOf(one, 13), 0.5)), 'K takes the key frame out');
  await page.keyboard.press('Control+z');
  check(near((await at(one)).box, moved, 1e-12), 'undo brings it back');
  await shot(page, 'tracks-light');

  // ---- a new track
  await go(10);
  await stage.focus();
  await page.keyboard.press('Escape');
  await page.keyboard.press('n');
  await drag(page, await toScreen(page, 0.05, 0.05), await toScreen(page, 0.15, 0.2));
  const drawn = (await scene(page)).selected[0];
  const start = (await at(drawn)).box;
  check(near(start, [0.05, 0.05, 0.1, 0.15], 0.01), 'a box is drawn');
  await go(30);
  check(near((await at(drawn)).box, start), 'and is there on later frames');
  await moveBy(drawn, 0.3, 0);
  const end = (await at(drawn)).box;
  await go(20);
  check(near((await at(drawn)).box, mix(start, end, 0.5)), 'moved there, it is half way between');
  await go(40);
  await stage.focus();
  await page.keyboard.press('o');
  check((await at(drawn)) === undefined, 'O ends it');
  await go(9);
  check((await at(drawn)) === undefined, 'before it was drawn it is not there');
  check((await page.locator(`[data-label="${drawn}"]`).textContent()).includes('10–39'), 'the list tells its frames');

  // ---- an object that goes, one that ends, a class
  const [gone, ended, other] = tracks.filter((t) => t.id !== one && t.spans[0] === 1 && t.spans.at(-1) === 60);
  await go(1);
  await pick(gone.id);
  await page.keyboard.press('Delete');
  check((await page.locator(`[data-label="${gone.id}"]`).count()) === 0, 'Del deletes an object on all frames');
  await go(50);
  await pick(ended.id);
  await page.keyboard.press('Shift+Delete');
  check((await at(ended.id)) === undefined, 'Shift Del deletes it from here on');
  await go(49);
  check((await at(ended.id)) !== undefined, 'and not before');
  await pick(other.id);
  const wanted = (await page.locator('.class-chip').allTextContents()).map((t) => t.replace(/^\d/, '')).find((c) => c !== other.label);
  await page.locator('.class-chip', { hasText: wanted }).first().click();
  check((await at(other.id)).label === wanted, 'the class of a track is changed');
  await saved(page);

  // ---- and after a reload
  await page.reload();
  await editorReady(page);
  await shown(1);
  check((await at(other.id)).label === wanted && (await at(gone.id)) === undefined, 'after a reload it is as it was left, on all frames');
  await go(20);
  check(near((await at(drawn)).box, mix(start, end, 0.5)), 'tracks as well');
  await pick(drawn);
  await page.emulateMedia({ colorScheme: 'dark' });
  await shot(page, 'tracks-dark');
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 400, height: 800 });
  const kind = page.getByRole('radiogroup', { name: 'what is drawn' });
  await kind.getByText('This frame').click();
  check(await kind.getByRole('radio', { name: 'This frame' }).isChecked(), 'on a narrow screen, too, the switch chooses what is drawn');
  const { x, width } = await kind.boundingBox();
  check(x >= 0 && x + width <= 400, 'and is in sight whole');
  await kind.getByText('Draw tracks').click();
  await shot(page, 'tracks-400');
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.keyboard.press('Control+Enter');
  await page.waitForURL((u) => !u.pathname.includes('/runs/'));

  // ---- side by side, before it is loaded
  await openRuns(page);
  await page.locator(`[data-run="${key}"]`).getByRole('button', { name: 'Load…' }).click();
  const look = page.getByRole('dialog', { name: `Load ${key}: preview` });
  await look.getByText(/^Deleted|^Edited|^Added/).first().waitFor();
  await until('the preview shows the frames of the video', () => look.locator('.change canvas').first().evaluate((c) => {
    const { data } = c.getContext('2d').getImageData(0, 0, c.width, c.height);
    return new Set(data.filter((_, i) => i % 4 === 0)).size > 20;
  }));
  check((await look.locator('.change').first().textContent()).includes(', frame '), 'and says which');
  await shot(page, 'tracks-preview');
  await page.keyboard.press('Escape');

  // ---- in the dataset
  const preview = JSON.parse(postil('load-annotations', dataset, key, '--preview', '--json').trim().split('\n').at(-1));
  const report = JSON.parse(postil('load-annotations', dataset, key, '--json'));
  check(JSON.stringify(preview.report.total) === JSON.stringify(report.total), 'the preview told what is loaded');
  const after = await framesNow(sample);
  const isOf = (t, l) => l.index === t.index && (l.label === t.label || (t === other && l.label === wanted));
  const oneTrack = tracks.find((t) => t.id === one);
  let untouched = 0;
  for (let frame = 1; frame <= 60; frame++) {
    const was = before.get(frame);
    const now = after.get(frame);
    const kept = was.filter((l) => ![oneTrack, gone, ended, other].some((t) => isOf(t, l)));
    for (const l of kept) if (!now.some((n) => bare(n) === bare(l))) throw new Error(`frame ${frame}: ${bare(l)} is not as it was`);
    untouched += kept.length;
    const mine = now.filter((n) => !was.some((l) => l.id === n.id));
    if (mine.length !== (frame >= 10 && frame <= 39 ? 1 : 0)) throw new Error(`frame ${frame} has ${mine.length} new labels`);
    if (now.some((n) => isOf(gone, n))) throw new Error(`frame ${frame} has the object that was deleted`);
    if (now.some((n) => isOf(ended, n)) !== (frame < 50)) throw new Error(`frame ${frame} and the object that ended`);
    const [a, b] = [was.find((l) => isOf(oneTrack, l)), now.find((l) => isOf(oneTrack, l))];
    if (!a && !b) continue;
    const expected = frame <= 1 || frame >= 13 ? a.box : frame <= 7 ? mix(boxOf(one, 1), moved, (frame - 1) / 6) : mix(moved, boxOf(one, 13), (frame - 7) / 6);
    if (a.id !== b.id || !near(b.box, expected, frame <= 1 || frame >= 13 ? Number.MIN_VALUE : 1e-9)) throw new Error(`frame ${frame}: the moved track is at ${b.box}, not ${expected}`);
    if ((b.attributes?.keyframe === true) !== (keys.includes(frame) && (a.attributes?.keyframe === true) || frame === 7)) throw new Error(`frame ${frame}: keyframe is ${b.attributes?.keyframe}`);
  }
  for (let frame = 1; frame <= 60; frame++) {
    const [was, now] = [before.get(frame), after.get(frame)];
    const [c, d] = [was.find((l) => l.index === other.index && l.label === other.label), now.find((l) => l.index === other.index)];
    if (c && (c.id !== d.id || d.label !== wanted || JSON.stringify(c.box) !== JSON.stringify(d.box))) throw new Error(`frame ${frame}: the class is ${d.label}`);
  }
  check(untouched > 200, `${untouched} labels that nobody touched are as they were`);
  const fresh = after.get(20).find((n) => !before.get(20).some((l) => l.id === n.id));
  check(near(fresh.box, mix(start, end, 0.5)) && fresh.index > Math.max(...tracks.map((t) => t.index)), 'the new track is there, under a number of its own');

  // ---- new fields of frames and of the video, of every kind
  const schema = {
    'frames.ways': { type: 'polylines', classes: ['way'] }, 'frames.poses': { type: 'keypoints', classes: ['pose'] }, 'frames.weather': { type: 'classification', classes: ['sun', 'rain'] },
    'frames.speed': { type: 'scalar' }, place: { type: 'classifications', classes: ['city', 'village'] },
  };
  const json = join(mkdtempSync(join(tmpdir(), 'tracks')), 'schema.json');
  writeFileSync(json, JSON.stringify(schema));
  postil('annotate', dataset, 'all', '--label-schema', json);
  address.pathname = `/datasets/${dataset}/runs/all/${sample}`;
  await page.goto(address.href);
  await editorReady(page);
  await shown(1);
  await stage.focus();
  const click = async (...points) => { for (const p of points) await page.mouse.click(...await toScreen(page, ...p)); };
  const inField = async (name) => (await scene(page)).labels[name]?.labels ?? [];
  await page.getByText('frames.ways', { exact: true }).click();
  await stage.focus();
  await page.keyboard.press('n');
  await click([0.2, 0.2], [0.4, 0.2]);
  await page.keyboard.press('Enter');
  await go(11);
  await drag(page, await toScreen(page, 0.4, 0.2), await toScreen(page, 0.4, 0.6));
  await go(6);
  const [way] = await inField('frames.ways');
  check(Math.abs(way.points[0][1][1] - 0.4) < 0.02 && Math.abs(way.points[0][0][1] - 0.2) < 0.02, 'the points of a line move between key frames');
  await page.getByText('frames.poses', { exact: true }).click();
  await stage.focus();
  await page.keyboard.press('t');
  await page.keyboard.press('n');
  await click([0.6, 0.3], [0.7, 0.3]);
  await page.keyboard.press('Enter');
  await page.getByLabel('frames.speed').fill('12.5');
  await page.keyboard.press('Enter');
  await page.locator('.class-chip', { hasText: 'rain' }).click();
  await page.locator('.class-chip', { hasText: 'village' }).click();
  await saved(page);
  await shot(page, 'tracks-all');

  // ---- a connection that is lost, and somebody else
  await page.context().setOffline(true);
  await go(20);
  await page.getByLabel('frames.speed').fill('13');
  await page.keyboard.press('Enter');
  await page.locator('[data-testid=save-state][data-state=offline]').waitFor();
  await page.context().setOffline(false);
  await saved(page);
  const now = await read(`runs/all/tasks/${sample}`);
  check(now.edits.some((e) => e.form === 'value' && e.first === 20 && e.value === 13), 'what was done without a connection arrives');
  const theirs = { id: 'frames.speed@30', form: 'value', field: 'frames.speed', first: 30, last: 30, value: 7 };
  await call('PUT', `runs/all/tasks/${sample}`, { revision: now.revision, state: 'started', labels: now.labels, values: {}, edits: { put: [theirs], removed: [] } });
  await page.getByLabel('frames.speed').fill('14');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: /^Merge/ }).click();
  await saved(page);
  const merged = (await read(`runs/all/tasks/${sample}`)).edits.filter((e) => e.form === 'value').map((e) => [e.first, e.value]).sort((a, b) => a[0] - b[0]);
  check(JSON.stringify(merged) === '[[6,12.5],[20,14],[30,7]]', 'work of two people on one video is merged');
  await stage.focus();
  await page.keyboard.press('Control+Enter');
  await page.waitForURL((u) => !u.pathname.includes('/runs/'));
  postil('load-annotations', dataset, 'all');
  const all = new Map((await read(`samples/${sample}/frames?first=1&last=60`)).map((f) => [f.number, f.labels]));
  check([...all.values()].every((l) => l.ways.labels.length === 1) && [...all].filter(([, l]) => l.poses?.labels.length).map(([f]) => f).join() === '6', 'the line is on all frames, the keypoints on theirs');
  check(all.get(6).weather.labels[0].label === 'rain' && (await read(`samples/${sample}`)).labels.place.labels[0].label === 'village', 'classes of a frame and of the video are there');

  // ---- what a run forbids, the server refuses
  postil('annotate', dataset, 'careful', '--label-field', field, '--no-allow-deletions', '--no-allow-spatial-edits');
  const task = await read(`runs/careful/tasks/${sample}`);
  const refused = async (edit) => (await call('PUT', `runs/careful/tasks/${sample}`, { revision: task.revision, state: 'started', labels: {}, values: {}, edits: { put: [edit], removed: [] } })).status();
  const [t] = task.tracks;
  const whole = { field, track: t.id, first: t.spans[0], last: t.spans[0] };
  check((await refused({ id: 'a', form: 'outside', ...whole })) === 400, 'a deletion that the run forbids is refused');
  const far = { id: t.id, cls: 'Detection', label: t.label, box: [0, 0, 0.01, 0.01] };
  check((await refused({ id: 'a', form: 'shape', ...whole, label: far })) === 400, 'and so is a move');
  check((await refused({ id: 'a', form: 'shape', ...whole, last: 61, label: far })) === 400, 'and a frame beyond the video');
  postil('runs', 'delete', dataset, 'careful');
});
postil('datasets', 'delete', dataset);
