/** Lanes in lock-step. */
import { expect, open, ready, test } from './person';
import { BLOCKING_MS, longestWhile } from './trace';

/** What a spike of each lane's kind can carry: two values, three, and the 256 bins that real-valued ones are counted in. */
const MOST_BITS = [1, Math.log2(3), 8];

const RUN = 'v=1&data=digits&net=mlp&widths=64&rate=0.01';

test('binary, ternary and real-valued spikes race, and every figure of theirs is told', async ({ page }) => {
  await open(page, `${RUN}&view=compare&epochs=2`);
  await page.locator('[data-test=race-play]:not([disabled])').click();
  const view = page.locator('#view > *');
  await expect(view).toHaveAttribute('data-step', '80', { timeout: 120_000 });
  for (const lane of [0, 1, 2]) {
    const figure = (name: string) => page.locator(`[data-lane="${lane}"][data-figure="${name}"]`);
    await expect.poll(async () => Number.parseFloat((await figure('accuracy').textContent()) ?? '')).toBeGreaterThan(60);
    const told = async (name: string): Promise<number> => Number((await figure(name).textContent())?.replace(/[, %]/g, '') ?? Number.NaN);
    const [entropy, rate, operations] = [await told('entropy'), await told('rate'), await told('operations')];
    const [energy, milliseconds] = [await told('energy'), await told('milliseconds')];
    expect(entropy, 'what such a spike can carry').toBeGreaterThan(0.3);
    expect(entropy, 'what such a spike can carry').toBeLessThanOrEqual(MOST_BITS[lane] ?? 0);
    // 64 neurons over four time steps, each reaching the readout's ten; a rate is told to a tenth of a per cent.
    expect(Math.abs(operations - (rate / 100) * 64 * 4 * 10), `${rate} % of ${operations} operations`).toBeLessThanOrEqual(2);
    // 64 pixels to 64 neurons at each time step, multiplied at 4.6 pJ; behind them a spike adds at 0.9 pJ, and a real-valued one multiplies.
    const expected = (4.6 * 64 * 64 * 4 + (lane === 2 ? 4.6 : 0.9) * operations) / 1000;
    expect(Math.abs(energy - expected), `${energy} nJ, not ${expected}`).toBeLessThanOrEqual(0.5 + 0.01 * expected);
    expect(milliseconds).toBeGreaterThan(0);
    // Weights, a norm's scale and shift for each neuron, and the readout with its offsets.
    expect(await told('parameters')).toBe(64 * 64 + 2 * 64 + 64 * 10 + 10);
  }
  // The same layers without spikes: 64 by 64 and 64 by 10 multiply-accumulates, once.
  await expect(page.locator('[data-lane=ordinary][data-figure=energy]')).toHaveText('21.8');
  // The same sample goes through each network, and a neuron is chosen in all of them.
  const stages = page.locator('.lane .stage-canvas');
  await expect(stages).toHaveCount(3);
  const proposed = (await stages.first().getAttribute('aria-valuetext')) ?? '';
  await stages.first().press('ArrowDown');
  await expect(stages.first()).not.toHaveAttribute('aria-valuetext', proposed);
  const neuron = /^Layer 1, neuron \d+/.exec((await stages.first().getAttribute('aria-valuetext')) ?? '')?.[0] ?? 'none';
  for (const lane of [0, 1, 2]) {
    await expect(stages.nth(lane)).toHaveAttribute('aria-label', /Of the neurons \d+ % fire in layer 1/);
    await expect(stages.nth(lane)).toHaveAttribute('aria-valuetext', new RegExp(`^${neuron}:`));
  }
  // Each lane's own network says what the neuron speaks for, of the sample that a person has stepped to.
  const says = page.locator('.lane > .says');
  for (const lane of [0, 1, 2]) await expect(says.nth(lane)).toHaveText(new RegExp(`^${neuron}, (speaks (for|against) |says nothing)`));
  const [heard, seen] = [await says.allTextContents(), await stages.first().getAttribute('aria-label')];
  await page.locator('[data-panel=lanes]').getByRole('button', { name: 'The next sample' }).click();
  await expect(page.locator('[data-panel=lanes] [data-test=sample-number]')).toHaveText('Sample 1');
  await expect(stages.first()).not.toHaveAttribute('aria-label', seen ?? '');
  await expect.poll(() => says.allTextContents()).not.toEqual(heard);
  for (const lane of [0, 1, 2]) await expect(says.nth(lane)).toHaveText(/speaks|says nothing/);
  // Ternary spikes carry more than binary ones can.
  const entropies = await page.locator('[data-figure=entropy]').allTextContents();
  expect(Number(entropies[1])).toBeGreaterThan(Number(entropies[0]));
});

test('nothing blocks the page while three lanes race', async ({ page, browser }, info) => {
  await open(page, `${RUN}&view=compare&epochs=1000`);
  const view = page.locator('.compare');
  const play = page.locator('[data-test=race-play]:not([disabled])');
  await expect(view).toHaveAttribute('data-status', 'ready');
  const longest = await longestWhile(page, browser, async () => {
    const before = Number(await view.getAttribute('data-step'));
    await play.click();
    await expect.poll(async () => Number(await view.getAttribute('data-step'))).toBeGreaterThan(before + 80);
    await play.click();
    await expect(view).toHaveAttribute('data-status', 'paused');
  });
  info.annotations.push({ type: 'longest main-thread task during a race', description: `${longest.toFixed(1)} ms` });
  expect(longest).toBeGreaterThan(0);
  expect(longest).toBeLessThan(BLOCKING_MS);
});

