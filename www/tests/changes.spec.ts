/** A run that is set otherwise while it runs: it goes on, says so, and its link replays it. */
import type { Page } from '@playwright/test';
import { DIGITS, expect, open, ready, run, test } from './person';

const LONG = DIGITS.replace('epochs=6', 'epochs=400');

/** Types a number into a setting and leaves it. */
async function setTo(page: Page, field: string, value: string): Promise<void> {
  const input = page.locator(`[data-field=${field}]`).getByRole('spinbutton');
  await input.fill(value);
  await input.press('Enter');
}

const step = async (page: Page): Promise<number> => Number(await page.locator('.train').getAttribute('data-step'));

/** A run of one epoch whose rate is another from there on. */
async function changedAfterAnEpoch(page: Page): Promise<void> {
  await open(page, LONG);
  await ready(page);
  await page.locator('[data-test=epoch]').click();
  await expect(page.locator('.train')).toHaveAttribute('data-step', '40');
  await ready(page);
  await setTo(page, 'rate', '0.002');
}

test('rate, schedule and batch are changed while a run goes on, are marked, and a link gives the same losses', async ({ page, context }) => {
  await open(page, LONG);
  await ready(page);
  await page.locator('[data-test=play]').click();
  await expect.poll(() => step(page)).toBeGreaterThan(60);
  await setTo(page, 'rate', '0.002');
  const asked = await step(page);
  await expect(page.locator('.on-the-way')).toHaveText(/^Changed at step \d+: learning rate 0\.01 → 0\.002/);
  await expect(page.locator('.train')).toHaveAttribute('data-status', 'running');
  await expect.poll(() => step(page)).toBeGreaterThan(asked + 20);
  await page.locator('[data-field=schedule]').getByText('Constant').click();
  await setTo(page, 'batch', '64');
  await expect(page.locator('.on-the-way')).toHaveText(/batch/i);
  const changed = await step(page);
  await expect.poll(() => step(page)).toBeGreaterThan(changed + 20);
  await page.locator('[data-test=play]').click();
  await ready(page);
  const { losses, step: reached } = await run(page);
  expect(reached).toBeGreaterThan(asked);
  expect(page.url()).toMatch(/then=\d+;rate:0\.002~/);
  await expect(page.locator('[data-field=rate]')).toHaveClass(/changed/);

  await page.getByRole('button', { name: 'Copy link' }).click();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  const other = await context.newPage();
  await other.goto(link);
  await ready(other);
  // It begins as the run began.
  await expect(other.locator('[data-field=rate] input').first()).toHaveValue('0.01');
  await other.locator('[data-test=play]').click();
  await expect.poll(() => step(other)).toBeGreaterThan(reached);
  await other.locator('[data-test=play]').click();
  await ready(other);
  expect((await run(other)).losses.slice(0, losses.length)).toEqual(losses);
  await expect(other.locator('[data-field=rate] input').first()).toHaveValue('0.002');
  await other.close();
});

test('what makes another network starts anew, says so, and Undo brings the run back with its changes', async ({ page }) => {
  await changedAfterAnEpoch(page);
  await expect(page).toHaveURL(/then=40;rate:0\.002/);
  // It is told before: by a sign at the one, and by what describes both.
  await expect(page.locator('.controls')).toHaveClass(/on-its-way/);
  await expect(page.getByRole('spinbutton', { name: 'Learning rate' })).toHaveAccessibleDescription(/holds from the next step on/);
  await expect(page.getByRole('spinbutton', { name: 'Decay' })).toHaveAccessibleDescription(/starts a new network/);
  // What the run has taken is taken back with one press, and so is that.
  await page.locator('[data-test=take-back]').click();
  await expect(page.locator('[data-field=rate] input').first()).toHaveValue('0.01');
  await expect(page).not.toHaveURL(/then=/);
  await expect(page.locator('.train')).toHaveAttribute('data-step', '40');
  await setTo(page, 'rate', '0.002');
  await expect(page).toHaveURL(/then=40;rate:0\.002/);
  await page.locator('[data-test=step]').click();
  await expect(page.locator('.train')).toHaveAttribute('data-step', '41');
  await ready(page);
  await page.locator('[data-field=decay] input').first().fill('0.5');
  await page.locator('[data-field=decay] input').first().press('Enter');
  await expect(page.locator('.train')).toHaveAttribute('data-step', '0');
  await expect(page).not.toHaveURL(/then=/);
  await page.locator('[data-notice=kept]').getByRole('button', { name: 'Undo' }).click();
  await expect(page.locator('.train')).toHaveAttribute('data-step', '41');
  await expect(page).toHaveURL(/then=40;rate:0\.002/);
  await expect(page.locator('[data-field=rate] input').first()).toHaveValue('0.002');
});

test('a run with a change goes on after a reload, and Reset begins it with the settings as they are', async ({ page }) => {
  await changedAfterAnEpoch(page);
  await page.locator('[data-test=step]').click();
  await expect(page.locator('.train')).toHaveAttribute('data-step', '41');
  await ready(page);
  await expect.poll(() => page.evaluate(async () => (await window.spikeground?.app.keeping.runs.list())?.runs[0]?.step)).toBe(41);
  await page.reload();
  await ready(page);
  await page.locator('[data-notice=kept]').getByRole('button', { name: 'Go on from' }).click();
  await expect.poll(() => step(page)).toBeGreaterThan(41);
  await expect(page.locator('.on-the-way')).toHaveText('Changed at step 40: learning rate 0.01 → 0.002.');
  await page.locator('[data-test=play]').click();
  await ready(page);
  await page.locator('[data-test=reset]').click();
  await expect(page.locator('.train')).toHaveAttribute('data-step', '0');
  await expect(page).toHaveURL(/rate=0\.002/);
  await page.locator('[data-notice=replay]').getByRole('button').first().click();
  await expect(page).toHaveURL(/rate=0\.01.*then=40;rate:0\.002/);
});
