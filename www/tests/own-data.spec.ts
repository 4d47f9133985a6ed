/** Data sets of a person's own. */
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Page } from '@playwright/test';
import { bars, boxes, colourPngOf, discs, pngOf, zipOf, type MadeFile } from './files';
import { DIGITS, drop, expect, open, ready, run, test } from './person';

/** Chromium's own remark, where the processor computes WebGL. */
test.beforeEach(({ watch }) => { watch.allow(/GPU stall due to ReadPixels/); });

const panel = '[data-test=own-panel]';
const summary = '[data-test=own-summary]';

async function openPanel(page: Page): Promise<void> {
  await page.locator('[data-test=own]').click();
  await expect(page.locator(panel)).toBeVisible();
}

async function bringArchive(page: Page, files: readonly MadeFile[], name = 'bars.zip'): Promise<void> {
  await page.locator('[data-test=own-archive]').setInputFiles({ name, mimeType: 'application/zip', buffer: zipOf(files) });
}

test('an archive of images becomes a data set, trains, and is there after a reload', async ({ page }) => {
  await open(page, DIGITS);
  await ready(page);
  await openPanel(page);
  const odd: MadeFile[] = [
    { path: 'bars/lying/blank.png', bytes: pngOf(8, () => 255) }, { path: 'bars/lying/broken.png', bytes: Buffer.from('no image') },
      { path: 'bars/read me.txt', bytes: Buffer.from('hello') },
  ];
  await bringArchive(page, [...bars(20), ...odd]);
  await expect(page.locator(summary)).toHaveText('bars: 40 images in 2 classes, 32 to train on and 8 held out, every fifth of a class.');
  await expect(page.locator('[data-test=own-became]')).toHaveText('Images of 28 by 28 pixels in grey, as proposed from the files.');
  await expect(page.locator(`${panel} tbody tr`)).toHaveText(['lying164', 'standing164']);
  const skipped = page.locator('[data-test=own-skipped]');
  await expect(skipped).toContainText('3 files left out');
  await expect(skipped).toContainText('The image is blank');
  await expect(skipped).toContainText('It is no image that is read here, or damaged: PNG, JPEG, GIF, WebP, BMP and AVIF are read.');
  await skipped.locator('summary').filter({ hasText: 'no image' }).click();
  await expect(skipped).toContainText('bars/lying/broken.png');
  await page.locator('[data-test=own-use]').click();
  await expect(page.locator(panel)).toBeHidden();
  await expect(page).toHaveURL(/data=own/);
  await ready(page);
  await expect(page.locator('[data-panel=samples] .thumb:not([hidden])')).toHaveCount(8);
  await page.locator('[data-test=play]').click();
  await expect.poll(async () => Number(await page.locator('.train').getAttribute('data-held-out')), { timeout: 90_000 }).toBeGreaterThanOrEqual(0.9);
  await page.reload();
  await ready(page);
  await expect(page.locator('[data-field=own]')).toContainText('Read from bars: 40 images in 2 classes.');
  await page.locator('[data-test=step]').click();
  await expect(page.locator('.train')).toHaveAttribute('data-step', '1');
});

/** Of the data set in use: the channels of an image, and all its numbers. */
const imagesInUse = (page: Page): Promise<{ channels: number; numbers: number }> => page.evaluate(async () => {
  const app = window.spikeground?.app;
  const info = await app?.desk.dataInfo('own');
  return { channels: info?.channels ?? 0, numbers: (info?.channels ?? 0) * (info?.height ?? 0) * (info?.width ?? 0) };
});

