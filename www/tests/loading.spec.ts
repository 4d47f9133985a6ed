/** What a first visit fetches, and in which order: nothing that is not needed holds up what is. */
import { expect, test } from '@playwright/test';
import { pngOf } from './files';
import { ready } from './person';
import { Served } from './server';

test('until Play can be pressed nothing else is fetched, and nothing twice', async ({ page }) => {
  const served = await Served.start();
  served.faults.set(/^data\/digits-/, 'stuck');
  await page.goto(`${served.address}#v=1&data=digits`);
  await expect.poll(() => served.stuck).toBe(1);
  await expect(page.locator('[data-test=play]')).toBeDisabled();
  const folders = served.asked.filter((path) => /^(pkg|data)\//.test(path));
  expect(folders).toEqual([expect.stringMatching(/^pkg\/cpu-/), expect.stringMatching(/^data\/digits-/)]);
  const assets = served.asked.filter((path) => path.startsWith('assets/'));
  expect(assets.filter((path) => /(classify|compare|papers|plot|scene|reproduction|virtual_webgpu|reader-worker|own-data-worker)-/.test(path))).toEqual([]);
  expect(new Set(served.asked).size).toBe(served.asked.length);
  served.mend();
  await ready(page);
  await expect(page.locator('[data-panel=curves] canvas').first()).toBeVisible();
  await served.stop();
});

test('the stored run moves on the stage while the wasm is still on its way', async ({ page }) => {
  const served = await Served.start();
  served.faults.set(/^pkg\/cpu-/, 'stuck');
  await page.goto(`${served.address}#v=1&data=digits`);
  await expect.poll(() => served.stuck).toBe(1);
  const stage = page.locator('.stored .stage-canvas');
  const picture = (): Promise<string> => stage.evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
  await expect(stage).toBeVisible();
  const before = await picture();
  await expect.poll(picture).not.toBe(before);
  await served.stop();
});

test('what is brought to the Classify view is answered while the samples are still on their way, and how much of them has come is said', async ({ page }) => {
  const served = await Served.start();
  served.faults.set(/^data\/mnist-/, 'stuck');
  await page.goto(`${served.address}#v=1&view=classify`);
  await expect(page.locator('[data-test=fetching]')).toHaveText('Fetching the MNIST digits: 0.8 of 1.6 MB.');
  const bar = pngOf(32, (x, y) => (Math.abs(x - 16) < 2 && y > 3 && y < 28 ? 20 : 240));
  await page.locator('[data-test=file]').setInputFiles({ name: 'bar.png', mimeType: 'image/png', buffer: bar });
  await expect(page.locator('[data-test=answer]')).toHaveAttribute('data-answer', '1');
  await expect(page.locator('.examples .thumb')).toHaveCount(0);
  served.mend();
  await expect(page.locator('.examples .thumb').first()).toBeVisible();
  await expect(page.locator('[data-test=fetching]')).toBeHidden();
  expect(served.times(/^data\/mnist-/)).toBe(1);
  await served.stop();
});
