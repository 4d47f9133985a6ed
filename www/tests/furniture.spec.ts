/** Point clouds in Train and Compare. */
import type { Page } from '@playwright/test';
import { expect, neverOverhangs, open, openTab, ready, run, test } from './person';
import { BLOCKING_MS, longestWhile } from './trace';

/** A network so small that the CPU trains it in seconds. */
const TINY = 'v=1&data=furniture&points=64&widths=16,32&head=16&epochs=2';

/** Chromium's own remark, where the processor computes WebGL. */
test.beforeEach(({ watch }) => { watch.allow(/GPU stall due to ReadPixels/); });

/** Ink on a canvas: how many pixels differ from its first one. */
const inked = (page: Page, selector: string): Promise<number> => page.locator(selector).first().evaluate((canvas: HTMLCanvasElement) => {
  const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
  let count = 0;
  for (let i = 4; i < data.length; i += 4) if (data[i] !== data[0]) count += 1;
  return count;
});

test('choosing furniture brings a PointNet with its settings, and choosing digits takes it away again', async ({ page }) => {
  await open(page, 'v=1&data=digits&net=mlp&widths=16');
  await ready(page);
  await page.getByLabel('Data set').selectOption('furniture');
  const notice = page.locator('[data-notice=settings]');
  await expect(notice).toContainText('Point clouds are for a PointNet');
  await expect(page.locator('[data-field=size]').getByLabel('Small')).toBeChecked();
  await expect(page.locator('[data-field=way]').getByLabel('One time step, from noisy membranes')).toBeChecked();
  await ready(page);
  await page.locator('[data-field=way]').getByLabel('Its ANN twin').check();
  await expect(page).toHaveURL(/units=relu/);
  await page.locator('[data-field=way]').getByLabel('Several time steps').check();
  await expect(page).not.toHaveURL(/units=relu|membraneNoise/);
  await page.locator('[data-field=size]').getByLabel('Full, as published').check();
  await expect(page).toHaveURL(/head=512,256/);
  await page.locator('[data-field=points]').getByRole('spinbutton').fill('128');
  await page.locator('[data-field=points]').getByRole('spinbutton').press('Enter');
  await expect(page.locator('[data-field=size]')).toContainText('Settings of your own');
  await page.locator('[data-field=net]').getByText('MLP').click();
  await expect(notice).toContainText('Point clouds are for a PointNet only, so the MNIST digits took their place.');
  await page.getByLabel('Data set').selectOption('digits');
  await expect(page.locator('[data-field=size]')).toBeHidden();
  await ready(page);
});

test('furniture trains: the loss moves, and clouds, their spikes and what a layer does are shown', async ({ page }) => {
  await open(page, TINY);
  await ready(page);
  await expect(page.locator('[data-test=cloud]')).toBeVisible();
  await expect(page.locator('[data-panel=samples] .thumb:not([hidden])')).toHaveCount(30);
  await expect.poll(() => inked(page, '[data-panel=samples] .cloud-thumbnail')).toBeGreaterThan(100);
  await expect(page.locator('[data-panel=maps]')).toBeHidden();
  await page.locator('[data-test=epoch]').click();
  await expect(page.locator('.train')).toHaveAttribute('data-status', 'paused');
  const { losses } = await run(page);
  expect(losses.length).toBeGreaterThanOrEqual(15);
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  expect(mean(losses.slice(-4))).toBeLessThan(mean(losses.slice(0, 4)));
  // The layer under the maximum has no spikes, so it has no raster.
  await expect(page.locator('.rasters:not(.histograms) canvas.raster:visible')).toHaveCount(2);
  await expect(page.locator('[data-panel=layers] tbody th')).toHaveText(['1', '2, currents, under the maximum', '3']);
  await page.locator('canvas.raster').first().click({ position: { x: 20, y: 30 } });
  await expect(page.locator('[data-panel=potential]')).toContainText(/channel \d+ of point \d+/);
  await page.getByLabel('Layer', { exact: true }).selectOption('2');
  await expect(page.locator('[data-panel=potential]')).toContainText('it has no neurons');
  await openTab(page, 'Samples');
  // One of each of the ten classes comes first.
  const thumb = page.locator('[data-panel=samples] .thumb').nth(3);
  await expect(thumb).toHaveAttribute('title', /: plant, /);
  await thumb.click();
  await expect(page.locator('[data-panel=spikes]')).toContainText('The true class is plant.');
});