test('images in colour are proposed in colour, trained on and asked about in it, and read again in grey where that is chosen', async ({ page }) => {
  await open(page, DIGITS);
  await ready(page);
  await openPanel(page);
  await bringArchive(page, discs(20), 'discs.zip');
  const became = page.locator('[data-test=own-became]');
  await expect(became).toHaveText('Images of 32 by 32 pixels in colour, as proposed from the files.');
  await page.locator('[data-test=own-use]').click();
  await ready(page);
  expect(await imagesInUse(page)).toEqual({ channels: 3, numbers: 3 * 32 * 32 });
  const thumb = page.locator('[data-panel=samples] .thumb:not([hidden]) canvas').first();
  // The ground is blue.
  await expect.poll(() => thumb.evaluate((canvas: HTMLCanvasElement) => {
    const [red = 0, , blue = 0] = canvas.getContext('2d')?.getImageData(0, 0, 1, 1).data ?? [];
    return blue - red;
  })).toBeGreaterThan(100);
  await page.locator('[data-test=play]').click();
  // As greys the two classes are all but the same.
  await expect.poll(async () => Number(await page.locator('.train').getAttribute('data-held-out')), { timeout: 90_000 }).toBeGreaterThanOrEqual(0.9);
  await page.locator('[data-test=play]').click();
  await page.evaluate(() => { window.spikeground?.app.store.update({ view: 'classify' }); });
  await page.locator('[data-test=network]').selectOption('trained');
  const red = colourPngOf(90, (x, y) => (Math.hypot(x - 45, y - 45) > 22 ? [30, 40, 200] : [220, 30, 30]));
  await drop(page, [{ name: 'red.png', content: red, type: 'image/png' }]);
  await expect(page.locator('.classify')).toHaveAttribute('data-status', 'answered');
  await expect(page.locator('[data-test=answer]')).toContainText(/^red,/);
  await page.evaluate(() => { window.spikeground?.app.own.invite(); });
  await bringArchive(page, discs(6), 'discs.zip');
  await expect(became).toHaveText('Images of 32 by 32 pixels in colour, as proposed from the files.');
  const form = page.locator('[data-test=own-form]');
  await form.getByText('Grey', { exact: true }).click();
  await expect(became).toHaveText('Images of 28 by 28 pixels in grey, as chosen; proposed from the files: 32 by 32 pixels in colour.');
  await form.getByText('48', { exact: true }).click();
  await expect(became).toContainText('Images of 48 by 48 pixels in grey, as chosen');
  await page.locator('[data-test=own-use]').click();
  await expect.poll(() => imagesInUse(page)).toEqual({ channels: 1, numbers: 48 * 48 });
  await ready(page);
  await page.locator('[data-test=step]').click();
  await expect(page.locator('.train')).toHaveAttribute('data-step', '1');
  await openPanel(page);
  await expect(became).toContainText('Images of 48 by 48 pixels in grey, as chosen');
});

test('a convnet is as deep as images of 64 pixels allow, after a reload, too, and less deep on smaller ones in their place', async ({ page }) => {
  await open(page, 'v=1&data=own&net=conv&widths=4,4,4,4,4,4&rate=0.01');
  await page.locator('[data-notice=run]').getByRole('button', { name: 'Choose your data…' }).click();
  const form = page.locator('[data-test=own-form]');
  await form.getByText('64', { exact: true }).click();
  await bringArchive(page, discs(6), 'discs.zip');
  await expect(page.locator('[data-test=own-became]')).toContainText('Images of 64 by 64 pixels in colour, as chosen');
  await page.locator('[data-test=own-use]').click();
  for (const reload of [false, true]) {
    if (reload) await page.reload();
    await ready(page);
    await page.locator('[data-test=step]').click();
    await expect(page.locator('.train')).toHaveAttribute('data-step', '1');
    expect(await page.evaluate(() => window.spikeground?.app.training.info?.config.widths.length)).toBe(6);
  }
  await openPanel(page);
  await bringArchive(page, bars(6));
  await page.locator('[data-test=own-use]').click();
  await expect(page.locator('[data-notice=settings]')).toContainText('A convnet on these images has at most 4 layers, so the last 2 went');
  await ready(page);
  await page.locator('[data-test=step]').click();
  await expect(page.locator('.train')).toHaveAttribute('data-step', '1');
});

