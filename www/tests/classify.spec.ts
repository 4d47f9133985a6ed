/** Images that a person brings. */
import { asPng, drop, expect, heldOut, open, test } from './person';
import { BLOCKING_MS, longestWhile } from './trace';

const answer = '[data-test=answer]';

test('a drawn one is a one, and each neuron tells to which classes it speaks', async ({ page }) => {
  await open(page, 'v=1&view=classify');
  const pad = page.locator('[data-test=pad]');
  await pad.scrollIntoViewIfNeeded();
  const box = await pad.boundingBox();
  if (box === null) throw new Error('the pad is not there');
  const x = box.x + box.width / 2;
  await page.mouse.move(x + 4, box.y + box.height * 0.15);
  await page.mouse.down();
  await page.mouse.move(x, box.y + box.height * 0.5, { steps: 8 });
  await page.mouse.move(x - 4, box.y + box.height * 0.85, { steps: 8 });
  await page.mouse.up();
  await expect(page.locator(answer)).toHaveAttribute('data-answer', '1');
  // The neuron that is chosen at first fires; another is reached by the arrow keys.
  const says = page.locator('[data-test=says]');
  await expect(says).toContainText(/^Layer 1, .*(speaks (for|against) \d|says nothing to the classes here)/);
  const first = await says.textContent();
  const stage = page.locator('[data-panel=stage] .stage-canvas');
  await expect(stage).toHaveAttribute('aria-valuetext', /^Layer 1, .*fires/);
  await stage.focus();
  await page.keyboard.press('ArrowRight');
  await expect(says).toContainText(/^Layer 2, /);
  expect(await says.textContent()).not.toBe(first);
});

test('nothing blocks the page while it answers', async ({ page, browser }, info) => {
  await open(page, 'v=1&view=classify');
  const view = page.locator('.classify');
  const samples = page.locator('.examples .thumb');
  // The first answer waits for what draws it.
  await samples.first().click();
  await expect(view).toHaveAttribute('data-status', 'answered');
  const longest = await longestWhile(page, browser, async () => {
    for (const sample of [1, 2, 3, 4]) {
      const before = Number(await view.getAttribute('data-answers'));
      await samples.nth(sample).click();
      await expect(view).toHaveAttribute('data-answers', String(before + 1));
    }
  });
  info.annotations.push({ type: 'longest main-thread task while answering', description: `${longest.toFixed(1)} ms` });
  expect(longest).toBeGreaterThan(0);
  expect(longest).toBeLessThan(BLOCKING_MS);
});

test('of ten dropped pictures of held-out digits nine get the right answer', async ({ page }) => {
  await open(page, 'v=1&view=classify');
  await expect(page.locator('[data-test=pad]')).toBeVisible();
  const digits = await heldOut('mnist');
  const view = page.locator('#view > *');
  let right = 0;
  for (let sample = 0; sample < 10; sample += 1) {
    const png = await asPng(page, digits.image(sample), digits.side);
    await drop(page, [{ name: 'digit.png', content: png, type: 'image/png' }]);
    await expect(view).toHaveAttribute('data-answers', String(sample + 1));
    const given = await page.locator(answer).getAttribute('data-answer');
    right += given === String(digits.label(sample)) ? 1 : 0;
  }
  expect(right).toBeGreaterThanOrEqual(9);
  // A network that cannot tell how far something is from its training says that.
  await expect(page.locator('.headline')).not.toContainText('no measure');
  await page.locator('[data-test=network]').selectOption('digits');
  // One that it was made for, so that it is sure.
  await page.locator('.examples[data-data=digits] .thumb').first().click();
  await expect(page.locator('.headline')).toContainText('no measure of how far that is from its training');
});

