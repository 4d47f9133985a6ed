/** What an accessibility checker finds, in every view, light and dark, on a desk and on a phone: nothing. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { bars, zipOf } from './files';
import { asPng, DIGITS, expect, heldOut, open, ready, test } from './person';

/** A run that does not end while it is looked at. */
const LONG = DIGITS.replace('epochs=6', 'epochs=1000');
const SIZES = { desk: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } } as const;
/** Either theme and either size in each state, and all four pairs in each view: its states take turns. */
const LOOKS = [[['desk', 'light'], ['phone', 'dark']], [['desk', 'dark'], ['phone', 'light']]] as const;

/** Least contrast of what bounds a control with what is behind it (WCAG 2.2, 1.4.11), which axe does not look at. */
const BORDER_CONTRAST = 3;

/** "button: 1.4": controls whose border is fainter than that, and which have no filling that stands out. */
function faintControls(page: Page): Promise<string[]> {
  return page.evaluate((least) => {
    type Colour = readonly [number, number, number, number];
    const context = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
    const parse = (colour: string): Colour => {
      if (context === null) throw new Error('no canvas');
      context.clearRect(0, 0, 1, 1);
      context.fillStyle = colour;
      context.fillRect(0, 0, 1, 1);
      const [r = 0, g = 0, b = 0, a = 0] = context.getImageData(0, 0, 1, 1).data;
      return [r, g, b, a / 255];
    };
    const luminance = (colour: Colour): number => {
      const [r, g, b] = [colour[0], colour[1], colour[2]].map((part) => {
        const share = part / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      }) as [number, number, number];
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const contrast = (a: Colour, b: Colour): number => {
      const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
      return (high + 0.05) / (low + 0.05);
    };
    const ground = (element: Element | null): Colour => {
      for (let at = element; at !== null; at = at.parentElement) {
        const colour = parse(getComputedStyle(at).backgroundColor);
        if (colour[3] === 1) return colour;
      }
      return parse(getComputedStyle(document.body).backgroundColor);
    };
    const said = new Set<string>();
    for (const control of document.querySelectorAll('button, select, input:is([type=number], [type=text]), .segments')) {
      const { borderTopColor, borderTopWidth, backgroundColor } = getComputedStyle(control);
      const border = parse(borderTopColor);
      // A quiet button is its words.
      if (!control.checkVisibility() || Number.parseFloat(borderTopWidth) === 0 || border[3] === 0 || control.matches(':disabled')) continue;
      const behind = ground(control.parentElement);
      const filled = parse(backgroundColor);
      const best = Math.max(contrast(border, behind), filled[3] === 1 ? contrast(filled, behind) : 0);
      if (best < least) said.add(`${control.localName}.${control.className}: ${best.toFixed(2)}`);
    }
    return [...said];
  }, BORDER_CONTRAST);
}

/** What is found in the page as it stands: one line a rule and element. `turn` says which looks it is given. */
async function findings(page: Page, state: string, turn: 0 | 1): Promise<string[]> {
  const found: string[] = [];
  for (const [size, colorScheme] of LOOKS[turn]) {
    await page.setViewportSize(SIZES[size]);
    await page.emulateMedia({ colorScheme });
    const where = `${state}, ${size}, ${colorScheme}`;
    // A person who speaks to the page says what stands on a button, so its name has to have that in it.
    const { violations } = await new AxeBuilder({ page }).options({ rules: { 'label-content-name-mismatch': { enabled: true } } }).analyze();
    for (const { id, impact, nodes } of violations) {
      found.push(...nodes.map(({ target, any }) => `${where}: ${id} (${impact ?? ''}) ${target.join(' ')} ${any[0]?.message ?? ''}`));
    }
    found.push(...(await faintControls(page)).map((line) => `${where}: border contrast ${line}`));
  }
  await page.setViewportSize(SIZES.desk);
  return found;
}

test.beforeEach(({ watch }) => { watch.allow(/GPU stall due to ReadPixels/); });
test.use({ contextOptions: { reducedMotion: 'reduce' } });

test('nothing is found in the Train view: at rest, in mid-run, with everything unfolded, with panels open', async ({ page }) => {
  await open(page, `${LONG}&spike=ternary`);
  await ready(page);
  const found = await findings(page, 'train at rest', 0);
  await page.locator('[data-test=play]').click();
  await expect(page.locator('.train')).toHaveAttribute('data-held-out', /\d/);
  await page.evaluate(() => { for (const part of document.querySelectorAll('details')) part.open = true; });
  found.push(...(await findings(page, 'train in mid-run', 1)));
  await page.locator('[data-test=play]').click();
  await page.locator('[data-test=own]').click();
  await expect(page.locator('[data-test=own-panel]')).toBeVisible();
  found.push(...(await findings(page, 'own data', 0)));
  await page.keyboard.press('Escape');
  await page.locator('[data-test=keyboard]').click();
  found.push(...(await findings(page, 'keyboard', 1)));
  expect(found).toEqual([]);
});

test('nothing is found in the list of what is kept: a run and a data set with a name each, and a question whether to delete', async ({ page }) => {
  await open(page, DIGITS);
  await ready(page);
  await page.locator('[data-test=own]').click();
  await page.locator('[data-test=own-archive]').setInputFiles({ name: 'bars.zip', mimeType: 'application/zip', buffer: zipOf(bars(5)) });
  await page.locator('[data-test=own-use]').click();
  await ready(page);
  await page.locator('[data-test=step]').click();
  await expect.poll(() => page.evaluate(async () => (await window.spikeground?.app.keeping.runs.list())?.runs.length)).toBe(1);
  await page.locator('[data-test=kept-open]').click();
  const names = page.locator('[data-test=kept-name]');
  await expect(names).toHaveCount(2);
  for (const [place, name] of ['a run', 'some bars'].entries()) {
    await names.nth(place).fill(name);
    await names.nth(place).press('Enter');
    await expect(page.locator('[data-test=kept-said]')).toContainText(`It is called ${name} now`);
  }
  const found = await findings(page, 'kept', 0);
  await page.locator('[data-own] [data-test=kept-delete]').click();
  found.push(...(await findings(page, 'kept, asked', 1)));
  expect(found).toEqual([]);
});

test('nothing is found in the Compare view: at rest and in mid-run', async ({ page }) => {
  await open(page, `${LONG}&view=compare`);
  await expect(page.locator('.compare')).toHaveAttribute('data-status', 'ready');
  const found = await findings(page, 'compare at rest', 0);
  await page.evaluate(() => { for (const part of document.querySelectorAll('details')) part.open = true; });
  await page.locator('[data-test=race-play]').click();
  await expect(page.locator('[data-lane="0"][data-figure="accuracy"]')).toHaveText(/%/);
  found.push(...(await findings(page, 'compare in mid-run', 1)));
  expect(found).toEqual([]);
});

test('nothing is found in the Classify view: empty, and with the answers to an image and a shape', async ({ page }) => {
  await open(page, 'v=1&view=classify');
  await expect(page.locator('.examples .thumb')).toHaveCount(10);
  const found = await findings(page, 'classify', 0);
  const digits = await heldOut('mnist');
  await page.locator('[data-test=file]').setInputFiles({ name: 'two.png', mimeType: 'image/png', buffer: await asPng(page, digits.image(2), digits.side) });
  await expect(page.locator('[data-test=answer]')).toHaveAttribute('data-answer', '2');
  await page.locator('[data-test=file]').setInputFiles({ name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('hello') });
  await expect(page.locator('[data-test=refusal]')).toContainText('notes.txt');
  found.push(...(await findings(page, 'classify an image', 1)));
  await page.locator('.shelf button').first().click();
  await expect(page.locator('[data-test=cloud]')).toBeVisible();
  found.push(...(await findings(page, 'classify a shape', 0)));
  expect(found).toEqual([]);
});

test('nothing is found in the Papers view: folded, unfolded, in mid-experiment', async ({ page }) => {
  await open(page, `${DIGITS}&view=papers`);
  await expect(page.locator('[data-paper=ternary]')).toContainText('61.07 % binary');
  const found = await findings(page, 'papers', 0);
  await page.evaluate(() => { for (const part of document.querySelectorAll('details')) part.open = true; });
  await page.locator('[data-paper=imLoss] [data-test=run]').click();
  await expect(page.locator('[data-paper=imLoss] .run-bar .message')).toContainText('Step');
  found.push(...(await findings(page, 'papers in mid-experiment', 1)));
  expect(found).toEqual([]);
});

test('nothing is found in a frame and in the lesson', async ({ page }) => {
  await open(page, DIGITS, 'embed.html');
  await ready(page);
  const found = await findings(page, 'embed', 0);
  await page.goto('./tutorial.html');
  await expect(page.frameLocator('.frame-neuron').locator('[data-test=play]')).toBeEnabled();
  found.push(...(await findings(page, 'tutorial', 1)));
  expect(found).toEqual([]);
});
