/** A page that is used with fingers: what can be pressed is large enough in every view. */
import type { Page } from '@playwright/test';
import { DIGITS, expect, open, ready, test } from './person';

const LEAST = 44;

test.use({ hasTouch: true, isMobile: true, viewport: { width: 390, height: 844 } });

/** What is smaller than a finger, as text; what stands in a line of text is left to that line. */
function small(page: Page): Promise<string[]> {
  return page.evaluate((least) => {
    const all = document.querySelectorAll('button:not(.term, .link, .photo-box), select, summary, input:is([type=text], [type=number], [type=range]), '
      + '.segments label, .toggle, nav a');
    return [...all].filter((element) => element.checkVisibility()).flatMap((element) => {
      const { width, height } = element.getBoundingClientRect();
      return height >= least - 0.5 && width >= least - 0.5 ? [] : [`${element.localName}.${element.className} "${element.textContent.slice(0, 20)}": `
        + `${Math.round(width)} by ${Math.round(height)}`];
    });
  }, LEAST);
}

test('what is pressed is as large as a finger, in every view', async ({ page }) => {
  await open(page, `${DIGITS}&spike=ternary`);
  await ready(page);
  expect(await page.evaluate(() => matchMedia('(pointer: coarse)').matches)).toBe(true);
  await page.evaluate(() => { for (const part of document.querySelectorAll('details')) part.open = true; });
  expect(await small(page), 'Train').toEqual([]);
  for (const view of ['Compare', 'Classify', 'Papers']) {
    await page.getByRole('link', { name: view, exact: true }).click();
    await expect(page.locator('nav [aria-current=page]')).toHaveText(view);
    await page.evaluate(() => { for (const part of document.querySelectorAll('details')) part.open = true; });
    expect(await small(page), view).toEqual([]);
  }
});
