/** One view in a frame of somebody else's page. */
import { DIGITS, expect, open, ready, test } from './person';

test('an embedded view runs by itself and hides what its link says', async ({ page }) => {
  await open(page, `${DIGITS}&hide=optimiser,seed`, 'embed.html');
  await ready(page);
  await expect(page.locator('[data-field=optimiser]')).toBeHidden();
  await expect(page.locator('[data-field=seed]')).toBeHidden();
  await expect(page.locator('[data-field=rate]')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Compare' })).toHaveCount(0);
  await page.locator('[data-test=step]').click();
  await expect(page.locator('#view > *')).toHaveAttribute('data-step', '1');
});

test('the tutorial page holds views that run', async ({ page }) => {
  await page.goto('./tutorial.html');
  const frame = page.locator('iframe').first().contentFrame();
  await page.locator('iframe').first().scrollIntoViewIfNeeded();
  await expect(frame.locator('#view [data-status], #view > [data-status]').first()).toHaveAttribute('data-status', /ready|paused|running/);
  await frame.locator('[data-test=play]').click();
  await expect.poll(async () => Number(await frame.locator('#view > *').getAttribute('data-step'))).toBeGreaterThan(5);
});