test('the panel closes when the address leads to another view', async ({ page }) => {
  await open(page, DIGITS);
  await ready(page);
  await openPanel(page);
  await page.evaluate(() => { location.hash = '#v=1&view=classify'; });
  await expect(page.locator(panel)).toBeHidden();
  await expect(page.locator('[data-test=network]')).toBeVisible();
});

test('a folder of meshes brings a PointNet, and goes on in a new worker when the old one dies', async ({ page }) => {
  const folder = await mkdtemp(join(tmpdir(), 'spikeground-'));
  for (const { path, bytes } of boxes(10)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), bytes);
  }
  await open(page, DIGITS);
  await ready(page);
  await openPanel(page);
  await page.locator('[data-test=own-folder]').setInputFiles(join(folder, 'boxes'));
  await expect(page.locator(summary)).toHaveText('boxes: 20 clouds in 2 classes, 16 to train on and 4 held out, every fifth of a class.');
  await page.locator('[data-test=own-use]').click();
  await expect(page.locator('[data-field=size]')).toBeVisible();
  await ready(page);
  await expect(page.locator('[data-test=cloud]')).toBeVisible();
  await page.locator('[data-test=step]').click();
  await expect(page.locator('.train')).toHaveAttribute('data-step', '1');
  await page.evaluate(() => { window.spikeground?.app.worker.kill(); });
  await expect(page.locator('[data-notice=worker]')).toContainText('A new one takes its place');
  await page.locator('[data-test=step]').click();
  await expect.poll(async () => (await run(page)).step).toBeGreaterThanOrEqual(1);
});

test('another data set in its place is trained on from the start', async ({ page }) => {
  await open(page, DIGITS);
  await ready(page);
  for (const [name, count] of [['few.zip', 5], ['more.zip', 10]] as const) {
    await openPanel(page);
    await bringArchive(page, bars(count), name);
    await expect(page.locator(summary)).toContainText(`${2 * count} images in 2 classes`);
    await page.locator('[data-test=own-use]').click();
    await ready(page);
    await expect(page.locator('.train')).toHaveAttribute('data-step', '0');
    await expect.poll(() => page.evaluate(() => window.spikeground?.app.training.data?.train)).toBe((2 * count * 4) / 5);
    await page.locator('[data-test=step]').click();
    await expect(page.locator('.train')).toHaveAttribute('data-step', '1');
  }
});

test('what can make no data set is refused in words', async ({ page }) => {
  await open(page, DIGITS);
  await ready(page);
  await openPanel(page);
  const refusal = page.locator('[data-test=own-refusal]');
  await bringArchive(page, [{ path: 'notes/a.doc', bytes: Buffer.from('a') }], 'notes.zip');
  await expect(refusal).toContainText('There is no image, mesh, point cloud or recording here: the one file is of another kind.');
  await bringArchive(page, bars(4).filter(({ path }) => path.includes('lying')));
  await expect(refusal).toContainText('two classes at least');
  await page.locator('[data-test=own-archive]').setInputFiles({ name: 'cut.zip', mimeType: 'application/zip', buffer: Buffer.from('PK and no more') });
  await expect(refusal).toContainText(/archive/i);
  await expect(page.locator(summary)).toBeHidden();
  await page.keyboard.press('Escape');
  await expect(page.locator(panel)).toBeHidden();
  await expect(page).toHaveURL(/data=digits/);
});

test('an archive can be dropped, and the reading of it be stopped', async ({ page }) => {
  await open(page, DIGITS);
  await ready(page);
  await openPanel(page);
  const archive = (name: string, files: readonly MadeFile[]): Promise<void> => drop(page, [{ name, content: zipOf(files) }], panel);
  await archive('many.zip', bars(4000));
  await expect(page.locator(panel)).toContainText(/Reading images.*\d+ of 8,000/);
  await page.locator('[data-test=own-stop]').click();
  await expect(page.locator('[data-test=own-refusal]')).toHaveText('Stopped: nothing was taken in.');
  await expect(page).toHaveURL(/data=digits/);
  await archive('few.zip', bars(5));
  await expect(page.locator(summary)).toContainText('few: 10 images in 2 classes');
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL(/data=digits/);
  await expect(page.locator('[data-field=own]')).toContainText('They stay on this machine.');
});

