/** Which backend computes, and what becomes of one that does not work. */
import type { Page } from '@playwright/test';
import { SOFTWARE_WEBGPU } from './browser';
import { expect, open, ready, run, test } from './person';

const SMALL = 'v=1&data=digits&net=mlp&widths=16&batch=8&steps=2';
/** Longer than the page waits for a backend that is silent. */
const TOO_LONG_MS = 31_000;

test.use({ launchOptions: SOFTWARE_WEBGPU });

/** One training step on the CPU. */
async function expectsToGoOn(page: Page): Promise<void> {
  await page.locator('[data-test=step]').click();
  await expect(page.locator('.train')).toHaveAttribute('data-step', '1');
  await expect(page.locator('.backend-words')).toHaveAttribute('data-backend', 'flex');
}

test('WebGPU that is chosen by hand trains, and the page says that it does', async ({ page }) => {
  await open(page, `${SMALL}&backend=webgpu`);
  await ready(page);
  await expect(page.locator('.backend-words')).toHaveText('Runs on WebGPU: chosen by hand.');
  await page.locator('[data-test=play]').click();
  await expect.poll(async () => (await run(page)).step).toBeGreaterThanOrEqual(2);
  await page.locator('[data-test=play]').click();
  await expect(page.locator('.train')).toHaveAttribute('data-status', 'paused');
  await expect(page.locator('.backend-words')).toHaveAttribute('data-backend', 'webgpu');
  const { losses } = await run(page);
  expect(losses.every((loss) => Number.isFinite(loss) && loss > 0)).toBe(true);
});

test('WebGPU that never starts is given up', async ({ page }) => {
  await page.clock.install();
  await page.route('**/pkg/webgpu-*', () => new Promise(() => undefined));
  const asked = page.waitForRequest('**/pkg/webgpu-*');
  await open(page, `${SMALL}&backend=webgpu`);
  await ready(page);
  await asked;
  await page.clock.fastForward(TOO_LONG_MS);
  await expect(page.locator('[data-notice=backend]')).toContainText('WebGPU did not start: nothing was heard of it for 30 seconds.');
  await expectsToGoOn(page);
});

test('a GPU that hangs is not measured for ever', async ({ page }) => {
  await page.clock.install();
  await open(page, `${SMALL}&backend=flex`);
  await ready(page);
  page.on('worker', (worker) => {
    void worker.evaluate(() => {
      const { GPUBuffer } = globalThis as unknown as { GPUBuffer: { prototype: { mapAsync(): Promise<void> } } };
      GPUBuffer.prototype.mapAsync = () => {
        Object.assign(globalThis, { hangs: true });
        return new Promise(() => undefined);
      };
    });
  });
  await page.evaluate(() => {
    const desk = window.spikeground?.app.desk;
    if (desk !== undefined) desk.adapter = () => Promise.resolve({ kind: 'gpu', name: 'a GPU that hangs' });
  });
  await page.getByLabel('Run on').selectOption('auto');
  await expect.poll(async () => {
    const states = await Promise.all(page.workers().map((worker) => worker.evaluate(() => 'hangs' in globalThis).catch(() => false)));
    return states.includes(true);
  }).toBe(true);
  await expect(page.locator('.backend-words')).toContainText('measuring whether the GPU');
  await page.clock.fastForward(TOO_LONG_MS);
  await expect(page.locator('.backend-words')).toHaveText(
    /^Runs on the CPU: a step takes [\d.]+ ms here, and WebGPU \(a GPU that hangs\) did not finish 3 training steps in 30 seconds\.$/,
  );
  await expect.poll(() => page.workers().length).toBe(1);
  await expectsToGoOn(page);
});

test('WebGPU that finds no adapter is said in a few words, and the choice goes back to the CPU', async ({ page }) => {
  await open(page, `${SMALL}&backend=flex`);
  await ready(page);
  await page.evaluate(() => {
    const desk = window.spikeground?.app.desk;
    if (desk !== undefined) desk.adapter = () => Promise.resolve({ kind: 'none', name: 'WebGPU found no graphics adapter' });
  });
  await page.getByLabel('Run on').selectOption('webgpu');
  await expect(page.locator('[data-notice=backend]')).toContainText('WebGPU found no graphics adapter, so the CPU goes on computing.');
  await expect(page.getByLabel('Run on')).toHaveValue('flex');
  await expect(page.locator('.backend-words')).toHaveText('Runs on the CPU: WebGPU found no graphics adapter.');
});
