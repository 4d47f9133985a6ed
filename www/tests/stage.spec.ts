/** The stage of the Train view: it moves by itself, can be held and asked, and stays in sight while settings are changed. */
import type { Locator, Page } from '@playwright/test';
import { DIGITS, expect, open, openTab, ready, test } from './person';

const STAGE = '.stage-canvas';

/** A mark of what a canvas shows. */
function shows(page: Page): Promise<string> {
  return page.locator(STAGE).evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
}

/** What the page draws at the next frame is drawn. */
function twoFrames(page: Page): Promise<unknown> {
  return page.evaluate(() => new Promise((done) => { requestAnimationFrame(() => { requestAnimationFrame(done); }); }));
}

/** Whether all of an element's box lies in the window, and nothing over its middle. */
function inView(element: Locator): Promise<boolean> {
  return element.evaluate((one) => {
    const { left, top, right, bottom, width, height } = one.getBoundingClientRect();
    const inside = width > 0 && height > 0 && left >= -1 && top >= -1 && right <= innerWidth + 1 && bottom <= innerHeight + 1;
    const over = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    return inside && over !== null && (one.contains(over) || over.contains(one));
  });
}

test('the sample goes through the network by itself, and a time step can be held, walked and left again', async ({ page }) => {
  await open(page, `${DIGITS}&steps=4`);
  await ready(page);
  const first = await shows(page);
  await expect.poll(() => shows(page), { message: 'it moves' }).not.toBe(first);
  await page.locator('[data-test=loop]').click();
  await expect(page.locator('[data-test=loop]')).toHaveText('Loop');
  await page.getByRole('slider', { name: 'Time step', exact: true }).fill('2');
  await expect(page.locator('.motion output')).toHaveText('2 of 4');
  await expect(page.locator('[data-panel=spikes]')).toContainText('After time step 2.');
  // Two frames: one that draws what was asked for, one in which nothing more may come.
  const settled = (): Promise<unknown> => page.evaluate(() => new Promise((resolve) => {
    requestAnimationFrame(() => { requestAnimationFrame(resolve); });
  }));
  await settled();
  const held = await shows(page);
  await settled();
  expect(await shows(page), 'held, nothing moves').toBe(held);
  await page.getByRole('button', { name: 'One time step on' }).click();
  await expect(page.locator('.motion output')).toHaveText('3 of 4');
  await expect.poll(() => shows(page)).not.toBe(held);
  await page.locator('[data-test=loop]').click();
  await expect(page.locator('[data-test=loop]')).toHaveText('Hold');
  const again = await shows(page);
  await expect.poll(() => shows(page), { message: 'it moves again' }).not.toBe(again);
});

test('nothing moves by itself for who asked for that', async ({ page, browserName }) => {
  test.skip(browserName === 'firefox', 'its driver cannot ask for it');
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await open(page, DIGITS);
  await ready(page);
  await expect(page.locator(STAGE)).toHaveAttribute('aria-label', /Of the neurons \d+ % fire in layer 1/);
  await expect(page.locator('[data-test=loop]')).toBeDisabled();
  const still = await shows(page);
  await page.evaluate(() => new Promise((resolve) => { requestAnimationFrame(() => { requestAnimationFrame(resolve); }); }));
  expect(await shows(page)).toBe(still);
  await page.getByRole('button', { name: 'One time step on' }).click();
  await expect.poll(() => shows(page)).not.toBe(still);
});

test('the first neuron to be seen fires; a click and the arrow keys choose another, and its potential is shown', async ({ page }) => {
  await open(page, DIGITS);
  await ready(page);
  const neuron = page.getByLabel('Neuron', { exact: true });
  await expect(page.locator('canvas.potential')).toHaveAttribute('aria-label', /a spike/);
  const chosen = await neuron.inputValue();
  const box = await page.locator(STAGE).boundingBox();
  if (box === null) throw new Error('the stage has no place');
  // The one hidden layer stands between the image and the classes.
  await page.locator(STAGE).hover({ position: { x: box.width * 0.5, y: box.height * 0.3 } });
  await expect(page.locator('.stage-hint')).toHaveText(/^Layer 1, neuron \d+: (fires|silent)/);
  await page.locator(STAGE).click({ position: { x: box.width * 0.5, y: box.height * 0.3 } });
  await expect(neuron).not.toHaveValue(chosen);
  const clicked = Number(await neuron.inputValue());
  await page.locator(STAGE).press('ArrowDown');
  await expect(neuron).toHaveValue(String(clicked + 1));
  expect(new URL(page.url()).hash).toContain(`neuron=${clicked + 1}`);
  await expect(page.locator('[data-panel=stage] > .caption').last())
    .toHaveText(/Layer 1, neuron \d+, (speaks (for|against) |says nothing to the classes here)/);
});