test('a data set is taken only once it is to be used; closing the panel keeps the run and the data before', async ({ page }) => {
  await open(page, DIGITS);
  await ready(page);
  await openPanel(page);
  await bringArchive(page, bars(5), 'first.zip');
  await expect(page).toHaveURL(/data=digits/);
  await page.locator('[data-test=own-use]').click();
  await ready(page);
  await expect(page).toHaveURL(/(?=.*data=own)(?=.*batch=4\b)(?=.*epochs=200\b)/);
  await page.locator('[data-test=step]').click();
  await expect(page.locator('.train')).toHaveAttribute('data-step', '1');
  await openPanel(page);
  await bringArchive(page, bars(10), 'second.zip');
  await expect(page.locator(summary)).toContainText('second: 20 images');
  await expect(page.locator(panel)).toContainText('first stays under "Your runs"');
  await page.locator(panel).getByRole('button', { name: 'Close' }).click();
  await expect(page.locator('[data-field=own]')).toContainText('Read from first: 10 images');
  await expect(page.locator('.train')).toHaveAttribute('data-step', '1');
  await openPanel(page);
  await expect(page.locator(summary)).toContainText('first: 10 images');
});

test('a link that names no more than a data set of one\'s own trains on it as the panel does', async ({ page }) => {
  await open(page, DIGITS);
  await ready(page);
  await openPanel(page);
  await bringArchive(page, bars(5));
  await page.locator('[data-test=own-use]').click();
  await ready(page);
  await page.locator('[data-test=step]').click();
  await expect(page.locator('.train')).toHaveAttribute('data-step', '1');
  await page.goto('about:blank');
  await open(page, 'v=1&data=own');
  await ready(page);
  await expect(page).toHaveURL(/(?=.*data=own)(?=.*batch=4\b)(?=.*epochs=200\b)/);
});

test('a link to a run on data of one\'s own says that they do not travel, and offers to choose some', async ({ page }) => {
  await open(page, 'v=1&data=own');
  const notice = page.locator('[data-notice=run]');
  await expect(notice).toContainText('there is none on this machine');
  await notice.getByRole('button', { name: 'Choose your data…' }).click();
  await expect(page.locator(panel)).toBeVisible();
  await bringArchive(page, bars(6));
  await page.locator('[data-test=own-use]').click();
  await ready(page);
  await expect(page.locator('[data-notice=run]')).toBeHidden();
});

test('data sets that were used are kept beside each other, and can be trained on again and deleted', async ({ page }) => {
  await open(page, DIGITS);
  await ready(page);
  for (const [name, count] of [['few.zip', 5], ['more.zip', 10]] as const) {
    await openPanel(page);
    await bringArchive(page, bars(count), name);
    await page.locator('[data-test=own-use]').click();
    await ready(page);
    await expect.poll(() => page.evaluate(async () => (await window.spikeground?.app.own.list())?.sets[0]?.summary.source)).toBe(name.replace('.zip', ''));
  }
  await page.reload();
  await ready(page);
  await page.locator('[data-test=kept-open]').click();
  const sets = page.locator('[data-test=kept] [data-own]');
  await expect(sets).toHaveCount(2);
  await expect(sets.first()).toContainText(/more.*20 images in 2 classes.*in use/s);
  await sets.filter({ hasText: 'few' }).locator('[data-test=kept-use]').click();
  await expect.poll(() => page.evaluate(() => window.spikeground?.app.training.data?.train)).toBe(8);
  await ready(page);
  await page.locator('[data-test=kept-open]').click();
  await sets.filter({ hasText: 'more' }).locator('[data-test=kept-delete]').click();
  await page.locator('[data-test=kept-sure]').click();
  await expect(sets).toHaveCount(1);
});

