/** The files that WebGPU takes, where there is something to run it on: the CPU goes on computing until they are as they should be. */
import { readdirSync } from 'node:fs';
import { SOFTWARE_WEBGPU } from './browser';
import { A_PAGE, FETCHED, inTurn } from './faults';
import { expect, ready, test } from './person';
import { DIST, HURRY } from './server';

/** Longer than the page waits for a backend that is silent. */
const TOO_LONG_MS = 31_000;
const PROGRAM = /^assets\/_?virtual_webgpu-/;

test.use({ launchOptions: SOFTWARE_WEBGPU });
test.skip(() => !readdirSync(DIST, { recursive: true }).some((path) => String(path).includes('webgpu-')), 'the page was built without WebGPU');

test('each time that a file of WebGPU is not as it should be a sentence says so, and a press has it compute once all are', async ({ page, serve }) => {
  await page.clock.install();
  const served = await serve({ inWorkers: HURRY });
  const notice = page.locator('[data-notice=backend]');
  const again = notice.getByRole('button', { name: 'Try again' });
  await page.goto(`${served.address}#v=1&data=digits&net=mlp&widths=16&batch=8&steps=2&backend=flex`);
  await ready(page);
  served.faults.set(PROGRAM, 'missing');
  await page.getByLabel('Run on').selectOption('webgpu');
  await expect(notice).toContainText('CPU goes on computing');
  const says = /Fetching the WebGPU build failed: the server could not be reached, or does not have it/;
  await inTurn(served, PROGRAM, (['missing', 'cut', A_PAGE] as const).map((fault) => ({ fault, says })), notice, () => again.click());
  await inTurn(served, PROGRAM, [{ fault: 'stuck', says: /nothing was heard of it for 30 seconds/ }], notice, async () => {
    const before = served.times(PROGRAM);
    await again.click();
    await expect.poll(() => served.times(PROGRAM)).toBeGreaterThan(before);
    await page.clock.fastForward(TOO_LONG_MS);
  });
  await inTurn(served, /^pkg\/webgpu-/, FETCHED, notice, () => again.click());
  await expect(page.locator('.backend-words')).toHaveAttribute('data-backend', 'flex');
  await again.click();
  await expect(page.locator('.backend-words')).toHaveText('Runs on WebGPU: chosen by hand.');
});