for (const [width, height] of [[1360, 900], [1024, 768], [390, 844]] as const) {
  test(`a change of the rate and its effect on the curves are in sight together at ${width} by ${height}`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await open(page, DIGITS);
    await ready(page);
    const charts = page.locator('[data-panel=curves] .curves-plot');
    for (const [i, name] of ['the loss', 'the accuracy'].entries()) expect(await inView(charts.nth(i)), `${name}, at the start`).toBe(true);
    expect(await inView(page.locator('[data-test=play]')), 'Play').toBe(true);
    const group = page.locator('[data-group=learning]');
    if (!await group.evaluate((details: HTMLDetailsElement) => details.open)) await group.locator('> summary').click();
    const rate = page.getByRole('spinbutton', { name: 'Learning rate' });
    await rate.scrollIntoViewIfNeeded();
    await rate.fill('0.02');
    await rate.press('Enter');
    expect(await inView(rate), 'the rate').toBe(true);
    if (width > 860) expect(await inView(page.locator(STAGE)), 'the stage').toBe(true);
    for (const [i, name] of ['the loss', 'the accuracy'].entries()) expect(await inView(charts.nth(i)), `${name}, beside the rate`).toBe(true);
    await expect(page.locator('[data-group=learning] > summary')).toContainText('Adam, 0.02');
  });
}

test('the first screen of a short phone has the stage and a curve', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 664 });
  await open(page, DIGITS);
  await ready(page);
  expect(await inView(page.locator(STAGE)), 'the stage').toBe(true);
  await page.locator('[data-panel=curves] .u-over').first().waitFor();
  const bottom = await page.locator('[data-panel=curves] .u-over').first().evaluate((plot) => plot.getBoundingClientRect().bottom);
  expect(bottom, 'the curve').toBeLessThanOrEqual(664);
});

test('what a number may be is said where it was typed, though explanations are put away', async ({ page }) => {
  await open(page, DIGITS);
  await ready(page);
  const decay = page.getByRole('spinbutton', { name: 'Decay' });
  await decay.fill('999');
  await decay.press('Enter');
  await expect(page.locator('[data-field=decay] .said')).toBeVisible();
  await expect(page.locator('[data-field=decay] .caption').first()).toBeHidden();
  await page.getByLabel('Explain each setting').check();
  await expect(page.locator('[data-field=decay] .caption').first()).toBeVisible();
});

test('the tab under the stage stands in the link', async ({ page }) => {
  await open(page, DIGITS);
  await ready(page);
  await openTab(page, 'Confusion');
  await expect(page.locator('[data-panel=confusion]')).toBeVisible();
  await expect(page.locator('[data-panel=spikes]')).toBeHidden();
  await page.reload();
  await ready(page);
  await expect(page.getByRole('tab', { name: 'Confusion' })).toHaveAttribute('aria-selected', 'true');
  await page.getByRole('tab', { name: 'Confusion' }).press('Home');
  await expect(page.locator('[data-panel=spikes]')).toBeVisible();
});

test('a plain visit opens the tab that was chosen last, with the folds, the speed and the explanations as they were left', async ({ page }) => {
  await page.goto('./index.html');
  await openTab(page, 'Gradients');
  await page.locator('[data-group=network] > summary').click();
  await page.locator('[data-test=preset] > summary').press('Enter');
  await page.getByLabel('Explain each setting').check();
  await page.getByLabel('Speed of the loop').selectOption('4');
  const height = (): Promise<number> => page.locator('.drawer').evaluate((drawer) => drawer.clientHeight);
  const usual = await height();
  await page.getByRole('button', { name: 'More room for the tabs' }).click();
  expect(await height()).toBeGreaterThan(usual + 80);
  await page.goto('about:blank');
  await page.goto('./index.html');
  await expect(page.locator('[data-group=data]')).toHaveAttribute('open');
  await expect(page.locator('[data-group=network]')).not.toHaveAttribute('open');
  await expect(page.locator('[data-test=preset]')).toHaveAttribute('open');
  await expect(page.getByLabel('Explain each setting')).toBeChecked();
  await expect(page.locator('[data-field=batch] > .caption').first()).toBeVisible();
  await expect(page.getByLabel('Speed of the loop')).toHaveValue('4');
  await expect(page.getByRole('button', { name: 'More room for the tabs' })).toHaveAttribute('aria-pressed', 'true');
  await expect(page.getByRole('tab', { name: 'Gradients' })).toHaveAttribute('aria-selected', 'true');
  await expect(page).toHaveURL(/tab=gradients/);
});

