/** The page by keyboard alone, on narrow screens, enlarged, and in the system's own colours. */
import type { Page } from '@playwright/test';
import { DIGITS, expect, open, openTab, ready, test } from './person';

/** A run that does not end while it is looked at. */
const LONG = DIGITS.replace('epochs=6', 'epochs=1000');

const step = (page: Page): Promise<string | null> => page.locator('.train').getAttribute('data-step');

test('a change of view moves the focus to its heading, and a notice that is dismissed leaves it on the page', async ({ page }) => {
  await open(page, DIGITS);
  await ready(page);
  for (const [view, heading] of [['Compare', 'Race two or three settings'], ['Papers', 'Seven claims'], ['Train', 'Watch a spiking network learn']] as const) {
    await page.getByRole('link', { name: view, exact: true }).press('Enter');
    await expect(page.getByRole('heading', { level: 1 })).toContainText(heading);
    await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
    await expect(page).toHaveTitle(`${view} · Spikeground`);
  }
  await page.goBack();
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
  await page.getByRole('button', { name: 'Copy link' }).click();
  await page.locator('[data-notice=link]').getByRole('button', { name: 'Dismiss' }).press('Enter');
  await expect(page.locator('[data-notice=link]')).toBeHidden();
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
});

test('letters are dead in fields and in dialogs, and can be turned off for good', async ({ page }) => {
  await open(page, DIGITS);
  await ready(page);
  const letters = page.locator('[data-test=letters]');
  await page.getByLabel('Threshold', { exact: true }).first().press('s');
  await page.locator('[data-test=keyboard]').click();
  await expect(letters).toBeFocused();
  await page.keyboard.press('s');
  await page.keyboard.press('e');
  await page.getByRole('button', { name: 'Close' }).press('Enter');
  await page.locator('[data-test=step]').press('s');
  await expect.poll(() => step(page)).toBe('1');
  await page.locator('[data-test=keyboard]').click();
  await letters.uncheck();
  await page.keyboard.press('Escape');
  await page.locator('[data-test=reset]').focus();
  await page.keyboard.press('s');
  await page.locator('[data-test=step]').click();
  await expect.poll(() => step(page)).toBe('2');
  await page.reload();
  await ready(page);
  await page.locator('[data-test=step]').focus();
  await page.keyboard.press('s');
  await page.keyboard.press('Enter');
  await expect.poll(() => step(page)).toBe('1');
  await page.locator('[data-test=keyboard]').click();
  await expect(letters).not.toBeChecked();
});

test('the switch works where the browser keeps nothing', async ({ page }) => {
  await page.addInitScript(() => {
    Object.defineProperty(window, 'localStorage', { get: () => { throw new DOMException('no storage', 'SecurityError'); } });
  });
  await open(page, DIGITS);
  await ready(page);
  await page.locator('[data-test=keyboard]').click();
  await page.locator('[data-test=letters]').uncheck();
  await page.keyboard.press('Escape');
  await page.locator('[data-test=step]').focus();
  await page.keyboard.press('s');
  await page.keyboard.press('Enter');
  await expect.poll(() => step(page)).toBe('1');
});

const DONE = 'The planned 6 epochs are done. To train on, plan more epochs.';

test('a run is announced when it begins and when it ends, and not at its steps', async ({ page }) => {
  await open(page, DIGITS);
  await ready(page);
  await page.evaluate(() => {
    const said: string[] = [];
    Object.assign(window, { said });
    const place = document.querySelector('[data-test=announced]');
    if (place !== null) new MutationObserver(() => said.push(place.textContent)).observe(place, { childList: true, characterData: true, subtree: true });
  });
  await page.locator('[data-test=play]').click();
  await expect(page.locator('.train')).toHaveAttribute('data-step', '240');
  await expect(page.locator('[data-test=announced]')).toHaveText(DONE);
  const said = await page.evaluate(() => (window as unknown as { said: string[] }).said);
  expect(said).toEqual(['Training.', DONE]);
  const play = page.locator('[data-test=play]');
  await expect(play).toBeFocused();
  await expect(play).toHaveAttribute('aria-disabled', 'true');
  await expect(play).toHaveAttribute('title', /plan more epochs to train on, or reset/);
  await page.locator('[data-test=reset]').click();
  await expect(play).toHaveAttribute('aria-disabled', 'false');
});

test('keys on a slider are one change, and Back takes it back', async ({ page }) => {
  await open(page, DIGITS);
  await ready(page);
  const before = await page.evaluate(() => history.length);
  const slider = page.locator('[data-field=threshold] input[type=range]');
  const box = page.locator('[data-field=threshold] input[role=spinbutton]');
  const was = await box.inputValue();
  await slider.focus();
  for (let i = 0; i < 5; i += 1) await page.keyboard.press('ArrowRight');
  await expect(box).not.toHaveValue(was);
  await expect(page).toHaveURL(/threshold=/);
  expect(await page.evaluate(() => history.length)).toBe(before + 1);
  await expect(slider).toBeFocused();
  await page.goBack();
  await expect(page).not.toHaveURL(/threshold=/);
  await expect(box).toHaveValue(was);
});

test('a slider that is dragged shows its value at once and is one change when it is let go', async ({ page }) => {
  await open(page, DIGITS);
  await ready(page);
  const before = await page.evaluate(() => history.length);
  const box = page.locator('[data-field=decay] input[role=spinbutton]');
  const was = await box.inputValue();
  const slider = page.locator('[data-field=decay] input[type=range]');
  await slider.scrollIntoViewIfNeeded();
  const place = await slider.boundingBox();
  if (place === null) throw new Error('the slider is not there');
  const y = place.y + place.height / 2;
  await page.mouse.move(place.x + place.width * 0.3, y);
  await page.mouse.down();
  await page.mouse.move(place.x + place.width * 0.6, y, { steps: 6 });
  await expect(box).not.toHaveValue(was);
  expect(page.url()).not.toContain('decay=');
  await page.mouse.up();
  await expect(page).toHaveURL(/decay=/);
  expect(await page.evaluate(() => history.length)).toBe(before + 1);
});

