/** Images that a person brings. */
import { asPng, drop, expect, heldOut, open, test } from './person';

const answer = '[data-test=answer]';

test('a drawn one is a one', async ({ page }) => {
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
