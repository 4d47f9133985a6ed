/** The papers' methods as settings of a run. */
import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { DIGITS, expect, open, openTab, ready, run, test } from './person';

/** The group is folded while no method is used. */
async function unfold(page: Page): Promise<void> {
  await page.locator('details.group').filter({ has: page.locator('[data-method]') }).evaluate((group: HTMLDetailsElement) => { group.open = true; });
}

test('settings that exclude each other are mended before the run starts, with the reason', async ({ page }) => {
  await open(page, `${DIGITS}&spike=ternary`);
  await ready(page);
  await unfold(page);
  const notice = page.locator('[data-notice=settings]');
  await page.locator('[data-field=weights]').getByText('Binary').click();
  await expect(notice).toContainText('Binary weights came with real-valued spikes and a trained factor, as in ReverB-SNN.');
  await expect(page.getByRole('radio', { name: 'Real', exact: true }).first()).toBeChecked();
  await page.locator('[data-field=spike]').getByText('Ternary').click();
  await expect(notice).toContainText('Binary weights are for real-valued spikes, or binary ones to compare with, so the weights are real-valued again.');
  await page.getByLabel('Contrastive loss', { exact: true }).check();
  await page.locator('[data-field=units]').getByText('Rectified').click();
  await expect(notice).toContainText('A network of rectified units is an ANN itself and has no twin to be guided by, so the contrastive loss went.');
  await expect(page.locator('[data-field=spike]')).toBeHidden();
  await page.getByLabel('Information loss', { exact: true }).check();
  await expect(notice).toContainText('A rectified unit has no membrane potential, so the units are spiking again; the information loss pulls '
    + 'potentials to the one threshold where a binary spike says most, and a ternary neuron has two, so the spikes became binary.');
  await page.getByLabel('Evolving surrogate', { exact: true }).check();
  await expect(notice).toContainText('The evolving surrogate came with the tanh everywhere, from slope 1 on.');
  await page.locator('[data-field=shortcut]').getByText('Evolving').click();
  await expect(notice).toContainText('A shortcut branch starts from a layer that is not the last, so a network of one layer has none.');
  await expect(page.locator('[data-field=shortcut]').getByRole('radio', { name: 'Off' })).toBeChecked();
  await ready(page);
});

test('a link that excludes itself is mended with a sentence for each thing', async ({ page }) => {
  const methods = 'imLoss=2&membraneNoise=0.5&evolveSurrogate=1&shortcut=fixed&trainSamples=5000';
  await open(page, `v=1&data=digits&net=mlp&widths=16&spike=ternary&weights=binary&units=relu&${methods}`);
  await ready(page);
  const notice = page.locator('[data-notice=link]');
  for (const part of [
    'so the information loss and the random first potentials went', 'so the spikes became real-valued', 'so it became the surrogate',
      'a network of one layer has none', 'there are only 1297 samples to train on',
  ]) await expect(notice).toContainText(part);
});

test('a run that is guided trains its ANN twin first, can be paused in it, and then learns', async ({ page }) => {
  await open(page, 'v=1&data=digits&net=mlp&widths=64&rate=0.01&contrast=1&twinEpochs=100&epochs=3');
  await ready(page);
  await page.locator('[data-test=play]').click();
  const message = page.locator('.playback .message');
  await expect(message).toContainText(/Training the ANN twin: step \d+ of 4000, \d+ % of its batch right\./);
  await page.locator('[data-test=play]').click();
  await expect(page.locator('.train')).toHaveAttribute('data-status', 'paused');
  await expect(message).toHaveText('Paused: the ANN twin that guides this run is still being trained.');
  expect((await run(page)).step).toBe(0);
  await page.locator('[data-test=play]').click();
  await expect(page.locator('.train')).toHaveAttribute('data-step', '120');
  await expect.poll(async () => Number(await page.locator('.train').getAttribute('data-held-out'))).toBeGreaterThan(0.6);
  // The twin is kept for the next run that needs the same one.
  await page.locator('[data-test=reset]').click();
  await expect(page.locator('.train')).toHaveAttribute('data-step', '0');
  await page.locator('[data-test=step]').click();
  await expect(page.locator('.train')).toHaveAttribute('data-step', '1');
});