test('a number that is typed is taken by Enter or when it is left, once', async ({ page }) => {
  await open(page, DIGITS);
  await ready(page);
  const before = await page.evaluate(() => history.length);
  const rate = page.getByLabel('Learning rate').first();
  await rate.selectText();
  await rate.pressSequentially('0.02');
  expect(page.url()).not.toContain('rate=0.02');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/rate=0\.02/);
  await page.keyboard.press('Tab');
  const seed = page.getByLabel('Seed', { exact: true }).first();
  await seed.selectText();
  await seed.pressSequentially('7');
  await page.keyboard.press('Tab');
  await expect(page).toHaveURL(/seed=7/);
  expect(await page.evaluate(() => history.length)).toBe(before + 2);
});

/** How far the page reaches past the screen, and what is cut off: words in a box that hides what does not fit. */
function overhang(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const wide = document.documentElement.scrollWidth - innerWidth;
    const out = wide > 0 ? [`the page by ${wide} pixels`] : [];
    for (const element of document.querySelectorAll('button, label, h1, h2, h3, p, select, input, a, legend')) {
      const box = element.getBoundingClientRect();
      const scrolled = element.closest('.scroller, .equation > div, .visually-hidden, .skip-link, .files, .own-skipped') !== null;
      if (scrolled || !element.checkVisibility() || element.classList.contains('visually-hidden') || box.width === 0) continue;
      if (box.right > innerWidth + 1 || box.left < -1) out.push(`${element.localName} "${element.textContent.slice(0, 30)}" from `
        + `${Math.round(box.left)} to ${Math.round(box.right)}`);
    }
    return out;
  });
}

/** A narrow phone, and a desk of 1280 pixels at 200 %, which to a style sheet is one of 640. */
for (const [name, width, height] of [['320 pixels', 320, 640], ['200 %', 640, 450]] as const) {
  test(`at ${name} nothing is cut off or scrolls sideways, in any view and state`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await open(page, `${LONG}&spike=ternary`);
    await ready(page);
    expect(await overhang(page), 'train').toEqual([]);
    await page.evaluate(() => { for (const part of document.querySelectorAll('details')) part.open = true; });
    expect(await overhang(page), 'train unfolded').toEqual([]);
    await page.locator('[data-test=play]').click();
    await expect(page.locator('.train')).toHaveAttribute('data-held-out', /\d/);
    expect(await overhang(page), 'train in mid-run').toEqual([]);
    await page.locator('[data-test=play]').click();
    await page.locator('[data-test=own]').click();
    expect(await overhang(page), 'own data').toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: 'Compare' }).click();
    await expect(page.locator('.compare')).toHaveAttribute('data-status', 'ready');
    await page.evaluate(() => { for (const part of document.querySelectorAll('details')) part.open = true; });
    expect(await overhang(page), 'compare').toEqual([]);
    await page.locator('[data-test=race-play]').click();
    await expect(page.locator('[data-lane="0"][data-figure="accuracy"]')).toHaveText(/%/);
    expect(await overhang(page), 'compare in mid-run').toEqual([]);
    await page.getByRole('link', { name: 'Classify' }).click();
    await page.locator('.examples .thumb').first().click();
    await expect(page.locator('.classify')).toHaveAttribute('data-status', 'answered');
    expect(await overhang(page), 'classify').toEqual([]);
    await page.getByRole('link', { name: 'Papers' }).click();
    await expect(page.locator('[data-paper=ternary]')).toContainText('61.07 % binary');
    await page.evaluate(() => { for (const part of document.querySelectorAll('details')) part.open = true; });
    expect(await overhang(page), 'papers').toEqual([]);
  });
}

test.describe('in the system\'s own colours', () => {
  test.use({ contextOptions: { forcedColors: 'active' } });

  test('what is chosen looks unlike what is not, and drawings are drawn', async ({ page, browserName }) => {
    test.skip(browserName === 'firefox', 'its driver cannot ask for them');
    await open(page, DIGITS);
    await ready(page);
    const looks = (selector: string): Promise<string> => page.locator(selector).first().evaluate((element) => {
      const { backgroundColor, outlineStyle, outlineColor } = getComputedStyle(element);
      return `${backgroundColor} ${outlineStyle} ${outlineColor}`;
    });
    expect(await looks('.segments input:checked + label')).not.toBe(await looks('.segments input:not(:checked) + label'));
    expect(await looks('.masthead nav a[aria-current]')).not.toBe(await looks('.masthead nav a:not([aria-current])'));
    await openTab(page, 'Samples');
    await expect(page.locator('.thumb[aria-pressed=true]')).toBeVisible();
    expect(await looks('.thumb[aria-pressed=true]')).not.toBe(await looks('.thumb[aria-pressed=false]'));
    await openTab(page, 'Spikes and potential');
    const colours = await page.locator('canvas.raster').first().evaluate((canvas: HTMLCanvasElement) => {
      const data = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
      const seen = new Set<string>();
      for (let i = 0; i < data.length; i += 4) seen.add([data[i], data[i + 1], data[i + 2]].join());
      return seen.size;
    });
    expect(colours).toBeGreaterThan(1);
  });
});
