/** Training, as a person would: press play, watch, share, and survive what goes wrong. */
import { DEFAULT_CONFIG } from '../src/state/settings';
import type { SessionConfig } from '../src/worker/protocol';
import { DIGITS, expect, neverOverhangs, open, ready, run, test } from './person';
import { BLOCKING_MS, longestWhile } from './trace';

test('digits are learnt to 90 percent in the page, and nothing blocks it meanwhile', async ({ page, browser }, info) => {
  // So long that it still runs when it is paused.
  await open(page, `${DIGITS}&epochs=200`.replace('&epochs=6', ''));
  await ready(page);
  const view = page.locator('#view > *');
  const longest = await longestWhile(page, browser, async () => {
    // From the start again, where it is not the first time.
    if (await page.locator('[data-test=reset]').isEnabled()) await page.locator('[data-test=reset]').click();
    await expect(view).toHaveAttribute('data-step', '0');
    await page.locator('[data-test=play]').click();
    await expect.poll(async () => Number(await view.getAttribute('data-held-out')), { timeout: 120_000 }).toBeGreaterThanOrEqual(0.9);
    await page.locator('[data-test=play]').click();
  });
  info.annotations.push({ type: 'longest main-thread task while training', description: `${longest.toFixed(1)} ms` });
  expect(longest).toBeGreaterThan(0);
  expect(longest).toBeLessThan(BLOCKING_MS);
});

test('play, pause, one step, one epoch and reset do what they say', async ({ page }) => {
  await open(page, DIGITS);
  await ready(page);
  await page.locator('[data-test=step]').click();
  await expect(page.locator('#view > *')).toHaveAttribute('data-step', '1');
  await page.locator('[data-test=epoch]').click();
  await expect(page.locator('#view > *')).toHaveAttribute('data-step', '40');
  // An epoch ends a moment after its last step, and takes no keys before.
  await expect(page.locator('[data-test=step]')).toBeEnabled();
  await page.keyboard.press('Tab');
  await page.locator('body').press('s');
  await expect(page.locator('#view > *')).toHaveAttribute('data-step', '41');
  await page.locator('[data-test=reset]').click();
  await expect(page.locator('#view > *')).toHaveAttribute('data-step', '0');
  expect((await run(page)).losses).toEqual([]);
});

test('a copied link gives the same run, seed included', async ({ page, context }) => {
  await open(page, `${DIGITS}&seed=7&spike=ternary`);
  await ready(page);
  await page.locator('[data-test=epoch]').click();
  await expect(page.locator('#view > *')).toHaveAttribute('data-step', '40');
  const { losses } = await run(page);
  await page.getByRole('button', { name: 'Copy link' }).click();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  expect(link).toContain('seed=7');
  const other = await context.newPage();
  await other.goto(link);
  await ready(other);
  await other.locator('[data-test=epoch]').click();
  await expect(other.locator('#view > *')).toHaveAttribute('data-step', '40');
  expect((await run(other)).losses.slice(0, 10)).toEqual(losses.slice(0, 10));
  await other.close();
});

test('training goes on from the last checkpoint when the worker dies', async ({ page }) => {
  await open(page, 'v=1&data=digits&net=mlp&widths=64&epochs=1000&rate=0.001');
  await ready(page);
  await page.locator('[data-test=play]').click();
  // The first checkpoint is taken before training, the next after some seconds of it.
  await expect.poll(async () => page.evaluate(() => window.spikeground?.app.training.slot.checkpointStep)).toBeGreaterThan(0);
  const before = await run(page);
  await page.evaluate(() => { window.spikeground?.app.worker.kill(); });
  const notice = page.locator('[data-notice=worker]');
  await expect(notice).toContainText(/training goes on from step [1-9]/);
  await expect.poll(async () => (await run(page)).step).toBeGreaterThan(before.step);
  const after = await run(page);
  expect(after.losses.length).toBe(after.step);
});

test('a neuron is chosen by a click and its potential is told', async ({ page }) => {
  await open(page, `${DIGITS}&threshold=0.5`);
  await ready(page);
  const raster = page.locator('canvas.raster').first();
  await raster.click({ position: { x: 20, y: 30 } });
  await expect(page).toHaveURL(/neuron=\d+/);
  await expect(raster).toHaveAttribute('aria-label', /\d+ spikes from 64 neurons in 4 time steps/);
  const neuron = /neuron=(\d+)/.exec(page.url())?.[1] ?? '';
  await expect(page.locator('canvas.potential')).toHaveAttribute('aria-label', new RegExp(`potential of layer 1, neuron ${neuron} against the threshold 0.5`));
});

test('a link with nonsense in it says what became of it', async ({ page }) => {
  await open(page, 'v=1&data=digits&steps=900&rate=zebra&net=mlp&widths=16');
  await ready(page);
  await expect(page.locator('[data-notice=link]')).toContainText('"900" became 32');
  await expect(page.locator('[data-notice=link]')).toContainText('"zebra" is not a number');
});