test('a setting is found by a word, a changed one is marked, and a preset is one click and one Undo', async ({ page }) => {
  await open(page, DIGITS);
  await ready(page);
  await page.locator('[data-test=find-setting]').fill('momentum');
  await expect(page.locator('[data-field=batch]')).toBeHidden();
  await page.locator('[data-test=find-setting]').fill('learning rate');
  await expect(page.locator('[data-field=rate]')).toBeVisible();
  await expect(page.locator('[data-field=rate]')).toHaveClass(/changed/);
  await expect(page.locator('[data-field=batch]')).toBeHidden();
  await page.locator('[data-test=find-setting]').fill('');
  await expect(page.locator('[data-field=batch]')).toBeVisible();
  const before = new URL(page.url()).hash;
  await page.locator('[data-test=preset] > summary').click();
  await page.locator('[data-test=preset]').getByRole('button', { name: 'A rate that is too high' }).press('Enter');
  await expect(page.locator('[data-notice=settings]')).toContainText('Each step overshoots');
  await expect(page.getByRole('spinbutton', { name: 'Learning rate' })).toHaveValue('0.5');
  await page.locator('[data-notice=settings]').getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => new URL(page.url()).hash).toBe(before);
});

test('the curve of the run before stays as a ghost', async ({ page }) => {
  await open(page, DIGITS);
  await ready(page);
  await page.locator('[data-test=epoch]').click();
  await expect(page.locator('.train')).toHaveAttribute('data-step', '40');
  await expect(page.locator('.with-ghost')).toHaveCount(0);
  await page.locator('[data-test=reset]:not([disabled])').click();
  await expect(page.locator('.train')).toHaveAttribute('data-step', '0');
  await expect(page.locator('.with-ghost .u-legend').first()).toContainText('run before');
});

test('figures that grow move no button of the bar: one that moves away under the pointer is not pressed', async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 900 });
  await open(page, `${DIGITS}&epochs=1000`.replace('&epochs=6', ''));
  await ready(page);
  const places = (): Promise<number[]> => page.evaluate(() => [...document.querySelectorAll('.playback .toolbar button, [data-panel=stage]')]
    .flatMap((element) => [element.getBoundingClientRect().left, element.getBoundingClientRect().top]));
  const before = await places();
  for (const [step, heldOut] of [['10,699 of 40,000', 'Held out, step 10,640'], ['39,999 of 40,000', 'Held out']]) {
    await page.evaluate(([at, of]) => {
      const figures = [...document.querySelectorAll<HTMLElement>('.playback .figures > div')];
      const texts = [['Step', at], ['Epoch', '267.47 of 1000'], [of, '96.4 %'], ['Rate', '0.00254'], ['Samples/s', '12,101']];
      texts.forEach(([name = '', value = ''], i) => {
        const [word, dd] = [figures[i]?.querySelector('dt > button'), figures[i]?.querySelector('dd')];
        if (word !== null && word !== undefined && dd !== null && dd !== undefined) [word.textContent, dd.textContent] = [name, value];
      });
    }, [step, heldOut]);
    expect(await places(), `${step ?? ''}, ${heldOut ?? ''}`).toEqual(before);
  }
});

test('a spike map is drawn for each layer of a convnet, anew for another time step and not for what it shows already', async ({ page }) => {
  await open(page, 'v=1&data=digits&net=conv&widths=8,8&steps=3&tab=maps');
  await ready(page);
  await openTab(page, 'Spike maps');
  const maps = page.locator('[data-panel=maps] canvas');
  await expect(maps).toHaveCount(2);
  // Held, so that nothing moves by itself.
  const hold = (step: number): Promise<void> => page.getByRole('slider', { name: 'Time step', exact: true }).fill(String(step));
  await hold(1);
  for (const map of await maps.all()) await expect(map).toHaveAttribute('aria-label', /at time step 1/);
  await page.evaluate(() => {
    const counted = window as unknown as { drawings: number };
    counted.drawings = 0;
    const draw: unknown = Reflect.get(CanvasRenderingContext2D.prototype, 'putImageData');
    if (typeof draw !== 'function') throw new Error('nothing draws');
    CanvasRenderingContext2D.prototype.putImageData = function put(this: CanvasRenderingContext2D, ...given: unknown[]): void {
      if (this.canvas.classList.contains('map')) counted.drawings += 1;
      Reflect.apply(draw, this, given);
    };
  });
  const drawings = (): Promise<number> => page.evaluate(() => (window as unknown as { drawings: number }).drawings);
  await hold(2);
  await expect(maps.last()).toHaveAttribute('aria-label', /at time step 2/);
  expect(await drawings()).toBe(2);
  // The same step once more is nothing new.
  await hold(2);
  await twoFrames(page);
  expect(await drawings()).toBe(2);
});
