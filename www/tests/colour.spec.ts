/** Pictures in colour: trained on, looked at, raced, and brought. */
import type { Locator, Page } from '@playwright/test';
import { drop, expect, heldOut, open, openTab, ready, run, test } from './person';

const EMOJI = 'v=1&data=emoji&net=conv&widths=8,16&steps=2&epochs=2';

/** The most by which red, green and blue differ in a pixel of a canvas. */
function chroma(canvas: Locator): Promise<number> {
  return canvas.evaluate((canvas: HTMLCanvasElement) => {
    // A copy, because the page's own canvas is not made to be read often.
    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', { willReadFrequently: true });
    if (copy === null) throw new Error('no canvas');
    copy.drawImage(canvas, 0, 0);
    const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
    let most = 0;
    for (let i = 0; i < data.length; i += 4) {
      const colours = [data[i] ?? 0, data[i + 1] ?? 0, data[i + 2] ?? 0];
      most = Math.max(most, Math.max(...colours) - Math.min(...colours));
    }
    return most;
  });
}

/** A picture `[3, side, side]` as a PNG, with paper above and below. */
function asPicture(page: Page, pixels: Uint8Array, side: number): Promise<Buffer> {
  return page.evaluate(async ({ pixels, side }) => {
    const area = side * side;
    const rgba = Array.from({ length: area }, (_, i) => [pixels[i] ?? 0, pixels[area + i] ?? 0, pixels[2 * area + i] ?? 0, 255]).flat();
    const sheet = new OffscreenCanvas(side, 2 * side);
    sheet.getContext('2d')?.putImageData(new ImageData(new Uint8ClampedArray(rgba), side), 0, side / 2);
    return [...new Uint8Array(await (await sheet.convertToBlob({ type: 'image/png' })).arrayBuffer())];
  }, { pixels: [...pixels], side }).then((bytes) => Buffer.from(bytes));
}

test('a network learns emoji, which are seen in colour, moved and mirrored or not', async ({ page }) => {
  await open(page, `${EMOJI}&tab=samples`);
  await ready(page);
  const thumbs = page.locator('[data-panel=samples] .thumb:not([hidden])');
  await expect(thumbs.first()).toBeVisible();
  expect(await chroma(thumbs.first().locator('canvas').first())).toBeGreaterThan(60);
  const steps = async (): Promise<readonly number[]> => {
    for (let step = 1; step <= 3; step += 1) await page.locator('[data-test=step]').click();
    await expect.poll(async () => (await run(page)).step).toBe(3);
    return (await run(page)).losses;
  };
  const plain = await steps();
  expect(plain.every((loss) => loss > 0 && loss < 10)).toBe(true);
  await openTab(page, 'Spikes and potential');
  expect(await chroma(page.locator('[data-panel=spikes] canvas.sample').first())).toBeGreaterThan(60);
  await open(page, `${EMOJI}&shift=3&mirror=1`);
  await expect(page.locator('.train')).toHaveAttribute('data-step', '0');
  await ready(page);
  const varied = await steps();
  expect(varied.length).toBe(3);
  expect(varied).not.toEqual(plain);
});

test('the network that ships for emoji answers pictures of emoji that it never saw, and has no sheet to draw on', async ({ page }) => {
  await open(page, 'v=1&view=classify&by=emoji');
  const emoji = await heldOut('emoji');
  await expect(page.locator('[data-test=pad]')).toBeHidden();
  await expect(page.locator('.examples .thumb')).toHaveCount(10);
  const view = page.locator('#view > *');
  const answer = page.locator('[data-test=answer]');
  const seen = page.locator('canvas.seen');
  let [right, brightest] = [0, 0];
  for (let sample = 0; sample < 10; sample += 1) {
    await page.locator('.examples .thumb').nth(sample).click();
    await expect(view).toHaveAttribute('data-answers', String(2 * sample + 1));
    const asItIs = (await answer.getAttribute('data-answer')) ?? '';
    await drop(page, [{ name: 'emoji.png', content: await asPicture(page, emoji.image(sample), emoji.side), type: 'image/png' }]);
    await expect(view).toHaveAttribute('data-answers', String(2 * sample + 2));
    await expect(answer, `a picture of held-out sample ${sample} is answered as the sample`).toHaveAttribute('data-answer', asItIs);
    right += Number(asItIs === String(emoji.label(sample)));
    brightest = Math.max(brightest, await chroma(seen));
  }
  // One of each class, of which some are rare; a guess gets one right.
  expect(right).toBeGreaterThanOrEqual(5);
  await expect(seen).toHaveAttribute('aria-label', /32 by 32 pixels/);
  expect(brightest).toBeGreaterThan(120);
  // What was dropped is a picture, turned and cropped as any is; only digits are read off by their ink.
  await expect(page.locator('.photo-place h2')).toHaveText('The picture');
  await expect(page.locator('[data-test=photo-ink]')).toBeHidden();
  await page.locator('[data-test=photo-turn-left]').click();
  await expect(view).toHaveAttribute('data-answers', '21');
  await page.locator('[data-test=emoji]').fill('fox');
  await expect(page.locator('.typed-emoji [role=status]')).toHaveText('That is no emoji.');
});

