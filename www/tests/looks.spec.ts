/**
 * Every view looks as it did: both themes, on a desk and on a phone, in mid-run. `LOOKS=keep npx playwright test
 * tests/looks.spec.ts` keeps pictures of how it looks now, in tests/looks; look at them before they are committed.
 */
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { compared, keep, kept, smaller } from './looks';
import { expect, open, ready, test } from './person';

const FOLDER = fileURLToPath(new URL('looks/', import.meta.url));
/** The share of a page that may differ: other fonts draw other letters. */
const MOST = 0.04;

const SIZES = { desk: { width: 1360, height: 900 }, phone: { width: 390, height: 844 } } as const;
const SMALL = 'v=1&data=digits&net=mlp&widths=64,64&epochs=6&rate=0.01&backend=flex';

/** What brings each view to where it is pictured, in the middle of what it does. */
const VIEWS: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  train: async (page) => {
    await open(page, `${SMALL}&spike=ternary`);
    await ready(page);
    await page.locator('[data-test=epoch]').click();
    await expect(page.locator('.train')).toHaveAttribute('data-step', '40');
    await ready(page);
    await page.evaluate(() => window.spikeground?.app.training.engine.whenStill());
  },
  compare: async (page) => {
    await open(page, `${SMALL}&view=compare`);
    await expect(page.locator('.compare')).toHaveAttribute('data-status', 'ready');
    await page.locator('[data-test=race-epoch]').click();
    await expect(page.locator('.compare')).toHaveAttribute('data-step', '40');
    await expect(page.locator('.compare')).toHaveAttribute('data-status', 'paused');
    await expect(page.locator('[data-lane="2"][data-figure="accuracy"]')).toHaveText(/%/);
  },
  classify: async (page) => {
    await open(page, 'v=1&view=classify&by=digits&backend=flex');
    await page.locator('.examples .thumb').nth(3).click();
    await expect(page.locator('.classify')).toHaveAttribute('data-status', 'answered');
  },
  papers: async (page) => {
    await open(page, 'v=1&view=papers&paper=ternary');
    await expect(page.locator('[data-paper=ternary]')).toContainText('61.07 % binary');
  },
};

for (const [device, viewport] of Object.entries(SIZES)) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test.describe(`${device}, ${colorScheme}`, () => {
      // Without motion the last time step stands, and nothing moves into its place.
      test.use({ viewport, colorScheme, contextOptions: { reducedMotion: 'reduce' } });

      for (const [view, arrive] of Object.entries(VIEWS)) {
        test(`${view} looks as it did`, async ({ page, context }, info) => {
          await arrive(page);
          const name = `${view}-${device}-${colorScheme}.png`;
          // How quick the machine is shows in figures of their own.
          const mask = [page.locator('[data-test=speed], [data-figure=milliseconds]')];
          const screenshot = await page.screenshot({ animations: 'disabled', caret: 'hide', mask });
          const desk = await context.newPage();
          const now = await smaller(desk, screenshot);
          if (process.env.LOOKS === 'keep') {
            await mkdir(FOLDER, { recursive: true });
            await keep(FOLDER + name, now);
          }
          const before = await kept(FOLDER + name);
          if (before === undefined) throw new Error(`There is no picture of this yet: LOOKS=keep makes ${name}.`);
          const { sizes, differing } = await compared(desk, before, now);
          await info.attach('now', { body: now, contentType: 'image/png' });
          expect(sizes[1], 'the size').toBe(sizes[0]);
          info.annotations.push({ type: 'squares that differ', description: `${(100 * differing).toFixed(2)} %` });
          expect(differing, `the share of squares that differ from tests/looks/${name}`).toBeLessThanOrEqual(MOST);
          await desk.close();
        });
      }
    });
  }
}

test('a layout that has gone wrong is seen, and letters of another face are passed over', async ({ page, context }) => {
  await page.setViewportSize(SIZES.desk);
  await open(page, 'v=1&view=papers&paper=ternary&backend=flex');
  await expect(page.locator('[data-paper=ternary]')).toContainText('61.07 % binary');
  const desk = await context.newPage();
  const picture = async (): Promise<Buffer> => smaller(desk, await page.screenshot({ animations: 'disabled' }));
  const right = await picture();
  const differing = async (style: string): Promise<number> => {
    await page.evaluate((css) => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
      document.adoptedStyleSheets = [sheet];
    }, style);
    return (await compared(desk, right, await picture())).differing;
  };
  expect(await differing('* { font-family: serif !important; }')).toBeLessThanOrEqual(MOST);
  expect(await differing('main { margin-left: 120px; }')).toBeGreaterThan(MOST);
});