test('a rate that is too high ends in a sentence, not in nonsense', async ({ page }) => {
  await open(page, 'v=1&data=digits&net=mlp&widths=32,32,32,32&spike=real&amplitude=10&norm=0&optimiser=sgd&rate=10&momentum=0.99&schedule=constant');
  await ready(page);
  await page.locator('[data-test=play]').click();
  await expect(page.locator('[data-notice=run]')).toContainText('stopped being a number at step');
  await page.getByRole('button', { name: 'Halve the rate and start anew' }).click();
  await expect(page).toHaveURL(/rate=5/);
  await ready(page);
});

test('a browser that cannot load the wasm is told so and can try again', async ({ page, watch }) => {
  watch.allow(/Failed to load resource/);
  await page.route('**/pkg/*', (route) => route.abort());
  await open(page, DIGITS);
  await expect(page.locator('[data-notice=run]')).toContainText('Fetching the CPU build failed');
  await page.unroute('**/pkg/*');
  await page.getByRole('button', { name: 'Try again' }).click();
  await ready(page);
});

test('data that cannot be fetched leaves the run before to look at, and says that it is', async ({ page, watch }) => {
  watch.allow(/Failed to load resource/);
  await page.route('**/data/fashion-*', (route) => route.abort());
  await open(page, DIGITS);
  await ready(page);
  await page.locator('[data-test=epoch]').click();
  const view = page.locator('.train');
  await expect(view).toHaveAttribute('data-step', '40');
  await expect(view).toHaveAttribute('data-status', 'paused');
  await page.getByLabel('Data set').selectOption('fashion');
  const notice = page.locator('[data-notice=run]');
  await expect(notice).toContainText('Fetching the Fashion-MNIST clothes failed');
  await expect(notice).toContainText('What is shown is still the run before');
  await expect(view).toHaveClass(/outlived/);
  await expect(page.locator('.playback .message')).toContainText('what is shown is still the run before');
  await expect(page.locator('[data-test=play]')).toBeDisabled();
  await page.getByRole('button', { name: 'Back to the run before' }).click();
  await expect(view).toHaveAttribute('data-status', 'paused');
  await expect(view).not.toHaveClass(/outlived/);
  await expect(page).toHaveURL(/data=digits/);
  await page.locator('[data-test=step]').click();
  await expect(view).toHaveAttribute('data-step', '41');
});

test('a first step that takes long says what it waits for, and moves nothing', async ({ page }) => {
  for (const width of [1280, 360]) {
    await page.setViewportSize({ width, height: 900 });
    await open(page, 'v=1&data=mnist&net=mlp&widths=1024,1024,1024,1024&batch=512&steps=16');
    await page.reload();
    const play = page.locator('[data-test=play]');
    await expect(play).toBeEnabled();
    const before = await page.locator('.playback').boundingBox();
    await play.click();
    const message = page.locator('.playback .message');
    await expect(message).toContainText(/the first step, which takes long on a large network\. [2-9] s so far/);
    expect((await page.locator('.playback').boundingBox())?.height, `at ${width} pixels`).toBe(before?.height);
  }
});

test('a skip link leads past the settings', async ({ page }) => {
  for (const file of ['index.html', 'embed.html']) {
    await open(page, DIGITS, file);
    await ready(page);
    const skip = page.getByRole('link', { name: 'Skip to the run' });
    await page.keyboard.press('Tab');
    await expect(skip).toBeFocused();
    await expect(skip).toBeInViewport();
    await page.keyboard.press('Enter');
    await expect(page.locator('.playback')).toBeFocused();
    await page.keyboard.press('Tab');
    await expect(page.locator('[data-test=play]')).toBeFocused();
    await expect(page).toHaveURL(/data=digits/);
  }
});

test('the page and the core begin with the same run', async ({ page }) => {
  await open(page, 'v=1');
  await ready(page);
  const config = await page.evaluate(async () => {
    const slot = window.spikeground?.app.desk.slot();
    // The page reads the data set from the prototype; what is inherited does not cross into the worker, which gets nothing.
    const [info] = await slot?.open([Object.create({ data: 'mnist' }) as SessionConfig]) ?? [];
    return info?.config;
  });
  const rounded = Object.entries(config ?? {}).map(([key, value]) => [key, typeof value === 'number' ? Number(value.toPrecision(7)) : value] as const);
  expect(Object.fromEntries(rounded)).toEqual(DEFAULT_CONFIG);
});

test('the page stands before the wasm arrives, and fetches no WebGPU build without a GPU', async ({ page }) => {
  const fetched: string[] = [];
  page.on('request', (request) => fetched.push(request.url()));
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => { release = resolve; });
  await page.route('**/pkg/*', async (route) => {
    await held;
    await route.continue();
  });
  await open(page, DIGITS);
  await expect(page.locator('[data-test=play]')).toBeVisible();
  await expect(page.getByLabel('Data set')).toBeEnabled();
  release();
  await ready(page);
  await expect(page.locator('.backend-words')).toContainText('Runs on the CPU');
  expect(fetched.filter((url) => url.includes('pkg/webgpu'))).toEqual([]);
});

test('a phone shows all of it without scrolling sideways', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await open(page, DIGITS);
  await ready(page);
  for (const view of ['train', 'compare', 'classify', 'papers']) {
    await page.evaluate((fragment) => { location.hash = fragment; }, `${DIGITS}&view=${view}`);
    await expect(page.locator(`#view > .${view}`)).toBeVisible();
    await neverOverhangs(page, view);
  }
});
