/** Makes the README's pictures: npx playwright test --project pictures */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { test, type Page } from '@playwright/test';
import { expect, open } from './person';

const picture = (name: string): string => fileURLToPath(new URL(`../../docs/pictures/${name}.png`, import.meta.url));

async function waitForStep(page: Page, step: number): Promise<void> {
  await expect.poll(async () => Number(await page.locator('#view > *').getAttribute('data-step')), { timeout: 170_000 }).toBeGreaterThanOrEqual(step);
}

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme, viewport: { width: 1360, height: 1000 } });

    test('train', async ({ page }) => {
      await open(page, 'v=1&spike=ternary&layer=1&neuron=1000&sample=14');
      await page.locator('[data-test=play]:not([disabled])').click();
      await waitForStep(page, 150);
      await page.screenshot({ path: picture(`train-${colorScheme}`) });
    });

    test('compare', async ({ page }) => {
      await open(page, 'v=1&view=compare&data=digits&widths=16,32&epochs=4');
      await page.locator('[data-test=race-play]:not([disabled])').click();
      await waitForStep(page, 120);
      await page.screenshot({ path: picture(`compare-${colorScheme}`), fullPage: true });
    });

    test('papers', async ({ page }) => {
      await open(page, 'v=1&view=papers&paper=ternary');
      await expect(page.locator('[data-paper=ternary]')).toContainText('61.07 % binary');
      await page.screenshot({ path: picture(`papers-${colorScheme}`) });
    });

    test('classify', async ({ page }) => {
      await open(page, 'v=1&view=classify');
      const pad = page.locator('[data-test=pad]');
      const box = await pad.boundingBox();
      if (box === null) throw new Error('the pad is not there');
      const at = (x: number, y: number): [number, number] => [box.x + x * box.width, box.y + y * box.height];
      await page.mouse.move(...at(0.3, 0.28));
      await page.mouse.down();
      for (const [x, y] of [[0.42, 0.16], [0.62, 0.2], [0.66, 0.36], [0.48, 0.48], [0.66, 0.56], [0.68, 0.74], [0.5, 0.86],
        [0.3, 0.78]] as const) await page.mouse.move(...at(x, y), { steps: 6 });
      await page.mouse.up();
      await expect(page.locator('[data-test=answer]')).toHaveAttribute('data-answer', '3');
      await page.screenshot({ path: picture(`classify-${colorScheme}`) });
    });

    test('clouds', async ({ page }) => {
      await open(page, 'v=1&view=classify&by=furniture');
      await page.locator('.shelf button').first().click();
      await expect(page.locator('[data-test=answer]')).toContainText('chair');
      await expect(page.locator('[data-test=cloud]')).toHaveAttribute('data-renderer', 'webgl');
      await page.screenshot({ path: picture(`clouds-${colorScheme}`) });
    });
  });
}

test.describe('phone', () => {
  test.use({ viewport: { width: 360, height: 740 } });

  test('train', async ({ page }) => {
    await open(page, 'v=1&data=digits&net=mlp&widths=64&epochs=8');
    await page.locator('[data-test=play]:not([disabled])').click();
    await waitForStep(page, 200);
    await page.screenshot({ path: picture('train-phone'), fullPage: true });
  });
});

/** What an installed page is known by; where a system cuts icons to a shape of its own, the mark stands in the middle. */
test('icons', async ({ page }) => {
  const file = (name: string): string => fileURLToPath(new URL(`../public/${name}`, import.meta.url));
  const mark = await readFile(file('favicon.svg'), 'utf8');
  const middle = mark.replace('viewBox="0 0 32 32"', 'viewBox="-4 -4 40 40"').replace(/<rect [^>]*>/, '<rect x="-4" y="-4" width="40" height="40" '
    + 'fill="#2446d8"/>');
  for (const [name, size, svg] of [['icon-192.png', 192, mark], ['icon-512.png', 512, mark], ['icon-mask.png', 512, middle]] as const) {
    await page.setViewportSize({ width: size, height: size });
    await page.setContent(`<body style="margin:0">${svg.replace('<svg', `<svg style="display:block" width="${size}"`)}</body>`);
    await page.screenshot({ path: file(name), omitBackground: true });
  }
});