/** A machine whose font draws a disc for every emoji: in a colour of its own, or, as a letter would be, in the one that it is given. */
function fontOfDiscs(page: Page, colour = ''): Promise<unknown> {
  return page.addInitScript((colour) => {
    const { prototype } = OffscreenCanvasRenderingContext2D;
    prototype.fillText = function fillText(this: OffscreenCanvasRenderingContext2D) {
      document.documentElement.dataset.drawn = String(Number(document.documentElement.dataset.drawn ?? 0) + 1);
      this.save();
      if (colour !== '') this.fillStyle = colour;
      this.beginPath();
      this.arc(this.canvas.width / 2, this.canvas.height / 2, this.canvas.width / 3, 0, 2 * Math.PI);
      this.fill();
      this.restore();
    };
  }, colour);
}

test('an emoji that is typed is answered, in black too, and forgotten once something else is asked about', async ({ page }) => {
  await fontOfDiscs(page, 'black');
  const [field, said] = [page.locator('[data-test=emoji]'), page.locator('.typed-emoji [role=status]')];
  const view = page.locator('#view > *');
  await open(page, 'v=1&view=classify&by=mnist');
  await expect(page.locator('.examples .thumb').first()).toBeVisible();
  expect(await page.locator('html').getAttribute('data-drawn'), 'emoji are drawn where a network knows them').toBeNull();
  await page.locator('[data-test=network]').selectOption('emoji');
  await expect(page.locator('button.emoji')).toHaveCount(5);
  await field.fill('🖤');
  await expect(view).toHaveAttribute('data-answers', '1');
  await expect(page.locator('canvas.seen')).toBeVisible();
  await expect(field).toHaveValue('🖤');
  await expect(said).toBeEmpty();
  await page.locator('button.emoji').first().click();
  await expect(view).toHaveAttribute('data-answers', '2');
  await expect(field).toHaveValue('🦊');
  await page.locator('.examples .thumb').first().click();
  await expect(view).toHaveAttribute('data-answers', '3');
  await expect(field).toHaveValue('');
  await field.fill('fox');
  await expect(said).toHaveText('That is no emoji.');
  await page.locator('[data-test=network]').selectOption('mnist');
  await page.locator('[data-test=network]').selectOption('emoji');
  await expect(field).toHaveValue('');
  await expect(said).toBeEmpty();
});

test('a machine without pictures of emoji says so', async ({ page }) => {
  await fontOfDiscs(page);
  await open(page, 'v=1&view=classify&by=emoji');
  await page.locator('[data-test=emoji]').fill('🦊');
  await expect(page.locator('.typed-emoji [role=status]')).toHaveText('This machine has no coloured picture of 🦊.');
  await expect(page.locator('button.emoji')).toHaveCount(0);
});

test('emoji are raced', async ({ page }) => {
  await open(page, `${EMOJI}&view=compare&lanes=spike:binary~spike:real`);
  await page.locator('[data-test=race-play]:not([disabled])').click();
  const race = page.locator('.compare');
  await expect.poll(async () => Number(await race.getAttribute('data-step'))).toBeGreaterThan(2);
  await page.locator('[data-test=race-play]').click();
  await expect(race).toHaveAttribute('data-status', 'paused');
});