test('lanes that are guided wait for their twin, and race against one that is not', async ({ page }) => {
  await open(page, 'v=1&data=digits&net=mlp&widths=32&epochs=1&twinEpochs=60&view=compare&lanes=spike:binary~spike:binary;align:1~spike:binary;units:relu');
  await page.locator('[data-test=race-play]:not([disabled])').click();
  await expect(page.locator('.compare .message')).toContainText('Training the ANN twin:');
  await expect(page.locator('.compare')).toHaveAttribute('data-step', '40');
  await expect(page.locator('.lane-head h3')).toHaveText(['Binary', 'Binary, alignment loss 1', 'units rectified']);
  await expect(page.locator('[data-lane="2"][data-figure=entropy]')).toHaveText('-');
  await expect(page.locator('[data-lane="1"][data-figure=entropy]')).toHaveText(/0\.\d+/);
});

test('a residual network trains, and its layers, gradients and potentials are told', async ({ page }) => {
  await open(page, 'v=1&data=digits&net=resnet&widths=8,16&steps=1&epochs=2');
  await ready(page);
  await page.locator('[data-test=epoch]').click();
  await expect(page.locator('.train')).toHaveAttribute('data-step', '40');
  await expect(page.locator('[data-panel=layers] tbody th')).toHaveText(['1', '2', '3, ends a block', '4', '5, ends a block']);
  await expect(page.locator('.gradient-bars')).toHaveAttribute('aria-label',
    /in that of the weights, on a logarithmic scale: layer 1 [\d.e-]+, .*layer 5 [\d.e-]+\./);
  await openTab(page, 'Gradients');
  await page.getByText('By itself', { exact: true }).click();
  await expect(page.locator('.gradient-bars')).toHaveAttribute('aria-label', /^Root mean square of the gradient/);
  await expect(page.locator('canvas.histogram')).toHaveCount(5);
  await expect(page.locator('canvas.histogram').first()).toHaveAttribute('aria-label',
    /Potentials of layer 1: the mean is -?[\d.]+, [\d.]+ % are at or over the threshold 0\.5\./);
});

test('a last layer that sends rectified currents is called what it is', async ({ page }) => {
  await open(page, 'v=1&data=digits&net=mlp&widths=32,16&lastActivation=relu&layer=1');
  await ready(page);
  await expect(page.locator('[data-panel=layers] tbody th')).toHaveText(['1', '2, rectified currents']);
  await expect(page.locator('canvas.raster').nth(1)).toHaveAttribute('aria-label', /rectified currents over zero from 16 units/);
  await expect(page.locator('[data-panel=potential]')).toContainText('no membrane potential');
  await page.locator('[data-test=epoch]').click();
  await expect(page.locator('.train')).toHaveAttribute('data-step', '40');
  const row = page.locator('[data-panel=layers] tbody tr').nth(1);
  await expect(row.locator('[data-column=rate]')).toHaveText('-');
  await expect(page.locator('[data-panel=layers] tbody tr').first().locator('[data-column=rate]')).toHaveText(/%/);
});

test('weights can be taken away, as they are and folded', async ({ page }) => {
  await open(page, 'v=1&data=digits&net=mlp&widths=16,16&weights=binary&spike=real&trainFactor=1');
  await ready(page);
  await page.getByText('Take the numbers away').click();
  const names = async (button: string): Promise<string[]> => {
    const [download] = await Promise.all([page.waitForEvent('download'), page.locator(`[data-test=${button}]`).click()]);
    expect(download.suggestedFilename()).toBe(button === 'export-folded' ? 'spikeground-folded.safetensors' : 'spikeground-weights.safetensors');
    const bytes = await readFile(await download.path());
    const length = Number(bytes.readBigUInt64LE(0));
    return Object.keys(JSON.parse(bytes.subarray(8, 8 + length).toString()) as Record<string, unknown>);
  };
  const weights = await names('export-weights');
  expect(weights).toContain('lane0.layer2.weight');
  expect(weights.some((name) => name.includes('norm'))).toBe(true);
  const folded = await names('export-folded');
  expect(folded).toContain('lane0.layer2.weight.bits');
  expect(folded.some((name) => name.includes('norm'))).toBe(false);
});