test('lanes that differ in nothing give the same over several seeds, and no seed is better', async ({ page }) => {
  await open(page, `${RUN}&view=compare&epochs=1&lanes=spike:ternary~spike:ternary`);
  await page.locator('[data-test=race-seeds]:not([disabled])').click();
  const seeds = page.locator('[data-panel=seeds]');
  await expect(seeds.locator('tbody tr')).toHaveCount(4, { timeout: 120_000 });
  for (const row of await seeds.locator('tbody tr').all()) {
    const [first, second] = await row.locator('td').allTextContents();
    expect(first).toMatch(/%$/);
    expect(second).toBe(first);
  }
  await expect(page.locator('[data-test=verdicts]')).toContainText('too close to call');
});

test('a race begun while the Train view was still at work comes to its end', async ({ page }) => {
  await open(page, `${RUN}&epochs=1`);
  await ready(page);
  await page.getByRole('link', { name: 'Compare' }).click();
  await page.locator('[data-test=race-play]:not([disabled])').click();
  await expect(page.locator('.compare')).toHaveAttribute('data-status', 'paused', { timeout: 60_000 });
  await expect(page.locator('.compare')).toHaveAttribute('data-step', '40');
  await page.getByRole('link', { name: 'Train', exact: true }).click();
  await expect(page.locator('.train')).toHaveAttribute('data-held-out', /0\.\d+/);
});

test('every setting that a lane may change can be raced, and nothing else in a link is taken', async ({ page }) => {
  const settings = [
    'steps:2', 'decay:0.5', 'trainDecay:1', 'threshold:0.4', 'trainAmplitude:1', 'amplitude:2', 'reset:soft', 'resetGradient:detached', 'surrogate:rect',
      'surrogateParameter:2', 'norm:0', 'optimiser:sgd', 'rate:0.02',
    // Methods, and what goes with them.
    'weights:binary;trainFactor:1;binaryEnds:1', 'contrast:1;contrastWeights:uniform;contrastTemperature:0.2;contrastMemory:64;twinEpochs:3',
      'align:1;alignThrough:own;alignTemperature:20', 'lastActivation:relu',
    'membraneNoise:0.5;evaluationNoise:1;evaluationSteps:6;loss:perStep', 'imLoss:2;imForm:current;surrogate:esg;evolveSurrogate:1;surrogateEnd:8',
  ];
  for (const setting of settings) {
    await page.goto('about:blank');
    await open(page, `${RUN}&view=compare&lanes=spike:binary~spike:binary;${setting};data:fashion;seed:9`);
    await expect(page.locator('[data-notice=link]')).toContainText('a lane cannot change "data:fashion"; a lane cannot change "seed:9"');
    await expect(page.locator('.compare')).toHaveAttribute('data-status', 'ready');
    await expect(page.locator('.lane-head h3'), setting).toHaveText(['Binary', /^Binary, .+/]);
  }
});

test('what had to be mended in a lane is said on its card', async ({ page }) => {
  await open(page, `${RUN}&view=compare&spike=ternary&surrogate=steTernary&lanes=spike:binary~spike:ternary`);
  const lanes = page.locator('.lane');
  await expect(lanes.nth(0)).toContainText('The window over both thresholds needs ternary spikes, so the plain window took its place.');
  await expect(lanes.nth(1)).not.toContainText('took its place');
});

test('the drawings of a lane that is taken away are let go, and so are charts of other lanes', async ({ page }) => {
  await open(page, `${RUN}&view=compare&lanes=spike:binary~spike:ternary`);
  const view = page.locator('.compare');
  await expect(view).toHaveAttribute('data-status', 'ready');
  await expect(page.locator('.curves canvas')).toHaveCount(2);
  const drawn = await page.evaluateHandle(() => {
    const canvases = [...document.querySelectorAll('.lane:last-child canvas, .curves canvas')];
    return canvases.map((canvas) => new WeakRef(canvas));
  });
  expect(await drawn.evaluate((all) => all.length)).toBe(3);
  await page.getByRole('button', { name: 'Remove lane 2' }).click();
  await expect(page.locator('.lane')).toHaveCount(1);
  await expect(view).toHaveAttribute('data-status', 'ready');
  await expect(async () => {
    await page.requestGC();
    expect(await drawn.evaluate((all) => all.filter((canvas) => canvas.deref() !== undefined).length)).toBe(0);
  }).toPass();
});

test('the focus stays where it was while a lane is changed, and goes on when a lane is taken away', async ({ page }) => {
  await open(page, `${RUN}&view=compare&lanes=spike:binary~spike:ternary`);
  await expect(page.locator('.compare')).toHaveAttribute('data-status', 'ready');
  const lane = page.locator('.lane').first();
  await lane.getByRole('radio', { name: 'Binary' }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(lane.locator('h3')).toHaveText('Ternary');
  await expect(lane.getByRole('radio', { name: 'Ternary' })).toBeFocused();
  await lane.getByLabel('and', { exact: true }).selectOption('steps');
  await expect(lane.locator('h3')).toHaveText('Ternary, time steps 4');
  await lane.getByRole('button', { name: 'Leave time steps as all lanes share it' }).press('Enter');
  await expect(lane.locator('h3')).toHaveText('Ternary');
  await expect(lane.getByLabel('and', { exact: true })).toBeFocused();
  await page.getByRole('button', { name: 'Remove lane 2' }).press('Enter');
  await expect(page.locator('.lane')).toHaveCount(1);
  await expect(page.locator('[data-test=add-lane]')).toBeFocused();
});