test('nothing blocks the page while clouds are chosen, trained on, and left for images', async ({ page, browser }, info) => {
  await open(page, 'v=1&data=digits&net=mlp&widths=16');
  await ready(page);
  const longest = await longestWhile(page, browser, async () => {
    await page.getByLabel('Data set').selectOption('furniture');
    await expect(page.locator('[data-test=cloud]')).toBeVisible();
    await page.locator('[data-test=epoch]:not([disabled])').click();
    await expect(page.locator('.train')).toHaveAttribute('data-step', '15');
    await page.getByLabel('Data set').selectOption('mnist');
    await openTab(page, 'Spike maps');
    await expect(page.locator('[data-panel=maps]')).toBeVisible();
  });
  info.annotations.push({ type: 'longest main-thread task', description: `${longest.toFixed(1)} ms` });
  expect(longest).toBeGreaterThan(0);
  expect(longest).toBeLessThan(BLOCKING_MS);
});

test('a trained PointNet tells its accuracy at 1, 2 and 4 time steps', async ({ page }) => {
  await open(page, TINY);
  await ready(page);
  await page.locator('[data-test=epoch]').click();
  await expect(page.locator('.train')).toHaveAttribute('data-status', 'paused');
  await openTab(page, 'Samples');
  await page.locator('[data-test=measure-steps]').click();
  const panel = page.locator('[data-panel=steps]');
  await expect(panel.locator('tbody th')).toHaveText(['1', '2', '4']);
  await expect(panel.locator('tbody td')).toHaveText([/\d %\s*$/, /\d %\s*$/, /\d %\s*$/]);
  await expect(panel).toContainText('Trained at 1 time step, run at 1, 2 and 4.');
  await page.locator('[data-test=play]').click();
  await expect(panel.locator('tbody th')).toHaveCount(3);
  // At the end of the planned epochs it is measured by itself.
  await expect(page.locator('.playback .message')).toContainText('The planned 2 epochs are done.');
  await expect(page.locator('[data-test=measure-steps]')).toBeHidden();
});

test('lanes of different ways to train race on clouds', async ({ page }) => {
  await open(page, `${TINY}&epochs=1&view=compare&lanes=spike:binary~spike:ternary~spike:binary;units:relu`);
  await page.locator('[data-test=race-play]:not([disabled])').click();
  await expect(page.locator('.compare')).toHaveAttribute('data-status', 'paused', { timeout: 120_000 });
  for (const lane of [0, 1, 2]) await expect(page.locator(`[data-lane="${lane}"][data-figure=accuracy]`)).toHaveText(/%$/);
  await expect.poll(() => inked(page, '.lane canvas.stage-canvas')).toBeGreaterThan(100);
  await expect(page.locator('.shared').first()).toContainText('16-32 and 16 behind the maximum, 64 points');
});

test("Spiking PointNet's card opens a run on clouds, and the link of it gives the same run", async ({ page }) => {
  await open(page, 'v=1&view=papers&paper=paradigm');
  await page.locator('[data-test=try-clouds]').click();
  await expect(page.locator('.train')).toBeVisible();
  await expect(page.locator('[data-field=way]').getByLabel('One time step, from noisy membranes')).toBeChecked();
  await ready(page);
  const config = await page.evaluate(() => window.spikeground?.app.store.state.config);
  await page.reload();
  await ready(page);
  expect(await page.evaluate(() => window.spikeground?.app.store.state.config)).toEqual(config);
  expect(await page.evaluate(() => window.spikeground?.app.training.info?.layers.length)).toBe(4);
});

test('a phone shows clouds and their settings without scrolling sideways', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await open(page, TINY);
  await ready(page);
  for (const group of await page.locator('.controls details.group').all()) await group.evaluate((details: HTMLDetailsElement) => { details.open = true; });
  await expect(page.locator('[data-test=cloud]')).toBeVisible();
  await neverOverhangs(page, 'clouds');
  await page.locator('[data-test=epoch]').click();
  await expect(page.locator('.train')).toHaveAttribute('data-status', 'paused');
  await neverOverhangs(page, 'clouds, trained');
});
