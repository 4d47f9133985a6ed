/** Shapes that a person brings. */
import type { Page } from '@playwright/test';
import { zipOf } from './files';
import { asPng, drop, expect, fromShelf, heldOut, open, test, type Brought } from './person';

const answer = '[data-test=answer]';
const cloud = '[data-test=cloud]';
const view = '#view > *';

const zip = (files: readonly Brought[]): Buffer => zipOf(files.map(({ name, content }) => ({ path: name, bytes: Buffer.from(content) })));

const orbit = (page: Page): Promise<string | null> => page.locator(cloud).getAttribute('data-orbit');

test.use({ contextOptions: { reducedMotion: 'reduce' } });

/** Headless browsers compute WebGL on the processor, which the page does not take; here it does, or gets none at all. */
async function withWebgl(page: Page, given: boolean): Promise<void> {
  await page.addInitScript((allowed) => {
    // eslint-disable-next-line @typescript-eslint/unbound-method -- called below with its canvas
    const real = HTMLCanvasElement.prototype.getContext as (kind: string, options?: object) => unknown;
    HTMLCanvasElement.prototype.getContext = function (this: HTMLCanvasElement, kind: string, options?: object) {
      if (kind !== 'webgl2') return real.call(this, kind, options);
      return allowed ? real.call(this, kind, { ...options, failIfMajorPerformanceCaveat: false }) : null;
    } as typeof HTMLCanvasElement.prototype.getContext;
  }, given);
}

test.beforeEach(async ({ page, watch }) => {
  // The software GPU of a headless browser complains about pictures that are taken of it.
  watch.allow(/GPU stall due to ReadPixels/);
  await withWebgl(page, true);
});

test('a chair in each format gets an answer', async ({ page }) => {
  await open(page, 'v=1&view=classify&by=furniture');
  const chairs: string[] = [];
  const asked = async (): Promise<number> => Number(await page.locator(view).getAttribute('data-answers'));
  for (const [format, up] of Object.entries({ obj: 'y', off: 'z', ply: 'z', stl: 'z', pcd: 'z', xyz: 'z', npy: 'z' })) {
    const before = await asked();
    await drop(page, [await fromShelf(`dining-chair.${format}`)]);
    await expect.poll(asked).toBe(before + 1);
    await expect(page.locator('[data-test=shape-read]')).toContainText(`dining-chair.${format}, read as`);
    // What is up can only be guessed.
    if (!(await page.locator(`[data-test=up] input[value=${up}]`).isChecked())) {
      await page.locator(`[data-test=up] input[value=${up}]`).check();
      await expect.poll(asked).toBe(before + 2);
    }
    if (((await page.locator(answer).textContent()) ?? '').includes('chair')) chairs.push(format);
  }
  expect(chairs.length).toBeGreaterThanOrEqual(6);
});

test('text and comma-separated points are read too', async ({ page }) => {
  await open(page, 'v=1&view=classify&by=furniture');
  const { content } = await fromShelf('dining-chair.xyz');
  const commas = `x,y,z\n${content.toString().replaceAll(' ', ',')}`;
  await drop(page, [{ name: 'chair.csv', content: commas }]);
  await expect(page.locator(view)).toHaveAttribute('data-answers', '1');
  await drop(page, [{ name: 'chair.txt', content }]);
  await expect(page.locator(view)).toHaveAttribute('data-answers', '2');
});

test('of an archive with several files one is chosen', async ({ page }) => {
  await open(page, 'v=1&view=classify&by=furniture');
  const digits = await heldOut('mnist');
  const image = { name: 'pictures/two.png', content: await asPng(page, digits.image(2), digits.side) };
  const archive = zip([await fromShelf('dining-chair.obj'), await fromShelf('round-table.obj'), image, { name: 'read-me.md', content: Buffer.from('hello') }]);
  await drop(page, [{ name: 'all.zip', content: archive }]);
  const files = page.locator('[data-test=files] button');
  await expect(files).toHaveCount(3);
  await files.filter({ hasText: 'round-table' }).click();
  await expect(page.locator(view)).toHaveAttribute('data-answers', '1');
  await expect(page.locator('[data-test=shape-read]')).toContainText('round-table.obj');
  await files.filter({ hasText: 'two.png' }).click();
  await expect(page.locator(answer)).toHaveAttribute('data-answer', '2');
  await expect(page.locator('[data-test=switched]')).toContainText('An image was brought');
  // An archive with one file is that file.
  await drop(page, [{ name: 'one.zip', content: zip([await fromShelf('dining-chair.obj')]) }]);
  await expect(page.locator('[data-test=shape-read]')).toContainText('dining-chair.obj');
  await expect(page.locator('[data-test=switched]')).toContainText('A shape was brought');
  await expect(page.locator('[data-test=network]')).toHaveValue('furniture');
});

