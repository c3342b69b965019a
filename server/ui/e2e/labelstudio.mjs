// An annotator in Label Studio's own editor: opens tasks, works on them with mouse and keyboard, submits.
// Reads a scenario as JSON from standard input:
//   { "url", "email", "password", "shots"?, "tasks": [{ "path": "/projects/1/data?task=2", "do": [ACTION...] }] }
// Places are percent of the image or video. Prints what the server took, or fails with a picture in "shots".
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const scenario = JSON.parse(readFileSync(0, 'utf8'));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
const page = await (await browser.newContext({ viewport: { width: 1400, height: 1100 } })).newPage();
page.setDefaultTimeout(60_000);
/** Of a task with a video its size; it is shown as it is, in the middle. */
let video;
const complaints = [];
page.on('pageerror', (e) => complaints.push(String(e)));
// The editor asks the vendor's site for news; nothing leaves this machine.
await page.route((url) => url.host !== new URL(scenario.url).host && /^https?:$/.test(url.protocol), (route) => route.abort());

const media = () => page.locator(video ? '.konvajs-content canvas' : 'img[src^="blob:"]').first();
const selected = (read) => page.evaluate(read);
const regions = () => selected(() => window.Htx.annotationStore.selected.regionStore.regions.length);

/** The media's place on the page, once it no longer moves. */
async function still() {
  for (let before = ''; ; ) {
    const box = await media().boundingBox();
    if (box && JSON.stringify(box) === before) {
      return video ? { x: box.x + (box.width - video[0]) / 2, y: box.y + (box.height - video[1]) / 2, width: video[0], height: video[1] } : box;
    }
    before = JSON.stringify(box);
    await page.waitForTimeout(120);
  }
}

/** Whether so many regions and choices are there, soon. */
async function labelled(count) {
  for (let i = 0; i < 30; i++) {
    if ((await selected(() => window.Htx.annotationStore.selected?.results?.length ?? 0)) >= count) return true;
    await page.waitForTimeout(100);
  }
  return false;
}

async function place([x, y]) {
  const box = await still();
  return [box.x + (box.width * x) / 100, box.y + (box.height * y) / 100];
}

async function until(what, condition) {
  const end = Date.now() + 60_000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error('not reached: ' + what);
    await page.waitForTimeout(50);
  }
}

const actions = {
  /** Chooses the class to draw with. */
  async label(name) {
    await page.locator('.lsf-labels .lsf-label', { hasText: name }).first().click();
  },
  async click(at) {
    await page.mouse.click(...(await place(at)));
  },
  async drag([from, to]) {
    await page.mouse.move(...(await place(from)));
    await page.mouse.down();
    await page.mouse.move(...(await place(to)), { steps: 10 });
    await page.mouse.up();
  },
  async key(name) {
    await page.keyboard.press(name);
  },
  /** Chooses among the choices that are shown, or takes one back. */
  async choose(name) {
    await page.locator(`.lsf-choice label:has(input[name="${name}"]):visible`).first().click();
  },
  /** Chooses in the list that is shown. */
  async select(name) {
    await page.locator('.lsf-choices button, .lsf-choices [class*="select"]').first().click();
    await page.getByRole('option', { name, exact: true }).or(page.locator('[data-radix-popper-content-wrapper]').getByText(name, { exact: true })).first().click();
  },
  async number(value) {
    await page.locator('input[type=number]:visible').first().fill(String(value));
    await page.keyboard.press('Tab');
  },
  async text(value) {
    await page.locator('.lsf-text-area textarea:visible, .lsf-text-area input:visible').first().fill(value);
    await page.keyboard.press('Enter');
  },
  async expectRegions(count) {
    await until(count + ' regions', async () => (await regions()) === count);
  },
  async shot(name) {
    mkdirSync(scenario.shots, { recursive: true });
    await page.screenshot({ path: join(scenario.shots, name + '.png') });
  },
  async submit() {
    const taken = page.waitForResponse((r) => r.request().method() !== 'GET' && /\/api\/(tasks\/\d+\/annotations|annotations\/\d+)/.test(r.url()));
    await page.getByRole('button', { name: /^(Submit|Update)/ }).first().click();
    const response = await taken;
    const answer = await response.json();
    if (!response.ok()) throw new Error('not taken: ' + JSON.stringify(answer));
    console.log(JSON.stringify({ submitted: answer.id, rows: answer.result?.length }));
  },
};

try {
  await page.goto(scenario.url + '/user/login/');
  await page.fill('input[name=email]', scenario.email);
  await page.fill('input[name=password]', scenario.password);
  await page.click('button[type=submit]');
  await page.waitForURL((url) => !url.pathname.includes('login'));
  for (const task of scenario.tasks) {
    video = task.video;
    // At times the editor opens without the labels of a task; an annotator would reload, too.
    for (let attempt = 1; ; attempt++) {
      await page.goto(scenario.url + task.path);
      await page.waitForFunction(() => window.Htx?.annotationStore?.selected?.regionStore && document.querySelector('button[aria-label^="Submit"], button[aria-label^="Update"]'));
      await media().waitFor();
      if (await labelled(task.labels ?? 0)) break;
      if (attempt === 5) throw new Error(`${task.labels} labels are not shown`);
    }
    await page.waitForTimeout(300);
    for (const action of task.do) {
      const [[name, argument]] = Object.entries(action);
      if (!actions[name]) throw new Error('no action ' + name);
      await actions[name](argument);
    }
  }
} catch (e) {
  console.error('FAIL ' + e.message + complaints.map((c) => '\n  the page: ' + c).join(''));
  if (scenario.shots) await actions.shot('failure').catch(() => undefined);
  process.exitCode = 1;
} finally {
  await browser.close();
}
