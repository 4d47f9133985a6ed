/** What an accessibility checker finds, in every view, light and dark, on a desk and on a phone: nothing. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { TABS } from '../src/state/settings';
import { bars, zipOf } from './files';
import { asPng, DIGITS, drop, expect, heldOut, open, ready, test } from './person';

/** A run that does not end while it is looked at. */
const LONG = DIGITS.replace('epochs=6', 'epochs=1000');
/** One that has all that a run of images can show: maps, layers, values of either sign. */
const CONVOLUTIONS = `${LONG.replace('net=mlp&widths=64', 'net=conv&widths=8,8')}&spike=ternary`;
const SIZES = { desk: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } } as const;
type Look = readonly [keyof typeof SIZES, 'light' | 'dark'];
/** Both themes and both sizes in each state, in two of the four pairs; the states of a view take turns. */
const TURNS: readonly [readonly Look[], readonly Look[]] = [[['desk', 'light'], ['phone', 'dark']], [['desk', 'dark'], ['phone', 'light']]];
const ALL = TURNS.flat();

/** Least contrast of what bounds a control with what is behind it (WCAG 2.2, 1.4.11), which axe does not look at. */
const BORDER_CONTRAST = 3;

/** "button: 1.4": controls whose border is fainter than that, and which have no filling that stands out. */
function faintControls(page: Page, part = 'body'): Promise<string[]> {
  return page.evaluate(({ least, part }) => {
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
    for (const control of document.querySelectorAll(`${part} :is(button, select, input:is([type=number], [type=text]), .segments)`)) {
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
  }, { least: BORDER_CONTRAST, part });
}

/** What is found in the page as it stands, or in a part of it: one line a rule and element. */
async function findings(page: Page, state: string, looks: readonly Look[], part?: string): Promise<string[]> {
  const found: string[] = [];
  for (const [size, colorScheme] of looks) {
    await page.setViewportSize(SIZES[size]);
    await page.emulateMedia({ colorScheme });
    const where = `${state}, ${size}, ${colorScheme}`;
    // A person who speaks to the page says what stands on a button, so its name has to have that in it. Of what is all right no list is
    // wanted, and frames of the page's own origin need no page beside it to put their findings together: that halves the time.
    const axe = new AxeBuilder({ page }).options({ rules: { 'label-content-name-mismatch': { enabled: true } }, resultTypes: ['violations'] });
    const { violations } = await (part === undefined ? axe : axe.include(part)).setLegacyMode(true).analyze();
    for (const { id, impact, nodes } of violations) {
      found.push(...nodes.map(({ target, any }) => `${where}: ${id} (${impact ?? ''}) ${target.join(' ')} ${any[0]?.message ?? ''}`));
    }
    found.push(...(await faintControls(page, part)).map((line) => `${where}: border contrast ${line}`));
  }
  await page.setViewportSize(SIZES.desk);
  return found;
}

/** With all that can be unfolded unfolded, as one who reads on finds it. */
async function unfold(page: Page): Promise<void> {
  await page.evaluate(() => { for (const part of document.querySelectorAll('details')) part.open = true; });
}

test.beforeEach(({ watch }) => { watch.allow(/GPU stall due to ReadPixels/); });
test.use({ contextOptions: { reducedMotion: 'reduce' } });

test('nothing is found in the Train view: at rest, in mid-run, with everything unfolded, in each tab, with a dead worker', async ({ page }) => {
  await open(page, CONVOLUTIONS);
  await ready(page);
  const found = await findings(page, 'train at rest', TURNS[0]);
  await page.locator('[data-test=play]').click();
  await expect(page.locator('.train')).toHaveAttribute('data-held-out', /\d/);
  await unfold(page);
  found.push(...(await findings(page, 'train in mid-run', TURNS[1])));
  // The checker shares the cores with a run.
  await page.locator('[data-test=play]').click();
  await expect(page.locator('.train')).toHaveAttribute('data-status', 'paused');
  for (const [place, name] of TABS.entries()) {
    const tab = page.locator(`.drawer [role=tab][data-tab=${name}]`);
    await tab.click();
    await expect(tab).toHaveAttribute('aria-selected', 'true');
    await unfold(page);
    found.push(...(await findings(page, `the tab ${name} of a run`, TURNS[place % 2] ?? ALL, '.drawer')));
  }
  await page.evaluate(() => { window.spikeground?.app.worker.kill(); });
  await expect(page.locator('[data-notice=worker]')).toContainText('The worker stopped');
  found.push(...(await findings(page, 'a dead worker', TURNS[0], '.notices')));
  expect(found).toEqual([]);
});

test('nothing is found where a run is refused, and where a link could not be taken whole', async ({ page }) => {
  await open(page, 'v=1&net=conv&widths=1024,1024&batch=512&steps=16&rate=zebra');
  await expect(page.locator('[data-notice=run]')).toContainText('would fit');
  await expect(page.locator('[data-notice=link]')).toContainText('Not all of the link could be taken');
  expect(await findings(page, 'a refused run', ALL)).toEqual([]);
});

test('nothing is found in the dialogs: data of one\'s own, empty and filled, the keyboard, and runs that are kept', async ({ page }) => {
  await open(page, DIGITS);
  await ready(page);
  await page.locator('[data-test=own]').click();
  const own = '[data-test=own-panel]';
  await expect(page.locator(own)).toBeVisible();
  const found = await findings(page, 'own data', TURNS[0], own);
  await drop(page, [{ name: 'bars.zip', content: zipOf([...bars(5), { path: 'bars/lying/broken.png', bytes: Buffer.from('no image') }]) }], own);
  await expect(page.locator('[data-test=own-skipped]')).toContainText('1 file left out');
  await unfold(page);
  found.push(...(await findings(page, 'own data, filled', TURNS[1], own)));
  await page.locator('[data-test=own-use]').click();
  await expect(page).toHaveURL(/data=own/);
  await ready(page);
  await page.locator('[data-test=keyboard]').click();
  found.push(...(await findings(page, 'keyboard', TURNS[0], '[data-test=keyboard-panel]')));
  await page.keyboard.press('Escape');
  await page.locator('[data-test=step]').click();
  await expect.poll(() => page.evaluate(async () => (await window.spikeground?.app.keeping.runs.list())?.runs[0]?.step)).toBe(1);
  await page.locator('[data-test=kept-open]').click();
  const kept = page.locator('[data-test=kept]');
  await expect(kept.locator('[data-run]')).toHaveCount(1);
  for (const [place, name] of ['a run', 'some bars'].entries()) {
    await kept.locator('[data-test=kept-name]').nth(place).fill(name);
    await kept.locator('[data-test=kept-name]').nth(place).press('Enter');
    await expect(kept.locator('[data-test=kept-said]')).toContainText(`It is called ${name} now`);
  }
  await kept.locator('[data-test=kept-delete]').first().click();
  found.push(...(await findings(page, 'runs that are kept', ALL, '[data-test=kept]')));
  for (const width of [390, 320]) {
    await page.setViewportSize({ width, height: 800 });
    expect(await kept.evaluate((dialog) => dialog.scrollWidth - dialog.clientWidth), `${width} pixels wide`).toBeLessThanOrEqual(0);
  }
  expect(found).toEqual([]);
});

test('nothing is found in the Compare view: at rest and in mid-run', async ({ page }) => {
  await open(page, `${LONG}&view=compare`);
  await expect(page.locator('.compare')).toHaveAttribute('data-status', 'ready');
  const found = await findings(page, 'compare at rest', TURNS[0]);
  await unfold(page);
  await page.locator('[data-test=race-play]').click();
  await expect(page.locator('[data-lane="0"][data-figure="accuracy"]')).toHaveText(/%/);
  found.push(...(await findings(page, 'compare in mid-run', TURNS[1])));
  expect(found).toEqual([]);
});

test('nothing is found in the Classify view: empty, and with the answers to an image and a shape', async ({ page }) => {
  await open(page, 'v=1&view=classify');
  await expect(page.locator('.examples .thumb')).toHaveCount(10);
  const found = await findings(page, 'classify', TURNS[0]);
  const digits = await heldOut('mnist');
  await page.locator('[data-test=file]').setInputFiles({ name: 'two.png', mimeType: 'image/png', buffer: await asPng(page, digits.image(2), digits.side) });
  await expect(page.locator('[data-test=answer]')).toHaveAttribute('data-answer', '2');
  await page.locator('[data-test=file]').setInputFiles({ name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('hello') });
  await expect(page.locator('[data-test=refusal]')).toContainText('notes.txt');
  found.push(...(await findings(page, 'classify an image', TURNS[1])));
  await page.locator('.shelf button').first().click();
  await expect(page.locator('[data-test=cloud]')).toBeVisible();
  found.push(...(await findings(page, 'classify a shape', TURNS[0])));
  expect(found).toEqual([]);
});

test('nothing is found in the Papers view: folded, unfolded, in mid-experiment, and with a finished one', async ({ page }) => {
  await open(page, `${DIGITS}&view=papers`);
  await expect(page.locator('[data-paper=ternary]')).toContainText('61.07 % binary');
  const found = await findings(page, 'papers', TURNS[0]);
  await unfold(page);
  const card = page.locator('[data-paper=imLoss]');
  await card.locator('[data-test=seeds]').selectOption('2');
  await card.locator('[data-test=run]').click();
  await expect(card.locator('.run-bar .message')).toContainText('Step');
  found.push(...(await findings(page, 'papers in mid-experiment', TURNS[1])));
  await expect(card).toHaveAttribute('data-status', 'done');
  await unfold(page);
  found.push(...(await findings(page, 'a finished experiment', TURNS[0], '[data-paper=imLoss]')));
  expect(found).toEqual([]);
});

test('nothing is found in frames, of each view that they show, and in the lesson', async ({ page }) => {
  await open(page, DIGITS, 'embed.html');
  await ready(page);
  const found = await findings(page, 'embed', TURNS[0]);
  await page.goto('about:blank');
  await open(page, `${LONG}&view=compare`, 'embed.html');
  await page.locator('[data-test=race-play]:not([disabled])').click();
  await expect(page.locator('[data-lane="0"][data-figure="accuracy"]')).toHaveText(/%/);
  found.push(...(await findings(page, 'compare in a frame', TURNS[1])));
  await page.goto('about:blank');
  await open(page, 'v=1&view=classify&by=digits', 'embed.html');
  await page.locator('.examples .thumb').nth(3).click();
  await expect(page.locator('.classify')).toHaveAttribute('data-status', 'answered');
  found.push(...(await findings(page, 'classify in a frame', TURNS[0])));
  await page.goto('./tutorial.html');
  await expect(page.frameLocator('.frame-neuron').locator('[data-test=play]')).toBeEnabled();
  found.push(...(await findings(page, 'tutorial', TURNS[1])));
  expect(found).toEqual([]);
});