test('of several files that are dropped at once one is chosen', async ({ page }) => {
  await open(page, 'v=1&view=classify&by=furniture');
  await drop(page, [await fromShelf('dining-chair.obj'), await fromShelf('wardrobe.obj')]);
  await page.locator('[data-test=files] button').filter({ hasText: 'wardrobe' }).click();
  await expect(page.locator('[data-test=shape-read]')).toContainText('wardrobe.obj');
});

test('a broken file gets a sentence and the answer before stays', async ({ page }) => {
  await open(page, 'v=1&view=classify&by=furniture');
  await drop(page, [await fromShelf('dining-chair.obj')]);
  await expect(page.locator(view)).toHaveAttribute('data-answers', '1');
  const said = await page.locator(answer).textContent();
  const { content } = await fromShelf('dining-chair.stl');
  for (const broken of [
    { name: 'cut.stl', content: Buffer.from(content).subarray(0, 900) }, { name: 'cut.zip', content: Buffer.from('PK\x03\x04 and no more') },
    { name: 'empty.ply', content: Buffer.alloc(0) }, { name: 'model.fbx', content: Buffer.from('Kaydara FBX') },
  ]) {
    await drop(page, [broken]);
    const refusal = page.locator('[data-test=refusal]');
    await expect(refusal).toContainText(broken.name);
    // Only what is of another kind is told what kinds there are.
    if (broken.name === 'model.fbx') await expect(refusal).toContainText('PLY, OBJ, STL');
    else await expect(refusal).not.toContainText('are accepted');
    await expect(page.locator(answer)).toHaveText(said ?? '');
    await expect(page.locator(cloud)).toBeVisible();
  }
  await drop(page, [await fromShelf('round-table.obj')]);
  await expect(page.locator(view)).toHaveAttribute('data-answers', '2');
  await expect(page.locator('[data-test=refusal]')).toHaveText('');
});

test('points that make no shape are refused, and few ones are told of', async ({ page }) => {
  await open(page, 'v=1&view=classify&by=furniture');
  await drop(page, [{ name: 'same.xyz', content: Buffer.from('1 2 3\n'.repeat(40)) }]);
  await expect(page.locator('[data-test=refusal]')).toHaveText('All points of same.xyz are the same: there is no shape to look at.');
  await drop(page, [{ name: 'few.xyz', content: Buffer.from(Array.from({ length: 8 }, (_, i) => `${i & 1} ${i & 2} ${i & 4}\n`).join('')) }]);
  await expect(page.locator(view)).toHaveAttribute('data-answers', '1');
  await expect(page.locator('[data-test=shape-notes]')).toContainText('It has fewer points than the 1,024 taken, so points are repeated. Only 8 of '
    + 'them are different: so few points hardly make a shape.');
});

test('a text file beside a shape in an archive is no shape', async ({ page }) => {
  await open(page, 'v=1&view=classify&by=furniture');
  const chair = await fromShelf('dining-chair.obj');
  await drop(page, [{ name: 'with-words.zip', content: zip([{ name: 'readme.txt', content: Buffer.from('A chair.') }, chair]) }]);
  await expect(page.locator('[data-test=shape-read]')).toContainText('dining-chair.obj');
});

test('another up axis and other numbers of points are drawn and asked about anew', async ({ page }) => {
  await open(page, 'v=1&view=classify&by=furniture');
  await drop(page, [await fromShelf('dining-chair.obj')]);
  await expect(page.locator(cloud)).toHaveAttribute('data-renderer', 'webgl');
  await expect(page.locator('[data-test=cloud-words]')).toContainText('Of 1,024 points');
  const upright = await page.locator(`${cloud} canvas`).screenshot();
  await page.locator('[data-test=up] input[value=negX]').check();
  await expect(page.locator(view)).toHaveAttribute('data-answers', '2');
  expect((await page.locator(`${cloud} canvas`).screenshot()).equals(upright)).toBe(false);
  await page.locator('[data-test=points]').selectOption('256');
  await expect(page.locator('[data-test=cloud-words]')).toContainText('Of 256 points');
});

test('the network tells what it makes of each way up, and proposes the one that it is surest of', async ({ page }) => {
  await open(page, 'v=1&view=classify&by=furniture');
  await drop(page, [await fromShelf('dining-chair.obj')]);
  const ways = page.locator('[data-test=up] .up');
  await expect(ways.filter({ hasText: /\d %/ })).toHaveCount(6);
  await expect(ways.filter({ hasText: 'surest' })).toHaveCount(1);
  const shares = (await ways.locator('.means').allTextContents()).map((text) => Number(/(\d+) %/.exec(text)?.[1]));
  const [most, least] = [Math.max(...shares), Math.min(...shares)];
  expect(most - least).toBeGreaterThan(6);
  await ways.nth(shares.indexOf(least)).locator('input').check();
  await expect(page.locator('[data-test=up-proposal]')).toContainText(` ${most} %.`);
  await page.locator('[data-test=up-proposal] button').press('Enter');
  await expect(ways.filter({ hasText: 'surest' }).locator('input')).toBeChecked();
  await expect(ways.filter({ hasText: 'surest' }).locator('input'), 'the focus is not lost').toBeFocused();
  await expect(page.locator('[data-test=up-proposal]')).toBeHidden();
  await expect(page.locator(answer)).toContainText(`${most} %`);
});

