// How quick the App and the editor are in a real browser: the figures of the design's table, one JSON line each.
//   node bench/browser.mjs --url=ADDRESS_WITH_TOKEN [--field=predictions] [--crowd=DATASET,DATASET,...] [--repeat=3]
// The address opens a dataset; the data sets of --crowd have one picture each, crowded with boxes of ground_truth.
// Waits are taken inside the page, at the animation frame at which the condition holds; the median of the repeats is printed.
import { annotate, args, boxes, deleteRun, editorReady, open, openRuns, scene, toScreen } from '../e2e/browser.mjs';

const field = args.field ?? 'predictions';
const repeat = Number(args.repeat ?? 3);

const METERS = () => {
  window.__until = (f, ms = 60000) => new Promise((ok, no) => {
    const begin = performance.now();
    const look = () => {
      let v = false;
      try { v = f(); } catch { /* not yet */ }
      if (v) return requestAnimationFrame(() => ok(performance.now()));
      if (performance.now() - begin > ms) return no(new Error('not reached: ' + f));
      requestAnimationFrame(look);
    };
    look();
  });
  let on = false;
  let frames = [];
  window.__frames = () => { on = true; frames = []; let last = null; const f = (t) => { if (!on) return; if (last !== null) frames.push(t - last); last = t; requestAnimationFrame(f); }; requestAnimationFrame(f); };
  window.__framesEnd = () => { on = false; frames.sort((a, b) => a - b); const at = (q) => +(frames[Math.min(frames.length - 1, Math.floor(frames.length * q))] ?? 0).toFixed(1); return { frames: frames.length, median: at(0.5), p95: at(0.95) }; };
};

