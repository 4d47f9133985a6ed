/** A still as spikes or events over time: by rate, by latency, on an event camera. */
import type { Locator, Page } from '@playwright/test';
import { DIGITS, expect, open, ready, run, test } from './person';

const inflow = (page: Page): Locator => page.locator('[data-test=inflow]');

/** What a picture shows, as words that are others when it shows something else. */
function shown(picture: Locator): Promise<string> {
  return picture.evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
}

async function losses(page: Page, count: number): Promise<readonly number[]> {
  for (let taken = 0; taken < count; taken += 1) await page.locator('[data-test=step]').click();
  await expect(page.locator('.train')).toHaveAttribute('data-step', String(count));
  return (await run(page)).losses;
}

for (const [encoding, what] of [['rate', 'Spikes'], ['latency', 'Spikes'], ['saccades', 'On and off events']] as const) {
  test(`digits flow in by ${encoding}, which is seen time step by time step, and a link gives the same run`, async ({ page, context }) => {
    const link = `${DIGITS}&encoding=${encoding}&steps=8&tab=spikes`;
    await open(page, link);
    await ready(page);
    const seen = new Set<string>();
    for (let step = 1; step <= 8; step += 1) {
      await page.getByRole('slider', { name: 'Time step', exact: true }).fill(String(step));
      await expect(inflow(page)).toHaveAttribute('aria-label', `${what} that flow in at time step ${step}.`);
      seen.add(await shown(inflow(page)));
    }
    expect(seen.size, 'others at other time steps').toBeGreaterThan(3);
    const first = await losses(page, 3);
    expect(first.every((loss) => loss > 0 && loss < 10)).toBe(true);
    // A page of its own: the other one's run is kept there as well, and a link is no run that goes on.
    const other = await context.newPage();
    await open(other, link);
    await ready(other);
    expect(await losses(other, 3)).toEqual(first);
  });
}

test('the picture itself flows in where nothing else is chosen; another choice makes another network', async ({ page }) => {
  await open(page, `${DIGITS}&tab=spikes`);
  await ready(page);
  await expect(page.locator('[data-panel=spikes] canvas.sample').first()).toBeVisible();
  await expect(inflow(page)).toBeHidden();
  await page.locator('[data-field=encoding] select').selectOption('latency');
  await expect(inflow(page)).toBeVisible();
  expect(await page.evaluate(() => location.hash)).toContain('encoding=latency');
});

test('a network without time takes the mean over time, and is shown that', async ({ page }) => {
  await open(page, `${DIGITS}&encoding=latency&steps=8&units=relu&tab=spikes`);
  await ready(page);
  await page.getByRole('slider', { name: 'Time step', exact: true }).press('End');
  await expect(inflow(page)).toHaveAttribute('aria-label', 'Spikes that flow in over all time steps.');
});

test('a cloud flows in directly, and a link that wants otherwise is told so', async ({ page }) => {
  await open(page, 'v=1&data=furniture&net=pointnet&widths=8,16&points=32&batch=4&encoding=rate');
  await ready(page);
  await expect(page.locator('.notice')).toContainText('points have no brightness to make spikes of, so a cloud flows in directly');
  await expect(page.locator('[data-field=encoding]')).toBeHidden();
});

test('what spikes of the input cost is counted as additions', async ({ page }) => {
  await open(page, 'v=1&data=digits&net=mlp&widths=64&rate=0.01&encoding=latency&view=compare&epochs=1');
  await page.locator('[data-test=race-play]:not([disabled])').click();
  await expect(page.locator('#view > *')).toHaveAttribute('data-step', '40');
  const figure = async (name: string): Promise<number> =>
    Number((await page.locator(`[data-lane="0"][data-figure=${name}]`).textContent())?.replace(/[, %]/g, '') ?? Number.NaN);
  await expect.poll(() => figure('energy')).toBeGreaterThan(0);
  const [operations, energy, rate] = [await figure('operations'), await figure('energy'), await figure('rate')];
  // Behind the input's spikes, which reach 64 neurons each, those of 64 neurons over four time steps reach the readout's ten; all of it at 0.9 pJ.
  expect(operations).toBeGreaterThan((rate / 100) * 64 * 4 * 10 + 64 * 10);
  expect(Math.abs(energy - (0.9 * operations) / 1000)).toBeLessThanOrEqual(0.5 + 0.01 * energy);
});
