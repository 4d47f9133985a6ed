/** The Papers view: claims, a switch each, and experiments that settle them or do not. */
import type { Locator, Page } from '@playwright/test';
import { DEFAULT_CONFIG } from '../src/state/settings';
import type { Paper } from '../src/worker/protocol';
import { DIGITS, expect, open, ready, test } from './person';
import { BLOCKING_MS, longestWhile } from './trace';

const card = (page: Page, paper: string): Locator => page.locator(`[data-paper=${paper}]`);

/** The arms of an experiment. */
function armsOf(page: Page, paper: Paper): Promise<string[]> {
  return page.evaluate(async (of) => {
    const info = await window.spikeground?.app.desk.experimentOf(of, 'page');
    return info?.arms.map(({ name }) => name) ?? [];
  }, paper);
}

/** Begins an experiment of two seeds: the fewest that an interval can be made of. */
async function runTwo(page: Page, paper: string): Promise<void> {
  await card(page, paper).locator('[data-test=seeds]').selectOption('2');
  await card(page, paper).locator('[data-test=run]').click();
}

test('an experiment runs to its verdicts, seed by seed, and nothing blocks the page meanwhile; whatever disturbs it, it comes to them again', async ({
  page, browser,
}, info) => {
  await open(page, 'v=1&view=papers&data=digits&net=mlp&widths=16');
  const paper = card(page, 'imLoss');
  await expect(paper.locator('.published dt')).not.toHaveCount(0);
  const names = await armsOf(page, 'imLoss');
  const longest = await longestWhile(page, browser, async () => {
    await runTwo(page, 'imLoss');
    await expect(paper.locator('.run-bar .message')).toContainText(/Seed 1 of 2: .+\. Step \d+ of \d+/);
    await expect(paper).toHaveAttribute('data-status', 'done');
  });
  info.annotations.push({ type: 'longest main-thread task during an experiment', description: `${longest.toFixed(1)} ms` });
  expect(longest).toBeGreaterThan(0);
  expect(longest).toBeLessThan(BLOCKING_MS);
  const lines = paper.locator('.lines').first().locator('tbody tr');
  await expect(lines).not.toHaveCount(0);
  for (const line of await lines.all()) {
    await expect(line.locator('.chip')).toHaveText(/^(✓ holds|= no loss|✗ does not hold here|≈ too close to call: run more seeds \(.+\))$/);
    await expect(line.locator('td').nth(1)).toHaveText(/±/);
    await expect(line.locator('td').last()).toHaveText(/met/);
  }
  await expect(paper.locator('[data-test=rests-on]').first()).toHaveText('The verdicts rest on seeds 101 to 102, on none of which settings were chosen.');
  const arms = paper.locator('.arms').first().locator('tbody tr');
  await expect(arms.locator('th')).toHaveText(names);
  await expect(arms.first().locator('td').first()).toHaveText(/^\d+\.\d\d ± \d+\.\d\d %$/);
  await expect(paper.locator('.verdict-rows')).toContainText(/2 seeds\d of \d acceptance lines met/);

  const rates = paper.locator('.arms').first().locator('tbody tr td:nth-child(2)');
  const undisturbed = await rates.allTextContents();
  const secondArm = (): Promise<void> => expect(paper.locator('.run-bar .message')).toContainText(`: ${names[1] ?? ''}. Step`);
  await test.step('another view stops it, and its seed is begun anew', async () => {
    await expect(paper.locator('[data-test=run]')).toHaveText('Run it again');
    await paper.locator('[data-test=run]').click();
    await secondArm();
    await page.getByRole('link', { name: 'Train', exact: true }).click();
    await expect(page.locator('[data-notice=papers-away]')).toContainText('what its seeds gave is kept');
    await page.locator('[data-test=step]:not([disabled])').click();
    await expect(page.locator('.train')).toHaveAttribute('data-step', '1');
    await page.locator('[data-notice=papers-away]').getByRole('button', { name: 'Back to the papers' }).click();
    await expect(paper).toHaveAttribute('data-status', 'stopped');
    await paper.locator('[data-test=run]').click();
  });
  await test.step('a worker that dies is told of', async () => {
    await secondArm();
    await page.evaluate(() => { window.spikeground?.app.worker.kill(); });
    await expect(page.locator('[data-notice=worker]')).toContainText(
      /The worker stopped: .* A new one takes its place, and the experiment goes on from step \d+ of the arm ".+", seed 1/,
    );
  });
  await test.step('it stops when told to, keeps what it has, and goes on', async () => {
    await expect(paper).toHaveAttribute('data-seeds', '1');
    await paper.locator('[data-test=stop]').click();
    await expect(paper).toHaveAttribute('data-status', 'stopped');
    await expect(paper.locator('.verdict-rows')).toContainText('not enough runs');
    await expect(paper.locator('.lines').first().locator('.chip').first()).toHaveText('… not enough runs');
    await expect(paper.locator('[data-test=run]')).toHaveText('Go on with seed 2');
    await paper.locator('[data-test=run]').click();
    await expect(paper).toHaveAttribute('data-seeds', '2');
    await expect(paper).toHaveAttribute('data-status', 'done');
  });
  expect(await rates.allTextContents()).toEqual(undisturbed);
});