test('blank, broken and foreign files get a sentence and lose nothing', async ({ page }) => {
  await open(page, 'v=1&view=classify');
  const file = page.locator('[data-test=file]');
  const digits = await heldOut('mnist');
  await file.setInputFiles({ name: 'two.png', mimeType: 'image/png', buffer: await asPng(page, digits.image(2), digits.side) });
  await expect(page.locator(answer)).toHaveAttribute('data-answer', '2');
  const blank = await asPng(page, new Uint8Array(784), 28);
  await file.setInputFiles({ name: 'blank.png', mimeType: 'image/png', buffer: blank });
  await expect(page.locator('body')).toContainText('The image is blank');
  for (const [name, bytes] of [['notes.txt', 'hello'], ['broken.png', '\x89PNG\r\n\x1a\n'], ['empty.jpg', '']] as const) {
    await file.setInputFiles({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(bytes, 'latin1') });
    await expect(page.locator('[data-test=refusal]')).toContainText(name);
  }
  await file.setInputFiles({ name: 'two.png', mimeType: 'image/png', buffer: await asPng(page, digits.image(2), digits.side) });
  await expect(page.locator('#view > *')).toHaveAttribute('data-status', 'answered');
});

test('each digit of a photograph is boxed and answered, a box shows it, and a hand crops and turns the picture', async ({ page }) => {
  await open(page, 'v=1&view=classify&by=mnist');
  const digits = await heldOut('mnist');
  const side = 300;
  const greys = new Uint8Array(side * side);
  [3, 7].forEach((sample, place) => {
    for (let i = 0; i < 84 * 84; i += 1) {
      const [x, y] = [i % 84, Math.floor(i / 84)];
      greys[(100 + y) * side + 40 + 120 * place + x] = digits.image(sample)[Math.floor(y / 3) * 28 + Math.floor(x / 3)] ?? 0;
    }
  });
  await drop(page, [{ name: 'two.png', content: await asPng(page, greys, side), type: 'image/png' }]);
  const boxes = page.locator('[data-test=photo-box]');
  await expect(boxes).toHaveText([3, 7].map((sample) => String(digits.label(sample))));
  await expect(page.locator(answer)).toHaveAttribute('data-answer', String(digits.label(3)));
  const wide = await page.locator('.photo-main').evaluate(({ clientWidth }) => clientWidth);
  expect(wide, 'the photograph has the width').toBeGreaterThan(0.4 * (page.viewportSize()?.width ?? 0));
  await boxes.nth(1).click();
  await expect(boxes.nth(1)).toHaveAttribute('aria-pressed', 'true');
  await expect(page.locator(answer)).toHaveAttribute('data-answer', String(digits.label(7)));
  const right = page.locator('[data-test=photo-right]');
  await right.press('ControlOrMeta+a');
  await right.pressSequentially('32');
  await right.press('Tab');
  await expect(boxes).toHaveText([String(digits.label(3))]);
  await page.locator('[data-test=photo-whole]').click();
  await expect(boxes).toHaveCount(2);
  await page.locator('[data-test=photo-turn-right]').click();
  await expect(page.locator('[data-test=photo] canvas').first()).toHaveAttribute('aria-label', 'The photograph, 300 by 400 pixels');
  await page.locator('[data-test=photo-turn-left]').click();
  await expect(boxes).toHaveText([3, 7].map((sample) => String(digits.label(sample))));
});

test('a picture of a texture gets no confident answer', async ({ page }) => {
  await open(page, 'v=1&view=classify&by=mnist');
  const side = 240;
  const greys = Uint8Array.from({ length: side * side }, (_, i) => ((i % side) % 24 < 10 && Math.floor(i / side) % 24 < 16 ? 255 : 0));
  await drop(page, [{ name: 'wall.png', content: await asPng(page, greys, side), type: 'image/png' }]);
  await expect(page.locator('[data-test=photo-words]')).toContainText(/no digit|could be a digit|than anybody writes/);
  await expect(page.locator('[data-test=photo-box]').filter({ hasText: /\d/ })).toHaveCount(0);
  await expect(page.locator(answer)).not.toContainText('sure');
});
