// A video in the App: it plays in the grid and on its page, where the labels are those of the frame shown.
import { execFileSync } from 'node:child_process';
import { args, check, play, shot, until } from './browser.mjs';

execFileSync(args.postil, ['zoo', 'load', 'quickstart-video', 'clip'], { stdio: 'inherit' });

await play({}, async ({ page }) => {
  const address = new URL(args.url);
  address.pathname = '/datasets/clip';
  await page.goto(address.href);
  const tile = page.locator('.tile video');
  await until('the first frame is there', () => tile.evaluate((v) => v.readyState >= 2 && v.videoWidth > 0));
  await tile.hover();
  await until('it plays under the pointer', () => tile.evaluate((v) => !v.paused && v.currentTime > 0.1));
  await page.locator('[data-field="frames.ground_truth"]').getByRole('button', { name: /frames.ground_truth/ }).first().click();
  await page.getByRole('checkbox', { name: /car/ }).waitFor();
  check(true, 'the classes of its frames are counted');

  await page.locator('[data-sample]').click();
  const frame = async () => Number((await page.getByTestId('frame').textContent()).split(' ')[0]);
  const total = Number((await page.getByTestId('frame').textContent()).match(/\/ (\d+)/)[1]);
  const rows = page.locator('[aria-label="frames.ground_truth"] .label-row');
  await rows.first().waitFor();
  const labelsOf = async (number) => {
    const answer = await page.request.get(new URL(`/api/v1/datasets/clip/samples/${page.url().split('/').pop()}/frames?first=${number}&last=${number}`, page.url()).href);
    return (await answer.json())[0]?.labels.ground_truth.labels.length ?? 0;
  };
  check((await frame()) === 1 && (await rows.count()) === (await labelsOf(1)), 'its page shows the first frame and its labels');
  await page.keyboard.press('.');
  await page.keyboard.press('.');
  await until('two steps lead to frame 3', async () => (await frame()) === 3);
  await page.keyboard.press(',');
  await until('and one back to frame 2', async () => (await frame()) === 2);
  await page.keyboard.press(' ');
  await until('it plays', async () => (await frame()) > 10);
  await page.keyboard.press(' ');
  await until('and stops', () => page.locator('.sample-stage video').evaluate((v) => v.paused));
  const stopped = await frame();
  await until('the labels are those of the frame it stopped at', async () => (await rows.count()) === (await labelsOf(await frame())));
  check(stopped > 10 && stopped <= total, `it stopped at frame ${stopped} of ${total}`);
  await shot(page, 'video-1280');
});
