/** How long a first visit takes on a slow line until Play can be pressed: npx playwright test --project slow */
import { expect, test } from '@playwright/test';
import { DIGITS, ready } from './person';
import { DIST, Served } from './server';

/** 1.5 Mbit/s, nothing packed on the way. */
const BYTES_PER_SECOND = 1.5e6 / 8;

for (const [what, fragment] of [['digits', DIGITS], ['MNIST', 'v=1']] as const) {
  test(`first visit with ${what}`, async ({ page }) => {
    const served = await Served.start({ bytesPerSecond: BYTES_PER_SECOND });
    served.folder = process.env.DIST ?? DIST;
    const begun = performance.now();
    await page.goto(`${served.address}#${fragment}`, { waitUntil: 'commit' });
    await ready(page);
    await expect(page.locator('[data-test=play], [data-test=race-play]').first()).toBeEnabled();
    const seconds = (performance.now() - begun) / 1000;
    process.stdout.write(`First visit at 1.5 Mbit/s, ${what}: Play after ${seconds.toFixed(1)} s\n`);
    await served.stop();
  });
}