async function fresh() {
  const session = await open();
  await session.context.addInitScript(METERS);
  const bytes = { requests: 0, kB: 0 };
  session.page.on('requestfinished', async (r) => {
    const sizes = await r.sizes().catch(() => null);
    if (sizes) { bytes.requests++; bytes.kB += sizes.responseBodySize / 1024; }
  });
  return { ...session, bytes };
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const round = (v) => Math.round(v);
const emit = (op, more) => console.log(JSON.stringify({ op, ...more }));

async function times(n, action) {
  const out = [];
  for (let i = 0; i < n; i++) out.push(await action(i));
  return out;
}

/** Milliseconds from an action of the user to a state of the page. */
async function reaction(page, act, done) {
  const start = await page.evaluate(() => performance.now());
  await act();
  return (await page.evaluate(`__until(${done})`)) - start;
}

const PAINTED = `() => { const c = document.querySelector('.tile canvas'); const i = document.querySelector('.tile img'); return c && c.width > 0 && i.complete && i.naturalWidth > 0; }`;
const shown = (text) => `() => { const t = document.querySelector('[data-testid=sample-count]').textContent; return t !== ${JSON.stringify(text)} && /\\d \\/ /.test(t); }`;

async function app() {
  const first = await times(repeat, async () => {
    const s = await fresh();
    await s.page.goto(args.url, { waitUntil: 'commit' });
    const ms = await s.page.evaluate(`__until(${PAINTED})`);
    await s.page.waitForLoadState('networkidle');
    const out = { ms, ...s.bytes };
    await s.browser.close();
    return out;
  });
  emit('grid', { ms: round(median(first.map((f) => f.ms))), requests: first[0].requests, kB: round(first[0].kB) });

  const s = await fresh();
  const { page } = s;
  await page.goto(args.url);
  await page.evaluate(`__until(${PAINTED})`);
  const total = await page.locator('[data-testid=sample-count]').textContent();
  const head = page.locator(`[data-field=${field}]`).getByRole('button', { name: new RegExp(field) }).first();
  emit('counts', { ms: round(await reaction(page, () => head.click(), `() => /\\d labels/.test(document.querySelector('[data-field=${field}] [data-testid=label-count]').textContent)`)), samples: total });

  const row = page.locator(`[data-field=${field}] .facet-row`).last().getByRole('checkbox');
  emit('filter_label', { ms: round(await reaction(page, () => row.check(), shown(total))) });
  const narrowed = await page.locator('[data-testid=sample-count]').textContent();
  await page.waitForLoadState('networkidle');
  const from = await page.getByRole('slider', { name: `least confidence of ${field}` }).boundingBox();
  const to = await page.getByRole('slider', { name: `greatest confidence of ${field}` }).boundingBox();
  await page.mouse.move(from.x + 6, from.y + 6);
  await page.mouse.down();
  await page.mouse.move(from.x + (to.x - from.x) * 0.3, from.y + 6, { steps: 4 });
  await page.waitForTimeout(100);
  emit('filter_confidence', { ms: round(await reaction(page, () => page.mouse.up(), shown(narrowed))) });
  await page.getByRole('button', { name: 'Clear all' }).click();
  await page.evaluate(`__until(() => document.querySelector('[data-testid=sample-count]').textContent === ${JSON.stringify(total)})`);

  await page.evaluate(() => __frames());
  await page.locator('.grid-scroller').hover();
  for (let i = 0; i < 40; i++) await page.mouse.wheel(0, 300);
  await page.waitForTimeout(600);
  emit('scroll', await page.evaluate(() => __framesEnd()));

  await page.locator('.grid-scroller').evaluate((e) => e.scrollTo(0, 0));
  await page.evaluate(`__until(${PAINTED})`);
  const PICTURE = `() => { const i = document.querySelector('.sample-stage img'); const c = document.querySelector('.sample-stage canvas'); return i && i.complete && i.naturalWidth > 0 && c.width > 0; }`;
  emit('sample', { ms: round(await reaction(page, () => page.locator('[data-sample]').first().click(), PICTURE)) });
  await page.waitForTimeout(500);
  const next = await times(5, async () => {
    const name = await page.locator('.sample-side h1').textContent();
    const url = page.url();
    return reaction(page, () => page.keyboard.press('f'), `() => location.href !== ${JSON.stringify(url)} && document.querySelector('.sample-side h1') && (${PICTURE})() && ${JSON.stringify(name)}`);
  });
  emit('sample_next', { ms: round(median(next)) });
  await s.browser.close();
}

async function editor(dataset) {
  const s = await fresh();
  const { page } = s;
  const key = 'bench_' + Date.now().toString(36);
  const url = new URL(args.url);
  url.pathname = '/datasets/' + encodeURIComponent(dataset);
  await page.goto(url.href);
  await page.locator('[data-sample]').first().waitFor();
  await page.waitForTimeout(2500); // The editor's code is fetched when the page is at rest.
  const dialog = await annotate(page, key);
  const READY = `() => document.querySelector('[data-testid=stage][data-ready=true]')`;
  const openMs = await reaction(page, () => dialog.getByRole('button', { name: 'Annotate now' }).click(), READY);
  await editorReady(page);
  const cdp = await s.context.newCDPSession(page);
  const all = await boxes(page);
  const one = all[Math.floor(all.length / 2)];
  const at = await toScreen(page, one.box[0] + one.box[2] / 2, one.box[1] + one.box[3] / 2);
  emit('editor_open', { dataset, boxes: all.length, ms: round(openMs) });
  emit('editor_select', { dataset, ms: round(await reaction(page, () => page.mouse.click(...at), `() => window.__postil.scene().selected.length === 1`)) });
  await page.mouse.move(...at);
  await page.mouse.down();
  await page.evaluate(() => __frames());
  const begin = performance.now();
  const n = 60;
  for (let i = 1; i <= n; i++) await page.mouse.move(at[0] + Math.sin(i / 6) * 60, at[1] + (1 - Math.cos(i / 6)) * 40);
  const eventMs = (performance.now() - begin) / n;
  const dragged = await page.evaluate(() => __framesEnd());
  await page.mouse.up();
  emit('editor_drag', { dataset, eventMs: +eventMs.toFixed(1), ...dragged, moved: JSON.stringify((await boxes(page)).find((b) => b.id === one.id).box) !== JSON.stringify(one.box) });
  await page.evaluate(() => __frames());
  for (let i = 0; i < 20; i++) await page.mouse.wheel(0, i % 10 < 5 ? -60 : 60);
  await page.waitForTimeout(300);
  emit('editor_zoom', { dataset, ...(await page.evaluate(() => __framesEnd())) });
  await cdp.send('HeapProfiler.collectGarbage');
  await cdp.send('Performance.enable');
  const metrics = Object.fromEntries((await cdp.send('Performance.getMetrics')).metrics.map((m) => [m.name, m.value]));
  emit('editor_heap', { dataset, MB: round(metrics.JSHeapUsedSize / 1e6), selected: (await scene(page)).selected.length });
  await page.getByLabel('back to the dataset').click();
  await page.locator('[data-testid=sample-count]').waitFor();
  await openRuns(page);
  await deleteRun(page, key);
  await s.browser.close();
}

await app();
for (const dataset of (args.crowd ?? '').split(',').filter(Boolean)) await editor(dataset);
