// Videos as cameras and programs make them: the frame that is shown is that of the file, and what cannot be so is said.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { args, check, editorReady, play, scene, shot, until } from './browser.mjs';

const dataset = 'frames_' + Date.now().toString(36);
const videos = fileURLToPath(new URL('../../../formats/src/test/resources/videos', import.meta.url));
const truth = JSON.parse(readFileSync(join(videos, 'frames.json'), 'utf8'));
const dir = mkdtempSync(join(tmpdir(), 'postil-frames-'));
for (const name of Object.keys(truth)) cpSync(join(videos, name), join(dir, name));
const postil = (...words) => execFileSync(args.postil, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
postil('datasets', 'import', dataset, '--data', dir);

/** The number that is painted on the picture under a canvas: eight bars, each a bit. */
const numberOn = (page) => page.evaluate(async () => {
  // What is shown is drawn with the next picture of the page.
  for (let i = 0; i < 2; i++) await new Promise(requestAnimationFrame);
  const { canvas } = document.querySelector('[data-testid=stage] canvas').getContext('2d');
  const room = canvas.getBoundingClientRect();
  let number = 0;
  for (let bit = 0; bit < 8; bit++) {
    const [x, y] = window.__postil.toScreen((bit + 0.5) / 8, 0.5);
    const at = [(x - room.left) * (canvas.width / room.width), (y - room.top) * (canvas.height / room.height)];
    if (canvas.getContext('2d').getImageData(...at.map(Math.round), 1, 1).data[0] > 128) number |= 1 << bit;
  }
  return number;
});

await play({}, async ({ page }) => {
  // ---- what is said before anything is sent
  await page.goto(args.url);
  const at = (path) => new URL(`/datasets/${dataset}${path}`, args.url).href;
  await page.goto(at(''));
  await page.locator('[data-sample]').first().waitFor();
  await page.getByRole('button', { name: 'Annotate', exact: true }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Annotate' });
  await dialog.getByLabel('Key').fill('things');
  await dialog.getByRole('combobox', { name: 'Field' }).fill('frames.things');
  await dialog.getByRole('combobox', { name: 'Classes' }).fill('thing');
  await page.keyboard.press('Enter');
  const plan = dialog.getByTestId('plan');
  await plan.getByText(/part2-sound\.mp4 is coded as MPEG-4 Part 2/).waitFor();
  check((await plan.textContent()).includes('varying.mp4 has a variable frame rate'), 'the request tells of videos that browsers do not play, and of those with a variable frame rate');
  await shot(page, 'frames-plan');
  await page.keyboard.press('Escape');
  postil('annotate', dataset, 'things', '--label-field', 'frames.things', '--label-type', 'detections', '--classes', 'thing');

  const { tasks } = await (await page.request.get(new URL(`/api/v1/datasets/${dataset}/runs/things/tasks?offset=0&limit=100`, args.url).href)).json();
  for (const [name, { numbers }] of Object.entries(truth)) {
    const { sample } = tasks.find((t) => t.name === name);
    await page.goto(at(`/runs/things/${sample}`));
    await editorReady(page);
    const stage = page.locator('[data-testid=stage]');
    if (name.startsWith('part2')) {
      const note = page.getByRole('alert').getByText(`${name} is coded as MPEG-4 Part 2 (mp4v), which browsers do not play`);
      await note.waitFor();
      check((await page.getByRole('alert').textContent()).includes('ffmpeg -i'), `${name}: that it cannot be played is said, and what to do`);
      await shot(page, name);
      continue;
    }
    const shown = (frame) => until(`${name}: frame ${frame} is shown`, async () => (await scene(page)).frame === frame && (await stage.getAttribute('data-frame')) === String(frame));
    await shown(1);
    check((await scene(page)).frames === numbers.length, `${name} has ${numbers.length} frames`);
    const warning = page.getByTestId('video-warnings');
    if (/^(no-edit-list|fragments)/.test(name)) {
      check((await warning.textContent()).includes(`ffmpeg -i "${name}" -c copy`), `${name}: that browsers miss some of its frames is said, and what to do`);
      continue;
    }
    await stage.focus();
    // A picture is there a moment after its frame is told.
    const seen = (frame) => until(`${name}: frame ${frame} is the picture ${numbers[frame - 1]}`, async () => (await numberOn(page)) === numbers[frame - 1]);
    for (let frame = 1; frame <= numbers.length; frame++) {
      await shown(frame);
      await seen(frame);
      await page.keyboard.press('f');
    }
    check(true, `${name}: one on from frame to frame, each is the frame of the file`);
    for (const frame of [numbers.length, 2, 20, 3, 17, 1, numbers.length - 1]) {
      await page.getByTestId('frame').fill(String(frame));
      await page.keyboard.press('Enter');
      await shown(frame);
      await seen(frame);
    }
    check(true, `${name}: and so after a jump`);
    if (name.startsWith('varying')) {
      check((await warning.textContent()).includes(`${name} has a variable frame rate`), `${name}: its rate is said to vary`);
      await shot(page, name);
      await page.setViewportSize({ width: 400, height: 800 });
      await shot(page, name + '-400');
      await page.setViewportSize({ width: 1280, height: 800 });
    } else check(await warning.count() === 0, `${name}: there is nothing to warn of`);
  }

  // ---- on the page of a sample
  const { sample } = tasks.find((t) => t.name === 'part2-sound.mp4');
  await page.goto(at(`/samples/${sample}`));
  await page.getByRole('alert').getByText(/part2-sound\.mp4 is coded as MPEG-4 Part 2/).waitFor();
  check(true, 'the page of a sample says, too, why a video is not played');
});
postil('runs', 'delete', dataset, 'things');
postil('datasets', 'delete', dataset);
rmSync(dir, { recursive: true });