test('a data set can be given a name, which it keeps wherever it stands, and another', async ({ page, browserName }) => {
  await open(page, DIGITS);
  await ready(page);
  await openPanel(page);
  await bringArchive(page, bars(5), 'few.zip');
  await page.locator('[data-test=own-use]').click();
  await ready(page);
  await page.locator('[data-test=step]').click();
  await expect(page.locator('.train')).toHaveAttribute('data-step', '1');
  const list = page.locator('[data-test=kept]');
  const sets = list.locator('[data-own]');
  const name = sets.locator('[data-test=kept-name]');
  const call = async (typed: string): Promise<void> => {
    await page.locator('[data-test=kept-open]').click();
    await name.selectText();
    // Key by key: what a driver fills in at once, Firefox does not take for a person's change.
    await name.pressSequentially(typed);
    await name.press('Enter');
  };
  await page.locator('[data-test=kept-open]').click();
  await expect(sets).toHaveCount(1);
  await expect(name).toHaveValue('');
  await page.keyboard.press('Escape');
  await call('  bars of mine ');
  await expect(list.locator('[data-test=kept-said]')).toHaveText('It is called bars of mine now.');
  await expect(name).toHaveValue('bars of mine');
  await expect(sets.locator('bdi')).toHaveText('few');
  await page.keyboard.press('Escape');
  await expect(page.locator('[data-field=own]')).toContainText('bars of mine, read from few: 10 images in 2 classes.');
  // A name is nothing that the run would begin anew for.
  await expect(page.locator('.train')).toHaveAttribute('data-step', '1');
  await page.reload();
  await ready(page);
  await expect(page.locator('[data-field=own]')).toContainText('bars of mine, read from few');
  await call('x'.repeat(90));
  await expect(name).toHaveValue('x'.repeat(80));
  if (browserName !== 'firefox') {
    const [file] = await Promise.all([page.waitForEvent('download'), sets.locator('[data-test=kept-save]').click()]);
    expect(file.suggestedFilename()).toBe(`spikeground-${'x'.repeat(80)}.safetensors`);
  }
  await name.selectText();
  await name.press('Delete');
  await name.press('Enter');
  await expect(list.locator('[data-test=kept-said]')).toHaveText('It has no name any more.');
  await page.keyboard.press('Escape');
  await expect(page.locator('[data-field=own]')).toContainText('Read from few');
});

test('what an earlier version of the page kept is used, and is nothing where it is damaged', async ({ page }) => {
  await open(page, DIGITS);
  await ready(page);
  await openPanel(page);
  await bringArchive(page, bars(5), 'few.zip');
  await page.locator('[data-test=own-use]').click();
  await expect.poll(() => page.evaluate(async () => (await window.spikeground?.app.own.list())?.sets.length)).toBe(1);
  for (const damaged of [false, true]) {
    // The database as version 1 made it.
    await page.evaluate(async (isDamaged) => {
      const app = window.spikeground?.app;
      const record = isDamaged ? { file: 'none' } : (await app?.own.list())?.sets.map(({ file, summary }) => ({ file, summary }))[0];
      await app?.database.clear();
      await new Promise<void>((done, refused) => {
        const opening = indexedDB.open('spikeground', 1);
        opening.onupgradeneeded = () => { opening.result.createObjectStore('own-data').put(record, 'newest'); };
        opening.onsuccess = () => {
          opening.result.close();
          done();
        };
        opening.onerror = () => { refused(new Error('no database')); };
      });
    }, damaged);
    await page.goto('about:blank');
    await open(page, 'v=1&data=own');
    if (damaged) await expect(page.locator('[data-notice=run]')).toContainText('there is none on this machine');
    else await ready(page);
  }
  await openPanel(page);
  await bringArchive(page, bars(5), 'again.zip');
  await page.locator('[data-test=own-use]').click();
  await ready(page);
  await page.locator('[data-test=step]').click();
  await expect(page.locator('.train')).toHaveAttribute('data-step', '1');
});