test('a speck far from a cloud is left out, and told', async ({ page }) => {
  await open(page, 'v=1&view=classify&by=furniture');
  const { content } = await fromShelf('dining-chair.xyz');
  await drop(page, [{ name: 'chair.xyz', content }]);
  const size = page.locator('[data-test=shape-read]');
  await expect(size).toContainText('chair.xyz');
  const measured = /It measures.*/.exec((await size.textContent()) ?? '')?.[0] ?? '';
  await drop(page, [{ name: 'speck.xyz', content: `${content.toString().trimEnd()}\n900 0 0\n` }]);
  await expect(size).toContainText('speck.xyz');
  await expect(size).toContainText(measured);
  await expect(page.locator('[data-test=shape-notes]')).toContainText('1 point was left out, far from all others.');
});

test('the time steps change which points win', async ({ page }) => {
  await open(page, 'v=1&view=classify&by=furniture');
  await drop(page, [await fromShelf('dining-chair.obj')]);
  const words = page.locator('[data-test=cloud-words]');
  await expect(words).toContainText('over all time steps');
  await expect(page.locator(cloud)).toHaveAttribute('data-renderer', 'webgl');
  const on = page.getByRole('button', { name: 'One time step on' });
  await on.click();
  await expect(words).toContainText('in time step 1');
  const first = await page.locator(`${cloud} canvas`).screenshot();
  await on.click();
  await expect(words).toContainText('in time step 2');
  await expect(page.locator(`${cloud} canvas`)).toHaveAttribute('aria-label', /in time step 2/);
  expect((await page.locator(`${cloud} canvas`).screenshot()).equals(first)).toBe(false);
  await page.getByText('Spike rate', { exact: true }).click();
  await expect(words).toContainText('of a point\'s neurons fired in time step 2');
  await page.getByText('Height', { exact: true }).click();
  await expect(words).toContainText('how high they lie');
});

test('the keyboard turns the cloud and zooms', async ({ page }) => {
  await open(page, 'v=1&view=classify&by=furniture');
  await drop(page, [await fromShelf('dining-chair.obj')]);
  await expect(page.locator(cloud)).toHaveAttribute('data-renderer', 'webgl');
  const before = await orbit(page);
  await page.locator(`${cloud} canvas`).focus();
  for (const key of ['ArrowRight', 'ArrowUp', '+']) {
    const last = await orbit(page);
    await page.keyboard.press(key);
    expect(await orbit(page)).not.toBe(last);
  }
  await page.getByRole('button', { name: 'Reset the view' }).click();
  expect(await orbit(page)).toBe(before);
  const box = await page.locator(`${cloud} canvas`).boundingBox();
  if (box === null) throw new Error('the cloud is not there');
  await page.mouse.move(box.x + 90, box.y + 90);
  await page.mouse.down();
  await page.mouse.move(box.x + 190, box.y + 100, { steps: 5 });
  await page.mouse.up();
  expect(await orbit(page)).not.toBe(before);
});

test('without WebGL the cloud is drawn more simply and turns all the same', async ({ page }) => {
  await withWebgl(page, false);
  await open(page, 'v=1&view=classify&by=furniture');
  await drop(page, [await fromShelf('dining-chair.obj')]);
  await expect(page.locator(cloud)).toContainText('This browser gives no WebGL');
  await expect(page.locator(cloud)).toHaveAttribute('data-renderer', 'flat');
  const before = await page.locator(`${cloud} canvas`).screenshot();
  await page.locator(`${cloud} canvas`).press('ArrowLeft');
  await expect.poll(async () => (await page.locator(`${cloud} canvas`).screenshot()).equals(before)).toBe(false);
});

test('a click on the shelf and one on a held-out cloud ask about them', async ({ page }) => {
  await open(page, 'v=1&view=classify');
  await expect(page.locator('[data-test=pad]')).toBeVisible();
  await page.locator('.shelf-open[data-file="kitchen-table.obj"]').click();
  await expect(page.locator(view)).toHaveAttribute('data-answers', '1');
  await expect(page.locator('[data-test=network]')).toHaveValue('furniture');
  await expect(page.locator('[data-test=pad]')).toBeHidden();
  await expect(page.locator('.shelf li').first()).toContainText('Kator Legaz, CC BY');
  await page.locator('.examples[data-data=furniture] .thumb').nth(3).click();
  await expect(page.locator(view)).toHaveAttribute('data-answers', '2');
  await expect(page.locator('[data-test=up]')).toBeHidden();
  // Back to images: what was brought is nothing for this network, and the pad is there again.
  await page.locator('[data-test=network]').selectOption('mnist');
  await expect(page.locator('[data-test=pad]')).toBeVisible();
  await expect(page.locator(cloud)).toBeHidden();
});
