/** One view in a frame of somebody else's page. */
import type { FrameLocator } from '@playwright/test';
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

test('nothing scrolls inside the frames of the tutorial page, at any usual width', async ({ page }) => {
  await page.goto('./tutorial.html');
  const frame = (name: string): FrameLocator => page.frameLocator(`.frame-${name}`);
  for (const place of await page.locator('iframe').all()) await place.scrollIntoViewIfNeeded();
  await frame('neuron').locator('[data-test=epoch]').click();
  await frame('race').locator('[data-test=race-epoch]').click();
  await frame('digit').locator('.examples .thumb').nth(3).click();
  await expect(frame('neuron').locator('.train')).toHaveAttribute('data-held-out', /0/);
  await expect(frame('race').locator('.compare')).toHaveAttribute('data-status', 'paused');
  await expect(frame('digit').locator('.classify')).toHaveAttribute('data-status', 'answered');
  await expect(frame('digit').locator('[data-test=says]')).not.toBeEmpty();
  for (const width of [1440, 1280, 1024, 901, 900, 834, 820, 768, 656, 655, 600, 591, 590, 540, 430, 414, 401, 400, 390, 375, 360, 351, 350, 320]) {
    await page.setViewportSize({ width, height: 900 });
    const hidden = await page.locator('iframe').evaluateAll((frames) => frames.map((element) => {
      const { clientHeight, contentDocument } = element as HTMLIFrameElement;
      return (contentDocument?.documentElement.scrollHeight ?? Infinity) - clientHeight;
    }));
    expect(Math.max(...hidden), `at ${width} pixels: ${hidden.join()}`).toBeLessThanOrEqual(0);
  }
});

test('a frame of 320 by 240 pixels shows what fits, and says what it leaves out', async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 240 });
  for (const [link, parts] of [
    [DIGITS, ['[data-test=play]', '.stage-canvas']], [`${DIGITS}&view=compare`, ['[data-test=race-play]', '[data-panel=curves] canvas']],
    ['v=1&view=classify&by=digits', ['[data-test=pad]']],
  ] as const) {
    await page.goto('about:blank');
    await open(page, link, 'embed.html');
    for (const part of parts) await expect(page.locator(part).first(), `${part} of ${link}`).toBeInViewport({ ratio: 0.4 });
    await expect(page.locator('.small-frame')).toContainText('settings and details are left out');
    await expect(page.locator('.small-frame')).toBeVisible();
    // What is as it should be needs no words there, and what is not has them.
    const message = page.locator('.playback .message');
    if (await message.count() > 0) {
      await expect(message).toBeHidden();
      const shown = await page.locator('#view > *').evaluate((view) => {
        view.classList.add('outlived');
        return getComputedStyle(view.querySelector('.playback .message') ?? view).display;
      });
      expect(shown, 'what went wrong').not.toBe('none');
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth), 'nothing to the side').toBeLessThanOrEqual(320);
  }
});