test('an experiment whose arms are guided trains their ANN twin first', async ({ page }) => {
  await open(page, 'v=1&view=papers&paper=contrast');
  const paper = card(page, 'contrast');
  await runTwo(page, 'contrast');
  await expect(paper.locator('.run-bar .message')).toContainText(/Seed 1 of 2\. Training the ANN twin: step \d+ of \d+, \d+ % of its batch right\./);
  await expect(paper).toHaveAttribute('data-status', 'done');
  await expect(paper.locator('.lines').first()).toContainText('Similarity to the ANN twin');
});

test('a switch puts its method into the run, says what it changed, and takes it out again', async ({ page }) => {
  await open(page, `${DIGITS}&view=papers&paper=ternary`);
  const paper = card(page, 'ternary');
  await expect(paper.locator('details')).toHaveAttribute('open', '');
  await expect(paper).toBeInViewport();
  await paper.locator('[data-test=use]').check();
  await expect(paper.locator('[data-test=used]')).toContainText('Spike kind: ternary (was binary); train the amplitude: on (was off).');
  await expect(page).toHaveURL(/spike=ternary/);
  await paper.getByRole('link', { name: 'See the Train view' }).click();
  await ready(page);
  await expect(page.getByRole('radio', { name: 'Ternary' })).toBeChecked();
  await expect(page.getByLabel('Ternary spikes of trained height')).toBeChecked();
  expect(await page.evaluate(() => window.spikeground?.app.training.info?.config.trainAmplitude)).toBe(true);
  await page.locator('[data-method=ternary]').getByRole('link', { name: 'What Ternary Spike claims' }).click();
  await expect(paper).toBeInViewport();
  await paper.locator('[data-test=use]').uncheck();
  expect(await page.evaluate(() => window.spikeground?.app.store.state.config)).toMatchObject({ spike: DEFAULT_CONFIG.spike, trainAmplitude: false,
    widths: [64] });
});

test('every switch makes a run that the core takes, and what cannot be is said', async ({ page }) => {
  await open(page, `${DIGITS}&view=papers`);
  for (const paper of ['reverb', 'contrast', 'enof', 'ternary', 'paradigm', 'imLoss']) {
    await card(page, paper).locator('[data-test=use]').check();
    await expect(card(page, paper).locator('[data-test=used]')).toContainText('(was ');
    await page.getByRole('link', { name: 'Train', exact: true }).click();
    await ready(page);
    await page.locator('[data-test=step]').click();
    await expect(page.locator('.train'), paper).toHaveAttribute('data-step', '1');
    await page.getByRole('link', { name: 'Papers' }).click();
    await card(page, paper).locator('[data-test=use]').uncheck();
  }
  const shortcut = card(page, 'shortcut');
  await shortcut.locator('[data-test=use]').click();
  await expect(shortcut.locator('[data-test=used]')).toContainText('A shortcut branch starts from a layer that is not the last, so a network of one '
    + 'layer has none. Nothing has changed.');
  await expect(shortcut.locator('[data-test=use]')).not.toBeChecked();
});

test('an arm that ends no better than guessing says why, and what loses nothing does not look like a gain', async ({ page }) => {
  await open(page, 'v=1&view=papers&paper=shortcut');
  const paper = card(page, 'shortcut');
  await expect(paper.locator('[data-test=why]')).toHaveText(/^No better than guessing \(10 %\)\. The branches are gone at inference\./);
  const lines = paper.locator('.lines').last().locator('tbody tr');
  await expect(lines.filter({ hasText: 'The difference with 4 layers' }).locator('.chip')).toHaveText('= no loss');
  await expect(lines.filter({ hasText: 'evolving branches over without' }).locator('.chip')).toHaveText('✓ holds');
  await expect(paper.locator('[data-test=rests-on]').last()).toContainText(/The verdicts rest on seeds \d+ to \d+/);
});
