/**
 * A link is a run: the same losses to the bit in every browser. They stand in `tests/same_run.json`, which
 * `UPDATE_SAME_RUN=1 npx playwright test same-run --project tests` writes anew after a change that moves them on purpose;
 * `tests/same_run.rs` holds the native command to them.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, open, ready, run, test } from './person';

interface Run {
  readonly link: string;
  readonly config: unknown;
  readonly losses: readonly number[];
}

const FILE = fileURLToPath(new URL('../../tests/same_run.json', import.meta.url));
const LINKS = [
  'v=1&data=digits&net=mlp&widths=48,32&spike=real&optimiser=sgd&rate=0.02&seed=3&backend=flex',
  'v=1&data=digits&net=conv&widths=8,16&spike=ternary&trainAmplitude=1&seed=11&backend=flex',
  'v=1&data=digits&net=mlp&widths=32&encoding=saccades&steps=6&trainDecay=1&seed=5&backend=flex',
];
const [EPOCH, STEPS] = [40, 50];

test('a link gives the same losses to the bit wherever it is opened', async ({ page }) => {
  test.slow();
  const runs: Run[] = [];
  for (const link of LINKS) {
    await open(page, link);
    await page.reload();
    await ready(page);
    const step = page.locator('[data-test=step]');
    await page.locator('[data-test=epoch]').click();
    await expect(page.locator('#view > *')).toHaveAttribute('data-step', String(EPOCH));
    for (let taken = EPOCH; taken < STEPS; taken += 1) {
      await expect(step).toBeEnabled();
      await step.click();
      await expect(page.locator('#view > *')).toHaveAttribute('data-step', String(taken + 1));
    }
    const config = await page.evaluate(() => window.spikeground?.app.store.state.config);
    runs.push({ link, config, losses: (await run(page)).losses });
  }
  if (process.env.UPDATE_SAME_RUN !== undefined) await writeFile(FILE, `${JSON.stringify(runs, null, 1)}\n`);
  const kept = JSON.parse(await readFile(FILE, 'utf8')) as Run[];
  expect(runs).toEqual(kept);
});
