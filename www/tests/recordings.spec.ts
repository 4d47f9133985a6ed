/** Recordings of an event camera as data of one's own: made on the spot, and real ones of N-MNIST where the variable NMNIST names an archive of them. */
import type { Page } from '@playwright/test';
import { recordingOf, recordings, zipOf, type MadeFile } from './files';
import { DIGITS, drop, expect, open, ready, test } from './person';

/** Chromium's own remark, where the processor computes WebGL. */
test.beforeEach(({ watch }) => { watch.allow(/GPU stall due to ReadPixels/); });

async function bring(page: Page, archive: string | { name: string; mimeType: string; buffer: Buffer }): Promise<void> {
  await page.locator('[data-test=own]').click();
  await page.locator('[data-test=own-archive]').setInputFiles(archive);
}

const archiveOf = (files: readonly MadeFile[]): { name: string; mimeType: string; buffer: Buffer } => (
  { name: 'bars.zip', mimeType: 'application/zip', buffer: zipOf(files) });

async function use(page: Page): Promise<void> {
  await page.locator('[data-test=own-use]').click();
  await expect(page).toHaveURL(/data=own/);
  await ready(page);
}

const accuracy = (page: Page): Promise<number> => page.locator('.train').getAttribute('data-held-out').then(Number);

test('recordings in the layout of N-MNIST are trained on, seen in two colours and asked about; what is none is left out with a sentence', async ({ page }) => {
  await open(page, `${DIGITS}&encoding=latency`);
  await ready(page);
  const whole = recordingOf(true, 3);
  const backwards = Buffer.concat([whole.subarray(5), whole.subarray(0, 5)]);
  const outside = Buffer.concat([Buffer.from([34, 0, 0, 0, 0]), whole]);
  await bring(page, archiveOf([
    ...recordings(16, 4), { path: 'Train/lying/backwards.bin', bytes: backwards }, { path: 'Train/lying/outside.bin', bytes: outside },
    { path: 'Train/lying/cut.bin', bytes: whole.subarray(0, 7) },
  ]));
  await expect(page.locator('[data-test=own-summary]')).toHaveText(
    'bars: 40 recordings in 2 classes, 32 to train on and 8 held out, as the folders train and test say.');
  const skipped = page.locator('[data-test=own-skipped]');
  await expect(skipped).toContainText('3 files left out');
  await expect(skipped).toContainText('time runs backwards');
  await expect(skipped).toContainText('Event 1 is at column 34, row 0, and the sensor has 34 columns and 34 rows');
  await expect(skipped).toContainText('It has 7 bytes, and an event takes 5');
  await use(page);
  expect(await page.evaluate(() => window.spikeground?.app.store.state.config.encoding)).toBe('direct');
  const thumb = page.locator('[data-panel=samples] .thumb:not([hidden]) canvas').first();
  // The ground's colour, and one each for on and off events.
  await expect.poll(() => thumb.evaluate((canvas: HTMLCanvasElement) => {
    const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: new Uint8ClampedArray() };
    return new Set(Array.from({ length: data.length / 4 }, (_, i) => data.slice(4 * i, 4 * i + 3).join())).size;
  })).toBeGreaterThanOrEqual(3);
  await page.locator('[data-test=play]').click();
  await expect.poll(() => accuracy(page), { timeout: 90_000 }).toBeGreaterThanOrEqual(0.9);
  await page.locator('[data-test=play]').click();
  await page.evaluate(() => { window.spikeground?.app.store.update({ view: 'classify' }); });
  await drop(page, [{ name: 'standing.bin', content: recordingOf(false, 5), type: '' }]);
  await expect(page.locator('.classify')).toHaveAttribute('data-status', 'answered');
  await expect(page.locator('[data-test=answer]')).toContainText(/^standing,/);
  await expect(page.locator('.seen-image')).toContainText('standing.bin: 48 events, on and off in two colours');
  await drop(page, [{ name: 'outside.bin', content: outside, type: '' }]);
  await expect(page.locator('[data-test=refusal]')).toContainText('event 1 is at column 34');
  // What stood there before stands still.
  await expect(page.locator('[data-test=answer]')).toContainText(/^standing,/);
});

test('a recording that no network takes is refused with a way out', async ({ page }) => {
  await open(page, `${DIGITS}&view=classify`);
  await drop(page, [{ name: 'standing.bin', content: recordingOf(false, 5), type: '' }]);
  await expect(page.locator('[data-test=refusal]')).toContainText('is for the network of the Train view, once it has learnt from recordings');
});

test('real recordings of N-MNIST train', async ({ page }) => {
  const archive = process.env.NMNIST ?? '';
  test.skip(archive === '', 'The variable NMNIST names no archive of recordings.');
  await open(page, DIGITS);
  await ready(page);
  await bring(page, archive);
  await expect(page.locator('[data-test=own-summary]')).toContainText('400 to train on and 100 held out', { timeout: 60_000 });
  await use(page);
  await page.locator('[data-test=play]').click();
  // A guess is right one time in ten.
  await expect.poll(() => accuracy(page), { timeout: 150_000 }).toBeGreaterThanOrEqual(0.4);
});
