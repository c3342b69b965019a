// What the end-to-end scripts share: a browser with a fresh profile, checks that stop with a message, screenshots.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { faults } from './contract.mjs';

export const args = Object.fromEntries(process.argv.slice(2).map((a) => { const m = /^--([^=]+)(?:=(.*))?$/s.exec(a); return m ? [m[1], m[2] ?? '1'] : ['_', a]; }));
if (!args.url) {
  console.error('usage: node SCRIPT --url=ADDRESS_WITH_TOKEN [--shots=DIRECTORY]');
  process.exit(2);
}

export async function open({ width = 1280, height = 800, colorScheme = 'light', forgive = /status of (400|404|409)/ } = {}) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  const context = await browser.newContext({ viewport: { width, height }, colorScheme });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const problems = [];
  page.on('pageerror', (e) => problems.push(String(e) + (e.stack ?? '').slice(0, 1800)));
  page.on('console', (m) => { if (m.type() === 'error' && !forgive.test(m.text())) problems.push(m.text()); });
  page.on('request', (r) => { const u = new URL(r.url()); if (/^https?:$/.test(u.protocol) && u.host !== new URL(args.url).host) problems.push('asks outside: ' + u.host); });
  context.on('response', async (response) => {
    const path = new URL(response.url()).pathname;
    if (!path.startsWith('/api/')) return;
    const body = await response.json().catch(() => undefined);
    if (body !== undefined) problems.push(...faults(response.request().method(), path, response.status(), body));
  });
  return { browser, context, page, problems };
}

export function check(condition, message) {
  if (!condition) throw new Error(message);
  console.log('ok   ' + message);
}

export async function until(what, condition, ms = 15_000) {
  const end = Date.now() + ms;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) throw new Error('not reached: ' + what);
    await new Promise((r) => setTimeout(r, 40));
  }
}

/** A picture for people to look at, taken when what is shown has come to rest. */
export async function shot(page, name) {
  if (!args.shots) return;
  await page.evaluate(async () => {
    // What was just opened begins to move a frame or two later.
    for (let i = 0; i < 3; i++) await new Promise(requestAnimationFrame);
    await Promise.allSettled([
      ...document.getAnimations().filter((a) => a.effect.getComputedTiming().endTime !== Infinity).map((a) => a.finished),
      ...[...document.images].filter((i) => !i.complete && i.loading !== 'lazy').map((i) => i.decode()),
    ]);
  });
  mkdirSync(args.shots, { recursive: true });
  await page.screenshot({ path: join(args.shots, name + '.png') });
}

/** Runs a script's body; exits with 1 and a picture of the page if it fails. */
export async function play(options, body) {
  const session = await open(options);
  try {
    await body(session);
    if (session.problems.length > 0) throw new Error('the page complained:\n  ' + session.problems.join('\n  '));
  } catch (e) {
    console.error('FAIL ' + e.message);
    await shot(session.page, 'failure').catch(() => undefined);
    process.exitCode = 1;
  } finally {
    await session.browser.close();
  }
}

// ---- the App as its user sees it
export const counts = async (page) => Object.fromEntries(await page.locator('[data-testid=preview-counts] [data-kind]').evaluateAll((els) => els.map((e) => [e.dataset.kind, Number(e.querySelector('b').textContent.replaceAll(',', ''))])));
export const scene = (page) => page.evaluate(() => window.__postil.scene());
export const sampleCount = (page) => page.locator('[data-testid=sample-count]').textContent();

export async function editorReady(page) {
  await page.locator('[data-testid=stage][data-ready=true]').waitFor();
}

export async function saved(page) {
  await page.locator('[data-testid=save-state][data-state=saved]').waitFor();
}

/** The labels that have boxes, all fields together. */
export const boxes = async (page) => Object.values((await scene(page)).labels).flatMap((g) => g.labels).filter((l) => l.box);

export async function toScreen(page, x, y) {
  return page.evaluate(([a, b]) => window.__postil.toScreen(a, b), [x, y]);
}

/** A label that can be taken by a click in its middle: no smaller one lies there or so near that its edge is taken. */
export async function reachable(page, except = []) {
  const all = await boxes(page);
  const near = 0.015;
  const inside = (b, x, y) => x >= b[0] - near && x <= b[0] + b[2] + near && y >= b[1] - near && y <= b[1] + b[3] + near;
  const area = (b) => b[2] * b[3];
  return all.find(({ id, box }) => !except.includes(id) && area(box) > 0.0015 && box[0] > 0.02 && box[0] + box[2] < 0.95 && box[1] > 0.02 && box[1] + box[3] < 0.95
    && !all.some((o) => o.id !== id && area(o.box) <= area(box) && inside(o.box, box[0] + box[2] / 2, box[1] + box[3] / 2)));
}

export async function clickLabel(page, label, modifiers = []) {
  const [x, y] = await toScreen(page, label.box[0] + label.box[2] / 2, label.box[1] + label.box[3] / 2);
  for (const m of modifiers) await page.keyboard.down(m);
  await page.mouse.click(x, y);
  for (const m of modifiers) await page.keyboard.up(m);
}

export async function drag(page, from, to, steps = 8) {
  await page.mouse.move(...from);
  await page.mouse.down();
  await page.mouse.move(...to, { steps });
  await page.mouse.up();
}

/** Makes a run on what is shown and opens the editor. */
export async function annotate(page, key, { forbid = [] } = {}) {
  await page.getByRole('button', { name: 'Annotate', exact: true }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Annotate' });
  await dialog.getByLabel('Key').fill(key);
  for (const label of forbid) await dialog.getByLabel(label).uncheck();
  await dialog.getByTestId('plan').waitFor();
  await until('the request is ready', () => dialog.getByRole('button', { name: 'Annotate now' }).isEnabled());
  return dialog;
}

export async function openRuns(page) {
  await page.getByRole('button', { name: 'Runs' }).click();
  await page.getByRole('dialog', { name: 'Annotation runs' }).waitFor();
}

export async function deleteRun(page, key) {
  await page.locator(`[data-run="${key}"]`).getByLabel(`more about ${key}`).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await page.getByRole('dialog', { name: `Delete ${key}?` }).getByRole('button', { name: 'Delete' }).click();
  await page.locator(`[data-run="${key}"]`).waitFor({ state: 'detached' });
}
